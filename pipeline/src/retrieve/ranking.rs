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
    for scored in &mut scored {
        scored.score = twelve_digits(scored.score);
    }
    scored.sort_by(order);
    scored.truncate(depth);
    scored
        .into_iter()
        .map(|Scored { chunk, score }| {
            table.hit(&chunk, score).ok_or(RetrieveError::UnknownChunk { chunk })
        })
        .collect()
}

/// The nearest number of twelve decimal digits. Of the numbers with more, a JSON reader may return a
/// neighbour, and a hits file that is written again would change; an engine's `f32` has nine.
fn twelve_digits(score: f64) -> f64 {
    format!("{score:.11e}").parse().unwrap_or(score)
}

/// Hits as scored chunks.
pub(super) fn scored(hits: &[Hit]) -> Vec<Scored> {
    hits.iter().map(|hit| Scored { chunk: hit.chunk.to_string(), score: hit.score }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Chunk;
    use proptest::prelude::*;

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
        let found: Vec<_> = hits.iter().map(|hit| (&*hit.chunk, hit.start, hit.end)).collect();
        assert_eq!(found, [("a", 3, 7), ("b", 3, 7)]);
    }

    proptest! {
        #[test]
        fn scores_are_read_back_as_they_were_written(score in -1e6..1e6, small in -1e-3..1e-3) {
            for score in [score, small, f64::from(score as f32)] {
                let kept = twelve_digits(score);
                prop_assert!((kept - score).abs() <= 1e-11 * score.abs());
                let read: f64 = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
                prop_assert_eq!(read.to_bits(), kept.to_bits());
            }
        }
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
