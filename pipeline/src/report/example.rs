//! Ten trials that show more than a table does.

use super::cause::{Cause, cause};
use super::effect::closed_book_of;
use super::escape::inline;
use super::headline;
use super::material::Material;
use super::measured::Measured;
use crate::corpus::Question;
use crate::extract::page_numbers;
use crate::run::{PassageRef, Trial};
use std::collections::HashSet;

/// How many are shown.
const EXAMPLES: usize = 10;
/// Letters of a question or an answer.
const LETTERS: usize = 240;
/// Letters of a passage.
const PASSAGE_LETTERS: usize = 140;
/// Accepted answers shown; others are counted.
const ACCEPTED: usize = 6;
/// Passages shown in full; one that holds the evidence is shown wherever it stands.
const PASSAGES: usize = 3;

/// One trial, ready to be shown.
pub struct Example {
    /// Why it was chosen.
    pub why: String,
    /// Escaped.
    pub question: String,
    /// Question's kind.
    pub kind: String,
    /// Setup's name.
    pub setup: String,
    /// Accepted answers, escaped.
    pub accepted: String,
    /// What the model said, escaped.
    pub answer: String,
    /// Passages in the prompt, escaped.
    pub passages: Vec<String>,
    /// Question id.
    pub id: String,
}

/// Chosen by rule, so that the same numbers show the same trials: one of each cause after another, each
/// from the best setup that has it, each question once.
pub fn examples(material: &Material, measured: &Measured) -> Vec<Example> {
    let ranked = headline::ranked(measured);
    let mut chosen: Vec<Example> = Vec::new();
    let mut taken = HashSet::new();
    let repeats = material.experiment.repeats.max(1) as usize;
    // Round after round over the causes, the best setups first: variety before number.
    for round in 0..EXAMPLES {
        for cause_wanted in Cause::ALL.iter().rev() {
            for setup in &ranked {
                let Some(plan) =
                    material.experiment.setups.iter().find(|plan| plan.name == setup.name)
                else {
                    continue;
                };
                let closed = closed_book_of(measured, setup);
                let found = setup
                    .scores
                    .iter()
                    .enumerate()
                    .filter(|(place, score)| {
                        let question = &material.questions[place / repeats];
                        let alone = closed.and_then(|closed| closed.scores.get(*place));
                        !taken.contains(&question.id)
                            && cause(material, &plan.strategy, question, score, alone)
                                == Some(*cause_wanted)
                    })
                    .map(|(place, _)| place)
                    .next();
                let Some(place) = found else { continue };
                let question = &material.questions[place / repeats];
                taken.insert(question.id.clone());
                chosen.push(example(material, setup.name.as_str(), place, cause_wanted.words()));
                break;
            }
            if chosen.len() == EXAMPLES {
                return chosen;
            }
        }
        if chosen.len() <= round {
            break;
        }
    }
    chosen
}

fn example(material: &Material, setup: &str, place: usize, why: &str) -> Example {
    let repeats = material.experiment.repeats.max(1) as usize;
    let question = &material.questions[place / repeats];
    let trial = material.trial(setup, &question.id, (place % repeats) as u32);
    let answer = match trial {
        None => "(the trial did not run)".to_owned(),
        Some(trial) => match trial.generation() {
            Some(generation) if generation.text.trim().is_empty() => "(nothing)".to_owned(),
            Some(generation) => inline(&generation.text, LETTERS),
            None => "(the trial failed)".to_owned(),
        },
    };
    let accepted = if question.answers.is_empty() {
        "(to decline: the documents do not say)".to_owned()
    } else {
        let shown = question.answers.iter().take(ACCEPTED).map(|answer| inline(answer, LETTERS));
        let others = question.answers.len().saturating_sub(ACCEPTED);
        let others = (others > 0).then(|| format!("and {others} more"));
        shown.chain(others).collect::<Vec<_>>().join(" · ")
    };
    let passages = trial.map(|trial| passages(question, trial)).unwrap_or_default();
    Example {
        why: why.to_owned(),
        question: inline(&question.text, LETTERS),
        kind: inline(&question.kind, LETTERS),
        setup: setup.to_owned(),
        accepted,
        answer,
        passages,
        id: inline(&question.id, LETTERS),
    }
}

