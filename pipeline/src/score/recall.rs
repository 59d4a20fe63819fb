//! Recall@k: how much of what is relevant stands among the first k.
//!
//! Enters: ids, best first, and judged gains. Leaves: 0 to 1. Does not: look at the order within
//! the first k.
//!
//! Source: trec_eval, `m_recall.c` (`recall_k`).

use super::Gains;

/// Relevant among the first `k` ÷ all relevant; 0 where nothing is relevant. Ids are unique.
pub fn recall_at(ranked: &[&str], gains: &Gains, k: usize) -> f64 {
    let relevant = gains.values().filter(|gain| **gain > 0).count();
    if relevant == 0 {
        return 0.0;
    }
    found(ranked, gains, k) as f64 / relevant as f64
}

/// Relevant ids among the first `k`.
pub(super) fn found(ranked: &[&str], gains: &Gains, k: usize) -> usize {
    ranked.iter().take(k).filter(|id| gains.get(**id).is_some_and(|gain| *gain > 0)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ndcg::tests::{gains, rankings};
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // Three are relevant (gain above 0): a and b are found at ranks 1 and 3, c is not.
        let gains = gains(&[("a", 1), ("b", 2), ("c", 1), ("x", 0), ("y", -1)]);
        let ranked = ["a", "x", "b", "y"];
        assert_eq!(recall_at(&ranked, &gains, 0), 0.0);
        assert_eq!(recall_at(&ranked, &gains, 1), 1.0 / 3.0);
        assert_eq!(recall_at(&ranked, &gains, 3), 2.0 / 3.0);
        assert_eq!(recall_at(&ranked, &gains, 100), 2.0 / 3.0);
        assert_eq!(recall_at(&ranked, &Gains::new(), 3), 0.0);
    }

    proptest! {
        #[test]
        fn never_falls_with_depth((ranked, gains) in rankings()) {
            let ranked: Vec<&str> = ranked.iter().map(String::as_str).collect();
            let mut before = 0.0;
            for k in 0..12 {
                let recall = recall_at(&ranked, &gains, k);
                prop_assert!((0.0..=1.0).contains(&recall) && recall >= before);
                before = recall;
            }
        }
    }
}
