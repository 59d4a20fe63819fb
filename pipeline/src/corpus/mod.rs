//! Documents and questions of one folder.
//!
//! Enters: `corpora/NAME/`. Leaves: a [`Corpus`]: texts, questions whose evidence is found in them,
//! a manifest of hashes, warnings. Does not: cut, index or judge anything.

mod description;
mod document;
mod error;
mod folder;
mod html;
mod manifest;
mod nearest;
mod problem;
mod question;
mod question_file;
mod schema;
mod selection;
mod title;
mod warning;

pub use document::{DOCUMENT_BYTES_MAX, Document, DocumentFormat};
pub use error::{CorpusError, DocumentError};
pub use html::HTML_DEPTH_MAX;
pub use manifest::{DocumentRecord, Manifest};
pub use problem::{QuestionFault, QuestionProblem};
pub use question::{Evidence, KINDS_WITHOUT_EVIDENCE, Question, UNANSWERABLE};
pub use schema::AnswerSchema;
pub use selection::select;
pub use warning::CorpusWarning;

use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use rayon::prelude::*;
use std::io;
use std::path::{Component, Path};

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
    /// In the order of the file.
    pub questions: Vec<Question>,
    /// Hashes and counts; its records stand in the order of `documents`.
    pub manifest: Manifest,
    /// Files below `documents/` whose kind is not read, as paths below it, ordered.
    pub skipped: Vec<String>,
    /// What the reader should know and the run can live with.
    pub warnings: Vec<CorpusWarning>,
}

impl Corpus {
    /// Reads `root/corpora/NAME/`: `corpus.toml`, everything below `documents/`, `questions.jsonl`.
    ///
    /// Documents are read in parallel; the result does not depend on the number of threads.
    ///
    /// # Errors
    /// When a part is missing, empty or unreadable; [`CorpusError::Documents`] and
    /// [`CorpusError::Questions`] carry every problem of their kind at once.
    pub fn load(root: &Path, name: &str) -> Result<Self, CorpusError> {
        let mut components = Path::new(name).components();
        let one_folder = matches!(components.next(), Some(Component::Normal(_)));
        if !one_folder || components.next().is_some() {
            return Err(CorpusError::Name { name: name.to_owned() });
        }
        let corpora = root.join("corpora");
        let folder = corpora.join(name);
        if !folder.is_dir() {
            return Err(CorpusError::MissingFolder {
                folder,
                known: folder::names(&corpora),
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

        let (documents, records, listing) = read_documents(&folder.join("documents"))?;

        let questions_path = folder.join("questions.jsonl");
        let questions_bytes = match file::read(&questions_path) {
            Err(error) if is_missing(&error) => {
                return Err(CorpusError::MissingQuestions { path: questions_path });
            }
            bytes => bytes?,
        };
        let questions = question_file::parse(&questions_path, &questions_bytes, &documents)?;

        let manifest = Manifest {
            documents: records,
            questions_sha256: Fingerprint::of(&questions_bytes),
            questions: questions.len(),
        };
        let warnings = warning::collect(&documents, &listing);
        Ok(Self {
            name: name.to_owned(),
            title: description.title,
            language: description.language,
            licence: description.licence,
            documents,
            questions,
            manifest,
            skipped: listing.skipped,
            warnings,
        })
    }

    /// The document of that id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        document::find(&self.documents, id)
    }

    /// Each document with the fingerprint of its text, ordered by id. What is derived from one
    /// document depends on this alone, so that a changed document re-indexes itself only.
    pub fn documents_with_fingerprints(&self) -> impl Iterator<Item = (&Document, &Fingerprint)> {
        self.documents.iter().zip(self.manifest.documents.iter().map(|record| &record.text_sha256))
    }

    /// What an index over all documents depends on: ids and texts, not questions.
    pub fn manifest_fingerprint(&self) -> Fingerprint {
        self.manifest.documents_fingerprint()
    }
}

/// Documents and their records, both ordered by id.
fn read_documents(
    folder: &Path,
) -> Result<(Vec<Document>, Vec<DocumentRecord>, folder::Listing), CorpusError> {
    if !folder.is_dir() {
        return Err(CorpusError::MissingDocuments { folder: folder.to_owned() });
    }
    let mut listing = folder::list(folder)?;
    let read: Vec<_> = listing
        .files
        .par_iter()
        .map(|entry| document::read(entry).map_err(|problem| (entry.id.clone(), problem)))
        .collect();

    let mut documents = Vec::with_capacity(read.len());
    let mut records = Vec::with_capacity(read.len());
    let mut problems = std::mem::take(&mut listing.problems);
    for result in read {
        match result {
            Ok((document, record)) => {
                documents.push(document);
                records.push(record);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        problems.sort_by(|a, b| a.0.cmp(&b.0));
        let problems = problems.into_iter().map(|(_, problem)| problem).collect();
        return Err(CorpusError::Documents { folder: folder.to_owned(), problems });
    }
    if documents.iter().all(Document::is_empty) {
        return Err(CorpusError::NoDocuments {
            folder: folder.to_owned(),
            empty: documents.len(),
            skipped: listing.skipped.len(),
        });
    }
    Ok((documents, records, listing))
}

fn is_missing(error: &FileError) -> bool {
    matches!(error, FileError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests;