/// What a reader needs of a passage: its beginning, or the evidence that it holds with some words before.
fn excerpt(question: &Question, passage: &PassageRef, text: &str) -> String {
    /// Bytes shown before the evidence.
    const BEFORE: usize = 30;
    let held = question.evidence.iter().find(|evidence| {
        // The whole of a document is no place in it.
        evidence.quote.is_some()
            && evidence.is_held_by(&passage.document, passage.start, passage.end)
    });
    // A template may add to a passage or take from it: places are those of the document then.
    let is_whole = text.len() == passage.end - passage.start;
    let from = held.filter(|_| is_whole).map_or(0, |evidence| {
        let from = evidence.span.start.saturating_sub(passage.start).saturating_sub(BEFORE);
        let from = text.floor_char_boundary(from);
        if from < PASSAGE_LETTERS / 4 { 0 } else { from }
    });
    let shown = inline(&text[from..], PASSAGE_LETTERS);
    if from > 0 { format!("… {shown}") } else { shown }
}

/// The first passages of a prompt and those that hold evidence; the others are counted.
fn passages(question: &Question, trial: &Trial) -> Vec<String> {
    let mut lines = Vec::new();
    let mut others = 0;
    for (place, passage) in trial.passages.iter().enumerate() {
        let holds = question
            .evidence
            .iter()
            .any(|evidence| evidence.is_held_by(&passage.document, passage.start, passage.end));
        if place >= PASSAGES && !holds {
            others += 1;
            continue;
        }
        lines.push(format!(
            "\\[{}\\]{} {}{}: {}",
            place + 1,
            if holds { " **holds evidence**," } else { "" },
            inline(&passage.document, LETTERS),
            passage.pages.map(|pages| format!(", {}", page_numbers(pages))).unwrap_or_default(),
            excerpt(question, passage, trial.passage_text(passage).unwrap_or_default())
        ));
    }
    if others > 0 {
        lines.push(format!("and {others} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Evidence;

    /// A question whose evidence is `quote` in `document`, and the document as one passage.
    fn shown(document: &str, quote: Option<&str>, change: impl Fn(&str) -> String) -> String {
        let span = quote.map_or(0..document.len(), |quote| {
            let start = document.find(quote).unwrap();
            start..start + quote.len()
        });
        let question = Question {
            id: "q".to_owned(),
            text: "?".to_owned(),
            answers: vec!["a".to_owned()],
            evidence: vec![Evidence {
                document: "d.md".to_owned(),
                quote: quote.map(str::to_owned),
                span,
            }],
            kind: "fact".to_owned(),
            split: "test".to_owned(),
            group: None,
            schema: None,
            origin: None,
        };
        let passage = PassageRef {
            document: "d.md".to_owned(),
            start: 0,
            end: document.len(),
            pages: None,
            place: None,
        };
        excerpt(&question, &passage, &change(document))
    }

    #[test]
    fn evidence_far_down_a_passage_is_shown_with_what_stands_before() {
        let far = format!("{}twelve bytes: the answer is blue. And more.", "é".repeat(100));
        let text = shown(&far, Some("the answer is blue."), str::to_owned);
        // 30 bytes before: those of `twelve bytes: ` and eight letters of two bytes.
        let wanted = format!("… {}twelve bytes: the answer is blue. And more.", "é".repeat(8));
        assert_eq!(text, wanted);
    }

    #[test]
    fn a_passage_is_shown_from_its_beginning_else() {
        let near = format!("{}the answer is blue.", "a ".repeat(20));
        let far = format!("{}the answer is blue.", "a ".repeat(100));
        for (document, quote) in [(&near, Some("the answer is blue.")), (&far, None)] {
            assert!(shown(document, quote, str::to_owned).starts_with("a a"));
        }
        // A template added to the passage: where the evidence stands in it is not known.
        let added = |text: &str| format!("[1] {text}");
        let text = shown(&far, Some("the answer is blue."), added);
        assert!(text.starts_with("\\[1\\] a a"), "{text}");
    }
}
