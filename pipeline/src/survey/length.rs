//! Documents that are too short or too long to be of use.
//!
//! Enters: documents and what was read of them. Leaves: findings. Does not: cut or join anything.

use super::facts::Facts;
use super::finding::{Finding, FindingKind, Item};
use crate::corpus::{Document, DocumentRecord};

/// Words of a document that says next to nothing.
const ALMOST_EMPTY_WORDS: usize = 20;
/// Words of a document that is less than a paragraph.
const SHORT_WORDS: usize = 50;
/// Words of a document that is a book: 80 pages.
const LONG_WORDS: usize = 20_000;
/// Chunks of a document whose id says little about where an answer stands.
const LONG_CHUNKS: usize = 50;
/// Pages that are named; of more, how many they are.
const PAGES_NAMED: usize = 10;

/// Empty documents, pages without text, letters that were lost, documents that are short or long.
pub(super) fn findings(
    documents: &[Document],
    records: &[DocumentRecord],
    facts: &[Facts],
) -> Vec<Finding> {
    let items = |of: &dyn Fn(&Document, &Facts) -> Option<Item>| -> Vec<Item> {
        documents.iter().zip(facts).filter_map(|(document, facts)| of(document, facts)).collect()
    };
    let of_length = |words: std::ops::Range<usize>| {
        items(&|document, facts| {
            let is_one = !document.is_empty() && words.contains(&facts.words);
            is_one.then(|| Item::document(&document.id, Some(format!("{} words", facts.words))))
        })
    };
    let empty =
        items(&|document, _| document.is_empty().then(|| Item::document(&document.id, None)));
    let without_text = items(&|document, facts| {
        let detail = pages(&facts.pages_without_text, document.pages.len())?;
        Some(Item::document(&document.id, Some(detail)))
    });
    let lost = documents.iter().zip(records).filter(|(_, record)| record.replaced > 0);
    let lost = lost.map(|(document, record)| {
        Item::document(&document.id, Some(format!("{} letters", record.replaced)))
    });
    let long = items(&|document, facts| {
        let is_long = facts.words > LONG_WORDS || facts.chunks > LONG_CHUNKS;
        let detail = || format!("{} words, {} chunks", facts.words, facts.chunks);
        is_long.then(|| Item::document(&document.id, Some(detail())))
    });
    [
        (FindingKind::Empty, empty),
        (FindingKind::NoTextLayer, without_text),
        (FindingKind::LostLetters, lost.collect()),
        (FindingKind::AlmostEmpty, of_length(0..ALMOST_EMPTY_WORDS)),
        (FindingKind::VeryShort, of_length(ALMOST_EMPTY_WORDS..SHORT_WORDS)),
        (FindingKind::VeryLong, long),
    ]
    .into_iter()
    .filter_map(|(kind, items)| Finding::of(kind, items))
    .collect()
}

/// `2 of 7 pages: 3, 4`; none where each page has text.
fn pages(without_text: &[u32], pages: usize) -> Option<String> {
    if without_text.is_empty() {
        return None;
    }
    let named: Vec<String> = without_text.iter().take(PAGES_NAMED).map(u32::to_string).collect();
    let more = match without_text.len().saturating_sub(PAGES_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{} of {pages} pages: {}{more}", without_text.len(), named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Chunker;
    use crate::config::ChunkPlan;
    use crate::extract::PageStart;
    use crate::fingerprint::Fingerprint;
    use crate::tokens::Tokens;

    #[test]
    fn borders_of_length_are_as_said() {
        let chunker = Chunker::new(Tokens::Words, &ChunkPlan::default()).unwrap();
        let documents: Vec<Document> = [0, 1, 19, 20, 49, 50, 6300, 6700]
            .into_iter()
            .map(|words| Document {
                id: format!("{words}.txt"),
                title: String::new(),
                text: "word ".repeat(words),
                // The one page of an empty document is a picture.
                pages: if words == 0 { vec![PageStart { number: 1, start: 0 }] } else { vec![] },
            })
            .collect();
        let facts: Vec<Facts> =
            documents.iter().map(|one| Facts::of(one, "en", &chunker, None)).collect();
        let record = |document: &Document| DocumentRecord {
            id: document.id.clone(),
            sha256: Fingerprint::of(b""),
            text_sha256: Fingerprint::of(b""),
            file_bytes: 0,
            text_bytes: 0,
            words: 0,
            dropped_lines: 0,
            encoding: None,
            replaced: usize::from(document.id == "20.txt"),
        };
        let records: Vec<DocumentRecord> = documents.iter().map(record).collect();
        let found: Vec<_> = findings(&documents, &records, &facts)
            .into_iter()
            .map(|finding| {
                let names = finding.items.into_iter().map(|item| item.places[0].document.clone());
                (finding.kind, names.collect::<Vec<String>>())
            })
            .collect();
        let named =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                (FindingKind::Empty, named(&["0.txt"])),
                (FindingKind::NoTextLayer, named(&["0.txt"])),
                (FindingKind::LostLetters, named(&["20.txt"])),
                (FindingKind::AlmostEmpty, named(&["1.txt", "19.txt"])),
                (FindingKind::VeryShort, named(&["20.txt", "49.txt"])),
                // Chunks of 160 words that share 32: 1 + ⌈(n − 160) / 128⌉, 49 of 6,300 words and 53 of 6,700.
                (FindingKind::VeryLong, named(&["6700.txt"])),
            ]
        );
    }

    #[test]
    fn pages_are_named_and_of_many_the_rest_is_counted() {
        assert_eq!(pages(&[], 3), None);
        assert_eq!(pages(&[2, 3], 3).unwrap(), "2 of 3 pages: 2, 3");
        let many: Vec<u32> = (1..=12).collect();
        assert_eq!(
            pages(&many, 12).unwrap(),
            "12 of 12 pages: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"
        );
    }
}
