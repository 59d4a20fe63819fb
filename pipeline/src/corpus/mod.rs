//! Documents and questions of one folder.
//!
//! Enters: `corpora/NAME/`. Leaves: a [`Corpus`]: texts, questions whose evidence is found in them,
//! a manifest of hashes, warnings. Does not: cut, index or judge anything.

mod cell;
mod description;
mod document;
mod documents;
mod draft;
mod error;
pub mod folder;
mod left_out;
mod manifest;
mod nearest;
mod problem;
mod question;
mod question_check;
mod question_file;
mod question_set;
mod question_table;
mod quote;
mod schema;
mod selection;
mod warning;

pub(crate) use cell::is_closed;
pub use document::Document;
pub use draft::{Draft, DraftStatus, read_drafts};
pub use error::{CorpusError, DocumentError};
pub use manifest::{DocumentRecord, Manifest};
pub use problem::{Earlier, QuestionFault, QuestionProblem};
pub use question::{
    Evidence, KINDS_OF_RARITY, KINDS_WITHOUT_EVIDENCE, Origin, Question, RETRIEVAL, UNANSWERABLE,
    id_of,
};
pub use question_set::{DRAFTS_FILE, QUESTIONS_FILE, QUESTIONS_TABLE};
pub use question_table::TableFault;
pub use schema::AnswerSchema;
pub use selection::{Asked, select, select_asked};
pub use warning::CorpusWarning;

use crate::extract::Extractor;
use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use documents::Documents;
use left_out::LeftOut;
use question_set::Wanted;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A corpus in memory.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// The folder's name.
    pub name: String,
    /// `title` of `corpus.toml`.
    pub title: String,
    /// `language` of `corpus.toml`, a two-letter code.
    pub language: String,
    /// `licence` of `corpus.toml`.
    pub licence: String,
    /// Ordered by id.
    pub documents: Vec<Document>,
    /// In the order of the files and their lines.
    pub questions: Vec<Question>,
    /// Hashes and counts; its records stand in the order of `documents`.
    pub manifest: Manifest,
    /// Files below `documents/` whose kind is not read, as paths below it, ordered.
    pub skipped: Vec<String>,
    /// What the reader should know and the run can live with.
    pub warnings: Vec<CorpusWarning>,
}

impl Corpus {
    /// Reads `root/corpora/NAME/`: `corpus.toml`, everything below `documents/`, `questions.jsonl` and
    /// `questions.csv`, of which one has to be there.
    ///
    /// Documents are read in parallel; the result does not depend on the number of threads. A document
    /// that cannot be read is left out, with a warning. Where no question needs a document, there may be
    /// none.
    ///
    /// # Errors
    /// When a part is missing, empty or unreadable; [`CorpusError::Questions`] carries every problem of
    /// its kind at once.
    pub fn load(root: &Path, name: &str, extractor: &Extractor) -> Result<Self, CorpusError> {
        Self::read(root, name, extractor, Wanted::Questions)
    }

    /// As [`Corpus::load`], with the drafts of `drafts.jsonl` that nobody has looked at behind the other
    /// questions; their origin is [`Origin::Drafted`].
    ///
    /// # Errors
    /// As [`Corpus::load`], and when there is no such file.
    pub fn load_with_drafts(
        root: &Path,
        name: &str,
        extractor: &Extractor,
    ) -> Result<Self, CorpusError> {
        Self::read(root, name, extractor, Wanted::WithDrafts)
    }

    /// As [`Corpus::load`], of a corpus that may have no questions yet.
    ///
    /// # Errors
    /// As [`Corpus::load`]; questions that are there are checked.
    pub fn load_documents(
        root: &Path,
        name: &str,
        extractor: &Extractor,
    ) -> Result<Self, CorpusError> {
        Self::read(root, name, extractor, Wanted::IfAny)
    }

    /// As [`Corpus::load_documents`], with the questions that nothing is wrong with, and beside it what is
    /// wrong with the others.
    ///
    /// # Errors
    /// As [`Corpus::load_documents`], questions aside.
    pub fn load_what_is_sound(
        root: &Path,
        name: &str,
        extractor: &Extractor,
    ) -> Result<(Self, Vec<QuestionProblem>), CorpusError> {
        Self::parts(root, name, extractor, Wanted::Sound)
    }

