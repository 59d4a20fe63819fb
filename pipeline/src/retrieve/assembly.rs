//! A plan's parts put together.

use super::{
    ChunkTable, Dense, Hybrid, Lexical, LexicalSearch, Reranked, Reranker, RetrieveError, Retriever,
};
use crate::config::RetrieverPlan;
use crate::embed::Embedder;
use crate::index::VectorIndex;
use std::sync::Arc;

/// What a plan needs, built and filled.
#[derive(Default)]
pub struct Parts {
    /// When the plan has `lexical`.
    pub lexical: Option<Box<dyn LexicalSearch>>,
    /// When the plan has `dense`.
    pub dense: Option<(Arc<dyn Embedder>, Box<dyn VectorIndex>)>,
    /// When the plan has `rerank`.
    pub reranker: Option<Box<dyn Reranker>>,
}

/// The plan's retriever. Its parts hold the chunks of `table`.
///
/// # Errors
/// When the plan has a part that `parts` lacks, or neither `lexical` nor `dense`.
pub fn assemble(
    plan: &RetrieverPlan,
    table: &Arc<ChunkTable>,
    parts: Parts,
) -> Result<Box<dyn Retriever>, RetrieveError> {
    let missing = |part| RetrieveError::MissingPart { retriever: plan.name.clone(), part };
    let lexical: Option<Box<dyn Retriever>> = match (&plan.lexical, parts.lexical) {
        (Some(_), Some(index)) => Some(Box::new(Lexical::new(index, Arc::clone(table)))),
        (Some(_), None) => return Err(missing("lexical index")),
        (None, _) => None,
    };
    let dense: Option<Box<dyn Retriever>> = match (&plan.dense, parts.dense) {
        (Some(_), Some((embedder, index))) => {
            Some(Box::new(Dense::new(embedder, index, Arc::clone(table))))
        }
        (Some(_), None) => return Err(missing("embedder and vector index")),
        (None, _) => None,
    };
    let retriever = match (lexical, dense, &plan.fusion) {
        (Some(lexical), Some(dense), Some(fusion)) => {
            Box::new(Hybrid::new(lexical, dense, fusion.clone(), plan.depth, Arc::clone(table)))
        }
        (Some(_), Some(_), None) => return Err(missing("fusion")),
        (Some(one), None, _) | (None, Some(one), _) => one,
        (None, None, _) => return Err(missing("lexical or dense part")),
    };
    match (&plan.rerank, parts.reranker) {
        (Some(rerank), Some(reranker)) => {
            Ok(Box::new(Reranked::new(retriever, reranker, rerank.depth, Arc::clone(table))))
        }
        (Some(_), None) => Err(missing("reranker")),
        (None, _) => Ok(retriever),
    }
}
