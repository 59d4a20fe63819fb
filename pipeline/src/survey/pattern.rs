//! Many patterns held against a text at once.
//!
//! Enters: text. Leaves: what matches, by pattern and place. Does not: know what the patterns mean.
//!
//! Patterns know ASCII's word borders only, `(?-u:\b)`: with Unicode's the library leaves its fast automaton
//! at the first letter that is not ASCII.

use regex::{Regex, RegexSet};
use std::ops::Range;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    /// What a match is called.
    pub name: &'static str,
    /// Finds it, or more.
    pub regex: &'static str,
    /// The bytes that are meant of a match at some bytes of a text; none when it is none after all.
    pub judge: fn(&str, Range<usize>) -> Option<Range<usize>>,
}

/// A match that was judged one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Name of its pattern.
    pub name: &'static str,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// Patterns made ready.
#[derive(Debug)]
pub(super) struct Scanner {
    set: RegexSet,
    patterns: Vec<(Pattern, Regex)>,
}

impl Scanner {
    /// Makes patterns ready; those that come first win where two match at one place.
    ///
    /// # Errors
    /// When one is no regular expression.
    pub fn new(patterns: &[Pattern]) -> Result<Self, regex::Error> {
        let set = RegexSet::new(patterns.iter().map(|pattern| pattern.regex))?;
        let ready = |pattern: &Pattern| Ok((*pattern, Regex::new(pattern.regex)?));
        Ok(Self { set, patterns: patterns.iter().map(ready).collect::<Result<_, regex::Error>>()? })
    }

    /// All matches in the order of the text; none overlaps another.
    pub fn matches(&self, text: &str) -> Vec<Match> {
        let mut found: Vec<(usize, Range<usize>)> = Vec::new();
        for number in self.set.matches(text) {
            let Some((pattern, regex)) = self.patterns.get(number) else { continue };
            // No pattern matches nothing, so that each step goes on.
            let mut at = 0;
            while let Some(one) = regex.find_at(text, at) {
                match (pattern.judge)(text, one.range()) {
                    Some(span) => {
                        found.push((number, span));
                        at = one.end();
                    }
                    // What follows its first word may be a match by itself.
                    None => at = behind_word(text, one.start()),
                }
            }
        }
        found.sort_unstable_by_key(|(number, span)| (span.start, *number, span.end));
        let mut kept: Vec<(usize, Range<usize>)> = Vec::with_capacity(found.len());
        for (number, span) in found {
            match kept.last_mut() {
                Some(last) if span.start < last.1.end => {
                    if number < last.0 {
                        *last = (number, span);
                    }
                }
                _ => kept.push((number, span)),
            }
        }
        kept.into_iter()
            .filter_map(|(number, span)| {
                self.patterns.get(number).map(|(pattern, _)| Match { name: pattern.name, span })
            })
            .collect()
    }
}

/// The byte behind the word that begins at `start`, or behind the one letter there.
fn behind_word(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let is_in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = rest.find(|letter| !is_in_word(letter)).unwrap_or(rest.len());
    let letter = rest.chars().next().map_or(1, char::len_utf8);
    start + word.max(letter)
}

/// Takes every match as it is.
pub(super) fn all(_text: &str, span: Range<usize>) -> Option<Range<usize>> {
    Some(span)
}

/// Lines of places that are asked for in the order of the text.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `text`.
    pub fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line, from 1, of a byte; one before the last that was asked for is taken to be in its line.
    pub fn line_at(&mut self, byte: usize) -> usize {
        if let Some(between) = self.text.as_bytes().get(self.at..byte) {
            self.line += between.iter().filter(|byte| **byte == b'\n').count();
            self.at = byte;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(text: &str, span: Range<usize>) -> Option<Range<usize>> {
        (text[span.clone()].len() % 2 == 1).then_some(span)
    }

    fn found(text: &str) -> Vec<(&'static str, Range<usize>)> {
        let scanner = Scanner::new(&[
            Pattern { name: "digits", regex: "[0-9]{3}", judge: all },
            Pattern { name: "odd", regex: "[0-9a-z]+", judge: odd },
            Pattern { name: "marks", regex: "!+", judge: all },
        ]);
        scanner.unwrap().matches(text).into_iter().map(|one| (one.name, one.span)).collect()
    }

    #[test]
    fn matches_come_in_order_and_do_not_overlap() {
        assert_eq!(
            found("!a1234! abc 123 ab"),
            [
                ("marks", 0..1),
                // Five letters and digits begin before the three digits among them, which come first.
                ("digits", 2..5),
                ("marks", 6..7),
                ("odd", 8..11),
                ("digits", 12..15),
            ]
        );
        assert!(found("").is_empty());
    }

    #[test]
    fn lines_are_counted_from_one() {
        let mut lines = Lines::of("a\nb\n\nc");
        assert_eq!([0, 2, 5, 5].map(|byte| lines.line_at(byte)), [1, 2, 4, 4]);
        assert_eq!(lines.line_at(99), 4);
    }
}
