//! What may be shown of a text: secrets and numbers of persons are masked, long text is cut.
//!
//! Enters: a part of a text, what must not be shown of it. Leaves: a line for a reader. Does not: look for
//! anything but in [`shown_line`].

use super::pattern::Match;
use super::personal::Personal;
use super::secret::secrets;
use std::ops::Range;

/// Letters of a secret that are shown.
const MASKED_LETTERS: usize = 3;
/// Letters of other text that are shown.
const SHOWN_LETTERS: usize = 60;

/// `password: hun…`.
pub(super) fn masked(name: &str, text: &str) -> String {
    format!("{name}: {}", mask(text))
}

fn mask(text: &str) -> String {
    format!("{}…", text.chars().take(MASKED_LETTERS).collect::<String>())
}

/// A part of a text, with a mask where something in it must not be shown.
pub(super) fn veiled(text: &str, span: &Range<usize>, veils: &[&Match]) -> String {
    let mut shown = String::new();
    let mut at = span.start;
    let mut inside: Vec<Range<usize>> = veils
        .iter()
        .map(|veil| veil.span.start.max(span.start)..veil.span.end.min(span.end))
        .filter(|part| !part.is_empty())
        .collect();
    inside.sort_unstable_by_key(|part| part.start);
    for part in inside {
        if part.end <= at {
            continue;
        }
        shown.push_str(text.get(at..part.start.max(at)).unwrap_or_default());
        shown.push_str(&mask(text.get(part.clone()).unwrap_or_default()));
        at = part.end;
    }
    shown + text.get(at..span.end).unwrap_or_default()
}

/// A line of a document as it may be shown: cut where it is long, secrets and personal numbers masked.
pub(super) fn shown_line(line: &str) -> String {
    let (secrets, personal) = (secrets(line), Personal::of(line));
    let veils: Vec<&Match> = secrets.iter().chain(&personal.numbers).collect();
    shortened(&veiled(line, &(0..line.len()), &veils))
}

/// `name: the text itself`, cut where it is long.
pub(super) fn quoted(name: &str, text: &str) -> String {
    format!("{name}: {}", shortened(text))
}

fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let mut letters = line.chars();
    let head: String = letters.by_ref().take(SHOWN_LETTERS).collect();
    match letters.count() {
        0 => head,
        more => format!("{head}… ({more} more letters)"),
    }
}

/// A comment can be read; letters without a shape can be counted only.
pub(super) fn counted(name: &str, text: &str) -> String {
    match text.strip_prefix("<!--").and_then(|text| text.strip_suffix("-->")) {
        Some(comment) => quoted(name, comment),
        None => format!("{} {name}", text.chars().count()),
    }
}

pub(super) fn shown_escapes(text: &str) -> String {
    text.chars().flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_masked_and_cut() {
        let line = shown_line("Access: password = \"tr0ub4dor-and-3\"");
        assert_eq!(line, "Access: password = \"tr0…\"");
        assert_eq!(
            shown_line(&"long ".repeat(20)).chars().count(),
            60 + "… (39 more letters)".len() - 2
        );
    }
}
