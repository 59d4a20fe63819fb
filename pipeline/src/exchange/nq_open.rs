//! NQ-open: questions that people put to a search engine, with answers and without documents.
//!
//! Enters: JSON lines of `question` and `answer`. Leaves: questions of the kind `general`, called by their
//! number in the file. Does not: bring documents; those are a Wikipedia.

use super::ExchangeError;
use super::intake::{Intake, NO_ANSWERS, NewQuestion};
use super::json;
use super::source::SourceFile;
use super::summary::SourceRecord;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    question: String,
    answer: Vec<String>,
}

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let mut number = 0;
    json::lines(&mut source, |at, entry: Entry| {
        number += 1;
        let answers = intake.answers(entry.answer);
        if answers.is_empty() {
            intake.leave_out(NO_ANSWERS, 1);
            return Ok(());
        }
        let (id, text) = (format!("q{number}"), entry.question);
        let question = NewQuestion { id, text, answers, kind: "general", ..NewQuestion::default() };
        intake.question(question, at)
    })?;
    source.finish()
}
