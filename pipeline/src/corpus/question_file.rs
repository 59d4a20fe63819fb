//! `questions.jsonl` read and checked against the documents.
//!
//! Enters: the file's bytes, the documents. Leaves: questions whose evidence has its place, or
//! everything that is wrong with the file, ordered by line.

use super::document::find;
use super::problem::{QuestionFault, QuestionProblem};
use super::question::{Evidence, KINDS_WITHOUT_EVIDENCE, Question, UNANSWERABLE};
use super::{AnswerSchema, CorpusError, Document, nearest};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

/// How many quotes that are not found get their nearest passage: each takes a pass over a document.
const NEAREST_PASSAGES_MAX: usize = 20;

/// Reads the file. Empty lines are passed over; `documents` are ordered by id.
pub(super) fn parse(
    path: &Path,
    bytes: &[u8],
    documents: &[Document],
) -> Result<Vec<Question>, CorpusError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let lines: Vec<(usize, &[u8])> = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
        .collect();
    if lines.is_empty() {
        return Err(CorpusError::NoQuestions { path: path.to_owned() });
    }
    let read: Vec<(usize, Result<Question, QuestionFault>, Vec<QuestionFault>)> = lines
        .into_par_iter()
        .map(|(line, bytes)| match record(bytes) {
            Ok(mut question) => {
                let faults = faults(&mut question, documents);
                (line, Ok(question), faults)
            }
            Err(fault) => (line, Err(fault), Vec::new()),
        })
        .collect();

    let mut questions = Vec::with_capacity(read.len());
    let mut problems = Vec::new();
    let mut neighbours = Neighbours::default();
    for (line, result, mut faults) in read {
        let (id, question) = match result {
            Ok(question) => {
                faults.extend(neighbours.faults(line, &question));
                (Some(question.id.clone()), Some(question))
            }
            Err(fault) => {
                faults.push(fault);
                (None, None)
            }
        };
        questions.extend(question);
        problems.extend(faults.into_iter().map(|what| QuestionProblem {
            line,
            id: id.clone(),
            what,
        }));
    }
    if problems.is_empty() {
        return Ok(questions);
    }
    add_nearest_passages(&mut problems, documents);
    Err(CorpusError::Questions { path: path.to_owned(), problems })
}

/// One line as a question.
fn record(line: &[u8]) -> Result<Question, QuestionFault> {
    let text = std::str::from_utf8(line)
        .map_err(|error| QuestionFault::NotUtf8 { byte: error.valid_up_to() + 1 })?;
    // The parser would take an array for a record whose keys are left out.
    let column = 1 + text.len() - text.trim_start().len();
    if !text.trim_start().starts_with('{') {
        let message = "not a JSON object".to_owned();
        return Err(QuestionFault::Record { column, message, nearest: None });
    }
    serde_json::from_str(text).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        let nearest = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next())
            .and_then(|key| nearest::word(key, Question::KEYS.into_iter().chain(Evidence::KEYS)));
        QuestionFault::Record { column: error.column(), message, nearest }
    })
}

/// What is wrong with a question by itself and against the documents; fills in the places of its
/// evidence.
fn faults(question: &mut Question, documents: &[Document]) -> Vec<QuestionFault> {
    let mut faults = Vec::new();
    let is_blank = |text: &str| text.trim().is_empty();
    let texts = [
        ("id", Some(&question.id)),
        ("question", Some(&question.text)),
        ("kind", Some(&question.kind)),
        ("split", Some(&question.split)),
        ("group", question.group.as_ref()),
    ];
    for (key, text) in texts {
        if text.is_some_and(|text| is_blank(text)) {
            faults.push(QuestionFault::Empty { key });
        }
    }
    // An empty answer would be found in every answer.
    if question.answers.iter().any(|answer| is_blank(answer)) {
        faults.push(QuestionFault::Empty { key: "answers" });
    }
    // Without a kind nothing can be said about what belongs to it.
    if !is_blank(&question.kind) {
        let kind = question.kind.clone();
        match (KINDS_WITHOUT_EVIDENCE.contains(&kind.as_str()), question.evidence.is_empty()) {
            (false, true) => faults.push(QuestionFault::NoEvidence { kind: kind.clone() }),
            (true, false) => faults.push(QuestionFault::UnexpectedEvidence { kind: kind.clone() }),
            _ => {}
        }
        match (kind == UNANSWERABLE, question.answers.is_empty()) {
            (true, false) => faults.push(QuestionFault::UnexpectedAnswers),
            (false, true) => faults.push(QuestionFault::NoAnswers { kind }),
            _ => {}
        }
    }
    if let Some(schema) = &question.schema {
        faults.extend(schema_faults(schema, &question.answers));
    }
    for evidence in &mut question.evidence {
        faults.extend(place(evidence, documents));
    }
    faults
}

