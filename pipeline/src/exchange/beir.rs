//! BEIR: a folder with `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`.
//!
//! Enters: the folder, a split. Leaves: its documents, and its queries as questions of the kind `retrieval`:
//! the documents that they are judged by are the evidence, and there are no answers. Does not: keep grades
//! apart; a judgement above 0 is relevant, as recall and MRR take it.

use super::ExchangeError;
use super::fault::RecordFault;
use super::intake::{Intake, NewQuestion, document_text, evidence};
use super::json::{self, Id};
use super::source::{Place, SourceFile};
use super::table::Table;
use crate::corpus::RETRIEVAL;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;

const NOT_RELEVANT: &str = "judgements of 0 or less";
const GRADED: &str = "grades above 1, taken as 1";
const UNKNOWN_QUERIES: &str = "judgements of queries that are not there";
const UNKNOWN_DOCUMENTS: &str = "judgements of documents that are not there or have no text";
const OTHER_QUERIES: &str = "queries without a judgement in this split";
const NOTHING_RELEVANT: &str = "queries without a relevant document";
const HEAD: &str = "query-id, corpus-id and score, with tabs between";

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_id")]
    id: Id,
    #[serde(default)]
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "_id")]
    id: Id,
    text: String,
}

/// The judgements of a split.
struct Judgements {
    /// Relevant documents by query.
    relevant: HashMap<String, Vec<String>>,
    rows: usize,
}

/// The split that is read where none is named: `usual`, or the only one.
///
/// # Errors
/// When there are several and none of them is `usual`.
pub(super) fn split(folder: &Path, usual: &str) -> Result<String, ExchangeError> {
    let mut known = splits(folder)?;
    if known.iter().any(|split| split == usual) {
        return Ok(usual.to_owned());
    }
    match known.len() {
        1 => Ok(known.remove(0)),
        _ => Err(ExchangeError::MissingSplit {
            folder: folder.join("qrels"),
            split: usual.to_owned(),
            known,
        }),
    }
}

/// The names of the files in `qrels/`, ordered.
fn splits(folder: &Path) -> Result<Vec<String>, ExchangeError> {
    if !folder.is_dir() {
        return Err(ExchangeError::NotAFolder { path: folder.to_owned() });
    }
    let qrels = folder.join("qrels");
    let entries = std::fs::read_dir(&qrels).map_err(ExchangeError::read(&qrels))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut splits: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".tsv").map(str::to_owned)).collect();
    splits.sort();
    Ok(splits)
}

/// Reads judgements, queries and documents of `split`.
pub(super) fn read(folder: &Path, split: &str, intake: &mut Intake) -> Result<(), ExchangeError> {
    let known = splits(folder)?;
    if !known.iter().any(|known| known == split) {
        let (folder, split) = (folder.join("qrels"), split.to_owned());
        return Err(ExchangeError::MissingSplit { folder, split, known });
    }
    let name = format!("qrels/{split}.tsv");
    let qrels = folder.join("qrels").join(format!("{split}.tsv"));
    let judgements = judgements(SourceFile::open(&qrels, &name)?, intake)?;

    let queries_path = folder.join("queries.jsonl");
    let mut source = SourceFile::open(&queries_path, "queries.jsonl")?;
    let (judged, ids) = queries(&mut source, &judgements, intake)?;
    intake.files.push(source.finish()?);

    let mut source = SourceFile::open(&folder.join("corpus.jsonl"), "corpus.jsonl")?;
    json::lines(&mut source, |at, document: Document| {
        let text = document_text(document.title.as_deref().unwrap_or_default(), &document.text);
        intake.document(&document.id.0, text, at).map(|_| ())
    })?;
    intake.files.push(source.finish()?);

    let unknown = |(query, _): &(&String, &Vec<String>)| !ids.contains(*query);
    let of_unknown: usize =
        judgements.relevant.iter().filter(unknown).map(|(_, documents)| documents.len()).sum();
    intake.leave_out(UNKNOWN_QUERIES, of_unknown);
    let mut found = 0;
    for (line, query) in judged {
        let documents = judgements.relevant.get(&query.id.0).map_or(&[][..], Vec::as_slice);
        let known: Vec<String> =
            documents.iter().filter_map(|document| intake.document_id(document)).collect();
        found += known.len();
        intake.leave_out(UNKNOWN_DOCUMENTS, documents.len() - known.len());
        if known.is_empty() {
            intake.leave_out(NOTHING_RELEVANT, 1);
            continue;
        }
        let question = NewQuestion {
            id: query.id.0,
            text: query.text,
            answers: Vec::new(),
            evidence: known.iter().map(|document| evidence(document, None)).collect(),
            kind: RETRIEVAL,
        };
        intake.question(question, Place { path: &queries_path, line })?;
    }
    let wanted: usize = judgements.relevant.values().map(Vec::len).sum();
    if found == 0 && wanted > 0 {
        return Err(ExchangeError::NoJudgement { path: qrels, judgements: judgements.rows });
    }
    Ok(())
}

/// Judged queries with their lines, and the ids of all.
type Queries = (Vec<(usize, Query)>, HashSet<String>);

fn queries(
    source: &mut SourceFile,
    judgements: &Judgements,
    intake: &mut Intake,
) -> Result<Queries, ExchangeError> {
    let mut judged: Vec<(usize, Query)> = Vec::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    json::lines(source, |at, query: Query| {
        if query.text.trim().is_empty() {
            return Err(at.is(RecordFault::Empty { key: "text" }));
        }
        if let Some(first_line) = lines.insert(query.id.0.clone(), at.line) {
            return Err(at.is(RecordFault::DuplicateId { id: query.id.0, first_line }));
        }
        match judgements.relevant.get(&query.id.0) {
            None => intake.leave_out(OTHER_QUERIES, 1),
            Some(_) => judged.push((at.line, query)),
        }
        Ok(())
    })?;
    Ok((judged, lines.into_keys().collect()))
}

fn judgements(source: SourceFile, intake: &mut Intake) -> Result<Judgements, ExchangeError> {
    let table = Table::open(source, b'\t')?;
    let top = table.top();
    // TREC's own judgements have no first row, and a column more.
    if table.head().len() == 4 || table.head().last().is_some_and(|cell| is_whole(cell)) {
        return Err(top.is(RecordFault::NoHead { head: HEAD }));
    }
    if table.head().len() != 3 {
        return Err(top.is(RecordFault::Cells { found: table.head().len(), columns: 3 }));
    }
    let mut judgements = Judgements { relevant: HashMap::new(), rows: 0 };
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let record = table.rows(|at, row| {
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let (query, document, score) = (cell(0), cell(1), cell(2).trim());
        let score: i64 = score
            .parse()
            .map_err(|_| at.is(RecordFault::NotWhole { key: "score", value: score.to_owned() }))?;
        let pair = (query.to_owned(), document.to_owned());
        if !seen.insert(pair) {
            let (query, document) = (query.to_owned(), document.to_owned());
            return Err(at.is(RecordFault::JudgedTwice { query, document }));
        }
        judgements.rows += 1;
        let relevant = judgements.relevant.entry(query.to_owned()).or_default();
        if score > 0 {
            relevant.push(document.to_owned());
            intake.leave_out(GRADED, usize::from(score > 1));
        } else {
            intake.leave_out(NOT_RELEVANT, 1);
        }
        Ok(())
    })?;
    intake.files.push(record);
    Ok(judgements)
}

fn is_whole(text: &str) -> bool {
    text.trim().parse::<i64>().is_ok()
}
