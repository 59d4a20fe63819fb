//! What came of taking files in.

use super::Refused;
use super::place::Change;
use crate::extract::{FileText, Format, language_of};
use serde::Serialize;
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation as _;

/// Letters of a text that its language is told from.
const LANGUAGE_LETTERS: usize = 4000;
/// The language of a corpus whose texts do not tell.
const LANGUAGE: &str = "en";

/// Counts, and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Files that are new.
    pub added: usize,
    /// Files that took another's place.
    pub replaced: usize,
    /// Files that were there already.
    pub unchanged: usize,
    /// Whether `documents` is a link.
    pub linked: bool,
    /// Whether `corpus.toml` was written.
    pub described: bool,
    /// Documents that were read, by format.
    pub documents: BTreeMap<&'static str, usize>,
    /// Their words (UAX #29).
    pub words: usize,
    /// Their pages, of formats that have them.
    pub pages: usize,
    /// Documents without a word.
    pub empty: usize,
    /// Headers and footers on every page that were dropped.
    pub dropped_lines: usize,
    /// Texts that are not UTF-8, by encoding.
    pub encodings: BTreeMap<String, usize>,
    /// Documents by language, as far as it can be told; ISO 639-1.
    pub languages: BTreeMap<String, usize>,
    /// Files of kinds that are not read, by the ends of their names.
    pub skipped: BTreeMap<String, usize>,
    /// Hidden files and folders.
    pub hidden: usize,
    /// Links within the folders that were given.
    pub links: usize,
    /// Files that were left out, ordered by place.
    pub refused: Vec<Refused>,
}

/// One document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    format: Format,
    words: usize,
    pages: usize,
    dropped_lines: usize,
    encoding: Option<String>,
    language: Option<&'static str>,
}

impl Count {
    pub fn of(text: &FileText, format: Format) -> Self {
        let extracted = &text.extracted;
        let start: String = extracted.text.chars().take(LANGUAGE_LETTERS).collect();
        Self {
            format,
            words: extracted.text.unicode_words().count(),
            pages: extracted.pages.len(),
            dropped_lines: extracted.dropped.lines,
            encoding: extracted.encoding.clone(),
            language: language_of(&start),
        }
    }
}

impl Outcome {
    pub(super) fn changed(&mut self, change: Change) {
        match change {
            Change::Added => self.added += 1,
            Change::Replaced => self.replaced += 1,
            Change::Unchanged => self.unchanged += 1,
        }
    }

    pub(super) fn skip(&mut self, id: &str) {
        let file = id.rsplit_once('/').map_or(id, |(_, file)| file);
        let end = file.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_lowercase());
        *self.skipped.entry(end).or_default() += 1;
    }

    pub(super) fn count(&mut self, count: Count) {
        *self.documents.entry(count.format.name()).or_default() += 1;
        self.words += count.words;
        self.pages += count.pages;
        self.empty += usize::from(count.words == 0);
        self.dropped_lines += count.dropped_lines;
        if let Some(encoding) = count.encoding {
            *self.encodings.entry(encoding).or_default() += 1;
        }
        if let Some(language) = count.language {
            *self.languages.entry(language.to_owned()).or_default() += 1;
        }
    }

    /// The language of most documents.
    pub fn language(&self) -> &str {
        // The first of equals, by code.
        let most = self.languages.iter().rev().max_by_key(|(_, documents)| **documents);
        most.map_or(LANGUAGE, |(language, _)| language)
    }

    /// A `corpus.toml` to start from.
    pub(super) fn description(&self, name: &str) -> String {
        format!(
            "title = {}\nlanguage = \"{}\"\nlicence = \"not stated\"\n",
            toml::Value::String(name.to_owned()),
            self.language()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Count {
        let extracted = crate::extract::Extracted { text: text.to_owned(), ..Default::default() };
        let sha256 = crate::fingerprint::Fingerprint::of(text.as_bytes());
        Count::of(&FileText { sha256, bytes: 1, extracted }, Format::Markdown)
    }

    #[test]
    fn the_language_of_most_documents_describes_the_corpus() {
        let mut outcome = Outcome::default();
        assert_eq!(outcome.language(), "en");
        let german = "Die Pumpe wird jeden Morgen vor der Schicht von zwei Personen geprüft, und was dabei auffällt, \
            steht danach im Buch der Anlage, mit Namen und Uhrzeit.";
        let english = "The pump is checked by two persons every morning before the shift, and what they see is \
            written into the book of the line afterwards, with names and hours.";
        for text in [german, english, german, "42"] {
            outcome.count(count(text));
        }
        assert_eq!(outcome.languages, [("de".into(), 2), ("en".into(), 1)].into());
        assert_eq!(outcome.language(), "de");
        assert_eq!(
            outcome.description("ac\"me"),
            "title = 'ac\"me'\nlanguage = \"de\"\nlicence = \"not stated\"\n"
        );
    }

    #[test]
    fn skipped_files_are_counted_by_their_ends() {
        let mut outcome = Outcome::default();
        for id in ["a/b.DWG", "c.dwg", "x.y/Makefile"] {
            outcome.skip(id);
        }
        assert_eq!(outcome.skipped, [(String::new(), 1), ("dwg".into(), 2)].into());
    }
}
