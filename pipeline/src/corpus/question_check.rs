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
use super::quote::Quoted;
use super::{AnswerSchema, Document, nearest};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Which row, and which of its evidence.
type RowAndPlace = (usize, usize);

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
    mut files: Vec<FileRows>,
    documents: &[Document],
) -> (Vec<Question>, Vec<QuestionProblem>) {
    let mut questions = Vec::new();
    let mut problems = Vec::new();
    let mut neighbours = Neighbours::default();
    let all = files.iter_mut().flat_map(|file| &mut file.rows);
    let mut unplaced = place_all(all, documents).into_iter();
    for FileRows { path, rows } in files {
        let read: Vec<(Row, Vec<QuestionFault>)> = rows
            .into_par_iter()
            .map(|(line, row)| match row {
                Ok(question) => {
                    let faults = own_faults(&question);
                    ((line, Ok(question)), faults)
                }
                Err(fault) => ((line, Err(fault)), Vec::new()),
            })
            .collect();
        for ((line, row), mut faults) in read {
            faults.extend(unplaced.next().into_iter().flatten());
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
    let mut faults = own_faults(question);
    for evidence in &mut question.evidence {
        let document = find(documents, &evidence.document);
        let text = document.map(|document| Quoted::of(&document.text));
        faults.extend(place(evidence, text.as_ref(), documents));
    }
    faults
}

/// What is wrong with a question by itself.
fn own_faults(question: &Question) -> Vec<QuestionFault> {
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

/// Fills in the places of all evidence; for each row, what is wrong with its own. Of one document all quotes are
/// looked for together, so that it is folded once and not longer in memory than that takes.
fn place_all<'a>(
    rows: impl Iterator<Item = &'a mut Row>,
    documents: &[Document],
) -> Vec<Vec<QuestionFault>> {
    let mut by_document: BTreeMap<String, Vec<(RowAndPlace, &mut Evidence)>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (row, (_, question)) in rows.enumerate() {
        faults.push(Vec::new());
        let all = question.iter_mut().flat_map(|question| &mut question.evidence);
        for (place, evidence) in all.enumerate() {
            let id = evidence.document.clone();
            by_document.entry(id).or_default().push(((row, place), evidence));
        }
    }
    let mut found: Vec<(RowAndPlace, QuestionFault)> = by_document
        .into_par_iter()
        .flat_map(|(id, evidence)| {
            let text = find(documents, &id).map(|document| Quoted::of(&document.text));
            let found = evidence.into_par_iter().filter_map(|(row_and_place, evidence)| {
                Some((row_and_place, place(evidence, text.as_ref(), documents)?))
            });
            found.collect::<Vec<_>>()
        })
        .collect();
    found.sort_by_key(|(row_and_place, _)| *row_and_place);
    for ((row, _), fault) in found {
        faults[row].push(fault);
    }
    faults
}

/// Fills in where the quote stands in the text of its document, if there is one; without a quote, the whole
/// document.
fn place(
    evidence: &mut Evidence,
    text: Option<&Quoted<'_>>,
    documents: &[Document],
) -> Option<QuestionFault> {
    if evidence.document.trim().is_empty() {
        return Some(QuestionFault::Empty { key: "document" });
    }
    let Some(text) = text else {
        let known = documents.iter().map(|document| document.id.as_str());
        return Some(QuestionFault::UnknownDocument {
            document: evidence.document.clone(),
            nearest: nearest::document(&evidence.document, known),
        });
    };
    let Some(quote) = &evidence.quote else {
        evidence.span = 0..text.text.len();
        return None;
    };
    if quote.trim().is_empty() {
        return Some(QuestionFault::Empty { key: "quote" });
    }
    match text.find(quote) {
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
