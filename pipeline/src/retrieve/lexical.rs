//! Retrieval by words.

use super::{ChunkTable, Ranking, RetrievalSeconds, RetrieveError, Retriever, ranking};
use crate::index::{IndexError, Scored};
use std::sync::Arc;
use std::time::Instant;

/// An index that is asked with words: at most `depth` chunks, best first, ties by chunk id.
pub trait LexicalSearch: Send + Sync {
    /// The best chunks for the words of `query`.
    fn search(&self, query: &str, depth: usize) -> Result<Vec<Scored>, IndexError>;
}

impl<T: LexicalSearch + ?Sized> LexicalSearch for Box<T> {
    fn search(&self, query: &str, depth: usize) -> Result<Vec<Scored>, IndexError> {
        (**self).search(query, depth)
    }
}

/// A lexical index and the chunks behind its ids.
pub struct Lexical<S> {
    index: S,
    table: Arc<ChunkTable>,
}

impl<S: LexicalSearch> Lexical<S> {
    /// A retriever over `index`, whose chunks are all in `table`.
    pub fn new(index: S, table: Arc<ChunkTable>) -> Self {
        Self { index, table }
    }
}

impl<S: LexicalSearch> Retriever for Lexical<S> {
    fn retrieve(&self, query: &str, depth: usize) -> Result<Ranking, RetrieveError> {
        let start = Instant::now();
        let hits = ranking::hits(&self.table, self.index.search(query, depth)?, depth)?;
        let search = start.elapsed().as_secs_f64();
        let seconds = RetrievalSeconds { search, ..RetrievalSeconds::default() };
        Ok(Ranking { hits, seconds, ..Ranking::default() })
    }
}
