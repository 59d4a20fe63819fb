//! What can go wrong while chunks are ranked, and what to do about it.

use crate::embed::EmbedError;
use crate::file::FileError;
use crate::index::IndexError;
use std::path::PathBuf;

/// A retriever that could not be built or asked.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// An embedder or a reranker failed.
    #[error(transparent)]
    Model(#[from] EmbedError),
    /// An index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The index knows a chunk that the corpus does not have.
    #[error("the index holds chunk `{chunk}`, which the corpus does not have")]
    UnknownChunk {
        /// Chunk id.
        chunk: String,
    },
    /// Two chunks have one id.
    #[error("two chunks have the id `{chunk}`")]
    DuplicateChunk {
        /// Chunk id.
        chunk: String,
    },
    /// A score is not a number that can be ranked.
    #[error("chunk `{chunk}` has a score that is not finite")]
    Score {
        /// Chunk id.
        chunk: String,
    },
    /// A reranker's answer breaks its contract.
    #[error("the reranker gave {scores} scores for {passages} passages")]
    RerankerAnswer {
        /// Scores it gave.
        scores: usize,
        /// Passages it was given.
        passages: usize,
    },
    /// A plan names a part that was not built.
    #[error("retriever `{retriever}` lacks its {part}")]
    MissingPart {
        /// The retriever's name.
        retriever: String,
        /// `lexical index`, `embedder and vector index`, `fusion`, `reranker`.
        part: &'static str,
    },
    /// A line of a TREC file is not one.
    #[error("{}:{line}: {message}", path.display())]
    Trec {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl RetrieveError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Model(error) => error.hint(),
            Self::Index(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::UnknownChunk { .. } => {
                Some("the index is older than the corpus: delete its folder, it is made again".into())
            }
            Self::MissingPart { part, .. } => {
                Some(format!("add the {part} to the `[retriever]` table"))
            }
            Self::Trec { .. } => Some(
                "a run's line is `question Q0 chunk rank score tag`, a judgement's `question 0 chunk grade`"
                    .into(),
            ),
            Self::DuplicateChunk { .. }
            | Self::Score { .. }
            | Self::RerankerAnswer { .. } => None,
        }
    }
}
