//! One file of a source, read once from front to back.
//!
//! Enters: a path. Leaves: its bytes, a line at a time where that is wanted, and in the end its size and
//! SHA-256. Does not: hold more than one record in memory.

use super::ExchangeError;
use super::fault::RecordFault;
use super::summary::SourceRecord;
use crate::extract::DOCUMENT_BYTES_MAX;
use crate::fingerprint::{Fingerprint, hex};
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Longest record that is read: a document cannot be longer, and a file without ends of lines, or with a
/// quotation mark too few, would fill the memory.
const RECORD_BYTES_MAX: u64 = DOCUMENT_BYTES_MAX;

/// Bytes that are hashed and read at a time.
const BLOCK_BYTES: usize = 1 << 18;

/// Where a record stands, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub path: &'a Path,
    /// From 1.
    pub line: usize,
}

impl Place<'_> {
    /// The error about what stands here.
    pub fn is(self, fault: RecordFault) -> ExchangeError {
        ExchangeError::Record { path: self.path.to_owned(), line: self.line, fault }
    }
}

/// A file that is being read.
pub(super) struct SourceFile {
    path: PathBuf,
    name: String,
    reader: BufReader<Hashed>,
    line: usize,
    record: RecordBytes,
}

/// Bytes since the last record ended, for those who read records in their own way.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordBytes(Rc<Cell<u64>>);

impl RecordBytes {
    /// A record has ended.
    pub fn end(&self) {
        self.0.set(0);
    }

    /// What is wrong when the record is too long; reading goes no further then.
    pub fn fault(&self) -> Option<RecordFault> {
        let is_long = self.0.get() > RECORD_BYTES_MAX;
        is_long.then_some(RecordFault::TooLong { bytes: RECORD_BYTES_MAX as usize })
    }
}

/// A file whose bytes are hashed and counted as they pass.
struct Hashed {
    file: File,
    digest: Sha256,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

impl SourceFile {
    /// Opens a file that is called `name` in the summary. A byte order mark is passed over.
    ///
    /// # Errors
    /// When there is no such file, it is no ordinary one, or empty.
    pub fn open(path: &Path, name: &str) -> Result<Self, ExchangeError> {
        let kind = std::fs::metadata(path).map_err(ExchangeError::read(path))?;
        if !kind.is_file() {
            return Err(ExchangeError::NotAFile { path: path.to_owned() });
        }
        let file = File::open(path).map_err(ExchangeError::read(path))?;
        let hashed = Hashed { file, digest: Sha256::new(), bytes: 0 };
        let mut reader = BufReader::with_capacity(BLOCK_BYTES, hashed);
        let start = reader.fill_buf().map_err(ExchangeError::read(path))?;
        if start.is_empty() {
            return Err(ExchangeError::EmptyFile { path: path.to_owned() });
        }
        if start.starts_with("\u{feff}".as_bytes()) {
            reader.consume(3);
        }
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            reader,
            line: 0,
            record: RecordBytes::default(),
        })
    }

    /// The file as the user named it, called by its own name in the summary.
    pub fn open_named(path: &Path) -> Result<Self, ExchangeError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self::open(path, &name)
    }

    /// The path, as it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of the record that is being read.
    pub fn record(&self) -> RecordBytes {
        self.record.clone()
    }

    /// The first byte that is no white space, without reading it; none in a file of white space within
    /// the first block.
    pub fn first_byte(&mut self) -> Result<Option<u8>, ExchangeError> {
        let start = self.reader.fill_buf().map_err(ExchangeError::read(&self.path))?;
        Ok(start.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
    }

    /// The first line, without reading it, or as much of it as the first block holds.
    pub fn first_line(&mut self) -> Result<String, ExchangeError> {
        let start = self.reader.fill_buf().map_err(ExchangeError::read(&self.path))?;
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(String::from_utf8_lossy(line).into_owned())
    }

    /// The next line that is not blank, without its end, and its number from 1; the line is read into
    /// `buffer`.
    ///
    /// # Errors
    /// When it is too long, not UTF-8, or cannot be read.
    pub fn next_line<'b>(
        &mut self,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Option<(usize, &'b str)>, ExchangeError> {
        loop {
            buffer.clear();
            let read = (&mut self.reader)
                .take(RECORD_BYTES_MAX + 1)
                .read_until(b'\n', buffer)
                .map_err(ExchangeError::read(&self.path))?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if read as u64 > RECORD_BYTES_MAX {
                return Err(self
                    .here()
                    .is(RecordFault::TooLong { bytes: RECORD_BYTES_MAX as usize }));
            }
            if !buffer.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        while buffer.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            buffer.pop();
        }
        match std::str::from_utf8(buffer) {
            Ok(line) => Ok(Some((self.line, line))),
            Err(_) => Err(self.here().is(RecordFault::NotUtf8)),
        }
    }

    fn here(&self) -> Place<'_> {
        Place { path: &self.path, line: self.line }
    }

    /// Reads to the end, and says what the file was.
    pub fn finish(mut self) -> Result<SourceRecord, ExchangeError> {
        io::copy(&mut self.reader, &mut io::sink()).map_err(ExchangeError::read(&self.path))?;
        let hashed = self.reader.into_inner();
        let sha256 = Fingerprint::from(hex(&hashed.digest.finalize()));
        Ok(SourceRecord { name: self.name, bytes: hashed.bytes, sha256 })
    }
}

