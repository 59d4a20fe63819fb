//! One question with its accepted answers and evidence.

use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The kind of questions that nothing answers: declining is right.
pub const UNANSWERABLE: &str = "unanswerable";

/// The kind of questions that know which documents are wanted and not what the answer is, as those of
/// public retrieval benchmarks: rankings are measured on them, and no setup is asked.
pub const RETRIEVAL: &str = "retrieval";

/// Kinds that the documents do not answer; `general` asks for common knowledge.
pub const KINDS_WITHOUT_EVIDENCE: [&str; 2] = [UNANSWERABLE, "general"];

/// Kinds that may have evidence or none: questions by the popularity of what they ask about, whose
/// documents a corpus may have or not.
pub const KINDS_OF_RARITY: [&str; 3] = ["rarity-head", "rarity-middle", "rarity-tail"];

/// A line of `questions.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique in the corpus.
    pub id: String,
    /// As asked.
    #[serde(rename = "question")]
    pub text: String,
    /// Accepted answers; none means that declining is right, or that only documents are to be found.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Where the answer stands; none for the kinds `unanswerable` and `general`, as it comes for those
    /// of rarity.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// `fact`, `number`, `unanswerable`, `general`, ...: a row of the report's table by kind.
    pub kind: String,
    /// `dev`, `test`, ...
    pub split: String,
    /// Paraphrases of one question share a group, and are resampled together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A JSON Schema that the answer has to satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<serde_json::Value>,
    /// Set where a model wrote the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A quoted span of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Document id.
    pub document: String,
    /// The span's text as the document has it, but for white space, marks of quotation, hyphens and
    /// markup; without it the whole document is meant, as in the judgements of public benchmarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Where the quote first stands in the document's text, in bytes; filled when the corpus is
    /// read.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// Who wrote a question that no person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A model, and nobody has looked at it.
    Drafted,
    /// A model, and a person has accepted it.
    Reviewed,
}

/// The id of a question that nobody gave one: it stays when rows are moved or put in between.
pub fn id_of(question: &str) -> String {
    format!("q-{}", Fingerprint::of(question.as_bytes()).short())
}

impl Question {
    /// The keys of a line, in the order above; what unknown keys are compared with.
    pub(super) const KEYS: [&str; 9] =
        ["id", "question", "answers", "evidence", "kind", "split", "group", "schema", "origin"];

    /// Whether the documents answer it; if not, declining is right. Asked only of questions that are
    /// put to setups, so not of those of the kind [`RETRIEVAL`].
    pub fn is_answerable(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Whether only rankings can be measured on it: no answer to it can be right or wrong.
    pub fn is_for_retrieval_only(&self) -> bool {
        self.kind == RETRIEVAL
    }
}

impl Evidence {
    /// The keys of an evidence object.
    pub(super) const KEYS: [&str; 2] = ["document", "quote"];

    /// Whether bytes `start..end` of `document` hold the evidence: they overlap at least half of the
    /// span's bytes. Half, because a chunk border may fall inside a quotation, and the larger part of
    /// it still answers; both halves hold it when the border falls in its middle. A whole document
    /// is held by any part of it, as a judgement of a document counts for each of its passages; an
    /// empty span by nothing.
    pub fn is_held_by(&self, document: &str, start: usize, end: usize) -> bool {
        let overlap = self.span.end.min(end).saturating_sub(self.span.start.max(start));
        let enough = self.quote.is_none() || 2 * overlap >= self.span.len();
        overlap > 0 && enough && self.document == document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_bytes_are_enough() {
        let evidence =
            Evidence { document: "d".into(), quote: Some("ten bytes!".into()), span: 10..20 };
        for (start, end, expected) in [
            (10, 20, true),
            (0, 100, true),
            (12, 18, true),
            (0, 15, true),
            (0, 14, false),
            (15, 30, true),
            (16, 30, false),
            (0, 10, false),
            (20, 30, false),
            (18, 12, false),
        ] {
            assert_eq!(evidence.is_held_by("d", start, end), expected, "{start}..{end}");
        }
        assert!(!evidence.is_held_by("e", 0, 100));
        let odd = Evidence { span: 10..15, ..evidence.clone() };
        assert!(odd.is_held_by("d", 0, 13));
        assert!(!odd.is_held_by("d", 0, 12));
        let empty = Evidence { span: 10..10, ..evidence };
        assert!(!empty.is_held_by("d", 0, 100));
    }

    #[test]
    fn any_part_of_a_whole_document_is_enough() {
        let whole = Evidence { document: "d".into(), quote: None, span: 0..1000 };
        assert!(whole.is_held_by("d", 990, 1000));
        assert!(!whole.is_held_by("d", 5, 5));
        assert!(!whole.is_held_by("e", 0, 1000));
    }
}
