//! How much there is.
//!
//! Enters: counts of each document. Leaves: sums, and how long documents are.

use serde::Serialize;
use std::collections::BTreeMap;

/// How much there is in a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Documents, empty ones too.
    pub documents: usize,
    /// Files below `documents/` that are not read.
    pub files_not_read: usize,
    /// Bytes of the files that are read.
    pub file_bytes: u64,
    /// Bytes of their texts.
    pub text_bytes: usize,
    /// Words of the texts (UAX #29).
    pub words: usize,
    /// Tokens of the texts.
    pub tokens: usize,
    /// Whether these are an estimate: no tokenizer was named.
    pub tokens_are_estimated: bool,
    /// What retrieval would find.
    pub chunks: Chunks,
    /// How long documents are, in words.
    pub document_words: Lengths,
    /// Headers and footers that stood on every page of a document, and were dropped.
    pub dropped_lines: usize,
    /// Documents by their encoding, where it is not UTF-8.
    pub encodings: BTreeMap<String, usize>,
    /// Documents by the ending of their names, in lower case.
    pub formats: BTreeMap<String, usize>,
}

/// The chunks of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Chunks {
    /// How many.
    pub count: usize,
    /// Longest chunk, in `unit`.
    pub longest: usize,
    /// What neighbours share at most, in `unit`.
    pub overlap: usize,
    /// `words`, or `tokens` where a tokenizer was named.
    pub unit: &'static str,
}

/// Lengths of many documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// The shortest.
    pub min: usize,
    /// At least half are not longer.
    pub median: usize,
    /// At least nine of ten are not longer.
    pub p90: usize,
    /// The longest.
    pub max: usize,
}

impl Lengths {
    /// Quantiles by nearest rank, so that each is the length of a document; all 0 of no documents.
    pub fn of(mut lengths: Vec<usize>) -> Self {
        lengths.sort_unstable();
        let at = |percent: usize| {
            let rank = (lengths.len() * percent).div_ceil(100).max(1);
            lengths.get(rank - 1).copied().unwrap_or_default()
        };
        Self { min: at(0), median: at(50), p90: at(90), max: at(100) }
    }
}

/// The format of a document by its name, as it is counted.
pub(super) fn format_of(id: &str) -> String {
    crate::extract::Format::of(id)
        .map_or_else(|| "other".to_owned(), |format| format.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of ten lengths the median has rank 5 and p90 rank 9; of four, ranks 2 and 4.
    #[test]
    fn quantiles_are_lengths_of_documents() {
        let ten = (1..=10).rev().collect();
        assert_eq!(Lengths::of(ten), Lengths { min: 1, median: 5, p90: 9, max: 10 });
        let four = vec![7, 1, 3, 5];
        assert_eq!(Lengths::of(four), Lengths { min: 1, median: 3, p90: 7, max: 7 });
        assert_eq!(Lengths::of(vec![4]), Lengths { min: 4, median: 4, p90: 4, max: 4 });
        assert_eq!(Lengths::of(vec![]), Lengths::default());
    }

    #[test]
    fn formats_have_one_name_each() {
        let names = ["a.MD", "b.markdown", "c.htm", "d"].map(format_of);
        assert_eq!(names, ["md", "md", "html", "other"]);
    }
}