impl Read for SourceFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.record.0.set(self.record.0.get() + read as u64);
        match self.record.fault() {
            Some(_) => Err(io::Error::other("too long")),
            None => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn lines_are_counted_and_bytes_hashed() {
        let bytes = "\u{feff}a\r\n\n  \nb".as_bytes();
        let (_folder, path) = file(bytes);
        let mut source = SourceFile::open_named(&path).unwrap();
        assert_eq!(source.first_byte().unwrap(), Some(b'a'));
        let mut buffer = Vec::new();
        assert_eq!(source.next_line(&mut buffer).unwrap(), Some((1, "a")));
        assert_eq!(source.next_line(&mut buffer).unwrap(), Some((4, "b")));
        assert_eq!(source.next_line(&mut buffer).unwrap(), None);
        let record = source.finish().unwrap();
        assert_eq!((record.name.as_str(), record.bytes), ("x.jsonl", bytes.len() as u64));
        assert_eq!(record.sha256, Fingerprint::of(bytes));
    }

    #[test]
    fn what_was_not_read_is_hashed_too() {
        let (_folder, path) = file(&b"ab\n".repeat(200_000));
        let mut source = SourceFile::open_named(&path).unwrap();
        source.next_line(&mut Vec::new()).unwrap();
        assert_eq!(source.finish().unwrap().sha256, Fingerprint::of(&b"ab\n".repeat(200_000)));
    }

    #[test]
    fn a_record_that_does_not_end_is_not_read_to_its_end() {
        let (_folder, path) = file(b"abc");
        let mut source = SourceFile::open_named(&path).unwrap();
        let record = source.record();
        record.0.set(RECORD_BYTES_MAX - 1);
        assert_eq!(source.read(&mut [0]).unwrap(), 1);
        assert!(record.fault().is_none());
        source.read(&mut [0]).unwrap_err();
        assert!(matches!(record.fault(), Some(RecordFault::TooLong { .. })));
        record.end();
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 1);
    }

    #[test]
    fn bad_files_are_named() {
        let (folder, path) = file(b"a\nb\xff\n");
        let mut source = SourceFile::open_named(&path).unwrap();
        let mut buffer = Vec::new();
        source.next_line(&mut buffer).unwrap();
        let error = source.next_line(&mut buffer).unwrap_err();
        assert!(error.to_string().ends_with("x.jsonl:2: not UTF-8"), "{error}");
        assert!(error.hint().unwrap().contains("iconv") && error.is_input());
        std::fs::write(&path, "").unwrap();
        let error = SourceFile::open_named(&path).err().unwrap();
        assert!(error.to_string().ends_with("x.jsonl is empty"), "{error}");
        let error = SourceFile::open_named(folder.path()).err().unwrap();
        assert!(matches!(error, ExchangeError::NotAFile { .. }) && error.is_input());
        let error = SourceFile::open_named(&folder.path().join("none")).err().unwrap();
        assert!(matches!(error, ExchangeError::Read { .. }) && error.is_input());
    }
}
