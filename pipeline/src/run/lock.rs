//! One run at a time in a report's folder.

use crate::file::{self, FileError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The folder is in use, or cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another run is writing to {}", folder.display())]
    Held {
        /// The report's folder.
        folder: PathBuf,
    },
    /// The lock file cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
}

impl LockError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Held { .. } => Some("wait for it to end; the lock goes with its process".into()),
            Self::File(error) => error.hint(),
        }
    }
}

/// Held until dropped, or until the process ends in any way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

impl Lock {
    /// Locks `folder`, which is created when absent.
    ///
    /// # Errors
    /// When another process holds it or the folder cannot be written.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        file::create_folder(folder)?;
        let path = folder.join(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(FileError::io("write", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LockError::Held { folder: folder.to_owned() }),
            Err(TryLockError::Error(error)) => Err(FileError::io("lock", &path)(error).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::acquire(folder.path()).unwrap();
        assert!(matches!(Lock::acquire(folder.path()), Err(LockError::Held { .. })));
        drop(first);
        assert!(Lock::acquire(folder.path()).is_ok());
    }
}
