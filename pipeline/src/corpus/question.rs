//! One question with its accepted answers and evidence.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The kind of questions that nothing answers: declining is right.
pub const UNANSWERABLE: &str = "unanswerable";

/// Kinds that the documents do not answer; `general` asks for common knowledge.
pub const KINDS_WITHOUT_EVIDENCE: [&str; 2] = [UNANSWERABLE, "general"];

/// A line of `questions.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique in the corpus.
    pub id: String,
    /// As asked.
    #[serde(rename = "question")]
    pub text: String,
    /// Accepted answers; none means that declining is right.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Where the answer stands; none for the kinds `unanswerable` and `general`.
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
}

/// A quoted span of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Document id.
    pub document: String,
    /// The span's text, as the document has it.
    pub quote: String,
    /// Where the quote first stands in the document's text, in bytes; filled when the corpus is
    /// read.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Question {
    /// The keys of a line, in the order above; what unknown keys are compared with.
    pub(super) const KEYS: [&str; 8] =
        ["id", "question", "answers", "evidence", "kind", "split", "group", "schema"];

    /// Whether the documents answer it; if not, declining is right.
    pub fn is_answerable(&self) -> bool {
        !self.answers.is_empty()
    }

    /// What is resampled together: the group, else the first document of the evidence, else the
    /// question alone.
    pub fn cluster(&self) -> &str {
        self.group
            .as_deref()
            .or_else(|| self.evidence.first().map(|evidence| evidence.document.as_str()))
            .unwrap_or(&self.id)
    }
}

impl Evidence {
    /// The keys of an evidence object.
    pub(super) const KEYS: [&str; 2] = ["document", "quote"];
}
