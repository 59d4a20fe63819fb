//! `hits.jsonl`: what retrievers found, a line for each and a question.
//!
//! Enters: lines of the file. Leaves: hits by retriever and question, held against the documents that they
//! are of. Does not: retrieve.

use super::error::RunError;
use super::provenance::RetrieverRun;
use crate::config::RetrieverPlan;
use crate::corpus::Corpus;
use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use crate::retrieve::{Hit, Retrieved, sameness};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Where hits are kept.
pub(super) const HITS: &str = "hits.jsonl";

/// Retriever, fingerprint and question of a line.
pub(super) type Key = (String, Fingerprint, String);
/// Lines by fingerprint and question.
pub(super) type Known = HashMap<(Fingerprint, String), Retrieved>;

pub(super) fn key_of(line: &Retrieved) -> Key {
    (line.retriever.clone(), line.fingerprint.clone(), line.question.clone())
}

/// First passages that are held against those of other questions.
const SAMENESS_PASSAGES: usize = 5;

/// What the stage gives.
#[derive(Default)]
pub struct AllHits {
    /// By retriever, then question.
    pub hits: BTreeMap<String, HashMap<String, Vec<Hit>>>,
    /// By retriever.
    pub runs: BTreeMap<String, RetrieverRun>,
    /// Things a reader has to know.
    pub warnings: Vec<String>,
    /// Whether the stage was asked to stop before everything was there. What was made is kept in the file.
    pub stopped: bool,
}

impl AllHits {
    /// Adds what is said of a retriever that found `lines`; returns it.
    pub(super) fn add(
        &mut self,
        plan: &RetrieverPlan,
        run: RetrieverRun,
        lines: &[Retrieved],
    ) -> RetrieverRun {
        let run = RetrieverRun { sameness: warning(&plan.name, lines), ..run };
        self.warnings.extend(run.sameness.clone());
        self.runs.insert(plan.name.clone(), run.clone());
        self.hits.entry(plan.name.clone()).or_default();
        run
    }

    /// Sorts the lines in.
    pub(super) fn take(&mut self, lines: Vec<Retrieved>) {
        for line in lines {
            self.hits.entry(line.retriever).or_default().insert(line.question, line.hits);
        }
    }
}

/// Every line of a file of hits; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<Retrieved>, RunError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let lines = file::read_json_lines(path).map_err(|source| match source {
        FileError::Json { .. } => RunError::BrokenHits { path: path.to_owned(), source },
        source => source.into(),
    })?;
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// The lines that are there: their keys in order, and each by its fingerprint and question.
pub(super) fn known(path: &Path) -> Result<(Vec<Key>, Known), RunError> {
    let lines = read(path)?;
    Ok((
        lines.iter().map(key_of).collect(),
        lines
            .into_iter()
            .map(|line| ((line.fingerprint.clone(), line.question.clone()), line))
            .collect(),
    ))
}

/// Holds a line against the documents: only one that was changed by something else has a span that its
/// document does not have.
pub(super) fn hold(line: &Retrieved, corpus: &Corpus, path: &Path) -> Result<(), RunError> {
    let is_there = |hit: &&Hit| {
        let document = corpus.document(&hit.document);
        document.is_some_and(|document| document.text.get(hit.start..hit.end).is_some())
    };
    match line.hits.iter().find(|hit| !is_there(hit)) {
        None => Ok(()),
        Some(hit) => Err(RunError::ForeignHit {
            path: path.to_owned(),
            retriever: line.retriever.clone(),
            question: line.question.clone(),
            document: hit.document.to_string(),
            span: hit.start..hit.end,
        }),
    }
}

/// What to know when a retriever finds much the same for all questions.
fn warning(retriever: &str, lines: &[Retrieved]) -> Option<String> {
    sameness(lines, SAMENESS_PASSAGES)
        .warning(retriever, SAMENESS_PASSAGES)
        .map(|warning| warning.to_string())
}
