//! How many more questions would decide a pair.
//!
//! Enters: what was seen of the pair. Leaves: a number of questions. Does not: promise: it takes the
//! observed difference and spread for the true ones.

use super::wilson::normal_quantile;

/// More than this is not worth asking for.
pub const MOST_QUESTIONS: usize = 1_000_000;

/// The probability of a verdict at the number given; J. Cohen, "Statistical Power Analysis for the
/// Behavioral Sciences" (1988), section 2.4, for the convention of 80 %.
pub const POWER: f64 = 0.8;

/// What was seen of an undecided pair.
#[derive(Debug, Clone, Copy)]
pub struct Observed {
    /// Mean paired difference, -1 to 1.
    pub difference: f64,
    /// [`variance_per_question`](super::cluster::Clusters::variance_per_question) of the differences.
    pub variance: f64,
    /// Questions asked.
    pub questions: usize,
    /// Clusters they fall into.
    pub clusters: usize,
    /// Clusters in which the two setups differ.
    pub clusters_that_differ: usize,
    /// Holm's multiplier of the pair's p-value, at least 1.
    pub multiplier: usize,
}

/// How many more questions, of the same kind and as clustered, would decide the pair with probability
/// [`POWER`]: for a winner or for a tie within ± `margin`, whichever comes first. `None` where that
/// is above [`MOST_QUESTIONS`] or nothing can be said.
///
/// Normal approximation. A winner: n d - 1 = √n √v (z(1-α/2k) + z(0.8)) with v the variance per question,
/// d the difference and k Holm's multiplier; the 1 is the correction for a test that counts in whole
/// questions, as in [`power`](super::power). And enough clusters that differ for p to get below α/k at all. A
/// tie: n = v ((z(1-α/2) + z(0.9))/(margin - |d|))², where 0.9 leaves 10 % beyond each end
/// of the margin (S. A. Julious, "Sample sizes for clinical trials with normal data", Statistics in
/// Medicine 23 (2004), 1921-1986, equivalence trials).
pub fn more_questions(seen: &Observed, margin: f64, confidence: f64) -> Option<usize> {
    let alpha = 1.0 - confidence;
    let distance = seen.difference.abs();
    let per_cluster = seen.questions as f64 / seen.clusters as f64;
    let k = seen.multiplier.max(1) as f64;

    let winner = (distance > 0.0 && seen.clusters_that_differ > 0).then(|| {
        let z = normal_quantile(1.0 - alpha / (2.0 * k)) + normal_quantile(POWER);
        let reach = z * seen.variance.sqrt();
        let root = (reach + (reach * reach + 4.0 * distance).sqrt()) / (2.0 * distance);
        // p is at least 2/2^c with c clusters that differ.
        let clusters_that_differ = (1.0 + (k / alpha).log2()).ceil();
        let share_that_differs = seen.clusters_that_differ as f64 / seen.clusters as f64;
        let floor = clusters_that_differ / share_that_differs * per_cluster;
        root.powi(2).max(floor)
    });
    let tie = (distance < margin).then(|| {
        let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(0.5 + POWER / 2.0);
        // Where nothing differs, 1 - (α/2)^(1/G) must get below the margin.
        let clusters = (alpha / 2.0).ln() / (1.0 - margin).ln();
        (seen.variance * (z / (margin - distance)).powi(2)).max(clusters * per_cluster)
    });
    let needed = [winner, tie].into_iter().flatten().fold(f64::INFINITY, f64::min);
    let more = (needed - seen.questions as f64).ceil().max(1.0);
    (more <= MOST_QUESTIONS as f64).then_some(more as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(difference: f64, variance: f64) -> Observed {
        Observed {
            difference,
            variance,
            questions: 100,
            clusters: 100,
            clusters_that_differ: 20,
            multiplier: 1,
        }
    }

    #[test]
    fn derived_by_hand() {
        // A winner: 0.5 (1.959964 + 0.841621) = 1.400793, √n = (1.400793 + √(1.400793^2 + 0.4))/0.2 = 14.68872,
        // n = 215.76, less the 100 asked.
        assert_eq!(more_questions(&seen(-0.1, 0.25), 0.03, 0.95), Some(116));
        // Holm's multiplier 10: z(1 - 0.0025) = 2.807034, 0.5 * 3.648655 = 1.824328, √n = 18.77587, n = 352.53.
        let holm = Observed { multiplier: 10, ..seen(0.1, 0.25) };
        assert_eq!(more_questions(&holm, 0.03, 0.95), Some(253));
        // A tie: d = 0, 0.1 ((1.959964 + 1.281552)/0.05)^2 = 0.1 * 4202.97 = 420.30.
        assert_eq!(more_questions(&seen(0.0, 0.1), 0.05, 0.95), Some(321));
        // The sooner of the two: d = 0.01 wins at 89.70862^2 = 8047.6 and ties within 0.05 at
        // 0.1 (3.241516/0.04)^2 = 656.71.
        assert_eq!(more_questions(&seen(0.01, 0.1), 0.05, 0.95), Some(557));
    }

    #[test]
    fn nothing_seen_to_differ() {
        // ln(0.025)/ln(0.97) = 3.688879/0.030459 = 121.11 clusters of one question.
        let same = Observed { clusters_that_differ: 0, ..seen(0.0, 0.0) };
        assert_eq!(more_questions(&same, 0.03, 0.95), Some(22));
    }

    #[test]
    fn every_cluster_on_one_side_still_needs_enough_of_them() {
        // 6 questions, all for A, 10 pairs: 1 + log2(10/0.05) = 8.644, so 9 clusters.
        let few = Observed {
            questions: 6,
            clusters: 6,
            clusters_that_differ: 6,
            multiplier: 10,
            ..seen(1.0, 0.0)
        };
        assert_eq!(more_questions(&few, 0.03, 0.95), Some(3));
    }

    #[test]
    fn out_of_reach() {
        assert_eq!(more_questions(&seen(0.03, 0.3), 0.0, 0.95), Some(2583));
        assert_eq!(more_questions(&seen(0.001, 0.3), 0.0, 0.95), None);
        assert_eq!(more_questions(&seen(0.0, 0.3), 0.0, 0.95), None);
    }
}
