//! The deciding measure by kind of question.

use super::material::Material;
use super::measured::Measured;
use crate::statistics::{Interval, share_interval};
use std::collections::BTreeMap;

/// One kind of question, all setups.
pub struct KindRow {
    /// The kind.
    pub kind: String,
    /// Questions of it.
    pub questions: usize,
    /// By setup in the experiment's order: mean of the measure and Wilson interval of the rounded
    /// count of successes.
    pub cells: Vec<(f64, Interval)>,
}

/// The kinds, by name.
pub fn by_kind(material: &Material, measured: &Measured) -> Vec<KindRow> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, question) in material.questions.iter().enumerate() {
        places.entry(&question.kind).or_default().push(place);
    }
    let confidence = material.experiment.decision.confidence;
    places
        .into_iter()
        .map(|(kind, places)| KindRow {
            kind: kind.to_owned(),
            questions: places.len(),
            cells: measured
                .setups
                .iter()
                .map(|setup| {
                    let sum: f64 = places.iter().map(|place| setup.values[*place]).sum();
                    let n = places.len();
                    (sum / n as f64, share_interval(sum.round() as usize, n, confidence))
                })
                .collect(),
        })
        .collect()
}