/// What is wrong with a schema by itself, and with the accepted answers under it.
fn schema_faults(schema: &Value, answers: &[String]) -> Vec<QuestionFault> {
    if !schema.is_object() {
        return vec![QuestionFault::SchemaNotObject { found: name_of_type(schema) }];
    }
    let schema = match AnswerSchema::read(schema) {
        Ok(schema) => schema,
        Err(why) => return vec![QuestionFault::NotASchema { why }],
    };
    // An accepted answer that no right answer can equal would never be found.
    answers
        .iter()
        .filter_map(|answer| {
            let why = match serde_json::from_str(answer) {
                Ok(value) => schema.broken_by(&value)?,
                Err(error) => format!("not JSON: {error}"),
            };
            Some(QuestionFault::AnswerBreaksSchema { answer: answer.clone(), why })
        })
        .collect()
}

/// Fills in where the quote stands.
fn place(evidence: &mut Evidence, documents: &[Document]) -> Option<QuestionFault> {
    for (key, text) in [("document", &evidence.document), ("quote", &evidence.quote)] {
        if text.trim().is_empty() {
            return Some(QuestionFault::Empty { key });
        }
    }
    let Some(document) = find(documents, &evidence.document) else {
        let known = documents.iter().map(|document| document.id.as_str());
        return Some(QuestionFault::UnknownDocument {
            document: evidence.document.clone(),
            nearest: nearest::document(&evidence.document, known),
        });
    };
    // Texts have `\n` between lines whatever the file had; so have quotes.
    if evidence.quote.contains("\r\n") {
        evidence.quote = evidence.quote.replace("\r\n", "\n");
    }
    match document.text.find(&evidence.quote) {
        Some(start) => {
            evidence.span = start..start + evidence.quote.len();
            None
        }
        None => Some(QuestionFault::QuoteNotFound {
            document: evidence.document.clone(),
            quote: evidence.quote.clone(),
            nearest: None,
        }),
    }
}

/// What earlier lines had: ids, and the split of each group.
#[derive(Default)]
struct Neighbours {
    lines: HashMap<String, usize>,
    groups: HashMap<String, (usize, String)>,
}

impl Neighbours {
    fn faults(&mut self, line: usize, question: &Question) -> Vec<QuestionFault> {
        let mut faults = Vec::new();
        if !question.id.trim().is_empty() {
            match self.lines.entry(question.id.clone()) {
                Entry::Occupied(first) => {
                    faults.push(QuestionFault::DuplicateId { first_line: *first.get() });
                }
                Entry::Vacant(place) => {
                    place.insert(line);
                }
            }
        }
        if let Some(group) = &question.group {
            match self.groups.entry(group.clone()) {
                Entry::Occupied(first) => {
                    let (first_line, first_split) = first.get();
                    if *first_split != question.split {
                        faults.push(QuestionFault::GroupInTwoSplits {
                            group: group.clone(),
                            split: question.split.clone(),
                            first_split: first_split.clone(),
                            first_line: *first_line,
                        });
                    }
                }
                Entry::Vacant(place) => {
                    place.insert((line, question.split.clone()));
                }
            }
        }
        faults
    }
}

fn add_nearest_passages(problems: &mut [QuestionProblem], documents: &[Document]) {
    let quotes = problems.iter_mut().filter_map(|problem| match &mut problem.what {
        QuestionFault::QuoteNotFound { document, quote, nearest } => {
            Some((document, quote, nearest))
        }
        _ => None,
    });
    for (document, quote, passage) in quotes.take(NEAREST_PASSAGES_MAX) {
        *passage = find(documents, document).and_then(|found| nearest::passage(&found.text, quote));
    }
}

fn name_of_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
