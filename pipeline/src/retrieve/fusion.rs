//! Rankings made one.
//!
//! Enters: scored chunks of several rankings. Leaves: one ranking over their union. Does not:
//! search, or depend on the order in which equal scores come in.

use super::ranking::order;
use crate::config::FusionPlan;
use crate::index::Scored;
use std::collections::{BTreeMap, HashSet};

/// The plan's fusion of a lexical and a dense ranking.
pub fn fuse(plan: &FusionPlan, lexical: &[Scored], dense: &[Scored]) -> Vec<Scored> {
    match plan {
        FusionPlan::Rrf { k } => reciprocal_rank(&[lexical, dense], *k),
        FusionPlan::Weighted { lexical: lexical_weight, dense: dense_weight } => {
            weighted(&[(*lexical_weight, lexical), (*dense_weight, dense)])
        }
    }
}

/// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a chunk's score is the sum
/// of 1 / (k + rank) over the rankings that hold it, ranks from 1.
pub fn reciprocal_rank(rankings: &[&[Scored]], k: f64) -> Vec<Scored> {
    let mut sums = BTreeMap::new();
    for ranking in rankings {
        for (index, scored) in ranked(ranking).into_iter().enumerate() {
            *sums.entry(scored.chunk.as_str()).or_insert(0.0) += 1.0 / (k + (index + 1) as f64);
        }
    }
    finish(sums)
}

/// Weighted sum of scores that are min-max scaled within their ranking; a chunk that a ranking does
/// not hold gets 0 from it, and in a ranking of one score only every chunk gets 1.
pub fn weighted(rankings: &[(f64, &[Scored])]) -> Vec<Scored> {
    let mut sums = BTreeMap::new();
    for (weight, ranking) in rankings {
        let ranking = ranked(ranking);
        let (Some(best), Some(worst)) = (ranking.first(), ranking.last()) else { continue };
        let (top, bottom) = (best.score, worst.score);
        for scored in &ranking {
            let scaled = if top > bottom { (scored.score - bottom) / (top - bottom) } else { 1.0 };
            *sums.entry(scored.chunk.as_str()).or_insert(0.0) += weight * scaled;
        }
    }
    finish(sums)
}

/// Best first, ties by chunk id, each chunk once at its best place.
fn ranked(ranking: &[Scored]) -> Vec<&Scored> {
    let mut sorted: Vec<&Scored> = ranking.iter().collect();
    sorted.sort_by(|one, other| order(one, other));
    let mut seen = HashSet::new();
    sorted.retain(|scored| seen.insert(scored.chunk.as_str()));
    sorted
}

