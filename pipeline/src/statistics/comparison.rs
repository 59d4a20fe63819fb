//! All pairs of setups, compared on the same questions.
//!
//! Enters: for each setup one value for each question, and the questions' clusters. Leaves: a
//! [`Verdict`] for each pair. Does not: score answers, or set the rule ([`verdict`](super::verdict)).

use super::bootstrap::Resamples;
use super::cluster::Clusters;
use super::sample_size::{Observed, more_questions};
use super::support::{Support, check_settings, check_values};
use super::{Interval, Outcome, StatisticsError, Verdict, holm, mcnemar, sign_flip};
use crate::config::{Decision, Measure};
use rayon::prelude::*;

/// A setup's answers, scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers<'a> {
    /// The setup's name.
    pub name: &'a str,
    /// One value from 0 to 1 for each question, in the order of the questions: the mean over repeats,
    /// failed and unscored trials 0.
    pub values: Vec<f64>,
}

/// The verdicts over all pairs of `setups`, in their order: first with second, first with third, ...
/// `labels` has one cluster label for each question.
///
/// # Errors
/// No questions, a setup with more or fewer values than questions, a value outside 0 to 1, impossible
/// settings.
pub fn compare_all<L: Ord>(
    setups: &[Answers],
    labels: &[L],
    decision: &Decision,
) -> Result<Vec<Verdict>, StatisticsError> {
    check_settings(decision)?;
    for setup in setups {
        check_values(setup.name, &setup.values, labels.len(), Support::Share)?;
    }
    let pairs: Vec<(usize, usize)> =
        (0..setups.len()).flat_map(|a| (a + 1..setups.len()).map(move |b| (a, b))).collect();
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let clusters = Clusters::by_label(labels);
    let columns: Vec<&[f64]> = setups.iter().map(|setup| setup.values.as_slice()).collect();
    let resamples = Resamples::draw(&clusters, &columns, Support::Difference, decision);
    let p_values =
        sign_flip::p_values(&clusters, &columns, &pairs, decision.resamples, decision.seed);
    let comparison = Comparison {
        clusters: &clusters,
        decision,
        adjusted: holm::adjusted(&p_values),
        multipliers: holm::multipliers(&p_values),
        p_values,
    };
    let verdict = |(pair, &(a, b)): (usize, &(usize, usize))| {
        let differences: Vec<f64> = columns[a].iter().zip(columns[b]).map(|(a, b)| a - b).collect();
        let interval = resamples.interval(&differences, |sums| sums[a] - sums[b]);
        comparison.verdict(pair, &setups[a], &setups[b], &differences, interval)
    };
    Ok(pairs.par_iter().enumerate().map(verdict).collect())
}

/// What all pairs share.
struct Comparison<'a> {
    clusters: &'a Clusters,
    decision: &'a Decision,
    /// One for each pair, as are the next two.
    p_values: Vec<f64>,
    adjusted: Vec<f64>,
    multipliers: Vec<usize>,
}

