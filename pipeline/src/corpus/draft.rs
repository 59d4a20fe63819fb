//! `drafts.jsonl`: questions that a model wrote, and what became of each.
//!
//! Enters: the file's bytes. Leaves: [`Draft`]s, or what is wrong with each line. Does not: ask a model, or
//! hold a draft against the documents: what was rejected may be wrong in any way.

use super::problem::{QuestionFault, QuestionProblem};
use super::question::{Evidence, Question};
use super::question_file::{fault, lines, object};
use super::{CorpusError, is_missing};
use crate::file;
use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// A line of `drafts.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    /// As a line of `questions.jsonl` would have it.
    #[serde(flatten)]
    pub question: Question,
    /// What became of it.
    pub status: DraftStatus,
    /// Who wrote it: the model's name in its experiment file.
    pub model: String,
    /// The filter that rejected it; none where a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Why it was rejected, by a filter or a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Of the passages that the model was shown: they are not shown for another question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passages_sha256: Option<Fingerprint>,
}

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DraftStatus {
    /// It passed the filters, and nobody has looked at it.
    Draft,
    /// A person took it: it stands among the questions.
    Accepted,
    /// A filter or a person refused it.
    Rejected,
    /// A person looked at it and did not decide.
    Skipped,
}

/// The keys that a draft has beside those of a question.
#[derive(Deserialize)]
struct Own {
    status: DraftStatus,
    model: String,
    filter: Option<String>,
    why: Option<String>,
    passages_sha256: Option<Fingerprint>,
}

impl Draft {
    const OWN_KEYS: [&str; 5] = ["status", "model", "filter", "why", "passages_sha256"];

    fn read(line: &[u8]) -> Result<Self, QuestionFault> {
        let known = || Question::KEYS.into_iter().chain(Evidence::KEYS).chain(Self::OWN_KEYS);
        let fault = |error| fault(&error, known());
        let mut all: Map<String, Value> = serde_json::from_str(object(line)?).map_err(fault)?;
        let own: Map<String, Value> = Self::OWN_KEYS
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), all.shift_remove(key)?)))
            .collect();
        let own: Own = serde_json::from_value(Value::Object(own)).map_err(fault)?;
        Ok(Self {
            question: serde_json::from_value(Value::Object(all)).map_err(fault)?,
            status: own.status,
            model: own.model,
            filter: own.filter,
            why: own.why,
            passages_sha256: own.passages_sha256,
        })
    }
}

/// Each line that is not blank with its number, from 1.
pub(super) fn rows(bytes: &[u8]) -> Vec<(usize, Result<Draft, QuestionFault>)> {
    lines(bytes).map(|(line, bytes)| (line, Draft::read(bytes))).collect()
}

/// The drafts of a file, in its order; none where it is missing.
///
/// # Errors
/// When the file cannot be read; [`CorpusError::Questions`] carries every line that is wrong.
pub fn read_drafts(path: &Path) -> Result<Vec<Draft>, CorpusError> {
    let bytes = match file::read(path) {
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        bytes => bytes?,
    };
    let mut drafts = Vec::new();
    let mut problems = Vec::new();
    for (line, row) in rows(&bytes) {
        match row {
            Ok(draft) => drafts.push(draft),
            Err(what) => {
                problems.push(QuestionProblem { path: path.to_owned(), line, id: None, what });
            }
        }
    }
    if problems.is_empty() { Ok(drafts) } else { Err(CorpusError::Questions { problems }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"q-1","question":"How many?","answers":["45"],"evidence":[{"document":"a.md","quote":"45"}],"kind":"number","split":"test","status":"draft","model":"m"}"#;

    #[test]
    fn a_draft_is_written_as_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let rejected = LINE.replace(
            "\"draft\",\"model\":\"m\"",
            "\"rejected\",\"model\":\"m\",\"filter\":\"repeated\",\"why\":\"no\",\"passages_sha256\":\"ab\"",
        );
        std::fs::write(&path, format!("{LINE}\n\n{rejected}\n")).unwrap();
        let drafts = read_drafts(&path).unwrap();
        let lines: Vec<String> =
            drafts.iter().map(|draft| serde_json::to_string(draft).unwrap()).collect();
        assert_eq!(lines, [LINE, rejected.as_str()]);
        assert_eq!(drafts[1].why.as_deref(), Some("no"));
    }

    #[test]
    fn no_file_is_no_drafts() {
        assert_eq!(read_drafts(Path::new("no/drafts.jsonl")).unwrap(), []);
    }

    #[test]
    fn every_wrong_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts.jsonl");
        let lines = [
            LINE.replace("\"status\":\"draft\"", "\"status\":\"accept\""),
            LINE.replace("\"answers\"", "\"anwsers\""),
            LINE.replace(",\"model\":\"m\"", ""),
            "[]".into(),
            LINE.into(),
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let error = read_drafts(&path).unwrap_err().to_string();
        let error = error.replace(&folder.path().display().to_string(), ".");
        insta::assert_snapshot!(error, @r"
        4 problem(s) in ./drafts.jsonl
        ./drafts.jsonl:1: unknown variant `accept`, expected one of `draft`, `accepted`, `rejected`, `skipped`
          hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
        ./drafts.jsonl:2: unknown field `anwsers`, expected one of `id`, `question`, `answers`, `evidence`, `kind`, `split`, `group`, `schema`, `origin`
          hint: did you mean `answers`?
        ./drafts.jsonl:3: missing field `model`
          hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
        ./drafts.jsonl:4:1: not a JSON object
          hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
        ");
    }
}
