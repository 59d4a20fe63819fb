//! How many questions decide a pair of setups, before anything is asked.
//!
//! Enters: how often two setups are expected to part, a margin. Leaves: numbers of questions, or the margin
//! that a number of questions decides. Does not: look at answers; for a pair that was asked see
//! [`sample_size`](super::sample_size).
//!
//! Normal approximations, as for a pair that was asked:
//! - A winner: n δ - s = √n (z(1-α/2k) √ψ + z(power) √(ψ - δ²)), with ψ the discordance, δ the difference and k
//!   the pairs that Holm's correction goes over. R. J. Connor, "Sample size for testing differences in
//!   proportions for the paired-sample design", Biometrics 43 (1987), 207-211, where s is 0. The exact test
//!   counts in whole questions, and needs more than that: s = 1 is the correction of A. L. Edwards, "Note on
//!   the 'correction for continuity' in testing the significance of the difference between correlated
//!   proportions", Psychometrika 13 (1948), 185-187, solved for n as J. L. Fleiss, A. Tytun and H. K. Ury do,
//!   "A simple approximation for calculating sample sizes for comparing independent proportions", Biometrics
//!   36 (1980), 343-346. For a measure between right and wrong s is what the two differ by where they do,
//!   √(ψ/π) with π the share of questions on which that is: then n does not depend on the measure's unit.
//! - A tie: n = ψ ((z(1-α/2) + z((1 + power)/2))/δ)², for two setups that are equally good. S. A. Julious,
//!   "Sample sizes for clinical trials with normal data", Statistics in Medicine 23 (2004), 1921-1986,
//!   equivalence trials.
//!
//! Both times the design effect: questions on one document tell less than as many on different ones. L. Kish,
//! "Survey Sampling" (1965), section 8.2.

use super::sample_size::MOST_QUESTIONS;
use super::wilson::normal_quantile;

/// What is expected of a pair of setups, and how sure a verdict has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Share of questions on which one of the two is right and the other wrong, above 0; for a measure
    /// between right and wrong the mean squared difference.
    pub discordance: f64,
    /// Share of questions on which the two differ at all, at least `discordance`; for right and wrong the
    /// same.
    pub parting: f64,
    /// Variance of the mean difference by that of as many questions that do not depend on one another, at
    /// least 1.
    pub design: f64,
    /// Pairs that are compared, at least 1.
    pub pairs: usize,
    /// Of the verdict, for example 0.95.
    pub confidence: f64,
    /// Probability of the verdict where the expectation is true, for example 0.8.
    pub power: f64,
}

impl Expected {
    /// The largest difference that two setups can have which part like this: the mean of what parts is at
    /// most the root of the mean of its squares. For right and wrong the discordance.
    pub fn largest_difference(&self) -> f64 {
        (self.discordance * self.parting).sqrt()
    }

    /// How many questions call a winner that is better by `margin`, or more than is worth asking
    /// (`None`). None either where that is above the [largest difference](Self::largest_difference).
    pub fn questions_for_winner(&self, margin: f64) -> Option<usize> {
        let is_possible = margin > 0.0 && margin <= self.largest_difference();
        is_possible.then(|| self.winner(margin)).and_then(whole)
    }

    /// How many questions call a tie within ± `margin` of two setups that are equally good, or more than
    /// is worth asking (`None`).
    pub fn questions_for_tie(&self, margin: f64) -> Option<usize> {
        (margin > 0.0 && margin < 1.0).then(|| self.tie(margin)).and_then(whole)
    }

    /// The smallest difference for which `questions` call a winner; `None` where they are too few for
    /// any.
    pub fn winner_margin(&self, questions: usize) -> Option<f64> {
        let most = self.largest_difference();
        smallest(most, |margin| self.winner(margin) <= questions as f64)
    }

    /// The smallest margin within which `questions` call a tie; `None` where they are too few for any.
    pub fn tie_margin(&self, questions: usize) -> Option<f64> {
        smallest(1.0, |margin| self.tie(margin) <= questions as f64)
    }

