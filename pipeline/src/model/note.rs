//! What a folder of weights says of itself to whoever reads a report about them.
//!
//! Enters: a model's folder. Leaves: the one line in its file `NOTE`, if it has one. Does not: decide
//! where the line is shown.

use crate::file::{self, FileError};
use std::path::{Path, PathBuf};

/// The file's name.
const NAME: &str = "NOTE";
/// Longest note in characters: it stands above everything else in a report.
const CHARACTERS_MAX: usize = 300;

/// A note that cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// It cannot be read, or is not UTF-8.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is nothing in it.
    #[error("{} is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// More than a line.
    #[error("{}:2: a note is one line, and this file has {lines}", path.display())]
    Lines {
        /// The file.
        path: PathBuf,
        /// How many.
        lines: usize,
    },
    /// More than can stand above a report.
    #[error("{}:1: a note has at most {CHARACTERS_MAX} characters, and this one has {characters}", path.display())]
    Long {
        /// The file.
        path: PathBuf,
        /// How many.
        characters: usize,
    },
}

impl NoteError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Empty { .. } => Some("write one line of text, or remove the file".into()),
            Self::Lines { .. } | Self::Long { .. } => Some(
                "keep the one line that every report on this model has to show; a model card holds the rest".into(),
            ),
        }
    }
}

/// The note of a folder, without white space around it; none where it has no file `NOTE`.
///
/// # Errors
/// When the file cannot be read, or is not one line of at most 300 characters.
pub fn read(folder: &Path) -> Result<Option<String>, NoteError> {
    let path = folder.join(NAME);
    if !path.is_file() {
        return Ok(None);
    }
    let text = file::read_text(&path)?;
    let note = text.trim();
    let (lines, characters) = (note.lines().count(), note.chars().count());
    match lines {
        0 => Err(NoteError::Empty { path }),
        1 if characters > CHARACTERS_MAX => Err(NoteError::Long { path, characters }),
        1 => Ok(Some(note.to_owned())),
        lines => Err(NoteError::Lines { path, lines }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: impl AsRef<[u8]>) -> Result<Option<String>, NoteError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("NOTE"), text).unwrap();
        read(folder.path())
    }

    #[test]
    fn one_line_is_a_note() {
        assert_eq!(note("A laboratory model.\r\n").unwrap().unwrap(), "A laboratory model.");
        let longest = "ü".repeat(300);
        assert_eq!(note(&longest).unwrap().unwrap(), longest);
        assert_eq!(read(tempfile::tempdir().unwrap().path()).unwrap(), None);
    }

    #[test]
    fn anything_else_is_refused_with_its_place() {
        let error = note("one\ntwo\nthree").unwrap_err();
        assert!(error.to_string().ends_with("NOTE:2: a note is one line, and this file has 3"));
        let error = note("ü".repeat(301)).unwrap_err();
        assert!(error.to_string().contains("at most 300 characters, and this one has 301"));
        assert!(matches!(note(" \n").unwrap_err(), NoteError::Empty { .. }));
        assert!(matches!(note(b"\xff").unwrap_err(), NoteError::File(FileError::NotUtf8 { .. })));
        assert!(note("").unwrap_err().hint().is_some());
    }
}
