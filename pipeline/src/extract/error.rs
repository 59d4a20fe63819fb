//! Why a file gives no text.

use super::Format;
use super::extractor::DOCUMENT_BYTES_MAX;
use super::html::HTML_DEPTH_MAX;
use crate::file::FileError;
use std::path::PathBuf;

/// A file that cannot be read as a document. The others go on.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The file is larger than [`DOCUMENT_BYTES_MAX`].
    #[error("{} has {}", path.display(), more_than(*bytes, DOCUMENT_BYTES_MAX))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// More levels than a page has.
    #[error("{}: elements are nested more than {HTML_DEPTH_MAX} deep", path.display())]
    HtmlTooDeep {
        /// The file.
        path: PathBuf,
    },
    /// Nothing in it.
    #[error("{} is empty (0 bytes)", path.display())]
    NoBytes {
        /// The file.
        path: PathBuf,
    },
    /// The bytes are of another kind than the name says.
    #[error("{} is no {} file, whatever its name says", path.display(), format.name())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// What its name says.
        format: Format,
    },
    /// A password is needed.
    #[error("{} is encrypted", path.display())]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// Pages, and no text on any: pictures of text.
    #[error("{} has {pages} page(s) and no text: they are pictures", path.display())]
    Scanned {
        /// The file.
        path: PathBuf,
        /// How many.
        pages: usize,
    },
    /// The reader gave up.
    #[error("{} cannot be read as {}: {why}", path.display(), format.name())]
    Broken {
        /// The file.
        path: PathBuf,
        /// As which.
        format: Format,
        /// What the reader said.
        why: String,
    },
    /// The reader's process ended, hung or grew too large over it.
    #[error("the reader of {} was lost: {why}", path.display())]
    Lost {
        /// The file.
        path: PathBuf,
        /// How.
        why: String,
    },
    /// No process for readers.
    #[error("cannot start {} to read documents", program.display())]
    Start {
        /// This program.
        program: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The file cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ExtractError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::TooLarge { .. } => "split it into one file a document or chapter".into(),
            Self::HtmlTooDeep { .. } => "save the page as markdown or plain text".into(),
            Self::NoBytes { .. } => "delete it, or copy it again from where it came".into(),
            Self::OtherFormat { .. } => {
                "give it the ending of what it is, or save it again in its program".into()
            }
            Self::Encrypted { .. } => "save a copy without a password".into(),
            Self::Scanned { .. } => {
                "run it through a program that recognizes text (for example `ocrmypdf`), and add the result"
                    .into()
            }
            Self::Broken { .. } => {
                "open it in its program and save it again, or as markdown or plain text".into()
            }
            Self::Lost { .. } => {
                "open it in its program and save it again, or as markdown or plain text; without `.ragscale/texts` all files are read anew"
                    .into()
            }
            Self::Start { .. } => return None,
            Self::File(error) => return error.hint(),
        })
    }
}

/// `201 MB, more than the 200 MB of one document`; in bytes where both are as many megabytes.
fn more_than(bytes: u64, most: u64) -> String {
    const MB: u64 = 1_000_000;
    let (bytes, most, unit) = match bytes / MB == most / MB {
        true => (bytes, most, "bytes"),
        false => (bytes / MB, most / MB, "MB"),
    };
    format!("{bytes} {unit}, more than the {most} {unit} of one document")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_is_too_large_is_told_so_that_it_shows() {
        let told = |bytes| more_than(bytes, 200_000_000);
        assert_eq!(
            told(200_000_001),
            "200000001 bytes, more than the 200000000 bytes of one document"
        );
        assert_eq!(
            told(200_999_999),
            "200999999 bytes, more than the 200000000 bytes of one document"
        );
        assert_eq!(told(201_000_000), "201 MB, more than the 200 MB of one document");
    }
}
