//! Whole folders with tiny files, counts derived by hand.

use super::gguf::tests::small;
pub(in crate::model) use super::gguf::tests::{GgufTensor, gguf, text};
use super::*;
use serde_json::{Value, json};

fn hash(path: &Path) -> Result<Fingerprint, FileError> {
    file::read(path).map(|bytes| Fingerprint::of(&bytes))
}

fn inspected(folder: &Path, file: Option<&str>) -> Result<ModelFacts, FactsError> {
    describe(folder, file, 4, &hash)
}

/// A safetensors file of zeros; `tensors` are `(name, dtype, shape)`.
fn safetensors(tensors: &[(String, &str, &[u64])]) -> Vec<u8> {
    let mut entries = json!({ "__metadata__": { "format": "pt" } });
    let mut end = 0;
    for (name, dtype, shape) in tensors {
        let width = match *dtype {
            "F32" | "I32" => 4,
            "U8" => 1,
            _ => 2,
        };
        let start = end;
        end += shape.iter().product::<u64>() * width;
        entries[name] = json!({ "dtype": dtype, "shape": shape, "data_offsets": [start, end] });
    }
    let header = entries.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + end as usize, 0);
    bytes
}

/// Vocabulary 10, width 8, 2 heads of 4, 1 key-value head, feed-forward 16.
fn llama_config() -> Value {
    json!({
        "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 2048
    })
}

fn llama(dtype: &'static str) -> Vec<(String, &'static str, &'static [u64])> {
    let mut tensors: Vec<(String, &str, &[u64])> = vec![
        ("model.embed_tokens.weight".into(), dtype, &[10, 8]),
        ("model.norm.weight".into(), dtype, &[8]),
        ("lm_head.weight".into(), dtype, &[10, 8]),
    ];
    for layer in 0..2 {
        for (name, shape) in [
            ("self_attn.q_proj", &[8, 8][..]),
            ("self_attn.k_proj", &[4, 8]),
            ("self_attn.v_proj", &[4, 8]),
            ("self_attn.o_proj", &[8, 8]),
            ("mlp.gate_proj", &[16, 8]),
            ("mlp.up_proj", &[16, 8]),
            ("mlp.down_proj", &[8, 16]),
            ("input_layernorm", &[8]),
            ("post_attention_layernorm", &[8]),
        ] {
            tensors.push((format!("model.layers.{layer}.{name}.weight"), dtype, shape));
        }
    }
    tensors
}

// A layer: 64 + 32 + 32 + 64 attention, 3 × 128 feed-forward, 2 × 8 norms = 592; two are 1,184.
// Embedding and head 80 each, last norm 8: 1,184 + 80 + 8 = 1,272 tied, 1,352 with its own head.
const LLAMA_TIED: u64 = 1272;
const LLAMA: u64 = 1352;

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(folder.join(name), bytes).unwrap();
}

fn folder_with(config: &Value, weights: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "config.json", config.to_string());
    write(folder.path(), "model.safetensors", weights);
    folder
}

#[test]
fn a_llama_in_one_file() {
    let weights = safetensors(&llama("BF16"));
    let folder = folder_with(&llama_config(), &weights);
    let facts = inspected(folder.path(), None).unwrap();
    assert_eq!(facts.architecture.as_deref(), Some("LlamaForCausalLM"));
    assert_eq!((facts.parameters, facts.active_parameters), (Some(LLAMA), Some(LLAMA)));
    assert_eq!(facts.quantization.as_deref(), Some("BF16"));
    assert_eq!(facts.weight_bytes, Some(weights.len() as u64));
    assert_eq!(facts.window_tokens, Some(2048));
    // 2 × 2 layers × 1 head × 4 wide × 4 bytes.
    assert_eq!(facts.kv_bytes_per_token, Some(64));
}

#[test]
fn tied_embeddings_count_once_whether_stored_once_or_twice() {
    let mut config = llama_config();
    config["tie_word_embeddings"] = true.into();
    let twice = folder_with(&config, &safetensors(&llama("F32")));
    assert_eq!(inspected(twice.path(), None).unwrap().parameters, Some(LLAMA_TIED));
    let mut tensors = llama("F32");
    tensors.retain(|(name, ..)| name != "lm_head.weight");
    let once = folder_with(&config, &safetensors(&tensors));
    assert_eq!(inspected(once.path(), None).unwrap().parameters, Some(LLAMA_TIED));
}

