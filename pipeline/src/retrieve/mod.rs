//! Questions turned into ranked chunks.
//!
//! Enters: a question's text. Leaves: [`Hit`]s. Does not: know about models or prompts.

mod assembly;
#[cfg(feature = "engines")]
mod cross_encoder;
mod dense;
mod error;
pub mod fusion;
mod hybrid;
mod lexical;
mod overlap;
mod ranking;
mod relevance;
mod rerank;
mod sameness;
mod table;
pub mod trec;

#[cfg(test)]
mod conformance;

pub use assembly::{Parts, assemble};
pub use dense::Dense;
pub use error::RetrieveError;
pub use hybrid::Hybrid;
pub use lexical::{Lexical, LexicalSearch};
pub use overlap::Overlap;
pub use relevance::{Relevance, relevance};
pub use rerank::{Reranked, Reranker, open_reranker, reranker_fingerprint};
pub use sameness::{Sameness, SamenessWarning, sameness};
pub use table::ChunkTable;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One chunk of a ranking. Its ids are shared with all hits on the same chunk: rankings of thousands
/// of questions are kept at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Chunk id.
    pub chunk: Arc<str>,
    /// Document id.
    pub document: Arc<str>,
    /// First byte of the chunk in the document's text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Of the retriever's last stage; finite, falling along the ranking, of twelve digits.
    pub score: f64,
}

/// Seconds that each stage of one retrieval took. Clock readings: they differ between runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct RetrievalSeconds {
    /// Embedding the query.
    pub embed: f64,
    /// Searching and fusing.
    pub search: f64,
    /// Reranking.
    pub rerank: f64,
}

/// Texts of one retrieval that a model did not read to their ends. What they begin with decides alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutTexts {
    /// Whether the query is longer than the embedder reads.
    pub query: bool,
    /// Pairs of query and chunk that are longer than the reranker reads.
    pub pairs: usize,
}

impl CutTexts {
    /// Whether all were read whole.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What a retriever gives for one query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranking {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Clock readings.
    pub seconds: RetrievalSeconds,
    /// What was not read whole.
    pub cut: CutTexts,
}

/// A line of `hits.jsonl`: what one retriever found for one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retrieved {
    /// Retriever's name.
    pub retriever: String,
    /// Question id.
    pub question: String,
    /// Of everything that decides the hits: documents, chunking, index, embedder, question.
    pub fingerprint: crate::fingerprint::Fingerprint,
    /// Best first.
    pub hits: Vec<Hit>,
    /// Clock readings.
    pub seconds: RetrievalSeconds,
    /// What was not read whole.
    #[serde(default, skip_serializing_if = "CutTexts::is_none")]
    pub cut: CutTexts,
}

/// Ranks chunks for a query.
///
/// Contract: at most `depth` hits; scores finite and falling; ties by chunk id; the same query gives
/// the same hits.
pub trait Retriever: Send + Sync {
    /// The best chunks for `query`.
    fn retrieve(&self, query: &str, depth: usize) -> Result<Ranking, RetrieveError>;
}
