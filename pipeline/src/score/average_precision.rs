//! Average precision: precision at each relevant id, averaged. Its mean is MAP.
//!
//! Enters: ids, best first, and judged gains. Leaves: 0 to 1. Does not: weigh by gain.
//!
//! Source: trec_eval, `m_map.c` (`map`) and `m_map_cut.c` (`map_cut_k`).

use super::Gains;

/// Precision at the rank of each relevant id, 0 for one that is not ranked, averaged over all
/// relevant ids; 0 where nothing is relevant. Ids are unique.
pub fn average_precision(ranked: &[&str], gains: &Gains) -> f64 {
    average_precision_at(ranked, gains, usize::MAX)
}

/// The same, of the first `k` only; still averaged over all relevant ids.
pub fn average_precision_at(ranked: &[&str], gains: &Gains, k: usize) -> f64 {
    let relevant = gains.values().filter(|gain| **gain > 0).count();
    if relevant == 0 {
        return 0.0;
    }
    let mut found = 0_u32;
    let mut sum = 0.0;
    for (rank, id) in (1_u32..).zip(ranked.iter().take(k)) {
        if gains.get(*id).is_some_and(|gain| *gain > 0) {
            found += 1;
            sum += f64::from(found) / f64::from(rank);
        }
    }
    sum / relevant as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ndcg::tests::gains;

    #[test]
    fn by_hand() {
        // Found at ranks 1 and 3 of three relevant: (1/1 + 2/3 + 0) ÷ 3 = 5/9.
        let gains = gains(&[("a", 1), ("b", 2), ("c", 1), ("x", 0)]);
        let ranked = ["a", "x", "b"];
        assert!((average_precision(&ranked, &gains) - 5.0 / 9.0).abs() < 1e-15);
        assert!((average_precision_at(&ranked, &gains, 2) - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(average_precision(&["x"], &gains), 0.0);
        assert_eq!(average_precision(&ranked, &Gains::new()), 0.0);
    }
}
