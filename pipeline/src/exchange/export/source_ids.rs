//! The ids that documents had in the source they were imported from.
//!
//! Enters: a corpus. Leaves: each document's id for other programs: the source's where the corpus was
//! imported, else the corpus's own.

use crate::corpus::Corpus;
use crate::exchange::ExchangeError;
use crate::exchange::names::decoded;
use crate::exchange::summary::SOURCE_FILE;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

/// The ids of one corpus's documents.
pub(super) struct SourceIds {
    imported: bool,
}

impl SourceIds {
    /// Looks whether the corpus in `folder` was imported.
    ///
    /// # Errors
    /// When two documents would have one id: one was put beside the imported ones by hand.
    pub fn of(corpus: &Corpus, folder: &Path) -> Result<Self, ExchangeError> {
        let ids = Self { imported: folder.join(SOURCE_FILE).is_file() };
        let mut documents: HashMap<Cow<'_, str>, &str> = HashMap::new();
        for document in corpus.documents.iter().filter(|_| ids.imported) {
            if let Some(first) = documents.insert(ids.id(&document.id), &document.id) {
                let (first, second) = (first.to_owned(), document.id.clone());
                let id = ids.id(&second).into_owned();
                return Err(ExchangeError::SameId { first, second, id });
            }
        }
        Ok(ids)
    }

    /// The id of a document for other programs.
    pub fn id<'a>(&self, document: &'a str) -> Cow<'a, str> {
        match decoded(document).filter(|_| self.imported) {
            Some(id) => Cow::Owned(id),
            None => Cow::Borrowed(document),
        }
    }
}
