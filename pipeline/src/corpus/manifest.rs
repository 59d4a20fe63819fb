//! Hashes and counts of a corpus: what decides which parts are indexed again.

use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use serde::{Deserialize, Serialize};

/// What stands in `manifest.json` and in every report's provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// One record a document, ordered by id.
    pub documents: Vec<DocumentRecord>,
    /// SHA-256 of `questions.jsonl`.
    pub questions_sha256: Fingerprint,
    /// Questions in the file.
    pub questions: usize,
}

/// One document in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Document id.
    pub id: String,
    /// SHA-256 of the file as it stands on disk.
    pub sha256: Fingerprint,
    /// SHA-256 of the extracted text: what everything derived from the document depends on.
    pub text_sha256: Fingerprint,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of the extracted text.
    pub text_bytes: usize,
    /// Words of the text (UAX #29).
    pub words: usize,
}

impl Manifest {
    /// What an index over all documents depends on: their ids and texts. Neither the questions nor
    /// a change of line ends alone moves it.
    pub fn documents_fingerprint(&self) -> Fingerprint {
        self.documents
            .iter()
            .fold(FingerprintBuilder::new(), |builder, record| {
                builder.part("id", &record.id).part("text", record.text_sha256.as_str())
            })
            .finish()
    }
}
