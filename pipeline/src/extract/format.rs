//! How a document's file is written.
//!
//! Enters: a file's name, its first bytes. Leaves: a [`Format`], or that the bytes are of another. Does not:
//! guess from bytes alone: a name says what its owner takes the file for.

use super::ExtractError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A kind of file that is read; follows from the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `.md`, `.markdown`.
    Markdown,
    /// `.txt`, `.text`.
    Text,
    /// `.html`, `.htm`, `.xhtml`.
    Html,
    /// `.pdf`.
    Pdf,
    /// `.docx`.
    Docx,
    /// `.doc`, Word before 2007.
    Doc,
    /// `.pptx`.
    Pptx,
    /// `.ppt`, PowerPoint before 2007.
    Ppt,
    /// `.xlsx`.
    Xlsx,
    /// `.xls`, Excel before 2007.
    Xls,
    /// `.odt`.
    Odt,
    /// `.ods`.
    Ods,
    /// `.rtf`.
    Rtf,
    /// `.epub`.
    Epub,
    /// `.csv`.
    Csv,
    /// `.tsv`.
    Tsv,
    /// `.eml`: one message.
    Eml,
    /// `.mbox`: many messages.
    Mbox,
    /// `.json`.
    Json,
    /// `.jsonl`, `.ndjson`.
    JsonLines,
    /// `.rst`.
    Rst,
}

/// How a file of a format begins.
enum Start {
    /// As text does: no zero byte, but for UTF-16.
    Text,
    /// With these bytes, within the first so many.
    Bytes(&'static [u8], usize),
}

const PDF: &[u8] = b"%PDF-";
const RTF: &[u8] = b"{\\rtf";
/// First bytes of a ZIP archive, which newer office documents and e-books are.
const ZIP: &[u8] = b"PK\x03\x04";
/// First bytes of an OLE compound file, which older office documents and encrypted newer ones are.
pub const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Readers of PDF look for its mark in the first kilobyte (ISO 32000-1, annex H.3).
const PDF_MARK_WITHIN: usize = 1024;

impl Format {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Markdown,
        Self::Text,
        Self::Html,
        Self::Pdf,
        Self::Docx,
        Self::Doc,
        Self::Pptx,
        Self::Ppt,
        Self::Xlsx,
        Self::Xls,
        Self::Odt,
        Self::Ods,
        Self::Rtf,
        Self::Epub,
        Self::Csv,
        Self::Tsv,
        Self::Eml,
        Self::Mbox,
        Self::Json,
        Self::JsonLines,
        Self::Rst,
    ];