#[test]
fn shards_add_up_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let tensors = llama("F32");
    let (one, two) = tensors.split_at(7);
    let (first, second) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    let map: serde_json::Map<String, Value> = one
        .iter()
        .map(|(name, ..)| (name.clone(), first.into()))
        .chain(two.iter().map(|(name, ..)| (name.clone(), second.into())))
        .collect();
    write(folder.path(), "config.json", llama_config().to_string());
    write(folder.path(), safetensors::INDEX_FILE, json!({ "weight_map": map }).to_string());
    write(folder.path(), first, safetensors(one));
    // The second shard holds a copy of a tensor of the first, and a stray file lies beside.
    write(folder.path(), second, safetensors(&[&tensors[6..7], two].concat()));
    write(folder.path(), "old.safetensors", safetensors(&tensors));
    let facts = inspected(folder.path(), None).unwrap();
    assert_eq!(facts.parameters, Some(LLAMA));
    fs::remove_file(folder.path().join(second)).unwrap();
    let error = inspected(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains(second) && error.hint().is_some(), "{error}");
}

#[test]
fn a_mixtral_uses_some_of_its_experts() {
    // Embedding 10 × 8 = 80; one layer with 4 experts of 3 × 16 × 8 = 384 each, a router of
    // 4 × 8 = 32. Total 80 + 1,536 + 32 = 1,648. Two of four chosen: 1,648 − 1,536 / 2 = 880.
    let mut tensors: Vec<(String, &str, &[u64])> = vec![
        ("model.embed_tokens.weight".into(), "F16", &[10, 8]),
        ("model.layers.0.block_sparse_moe.gate.weight".into(), "F16", &[4, 8]),
    ];
    for expert in 0..4 {
        for (name, shape) in [("w1", &[16, 8]), ("w2", &[8, 16]), ("w3", &[16, 8])] {
            let name = format!("model.layers.0.block_sparse_moe.experts.{expert}.{name}.weight");
            tensors.push((name, "F16", shape));
        }
    }
    let config = json!({
        "architectures": ["MixtralForCausalLM"], "num_local_experts": 4, "num_experts_per_tok": 2
    });
    let folder = folder_with(&config, &safetensors(&tensors));
    let facts = inspected(folder.path(), None).unwrap();
    assert_eq!((facts.parameters, facts.active_parameters), (Some(1648), Some(880)));
    assert_eq!(facts.kv_bytes_per_token, None);
}

#[test]
fn a_gguf_file_tells_the_same_in_its_own_words() {
    let number = |value: u32| value.to_le_bytes().to_vec();
    // Embedding 32 × 10 as Q4_1: 10 blocks of 20 bytes. Experts: 4 of 32 × 8 each as Q8_0:
    // 32 blocks of 34 bytes. Shared expert 32 × 8 as F32. Rotary table: no parameter.
    let bytes = gguf(
        &[
            ("general.architecture", 8, text("qwen3moe")),
            ("qwen3moe.context_length", 4, number(4096)),
            ("qwen3moe.block_count", 4, number(3)),
            ("qwen3moe.embedding_length", 4, number(32)),
            ("qwen3moe.attention.head_count", 4, number(4)),
            ("qwen3moe.attention.head_count_kv", 4, number(2)),
            ("qwen3moe.attention.key_length", 4, number(16)),
            ("qwen3moe.attention.value_length", 4, number(16)),
            ("qwen3moe.expert_count", 4, number(4)),
            ("qwen3moe.expert_used_count", 4, number(1)),
        ],
        &[
            ("token_embd.weight", &[32, 10], 3, 200),
            ("blk.0.ffn_up_exps.weight", &[32, 8, 4], 8, 1088),
            ("blk.0.ffn_up_shexp.weight", &[32, 8], 0, 1024),
            ("rope_freqs.weight", &[16], 0, 64),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.gguf", &bytes);
    let facts = inspected(folder.path(), None).unwrap();
    // 320 + 1,024 + 256 = 1,600; three of four experts idle: 1,600 − 768 = 832.
    assert_eq!((facts.parameters, facts.active_parameters), (Some(1600), Some(832)));
    assert_eq!(facts.quantization.as_deref(), Some("Q8_0"));
    assert_eq!(
        (facts.architecture.as_deref(), facts.window_tokens),
        (Some("qwen3moe"), Some(4096))
    );
    // 3 layers × 2 heads × (16 + 16) × 4 bytes.
    assert_eq!(facts.kv_bytes_per_token, Some(768));
}

#[test]
fn several_gguf_files_need_a_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "b.gguf", small());
    write(folder.path(), "a.gguf", small());
    let error = inspected(folder.path(), None).unwrap_err();
    assert!(error.to_string().ends_with("a.gguf, b.gguf"), "{error}");
    assert!(error.hint().unwrap().contains("file = \"a.gguf\""));
    assert_eq!(inspected(folder.path(), Some("b.gguf")).unwrap().parameters, Some(192));
    let error = inspected(folder.path(), Some("c.gguf")).unwrap_err();
    assert!(error.hint().unwrap().contains("a.gguf, b.gguf"));
}

