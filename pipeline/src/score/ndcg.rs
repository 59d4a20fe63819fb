//! nDCG@k: how near a ranking comes to the best possible one.
//!
//! Enters: ids, best first, and judged gains. Leaves: 0 to 1. Does not: raise gains to a power.
//!
//! Source: Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, 2002, with
//! trec_eval's choices (`m_ndcg.c`, `m_ndcg_cut.c`): linear gains, a discount of log2(rank + 1),
//! and an ideal ranking of all that is judged.

use super::Gains;

/// DCG of the first `k` ÷ DCG of the first `k` of the ideal ranking; 0 where nothing has a gain.
/// Ids are unique; `usize::MAX` as `k` takes the whole ranking.
pub fn ndcg_at(ranked: &[&str], gains: &Gains, k: usize) -> f64 {
    let mut ideal: Vec<i64> = gains.values().copied().filter(|gain| *gain > 0).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = discounted(ideal.into_iter().take(k));
    if best == 0.0 {
        return 0.0;
    }
    discounted(ranked.iter().take(k).map(|id| gains.get(*id).copied().unwrap_or(0))) / best
}

/// Sum of gain ÷ log2(rank + 1), ranks counted from 1; gains below 0 are 0.
fn discounted(gains: impl Iterator<Item = i64>) -> f64 {
    // Not `sum`: that of nothing is -0.
    (2_u32..)
        .zip(gains)
        .map(|(place, gain)| gain.max(0) as f64 / f64::from(place).log2())
        .fold(0.0, |sum, part| sum + part)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::score::average_precision;
    use crate::score::{recall_at, reciprocal_rank};
    use proptest::prelude::*;

    pub(in crate::score) fn gains(judged: &[(&str, i64)]) -> Gains {
        judged.iter().map(|(id, gain)| (id.to_string(), *gain)).collect()
    }

    /// Unique ids in any order, some of them judged, some judged ids not ranked.
    pub(in crate::score) fn rankings() -> impl Strategy<Value = (Vec<String>, Gains)> {
        let ids: Vec<String> = ('a'..='j').map(String::from).collect();
        let gains = proptest::collection::btree_map("[a-m]", -1_i64..4, 0..10);
        (Just(ids).prop_shuffle(), 0_usize..=10, gains).prop_map(|(mut ids, length, gains)| {
            ids.truncate(length);
            (ids, gains)
        })
    }

    #[test]
    fn by_hand() {
        let gains = gains(&[("a", 3), ("b", 1), ("c", 2), ("x", 0), ("y", -1)]);
        let ranked = ["b", "x", "a", "y"];
        // DCG = 1 ÷ log2 2 + 3 ÷ log2 4 = 1 + 1.5 = 2.5.
        // Ideal = 3 ÷ log2 2 + 2 ÷ log2 3 + 1 ÷ log2 4 = 3 + 1.26186 + 0.5 = 4.76186.
        let whole = 2.5 / (3.5 + 2.0 / 3_f64.log2());
        assert!((ndcg_at(&ranked, &gains, usize::MAX) - whole).abs() < 1e-15);
        assert!((ndcg_at(&ranked, &gains, 3) - whole).abs() < 1e-15);
        // Of the first alone: 1 of 3.
        assert!((ndcg_at(&ranked, &gains, 1) - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(ndcg_at(&ranked, &gains, 0), 0.0);
        assert_eq!(ndcg_at(&ranked, &Gains::new(), 3), 0.0);
        assert!(ndcg_at(&[], &gains, 3).is_sign_positive());
    }

    proptest! {
        #[test]
        fn all_measures_lie_between_0_and_1((ranked, gains) in rankings(), k in 0_usize..12) {
            let ranked: Vec<&str> = ranked.iter().map(String::as_str).collect();
            for value in [
                ndcg_at(&ranked, &gains, k),
                recall_at(&ranked, &gains, k),
                average_precision(&ranked, &gains),
                reciprocal_rank(&ranked, &gains),
            ] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{value}");
            }
        }

        #[test]
        fn the_ideal_ranking_is_worth_1((_, gains) in rankings(), k in 1_usize..12) {
            prop_assume!(gains.values().any(|gain| *gain > 0));
            let mut ranked: Vec<&str> = gains.keys().map(String::as_str).collect();
            ranked.sort_by_key(|id| -gains[*id]);
            for value in [
                ndcg_at(&ranked, &gains, k),
                recall_at(&ranked, &gains, ranked.len()),
                average_precision(&ranked, &gains),
                reciprocal_rank(&ranked, &gains),
            ] {
                prop_assert!((value - 1.0).abs() < 1e-12, "{value}");
            }
        }
    }
}
