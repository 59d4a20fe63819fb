//! Chunks made searchable, by words (Tantivy) and by vectors (Qdrant embedded, Qdrant server, an
//! exact index in memory).
//!
//! Enters: chunks, vectors. Leaves: ids of chunks with scores. Does not: embed, fuse or rerank.

mod analysis;
mod change;
#[cfg(feature = "engines")]
mod edge;
mod error;
mod lexical;
mod memory;
mod open;
mod ranking;
mod server;
mod server_message;
mod server_status;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod fake_server;
#[cfg(test)]
mod reference;

pub use analysis::Analysis;
#[cfg(feature = "engines")]
pub use edge::EdgeIndex;
pub use error::IndexError;
pub use lexical::LexicalIndex;
pub use memory::MemoryIndex;
pub use open::open_vector_index;
pub use server::ServerIndex;

/// A chunk and its score in one ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Chunk id.
    pub chunk: String,
    /// Higher is better; finite.
    pub score: f64,
}

/// A chunk's vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Chunk id.
    pub chunk: String,
    /// Unit vector.
    pub vector: Vec<f32>,
}

/// Nearest neighbours by cosine similarity.
///
/// Contract, held by one conformance suite over every implementation: after [`VectorIndex::sync`]
/// the index holds exactly the given points (missing ones are added, changed ones replaced, others
/// deleted) and says how many it wrote and deleted; [`VectorIndex::search`] returns at most `depth` chunks, scores
/// falling and finite, ties by chunk id; an empty index returns nothing; a vector of other
/// dimensions is an error.
pub trait VectorIndex: Send + Sync {
    /// Makes the index hold exactly `points`.
    fn sync(&mut self, points: &[Point]) -> Result<Synced, IndexError>;

    /// The chunks nearest to `vector`.
    fn search(&self, vector: &[f32], depth: usize) -> Result<Vec<Scored>, IndexError>;

    /// Why what was there was thrown away when it was opened, if it was.
    fn rebuilt(&self) -> Option<&str> {
        None
    }
}

/// What a sync changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Points added or replaced.
    pub written: usize,
    /// Points removed.
    pub deleted: usize,
    /// Points that were there already.
    pub kept: usize,
}