impl Comparison<'_> {
    fn verdict(
        &self,
        pair: usize,
        a: &Answers,
        b: &Answers,
        differences: &[f64],
        interval: Interval,
    ) -> Verdict {
        let Decision { measure, margin, confidence, .. } = *self.decision;
        let difference = differences.iter().sum::<f64>() / differences.len() as f64;
        let p_adjusted = self.adjusted[pair];
        let outcome = Outcome::of(interval, p_adjusted, margin, confidence);
        let right = |value: f64| value > 0.5;
        let count = |of_a: bool, of_b: bool| {
            let questions = a.values.iter().zip(&b.values);
            questions.filter(|&(a, b)| right(*a) == of_a && right(*b) == of_b).count()
        };
        let (only_a, only_b) = (count(true, false), count(false, true));
        let undecided = outcome == Outcome::Undecided && !self.clusters.too_few(confidence);
        let more = || {
            let seen = Observed {
                difference,
                variance: self.clusters.variance_per_question(differences),
                questions: self.clusters.questions(),
                clusters: self.clusters.count(),
                clusters_that_differ: self.clusters_that_differ(differences),
                multiplier: self.multipliers[pair],
            };
            more_questions(&seen, margin, confidence)
        };
        Verdict {
            a: a.name.to_owned(),
            b: b.name.to_owned(),
            outcome,
            difference,
            interval,
            confidence,
            p_value: self.p_values[pair],
            p_adjusted,
            p_mcnemar: match measure {
                Measure::Correct | Measure::ExactMatch => Some(mcnemar::p_value(only_a, only_b)),
                Measure::TokenF1 => None,
            },
            questions: self.clusters.questions(),
            clusters: self.clusters.count(),
            both: count(true, true),
            only_a,
            only_b,
            neither: count(false, false),
            more_questions: if undecided { more() } else { None },
        }
    }

    fn clusters_that_differ(&self, differences: &[f64]) -> usize {
        self.clusters.sums(differences).iter().filter(|sum| sum.abs() > 1e-9).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn decision() -> Decision {
        Decision { resamples: 4_000, seed: 3, ..Decision::default() }
    }

    /// `right` ones, then zeros, in the order that `pattern` counts them: (value, how many).
    fn answers<'a>(name: &'a str, pattern: &[(f64, usize)]) -> Answers<'a> {
        let values = pattern.iter().flat_map(|&(value, n)| std::iter::repeat_n(value, n)).collect();
        Answers { name, values }
    }

    fn alone(questions: usize) -> Vec<usize> {
        (0..questions).collect()
    }

    #[test]
    fn a_clear_winner_with_its_counts() {
        // 200 questions: both 60, only A 70, only B 14, neither 56: (70 - 14)/200 = 0.28. Variance
        // (84/200 - 0.28^2) * 200/199, standard error sqrt(0.3433/200) = 0.0414: 0.28 ± 0.082.
        let a = answers("rag", &[(1.0, 130), (0.0, 70)]);
        let b = answers("closed", &[(1.0, 60), (0.0, 70), (1.0, 14), (0.0, 56)]);
        let verdicts = compare_all(&[a, b], &alone(200), &decision()).unwrap();
        let [verdict] = verdicts.as_slice() else { panic!("one pair") };
        assert_eq!(verdict.outcome, Outcome::AWins);
        assert_eq!((&*verdict.a, &*verdict.b), ("rag", "closed"));
        assert_eq!(
            (verdict.both, verdict.only_a, verdict.only_b, verdict.neither),
            (60, 70, 14, 56)
        );
        assert!((verdict.difference - 0.28).abs() < 1e-12);
        assert!((verdict.interval.low - 0.198).abs() < 0.012, "{verdict:?}");
        assert!((verdict.interval.high - 0.362).abs() < 0.012, "{verdict:?}");
        assert_eq!(verdict.p_mcnemar, Some(mcnemar::p_value(70, 14)));
        assert!(!verdict.mcnemar_disagrees());
        assert_eq!(verdict.more_questions, None);
    }

    #[test]
    fn identical_answers_tie_only_with_enough_questions() {
        // 1 - 0.025^(1/n): 0.0362 at 100, 0.0298 at 122.
        let of = |n: usize| {
            let (a, b) = (answers("a", &[(1.0, n)]), answers("b", &[(1.0, n)]));
            compare_all(&[a, b], &alone(n), &decision()).unwrap().remove(0)
        };
        let few = of(100);
        assert_eq!((few.outcome, few.more_questions), (Outcome::Undecided, Some(22)));
        assert!((few.interval.high - 0.036_217).abs() < 1e-6);
        assert_eq!(few.interval.low, -few.interval.high);
        assert_eq!(of(122).outcome, Outcome::Tie);
        assert_eq!(of(122).p_value, 1.0);
    }

    #[test]
    fn clusters_turn_a_win_into_undecided() {
        // 40 questions all for A of 100, but out of 4 documents of 25: only 4 clusters.
        let a = answers("a", &[(1.0, 40), (0.0, 60)]);
        let b = answers("b", &[(0.0, 100)]);
        let setups = [a, b];
        let alone = compare_all(&setups, &alone(100), &decision()).unwrap().remove(0);
        assert_eq!(alone.outcome, Outcome::AWins);
        let labels: Vec<String> = (0..100).map(|i| format!("document {}", i / 25)).collect();
        let clustered = compare_all(&setups, &labels, &decision()).unwrap().remove(0);
        assert_eq!(clustered.outcome, Outcome::Undecided);
        assert_eq!(clustered.interval, Interval { low: -1.0, high: 1.0 });
        assert_eq!((clustered.clusters, clustered.more_questions), (4, None));
        assert!(clustered.mcnemar_disagrees());
    }

    #[test]
    fn a_measure_that_is_not_right_or_wrong_has_no_mcnemar() {
        let decision = Decision { measure: Measure::TokenF1, ..decision() };
        let setups = [answers("a", &[(0.75, 30)]), answers("b", &[(0.25, 30)])];
        let verdict = compare_all(&setups, &alone(30), &decision).unwrap().remove(0);
        assert_eq!((verdict.p_mcnemar, verdict.outcome), (None, Outcome::AWins));
        // All differences are 0.5; 1 - 0.025^(1/30) = 0.1157 of the clusters unseen may be at -1.
        assert!((verdict.interval.low - (0.5 - 0.115_703 * 1.5)).abs() < 1e-5, "{verdict:?}");
    }

    #[test]
    fn wrong_input_is_named() {
        let setups = [answers("a", &[(1.0, 3)]), answers("b", &[(1.0, 2)])];
        let error = compare_all(&setups, &alone(3), &decision()).unwrap_err();
        assert_eq!(error.to_string(), "setup `b` has 2 values for 3 questions");
        assert!(error.hint().unwrap().contains("run the experiment again"));
        let none: [Answers; 0] = [];
        assert_eq!(compare_all(&none, &alone(3), &decision()), Ok(vec![]));
        let margin = Decision { margin: f64::NAN, ..decision() };
        let error = compare_all(&setups, &alone(3), &margin).unwrap_err();
        assert!(matches!(error, StatisticsError::Setting { key: "margin", .. }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_pair_turned_round_gives_the_verdict_turned_round(
            rows in prop::collection::vec((any::<bool>(), any::<bool>(), 0usize..25), 8..80)
        ) {
            let value = |right: bool| f64::from(u8::from(right));
            let a: Vec<f64> = rows.iter().map(|row| value(row.0)).collect();
            let b: Vec<f64> = rows.iter().map(|row| value(row.1)).collect();
            let labels: Vec<usize> = rows.iter().map(|row| row.2).collect();
            let decision = Decision { resamples: 2_000, margin: 0.1, ..decision() };
            let of = |first: &[f64], second: &[f64]| {
                let setups = [
                    Answers { name: "x", values: first.to_vec() },
                    Answers { name: "y", values: second.to_vec() },
                ];
                compare_all(&setups, &labels, &decision).unwrap().remove(0)
            };
            let (there, back) = (of(&a, &b), of(&b, &a));
            prop_assert_eq!(there.difference, -back.difference);
            prop_assert_eq!(there.p_value, back.p_value);
            prop_assert_eq!((there.only_a, there.only_b), (back.only_b, back.only_a));
            prop_assert_eq!(there.both + there.only_a + there.only_b + there.neither, rows.len());
            // Turned round but for the chance in which pseudo-question was drawn: two of all there are.
            let clusters = labels.iter().collect::<HashSet<_>>().len() as f64;
            let chance = 0.05 + 2.0 / (clusters + 2.0);
            prop_assert!((there.interval.low + back.interval.high).abs() < chance);
            prop_assert!(there.interval.low <= there.difference + 1e-9);
            prop_assert!(there.difference <= there.interval.high + 1e-9);
        }

        #[test]
        fn the_order_of_the_questions_changes_no_verdict(
            rows in prop::collection::vec((any::<bool>(), any::<bool>(), 0usize..25), 8..60),
            turn in 0usize..60
        ) {
            let decision = Decision { resamples: 300, ..decision() };
            let of = |rows: &[(bool, bool, usize)]| {
                let column = |pick: fn(&(bool, bool, usize)) -> bool| -> Vec<f64> {
                    rows.iter().map(|row| f64::from(u8::from(pick(row)))).collect()
                };
                let labels: Vec<usize> = rows.iter().map(|row| row.2).collect();
                let setups = [
                    Answers { name: "x", values: column(|row| row.0) },
                    Answers { name: "y", values: column(|row| row.1) },
                ];
                compare_all(&setups, &labels, &decision).unwrap()
            };
            let mut turned = rows.clone();
            turned.rotate_left(turn % rows.len());
            prop_assert_eq!(of(&rows), of(&turned));
        }
    }
}
