//! A Llama with random weights, small enough to be written and run in a test: in Hugging Face layout
//! or as GGUF, with a byte-level tokenizer, and a plain forward pass in f64 as the oracle.
#![allow(dead_code, missing_docs)]

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const HIDDEN: usize = 64;
const INNER: usize = 96;
const LAYERS: usize = 2;
const HEADS: usize = 2;
const KV_HEADS: usize = 1;
const HEAD: usize = 32;
const EPSILON: f64 = 1e-5;
const THETA: f64 = 10_000.0;
pub const WINDOW: usize = 512;

const MERGES: [(&str, &str); 12] = [
    ("t", "h"),
    ("th", "e"),
    ("Ġ", "t"),
    ("Ġ", "a"),
    ("i", "n"),
    ("e", "r"),
    ("Ġ", "the"),
    ("a", "n"),
    ("o", "n"),
    ("r", "e"),
    ("an", "d"),
    ("Ġ", "and"),
];
const SPECIAL: [&str; 4] = ["<|start|>", "<|end|>", "<|im_start|>", "<|im_end|>"];
pub const VOCABULARY: usize = 256 + MERGES.len() + SPECIAL.len();
/// Added in front of every text by the tokenizer's post-processor: the prompt must not get it twice.
pub const START: u32 = (256 + MERGES.len()) as u32;
pub const END: u32 = START + 1;

/// Tensors by their Hugging Face names: rows, columns (1 for vectors), values row by row.
pub struct TinyModel {
    tensors: BTreeMap<String, (usize, usize, Vec<f32>)>,
}

impl TinyModel {
    pub fn new(seed: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        let mut tensors = BTreeMap::new();
        for (name, rows, columns, scale) in shapes() {
            let values = (0..rows * columns)
                .map(|_| {
                    let uniform = (generator.next_u32() >> 8) as f32 / (1_u32 << 24) as f32;
                    let around_zero = (2.0 * uniform - 1.0) * scale;
                    if columns == 1 { 1.0 + around_zero } else { around_zero }
                })
                .collect();
            tensors.insert(name, (rows, columns, values));
        }
        Self { tensors }
    }

    /// `config.json`, `tokenizer.json`, `tokenizer_config.json` and `model.safetensors`.
    pub fn write_safetensors(&self, folder: &Path) {
        write_tokenizer(folder);
        let config = json!({
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
            "hidden_size": HIDDEN, "intermediate_size": INNER, "vocab_size": VOCABULARY,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
            "num_key_value_heads": KV_HEADS, "head_dim": HEAD, "rms_norm_eps": EPSILON,
            "rope_theta": THETA, "max_position_embeddings": WINDOW, "tie_word_embeddings": false,
            "bos_token_id": START, "eos_token_id": END, "torch_dtype": "float32",
        });
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
        let (mut header, mut data) = (Map::new(), Vec::new());
        for (name, (rows, columns, values)) in &self.tensors {
            let start = data.len();
            data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            let shape = if *columns == 1 { json!([rows]) } else { json!([rows, columns]) };
            let offsets = json!([start, data.len()]);
            header.insert(
                name.clone(),
                json!({ "dtype": "F32", "shape": shape, "data_offsets": offsets }),
            );
        }
        let header = Value::Object(header).to_string();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        std::fs::write(folder.join("model.safetensors"), bytes).unwrap();
    }

    /// The same model as a GGUF file with f32 tensors, and the tokenizer beside it.
    #[cfg(feature = "engines")]
    pub fn write_gguf(&self, folder: &Path, file: &str, architecture: &str) {
        use candle_core::quantized::gguf_file::{self, Value};
        use candle_core::quantized::{GgmlDType, QTensor};
        use candle_core::{Device, Tensor};
        write_tokenizer(folder);
        let count = |value: usize| Value::U32(value as u32);
        let metadata = [
            ("general.architecture", Value::String(architecture.into())),
            ("llama.block_count", count(LAYERS)),
            ("llama.embedding_length", count(HIDDEN)),
            ("llama.feed_forward_length", count(INNER)),
            ("llama.context_length", count(WINDOW)),
            ("llama.attention.head_count", count(HEADS)),
            ("llama.attention.head_count_kv", count(KV_HEADS)),
            ("llama.attention.layer_norm_rms_epsilon", Value::F32(EPSILON as f32)),
            ("llama.rope.dimension_count", count(HEAD)),
            ("llama.rope.freq_base", Value::F32(THETA as f32)),
            ("llama.vocab_size", count(VOCABULARY)),
        ];
        let metadata: Vec<_> = metadata.iter().map(|(name, value)| (*name, value)).collect();
        let tensors: Vec<(String, QTensor)> = self
            .tensors
            .iter()
            .map(|(name, (rows, columns, values))| {
                let name = gguf_name(name);
                let values = match () {
                    () if name.ends_with("attn_q.weight") => interleaved(values, HEADS),
                    () if name.ends_with("attn_k.weight") => interleaved(values, KV_HEADS),
                    () => values.clone(),
                };
                let shape = if *columns == 1 { vec![*rows] } else { vec![*rows, *columns] };
                let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
                (name, QTensor::quantize(&tensor, GgmlDType::F32).unwrap())
            })
            .collect();
        let tensors: Vec<_> =
            tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        let mut output = std::fs::File::create(folder.join(file)).unwrap();
        gguf_file::write(&mut output, &metadata, &tensors).unwrap();
    }