#[test]
fn cut_weights_are_seen_at_every_length() {
    let weights = safetensors(&llama("F16"));
    let folder = folder_with(&llama_config(), &weights);
    for length in [0, 7, 8, 100, weights.len() - 1] {
        write(folder.path(), "model.safetensors", &weights[..length]);
        let error = inspected(folder.path(), None).unwrap_err();
        assert!(matches!(error, FactsError::Cut { .. }), "{length}: {error}");
        assert!(error.hint().is_some());
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = small();
    write(folder.path(), "a.gguf", &bytes[..bytes.len() - 1]);
    assert!(matches!(inspected(folder.path(), None), Err(FactsError::Cut { .. })));
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(matches!(inspected(path, None), Err(FactsError::NoWeights { .. })));
    assert!(matches!(inspected(&path.join("x"), None), Err(FactsError::File(_))));
    write(path, "model.safetensors", b"version https://git-lfs.github.com/spec/v1\n");
    assert!(matches!(inspected(path, None), Err(FactsError::NoConfig { .. })));
    write(path, "config.json", "{}");
    let error = inspected(path, None).unwrap_err();
    assert!(matches!(error, FactsError::Header { .. }), "{error}");
    assert!(error.hint().unwrap().contains("git lfs pull"));
    write(path, "config.json", "{");
    assert!(matches!(inspected(path, None), Err(FactsError::Json { .. })));
    for entry in [
        json!({ "dtype": "F32", "shape": [2], "data_offsets": [0, 4] }),
        json!({ "dtype": "F32", "shape": [2], "data_offsets": [8, 0] }),
        json!({ "dtype": "F32", "shape": [u64::MAX, 2], "data_offsets": [0, 8] }),
        json!({ "dtype": "F32" }),
    ] {
        let header = json!({ "w": entry }).to_string();
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 8]].concat();
        let folder = folder_with(&json!({}), &bytes);
        let error = inspected(folder.path(), None).unwrap_err();
        assert!(matches!(error, FactsError::Header { .. }), "{error}");
    }
}

#[test]
fn packed_weights_have_no_count_that_a_shape_tells() {
    let config = json!({ "quantization_config": { "quant_method": "gptq", "bits": 4 } });
    let tensors: [(String, &str, &[u64]); 1] = [("l.qweight".into(), "I32", &[4, 4])];
    let folder = folder_with(&config, &safetensors(&tensors));
    let facts = inspected(folder.path(), None).unwrap();
    assert_eq!((facts.parameters, facts.active_parameters), (None, None));
    assert_eq!(facts.quantization.as_deref(), Some("gptq 4 bit"));
}

#[test]
fn blocks_of_mxfp4_hold_two_weights_a_byte_and_their_scales_none() {
    // GPT-OSS: 4 experts of 6 × 64 weights each, in 2 blocks a row of 16 bytes, a scale a block; a
    // bias of 6 each. Router 4 × 64. 4 × 6 × 64 = 1,536 + 24 + 256 = 1,816; with one of four experts,
    // 1,816 − 3/4 × (1,536 + 24) = 646.
    let experts = |end: &str| format!("model.layers.0.mlp.experts.gate_up_proj_{end}");
    let tensors: [(String, &str, &[u64]); 4] = [
        ("model.layers.0.mlp.router.weight".into(), "BF16", &[4, 64]),
        (experts("blocks"), "U8", &[4, 6, 2, 16]),
        (experts("scales"), "U8", &[4, 6, 2]),
        (experts("bias"), "BF16", &[4, 6]),
    ];
    let config = json!({
        "architectures": ["GptOssForCausalLM"], "num_local_experts": 4, "num_experts_per_tok": 1,
        "quantization_config": { "quant_method": "mxfp4" },
    });
    let folder = folder_with(&config, &safetensors(&tensors));
    let facts = inspected(folder.path(), None).unwrap();
    assert_eq!((facts.parameters, facts.active_parameters), (Some(1816), Some(646)));
    assert_eq!(facts.quantization.as_deref(), Some("mxfp4"));
}

#[test]
fn the_hash_changes_with_each_file_that_decides_an_answer() {
    let folder = folder_with(&llama_config(), &safetensors(&llama("F32")));
    let hash = || inspected(folder.path(), None).unwrap().sha256.unwrap();
    let bare = hash();
    assert_eq!(bare, hash());
    write(folder.path(), "tokenizer.json", "{}");
    let with_tokenizer = hash();
    let mut config = llama_config();
    config["rope_theta"] = 5e5.into();
    write(folder.path(), "config.json", config.to_string());
    let with_config = hash();
    write(folder.path(), "README.md", "x");
    assert_eq!(with_config, hash());
    let mut all = vec![bare, with_tokenizer, with_config];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3);
}
