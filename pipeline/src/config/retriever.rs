//! `[retriever.NAME]`: chunks, a lexical part, a dense part, their fusion, a reranker.
//!
//! Enters: the table. Leaves: a [`RetrieverPlan`]. Does not: open models or indexes.

use super::DensePlan;
use super::fields::Fields;
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// One retriever. At least one of `lexical` and `dense` is there; `fusion` when both are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetrieverPlan {
    /// The table's name.
    pub name: String,
    /// How documents are cut.
    pub chunks: ChunkPlan,
    /// BM25 over words.
    pub lexical: Option<LexicalPlan>,
    /// Nearest neighbours of embeddings.
    pub dense: Option<DensePlan>,
    /// How the two rankings become one.
    pub fusion: Option<FusionPlan>,
    /// Candidates each part gives before fusion and reranking; hits kept at the end.
    pub depth: usize,
    /// A cross-encoder over the first candidates.
    pub rerank: Option<RerankPlan>,
}

/// `chunks = { tokens = 160, overlap = 32, tokenizer = "models/x" }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkPlan {
    /// Longest chunk in tokens.
    pub tokens: usize,
    /// Tokens that neighbours share, less than `tokens`.
    pub overlap: usize,
    /// Folder whose `tokenizer.json` counts; the embedder's when absent, else words (UAX #29).
    pub tokenizer: Option<String>,
}

/// `lexical = { tantivy = {} }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LexicalPlan {}

/// How two rankings become one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FusionPlan {
    /// `fusion = { rrf = { k = 60 } }`: reciprocal rank fusion.
    Rrf {
        /// Cormack et al. (2009) found 60.
        k: f64,
    },
    /// `fusion = { weighted = { lexical = 0.4, dense = 0.6 } }`: sum of min-max scaled scores.
    Weighted {
        /// Weight of the lexical part.
        lexical: f64,
        /// Weight of the dense part.
        dense: f64,
    },
}

/// `rerank = { model = "models/x", depth = 20 }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankPlan {
    /// Folder of a local ONNX cross-encoder, or a name of fastembed's catalogue.
    pub model: String,
    /// How many of the first candidates are scored again.
    pub depth: usize,
}

impl RetrieverPlan {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let chunks = fields.table("chunks", ChunkPlan::read).unwrap_or_default();
        let lexical = fields.table("lexical", LexicalPlan::read);
        let dense = fields.table("dense", DensePlan::read);
        let fusion = fields.table("fusion", FusionPlan::read);
        let depth = fields.whole("depth", 1..=100_000, "candidates of each part").unwrap_or(20);
        let rerank = fields.table("rerank", RerankPlan::read);
        match (fields.has("lexical"), fields.has("dense")) {
            (true, true) => {}
            (false, false) => fields.refuse_all(
                "this retriever has neither a lexical nor a dense part",
                "add `lexical = { tantivy = {} }`, or `dense = { qdrant = {}, embedder = \"…\" }`, or both",
            ),
            (has_lexical, _) if fields.has("fusion") => {
                let (there, absent) =
                    if has_lexical { ("lexical", "dense") } else { ("dense", "lexical") };
                fields.refuse(
                    "fusion",
                    format!("nothing to fuse: the retriever has only a {there} part"),
                    format!("add `{absent}`, or remove `fusion`"),
                );
            }
            _ => {}
        }
        let is_hybrid = lexical.is_some() && dense.is_some();
        let fusion = fusion.or_else(|| is_hybrid.then(FusionPlan::default));
        let name = fields.name.to_owned();
        Some(Self { name, chunks, lexical, dense, fusion, depth, rerank })
    }
}

impl Default for ChunkPlan {
    fn default() -> Self {
        Self { tokens: 160, overlap: 32, tokenizer: None }
    }
}

impl ChunkPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let default = Self::default();
        let tokens = fields.whole("tokens", 16.., "the longest chunk in tokens");
        let overlap = fields.whole("overlap", 0.., "tokens that neighbouring chunks share");
        let tokenizer = fields.text("tokenizer");
        // What stands in for a refused value is no measure for the other one.
        let is_sound =
            tokens.is_some() == fields.has("tokens") && overlap.is_some() == fields.has("overlap");
        let plan = Self {
            tokens: tokens.unwrap_or(default.tokens),
            overlap: overlap.unwrap_or(default.overlap),
            tokenizer,
        };
        if is_sound && plan.overlap >= plan.tokens {
            fields.refuse(
                "overlap",
                format!("an overlap of {} tokens in chunks of {}", plan.overlap, plan.tokens),
                format!(
                    "the overlap must be below `tokens`: write `overlap = {}`",
                    plan.tokens / 5
                ),
            );
        }
        Some(plan)
    }
}

impl LexicalPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        fields.one_of("index", &[("tantivy", |_| Some(Self {}))])
    }
}

impl Default for FusionPlan {
    fn default() -> Self {
        Self::Rrf { k: 60.0 }
    }
}

impl FusionPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        fields.one_of("fusion", &[("rrf", Self::read_rrf), ("weighted", Self::read_weighted)])
    }

    fn read_rrf(fields: &Fields<'_, '_>) -> Option<Self> {
        let above_zero = (Bound::Excluded(0.0), Bound::Unbounded);
        let k = fields.number("k", above_zero, "60 is what the method's authors found");
        Some(k.map_or_else(Self::default, |k| Self::Rrf { k }))
    }

    fn read_weighted(fields: &Fields<'_, '_>) -> Option<Self> {
        const MEANING: &str = "a weight; only their ratio counts";
        let lexical = fields.needs("lexical", "lexical = 0.5").number("lexical", 0.0.., MEANING);
        let dense = fields.needs("dense", "dense = 0.5").number("dense", 0.0.., MEANING);
        let (lexical, dense) = (lexical?, dense?);
        if lexical == 0.0 && dense == 0.0 {
            fields.refuse_all("both weights are 0", "give at least one part a weight above 0");
        }
        Some(Self::Weighted { lexical, dense })
    }
}

impl RerankPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let model = fields.needs("model", "model = \"models/reranker\"").text("model");
        let depth = fields.whole("depth", 1..=100_000, "candidates that are scored again");
        Some(Self { model: model?, depth: depth.unwrap_or(20) })
    }
}
