//! Lines that stand in very many documents: footers, disclaimers, menus.
//!
//! Enters: documents. Leaves: the lines that stand in more than 30 % of them, each with where it stands
//! first. Does not: drop them. They say nothing about the document that they stand in, and every chunk with
//! one is found by its words.

use crate::corpus::Document;
use crate::hash;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// Share of the documents with text that a line stands in.
const SHARE: f64 = 0.3;
/// Fewest documents that a line stands in, where there are few.
const DOCUMENTS_MIN: usize = 5;
/// Letters of the shortest line that counts. Headings of markdown do not: they belong to a form.
const LETTERS_MIN: usize = 12;

/// A line that repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RepeatedLine {
    /// As it stands in the first document.
    pub text: String,
    /// Documents that have it.
    pub documents: usize,
    /// Place of the first document in the list.
    pub first: usize,
    /// Line in the first document, from 1.
    pub line: usize,
}

/// The hash of each line that counts, once, ordered. Numbers are all the same, as those of pages are.
pub(super) fn line_hashes(text: &str) -> Vec<u64> {
    let mut hashes: Vec<u64> = text.lines().filter_map(hash_of).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The lines that repeat: most documents first, then as they first stand. `lines` has the hashes of each
/// document's lines; `with_text` is how many documents have text.
pub(super) fn repeated(
    documents: &[Document],
    lines: &[&[u64]],
    with_text: usize,
) -> Vec<RepeatedLine> {
    let mut all: Vec<u64> = lines.concat();
    all.par_sort_unstable();
    let enough = |documents: usize| {
        documents >= DOCUMENTS_MIN && documents as f64 > SHARE * with_text as f64
    };
    let mut wanted: BTreeMap<u64, usize> = all
        .chunk_by(|one, two| one == two)
        .filter(|same| enough(same.len()))
        .filter_map(|same| same.first().map(|hash| (*hash, same.len())))
        .collect();
    let mut found = Vec::new();
    for (first, (document, hashes)) in documents.iter().zip(lines).enumerate() {
        if wanted.is_empty() {
            break;
        }
        let here: HashSet<u64> =
            hashes.iter().copied().filter(|hash| wanted.contains_key(hash)).collect();
        if here.is_empty() {
            continue;
        }
        for (number, line) in document.text.lines().enumerate() {
            if let Some(documents) = hash_of(line).and_then(|hash| wanted.remove(&hash)) {
                let text = line.trim().to_owned();
                found.push(RepeatedLine { text, documents, first, line: number + 1 });
            }
        }
    }
    found.sort_by_key(|line| (std::cmp::Reverse(line.documents), line.first, line.line));
    found
}

/// The hash of a line's words with all numbers the same; none of a line that does not count.
fn hash_of(line: &str) -> Option<u64> {
    if line.starts_with('#') {
        return None;
    }
    let mut letters = 0;
    let mut alike = Vec::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !alike.is_empty() {
            alike.push(b' ');
        }
        let mut in_number = false;
        for letter in word.chars() {
            let is_digit = letter.is_ascii_digit();
            letters += usize::from(letter.is_alphabetic());
            if !is_digit {
                alike.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            } else if !in_number {
                alike.push(b'0');
            }
            in_number = is_digit;
        }
    }
    (letters >= LETTERS_MIN).then(|| hash::of(&alike))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[String]) -> Vec<RepeatedLine> {
        let documents: Vec<Document> = texts
            .iter()
            .map(|text| Document {
                id: String::new(),
                title: String::new(),
                text: text.clone(),
                pages: Vec::new(),
            })
            .collect();
        let lines: Vec<Vec<u64>> = texts.iter().map(|text| line_hashes(text)).collect();
        let lines: Vec<&[u64]> = lines.iter().map(Vec::as_slice).collect();
        repeated(&documents, &lines, texts.len())
    }

    fn with_line(line: &str, with: usize, of: usize) -> Vec<String> {
        (0..of)
            .map(
                |number| if number < with { format!("own\n {line}\n{line}") } else { "own".into() },
            )
            .collect()
    }

    #[test]
    fn a_line_needs_five_documents_and_more_than_three_of_ten() {
        let line = "Confidential: for members only";
        for (with, of, expected) in
            [(5, 5, 1), (4, 5, 0), (5, 16, 1), (5, 17, 0), (30, 100, 0), (31, 100, 1)]
        {
            assert_eq!(found(&with_line(line, with, of)).len(), expected, "{with} of {of}");
        }
        let first = RepeatedLine { text: line.into(), documents: 5, first: 0, line: 2 };
        assert_eq!(found(&with_line(line, 5, 6)), [first]);
    }

    #[test]
    fn numbers_and_white_space_do_not_count_and_neither_do_short_lines_and_headings() {
        let texts: Vec<String> = (0..6)
            .map(|number| {
                format!("# Scope of the test\nA\nPage {number}  of {}, printed\n---\n", number * 7)
            })
            .collect();
        let lines = found(&texts);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text, "Page 0  of 0, printed");
        assert_eq!((lines[0].documents, lines[0].line), (6, 3));
    }

    #[test]
    fn the_commonest_comes_first() {
        let mut texts = with_line("stands in six documents", 6, 8);
        texts.iter_mut().for_each(|text| text.push_str("\nstands in all documents"));
        let documents: Vec<usize> = found(&texts).iter().map(|line| line.documents).collect();
        assert_eq!(documents, [8, 6]);
    }
}
