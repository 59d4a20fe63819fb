//! RAGAS: JSON lines as its `EvaluationDataset.from_jsonl` reads them.
//!
//! Enters: a corpus, or the answers of a setup. Leaves: the file. `reference` is the first accepted answer,
//! `reference_contexts` the quotes of the evidence, or whole documents where there are none; `id` is ours, and
//! RAGAS passes it over.

use super::answered::{Answered, Response};
use super::{ExportFormat, Exported, SourceIds};
use crate::corpus::{Corpus, Question};
use crate::exchange::{ExchangeError, LeftOut};
use crate::file;
use serde::Serialize;

const MORE_ANSWERS: &str = "further accepted answers";
const NO_ANSWER: &str = "questions without an accepted answer, written without `reference`";

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    user_input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    reference_contexts: Vec<&'a str>,
    reference_context_ids: Vec<String>,
    #[serde(flatten)]
    answer: Option<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    response: &'a str,
    retrieved_contexts: Vec<&'a str>,
    retrieved_context_ids: Vec<&'a str>,
}

/// Writes the file, and says how many rows it has.
pub(super) fn write(
    exported: &mut Exported<'_>,
    report: Option<&Answered>,
    setup: Option<&str>,
) -> Result<usize, ExchangeError> {
    let responses = match report {
        Some(report) => Some(report.responses(report.setup(setup)?, exported)),
        None => None,
    };
    let corpus = exported.corpus;
    let (ids, left_out) = (exported.ids, &mut exported.left_out);
    let mut row = |question, response| row(question, response, corpus, ids, left_out);
    let rows: Vec<Row<'_>> = match &responses {
        Some(responses) => responses.iter().map(|one| row(one.question, Some(one))).collect(),
        None => corpus.questions.iter().map(|one| row(one, None)).collect(),
    };
    let written = exported.some(rows.len(), ExportFormat::Ragas)?;
    file::write_json_lines(exported.out, &rows)?;
    Ok(written)
}

fn row<'a>(
    question: &'a Question,
    response: Option<&'a Response<'_>>,
    corpus: &'a Corpus,
    source_ids: &SourceIds,
    left_out: &mut LeftOut,
) -> Row<'a> {
    left_out.add(MORE_ANSWERS, question.answers.len().saturating_sub(1));
    left_out.add(NO_ANSWER, usize::from(question.answers.is_empty()));
    let mut contexts = Vec::new();
    let mut ids = Vec::new();
    for evidence in &question.evidence {
        let document = corpus.document(&evidence.document);
        let whole = document.map(|document| document.text.as_str());
        if let Some(text) = evidence.quote.as_deref().or(whole) {
            contexts.push(text);
            ids.push(source_ids.id(&evidence.document).into_owned());
        }
    }
    Row {
        id: &question.id,
        user_input: &question.text,
        reference: question.answers.first().map(String::as_str),
        reference_contexts: contexts,
        reference_context_ids: ids,
        answer: response.map(|response| Answer {
            response: response.text,
            retrieved_contexts: response.passages.iter().map(|(_, text)| text.as_str()).collect(),
            retrieved_context_ids: response.passages.iter().map(|(id, _)| id.as_ref()).collect(),
        }),
    }
}
