//! `trials.jsonl`: what is written there has happened, whatever crashes next.
//!
//! Enters: finished trials, one at a time. Leaves: lines that are synced to the disk before they
//! count; on opening, every whole line, with a half-written last one cut off and reported. Does not:
//! decide which trials are still wanted.

use super::Trial;
use crate::file::{self, FileError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Version of the line format. A file of another version is refused, not guessed at.
pub const SCHEMA: u32 = 1;

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    ragscale_trials: u32,
}

/// A trials file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be read or written, or a line in its middle is broken.
    #[error(transparent)]
    File(#[from] FileError),
    /// Written by another version.
    #[error("{} has schema {found}; this version reads and writes {SCHEMA}", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its schema; `none` for a file without a header.
        found: String,
    },
}

impl StoreError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(FileError::Json { path, line, .. }) => Some(format!(
                "`{}` was changed by something else: restore it, or delete line {line} to have that trial run again",
                path.display()
            )),
            Self::File(error) => error.hint(),
            Self::Schema { .. } => Some(
                "run with `--fresh` to set the old folder aside and start a new one, or use the version that wrote it".into(),
            ),
        }
    }
}

/// The open file.
pub struct TrialStore {
    path: PathBuf,
    file: File,
}

/// What was in the file when it was opened.
pub struct Opened {
    /// The store, ready to be appended to.
    pub store: TrialStore,
    /// Every whole trial, in the order of the file.
    pub trials: Vec<Trial>,
    /// Bytes of a half-written last line that were cut off; 0 for a clean file.
    pub repaired_bytes: usize,
}

impl TrialStore {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// When it cannot be read or written, has another schema, or a line before the last is broken.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        let bytes = if path.exists() { file::read(path)? } else { Vec::new() };
        let whole = whole_lines(&bytes);
        let repaired_bytes = bytes.len() - whole;
        let trials = parse(&bytes[..whole], path)?;
        if let Some(folder) = path.parent() {
            file::create_folder(folder)?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(FileError::io("open", path))?;
        if repaired_bytes > 0 {
            file.set_len(whole as u64).map_err(FileError::io("repair", path))?;
        }
        let mut store = Self { path: path.to_owned(), file };
        if whole == 0 {
            store.write(&line(&Header { ragscale_trials: SCHEMA }, path)?)?;
            // Once is enough: what is appended changes no name.
            if let Some(folder) = path.parent() {
                file::sync_folder(folder)?;
            }
        }
        Ok(Opened { store, trials, repaired_bytes })
    }

    /// Appends trials and syncs once: when this returns, they have happened.
    ///
    /// # Errors
    /// When the disk is full or gone. Nothing of the trials counts then.
    pub fn append(&mut self, trials: &[Trial]) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        for trial in trials {
            bytes.extend(line(trial, &self.path)?);
        }
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(FileError::io("write", &self.path))?;
        self.file.sync_data().map_err(FileError::io("sync", &self.path))?;
        Ok(())
    }
}

/// Replaces the file by `trials` in the order given; whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn rewrite(path: &Path, trials: &[&Trial]) -> Result<(), StoreError> {
    let mut bytes = line(&Header { ragscale_trials: SCHEMA }, path)?;
    for trial in trials {
        bytes.extend(line(trial, path)?);
    }
    if file::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    // As values too: a clock reading that was read may be written with another last digit.
    if read(path).is_ok_and(|before| before.iter().eq(trials.iter().copied())) {
        return Ok(());
    }
    Ok(file::write_whole(path, &bytes)?)
}

/// Every trial of a finished file, without opening it for writing.
///
/// # Errors
/// As [`TrialStore::open`].
pub fn read(path: &Path) -> Result<Vec<Trial>, StoreError> {
    let bytes = file::read(path)?;
    parse(&bytes[..whole_lines(&bytes)], path)
}

/// Bytes up to the last line break. A line counts when its break is there: it is written with the line, in
/// one call.
pub(super) fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1)
}

fn line(record: &impl Serialize, path: &Path) -> Result<Vec<u8>, FileError> {
    let mut bytes = serde_json::to_vec(record).map_err(|source| FileError::Json {
        path: path.to_owned(),
        line: 0,
        source,
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The records behind the header.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8], path: &Path) -> Result<Vec<T>, StoreError> {
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate();
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let header = lines.next().and_then(|(_, line)| serde_json::from_slice::<Header>(line).ok());
    match header {
        Some(Header { ragscale_trials: SCHEMA }) => {}
        other => {
            return Err(StoreError::Schema {
                path: path.to_owned(),
                found: other
                    .map_or_else(|| "none".into(), |header| header.ragscale_trials.to_string()),
            });
        }
    }
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|source| {
                FileError::Json { path: path.to_owned(), line: index + 1, source }.into()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;
    use crate::fingerprint::Fingerprint;
    use proptest::prelude::*;
    use std::fs;

    fn trial(question: &str) -> Trial {
        Trial {
            setup: "s".into(),
            question: question.into(),
            repeat: 0,
            fingerprint: Fingerprint::of(question.as_bytes()),
            prompt: "ünï\ncode".into(),
            passages: Vec::new(),
            cut_passages: 0,
            distraction: None,
            outcome: Outcome::Failed { reason: "r".into(), tries: 2 },
        }
    }

    #[test]
    fn what_is_appended_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/trials.jsonl");
        let mut opened = TrialStore::open(&path).unwrap();
        opened.store.append(&[trial("a"), trial("b")]).unwrap();
        opened.store.append(&[trial("c")]).unwrap();
        let again = TrialStore::open(&path).unwrap();
        assert_eq!(again.trials, [trial("a"), trial("b"), trial("c")]);
        assert_eq!(again.repaired_bytes, 0);
    }

    #[test]
    fn another_schema_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        for (text, found) in [("{\"ragscale_trials\":0}\n", "0"), ("{\"setup\":\"s\"}\n", "none")] {
            fs::write(&path, text).unwrap();
            let error = TrialStore::open(&path).err().unwrap();
            assert!(matches!(&error, StoreError::Schema { found: f, .. } if f == found));
            assert!(error.hint().unwrap().contains("--fresh"));
        }
    }

    #[test]
    fn a_broken_line_in_the_middle_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        TrialStore::open(&path).unwrap().store.append(&[trial("a")]).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend(b"{\"setup\n");
        fs::write(&path, bytes).unwrap();
        let error = TrialStore::open(&path).err().unwrap();
        assert!(matches!(error, StoreError::File(FileError::Json { line: 3, .. })));
    }

    proptest! {
        /// Cut anywhere, the file opens, keeps every trial whose line is whole, and goes on.
        #[test]
        fn a_cut_file_loses_only_the_cut_trial(share in 0.0_f64..=1.0) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("trials.jsonl");
            let all = [trial("a"), trial("b"), trial("c")];
            TrialStore::open(&path).unwrap().store.append(&all).unwrap();
            let bytes = fs::read(&path).unwrap();
            let cut = (bytes.len() as f64 * share) as usize;
            fs::write(&path, &bytes[..cut]).unwrap();
            let whole_lines = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
            let mut opened = TrialStore::open(&path).unwrap();
            prop_assert_eq!(&opened.trials[..], &all[..whole_lines.saturating_sub(1)]);
            opened.store.append(&[trial("d")]).unwrap();
            let again = TrialStore::open(&path).unwrap();
            prop_assert_eq!(again.repaired_bytes, 0);
            prop_assert_eq!(again.trials.last(), Some(&trial("d")));
        }
    }
}
