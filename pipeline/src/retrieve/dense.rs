//! Retrieval by vectors.

use super::{ChunkTable, CutTexts, Ranking, RetrievalSeconds, RetrieveError, Retriever, ranking};
use crate::embed::{EmbedError, Embedder, Role};
use crate::index::VectorIndex;
use std::sync::Arc;
use std::time::Instant;

/// An embedder, an index of passages it has embedded, and the chunks behind the ids.
pub struct Dense {
    embedder: Arc<dyn Embedder>,
    index: Box<dyn VectorIndex>,
    table: Arc<ChunkTable>,
}

impl Dense {
    /// A retriever over `index`, whose vectors are of `embedder` and whose chunks are all in
    /// `table`.
    pub fn new(
        embedder: Arc<dyn Embedder>,
        index: Box<dyn VectorIndex>,
        table: Arc<ChunkTable>,
    ) -> Self {
        Self { embedder, index, table }
    }
}

impl Retriever for Dense {
    fn retrieve(&self, query: &str, depth: usize) -> Result<Ranking, RetrieveError> {
        let start = Instant::now();
        let vectors = self.embedder.embed(Role::Query, &[query])?;
        let Some(vector) = vectors.first() else {
            return Err(EmbedError::Answer {
                model: "the embedder".into(),
                problem: "no vector for a query".into(),
            }
            .into());
        };
        let embed = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let hits = ranking::hits(&self.table, self.index.search(vector, depth)?, depth)?;
        let search = start.elapsed().as_secs_f64();
        let seconds = RetrievalSeconds { embed, search, ..RetrievalSeconds::default() };
        let cut = CutTexts { query: self.embedder.is_cut(Role::Query, query), pairs: 0 };
        Ok(Ranking { hits, seconds, cut })
    }
}
