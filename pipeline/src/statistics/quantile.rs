//! Quantiles of a sample: p50, p95.
//!
//! Enters: finite values in any order. Leaves: the value below which a share of them falls. Does
//! not: estimate an interval.

/// The `probability` quantile (0 to 1) by linear interpolation between order statistics: definition
/// 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
/// Statistician 50 (1996), 361-365; what R, NumPy and spreadsheets give by default. `None` without
/// values.
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    of_sorted(&sorted, probability)
}

/// [`quantile`] of values that are sorted already.
pub fn of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let part = position - below as f64;
    // Equal neighbours must give their value exactly.
    Some(sorted[below] + part * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn derived_by_hand() {
        let seconds = [4.0, 1.0, 3.0, 2.0];
        // Position 0.5 * 3 = 1.5: halfway from 2 to 3.
        assert_eq!(quantile(&seconds, 0.5), Some(2.5));
        // Position 0.95 * 3 = 2.85: 3 + 0.85 * 1.
        assert!((quantile(&seconds, 0.95).unwrap() - 3.85).abs() < 1e-12);
        assert_eq!(quantile(&seconds, 0.0), Some(1.0));
        assert_eq!(quantile(&seconds, 1.0), Some(4.0));
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    proptest! {
        #[test]
        fn between_the_extremes_and_rising(
            values in prop::collection::vec(-1e6f64..1e6, 1..50), p in 0.0f64..=1.0, q in 0.0f64..=1.0
        ) {
            let (p, q) = (p.min(q), p.max(q));
            let (at_p, at_q) = (quantile(&values, p).unwrap(), quantile(&values, q).unwrap());
            prop_assert!(at_p <= at_q + 1e-9);
            prop_assert!(values.iter().copied().fold(f64::MAX, f64::min) <= at_p);
            prop_assert!(at_q <= values.iter().copied().fold(f64::MIN, f64::max) + 1e-9);
        }
    }
}
