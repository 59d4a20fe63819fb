//! The interval of a share.
//!
//! Enters: successes among trials. Leaves: Wilson's score interval. Does not: know of clusters; for
//! questions that depend on one another see [`mean_interval`](super::mean_interval).

use super::Interval;
use statrs::distribution::{ContinuousCDF, Normal};

/// Wilson's score interval for `successes` of `trials`, without continuity correction.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
/// the American Statistical Association 22 (1927), 209-212. No trials say nothing: `[0, 1]`.
/// `successes` above `trials` count as `trials`.
pub fn share_interval(successes: usize, trials: usize, confidence: f64) -> Interval {
    if trials == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let successes = successes.min(trials);
    let (x, n) = (successes as f64, trials as f64);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let share = x / n;
    let centre = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At both ends the formula gives 0 and 1 exactly, floating point does not.
    Interval {
        low: if successes == 0 { 0.0 } else { ((centre - half) / scale).max(0.0) },
        high: if successes == trials { 1.0 } else { ((centre + half) / scale).min(1.0) },
    }
}

/// The value below which a standard normal variable falls with `probability`; infinite at 0 and 1.
pub fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability.clamp(0.0, 1.0))
}

/// The probability that a standard normal variable falls below `z`.
pub fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_near(interval: Interval, low: f64, high: f64, tolerance: f64) {
        assert!((interval.low - low).abs() < tolerance, "{interval:?}");
        assert!((interval.high - high).abs() < tolerance, "{interval:?}");
    }

    #[test]
    fn published_values() {
        // R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score,
        // without continuity correction).
        assert_near(share_interval(81, 263, 0.95), 0.2553, 0.3662, 5e-5);
        assert_near(share_interval(15, 148, 0.95), 0.0624, 0.1605, 5e-5);
        assert_near(share_interval(0, 20, 0.95), 0.0, 0.1611, 5e-5);
        assert_near(share_interval(1, 29, 0.95), 0.0061, 0.1718, 5e-5);
    }

    #[test]
    fn derived_by_hand() {
        // 5 of 10, z = 1.959964, z^2 = 3.841459: centre 0.5 by symmetry (0.5 + z^2/20)/(1 + z^2/10);
        // half width z sqrt(0.025 + z^2/400)/(1 + z^2/10) = 1.959964 * sqrt(0.0346036)/1.3841459
        // = 1.959964 * 0.186021/1.3841459 = 0.263407.
        assert_near(share_interval(5, 10, 0.95), 0.236593, 0.763407, 1e-5);
        // All of n: the lower bound is n/(n + z^2) = 10/13.841459 = 0.722467.
        assert_near(share_interval(10, 10, 0.95), 0.722467, 1.0, 1e-6);
    }

    #[test]
    fn no_trials_say_nothing() {
        assert_eq!(share_interval(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
    }

    proptest! {
        #[test]
        fn it_holds_the_share_and_mirrors(n in 1usize..500, part in 0.0f64..=1.0, confidence in 0.5f64..0.999) {
            let x = (part * n as f64).round() as usize;
            let interval = share_interval(x, n, confidence);
            prop_assert!(interval.contains(x as f64 / n as f64));
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
            let mirrored = share_interval(n - x, n, confidence);
            prop_assert!((interval.low - (1.0 - mirrored.high)).abs() < 1e-12);
            let wider = share_interval(x, n, confidence + (1.0 - confidence) / 2.0);
            prop_assert!(wider.low <= interval.low && wider.high >= interval.high);
        }
    }
}
