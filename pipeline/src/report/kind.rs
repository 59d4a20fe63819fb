//! The deciding measure by kind of question.

use super::ReportError;
use super::material::Material;
use super::measured::{Measured, SetupMeasured, is_share};
use crate::statistics::{Interval, Support, mean_interval, share_interval};
use std::collections::BTreeMap;

/// One kind of question, all setups.
pub struct KindRow {
    /// The kind.
    pub kind: String,
    /// Questions of it.
    pub questions: usize,
    /// By setup in the experiment's order: mean of the measure and its interval.
    pub cells: Vec<(f64, Interval)>,
}

/// The kinds, by name.
///
/// # Errors
/// When the statistics cannot be made of the numbers.
pub fn by_kind(material: &Material, measured: &Measured) -> Result<Vec<KindRow>, ReportError> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, question) in material.questions.iter().enumerate() {
        places.entry(&question.kind).or_default().push(place);
    }
    let decision = &material.experiment.decision;
    let is_share = is_share(decision, material.experiment.repeats);
    let row = |(kind, places): (&str, Vec<usize>)| {
        let clusters: Vec<&String> =
            places.iter().map(|place| &measured.clusters[*place]).collect();
        let cell = |setup: &SetupMeasured| {
            let values: Vec<f64> = places.iter().map(|place| setup.values[*place]).collect();
            let (sum, n) = (values.iter().sum::<f64>(), values.len());
            let interval = if is_share {
                share_interval(sum.round() as usize, n, decision.confidence)
            } else {
                mean_interval(&setup.name, &values, &clusters, Support::Share, decision)?
            };
            Ok((sum / n as f64, interval))
        };
        let cells = measured.setups.iter().map(cell).collect::<Result<_, ReportError>>()?;
        Ok(KindRow { kind: kind.to_owned(), questions: places.len(), cells })
    };
    places.into_iter().map(row).collect()
}
