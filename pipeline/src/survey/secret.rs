//! Keys, tokens and passwords that somebody left in a document.
//!
//! Enters: text. Leaves: the places of what looks like one. Does not: try whether it opens anything, or find
//! all: a password in a sentence looks like any word.

use super::pattern::{Match, Pattern, Scanner, all};
use std::ops::Range;
use std::sync::LazyLock;

/// Entropy of a key's value, in bits a letter: 20 random letters of base 64 have about 4, 32 hexadecimal digits
/// about 3.5, words of a language less (Shannon's formula over the value's own letters).
const KEY_BITS_MIN: f64 = 3.0;
/// As above, where the name does not say that it is a key: only what no path, date or number reaches.
const UNNAMED_BITS_MIN: f64 = 4.2;
/// Shortest value of a name that does not say that it is a key.
const UNNAMED_LETTERS_MIN: usize = 24;
/// Shortest password that is taken for one.
const PASSWORD_LETTERS_MIN: usize = 6;
/// What stands where a value belongs, in lower case.
const PLACEHOLDERS: &[&str] = &[
    "changeit",
    "changeme",
    "example",
    "kennwort",
    "optional",
    "passphrase",
    "password",
    "passwort",
    "required",
    "secret",
    "string",
    "your-password",
    "your_password",
    "yourpassword",
];

/// Marks of quotation around a value.
const MARKS: [char; 3] = ['"', '\'', '`'];

const PATTERNS: &[Pattern] = &[
    Pattern {
        name: "private key",
        regex: "-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----",
        judge: all,
    },
    Pattern {
        name: "AWS access key",
        regex: r"(?-u:\b)(?:AKIA|ASIA)[A-Z2-7]{16}(?-u:\b)",
        judge: all,
    },
    Pattern {
        name: "GitHub token",
        regex: r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?-u:\b)",
        judge: all,
    },
    Pattern {
        name: "GitLab token",
        regex: r"(?-u:\b)gl(?:pat|dt|rt|ptt|agent|soat)-[A-Za-z0-9_-]{20,}",
        judge: all,
    },
    Pattern {
        name: "Slack token",
        regex: r"(?-u:\b)xox[abeprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+",
        judge: all,
    },
    Pattern {
        name: "JSON web token",
        regex: r"(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        judge: all,
    },
    Pattern {
        name: "password in an address",
        regex: r"(?-u:\b)[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~%+-]+:[!-.0-9;-?A-~]+@",
        judge: address_password,
    },
    Pattern {
        name: "password",
        regex: "(?i-u:password|passwd|passphrase|passwort|kennwort|pwd)[\"'`]?[ \\t]*(?:=>|:=|==|[:=])[ \\t]*[!-~]{6,}",
        judge: password,
    },
    Pattern {
        name: "key or token",
        regex: "(?-u:\\b)[A-Za-z][A-Za-z0-9_.-]*[\"'`]?[ \\t]*(?:=>|:=|==|[:=])[ \\t]*[\"'`]?[A-Za-z0-9+/_=.-]{20,}",
        judge: key,
    },
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(PATTERNS).unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"))
});

/// What looks like a secret, in the order of the text; the span is the value's.
pub(super) fn secrets(text: &str) -> Vec<Match> {
    SCANNER.matches(text)
}

/// The value behind the first `:` or `=` of a match, without the marks around it.
fn value(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let written = text.get(span.clone())?;
    let sign = written.find([':', '='])?;
    let behind = written[sign..].trim_start_matches([':', '=', '>', ' ', '\t']);
    let unmarked = behind.trim_start_matches(MARKS);
    let start = span.end - unmarked.len();
    // What opens with a mark ends at the next; else with the sentence or the list.
    let value = match unmarked.find(MARKS) {
        Some(end) if unmarked.len() < behind.len() => &unmarked[..end],
        _ => unmarked.trim_end_matches(['"', '\'', '`', ',', ';', ')', '.']),
    };
    Some(start..start + value.len())
}

/// A value of a password that is a word alone may be prose (`Password: required`), unless it stands in marks
/// behind `=`.
fn password(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let found = value(text, &span)?;
    let (name, value) = (&text[span.start..found.start], &text[found.clone()]);
    let is_quoted = name.contains('=') && name.ends_with(MARKS);
    let classes = [
        value.bytes().any(|byte| byte.is_ascii_lowercase()),
        // A capital at the start is one of a sentence.
        value.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()),
        value.bytes().any(|byte| byte.is_ascii_digit()),
        value.bytes().any(|byte| byte.is_ascii_punctuation()),
    ];
    let is_mixed = classes.into_iter().filter(|class| *class).count() > 1;
    let is_one =
        value.len() >= PASSWORD_LETTERS_MIN && !is_placeholder(value) && (is_quoted || is_mixed);
    is_one.then_some(found)
}

fn address_password(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let written = text.get(span.clone())?;
    let start = span.start
        + written.find("://").and_then(|scheme| {
            written[scheme + 3..].find(':').map(|colon| scheme + 3 + colon + 1)
        })?;
    let found = start..span.end - 1;
    (!is_placeholder(text.get(found.clone())?)).then_some(found)
}

fn key(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let found = value(text, &span)?;
    let (name, value) = (text[span.start..found.start].to_ascii_lowercase(), &text[found.clone()]);
    let has = |class: fn(&u8) -> bool| value.as_bytes().iter().any(class);
    let mixes_digits = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let says_key = ["key", "token", "secret", "credential", "auth", "signature", "schlüssel"]
        .iter()
        .any(|word| name.contains(word));
    let is_random = if says_key {
        value.len() >= 20 && entropy_bits(value) >= KEY_BITS_MIN
    } else {
        value.len() >= UNNAMED_LETTERS_MIN
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_uppercase)
            && !value.contains(['.', '_', '-'])
            && entropy_bits(value) >= UNNAMED_BITS_MIN
    };
    (mixes_digits && is_random && !is_placeholder(value)).then_some(found)
}

/// `<your password>`, `${PASSWORD}`, `****`, `xxxxxx`, `example`.
fn is_placeholder(value: &str) -> bool {
    let mut bytes = value.bytes();
    let first = bytes.next();
    value.starts_with(['<', '$', '{', '%', '[', '(', '*'])
        || bytes.all(|byte| Some(byte) == first)
        || PLACEHOLDERS.contains(&value.to_ascii_lowercase().as_str())
}

/// Shannon's entropy of a value's bytes, in bits a byte.
fn entropy_bits(value: &str) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let bytes = value.len() as f64;
    counts
        .into_iter()
        .filter(|count| *count > 0)
        .map(|count| {
            let share = count as f64 / bytes;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
