//! Why a trial is wrong, as far as files can tell.

use super::effect::closed_book_of;
use super::material::Material;
use crate::config::StrategyPlan;
use crate::corpus::Question;
use crate::run::Trial;
use crate::score::{TrialResult, TrialScore, without_citations};
use std::collections::BTreeMap;

/// The first that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The model did not answer, or the trial did not run.
    Failed,
    /// Nothing is to be found, and it made something up.
    MadeUp,
    /// The corpus does not cover the question; the same model was right without documents.
    LedOff,
    /// The corpus does not cover the question, and memory did not have it.
    NotKnown,
    /// Closed book: it did not know what the documents say.
    NoContext,
    /// There was no room for the evidence.
    Cut,
    /// The evidence was not among the passages.
    Missed,
    /// The evidence stood in the prompt, and it declined.
    DeclinedAnyway,
    /// The evidence stood in the prompt, and the answer is other words of the prompt, letter by letter.
    Distracted,
    /// The evidence stood in the prompt, and the answer is in words of the model's own.
    Misread,
}

impl Cause {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Self::Failed,
        Self::MadeUp,
        Self::LedOff,
        Self::NotKnown,
        Self::NoContext,
        Self::Cut,
        Self::Missed,
        Self::DeclinedAnyway,
        Self::Distracted,
        Self::Misread,
    ];

    /// As a report says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Failed => "the trial failed",
            Self::MadeUp => "made up an answer that the documents do not have",
            Self::LedOff => "knew it without documents, and was led off by them",
            Self::NotKnown => "did not know what the documents do not cover",
            Self::NoContext => "had no documents and did not know",
            Self::Cut => "the evidence did not fit into the prompt",
            Self::Missed => "retrieval missed the evidence",
            Self::DeclinedAnyway => "declined with the evidence in the prompt",
            Self::Distracted => "copied something else from the prompt",
            Self::Misread => "read the evidence wrong",
        }
    }
}

/// Why a trial is not right; none when it is. `alone` is what the same model did closed book.
pub fn cause(
    material: &Material,
    strategy: &StrategyPlan,
    question: &Question,
    score: &TrialScore,
    alone: Option<&TrialScore>,
) -> Option<Cause> {
    if score.result == TrialResult::Right {
        return None;
    }
    let trial = material.trial(&score.setup, &score.question, score.repeat);
    let (Some(trial), TrialResult::Wrong | TrialResult::Declined) = (trial, score.result) else {
        return Some(Cause::Failed);
    };
    if !question.is_answerable() {
        return Some(Cause::MadeUp);
    }
    if question.evidence.is_empty() {
        return Some(not_covered(alone.map(|alone| alone.result)));
    }
    if matches!(strategy, StrategyPlan::ClosedBook {}) {
        return Some(Cause::NoContext);
    }
    if !evidence_in_prompt(question, trial) {
        let wanted = match strategy {
            StrategyPlan::Retrieval { passages, .. } => *passages,
            _ => usize::MAX,
        };
        let found = trial.cut_passages > 0
            && strategy
                .retriever()
                .and_then(|retriever| material.retrieved(retriever, &question.id))
                .is_some_and(|line| {
                    line.hits.iter().take(wanted).any(|hit| {
                        question
                            .evidence
                            .iter()
                            .any(|evidence| evidence.is_held_by(&hit.document, hit.start, hit.end))
                    })
                });
        // These have all the evidence at hand, whatever a retriever finds.
        let has_all =
            matches!(strategy, StrategyPlan::LongContext { .. } | StrategyPlan::Oracle { .. });
        return Some(if found || (has_all && trial.cut_passages > 0) {
            Cause::Cut
        } else {
            Cause::Missed
        });
    }
    if score.result == TrialResult::Declined {
        return Some(Cause::DeclinedAnyway);
    }
    let text = trial.generation().map_or("", |generation| generation.text.as_str());
    let answer = without_citations(text);
    let answer = answer.trim_end_matches('.');
    let copied = !answer.is_empty()
        && trial.passages.iter().any(|passage| {
            trial
                .passage_text(passage)
                .is_some_and(|text| text.to_lowercase().contains(&answer.to_lowercase()))
        });
    Some(if copied { Cause::Distracted } else { Cause::Misread })
}

/// Of a question that the corpus does not cover; `alone` is what came of it closed book.
fn not_covered(alone: Option<TrialResult>) -> Cause {
    match alone {
        Some(TrialResult::Right) => Cause::LedOff,
        _ => Cause::NotKnown,
    }
}

/// Whether every span that the answer needs stands in the prompt, by at least half.
pub fn evidence_in_prompt(question: &Question, trial: &Trial) -> bool {
    !question.evidence.is_empty()
        && question.evidence.iter().all(|evidence| {
            trial
                .passages
                .iter()
                .any(|passage| evidence.is_held_by(&passage.document, passage.start, passage.end))
        })
}

/// How often each cause applies, by setup in the experiment's order.
pub fn causes(
    material: &Material,
    measured: &super::measured::Measured,
) -> Vec<(String, BTreeMap<Cause, usize>)> {
    material
        .experiment
        .setups
        .iter()
        .zip(&measured.setups)
        .map(|(plan, setup)| {
            let mut counts = BTreeMap::new();
            let repeats = material.experiment.repeats.max(1) as usize;
            let closed = closed_book_of(measured, setup);
            for (place, score) in setup.scores.iter().enumerate() {
                let question = &material.questions[place / repeats];
                let alone = closed.and_then(|closed| closed.scores.get(place));
                if let Some(cause) = cause(material, &plan.strategy, question, score, alone) {
                    *counts.entry(cause).or_insert(0) += 1;
                }
            }
            (setup.name.clone(), counts)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knew_it_alone_was_led_off() {
        assert_eq!(not_covered(Some(TrialResult::Right)), Cause::LedOff);
        for other in [TrialResult::Wrong, TrialResult::Declined, TrialResult::Failed] {
            assert_eq!(not_covered(Some(other)), Cause::NotKnown);
        }
        assert_eq!(not_covered(None), Cause::NotKnown);
    }
}
