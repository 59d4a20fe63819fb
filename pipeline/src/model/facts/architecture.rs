//! What `config.json` or GGUF metadata say about a model's shape.
//!
//! Does not: guess. A number that is absent or impossible leaves the fact unknown.

use super::gguf::{Metadata, Value as GgufValue};
use serde_json::Value;

/// A model's shape.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Architecture {
    pub(super) name: Option<String>,
    pub(super) window_tokens: Option<u64>,
    /// Keys and values that a token leaves in the cache:
    /// 2 × layers × key-value heads × head dimension.
    pub(super) kv_numbers_per_token: Option<u64>,
    pub(super) experts: Option<Experts>,
    /// Whether input and output embeddings are one matrix, even where the file holds two.
    pub(super) ties_embeddings: bool,
    /// Where the file's own tensor types do not tell it.
    pub(super) quantization: Option<String>,
}

/// Experts of a layer, and how many a token is routed to; `1 <= chosen <= count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Experts {
    pub(super) count: u64,
    pub(super) chosen: u64,
}

impl Experts {
    fn of(count: Option<u64>, chosen: Option<u64>) -> Option<Self> {
        let (count, chosen) = (count?, chosen?);
        (1..=count).contains(&chosen).then_some(Self { count, chosen })
    }
}

impl Architecture {
    /// From `config.json`. Models that also see keep their language model's shape in `text_config`.
    pub(super) fn of_config(config: &Value) -> Self {
        let find = |names: &[&str]| {
            [Some(config), config.get("text_config")]
                .into_iter()
                .flatten()
                .flat_map(|table| names.iter().filter_map(move |name| table.get(*name)))
                .find(|value| !value.is_null())
        };
        let number = |names: &[&str]| find(names).and_then(Value::as_u64);
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let heads = number(&["num_attention_heads", "n_head"]);
        let head_dimension = number(&["head_dim"])
            .or_else(|| number(&["hidden_size", "n_embd"])?.checked_div(heads?));
        // Latent attention (DeepSeek) caches something else than keys and values a head.
        let kv_numbers_per_token = if find(&["kv_lora_rank"]).is_some() {
            None
        } else {
            product([
                Some(2),
                number(&["num_hidden_layers", "n_layer"]),
                number(&["num_key_value_heads"]).or(heads),
                head_dimension,
            ])
        };
        Self {
            name: text(config.pointer("/architectures/0")).or_else(|| text(find(&["model_type"]))),
            window_tokens: number(&["max_position_embeddings", "n_positions"]),
            kv_numbers_per_token,
            experts: Experts::of(
                number(&["num_local_experts", "num_experts", "n_routed_experts"]),
                number(&["num_experts_per_tok", "num_experts_per_token"]),
            ),
            ties_embeddings: find(&["tie_word_embeddings"]).and_then(Value::as_bool) == Some(true),
            quantization: find(&["quantization_config"]).and_then(quantization_of),
        }
    }

    /// From GGUF metadata. A tied file holds no output matrix, so nothing counts twice.
    pub(super) fn of_gguf(metadata: &Metadata) -> Self {
        let name = match metadata.get("general.architecture") {
            Some(GgufValue::Text(name)) => name.clone(),
            _ => return Self::default(),
        };
        let value = |key: &str| metadata.get(&format!("{name}.{key}"));
        let number = |key: &str| match value(key) {
            Some(GgufValue::Number(number)) => Some(*number),
            _ => None,
        };
        let layers = number("block_count");
        let heads = number("attention.head_count");
        let head_dimension = || number("embedding_length")?.checked_div(heads?);
        let key_length = number("attention.key_length").or_else(head_dimension);
        let value_length = number("attention.value_length").or_else(head_dimension);
        // Key-value heads of all layers: one number for each, or the same for all.
        let layer_heads = match value("attention.head_count_kv") {
            Some(GgufValue::Numbers(heads)) => {
                heads.iter().try_fold(0_u64, |sum, heads| sum.checked_add(*heads))
            }
            Some(GgufValue::Number(heads)) => product([layers, Some(*heads)]),
            _ => product([layers, heads]),
        };
        let pair = key_length.zip(value_length).and_then(|(key, value)| key.checked_add(value));
        Self {
            window_tokens: number("context_length"),
            kv_numbers_per_token: match value("attention.kv_lora_rank") {
                Some(_) => None,
                None => product([layer_heads, pair]),
            },
            // Dense models carry no count, or 0.
            experts: Experts::of(number("expert_count"), number("expert_used_count")),
            ties_embeddings: false,
            quantization: None,
            name: Some(name),
        }
    }
}

fn product<const N: usize>(factors: [Option<u64>; N]) -> Option<u64> {
    factors.into_iter().try_fold(1_u64, |product, factor| product.checked_mul(factor?))
}

/// `gptq 4 bit`, `fp8`, ... of a `quantization_config`.
fn quantization_of(config: &Value) -> Option<String> {
    let method = config.get("quant_method")?.as_str()?;
    let bits = config.get("bits").and_then(Value::as_u64);
    Some(bits.map_or_else(|| method.to_owned(), |bits| format!("{method} {bits} bit")))
}
