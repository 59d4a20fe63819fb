//! Documents cut into chunks.
//!
//! Enters: a document, a token budget. Leaves: [`Chunk`]s, each a span of its document. Does not:
//! change text; a chunk is a slice, byte for byte.

mod chunker;
mod cut_file;
mod error;
mod fingerprint;

pub use chunker::Chunker;
pub use cut_file::{Chunks, CutFile};
pub use error::ChunkError;
pub use fingerprint::fingerprint;

use crate::corpus::Document;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A span of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// `DOCUMENT#NNNNN`, counted from 0 within the document: sorts as it stands in the document. (Of
    /// more than 100,000 chunks in one document, those with a sixth digit sort by it: a tie between
    /// them is broken the same way every time, but not in the text's order. Ids are never padded
    /// further, since hits that were kept name them.)
    pub id: String,
    /// Document id.
    pub document: String,
    /// Bytes of the document's text.
    pub span: Range<usize>,
    /// The span's text.
    pub text: String,
}

/// Of a chunk: first byte, byte after the last, tokens.
type Cut = (usize, usize, usize);

impl Chunk {
    /// The chunk of that number, counted from 0, in `document`.
    fn of(document: &Document, number: usize, span: Range<usize>) -> Self {
        Self {
            id: format!("{}#{number:05}", document.id),
            document: document.id.clone(),
            text: document.text[span.clone()].to_owned(),
            span,
        }
    }
}
