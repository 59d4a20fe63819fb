//! `embedder = ...` of a dense part.
//!
//! Enters: a string or a table. Leaves: an [`EmbedderPlan`]. Does not: open the model.

use super::fields::{Fields, expected_but};
use serde::{Deserialize, Serialize};

/// What makes vectors. A string stands for `{ model = "..." }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedderPlan {
    /// A folder below the project root (local ONNX model, or Qwen3 layout), or a name of
    /// fastembed's catalogue, where a hub is reachable.
    pub model: String,
    /// Text before each query.
    pub query_prefix: String,
    /// Text before each passage.
    pub passage_prefix: String,
    /// How token vectors become one (local ONNX models; Qwen3 uses the last token).
    pub pooling: Pooling,
    /// Longest input in tokens; longer ones are cut, and counted.
    pub max_tokens: usize,
    /// Texts a batch.
    pub batch: usize,
}

/// How token vectors become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Pooling {
    Mean,
    Cls,
}

impl EmbedderPlan {
    /// The embedder of that model with every other value at its default.
    pub fn of(model: String) -> Self {
        Self {
            model,
            query_prefix: String::new(),
            passage_prefix: String::new(),
            pooling: Pooling::Mean,
            max_tokens: 512,
            batch: 16,
        }
    }

    /// The `embedder` key of a dense part.
    pub(super) fn read_from(dense: &Fields<'_, '_>) -> Option<Self> {
        let value = dense.needs("embedder", "embedder = \"models/embedder\"").value("embedder")?;
        if value.as_str().is_some() {
            dense.text("embedder").map(Self::of)
        } else if value.as_table().is_some() {
            dense.table("embedder", Self::read)
        } else {
            dense.refuse(
                "embedder",
                expected_but("a string or a table", value),
                "write `embedder = \"models/embedder\"` or `embedder = { model = \"…\" }`",
            );
            None
        }
    }

    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let model = fields.needs("model", "model = \"models/embedder\"").text("model");
        let default = Self::of(String::new());
        Some(Self {
            query_prefix: fields.text_or_empty("query_prefix").unwrap_or(default.query_prefix),
            passage_prefix: fields
                .text_or_empty("passage_prefix")
                .unwrap_or(default.passage_prefix),
            pooling: fields.variant("pooling", &Pooling::NAMES).unwrap_or(default.pooling),
            max_tokens: fields
                .whole("max_tokens", 1.., "tokens the embedder reads of each text")
                .unwrap_or(default.max_tokens),
            batch: fields
                .whole("batch", 1..=10_000, "texts embedded at once")
                .unwrap_or(default.batch),
            model: model?,
        })
    }
}

impl Pooling {
    const NAMES: [(&'static str, Self); 2] = [("mean", Self::Mean), ("cls", Self::Cls)];
}
