//! DPR's data for training retrievers: each question with passages that answer it and passages that do not.
//!
//! Enters: the JSON file. Leaves: a document a passage; questions of the kind `fact` whose evidence is the
//! positive passages, whole. Does not: read what a reader or retriever of DPR writes (`ctxs`), where nothing
//! says which passage is right.

use super::ExchangeError;
use super::intake::{BEYOND_LIMIT, Intake, NO_ANSWERS, NewQuestion, document_text, evidence};
use super::json::{self, Id};
use super::passages::Passages;
use super::source::{Place, SourceFile};
use super::summary::SourceRecord;
use crate::corpus::Evidence;
use serde::Deserialize;

const NO_POSITIVE: &str = "questions without a positive passage";

#[derive(Deserialize)]
struct Entry {
    question: String,
    answers: Vec<String>,
    positive_ctxs: Vec<Passage>,
    #[serde(default)]
    negative_ctxs: Vec<Passage>,
    #[serde(default)]
    hard_negative_ctxs: Vec<Passage>,
}

#[derive(Deserialize)]
struct Passage {
    title: Option<String>,
    text: String,
    passage_id: Option<Id>,
    /// The name of the same in TriviaQA's file.
    psg_id: Option<Id>,
}

/// Reads the file. Questions are called by their number in it.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let mut passages = Passages::default();
    let mut number = 0;
    json::elements(&mut source, None, |at, entry: Entry| {
        number += 1;
        if !intake.has_room() {
            intake.leave_out(BEYOND_LIMIT, 1);
            return Ok(());
        }
        let mut right: Vec<Evidence> = Vec::new();
        for passage in &entry.positive_ctxs {
            if let Some(document) = document(passage, &mut passages, intake, at)? {
                let one = evidence(&document, None);
                if !right.contains(&one) {
                    right.push(one);
                }
            }
        }
        for passage in entry.negative_ctxs.iter().chain(&entry.hard_negative_ctxs) {
            document(passage, &mut passages, intake, at)?;
        }
        let answers = intake.answers(entry.answers);
        if answers.is_empty() || right.is_empty() {
            intake.leave_out(if answers.is_empty() { NO_ANSWERS } else { NO_POSITIVE }, 1);
            return Ok(());
        }
        let (id, text) = (format!("q{number}"), entry.question);
        intake.question(NewQuestion { id, text, answers, evidence: right, kind: "fact" }, at)
    })?;
    source.finish()
}

fn document(
    passage: &Passage,
    passages: &mut Passages,
    intake: &mut Intake,
    at: Place<'_>,
) -> Result<Option<String>, ExchangeError> {
    let id = passage.passage_id.as_ref().or(passage.psg_id.as_ref()).map(|id| id.0.as_str());
    let title = passage.title.as_deref().unwrap_or_default();
    passages.document(intake, id, document_text(title, &passage.text), at)
}
