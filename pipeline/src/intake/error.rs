//! Why files cannot be taken in.

use crate::config::NAME_RULE;
use crate::corpus::DocumentError;
use crate::file::FileError;
use std::path::PathBuf;

/// Nothing can be done.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The name is not that of one folder.
    #[error("`{name}` is not the name of a corpus")]
    Name {
        /// As written.
        name: String,
    },
    /// A path that leads nowhere.
    #[error("{} is neither a file nor a folder", path.display())]
    Missing {
        /// As written.
        path: PathBuf,
    },
    /// Two files that would get one place.
    #[error("{} and {} would both be `{id}`", first.display(), second.display())]
    Twice {
        /// The place below `documents/`.
        id: String,
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A link is made to one folder.
    #[error("a link needs one folder, and {found} path(s) that are not one are given")]
    Link {
        /// Paths that are given.
        found: usize,
    },
    /// There are documents already.
    #[error("{} is there already", documents.display())]
    NotEmpty {
        /// `documents/`.
        documents: PathBuf,
    },
    /// The documents are those of another folder.
    #[error("{} is a link, and what is added would be written into the folder that it points to", documents.display())]
    Linked {
        /// `documents`.
        documents: PathBuf,
    },
    /// The folder to put files into leads out of the corpus, or is hidden.
    #[error("`{into}` is no folder below `documents/` that is read")]
    Into {
        /// As written.
        into: String,
    },
    /// A file or folder cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl IntakeError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name { .. } => NAME_RULE.into(),
            Self::Missing { path } => format!("check the spelling of `{}`", path.display()),
            Self::Twice { .. } => {
                "give the folders one by one, each with `--into FOLDER`, or rename one of the files"
                    .into()
            }
            Self::Link { .. } => "give one folder, or leave out `--link`".into(),
            Self::NotEmpty { .. } => {
                "add to it without `--link`, or delete it, or choose another name".into()
            }
            Self::Linked { documents } => format!(
                "put the files into that folder, or delete the link `{}` and add both folders",
                documents.display()
            ),
            Self::Into { .. } => {
                "give a relative path such as `policies/travel`, without `.` before a name".into()
            }
            Self::File(error) => return error.hint(),
        })
    }
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    /// Its place below `documents/`, or its path where it has none.
    pub id: String,
    /// Why, in a line.
    pub why: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

impl Refused {
    pub(super) fn new(id: impl Into<String>, why: impl Into<String>, hint: &str) -> Self {
        Self { id: id.into(), why: why.into(), hint: Some(hint.into()) }
    }

    pub(super) fn unfit(id: &str, error: &DocumentError) -> Self {
        Self { id: id.to_owned(), why: error.whole(), hint: error.hint() }
    }
}
