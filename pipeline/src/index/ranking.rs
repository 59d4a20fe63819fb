//! The order that every index answers in: scores falling, ties by chunk id.

use super::{IndexError, Scored};
use std::cmp::Ordering;

/// Better first: the higher score, then the smaller chunk id.
pub(super) fn better_first(left: &Scored, right: &Scored) -> Ordering {
    right.score.total_cmp(&left.score).then_with(|| left.chunk.cmp(&right.chunk))
}

/// The `depth` best of `candidates`, in order.
pub(super) fn best(mut candidates: Vec<Scored>, depth: usize) -> Vec<Scored> {
    if depth == 0 {
        return Vec::new();
    }
    if candidates.len() > depth {
        candidates.select_nth_unstable_by(depth - 1, better_first);
        candidates.truncate(depth);
    }
    candidates.sort_unstable_by(better_first);
    candidates
}

/// More than asked for, so that most ties at the boundary need no second request.
const SLACK: usize = 8;

/// The `depth` best from an engine that leaves ties open.
///
/// `fetch(n)` gives the engine's best `n` in falling scores, equal scores in any order. Which of the
/// equals an engine cuts off at the boundary is its own affair, so that more are fetched until a
/// lower score ends the tie.
pub(super) fn best_beyond_ties(
    depth: usize,
    mut fetch: impl FnMut(usize) -> Result<Vec<Scored>, IndexError>,
) -> Result<Vec<Scored>, IndexError> {
    if depth == 0 {
        return Ok(Vec::new());
    }
    let mut limit = depth.saturating_add(SLACK);
    loop {
        let candidates = fetch(limit)?;
        let complete = candidates.len() < limit
            || match (candidates.get(depth - 1), candidates.last()) {
                (Some(boundary), Some(last)) => last.score < boundary.score,
                _ => true,
            };
        if complete {
            return Ok(best(candidates, depth));
        }
        limit = limit.saturating_mul(4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(chunk: &str, score: f64) -> Scored {
        Scored { chunk: chunk.into(), score }
    }

    #[test]
    fn ties_go_to_the_smaller_id_at_the_cut() {
        let found = best(vec![scored("c", 1.0), scored("a", 1.0), scored("b", 2.0)], 2);
        assert_eq!(found, [scored("b", 2.0), scored("a", 1.0)]);
    }

    #[test]
    fn a_tie_longer_than_the_first_fetch_is_fetched_whole() {
        // 100 equals, of which the engine gives those with the largest ids first: the two smallest
        // ids are at the very end, and only a fetch of all of them finds them.
        let all: Vec<_> = (0..100).rev().map(|n| scored(&format!("{n:03}"), 0.5)).collect();
        let mut limits = Vec::new();
        let found = best_beyond_ties(2, |limit| {
            limits.push(limit);
            Ok(all.iter().take(limit).cloned().collect())
        })
        .unwrap();
        assert_eq!(found, [scored("000", 0.5), scored("001", 0.5)]);
        assert_eq!(limits, [10, 40, 160]);
    }

    #[test]
    fn one_fetch_is_enough_when_the_tie_ends_early() {
        let all: Vec<_> = (0..100).map(|n| scored(&format!("{n:03}"), -f64::from(n))).collect();
        let mut fetches = 0;
        let found = best_beyond_ties(3, |limit| {
            fetches += 1;
            Ok(all.iter().take(limit).cloned().collect())
        })
        .unwrap();
        assert_eq!((fetches, found.len()), (1, 3));
    }

    proptest::proptest! {
        #[test]
        fn the_best_are_the_head_of_the_whole_order(
            scores in proptest::collection::vec(0u8..4, 0..60), depth in 0usize..70,
        ) {
            let all: Vec<_> =
                scores.iter().enumerate().map(|(n, s)| scored(&format!("{n}"), f64::from(*s))).collect();
            let mut whole = all.clone();
            whole.sort_by(better_first);
            whole.truncate(depth);
            proptest::prop_assert_eq!(best(all, depth), whole);
        }
    }
}