    fn read(
        root: &Path,
        name: &str,
        extractor: &Extractor,
        wanted: Wanted,
    ) -> Result<Self, CorpusError> {
        Ok(Self::parts(root, name, extractor, wanted)?.0)
    }

    fn parts(
        root: &Path,
        name: &str,
        extractor: &Extractor,
        wanted: Wanted,
    ) -> Result<(Self, Vec<QuestionProblem>), CorpusError> {
        let folder =
            folder_of(root, name).ok_or_else(|| CorpusError::Name { name: name.to_owned() })?;
        if !folder.is_dir() {
            return Err(CorpusError::MissingFolder {
                folder,
                known: folder::names(&root.join("corpora")),
                name: name.to_owned(),
            });
        }
        let description_path = folder.join("corpus.toml");
        let description = match file::read_text(&description_path) {
            Err(error) if is_missing(&error) => {
                return Err(CorpusError::MissingDescription { path: description_path });
            }
            text => description::parse(&description_path, &text?)?,
        };

        let documents_folder = folder.join("documents");
        let documents = Documents::read(&documents_folder, extractor)?;
        let warnings = warning::collect(&folder, &documents);
        let left_out = LeftOut { warnings: &warnings, skipped: &documents.listing.skipped };
        let set = match question_set::read(&folder, &documents.documents, left_out, wanted) {
            Ok(set) if !set.problems.is_empty() && documents.are_without_text() => {
                let problems = CorpusError::Questions { problems: set.problems };
                return Err(documents.explain(&documents_folder, problems));
            }
            Ok(set) => set,
            Err(error) => return Err(documents.explain(&documents_folder, error)),
        };
        let Documents { documents, records, listing, .. } = documents;
        let corpus = Self {
            name: name.to_owned(),
            title: description.title,
            language: description.language,
            licence: description.licence,
            documents,
            manifest: Manifest {
                documents: records,
                questions_sha256: set.sha256,
                questions: set.questions.len(),
            },
            questions: set.questions,
            skipped: listing.skipped,
            warnings,
        };
        Ok((corpus, set.problems))
    }

    /// The document of that id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        document::find(&self.documents, id)
    }

    /// What is wrong with a question by itself and against the documents; fills in the places of its
    /// evidence.
    pub fn place(&self, question: &mut Question) -> Vec<QuestionFault> {
        let left_out = LeftOut { warnings: &self.warnings, skipped: &self.skipped };
        let mut faults = question_check::faults(question, &self.documents);
        faults.iter_mut().for_each(|fault| left_out.explain(fault));
        faults
    }

    /// Each document with the fingerprint of its text, ordered by id. What is derived from one
    /// document depends on this alone, so that a changed document re-indexes itself only.
    pub fn documents_with_fingerprints(&self) -> impl Iterator<Item = (&Document, &Fingerprint)> {
        self.documents.iter().zip(self.manifest.documents.iter().map(|record| &record.text_sha256))
    }

    /// Whether a file was left out because it cannot be read.
    pub fn has_unreadable(&self) -> bool {
        self.warnings.iter().any(|warning| matches!(warning, CorpusWarning::Unreadable { .. }))
    }

    /// Whether there is nothing to retrieve from.
    pub fn is_without_text(&self) -> bool {
        self.documents.iter().all(Document::is_empty)
    }

    /// What an index over all documents depends on: ids and texts, not questions.
    pub fn manifest_fingerprint(&self) -> Fingerprint {
        self.manifest.documents_fingerprint()
    }
}

/// The folder of the corpus `name`; none where that is not the name of one folder.
pub fn folder_of(root: &Path, name: &str) -> Option<PathBuf> {
    let mut components = Path::new(name).components();
    let one_folder = matches!(components.next(), Some(Component::Normal(_)));
    (one_folder && components.next().is_none()).then(|| root.join("corpora").join(name))
}

/// The questions of a table as `questions.csv` has them, without the places of their evidence: those of
/// its rows that can be read.
pub fn table_questions(bytes: Vec<u8>) -> Vec<Question> {
    let rows = question_table::rows(bytes).unwrap_or_default();
    rows.into_iter().filter_map(|(_, row)| row.ok()).collect()
}

fn is_missing(error: &FileError) -> bool {
    matches!(error, FileError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests;
