//! A Llama with random weights, large enough that one trial takes some hundred milliseconds.
//!
//! Enters: a folder. Leaves: a model in Hugging Face layout, with the tokenizer of the tests'
//! model. Does not: say anything sensible.

use super::support::Failure;
use super::tiny_model::{END, START, TinyModel, VOCABULARY};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use std::path::Path;

const HIDDEN: usize = 256;
const INNER: usize = 768;
const LAYERS: usize = 6;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const HEAD: usize = HIDDEN / HEADS;
/// Tokens of the window.
const WINDOW: usize = 4096;

/// Writes the model's files.
///
/// # Errors
/// When they cannot be written.
pub fn write(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    // For its tokenizer; template, shape and weights are replaced.
    TinyModel::new(0).write_safetensors(folder);
    let template = "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
    let text = json!({
        "bos_token": "<|start|>", "eos_token": "<|end|>", "chat_template": template,
        "model_max_length": WINDOW, "tokenizer_class": "PreTrainedTokenizerFast",
    });
    std::fs::write(folder.join("tokenizer_config.json"), text.to_string())?;
    let config = json!({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "hidden_size": HIDDEN, "intermediate_size": INNER, "vocab_size": VOCABULARY,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "head_dim": HEAD, "rms_norm_eps": 1e-5,
        "rope_theta": 10_000.0, "max_position_embeddings": WINDOW, "tie_word_embeddings": false,
        "bos_token_id": START, "eos_token_id": END, "torch_dtype": "float32",
    });
    std::fs::write(folder.join("config.json"), config.to_string())?;
    let mut generator = ChaCha8Rng::seed_from_u64(1);
    let (mut header, mut data) = (Map::new(), Vec::new());
    for (name, shape) in shapes() {
        let start = data.len();
        for _ in 0..shape.iter().product() {
            // Products keep unit variance: uniform of half-width √(3 / inputs); norms are 1.
            let value = match shape[..] {
                [_, inputs] => {
                    let uniform = (generator.next_u32() >> 8) as f32 / (1_u32 << 24) as f32;
                    (2.0 * uniform - 1.0) * (3.0 / inputs as f32).sqrt()
                }
                _ => 1.0,
            };
            data.extend(f32::to_le_bytes(value));
        }
        let tensor = json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, data.len()] });
        header.insert(name, tensor);
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    std::fs::write(folder.join("model.safetensors"), bytes)?;
    Ok(())
}

/// Name and shape of every tensor.
fn shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("model.embed_tokens.weight".to_owned(), vec![VOCABULARY, HIDDEN]),
        ("model.norm.weight".to_owned(), vec![HIDDEN]),
        ("lm_head.weight".to_owned(), vec![VOCABULARY, HIDDEN]),
    ];
    for layer in 0..LAYERS {
        for (part, shape) in [
            ("input_layernorm", vec![HIDDEN]),
            ("post_attention_layernorm", vec![HIDDEN]),
            ("self_attn.q_proj", vec![HEADS * HEAD, HIDDEN]),
            ("self_attn.k_proj", vec![KV_HEADS * HEAD, HIDDEN]),
            ("self_attn.v_proj", vec![KV_HEADS * HEAD, HIDDEN]),
            ("self_attn.o_proj", vec![HIDDEN, HEADS * HEAD]),
            ("mlp.gate_proj", vec![INNER, HIDDEN]),
            ("mlp.up_proj", vec![INNER, HIDDEN]),
            ("mlp.down_proj", vec![HIDDEN, INNER]),
        ] {
            shapes.push((format!("model.layers.{layer}.{part}.weight"), shape));
        }
    }
    shapes
}
