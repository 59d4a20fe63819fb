//! TOML's own rules: text to values, and the spans that values get.
//!
//! Enters: text. Leaves: a value, or the first violation of TOML with a remedy. Does not: know any
//! key of ours.

use super::diagnostic::Problem;
use super::suggestion::quoted;
use std::ops::Range;
use toml_span::value::{Key, ValueInner};
use toml_span::{Error, ErrorKind, Value};

/// The text as a table of values.
pub(super) fn parse(text: &str) -> Result<Value<'_>, Problem> {
    toml_span::parse(text).map_err(|error| problem_of(text, &error))
}

/// Where a key and its value are pointed at: a table by its name, any other value by itself.
pub(super) fn place_of(text: &str, key: &Key<'_>, value: &Value<'_>) -> Range<usize> {
    match value.as_ref() {
        ValueInner::Table(_) => key.span.into(),
        _ => value_span(text, value),
    }
}

/// The bytes of a value. The parser's span of a string leaves out its quotes, which look wrong
/// under a caret.
pub(super) fn value_span(text: &str, value: &Value<'_>) -> Range<usize> {
    let Range { mut start, mut end } = value.span.into();
    if value.as_str().is_some() {
        let bytes = text.as_bytes();
        let quote = |at: usize| bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
        if value.as_str() == Some("") && end == start + 1 && quote(start).is_some() {
            // An empty string's span is its first quote.
            end += usize::from(quote(end) == quote(start));
        } else {
            for _ in 0..3 {
                let before = start.checked_sub(1).and_then(quote);
                if before.is_none() || quote(end) != before {
                    break;
                }
                start -= 1;
                end += 1;
            }
        }
    }
    start..end
}

fn problem_of(text: &str, error: &Error) -> Problem {
    let span: Range<usize> = error.span.into();
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let line_of = |at: usize| Problem::new(text, at..at, String::new(), None).line;
    let (message, hint) = match &error.kind {
        ErrorKind::DuplicateTable { name, first } => (
            format!("the table {} stands here a second time", quoted(name)),
            Some(format!(
                "the first is on line {}: give one of them another name",
                line_of(first.start)
            )),
        ),
        ErrorKind::DuplicateKey { key, first } => (
            format!("the key {} stands here a second time", quoted(key)),
            Some(format!("the first is on line {}: remove one of them", line_of(first.start))),
        ),
        ErrorKind::DottedKeyInvalidType { first } => (
            "this key extends a value that is no open table".into(),
            Some(format!("the value is on line {}", line_of(first.start))),
        ),
        ErrorKind::UnquotedString => {
            ("text without quotes".into(), Some("put it in double quotes".into()))
        }
        ErrorKind::UnterminatedString => (
            "the text that begins here has no closing quote".into(),
            Some("close it with the quote it begins with".into()),
        ),
        ErrorKind::InvalidCharInString('\n') => (
            "the line ends within a text".into(),
            Some("close the quote, or begin and end texts of several lines with `\"\"\"`".into()),
        ),
        ErrorKind::InvalidEscape(_) | ErrorKind::InvalidHexEscape(_) => (
            error.to_string(),
            Some("write `\\\\` for a backslash, or put the text in single quotes".into()),
        ),
        _ if is_date(&text[start..]) => {
            ("a date without quotes".into(), Some("put it in double quotes".into()))
        }
        ErrorKind::Wanted { expected: "an equals", .. } => {
            (error.to_string(), Some("a line is `key = value` or `[table]`".into()))
        }
        ErrorKind::RedefineAsArray => (
            "this table is redefined as an array".into(),
            Some("write `[name]` with single brackets".into()),
        ),
        ErrorKind::UnexpectedEof => {
            ("the file ends before a value".into(), Some("complete the last line".into()))
        }
        _ => (error.to_string(), None),
    };
    let end = match error.kind {
        // The parser's span of these is as long as its own description of what it found.
        ErrorKind::Wanted { .. } => start + word_length(&text[start..]),
        // And ends with the line here, whatever it says.
        _ => span.end,
    };
    Problem::new(text, start..end, message, hint)
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Bytes of the word at the start of `text`, else of its first character.
fn word_length(text: &str) -> usize {
    let word = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .unwrap_or(text.len());
    match word {
        0 => text.chars().next().map_or(0, char::len_utf8),
        length => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span_of(text: &str) -> &str {
        let root = toml_span::parse(text).unwrap();
        let value = root.pointer("/a").unwrap();
        &text[value_span(text, value)]
    }

    #[test]
    fn a_string_has_its_quotes() {
        assert_eq!(span_of("a = \"x\""), "\"x\"");
        assert_eq!(span_of("a = ''"), "''");
        assert_eq!(span_of("a = '''x'''"), "'''x'''");
        assert_eq!(span_of("a = '\"x\"'"), "'\"x\"'");
        assert_eq!(span_of("a = 12"), "12");
    }

    #[test]
    fn a_date_without_quotes_is_named() {
        let problem = parse("as_of = 2026-11-01").unwrap_err();
        assert_eq!(problem.message, "a date without quotes");
    }
}