    /// Logits after the last of `tokens`, by the textbook: no cache, no batching, f64.
    pub fn logits(&self, tokens: &[u32]) -> Vec<f64> {
        let mut states: Vec<Vec<f64>> = tokens
            .iter()
            .map(|token| self.row("model.embed_tokens.weight", *token as usize))
            .collect();
        for layer in 0..LAYERS {
            let name = |part: &str| format!("model.layers.{layer}.{part}.weight");
            let normed: Vec<_> =
                states.iter().map(|state| self.norm(&name("input_layernorm"), state)).collect();
            let project = |part: &str, rotate: bool| -> Vec<Vec<f64>> {
                let rows = normed.iter().map(|state| self.product(&name(part), state));
                rows.enumerate()
                    .map(|(at, row)| if rotate { rotated(row, at) } else { row })
                    .collect()
            };
            let (queries, keys) =
                (project("self_attn.q_proj", true), project("self_attn.k_proj", true));
            let values = project("self_attn.v_proj", false);
            for (at, state) in states.iter_mut().enumerate() {
                let mixed: Vec<f64> = (0..HEADS)
                    .flat_map(|head| {
                        let query = &queries[at][head * HEAD..(head + 1) * HEAD];
                        let kv = head / (HEADS / KV_HEADS) * HEAD;
                        let scores: Vec<f64> = (0..=at)
                            .map(|to| dot(query, &keys[to][kv..kv + HEAD]) / (HEAD as f64).sqrt())
                            .collect();
                        let total: f64 = scores.iter().map(|score| score.exp()).sum();
                        let values = &values;
                        (0..HEAD).map(move |unit| {
                            let weighted = scores.iter().enumerate();
                            weighted
                                .map(|(to, score)| score.exp() / total * values[to][kv + unit])
                                .sum()
                        })
                    })
                    .collect();
                add(state, &self.product(&name("self_attn.o_proj"), &mixed));
            }
            for state in &mut states {
                let normed = self.norm(&name("post_attention_layernorm"), state);
                let gate = self.product(&name("mlp.gate_proj"), &normed);
                let up = self.product(&name("mlp.up_proj"), &normed);
                let inner: Vec<f64> = gate
                    .iter()
                    .zip(up)
                    .map(|(gate, up)| gate / (1.0 + (-gate).exp()) * up)
                    .collect();
                add(state, &self.product(&name("mlp.down_proj"), &inner));
            }
        }
        let last = self.norm("model.norm.weight", states.last().expect("a prompt"));
        self.product("lm_head.weight", &last)
    }

