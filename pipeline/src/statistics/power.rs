//! How many questions decide a pair of setups, before anything is asked.
//!
//! Enters: how often two setups are expected to part, a margin. Leaves: numbers of questions, or the margin
//! that a number of questions decides. Does not: look at answers; for a pair that was asked see
//! [`sample_size`](super::sample_size).
//!
//! Normal approximations, as for a pair that was asked:
//! - A winner: n = ((z(1-α/2k) √ψ + z(power) √(ψ - δ²))/δ)², with ψ the discordance, δ the difference and k
//!   the pairs that Holm's correction goes over. R. J. Connor, "Sample size for testing differences in
//!   proportions for the paired-sample design", Biometrics 43 (1987), 207-211.
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
    /// How many questions call a winner that is better by `margin`, or more than is worth asking
    /// (`None`). None either where the two part on fewer questions than that.
    pub fn questions_for_winner(&self, margin: f64) -> Option<usize> {
        (margin > 0.0 && margin <= self.discordance).then(|| self.winner(margin)).and_then(whole)
    }

    /// How many questions call a tie within ± `margin` of two setups that are equally good, or more than
    /// is worth asking (`None`).
    pub fn questions_for_tie(&self, margin: f64) -> Option<usize> {
        (margin > 0.0 && margin < 1.0).then(|| self.tie(margin)).and_then(whole)
    }

    /// The smallest difference for which `questions` call a winner; `None` where they are too few for
    /// any.
    pub fn winner_margin(&self, questions: usize) -> Option<f64> {
        smallest(self.discordance, |margin| self.winner(margin) <= questions as f64)
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
        // The test flips signs: with c clusters that differ, p is at least 2/2^c.
        let differ = (1.0 + (k / alpha).log2()) / parted;
        (reach / margin).powi(2).max(differ) * self.design.max(1.0)
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
    use super::*;
    use proptest::prelude::*;

    fn expected(discordance: f64) -> Expected {
        Expected { discordance, design: 1.0, pairs: 1, confidence: 0.95, power: 0.8 }
    }

    #[test]
    fn derived_by_hand() {
        // z(0.975) = 1.959964, z(0.8) = 0.841621, z(0.9) = 1.281552.
        // A winner: 1.959964 √0.2 + 0.841621 √0.1975 = 0.876523 + 0.374024 = 1.250547;
        // (1.250547/0.05)^2 = 625.55.
        assert_eq!(expected(0.2).questions_for_winner(0.05), Some(626));
        // A tie: 0.2 (3.241516/0.05)^2 = 840.59.
        assert_eq!(expected(0.2).questions_for_tie(0.05), Some(841));
        // Half again as many where clusters make the variance half again as large.
        let clustered = Expected { design: 1.5, ..expected(0.2) };
        assert_eq!(clustered.questions_for_winner(0.05), Some(939));
        assert_eq!(clustered.questions_for_tie(0.05), Some(1261));
        // Ten pairs: z(0.9975) = 2.807034; 1.255344 + 0.374024 = 1.629368; squared/0.0025 = 1061.94.
        let many = Expected { pairs: 10, ..expected(0.2) };
        assert_eq!(many.questions_for_winner(0.05), Some(1062));
        assert_eq!(many.questions_for_tie(0.05), Some(841));
    }

    #[test]
    fn a_large_difference_needs_few() {
        // (1.959964 √0.5 + 0.841621 √0.41)/0.3 = (1.385904 + 0.538899)/0.3 = 6.416; squared 41.17.
        assert_eq!(expected(0.5).questions_for_winner(0.3), Some(42));
    }

    #[test]
    fn the_fewest_that_can_decide_at_all() {
        // All part on one side: 1 + log2(1/0.05) = 5.32 clusters have to differ, at ψ = 0.9 of 5.91.
        assert_eq!(expected(0.9).questions_for_winner(0.9), Some(6));
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
