//! Precision@k: how much of the first k is relevant.
//!
//! Enters: ids, best first, and judged gains. Leaves: 0 to 1. Does not: look at the order within
//! the first k.
//!
//! Source: trec_eval, `m_P.c` (`P_k`).

use super::Gains;
use super::recall::found;

/// Relevant among the first `k` ÷ `k`, also when the ranking is shorter than `k`; 0 for `k` = 0.
pub fn precision_at(ranked: &[&str], gains: &Gains, k: usize) -> f64 {
    if k == 0 { 0.0 } else { found(ranked, gains, k) as f64 / k as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ndcg::tests::gains;

    #[test]
    fn by_hand() {
        let gains = gains(&[("a", 1), ("b", 2), ("c", 1), ("x", 0)]);
        let ranked = ["a", "x", "b"];
        assert_eq!(precision_at(&ranked, &gains, 0), 0.0);
        assert_eq!(precision_at(&ranked, &gains, 1), 1.0);
        assert_eq!(precision_at(&ranked, &gains, 2), 0.5);
        // Two of three, and two of ten: what is not retrieved is not relevant.
        assert_eq!(precision_at(&ranked, &gains, 3), 2.0 / 3.0);
        assert_eq!(precision_at(&ranked, &gains, 10), 0.2);
    }
}
