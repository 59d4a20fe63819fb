//! The interval of a mean over questions.
//!
//! Enters: one value for each question, cluster labels, the decision's settings. Leaves: a clustered
//! bootstrap interval ([`bootstrap`](super::bootstrap)). Does not: compare setups.

use super::bootstrap::Resamples;
use super::cluster::Clusters;
use super::support::{Support, check_settings, check_values};
use super::{Interval, StatisticsError};
use crate::config::Decision;

/// The interval of the mean of `values`, one for each question, with questions of equal label drawn
/// together.
///
/// # Errors
/// No questions, lengths that differ, a value that is not finite or not in the support, impossible
/// settings; with [`Support::Open`] also too few clusters to say anything.
pub fn mean_interval<L: Ord>(
    measure: &str,
    values: &[f64],
    labels: &[L],
    support: Support,
    decision: &Decision,
) -> Result<Interval, StatisticsError> {
    check_settings(decision)?;
    check_values(measure, values, labels.len(), support)?;
    let clusters = Clusters::by_label(labels);
    if support == Support::Open && clusters.too_few(decision.confidence) {
        return Err(StatisticsError::TooFewClusters {
            measure: measure.to_owned(),
            clusters: clusters.count(),
        });
    }
    let resamples = Resamples::draw(&clusters, &[values], support, decision);
    Ok(resamples.interval(values, |sums| sums[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decision(resamples: usize) -> Decision {
        Decision { resamples, seed: 11, ..Decision::default() }
    }

    fn share(values: &[f64], labels: &[usize]) -> Interval {
        mean_interval("m", values, labels, Support::Share, &decision(2_000)).unwrap()
    }

    #[test]
    fn equal_values_still_leave_room() {
        // 100 questions all right: Clopper-Pearson's lower bound 0.025^(1/100) = 0.963783.
        let labels: Vec<usize> = (0..100).collect();
        let all_right = share(&[1.0; 100], &labels);
        assert!((all_right.low - 0.963_783).abs() < 1e-6 && all_right.high == 1.0);
        let all_wrong = share(&[0.0; 100], &labels);
        assert!(all_wrong.low == 0.0 && (all_wrong.high - 0.036_217).abs() < 1e-6);
    }

    #[test]
    fn one_cluster_says_nothing() {
        let values = [1.0, 0.0, 1.0, 1.0];
        assert_eq!(share(&values, &[3; 4]), Interval { low: 0.0, high: 1.0 });
        let open = mean_interval("seconds", &values, &[3; 4], Support::Open, &decision(100));
        assert!(matches!(open, Err(StatisticsError::TooFewClusters { clusters: 1, .. })));
    }

    #[test]
    fn near_the_normal_interval_where_that_is_right() {
        // 400 alone, half of them 1: standard error 0.025, half width 1.96 * 0.025 = 0.049; the two
        // corrections move it by less than 2 %.
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let labels: Vec<usize> = (0..400).collect();
        let interval =
            mean_interval("m", &values, &labels, Support::Share, &decision(20_000)).unwrap();
        assert!((interval.low - 0.451).abs() < 0.002, "{interval:?}");
        assert!((interval.high - 0.549).abs() < 0.002, "{interval:?}");
        // In 200 clusters of two equal values the standard error is sqrt(2) times as large.
        let twice: Vec<f64> = (0..400).map(|i| f64::from((i / 2) % 2)).collect();
        let pairs: Vec<usize> = (0..400).map(|i| i / 2).collect();
        let wider = mean_interval("m", &twice, &pairs, Support::Share, &decision(20_000)).unwrap();
        assert!((wider.width() / interval.width() - 2.0_f64.sqrt()).abs() < 0.04, "{wider:?}");
    }

    #[test]
    fn an_open_mean_scales_and_moves_with_its_values() {
        let labels: Vec<usize> = (0..60).collect();
        let seconds: Vec<f64> = (0..60).map(|i| f64::from(i * i % 17)).collect();
        let shifted: Vec<f64> = seconds.iter().map(|s| 10.0 + 2.0 * s).collect();
        let of = |values: &[f64]| {
            mean_interval("s", values, &labels, Support::Open, &decision(500)).unwrap()
        };
        let (a, b) = (of(&seconds), of(&shifted));
        assert!((b.low - 10.0 - 2.0 * a.low).abs() < 1e-9);
        assert!((b.high - 10.0 - 2.0 * a.high).abs() < 1e-9);
    }

    #[test]
    fn threads_and_seeds() {
        let labels: Vec<usize> = (0..90).map(|i| i / 2).collect();
        let values: Vec<f64> = (0..90).map(|i| f64::from(i % 3) / 2.0).collect();
        let with_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| share(&values, &labels))
        };
        assert_eq!(with_threads(1), with_threads(4));
        let other = Decision { seed: 12, ..decision(2_000) };
        let reseeded = mean_interval("m", &values, &labels, Support::Share, &other).unwrap();
        assert_ne!(reseeded, with_threads(1));
        assert!((reseeded.low - with_threads(1).low).abs() < 0.02);
    }

    #[test]
    fn wrong_input_is_named() {
        let labels = [0, 1, 2];
        let of = |values: &[f64]| {
            mean_interval("f1", values, &labels[..], Support::Share, &decision(10)).unwrap_err()
        };
        assert!(matches!(of(&[1.0]), StatisticsError::Length { values: 1, questions: 3, .. }));
        assert!(matches!(of(&[0.0, 1.5, 0.0]), StatisticsError::Value { question: 2, .. }));
        assert!(matches!(of(&[0.0, 0.5, f64::NAN]), StatisticsError::Value { question: 3, .. }));
        let none: [usize; 0] = [];
        let empty = mean_interval("f1", &[], &none, Support::Share, &decision(10));
        assert_eq!(empty, Err(StatisticsError::NoQuestions));
        let certain = Decision { confidence: 1.0, ..decision(10) };
        let setting = mean_interval("f1", &[0.0; 3], &labels, Support::Share, &certain);
        assert!(matches!(setting, Err(StatisticsError::Setting { key: "confidence", .. })));
    }

    proptest! {
        #[test]
        fn it_holds_the_mean_and_stays_in_the_support(
            rows in prop::collection::vec((0.0f64..=1.0, 0usize..12), 1..60)
        ) {
            let (values, labels): (Vec<f64>, Vec<usize>) = rows.into_iter().unzip();
            let interval =
                mean_interval("m", &values, &labels, Support::Share, &decision(50)).unwrap();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert!(interval.low <= mean + 1e-9 && mean <= interval.high + 1e-9);
            prop_assert!(-1e-9 <= interval.low && interval.high <= 1.0 + 1e-9);
        }
    }
}