    fn winner(&self, margin: f64) -> f64 {
        let k = self.pairs.max(1) as f64;
        let alpha = 1.0 - self.confidence;
        let parted = self.discordance;
        // Where all that part do so on one side, nothing is left of the second root.
        let spread = (parted - margin * margin).max(0.0).sqrt();
        let reach = normal_quantile(1.0 - alpha / (2.0 * k)) * parted.sqrt()
            + normal_quantile(self.power) * spread;
        let step = (parted / self.parting).sqrt();
        let root = (reach + (reach * reach + 4.0 * margin * step).sqrt()) / (2.0 * margin);
        // The test flips signs: with c clusters that differ, p is at least 2/2^c.
        let differ = (1.0 + (k / alpha).log2()).ceil() / self.parting;
        root.powi(2).max(differ) * self.design.max(1.0)
    }

    fn tie(&self, margin: f64) -> f64 {
        let alpha = 1.0 - self.confidence;
        let reach = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(0.5 + self.power / 2.0);
        // Where nothing differs, 1 - (α/2)^(1/n) must get below the margin.
        let same = (alpha / 2.0).ln() / (1.0 - margin).ln();
        (self.discordance * (reach / margin).powi(2)).max(same) * self.design.max(1.0)
    }
}

fn whole(questions: f64) -> Option<usize> {
    let questions = questions.ceil();
    (questions <= MOST_QUESTIONS as f64).then_some(questions as usize)
}

