//! All that lies below `documents/`.
//!
//! Enters: the folder. Leaves: documents, their records, and what was left out. Does not: say whether that
//! is enough; some questions need no document.

use super::folder::{self, Listing};
use super::problem::QuestionFault;
use super::{CorpusError, Document, DocumentError, DocumentRecord, document};
use crate::extract::Extractor;
use crate::file::FileError;
use rayon::prelude::*;
use std::path::Path;

/// What was read; each list is ordered by id.
#[derive(Default)]
pub(super) struct Documents {
    pub documents: Vec<Document>,
    pub records: Vec<DocumentRecord>,
    pub unreadable: Vec<(String, DocumentError)>,
    pub listing: Listing,
}

impl Documents {
    /// Reads in parallel; nothing where there is no such folder.
    pub fn read(folder: &Path, extractor: &Extractor) -> Result<Self, FileError> {
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let mut listing = folder::list(folder)?;
        let read: Vec<_> = listing
            .files
            .par_iter()
            .map(|entry| {
                document::read(entry, extractor).map_err(|problem| (entry.id.clone(), problem))
            })
            .collect();
        let mut documents = Vec::with_capacity(read.len());
        let mut records = Vec::with_capacity(read.len());
        let mut unreadable = std::mem::take(&mut listing.problems);
        for result in read {
            match result {
                Ok((document, record)) => {
                    documents.push(document);
                    records.push(record);
                }
                Err(problem) => unreadable.push(problem),
            }
        }
        unreadable.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Self { documents, records, unreadable, listing })
    }

    /// Whether there is nothing to retrieve from.
    pub fn are_without_text(&self) -> bool {
        self.documents.iter().all(Document::is_empty)
    }

    /// `error` of the questions, or, where it comes of documents without text, that.
    pub fn explain(self, folder: &Path, error: CorpusError) -> CorpusError {
        if !self.are_without_text() || !wants_text(&error) {
            return error;
        }
        let folder = folder.to_owned();
        if !folder.is_dir() {
            return CorpusError::MissingDocuments { folder };
        }
        CorpusError::NoDocuments {
            folder,
            empty: self.documents.len(),
            skipped: self.listing.skipped.len(),
            unreadable: self.unreadable.into_iter().map(|(_, problem)| problem).collect(),
        }
    }
}

/// Whether the error may be that of documents which are not there.
fn wants_text(error: &CorpusError) -> bool {
    match error {
        CorpusError::MissingQuestions { .. } | CorpusError::NoQuestions { .. } => true,
        CorpusError::Questions { problems, .. } => problems.iter().any(|problem| {
            matches!(
                problem.what,
                QuestionFault::UnknownDocument { .. }
                    | QuestionFault::LeftOutDocument { .. }
                    | QuestionFault::NoEvidence { .. }
            )
        }),
        _ => false,
    }
}
