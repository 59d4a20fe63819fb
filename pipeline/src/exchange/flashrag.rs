//! FlashRAG: question sets of many origins in one form.
//!
//! Enters: JSON lines of `id`, `question` and `golden_answers`. Leaves: questions of the kind `general`.
//! Does not: bring documents, which FlashRAG keeps apart, or read `metadata`, which each set fills its own
//! way.

use super::ExchangeError;
use super::intake::{Intake, NO_ANSWERS, NewQuestion};
use super::json::{self, Id};
use super::source::SourceFile;
use super::summary::SourceRecord;
use serde::Deserialize;
use serde::de::IgnoredAny;

const METADATA: &str = "fields `metadata`";

#[derive(Deserialize)]
struct Entry {
    id: Id,
    question: String,
    golden_answers: Vec<String>,
    metadata: Option<IgnoredAny>,
}

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    json::lines(&mut source, |at, entry: Entry| {
        intake.leave_out(METADATA, usize::from(entry.metadata.is_some()));
        let answers = intake.answers(entry.golden_answers);
        if answers.is_empty() {
            intake.leave_out(NO_ANSWERS, 1);
            return Ok(());
        }
        let (id, text) = (entry.id.0, entry.question);
        let question = NewQuestion { id, text, answers, kind: "general", ..NewQuestion::default() };
        intake.question(question, at)
    })?;
    source.finish()
}
