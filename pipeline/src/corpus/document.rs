//! One document's text.
//!
//! Enters: a file. Leaves: a [`Document`] and its record in the manifest. Markdown and plain text
//! stay as they are but for a byte order mark and Windows line ends; HTML becomes markdown.

use super::{DocumentError, DocumentRecord, folder::Entry, html, title};
use crate::file;
use crate::fingerprint::Fingerprint;
use std::path::Path;
use unicode_segmentation::UnicodeSegmentation as _;

/// Longest file that is read as one document. A file of this size is nearly always a dump of many
/// documents; as one it could neither be cited nor put into a prompt, and reading a few of them at
/// once takes gigabytes.
pub const DOCUMENT_BYTES_MAX: u64 = 200_000_000;

/// A document after extraction. Byte offsets everywhere count in `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path below `documents/` with `/` between folders.
    pub id: String,
    /// First heading or title element, else the file's name.
    pub title: String,
    /// Markdown or plain text; HTML is turned into markdown.
    pub text: String,
}

/// How a document's file is written; follows from the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// `.md`, `.markdown`.
    Markdown,
    /// `.txt`.
    Text,
    /// `.html`, `.htm`; the text of such a document is markdown.
    Html,
}

impl DocumentFormat {
    /// The format of a document id or file name, whatever its case; `None` for other kinds.
    pub fn of(id: &str) -> Option<Self> {
        match extension(id)?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "txt" => Some(Self::Text),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

impl Document {
    /// Whether the text has headings and lists to be cut at. Documents that were not read from a
    /// file and have an id without a known ending count as plain text.
    pub fn is_markdown(&self) -> bool {
        matches!(
            DocumentFormat::of(&self.id),
            Some(DocumentFormat::Markdown | DocumentFormat::Html)
        )
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
pub(super) fn read(entry: &Entry) -> Result<(Document, DocumentRecord), DocumentError> {
    let Entry { id, path } = entry;
    let file_bytes = std::fs::metadata(path).map_err(file::FileError::io("read", path))?.len();
    // Asked before the file is read: the answer has to come without its gigabytes.
    if file_bytes > DOCUMENT_BYTES_MAX {
        return Err(DocumentError::TooLarge { path: path.clone(), bytes: file_bytes });
    }
    let bytes = file::read(path)?;
    let sha256 = Fingerprint::of(&bytes);
    let file_bytes = bytes.len() as u64;
    let written = normalized(file::text_of(bytes, path)?);
    let (text, heading) = match DocumentFormat::of(id) {
        Some(DocumentFormat::Html) => {
            let page = html::to_markdown(&written, path)?;
            let heading = page.title.or_else(|| title::first_heading(&page.markdown));
            (page.markdown, heading)
        }
        Some(DocumentFormat::Markdown) => {
            let heading = title::first_heading(&written);
            (written, heading)
        }
        Some(DocumentFormat::Text) | None => (written, None),
    };
    let document =
        Document { id: id.clone(), title: heading.unwrap_or_else(|| title::of_file(id)), text };
    let record = DocumentRecord {
        id: id.clone(),
        sha256,
        text_sha256: Fingerprint::of(document.text.as_bytes()),
        file_bytes,
        text_bytes: document.text.len(),
        words: document.text.unicode_words().count(),
    };
    Ok((document, record))
}

/// The same text for every editor: no byte order mark, `\n` between lines.
fn normalized(text: String) -> String {
    let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if body.contains("\r\n") {
        body.replace("\r\n", "\n")
    } else if body.len() < text.len() {
        body.to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mark_and_line_ends_change() {
        assert_eq!(normalized("\u{feff}a\r\nb\rc\u{feff} \n".into()), "a\nb\rc\u{feff} \n");
        assert_eq!(normalized("\u{feff}a".into()), "a");
        assert_eq!(normalized("e\u{301} \u{a0}".into()), "e\u{301} \u{a0}");
    }

    #[test]
    fn the_format_follows_from_the_name() {
        assert_eq!(DocumentFormat::of("a/b.MD"), Some(DocumentFormat::Markdown));
        assert_eq!(DocumentFormat::of("b.htm"), Some(DocumentFormat::Html));
        assert_eq!(DocumentFormat::of("b.txt"), Some(DocumentFormat::Text));
        assert_eq!(DocumentFormat::of("b.md.bak"), None);
        assert_eq!(DocumentFormat::of("README"), None);
        assert_eq!(DocumentFormat::of("x.d/README"), None);
    }
}
