//! Texts made into vectors.
//!
//! Enters: texts with their role. Leaves: unit vectors, `[texts, dimensions]`, cached by content and
//! model. Does not: search.

mod cache;
mod error;
mod hashed;
mod identity;
mod open;
mod prefix;
mod room;
pub mod runtime;
mod source;
mod unit;
mod vector_file;

#[cfg(feature = "engines")]
pub mod catalogue;
#[cfg(feature = "engines")]
pub mod hub;
#[cfg(feature = "engines")]
mod limit;
#[cfg(feature = "engines")]
mod mapped;
#[cfg(feature = "engines")]
pub mod onnx;
#[cfg(feature = "engines")]
mod qwen3;

#[cfg(test)]
pub(crate) mod conformance;

pub use cache::CachedEmbedder;
pub use error::EmbedError;
pub use hashed::HashedEmbedder;
pub use identity::{fingerprint, folder_fingerprint};
#[cfg(feature = "engines")]
pub(crate) use limit::TokenLimit;
pub use open::{Host, open};
pub use prefix::Prefixes;
pub use room::{Room, room};
pub(crate) use source::onnx_files;
#[cfg(feature = "engines")]
pub(crate) use source::position_limit;
pub use source::{EmbedderSource, onnx_weights, resolve, tokenizer_file_paths};
pub use vector_file::VectorFile;

use crate::tokens::Tokens;

/// Models are trained with different prefixes for the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A question.
    Query,
    /// A span of a document.
    Passage,
}

/// Turns texts into vectors.
///
/// Contract: the answer has one vector for each text, in the texts' order, each of
/// [`Embedder::dimensions`] finite numbers and of length 1 (to 1e-5); the same text and role give
/// the same vector, whatever stands beside it (to 1e-5). An empty text is allowed, and an empty list
/// gives an empty list. A text beyond the model's limit is cut at its end, and
/// [`Embedder::is_cut`] says so.
pub trait Embedder: Send + Sync {
    /// Numbers in a vector.
    fn dimensions(&self) -> usize;

    /// Vectors of `texts`, `[texts, dimensions]`.
    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// Whether the end of `text` does not enter its vector, because the text is longer than the
    /// model reads. Counting these is how a report shows what was cut.
    fn is_cut(&self, role: Role, text: &str) -> bool {
        let _ = (role, text);
        false
    }

    /// What counts tokens as this model reads them, where it shows it.
    fn tokens(&self) -> Option<Tokens> {
        None
    }

    /// What was found damaged and is made again.
    fn repaired(&self) -> Option<String> {
        None
    }
}

impl<T: Embedder + ?Sized> Embedder for Box<T> {
    fn dimensions(&self) -> usize {
        (**self).dimensions()
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        (**self).embed(role, texts)
    }

    fn is_cut(&self, role: Role, text: &str) -> bool {
        (**self).is_cut(role, text)
    }

    fn tokens(&self) -> Option<Tokens> {
        (**self).tokens()
    }

    fn repaired(&self) -> Option<String> {
        (**self).repaired()
    }
}