    /// Greedy continuation of a prompt: tokens and their natural-log probabilities.
    pub fn greedy(&self, prompt: &[u32], length: usize) -> (Vec<u32>, Vec<f64>) {
        let mut tokens = prompt.to_vec();
        let mut log_probabilities = Vec::new();
        for _ in 0..length {
            let logits = self.logits(&tokens);
            let best = (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
            let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
            log_probabilities.push(logits[best] - total.ln());
            tokens.push(best as u32);
            if best as u32 == END {
                break;
            }
        }
        (tokens.split_off(prompt.len()), log_probabilities)
    }

    fn row(&self, name: &str, row: usize) -> Vec<f64> {
        let (_, columns, values) = &self.tensors[name];
        values[row * columns..(row + 1) * columns].iter().map(|value| f64::from(*value)).collect()
    }

    fn product(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let rows = self.tensors[name].0;
        (0..rows).map(|row| dot(&self.row(name, row), input)).collect()
    }

    fn norm(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let weights = &self.tensors[name].2;
        let scale = (dot(input, input) / input.len() as f64 + EPSILON).sqrt();
        input
            .iter()
            .zip(weights)
            .map(|(value, weight)| value / scale * f64::from(*weight))
            .collect()
    }
}

/// Name, rows, columns and half-width of the uniform distribution of every tensor. Products keep
/// unit variance (half-width √(3 / inputs)); the head spreads logits enough to be far from ties.
fn shapes() -> Vec<(String, usize, usize, f32)> {
    let unit = |inputs: usize| (3.0 / inputs as f32).sqrt();
    let mut shapes = vec![
        ("model.embed_tokens.weight".into(), VOCABULARY, HIDDEN, 1.0),
        ("model.norm.weight".into(), HIDDEN, 1, 0.2),
        ("lm_head.weight".into(), VOCABULARY, HIDDEN, 0.6),
    ];
    for layer in 0..LAYERS {
        for (part, rows, columns, scale) in [
            ("input_layernorm", HIDDEN, 1, 0.2),
            ("post_attention_layernorm", HIDDEN, 1, 0.2),
            ("self_attn.q_proj", HEADS * HEAD, HIDDEN, 2.0 * unit(HIDDEN)),
            ("self_attn.k_proj", KV_HEADS * HEAD, HIDDEN, unit(HIDDEN)),
            ("self_attn.v_proj", KV_HEADS * HEAD, HIDDEN, 2.0 * unit(HIDDEN)),
            ("self_attn.o_proj", HIDDEN, HEADS * HEAD, 2.0 * unit(HIDDEN)),
            ("mlp.gate_proj", INNER, HIDDEN, unit(HIDDEN)),
            ("mlp.up_proj", INNER, HIDDEN, unit(HIDDEN)),
            ("mlp.down_proj", HIDDEN, INNER, unit(INNER)),
        ] {
            shapes.push((format!("model.layers.{layer}.{part}.weight"), rows, columns, scale));
        }
    }
    shapes
}

/// Rotary embedding by halves, as Hugging Face lays Llama out (Su et al. 2021, arXiv:2104.09864).
fn rotated(mut row: Vec<f64>, position: usize) -> Vec<f64> {
    for head in row.chunks_mut(HEAD) {
        for pair in 0..HEAD / 2 {
            let angle = position as f64 * THETA.powf(-2.0 * pair as f64 / HEAD as f64);
            let (first, second) = (head[pair], head[pair + HEAD / 2]);
            head[pair] = first * angle.cos() - second * angle.sin();
            head[pair + HEAD / 2] = second * angle.cos() + first * angle.sin();
        }
    }
    row
}

/// Rows of a query or key projection from halves to neighbours, as GGUF lays Llama out.
fn interleaved(values: &[f32], heads: usize) -> Vec<f32> {
    (0..heads * HEAD)
        .flat_map(|row| {
            let (head, within) = (row / HEAD, row % HEAD);
            let from = head * HEAD + within % 2 * (HEAD / 2) + within / 2;
            values[from * HIDDEN..(from + 1) * HIDDEN].iter().copied()
        })
        .collect()
}

fn gguf_name(name: &str) -> String {
    [
        ("model.embed_tokens", "token_embd"),
        ("model.norm", "output_norm"),
        ("lm_head", "output"),
        ("model.layers", "blk"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
    ]
    .iter()
    .fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(state: &mut [f64], more: &[f64]) {
    for (value, more) in state.iter_mut().zip(more) {
        *value += more;
    }
}

/// A byte-level BPE of 256 bytes and a few merges, whose post-processor adds `<|start|>`.
fn write_tokenizer(folder: &Path) {
    let mut vocabulary = Map::new();
    // GPT-2's alphabet: printable bytes stand for themselves, the others follow from U+0100.
    let mut next = 256;
    for byte in 0..256_u32 {
        let printable = matches!(byte, 33..=126 | 161..=172 | 174..=255);
        let code = if printable {
            byte
        } else {
            next += 1;
            next - 1
        };
        vocabulary.insert(char::from_u32(code).unwrap().to_string(), json!(byte));
    }
    let mut merges = Vec::new();
    for (index, (left, right)) in MERGES.iter().enumerate() {
        vocabulary.insert(format!("{left}{right}"), json!(256 + index));
        merges.push(format!("{left} {right}"));
    }
    let added: Vec<Value> = SPECIAL
        .iter()
        .zip(START..)
        .map(|(content, id)| {
            json!({ "id": id, "content": content, "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false, "special": true })
        })
        .collect();
    let byte_level = json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true });
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added,
        "normalizer": null, "pre_tokenizer": byte_level,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{ "SpecialToken": { "id": "<|start|>", "type_id": 0 } },
                       { "Sequence": { "id": "A", "type_id": 0 } }],
            "pair": [{ "Sequence": { "id": "A", "type_id": 0 } },
                     { "Sequence": { "id": "B", "type_id": 1 } }],
            "special_tokens": {
                "<|start|>": { "id": "<|start|>", "ids": [START], "tokens": ["<|start|>"] }
            },
        },
        "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
            "vocab": vocabulary, "merges": merges,
        },
    });
    std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    // The template asks for today's date, as Llama 3's does: it must never reach a prompt.
    let template = "{{ bos_token }}Today is {{ strftime_now('%d %b %Y') }}. {% for message in messages %}{{ message.content }}{% endfor %}";
    let config = json!({
        "bos_token": "<|start|>", "eos_token": "<|end|>", "chat_template": template,
        "model_max_length": WINDOW, "tokenizer_class": "PreTrainedTokenizerFast",
    });
    std::fs::write(folder.join("tokenizer_config.json"), config.to_string()).unwrap();
}
