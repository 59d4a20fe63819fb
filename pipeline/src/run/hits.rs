//! `hits.jsonl`: what retrievers found, a line for each and a question.
//!
//! Enters: lines of the file. Leaves: hits by retriever and question, held against the documents that they
//! are of. Does not: retrieve.

use super::error::RunError;
use super::provenance::{CutCounts, RetrieverRun};
use crate::config::RetrieverPlan;
use crate::corpus::Corpus;
use crate::file;
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
        let run = RetrieverRun {
            sameness: warning(&plan.name, lines),
            cut: run.cut.map(|cut| cut_texts(cut.chunks, lines)),
            ..run
        };
        self.warnings.extend(run.sameness.clone());
        self.warnings.extend(run.cut_caveat(&plan.name, lines.len()));
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

/// Every line of a file of hits, none where there is no file, and how many more cannot be read.
pub(super) fn read(path: &Path) -> Result<(Vec<Retrieved>, usize), RunError> {
    if !path.exists() {
        return Ok(Default::default());
    }
    Ok(file::read_sound_json_lines(path)?)
}

/// The lines that are there: their keys in order, each by its fingerprint and question, and how many
/// more cannot be read.
pub(super) fn known(path: &Path) -> Result<(Vec<Key>, Known, usize), RunError> {
    let (lines, damaged) = read(path)?;
    let keys = lines.iter().map(key_of).collect();
    let known =
        lines.into_iter().map(|line| ((line.fingerprint.clone(), line.question.clone()), line));
    Ok((keys, known.collect(), damaged))
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

/// What a retriever did not read whole, over the questions that it is asked now.
fn cut_texts(chunks: usize, lines: &[Retrieved]) -> CutCounts {
    CutCounts {
        chunks,
        questions: lines.iter().filter(|line| line.cut.query).count(),
        pairs: lines.iter().map(|line| line.cut.pairs).sum(),
    }
}

/// What to know when a retriever finds much the same for all questions.
fn warning(retriever: &str, lines: &[Retrieved]) -> Option<String> {
    sameness(lines, SAMENESS_PASSAGES)
        .warning(retriever, SAMENESS_PASSAGES)
        .map(|warning| warning.to_string())
}
