//! McNemar's exact test.
//!
//! Enters: how many questions only A and only B got right. Leaves: a two-sided p-value. Does not:
//! know of clusters, so it stands beside a verdict and does not decide it.

use statrs::function::factorial::ln_binomial;

/// The exact two-sided p-value of no difference, from the questions that only one side got right:
/// twice the smaller tail of the binomial distribution with `only_a + only_b` tosses of a fair coin,
/// at most 1; exactly 1 where the two are equal.
///
/// Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages", Psychometrika 12 (1947), 153-157; the exact form is the sign test on the discordant
/// pairs.
pub fn p_value(only_a: usize, only_b: usize) -> f64 {
    let discordant = (only_a + only_b) as u64;
    let fewer = only_a.min(only_b) as u64;
    let ln_all = discordant as f64 * std::f64::consts::LN_2;
    // Smallest terms first, so that none is lost in a larger sum.
    let tail: f64 = (0..=fewer).map(|k| (ln_binomial(discordant, k) - ln_all).exp()).sum();
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_near(p: f64, expected: f64) {
        assert!((p - expected).abs() < 1e-12 * expected.max(1e-3), "{p} is not {expected}");
    }

    #[test]
    fn derived_by_hand() {
        // 1 and 5: 2 (C(6,0) + C(6,1))/2^6 = 2 * 7/64.
        assert_near(p_value(1, 5), 14.0 / 64.0);
        // 0 and 6: 2/64.
        assert_near(p_value(6, 0), 2.0 / 64.0);
        // 2 and 8: 2 (1 + 10 + 45)/1024.
        assert_near(p_value(2, 8), 112.0 / 1024.0);
        // 10 and 25 in R: binom.test(10, 35)$p.value = 0.01667. By hand the tail is
        // sum C(35, 0..=10) = 286454524 of 2^35 = 34359738368.
        assert!((p_value(25, 10) - 2.0 * 286_454_524.0 / 34_359_738_368.0).abs() < 1e-10);
    }

    #[test]
    fn nothing_to_tell_apart_is_one() {
        assert_eq!(p_value(0, 0), 1.0);
        assert_eq!(p_value(7, 7), 1.0);
        assert_eq!(p_value(1, 0), 1.0);
    }

    #[test]
    fn large_counts_neither_overflow_nor_vanish() {
        // Summed in exact integers: 2 * sum C(10000, 0..=4700)/2^10000 = 2.0760336959207e-9.
        let p = p_value(5_300, 4_700);
        assert!((p / 2.076_033_695_920_7e-9 - 1.0).abs() < 1e-8, "{p}");
    }

    proptest! {
        #[test]
        fn a_probability_that_mirrors_and_falls_with_distance(b in 0usize..200, c in 0usize..200) {
            let p = p_value(b, c);
            prop_assert!(p > 0.0 && p <= 1.0);
            prop_assert_eq!(p, p_value(c, b));
            if b.min(c) > 0 {
                // Moving one discordant pair to the larger side leaves the total and lowers p.
                prop_assert!(p_value(b.max(c) + 1, b.min(c) - 1) < p || p == 1.0);
            }
        }
    }
}
