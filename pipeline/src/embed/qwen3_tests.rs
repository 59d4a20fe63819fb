//! Tests of the Qwen3 embedder over a tiny model with random weights.

use super::*;
use crate::config::Pooling;
use crate::embed::{Host, conformance, fingerprint, open};
use crate::fingerprint::Fingerprint;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

const WIDTH: usize = 32;
const WORDS: [&str; 8] = ["[UNK]", "<|end|>", "the", "pump", "stops", "Holidays", "when", "shift"];

/// Two layers, four heads over two key-value heads, random weights. `below_model`: names as a model
/// saved with its language head has them.
fn write_model(folder: &Path, end_token: bool, below_model: bool) {
    let (heads, groups, head_width, inner) = (4, 2, 8, 48);
    let config = json!({
        "model_type": "qwen3", "attention_bias": false, "attention_dropout": 0.0,
        "head_dim": head_width, "hidden_act": "silu", "hidden_size": WIDTH,
        "intermediate_size": inner, "max_position_embeddings": 64,
        "num_attention_heads": heads, "num_hidden_layers": 2, "num_key_value_heads": groups,
        "rms_norm_eps": 1e-6, "rope_parameters": {"rope_theta": 10000.0},
        "tie_word_embeddings": true, "vocab_size": WORDS.len(),
    });
    file::write_whole(&folder.join("config.json"), config.to_string().as_bytes()).unwrap();

    let vocabulary: serde_json::Map<_, _> =
        WORDS.iter().enumerate().map(|(id, word)| ((*word).to_owned(), json!(id))).collect();
    let post_processor = json!({
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|end|>", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [1], "tokens": ["<|end|>"]}},
    });
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": if end_token { post_processor } else { json!(null) },
        "decoder": null,
        "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": vocabulary},
    });
    file::write_whole(&folder.join("tokenizer.json"), tokenizer.to_string().as_bytes()).unwrap();

    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut weights = HashMap::new();
    let mut add = |name: String, shape: &[usize]| {
        let numbers: Vec<f32> = (0..shape.iter().product())
            .map(|_| if shape.len() == 1 { 1.0 } else { random.random_range(-0.5..0.5) })
            .collect();
        let name = if below_model { format!("model.{name}") } else { name };
        weights.insert(name, Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap());
    };
    add("embed_tokens.weight".into(), &[WORDS.len(), WIDTH]);
    add("norm.weight".into(), &[WIDTH]);
    for layer in 0..2 {
        let mut part =
            |name: &str, shape: &[usize]| add(format!("layers.{layer}.{name}.weight"), shape);
        part("input_layernorm", &[WIDTH]);
        part("post_attention_layernorm", &[WIDTH]);
        part("self_attn.q_norm", &[head_width]);
        part("self_attn.k_norm", &[head_width]);
        part("self_attn.q_proj", &[heads * head_width, WIDTH]);
        part("self_attn.k_proj", &[groups * head_width, WIDTH]);
        part("self_attn.v_proj", &[groups * head_width, WIDTH]);
        part("self_attn.o_proj", &[WIDTH, heads * head_width]);
        part("mlp.gate_proj", &[inner, WIDTH]);
        part("mlp.up_proj", &[inner, WIDTH]);
        part("mlp.down_proj", &[WIDTH, inner]);
    }
    candle_core::safetensors::save(&weights, folder.join("model.safetensors")).unwrap();
}

fn plan() -> EmbedderPlan {
    EmbedderPlan {
        model: "tiny".into(),
        query_prefix: "when ".into(),
        passage_prefix: String::new(),
        pooling: Pooling::Mean,
        max_tokens: 48,
        batch: 4,
    }
}

#[test]
fn holds_the_contract_with_and_without_an_end_token() {
    for (end_token, below_model) in [(true, false), (false, true)] {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("tiny");
        file::create_folder(&folder).unwrap();
        write_model(&folder, end_token, below_model);
        let embedder = Qwen3Embedder::load(&plan(), &folder).unwrap();
        assert_eq!(embedder.dimensions(), WIDTH);
        conformance::check(&embedder, 48);
        let host = Host {
            root: root.path(),
            cache_folder: &root.path().join("cache"),
            ort_dylib: None,
            hub_folder: None,
            threads: None,
            stopping: None,
        };
        let identity =
            fingerprint(&plan(), host.root, &|path| Ok(Fingerprint::of(&file::read(path)?)))
                .unwrap();
        conformance::check(&open(&plan(), &identity, &host).unwrap(), 48);
        assert!(host.cache_folder.join(format!("{identity}.vectors")).is_file());
    }
}

#[test]
fn the_last_token_decides_and_sees_those_before_it() {
    let root = tempfile::tempdir().unwrap();
    write_model(root.path(), false, false);
    let embedder = Qwen3Embedder::load(&plan(), root.path()).unwrap();
    let texts = ["the pump stops", "pump the stops", "when stops"];
    let vectors = embedder.embed(Role::Passage, &texts).unwrap();
    assert_ne!(vectors[0], vectors[1]);
    // A query's prefix enters its vector, and is counted.
    let query = embedder.embed(Role::Query, &["stops"]).unwrap();
    assert_eq!(query[0], vectors[2]);
    let words = "pump ".repeat(48);
    assert!(!embedder.is_cut(Role::Passage, &words) && embedder.is_cut(Role::Query, &words));
}

#[test]
fn damaged_folders_are_errors() {
    let root = tempfile::tempdir().unwrap();
    let load = || Qwen3Embedder::load(&plan(), root.path()).err().unwrap();
    write_model(root.path(), true, false);
    let weights = root.path().join("model.safetensors");
    let whole = file::read(&weights).unwrap();
    file::write_whole(&weights, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(load(), EmbedError::InvalidFile { path, .. } if path == weights));
    file::write_whole(&weights, &whole).unwrap();

    let path = root.path().join("config.json");
    let good = file::read_text(&path).unwrap();
    for (from, to) in [
        ("\"head_dim\":8", "\"head_dim\":7"),
        ("\"num_key_value_heads\":2", "\"num_key_value_heads\":0"),
        ("\"num_key_value_heads\":2", "\"num_key_value_heads\":3"),
        ("\"num_key_value_heads\":2", "\"num_key_value_heads\":4"),
        ("\"hidden_size\":32", "\"hidden_size\":\"x\""),
    ] {
        assert!(good.contains(from));
        file::write_whole(&path, good.replace(from, to).as_bytes()).unwrap();
        assert!(matches!(load(), EmbedError::InvalidFile { path: p, .. } if p == path));
    }
    file::write_whole(&path, good.replace("\"hidden_size\":32", "\"hidden_size\":64").as_bytes())
        .unwrap();
    assert!(matches!(load(), EmbedError::Load { .. }));
    file::write_whole(&path, good.as_bytes()).unwrap();

    let path = root.path().join("tokenizer.json");
    file::write_whole(&path, b"{}").unwrap();
    assert!(matches!(load(), EmbedError::InvalidFile { path: p, .. } if p == path));
}
