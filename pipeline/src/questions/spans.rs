//! Accepted answers as spans of the evidence.
//!
//! Enters: the texts of a question's evidence, an answer. Leaves: whether it stands there. Does not: understand
//! either; an answer in other words than the evidence's stands nowhere.

use crate::corpus::{Corpus, Question};
use crate::score::normalize;

/// Kinds whose answer may be a judgement on the evidence.
const JUDGED_KINDS: [&str; 2] = ["yes-no", "comparison"];
/// Such answers, normalized, in languages that many documents are written in.
const JUDGEMENTS: [&str; 13] =
    ["yes", "no", "ja", "nein", "oui", "non", "sí", "si", "sì", "sim", "não", "nee", "nej"];

/// Texts of evidence.
pub(super) struct Spans(Vec<String>);

impl Spans {
    /// Of the texts of evidence.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        Self(texts.map(|text| format!(" {} ", normalize(text))).collect())
    }

    /// Of the evidence of a question whose places are filled in.
    pub fn in_evidence(corpus: &Corpus, question: &Question) -> Self {
        Self::of(question.evidence.iter().filter_map(|evidence| {
            corpus.document(&evidence.document)?.text.get(evidence.span.clone())
        }))
    }

    /// Whether the answer to a question of this kind may be accepted as far as the evidence goes: it stands there,
    /// or is a judgement on what stands there.
    pub fn hold(&self, kind: &str, answer: &str) -> bool {
        let is_judgement =
            JUDGED_KINDS.contains(&kind) && JUDGEMENTS.contains(&normalize(answer).as_str());
        if is_judgement || self.stands(answer) {
            return true;
        }
        let parts: Vec<&str> = parts(answer).collect();
        parts.len() > 1 && parts.into_iter().all(|part| self.stands(part))
    }

    /// As whole words, in one text.
    fn stands(&self, answer: &str) -> bool {
        let answer = normalize(answer);
        !answer.is_empty() && self.0.iter().any(|text| text.contains(&format!(" {answer} ")))
    }
}

/// What an answer lists ("A, B and C"), whose parts may stand in several places. A comma within a number is none
/// between two.
fn parts(answer: &str) -> impl Iterator<Item = &str> {
    answer.split(", ").flat_map(|some| some.split(" and ")).flat_map(|some| some.split(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_in_one_text_or_its_parts_in_several() {
        let spans = Spans::of(["The pump weighs 3,400 kg.", "Its lid: 5 kg."].into_iter());
        for (answer, expected) in [
            ("3400 KG", true),
            ("400 kg", false),
            ("the lid", true),
            ("lid, pump and 5 kg", true),
            ("pump or lid", true),
            ("pump and tap", false),
            ("pump weighs 5 kg", false),
            ("...", false),
            ("", false),
        ] {
            assert_eq!(spans.hold("fact", answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn a_judgement_need_not_stand_there() {
        let spans = Spans::of(["The lid is heavier than the pump."].into_iter());
        for (kind, answer, expected) in [
            ("yes-no", "Yes.", true),
            ("yes-no", "nein", true),
            ("comparison", "no", true),
            ("comparison", "the lid", true),
            ("comparison", "the tap", false),
            ("yes-no", "the tap", false),
            ("fact", "yes", false),
        ] {
            assert_eq!(spans.hold(kind, answer), expected, "{kind} {answer}");
        }
    }
}
