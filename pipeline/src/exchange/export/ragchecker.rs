//! RAGChecker: the JSON that its command line checks.
//!
//! Enters: the answers of a setup. Leaves: the file. `gt_answer` is the first accepted answer, empty where
//! nothing is to be found.

use super::answered::Answered;
use super::{ExportFormat, Exported};
use crate::exchange::ExchangeError;
use crate::file::{self, FileError};
use serde::Serialize;

const MORE_ANSWERS: &str = "further accepted answers";
const NO_ANSWER: &str = "questions without an accepted answer, written with an empty `gt_answer`";

#[derive(Serialize)]
struct Results<'a> {
    results: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    query_id: &'a str,
    query: &'a str,
    gt_answer: &'a str,
    response: &'a str,
    retrieved_context: Vec<Passage<'a>>,
}

#[derive(Serialize)]
struct Passage<'a> {
    doc_id: &'a str,
    text: &'a str,
}

/// Writes the file, and says how many entries it has.
pub(super) fn write(
    exported: &mut Exported<'_>,
    report: &Answered,
    setup: Option<&str>,
) -> Result<usize, ExchangeError> {
    let responses = report.responses(report.setup(setup)?, exported);
    let results = responses
        .iter()
        .map(|one| {
            let answers = &one.question.answers;
            exported.left_out.add(MORE_ANSWERS, answers.len().saturating_sub(1));
            exported.left_out.add(NO_ANSWER, usize::from(answers.is_empty()));
            Entry {
                query_id: &one.question.id,
                query: &one.question.text,
                gt_answer: answers.first().map_or("", String::as_str),
                response: one.text,
                retrieved_context: one
                    .passages
                    .iter()
                    .map(|(doc_id, text)| Passage { doc_id, text })
                    .collect(),
            }
        })
        .collect();
    let results = Results { results };
    let written = exported.some(results.results.len(), ExportFormat::RagChecker)?;
    let mut bytes = serde_json::to_vec_pretty(&results).map_err(|source| FileError::Json {
        path: exported.out.to_owned(),
        line: 0,
        source,
    })?;
    bytes.push(b'\n');
    file::write_whole(exported.out, &bytes)?;
    Ok(written)
}
