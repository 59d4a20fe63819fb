//! Reciprocal rank: how early the first relevant id comes. Its mean is MRR.
//!
//! Enters: ids, best first, and judged gains. Leaves: 0 to 1. Does not: look past the first.
//!
//! Source: trec_eval, `m_recip_rank.c` (`recip_rank`).

use super::Gains;

/// 1 ÷ rank of the first relevant id; 0 when there is none.
pub fn reciprocal_rank(ranked: &[&str], gains: &Gains) -> f64 {
    ranked
        .iter()
        .position(|id| gains.get(*id).is_some_and(|gain| *gain > 0))
        .map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ndcg::tests::gains;

    #[test]
    fn by_hand() {
        let gains = gains(&[("a", 1), ("b", 2), ("x", 0)]);
        assert_eq!(reciprocal_rank(&["a", "b"], &gains), 1.0);
        assert_eq!(reciprocal_rank(&["x", "y", "b", "a"], &gains), 1.0 / 3.0);
        assert_eq!(reciprocal_rank(&["x", "y"], &gains), 0.0);
        assert_eq!(reciprocal_rank(&[], &gains), 0.0);
    }
}
