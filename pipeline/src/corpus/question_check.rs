//! Questions held against the documents and one another.
//!
//! Enters: the rows of all question files, the documents. Leaves: questions whose evidence has its place,
//! or everything that is wrong with the rows, in the order of files and lines. Does not: read a file.

use super::document::find;
use super::problem::{Earlier, QuestionFault, QuestionProblem};
use super::question::{
    Evidence, KINDS_OF_RARITY, KINDS_WITHOUT_EVIDENCE, Question, RETRIEVAL, UNANSWERABLE,
};
use super::question_file::{Row, name_of_type};
use super::{AnswerSchema, Document, nearest, quote};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

/// How many quotes that are not found get their nearest passage: each takes a pass over a document.
const NEAREST_PASSAGES_MAX: usize = 20;

/// A file and its rows.
pub(super) struct FileRows {
    pub path: PathBuf,
    pub rows: Vec<Row>,
}

/// The questions of all files that nothing is wrong with, in their order, and what is wrong with the others;
/// `documents` are ordered by id.
pub(super) fn check(
    files: Vec<FileRows>,
    documents: &[Document],
) -> (Vec<Question>, Vec<QuestionProblem>) {
    let mut questions = Vec::new();
    let mut problems = Vec::new();
    let mut neighbours = Neighbours::default();
    for FileRows { path, rows } in files {
        let read: Vec<(Row, Vec<QuestionFault>)> = rows
            .into_par_iter()
            .map(|(line, row)| match row {
                Ok(mut question) => {
                    let faults = faults(&mut question, documents);
                    ((line, Ok(question)), faults)
                }
                Err(fault) => ((line, Err(fault)), Vec::new()),
            })
            .collect();
        for ((line, row), mut faults) in read {
            let id = match row {
                Ok(question) => {
                    faults.extend(neighbours.faults(&path, line, &question));
                    let id = question.id.clone();
                    if faults.is_empty() {
                        questions.push(question);
                    }
                    Some(id)
                }
                Err(fault) => {
                    faults.push(fault);
                    None
                }
            };
            problems.extend(faults.into_iter().map(|what| QuestionProblem {
                path: path.clone(),
                line,
                id: id.clone(),
                what,
            }));
        }
    }
    add_nearest_passages(&mut problems, documents);
    (questions, problems)
}

/// What is wrong with a question by itself and against the documents; fills in the places of its
/// evidence.
pub(super) fn faults(question: &mut Question, documents: &[Document]) -> Vec<QuestionFault> {
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
        let is_of = |kinds: &[&str]| kinds.contains(&kind.as_str());
        match (is_of(&KINDS_WITHOUT_EVIDENCE), question.evidence.is_empty()) {
            (false, true) if !is_of(&KINDS_OF_RARITY) => {
                faults.push(QuestionFault::NoEvidence { kind: kind.clone() });
            }
            (true, false) => faults.push(QuestionFault::UnexpectedEvidence { kind: kind.clone() }),
            _ => {}
        }
        match (is_of(&[UNANSWERABLE, RETRIEVAL]), question.answers.is_empty()) {
            (true, false) => faults.push(QuestionFault::UnexpectedAnswers { kind }),
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

/// Fills in where the quote stands; without one, the whole document.
fn place(evidence: &mut Evidence, documents: &[Document]) -> Option<QuestionFault> {
    if evidence.document.trim().is_empty() {
        return Some(QuestionFault::Empty { key: "document" });
    }
    let Some(document) = find(documents, &evidence.document) else {
        let known = documents.iter().map(|document| document.id.as_str());
        return Some(QuestionFault::UnknownDocument {
            document: evidence.document.clone(),
            nearest: nearest::document(&evidence.document, known),
        });
    };
    let Some(quote) = &evidence.quote else {
        evidence.span = 0..document.text.len();
        return None;
    };
    if quote.trim().is_empty() {
        return Some(QuestionFault::Empty { key: "quote" });
    }
    match quote::find(&document.text, quote) {
        Some(span) => {
            evidence.span = span;
            None
        }
        None => Some(QuestionFault::QuoteNotFound {
            document: evidence.document.clone(),
            quote: quote.clone(),
            nearest: None,
        }),
    }
}

/// What earlier rows had, of this file and those before it.
#[derive(Default)]
struct Neighbours {
    ids: HashMap<String, (PathBuf, usize)>,
    /// With the group's split.
    groups: HashMap<String, (PathBuf, usize, String)>,
}

impl Neighbours {
    fn faults(&mut self, path: &Path, line: usize, question: &Question) -> Vec<QuestionFault> {
        let mut faults = Vec::new();
        if !question.id.trim().is_empty() {
            match self.ids.entry(question.id.clone()) {
                Entry::Occupied(first) => {
                    let (first_path, first_line) = first.get();
                    let first = Earlier::seen_from(path, first_path, *first_line);
                    faults.push(QuestionFault::DuplicateId { first });
                }
                Entry::Vacant(place) => {
                    place.insert((path.to_owned(), line));
                }
            }
        }
        if let Some(group) = &question.group {
            match self.groups.entry(group.clone()) {
                Entry::Occupied(first) => {
                    let (first_path, first_line, first_split) = first.get();
                    if *first_split != question.split {
                        faults.push(QuestionFault::GroupInTwoSplits {
                            group: group.clone(),
                            split: question.split.clone(),
                            first_split: first_split.clone(),
                            first: Earlier::seen_from(path, first_path, *first_line),
                        });
                    }
                }
                Entry::Vacant(place) => {
                    place.insert((path.to_owned(), line, question.split.clone()));
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
