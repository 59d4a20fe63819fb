//! SHA-256 of large files, computed once: a file whose size and time of change are as remembered is
//! not read again.

use crate::file::{self, FileError};
use crate::fingerprint::{Fingerprint, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What is remembered of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    bytes: u64,
    changed_nanoseconds: u128,
    sha256: Fingerprint,
}

/// Hashes by path, kept in a file of the cache folder.
pub struct FileHashes {
    path: PathBuf,
    records: Mutex<BTreeMap<PathBuf, Record>>,
}

impl FileHashes {
    /// Reads what is remembered; a missing or broken file is an empty memory.
    pub fn open(cache: &Path) -> Self {
        let path = cache.join("hashes.json");
        let records = file::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { path, records: Mutex::new(records) }
    }

    /// The SHA-256 of a file's content.
    ///
    /// # Errors
    /// When the file cannot be read. A memory that cannot be written is no error: the next run
    /// reads the file again.
    pub fn of(&self, path: &Path) -> Result<Fingerprint, FileError> {
        let metadata = fs::metadata(path).map_err(FileError::io("read", path))?;
        let changed = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
            .map_or(0, |duration| duration.as_nanos());
        let key = fs::canonicalize(path).map_err(FileError::io("read", path))?;
        if let Ok(records) = self.records.lock()
            && let Some(record) = records.get(&key)
            && (record.bytes, record.changed_nanoseconds) == (metadata.len(), changed)
        {
            return Ok(record.sha256.clone());
        }
        let sha256 = sha256_of(path)?;
        let record =
            Record { bytes: metadata.len(), changed_nanoseconds: changed, sha256: sha256.clone() };
        if let Ok(mut records) = self.records.lock() {
            records.insert(key, record);
            if let Ok(bytes) = serde_json::to_vec_pretty(&*records) {
                let _ = file::write_whole(&self.path, &bytes);
            }
        }
        Ok(sha256)
    }
}

fn sha256_of(path: &Path) -> Result<Fingerprint, FileError> {
    let mut file = File::open(path).map_err(FileError::io("read", path))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(FileError::io("read", path))?;
        if read == 0 {
            return Ok(Fingerprint::from(hex(&digest.finalize())));
        }
        digest.update(&buffer[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights");
        fs::write(&path, "one").unwrap();
        let hashes = FileHashes::open(folder.path());
        let first = hashes.of(&path).unwrap();
        assert_eq!(first, Fingerprint::of(b"one"));
        fs::write(&path, "other").unwrap();
        assert_eq!(FileHashes::open(folder.path()).of(&path).unwrap(), Fingerprint::of(b"other"));
    }

    #[test]
    fn an_unchanged_file_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights");
        fs::write(&path, "one").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        FileHashes::open(folder.path()).of(&path).unwrap();
        // Same size, same time, other content: only a memory can answer "one".
        fs::write(&path, "two").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert_eq!(FileHashes::open(folder.path()).of(&path).unwrap(), Fingerprint::of(b"one"));
    }
}
