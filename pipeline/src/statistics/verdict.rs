//! What the answers say about each pair of setups.
//!
//! Enters: an interval and an adjusted p-value. Leaves: one of four outcomes, and the record that a
//! report prints. Does not: compute them ([`comparison`](super::comparison)), or know of cost and
//! limits.
//!
//! Of each pair the mean paired difference A - B gets a clustered bootstrap interval
//! ([`bootstrap`](super::bootstrap)) and a clustered p-value ([`sign_flip`](super::sign_flip)),
//! adjusted over all pairs ([`holm`](super::holm)). In this order:
//!
//! 1. **Tie**: the whole interval lies inside ± margin. This goes first: a difference that is surely
//!    there but surely smaller than what matters is a tie.
//! 2. **A wins**: the interval lies above 0 and the adjusted p is at most 1 - confidence. **B wins**:
//!    below 0, likewise. The second condition holds the probability of any false win over all pairs
//!    to 1 - confidence; the first keeps winner and printed interval from contradicting each other.
//! 3. **Undecided** otherwise, with the number of questions that would decide.
//!
//! McNemar's exact test takes no account of clusters. It is shown beside the verdict and does not
//! decide it; [`Verdict::mcnemar_disagrees`] says where the two part.

use super::Interval;
use serde::{Deserialize, Serialize};

/// Who is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A is better than B.
    AWins,
    /// B is better than A.
    BWins,
    /// They differ by less than the margin.
    Tie,
    /// These questions do not tell.
    Undecided,
}

/// What the answers say about two setups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The first setup.
    pub a: String,
    /// The second setup.
    pub b: String,
    /// Who is better.
    pub outcome: Outcome,
    /// Mean of A's value minus B's, -1 to 1.
    pub difference: f64,
    /// Of the difference, at `confidence`, for this pair alone.
    pub interval: Interval,
    /// Of the interval; 1 minus it bounds the probability of any false win over all pairs.
    pub confidence: f64,
    /// Clustered two-sided p-value of no difference.
    pub p_value: f64,
    /// `p_value` after Holm's correction over all pairs; this one decides.
    pub p_adjusted: f64,
    /// McNemar's exact p-value from `only_a` and `only_b`, without clusters; `None` where the measure
    /// is not right or wrong.
    pub p_mcnemar: Option<f64>,
    /// Questions both were asked.
    pub questions: usize,
    /// Clusters they fall into.
    pub clusters: usize,
    /// Questions that both got right. Right is a value above 0.5: with repeats, most of them right.
    pub both: usize,
    /// Questions that A got right and B wrong.
    pub only_a: usize,
    /// Questions that B got right and A wrong.
    pub only_b: usize,
    /// Questions that both got wrong.
    pub neither: usize,
    /// Where undecided: about how many more questions would decide it with probability
    /// [`POWER`](super::sample_size::POWER), if the difference seen is the true one. `None` where
    /// that is above a million, or too few clusters were seen to say.
    pub more_questions: Option<usize>,
}

impl Verdict {
    /// Whether McNemar's test and the clustered test fall on different sides of 1 - confidence, both
    /// before Holm's correction: a sign that the clusters matter.
    pub fn mcnemar_disagrees(&self) -> bool {
        let significant = |p: f64| p <= 1.0 - self.confidence + 1e-12;
        self.p_mcnemar.is_some_and(|p| significant(p) != significant(self.p_value))
    }
}

impl Outcome {
    /// The outcome by the rule above, of a pair with this `interval` of A - B.
    pub fn of(interval: Interval, p_adjusted: f64, margin: f64, confidence: f64) -> Self {
        // 1.0 - 0.95 is a little above 0.05; other confidences may fall a little below their share.
        let significant = p_adjusted <= 1.0 - confidence + 1e-12;
        if interval.within(margin) {
            Self::Tie
        } else if significant && interval.low > 0.0 {
            Self::AWins
        } else if significant && interval.high < 0.0 {
            Self::BWins
        } else {
            Self::Undecided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_and_their_precedence() {
        let interval = |low, high| Interval { low, high };
        assert_eq!(Outcome::of(interval(0.04, 0.2), 0.05, 0.03, 0.95), Outcome::AWins);
        assert_eq!(Outcome::of(interval(-0.2, -0.01), 0.01, 0.03, 0.95), Outcome::BWins);
        // Surely above 0, surely below the margin.
        assert_eq!(Outcome::of(interval(0.01, 0.03), 0.001, 0.03, 0.95), Outcome::Tie);
        assert_eq!(Outcome::of(interval(-0.02, 0.031), 0.9, 0.03, 0.95), Outcome::Undecided);
        // Clear on its own, not after Holm; and the other way round.
        assert_eq!(Outcome::of(interval(0.01, 0.2), 0.051, 0.03, 0.95), Outcome::Undecided);
        assert_eq!(Outcome::of(interval(0.0, 0.2), 0.04, 0.03, 0.95), Outcome::Undecided);
        assert_eq!(Outcome::of(interval(0.04, 0.2), 0.1, 0.03, 0.9), Outcome::AWins);
    }
}