/// The smallest margin up to `most` that is enough; what is enough stays so for larger ones.
fn smallest(most: f64, is_enough: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (0.0, most);
    // A margin of 1 asks for a logarithm of 0, which a tie needs no questions for.
    if !is_enough(high) {
        return None;
    }
    // 50 halvings leave less than a double can tell apart.
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if is_enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::super::mcnemar;
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{Binomial, Discrete as _, DiscreteCDF as _};

    fn expected(discordance: f64) -> Expected {
        let parting = discordance;
        Expected { discordance, parting, design: 1.0, pairs: 1, confidence: 0.95, power: 0.8 }
    }

    /// The probability that McNemar's exact test calls a winner that is better by `margin`: over the questions on
    /// which the two part, and of these over those that the winner loses.
    fn exact_power(expected: &Expected, margin: f64, questions: usize) -> f64 {
        let Expected { discordance, pairs, confidence, .. } = *expected;
        let alpha = (1.0 - confidence) / pairs as f64;
        let loses = (1.0 - margin / discordance) / 2.0;
        let part = Binomial::new(discordance, questions as u64).unwrap();
        // How many may be lost of one more question is as many or one more.
        let mut most = None;
        (0..=questions)
            .map(|parted| {
                let next = most.map_or(0, |most| most + 1);
                if 2 * next < parted && mcnemar::p_value(next, parted - next) <= alpha {
                    most = Some(next);
                }
                let Some(most) = most else { return 0.0 };
                let lost = Binomial::new(loses, parted as u64).unwrap();
                part.pmf(parted as u64) * lost.cdf(most as u64)
            })
            .sum()
    }

    #[test]
    fn derived_by_hand() {
        // z(0.975) = 1.959964, z(0.8) = 0.841621, z(0.9) = 1.281552.
        // A winner: 1.959964 √0.2 + 0.841621 √0.1975 = 0.876523 + 0.374024 = 1.250547;
        // 0.05 n - 1 = 1.250547 √n: √n = (1.250547 + √(1.563868 + 0.2))/0.1 = 25.78654, n = 664.95.
        assert_eq!(expected(0.2).questions_for_winner(0.05), Some(665));
        // A tie: 0.2 (3.241516/0.05)^2 = 840.59.
        assert_eq!(expected(0.2).questions_for_tie(0.05), Some(841));
        // Half again as many where clusters make the variance half again as large.
        let clustered = Expected { design: 1.5, ..expected(0.2) };
        assert_eq!(clustered.questions_for_winner(0.05), Some(998));
        assert_eq!(clustered.questions_for_tie(0.05), Some(1261));
        // Ten pairs: z(0.9975) = 2.807034; 1.255344 + 0.374024 = 1.629368;
        // (1.629368 + √(2.654841 + 0.2))/0.1 = 33.18996, squared 1101.57.
        let many = Expected { pairs: 10, ..expected(0.2) };
        assert_eq!(many.questions_for_winner(0.05), Some(1102));
        assert_eq!(many.questions_for_tie(0.05), Some(841));
    }

    #[test]
    fn a_large_difference_needs_few() {
        // 1.959964 √0.5 + 0.841621 √0.41 = 1.385904 + 0.538899 = 1.924804;
        // (1.924804 + √(3.704872 + 1.2))/0.6 = 6.899165; squared 47.60.
        assert_eq!(expected(0.5).questions_for_winner(0.3), Some(48));
    }

    #[test]
    fn the_exact_test_has_the_power_that_is_promised() {
        for (discordance, margin) in [
            (0.05, 0.04),
            (0.1, 0.05),
            (0.2, 0.05),
            (0.2, 0.1),
            (0.3, 0.1),
            (0.5, 0.3),
            (0.9, 0.3),
            (0.9, 0.9),
        ] {
            for pairs in [1, 10] {
                let expected = Expected { pairs, ..expected(discordance) };
                let questions = expected.questions_for_winner(margin).unwrap();
                let power = exact_power(&expected, margin, questions);
                assert!(power >= 0.8, "{power} with {questions} for {margin} of {discordance}");
            }
        }
        // Without the correction for whole questions: 0.779, as summed in another program.
        let power = exact_power(&expected(0.2), 0.05, 626);
        assert!((power - 0.7789).abs() < 1e-4, "{power}");
    }

    #[test]
    fn a_measure_between_right_and_wrong_has_no_unit() {
        // All differences halved: a quarter of the squares, half of the margin, the same questions.
        let half = Expected { discordance: 0.05, parting: 0.2, ..expected(0.2) };
        assert_eq!(half.questions_for_winner(0.025), Some(665));
        // By 0.5 on 0.4 of the questions, all on one side: 0.2.
        let partly = Expected { discordance: 0.1, parting: 0.4, ..expected(0.2) };
        assert!((partly.largest_difference() - 0.2).abs() < 1e-12);
        // Above the discordance: 1.959964 √0.1 + 0.841621 √0.0775 = 0.619795 + 0.234297 = 0.854092;
        // (0.854092 + √(0.729474 + 4 * 0.15 * 0.5))/0.3 = 6.229075; squared 38.80.
        assert_eq!(partly.questions_for_winner(0.15), Some(39));
        assert_eq!(partly.questions_for_winner(0.21), None);
    }

    #[test]
    fn the_fewest_that_can_decide_at_all() {
        // All part on one side: 1 + log2(1/0.05) = 5.32, so 6 clusters have to differ, at ψ = 0.95 of 6.32. The
        // rest asks for less: 1.959964 √0.95 = 1.910337, (1.910337 + √(3.649386 + 3.8))/1.9 = 2.441944, squared
        // 5.96.
        let even = Expected { power: 0.5, ..expected(0.95) };
        assert_eq!(even.questions_for_winner(0.95), Some(7));
        // Hardly any part: ln(0.025)/ln(0.95) = 71.92 beside 0.001 * 4202.97 = 4.2.
        assert_eq!(expected(0.001).questions_for_tie(0.05), Some(72));
    }

    #[test]
    fn out_of_reach() {
        assert_eq!(expected(0.04).questions_for_winner(0.05), None);
        assert_eq!(expected(0.2).questions_for_winner(0.0), None);
        assert_eq!(expected(0.2).questions_for_winner(0.000_1), None);
        assert_eq!(expected(0.2).winner_margin(5), None);
        assert_eq!(expected(0.2).tie_margin(0), None);
    }

    proptest! {
        /// A margin and its number of questions belong to one another.
        #[test]
        fn margins_and_questions_are_inverse(
            discordance in 0.02_f64..0.9, design in 1.0_f64..4.0, pairs in 1_usize..20,
            questions in 50_usize..5000,
        ) {
            let expected = Expected { design, pairs, ..expected(discordance) };
            if let Some(margin) = expected.winner_margin(questions) {
                prop_assert!(margin <= discordance);
                prop_assert!(expected.questions_for_winner(margin).unwrap() <= questions);
                let less = expected.questions_for_winner(margin * 0.99);
                prop_assert!(less.is_none_or(|less| less >= questions));
            }
            if let Some(margin) = expected.tie_margin(questions) {
                prop_assert!(expected.questions_for_tie(margin * 0.99).unwrap() >= questions);
            }
        }
    }
}