fn finish(sums: BTreeMap<&str, f64>) -> Vec<Scored> {
    let mut fused: Vec<Scored> =
        sums.into_iter().map(|(chunk, score)| Scored { chunk: chunk.to_owned(), score }).collect();
    fused.sort_by(order);
    fused
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(scored: &[(&str, f64)]) -> Vec<Scored> {
        scored
            .iter()
            .map(|(chunk, score)| Scored { chunk: (*chunk).into(), score: *score })
            .collect()
    }

    #[test]
    fn reciprocal_ranks_by_hand() {
        let lexical = list(&[("a", 9.0), ("b", 5.0), ("c", 1.0)]);
        let dense = list(&[("c", 0.9), ("a", 0.8), ("d", 0.1)]);
        // k = 60. a: 1/61 + 1/62; c: 1/63 + 1/61; b: 1/62; d: 1/63.
        let fused = fuse(&FusionPlan::Rrf { k: 60.0 }, &lexical, &dense);
        let expected = list(&[
            ("a", 1.0 / 61.0 + 1.0 / 62.0),
            ("c", 1.0 / 63.0 + 1.0 / 61.0),
            ("b", 1.0 / 62.0),
            ("d", 1.0 / 63.0),
        ]);
        assert_eq!(fused, expected);
    }

    #[test]
    fn equal_sums_stand_by_chunk() {
        // Each is first once and second once: 1/61 + 1/62 for both.
        let fused = reciprocal_rank(
            &[&list(&[("b", 2.0), ("a", 1.0)]), &list(&[("a", 2.0), ("b", 1.0)])],
            60.0,
        );
        assert_eq!(fused[0].score, fused[1].score);
        assert_eq!([&*fused[0].chunk, &*fused[1].chunk], ["a", "b"]);
    }

    #[test]
    fn weighted_sums_by_hand() {
        let lexical = list(&[("a", 10.0), ("b", 6.0), ("c", 2.0)]);
        let dense = list(&[("c", 0.9), ("d", 0.5)]);
        // Scaled: a 1, b 1/2, c 0 and c 1, d 0. Weights 0.4 and 0.6.
        let plan = FusionPlan::Weighted { lexical: 0.4, dense: 0.6 };
        let fused = fuse(&plan, &lexical, &dense);
        assert_eq!(fused, list(&[("c", 0.6), ("a", 0.4), ("b", 0.2), ("d", 0.0)]));
    }

    #[test]
    fn a_constant_list_scales_to_one() {
        let fused = weighted(&[(0.5, &list(&[("b", 3.0), ("a", 3.0)])), (0.5, &[])]);
        assert_eq!(fused, list(&[("a", 0.5), ("b", 0.5)]));
    }

    #[test]
    fn nothing_fuses_to_nothing() {
        assert!(reciprocal_rank(&[&[], &[]], 60.0).is_empty());
        assert!(weighted(&[]).is_empty());
    }

    /// Lists over few chunks with few different scores, so that ties are common.
    fn rankings() -> impl Strategy<Value = Vec<Vec<Scored>>> {
        let chunk = (0..12u8, 0..4u8).prop_map(|(chunk, score)| Scored {
            chunk: format!("c{chunk:02}"),
            score: f64::from(score),
        });
        let list = proptest::collection::vec(chunk, 0..12).prop_map(|mut list| {
            list.sort_by(|a, b| a.chunk.cmp(&b.chunk));
            list.dedup_by(|a, b| a.chunk == b.chunk);
            list
        });
        proptest::collection::vec(list, 2)
    }

    proptest! {
        #[test]
        fn holds_for_any_rankings(lists in rankings(), shuffle in any::<u64>(), k in 0.0..100.0f64) {
            let shuffled: Vec<Vec<Scored>> = lists.iter().map(|list| {
                let mut list = list.clone();
                // Any permutation that depends on the seed.
                list.sort_by_key(|scored| {
                    crate::fingerprint::Fingerprint::of(format!("{shuffle}{}", scored.chunk).as_bytes())
                });
                list
            }).collect();
            for plan in [FusionPlan::Rrf { k }, FusionPlan::Weighted { lexical: 0.3, dense: 0.7 }] {
                let fused = fuse(&plan, &lists[0], &lists[1]);
                prop_assert_eq!(&fused, &fuse(&plan, &shuffled[0], &shuffled[1]));
                for pair in fused.windows(2) {
                    prop_assert!(
                        pair[0].score > pair[1].score
                            || (pair[0].score == pair[1].score && pair[0].chunk < pair[1].chunk)
                    );
                }
                prop_assert!(fused.iter().all(|scored| scored.score.is_finite()));
                let union: std::collections::BTreeSet<_> =
                    lists.iter().flatten().map(|scored| &scored.chunk).collect();
                let found: std::collections::BTreeSet<_> =
                    fused.iter().map(|scored| &scored.chunk).collect();
                prop_assert_eq!(found, union);
                prop_assert_eq!(fused.len(), fused.iter().map(|s| &s.chunk).collect::<HashSet<_>>().len());
            }
        }

        #[test]
        fn rrf_rises_with_a_better_rank(position in 1usize..10) {
            let list: Vec<Scored> = (0..10)
                .map(|index| Scored { chunk: format!("c{index}"), score: -f64::from(index) })
                .collect();
            let mut better = list.clone();
            // The chunk's score now lies above all others.
            better[position].score = 1.0;
            let of = |fused: Vec<Scored>| fused.into_iter().find(|s| s.chunk == list[position].chunk).unwrap().score;
            prop_assert!(of(reciprocal_rank(&[&better], 60.0)) > of(reciprocal_rank(&[&list], 60.0)));
        }
    }
}
