//! What the reader of a corpus should know and a run can live with.

use super::{Document, document::extension, documents::Documents};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A caveat of a corpus; [`CorpusWarning::hint`] names what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusWarning {
    /// A file that cannot be read; the others go on without it.
    Unreadable {
        /// Document id.
        id: String,
        /// Why, in a line.
        why: String,
        /// What can be done about it.
        hint: String,
    },
    /// Nothing to retrieve from; all questions are of kinds that need no document.
    NoDocuments,
    /// A document without text; it is kept and gives no chunks.
    EmptyDocument {
        /// Document id.
        id: String,
    },
    /// Files of a kind that is not read.
    UnsupportedFiles {
        /// What stands behind the last dot, in lower case; empty for names without one.
        extension: String,
        /// How many there are.
        files: usize,
        /// The first of them, a path below `documents/`.
        first: String,
    },
    /// Links to places inside `documents/`, which are read under their own names only.
    Links {
        /// How many there are.
        links: usize,
        /// The first of them, a path below `documents/`.
        first: String,
    },
}

impl CorpusWarning {
    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { hint, .. } => hint.clone(),
            Self::NoDocuments => {
                "ask closed-book setups only, or put documents into `documents/`".into()
            }
            Self::EmptyDocument { id } => format!("fill or delete `{id}`"),
            Self::UnsupportedFiles { .. } => {
                "save them in a format that is read, or move them out of `documents/`".into()
            }
            Self::Links { .. } => "delete the links: their targets are read without them".into(),
        }
    }
}

impl fmt::Display for CorpusWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { id, why, .. } => write!(f, "document `{id}` left out: {why}"),
            Self::NoDocuments => f.write_str("the corpus has no documents"),
            Self::EmptyDocument { id } => write!(f, "document `{id}` has no text"),
            Self::UnsupportedFiles { extension, files, first } => {
                let kind = if extension.is_empty() {
                    "without an extension".to_owned()
                } else {
                    format!("`.{extension}`")
                };
                write!(f, "{files} file(s) {kind} not read, the first is `{first}`")
            }
            Self::Links { links, first } => {
                write!(f, "{links} link(s) passed over, the first is `{first}`")
            }
        }
    }
}

/// The warnings of a corpus: unreadable documents by id, that there is no text at all or empty documents
/// by id, then files by extension, then links. `folder` is the corpus's.
pub(super) fn collect(folder: &Path, read: &Documents) -> Vec<CorpusWarning> {
    let Documents { documents, unreadable, listing, .. } = read;
    let unreadable = unreadable.iter().map(|(id, error)| CorpusWarning::Unreadable {
        id: id.clone(),
        // A report is the same whatever machine it is made on.
        why: error.whole().replace(&format!("{}/", folder.display()), ""),
        hint: error.hint().unwrap_or_else(|| format!("delete `{id}`")),
    });
    if documents.iter().all(Document::is_empty) {
        return unreadable.chain([CorpusWarning::NoDocuments]).collect();
    }
    let empty = documents
        .iter()
        .filter(|document| document.is_empty())
        .map(|document| CorpusWarning::EmptyDocument { id: document.id.clone() });
    let mut by_extension: BTreeMap<String, (usize, &String)> = BTreeMap::new();
    for id in &listing.skipped {
        let extension = extension(id).unwrap_or_default().to_ascii_lowercase();
        by_extension.entry(extension).or_insert((0, id)).0 += 1;
    }
    let unsupported = by_extension.into_iter().map(|(extension, (files, first))| {
        CorpusWarning::UnsupportedFiles { extension, files, first: first.clone() }
    });
    let links = listing
        .links
        .first()
        .map(|first| CorpusWarning::Links { links: listing.links.len(), first: first.clone() });
    unreadable.chain(empty).chain(unsupported).chain(links).collect()
}
