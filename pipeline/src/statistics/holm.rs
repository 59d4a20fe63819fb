//! Holm's correction for several comparisons.
//!
//! Enters: the p-values of all pairs. Leaves: adjusted p-values, in the same order. Does not: need
//! independence between the pairs.

/// Holm-Bonferroni adjusted p-values: with the p-values sorted, the k-th smallest of m (k from 1) is
/// multiplied by m - k + 1, made no smaller than the one before it, and cut at 1. Rejecting where
/// the adjusted value is at most α keeps the probability of any false rejection at most α, whatever
/// the dependence.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
/// Statistics 6 (1979), 65-70.
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&i, &j| p_values[i].total_cmp(&p_values[j]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut floor = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        floor = floor.max(p_values[index] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[index] = floor;
    }
    adjusted
}

/// By how much Holm's procedure multiplies each p-value: m - k + 1 for the k-th smallest, equal
/// p-values sharing the largest. What a pair must still survive once clearer pairs are decided.
pub fn multipliers(p_values: &[f64]) -> Vec<usize> {
    p_values.iter().map(|p| p_values.iter().filter(|other| *other >= p).count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn derived_by_hand() {
        // Sorted 0.005 0.01 0.03 0.04, times 4 3 2 1: 0.02 0.03 0.06 0.04; the last is raised to
        // 0.06.
        let raw = [0.01, 0.04, 0.03, 0.005];
        for (got, expected) in adjusted(&raw).iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((got - expected).abs() < 1e-15);
        }
        assert_eq!(multipliers(&raw), [3, 1, 2, 4]);
        assert_eq!(adjusted(&[0.4, 0.4]), [0.8, 0.8]);
        assert_eq!(multipliers(&[0.4, 0.4]), [2, 2]);
        assert_eq!(adjusted(&[0.7, 0.9]), [1.0, 1.0]);
        assert!(adjusted(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn never_smaller_monotone_and_below_bonferroni(raw in prop::collection::vec(0.0f64..=1.0, 1..30)) {
            let adjusted = adjusted(&raw);
            for i in 0..raw.len() {
                prop_assert!(adjusted[i] >= raw[i] && adjusted[i] <= 1.0);
                prop_assert!(adjusted[i] <= (raw[i] * raw.len() as f64).min(1.0));
                for j in 0..raw.len() {
                    prop_assert!(raw[i] > raw[j] || adjusted[i] <= adjusted[j]);
                }
            }
        }

        #[test]
        fn the_order_of_the_pairs_does_not_matter(raw in prop::collection::vec(0.0f64..=1.0, 1..20), turn in 0usize..20) {
            let turn = turn % raw.len();
            let mut turned = raw.clone();
            turned.rotate_left(turn);
            let mut expected = adjusted(&raw);
            expected.rotate_left(turn);
            prop_assert_eq!(adjusted(&turned), expected);
        }
    }
}
