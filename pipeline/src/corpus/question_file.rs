//! `questions.jsonl`: one question a line.
//!
//! Enters: the file's bytes. Leaves: a question or what is wrong with it, a line. Does not: hold a
//! question against the documents or other lines.

use super::nearest;
use super::problem::QuestionFault;
use super::question::{Evidence, Question};
use serde_json::Value;

/// A row's line, from 1, and what it says.
pub(super) type Row = (usize, Result<Question, QuestionFault>);

/// Reads the file. Empty lines are passed over.
pub(super) fn rows(bytes: &[u8]) -> Vec<Row> {
    lines(bytes).map(|(line, bytes)| (line, question(bytes))).collect()
}

/// The lines that are not blank with their numbers, from 1; without a byte order mark.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
}

fn question(line: &[u8]) -> Result<Question, QuestionFault> {
    let text = object(line)?;
    serde_json::from_str(text)
        .map_err(|error| fault(&error, Question::KEYS.into_iter().chain(Evidence::KEYS)))
}

/// A line's text, which begins as a JSON object does.
pub(super) fn object(line: &[u8]) -> Result<&str, QuestionFault> {
    let text = std::str::from_utf8(line)
        .map_err(|error| QuestionFault::NotUtf8 { byte: error.valid_up_to() + 1 })?;
    // The parser would take an array for a record whose keys are left out.
    let column = Some(1 + text.len() - text.trim_start().len());
    if !text.trim_start().starts_with('{') {
        let message = "not a JSON object".to_owned();
        return Err(QuestionFault::Record { column, message, nearest: None });
    }
    Ok(text)
}

/// What the parser said of a line whose keys are `known`.
pub(super) fn fault(
    error: &serde_json::Error,
    known: impl Iterator<Item = &'static str>,
) -> QuestionFault {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
    let nearest = message
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next())
        .and_then(|key| nearest::word(key, known));
    // A value that was parsed before has no place.
    let column = (error.column() > 0).then(|| error.column());
    QuestionFault::Record { column, message, nearest }
}

/// `a string`, `an array`, ...
pub(super) fn name_of_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
