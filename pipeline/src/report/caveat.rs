//! What a reader has to keep in mind. Every caveat comes from the numbers, none is boilerplate.

use super::escape::inline;
use super::material::Material;
use super::measured::Measured;
use super::origin::Origins;
use crate::config::{SetupPlan, StrategyPlan};
use crate::score::TrialResult;

/// Questions below which intervals are too wide for most decisions: at 100, a share of one half has
/// a 95 % interval of ± 10 points.
const FEW_QUESTIONS: usize = 100;

/// Lines above the first table: what changes how everything below is read.
pub fn notes(material: &Material, measured: &Measured) -> Vec<String> {
    let mut notes: Vec<String> =
        material.provenance.notes.iter().map(|note| own_note(note)).collect();
    let scripted: Vec<&str> = measured
        .setups
        .iter()
        .filter(|setup| setup.scripted)
        .map(|setup| setup.name.as_str())
        .collect();
    if !scripted.is_empty() {
        notes.push(format!(
            "**Not a model**: {} {} answered by the scripted stand-in for tests, which makes its answers up by rule.",
            scripted.join(", "),
            if scripted.len() == 1 { "is" } else { "are" }
        ));
    }
    let unreviewed = Origins::of(&material.questions).map_or(0, Origins::unreviewed);
    if unreviewed > 0 {
        notes.push(format!(
            "**Not reviewed**: {unreviewed} of {} questions were drafted by a model and nobody has looked at them; some may be wrong.",
            material.questions.len()
        ));
    }
    for (name, run) in &material.provenance.models {
        if let Some(failure) = &run.failure {
            notes.push(format!("**Model `{name}` did not run**: {}", inline(failure, 400)));
        }
    }
    let missing: usize =
        measured.setups.iter().map(|setup| setup.count(TrialResult::Missing)).sum();
    if missing > 0 {
        notes.push(format!(
            "**Not finished**: {missing} trials did not run and count as wrong. Run the experiment again to go on."
        ));
    }
    notes
}

/// What a folder of weights says of itself, word for word.
fn own_note(note: &str) -> String {
    format!("**Note of the weights**: {}", inline(note, 300))
}

/// The list at the end of the page.
pub fn caveats(material: &Material) -> Vec<String> {
    let mut caveats = Vec::new();
    let n = material.questions.len();
    caveats.push(format!(
        "What is compared are whole setups on this corpus and these {n} questions; another corpus may turn the order."
    ));
    if n < FEW_QUESTIONS {
        caveats.push(format!(
            "{n} questions tell only large differences apart; see the column \"more questions\"."
        ));
    }
    caveats.extend(material.provenance.notes.iter().map(|note| own_note(note)));
    let general = material.questions.iter();
    let general = general.filter(|one| one.is_answerable() && one.evidence.is_empty()).count();
    let is_told_to_decline = |setup: &SetupPlan| {
        let with_documents = matches!(
            setup.strategy,
            StrategyPlan::Retrieval { .. } | StrategyPlan::LongContext { .. }
        );
        with_documents && setup.prompt == "default"
    };
    if general > 0 && material.experiment.setups.iter().any(is_told_to_decline) {
        caveats.push(format!(
            "{general} questions are about what the documents do not cover. The default prompt tells to decline what the passages do not say: a setup that obeys is wrong on these, where one without documents may be right."
        ));
    }
    let is_bare_oracle = |setup: &SetupPlan| {
        matches!(setup.strategy, StrategyPlan::Oracle { distractors: None, .. })
    };
    if material.experiment.setups.iter().any(is_bare_oracle) {
        caveats.push(
            "An oracle gets no passages for questions without evidence: there it is closed book, and a retriever may do better."
                .to_owned(),
        );
    }
    let workers: Vec<String> = material
        .provenance
        .models
        .iter()
        .filter(|(_, run)| run.concurrency > 1 && run.threads.is_some())
        .map(|(name, run)| format!("{name} {}", run.concurrency))
        .collect();
    if !workers.is_empty() {
        caveats.push(format!(
            "These models answered with several worker processes side by side ({}): alone on the machine a question is faster.",
            workers.join(", ")
        ));
    }
    caveats.extend(material.provenance.warnings.iter().map(|warning| inline(warning, 400)));
    caveats
}
