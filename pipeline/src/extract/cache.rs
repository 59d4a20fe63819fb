//! Texts of files that were read before.
//!
//! Enters: a file's hash and format. Leaves: what was read out of it, or why nothing was. Does not: hold
//! plain text; reading that again is quicker than looking it up.

use super::protocol::Refusal;
use super::{Extracted, Format};
use crate::file::{self, FileError};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use std::path::{Path, PathBuf};

/// To be raised when the same bytes give another text: a new version of the library, another way of
/// dropping boilerplate.
const SCHEME: &str = "extract 4, xberg 1.0.0-rc.17";

/// A folder of texts, by content.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// What is known of these bytes. A file that cannot be read is one that is not there: it is made anew.
    pub fn find(&self, sha256: &Fingerprint, format: Format) -> Option<Result<Extracted, Refusal>> {
        serde_json::from_slice(&file::read(&self.path(sha256, format)).ok()?).ok()
    }

    /// Keeps it.
    pub fn keep(
        &self,
        sha256: &Fingerprint,
        format: Format,
        read: &Result<Extracted, Refusal>,
    ) -> Result<(), FileError> {
        let path = self.path(sha256, format);
        let bytes = serde_json::to_vec(read).map_err(|source| FileError::Json {
            path: path.clone(),
            line: 0,
            source,
        })?;
        file::write_whole(&path, &bytes)
    }

    fn path(&self, sha256: &Fingerprint, format: Format) -> PathBuf {
        let name = FingerprintBuilder::new()
            .part("scheme", SCHEME)
            .part("format", format.name())
            .part("bytes", sha256.as_str())
            .finish();
        self.folder.join(&name.as_str()[..2]).join(format!("{name}.json"))
    }
}
