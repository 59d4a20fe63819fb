//! One document's text.
//!
//! Enters: a file. Leaves: a [`Document`] and its record in the manifest. Does not: know formats; those are
//! `extract`'s.

use super::quote::Quoted;
use super::{DocumentError, DocumentRecord, folder::Entry};
use crate::extract::{
    Extracted, Extractor, FileText, Format, PageStart, first_heading, page_at, title_of_file,
};
use crate::fingerprint::Fingerprint;
use std::ops::Range;
use std::path::Path;
use unicode_segmentation::UnicodeSegmentation as _;

/// A document after extraction. Byte offsets everywhere count in `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path below `documents/` with `/` between folders.
    pub id: String,
    /// First heading or title element, else the file's name.
    pub title: String,
    /// Plain text where the file is that, else markdown.
    pub text: String,
    /// Where its pages start, in the text's bytes; empty for formats without pages.
    pub pages: Vec<PageStart>,
}

impl Document {
    /// Whether the text has headings and lists to be cut at. Documents that were not read from a
    /// file and have an id without a known ending count as plain text.
    pub fn is_markdown(&self) -> bool {
        Format::of(&self.id).is_some_and(Format::is_markdown)
    }

    /// The numbers of the pages that bytes of the text begin and end on, where the format has pages.
    pub fn pages_of(&self, span: &Range<usize>) -> Option<(u32, u32)> {
        let last = span.end.saturating_sub(1).max(span.start);
        Some((page_at(&self.pages, span.start)?, page_at(&self.pages, last)?))
    }

    /// Where a quote first stands in the text, in bytes; white space, marks of quotation, hyphens and
    /// markup need not be the same.
    pub fn find(&self, quote: &str) -> Option<Range<usize>> {
        Quoted::of(&self.text).find(quote)
    }

    /// Whether there is nothing but white space.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What stands behind the last dot of a file name.
pub(super) fn extension(id: &str) -> Option<&str> {
    Path::new(id).extension().and_then(|extension| extension.to_str())
}

/// The document of that id in a list ordered by id.
pub(super) fn find<'a>(documents: &'a [Document], id: &str) -> Option<&'a Document> {
    documents
        .binary_search_by(|document| document.id.as_str().cmp(id))
        .ok()
        .map(|index| &documents[index])
}

/// Reads one file.
pub(super) fn read(
    entry: &Entry,
    extractor: &Extractor,
) -> Result<(Document, DocumentRecord), DocumentError> {
    let FileText { sha256, bytes, extracted } = extractor.read(&entry.path, entry.format)?;
    let Extracted { text, title, pages, dropped, encoding, replaced } = extracted;
    let heading =
        title.or_else(|| entry.format.is_markdown().then(|| first_heading(&text)).flatten());
    let record = DocumentRecord {
        id: entry.id.clone(),
        sha256,
        text_sha256: Fingerprint::of(text.as_bytes()),
        file_bytes: bytes,
        text_bytes: text.len(),
        words: text.unicode_words().count(),
        dropped_lines: dropped.lines,
        encoding,
        replaced,
    };
    let title = heading.unwrap_or_else(|| title_of_file(&entry.id));
    Ok((Document { id: entry.id.clone(), title, text, pages }, record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_lies_on_the_pages_that_its_first_and_its_last_byte_stand_on() {
        let pages = vec![PageStart { number: 1, start: 0 }, PageStart { number: 2, start: 10 }];
        let text = "x".repeat(20);
        let document = Document { id: "a.pdf".into(), title: "a".into(), text, pages };
        assert_eq!(document.pages_of(&(3..10)), Some((1, 1)));
        assert_eq!(document.pages_of(&(3..11)), Some((1, 2)));
        assert_eq!(document.pages_of(&(10..20)), Some((2, 2)));
        assert_eq!(document.pages_of(&(10..10)), Some((2, 2)));
        let without = Document { pages: Vec::new(), ..document };
        assert_eq!(without.pages_of(&(3..11)), None);
    }
}
