//! How often the setups of a report part: what the size of the next set of questions follows from.
//!
//! Enters: a report's folder. Leaves: a [`Discordance`] for each pair of contenders.

use super::ReportError;
use super::material::Material;
use super::measured::{Measured, measure};
use crate::statistics::cluster::Clusters;
use std::path::Path;

/// Values that differ by no more are the same: means over repeats are rounded.
const SAME: f64 = 1e-9;

/// How two setups part on the same questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Discordance {
    /// The first setup.
    pub a: String,
    /// The second setup.
    pub b: String,
    /// Mean squared difference of the deciding measure: for right and wrong the share of questions on
    /// which only one of the two is right.
    pub share: f64,
    /// Share of questions on which the two differ at all; for right and wrong the same.
    pub parting: f64,
    /// Clustered variance of the mean difference by that without clusters; at least 1.
    pub design: f64,
}

impl Discordance {
    /// What the number of questions grows with.
    pub fn weight(&self) -> f64 {
        self.share * self.design
    }
}

/// All pairs of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Discordances {
    /// The corpus that it asked about.
    pub corpus: String,
    /// Questions that it asked.
    pub questions: usize,
    /// In the order of its setups; at least one, and at least one of them parts somewhere.
    pub pairs: Vec<Discordance>,
    /// Pairs that its verdicts are corrected over: of all its setups, an oracle too.
    pub compared: usize,
}

/// Reads a report's folder.
///
/// # Errors
/// When a file of the folder is missing or broken, or no two of its setups part.
pub fn discordances(folder: &Path) -> Result<Discordances, ReportError> {
    let material = Material::read(folder)?;
    let measured = measure(&material)?;
    let pairs = pairs(&measured);
    if pairs.iter().all(|pair| pair.share == 0.0) {
        return Err(ReportError::NoPairs { folder: folder.to_owned() });
    }
    let corpus = material.experiment.corpus.clone();
    let questions = material.questions.len();
    Ok(Discordances { corpus, questions, pairs, compared: compared(&measured) })
}

/// As many pairs as [`compare_all`](crate::statistics::compare_all) goes over.
fn compared(measured: &Measured) -> usize {
    let setups = measured.setups.len();
    setups * setups.saturating_sub(1) / 2
}

fn pairs(measured: &Measured) -> Vec<Discordance> {
    let clusters = Clusters::by_label(&measured.clusters);
    let alone: Vec<usize> = (0..measured.clusters.len()).collect();
    let alone = Clusters::by_label(&alone);
    let contenders: Vec<_> = measured.contenders().collect();
    let mut pairs = Vec::new();
    for (place, a) in contenders.iter().enumerate() {
        for b in &contenders[place + 1..] {
            let differences: Vec<f64> =
                a.values.iter().zip(&b.values).map(|(a, b)| a - b).collect();
            let parting = differences.iter().filter(|difference| difference.abs() > SAME).count();
            let squares: f64 = differences.iter().map(|difference| difference * difference).sum();
            let independent = alone.variance_per_question(&differences);
            let design = match independent > 0.0 {
                true => clusters.variance_per_question(&differences) / independent,
                false => 1.0,
            };
            pairs.push(Discordance {
                a: a.name.clone(),
                b: b.name.clone(),
                share: squares / differences.len().max(1) as f64,
                parting: parting as f64 / differences.len().max(1) as f64,
                design: design.max(1.0),
            });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Decision;
    use crate::report::fixture;
    use crate::statistics::compare_all;

    #[test]
    fn pairs_part_where_one_of_them_is_right() {
        let plans = fixture::setups(&[
            ("m", "closed-book = {}"),
            ("m", "oracle = {}"),
            ("n", "closed-book = {}"),
        ]);
        // The first 70 of 100 questions right, and the first 40: they part on 30. An oracle is no
        // candidate.
        let mut measured = fixture::measured(&plans, &[0.7, 0.9, 0.4]);
        let found = pairs(&measured);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].a.as_str(), found[0].b.as_str()), ("s0", "s2"));
        assert!((found[0].share - 0.3).abs() < 1e-12);
        assert!((found[0].parting - 0.3).abs() < 1e-12);
        assert!((found[0].design - 1.0).abs() < 1e-12);
        // In clusters of ten that part together: sums 0 and 10, mean 0.3, so residuals of -3 (7 times) and
        // 7 (3 times): 7 * 9 + 3 * 49 = 210, times 10/9/100 = 2.3333; alone 100/99 * 0.21 = 0.212121.
        measured.clusters = (0..100).map(|place| (place / 10).to_string()).collect();
        let design = pairs(&measured)[0].design;
        assert!((design - 11.0).abs() < 1e-9, "{design}");
    }

    #[test]
    fn a_measure_between_right_and_wrong_parts_on_more_than_its_squares() {
        let plans = fixture::setups(&[("m", "closed-book = {}"), ("n", "closed-book = {}")]);
        let mut measured = fixture::measured(&plans, &[0.0, 0.0]);
        // By 0.5 on 40 of 100 questions: 40 * 0.25 / 100.
        measured.setups[0].values[..40].fill(0.5);
        let found = pairs(&measured);
        assert!((found[0].share - 0.1).abs() < 1e-12 && (found[0].parting - 0.4).abs() < 1e-12);
    }

    #[test]
    fn verdicts_are_corrected_over_pairs_with_an_oracle_too() {
        let plans = fixture::setups(&[
            ("m", "closed-book = {}"),
            ("m", "oracle = {}"),
            ("n", "closed-book = {}"),
            ("n", "oracle = {}"),
        ]);
        let measured = fixture::measured(&plans, &[0.7, 0.9, 0.4, 0.8]);
        let decision = Decision { resamples: 100, ..Decision::default() };
        let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
        assert_eq!((pairs(&measured).len(), compared(&measured)), (1, verdicts.len()));
    }
}