    /// Ends of names, in lower case; the first is what the format is called.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Markdown => &["md", "markdown"],
            Self::Text => &["txt", "text"],
            Self::Html => &["html", "htm", "xhtml"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Doc => &["doc"],
            Self::Pptx => &["pptx"],
            Self::Ppt => &["ppt"],
            Self::Xlsx => &["xlsx"],
            Self::Xls => &["xls"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Rtf => &["rtf"],
            Self::Epub => &["epub"],
            Self::Csv => &["csv"],
            Self::Tsv => &["tsv"],
            Self::Eml => &["eml"],
            Self::Mbox => &["mbox"],
            Self::Json => &["json"],
            Self::JsonLines => &["jsonl", "ndjson"],
            Self::Rst => &["rst"],
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.extensions()[0]
    }

    /// The format of a document id or file name, whatever its case; none for other kinds.
    pub fn of(name: &str) -> Option<Self> {
        let (_, extension) =
            name.rsplit_once('/').map_or(name, |(_, file)| file).rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()))
    }

    /// Whether it is read in this process: text that is taken as it is. All others are parsed in a process of
    /// its own, and their texts kept.
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Markdown | Self::Text)
    }

    /// Whether its text has headings and lists to be cut at: all but plain text, which is kept as it is.
    pub fn is_markdown(self) -> bool {
        self != Self::Text
    }

    /// As the extraction library names it.
    #[cfg(feature = "formats")]
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xls => "application/vnd.ms-excel",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Rtf => "application/rtf",
            Self::Epub => "application/epub+zip",
            Self::Csv => "text/csv",
            Self::Tsv => "text/tab-separated-values",
            Self::Eml | Self::Mbox => "message/rfc822",
            Self::Json => "application/json",
            Self::JsonLines => "application/x-ndjson",
            Self::Rst => "text/x-rst",
        }
    }

    /// Whether bytes begin as a file of this format does. Zero bytes are no file of any format; that is
    /// said elsewhere.
    pub fn accepts(self, bytes: &[u8]) -> bool {
        match self.start() {
            Start::Text => {
                let head = &bytes[..bytes.len().min(8192)];
                // Some of these have no zero byte for long.
                let is_other = [PDF, RTF, ZIP].iter().any(|mark| head.starts_with(mark));
                is_utf16(head) || !head.contains(&0) && !is_other
            }
            Start::Bytes(mark, within) => {
                let head = &bytes[..bytes.len().min(within + mark.len())];
                head.windows(mark.len()).any(|window| window == mark)
            }
        }
    }

    /// Why bytes cannot be a file of this format, where their start says so.
    pub(super) fn refusal(self, bytes: &[u8], path: &Path) -> Option<ExtractError> {
        let path = path.to_owned();
        // Office programs put an encrypted document into an envelope of the older kind.
        let newer = matches!(self, Self::Docx | Self::Pptx | Self::Xlsx);
        match (self.accepts(bytes), newer && bytes.starts_with(COMPOUND)) {
            (true, _) => None,
            (false, true) => Some(ExtractError::Encrypted { path }),
            (false, false) => Some(ExtractError::OtherFormat { path, format: self }),
        }
    }

    fn start(self) -> Start {
        match self {
            Self::Pdf => Start::Bytes(PDF, PDF_MARK_WITHIN),
            Self::Rtf => Start::Bytes(RTF, 3),
            Self::Docx | Self::Pptx | Self::Xlsx | Self::Odt | Self::Ods | Self::Epub => {
                Start::Bytes(ZIP, 0)
            }
            Self::Doc | Self::Ppt | Self::Xls => Start::Bytes(COMPOUND, 0),
            Self::Markdown
            | Self::Text
            | Self::Html
            | Self::Csv
            | Self::Tsv
            | Self::Eml
            | Self::Mbox
            | Self::Json
            | Self::JsonLines
            | Self::Rst => Start::Text,
        }
    }
}

/// Whether text starts with a byte order mark of UTF-16.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_from_the_name() {
        assert_eq!(Format::of("a/b.MD"), Some(Format::Markdown));
        assert_eq!(Format::of("b.htm"), Some(Format::Html));
        assert_eq!(Format::of("b.txt"), Some(Format::Text));
        assert_eq!(Format::of("Report 2024.final.PDF"), Some(Format::Pdf));
        assert_eq!(Format::of("b.md.bak"), None);
        assert_eq!(Format::of("README"), None);
        assert_eq!(Format::of("x.md/README"), None);
    }

    #[test]
    fn each_extension_belongs_to_one_format() {
        let mut seen = std::collections::BTreeSet::new();
        for format in Format::ALL {
            for extension in format.extensions() {
                assert!(seen.insert(*extension), "{extension}");
                assert_eq!(Format::of(&format!("x.{extension}")), Some(format));
            }
        }
    }

    #[test]
    fn bytes_of_another_kind_are_not_accepted() {
        for (format, bytes, expected) in [
            (Format::Pdf, &b"%PDF-1.7"[..], true),
            (Format::Pdf, b"\n\n%PDF-1.7", true),
            (Format::Pdf, b"PK\x03\x04", false),
            (Format::Docx, b"PK\x03\x04", true),
            (Format::Docx, b"\nPK\x03\x04", false),
            (Format::Docx, COMPOUND, false),
            (Format::Doc, COMPOUND, true),
            (Format::Rtf, b"{\\rtf1", true),
            (Format::Rtf, b"{\\html", false),
            (Format::Text, b"plain", true),
            (Format::Text, b"a\0b", false),
            (Format::Text, b"%PDF-1.4\n", false),
            (Format::Json, b"{\\rtf1}", false),
            (Format::Json, b"{\"rtf\": 1}", true),
            (Format::Csv, b"\xff\xfea\0b\0", true),
            (Format::Markdown, b"", true),
            (Format::Pdf, b"", false),
        ] {
            assert_eq!(format.accepts(bytes), expected, "{format:?} {bytes:?}");
        }
    }
}
