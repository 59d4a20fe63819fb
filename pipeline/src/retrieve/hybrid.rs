//! Retrieval by words and by vectors, fused.

use super::{
    ChunkTable, CutTexts, Ranking, RetrievalSeconds, RetrieveError, Retriever, fusion, ranking,
};
use crate::config::FusionPlan;
use std::sync::Arc;
use std::time::Instant;

/// Two retrievers over the same chunks and the fusion of their rankings.
pub struct Hybrid {
    lexical: Box<dyn Retriever>,
    dense: Box<dyn Retriever>,
    fusion: FusionPlan,
    candidates: usize,
    table: Arc<ChunkTable>,
}

impl Hybrid {
    /// Fuses `candidates` hits of each part, or as many as are asked for when that is more.
    pub fn new(
        lexical: Box<dyn Retriever>,
        dense: Box<dyn Retriever>,
        fusion: FusionPlan,
        candidates: usize,
        table: Arc<ChunkTable>,
    ) -> Self {
        Self { lexical, dense, fusion, candidates, table }
    }
}

impl Retriever for Hybrid {
    fn retrieve(&self, query: &str, depth: usize) -> Result<Ranking, RetrieveError> {
        let candidates = self.candidates.max(depth);
        let lexical = self.lexical.retrieve(query, candidates)?;
        let dense = self.dense.retrieve(query, candidates)?;
        let start = Instant::now();
        let fused = fusion::fuse(
            &self.fusion,
            &ranking::scored(&lexical.hits),
            &ranking::scored(&dense.hits),
        );
        let hits = ranking::hits(&self.table, fused, depth)?;
        let (first, second) = (lexical.seconds, dense.seconds);
        let seconds = RetrievalSeconds {
            embed: first.embed + second.embed,
            search: first.search + second.search + start.elapsed().as_secs_f64(),
            rerank: first.rerank + second.rerank,
        };
        let cut = CutTexts {
            query: lexical.cut.query || dense.cut.query,
            pairs: lexical.cut.pairs + dense.cut.pairs,
        };
        Ok(Ranking { hits, seconds, cut })
    }
}
