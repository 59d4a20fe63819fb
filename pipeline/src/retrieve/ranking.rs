//! The order of every ranking: score falling, ties by chunk id.

use super::{ChunkTable, Hit, RetrieveError};
use crate::index::Scored;
use std::cmp::Ordering;

/// Better first; equal scores by chunk id.
pub(super) fn order(one: &Scored, other: &Scored) -> Ordering {
    // `total_cmp` would set 0.0 above -0.0, which are equal scores.
    let scores = other.score.partial_cmp(&one.score).unwrap_or(Ordering::Equal);
    scores.then_with(|| one.chunk.cmp(&other.chunk))
}

/// The first `depth` of `scored` as hits.
///
/// # Errors
/// When a score is not finite or a chunk is not in the table.
pub(super) fn hits(
    table: &ChunkTable,
    mut scored: Vec<Scored>,
    depth: usize,
) -> Result<Vec<Hit>, RetrieveError> {
    if let Some(wrong) = scored.iter().find(|scored| !scored.score.is_finite()) {
        return Err(RetrieveError::Score { chunk: wrong.chunk.clone() });
    }
    scored.sort_by(order);
    scored.truncate(depth);
    scored
        .into_iter()
        .map(|Scored { chunk: id, score }| match table.get(&id) {
            Some(chunk) => Ok(Hit {
                document: chunk.document.clone(),
                start: chunk.span.start,
                end: chunk.span.end,
                chunk: id,
                score,
            }),
            None => Err(RetrieveError::UnknownChunk { chunk: id }),
        })
        .collect()
}

/// Hits as scored chunks.
pub(super) fn scored(hits: &[Hit]) -> Vec<Scored> {
    hits.iter().map(|hit| Scored { chunk: hit.chunk.clone(), score: hit.score }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Chunk;

    fn score(chunk: &str, score: f64) -> Scored {
        Scored { chunk: chunk.into(), score }
    }

    fn table() -> ChunkTable {
        let chunk = |id: &str| Chunk {
            id: id.into(),
            document: "d".into(),
            span: 3..7,
            text: "text".into(),
        };
        ChunkTable::new(vec![chunk("a"), chunk("b"), chunk("c")]).unwrap()
    }

    #[test]
    fn ties_are_broken_by_chunk_before_the_cut() {
        let hits =
            hits(&table(), vec![score("c", -0.0), score("b", 0.0), score("a", 0.0)], 2).unwrap();
        let found: Vec<_> =
            hits.iter().map(|hit| (hit.chunk.as_str(), hit.start, hit.end)).collect();
        assert_eq!(found, [("a", 3, 7), ("b", 3, 7)]);
    }

    #[test]
    fn what_cannot_be_ranked_is_an_error() {
        let error = hits(&table(), vec![score("a", f64::NAN)], 2).unwrap_err();
        assert!(matches!(error, RetrieveError::Score { chunk } if chunk == "a"));
        let error = hits(&table(), vec![score("z", 1.0)], 2).unwrap_err();
        assert!(error.hint().unwrap().contains("delete"));
        assert!(matches!(error, RetrieveError::UnknownChunk { chunk } if chunk == "z"));
    }
}
