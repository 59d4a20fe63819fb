//! What the program and its readers say to each other, a line of JSON each.

use super::{ExtractError, Extracted, Format};
use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// Absolute, or below the folder that the reader was started in. As the system has it: a folder above
    /// the project may have a name that is not UTF-8, which no text can hold.
    pub path: OsString,
    /// What its name says.
    pub format: Format,
    /// Of the bytes that are meant.
    pub sha256: Fingerprint,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// Its text.
    Read(Extracted),
    /// Why there is none.
    Refused(Refusal),
}

/// Why a file gives no text, as it is said and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    /// A password is needed.
    Encrypted,
    /// Pages without text.
    Scanned {
        /// How many.
        pages: usize,
    },
    /// A page of more levels than are read.
    TooDeep,
    /// The parser gave up.
    Broken {
        /// What it said.
        why: String,
    },
    /// The reader's process ended, hung or grew too large over it. Kept with how often, and believed from
    /// [`Self::LOST_TIMES`] on.
    Lost {
        /// How.
        why: String,
        /// From 1.
        times: u32,
    },
    /// Not for what the file is: another try, or another build, may read it. Never kept.
    Failed {
        /// What happened.
        why: String,
    },
}

impl Refusal {
    /// Once may have been bad luck, on a machine that had much to do. A third try would cost a minute again, in each
    /// command that reads the corpus.
    pub const LOST_TIMES: u32 = 2;

    /// The same where readers were lost over the file so many times before.
    pub fn after(self, lost: u32) -> Self {
        match self {
            Self::Lost { why, times } => Self::Lost { why, times: times + lost },
            other => other,
        }
    }

    /// As an error about a file.
    pub fn of(self, path: &Path, format: Format) -> ExtractError {
        let path = path.to_owned();
        match self {
            Self::Encrypted => ExtractError::Encrypted { path },
            Self::Scanned { pages } => ExtractError::Scanned { path, pages },
            Self::TooDeep => ExtractError::HtmlTooDeep { path },
            Self::Lost { why, times } if times >= Self::LOST_TIMES => {
                let why = format!("{why}; so it was {times} times, and it is not tried again");
                ExtractError::Lost { path, why }
            }
            Self::Lost { why, .. } | Self::Failed { why } => ExtractError::Lost { path, why },
            Self::Broken { why } => ExtractError::Broken { path, format, why },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf_8_arrives_as_it_is() {
        use std::os::unix::ffi::OsStringExt as _;
        let path = OsString::from_vec(b"/home/J\xf6rg/a.pdf".to_vec());
        let ask = Ask { path, format: Format::Pdf, sha256: Fingerprint::of(b"") };
        let line = serde_json::to_string(&ask).unwrap();
        assert_eq!(serde_json::from_str::<Ask>(&line).unwrap(), ask);
    }
}
