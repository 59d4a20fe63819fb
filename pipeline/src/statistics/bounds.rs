//! What the trials without a score could change.
//!
//! Enters: counts of trials. Leaves: the share of correct ones at worst and at best. Does not: add
//! sampling uncertainty; see [`share_interval`](super::share_interval).

use super::Interval;

/// The share of correct trials if every unscored trial were wrong (`low`) and if every one were
/// right (`high`). Unscored trials stay in the denominator. No trials say nothing: `[0, 1]`.
///
/// These are C. F. Manski's worst-case bounds, "Nonparametric bounds on treatment effects", American
/// Economic Review 80 (1990), 319-323.
pub fn share_bounds(correct: usize, wrong: usize, unscored: usize) -> Interval {
    let trials = correct + wrong + unscored;
    if trials == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let share = |count: usize| count as f64 / trials as f64;
    Interval { low: share(correct), high: share(correct + unscored) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unscored_trials_open_the_bounds() {
        // 6 right, 2 wrong, 2 unscored of 10: 6/10 to 8/10.
        assert_eq!(share_bounds(6, 2, 2), Interval { low: 0.6, high: 0.8 });
        assert_eq!(share_bounds(3, 1, 0), Interval { low: 0.75, high: 0.75 });
        assert_eq!(share_bounds(0, 0, 4), Interval { low: 0.0, high: 1.0 });
        assert_eq!(share_bounds(0, 0, 0), Interval { low: 0.0, high: 1.0 });
    }
}
