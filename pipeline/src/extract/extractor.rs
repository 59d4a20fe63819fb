//! Files in, texts out, each read once.
//!
//! Enters: a file. Leaves: its text and hash. Plain text and markdown are read here; what is written in
//! another format is read by a reader's process, and kept by the hash of its bytes.

use super::cache::Cache;
use super::protocol::Refusal;
use super::text::unix_lines;
use super::{Decoded, ExtractError, Extracted, Format, Readers, decode};
use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use std::path::{Path, PathBuf};

/// Longest file that is read as one document. A file of this size is nearly always a dump of many
/// documents; as one it could neither be cited nor put into a prompt, and reading a few of them at
/// once takes gigabytes.
pub const DOCUMENT_BYTES_MAX: u64 = 200_000_000;

/// Reads files of all formats.
#[derive(Debug)]
pub struct Extractor {
    readers: Readers,
    cache: Cache,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileText {
    /// Of the file's bytes.
    pub sha256: Fingerprint,
    /// How many these are.
    pub bytes: u64,
    /// What it says.
    pub extracted: Extracted,
}

impl Extractor {
    /// With readers that are `program`, which is this one; texts are kept below `folder`.
    pub fn new(program: PathBuf, folder: &Path) -> Self {
        Self { readers: Readers::new(program), cache: Cache::at(folder) }
    }

    /// Reads one file. Safe to call from many threads.
    ///
    /// # Errors
    /// When the file gives no text.
    pub fn read(&self, path: &Path, format: Format) -> Result<FileText, ExtractError> {
        let bytes = std::fs::metadata(path).map_err(FileError::io("read", path))?.len();
        // Asked before the file is read: the answer has to come without its gigabytes.
        if bytes > DOCUMENT_BYTES_MAX {
            return Err(ExtractError::TooLarge { path: path.to_owned(), bytes });
        }
        let content = file::read(path)?;
        let sha256 = Fingerprint::of(&content);
        let bytes = content.len() as u64;
        if content.is_empty() && !format.is_plain() {
            return Err(ExtractError::NoBytes { path: path.to_owned() });
        }
        let extracted = if format.is_plain() {
            plain(content, path, format)?
        } else {
            self.parsed(content, path, format, &sha256)?
        };
        Ok(FileText { sha256, bytes, extracted })
    }

    fn parsed(
        &self,
        content: Vec<u8>,
        path: &Path,
        format: Format,
        sha256: &Fingerprint,
    ) -> Result<Extracted, ExtractError> {
        let lost = match self.cache.find(sha256, format) {
            Some(Err(Refusal::Lost { times, .. })) if times < Refusal::LOST_TIMES => times,
            Some(known) => return known.map_err(|refusal| refusal.of(path, format)),
            None => 0,
        };
        if let Some(refusal) = format.refusal(&content, path) {
            return Err(refusal);
        }
        let bytes = content.len() as u64;
        drop(content);
        let read = self.readers.read(path, format, bytes, sha256)?;
        let read = read.map_err(|refusal| refusal.after(lost));
        if !matches!(read, Err(Refusal::Failed { .. })) {
            self.cache.keep(sha256, format, &read)?;
        }
        read.map_err(|refusal| refusal.of(path, format))
    }
}

fn plain(content: Vec<u8>, path: &Path, format: Format) -> Result<Extracted, ExtractError> {
    if !format.accepts(&content) {
        return Err(ExtractError::OtherFormat { path: path.to_owned(), format });
    }
    let Decoded { text, encoding, replaced } = decode(content);
    let encoding = encoding.map(str::to_owned);
    Ok(Extracted { text: unix_lines(text), encoding, replaced, ..Extracted::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &[u8]) -> Result<FileText, ExtractError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let extractor = Extractor::new("no program".into(), &folder.path().join("texts"));
        extractor.read(&path, Format::of(name).unwrap())
    }

    #[test]
    fn plain_files_need_no_reader() {
        let text = read("a.txt", "\u{feff}a\r\nb".as_bytes()).unwrap();
        assert_eq!((text.extracted.text.as_str(), text.bytes), ("a\nb", 7));
        let latin = read("a.md", b"Gr\xf6\xdfe der Welle in Millimetern").unwrap().extracted;
        assert_eq!(latin.encoding.as_deref(), Some("windows-1252"));
        assert!(read("a.md", b"").unwrap().extracted.text.is_empty());
    }

    #[test]
    fn what_is_no_such_file_is_said_before_a_reader_starts() {
        for (name, content) in [
            ("a.pdf", &b"not a pdf"[..]),
            ("a.docx", b"%PDF-1.7"),
            ("a.rtf", b"plain"),
            ("a.txt", b"a\0b"),
            ("a.csv", b"PK\x03\x04\0"),
        ] {
            let error = read(name, content).unwrap_err();
            assert!(matches!(error, ExtractError::OtherFormat { .. }), "{name}: {error}");
            assert!(error.hint().is_some());
        }
        for name in ["a.pdf", "a.docx", "a.html", "a.csv", "a.eml", "a.json"] {
            assert!(matches!(read(name, b"").unwrap_err(), ExtractError::NoBytes { .. }), "{name}");
        }
        let envelope = read("a.docx", super::super::format::COMPOUND).unwrap_err();
        assert!(matches!(envelope, ExtractError::Encrypted { .. }), "{envelope}");
    }

    /// A reader that ends at once, as over a file that takes all memory.
    #[cfg(unix)]
    #[test]
    fn a_file_over_which_readers_are_lost_is_tried_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, "%PDF-1.7").unwrap();
        let told = |program: &str| {
            let extractor = Extractor::new(program.into(), &folder.path().join("texts"));
            extractor.read(&path, Format::Pdf).unwrap_err().to_string()
        };
        assert!(!told("false").contains("times"));
        let second = told("false");
        assert!(second.contains("so it was 2 times, and it is not tried again"), "{second}");
        // No reader is started any more.
        assert_eq!(told("no program"), second);
        std::fs::write(&path, "%PDF-1.6").unwrap();
        assert!(told("no program").contains("cannot start"));
    }

    #[test]
    fn a_program_that_cannot_be_started_is_named() {
        let error = read("a.pdf", b"%PDF-1.7").unwrap_err();
        assert!(matches!(error, ExtractError::Start { .. }), "{error}");
    }
}
