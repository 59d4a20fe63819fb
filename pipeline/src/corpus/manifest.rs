//! Hashes and counts of a corpus: what decides which parts are indexed again.

use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use serde::{Deserialize, Serialize};

/// What stands in `manifest.json` and in every report's provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// One record a document, ordered by id.
    pub documents: Vec<DocumentRecord>,
    /// SHA-256 of the file of questions, or of the names and bytes of all where there are several.
    pub questions_sha256: Fingerprint,
    /// Questions in these files.
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
    /// Headers and footers that stood on every page, and were dropped.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped_lines: usize,
    /// The file's encoding where it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Bytes that the encoding does not know, each a U+FFFD in the text.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replaced: usize,
}

// By reference, as serde asks for it.
fn is_zero(number: &usize) -> bool {
    *number == 0
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
