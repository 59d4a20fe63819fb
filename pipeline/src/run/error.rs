//! What can end a run.

use super::lock::LockError;
use super::store::StoreError;
use crate::chunk::ChunkError;
use crate::config::{ConfigError, ConfigErrors};
use crate::corpus::CorpusError;
use crate::embed::EmbedError;
use crate::file::FileError;
use crate::index::IndexError;
use crate::model::ModelError;
use crate::model::note::NoteError;
use crate::prompt::PromptError;
use crate::retrieve::RetrieveError;
use crate::tokens::TokensError;
use std::ops::Range;
use std::path::PathBuf;

/// A run that cannot start or go on. Everything finished before is kept.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What the experiment names does not fit the world: a folder that is not there, a window that
    /// is too small.
    #[error(transparent)]
    Plan(#[from] ConfigErrors),
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error("cannot cut the documents into chunks")]
    Chunk(#[from] ChunkError),
    #[error("cannot embed")]
    Embed(#[from] EmbedError),
    #[error("cannot index")]
    Index(#[from] IndexError),
    #[error("cannot retrieve")]
    Retrieve(#[from] RetrieveError),
    #[error("cannot make a prompt")]
    Prompt(#[from] PromptError),
    #[error("cannot count tokens")]
    Tokens(#[from] TokensError),
    #[error("model `{name}` cannot be used")]
    Model {
        name: String,
        #[source]
        source: ModelError,
    },
    /// The experiment file does not have the model.
    #[error("{} has no model `{name}`", path.display())]
    UnknownModel { name: String, path: PathBuf, known: Vec<String> },
    #[error("cannot use the note of a model's folder")]
    Note(#[from] NoteError),
    #[error("cannot keep trials")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    File(#[from] FileError),
    /// The operating system does not say where this program is.
    #[error("cannot find this program's own file")]
    Program(#[source] std::io::Error),
    /// The experiment has retrievers alone.
    #[error("the experiment has no setup to run")]
    NoSetups,
    /// There is nothing that a retriever could find.
    #[error("the corpus `{corpus}` has no documents to retrieve from")]
    NothingToRetrieve { corpus: String },
    /// The file of hits has a line that this program did not write so.
    #[error(
        "{}: retriever `{retriever}` is said to have found bytes {} to {} of {document:?} for question `{question}`, which the corpus does not have",
        path.display(), span.start, span.end
    )]
    ForeignHit {
        path: PathBuf,
        retriever: String,
        question: String,
        document: String,
        span: Range<usize>,
    },
    /// A task of ours ended early.
    #[error("a background task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl RunError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.hint(),
            // Each problem carries its own.
            Self::Plan(_) => None,
            Self::Corpus(error) => error.hint(),
            Self::Chunk(error) => error.hint(),
            Self::Embed(error) => error.hint(),
            Self::Index(error) => error.hint(),
            Self::Retrieve(error) => error.hint(),
            Self::Prompt(error) => error.hint(),
            Self::Tokens(error) => error.hint(),
            Self::Model { source, .. } => source.hint(),
            Self::UnknownModel { known, .. } => {
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                Some(match known.is_empty() {
                    true => "add a table `[model.NAME]`".into(),
                    false => format!("name one of its models: {}", known.join(", ")),
                })
            }
            Self::Note(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Lock(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::NoSetups => Some(
                "add a table `[setup.NAME]`, or measure the retrievers with `ragscale retrieve`"
                    .into(),
            ),
            Self::NothingToRetrieve { corpus } => {
                Some(format!("put documents into `corpora/{corpus}/documents/`"))
            }
            Self::ForeignHit { path, .. } => Some(format!(
                "the file was changed by something else: delete `{}`, and hits are made again, or run with `--fresh`",
                path.display()
            )),
            Self::Program(_) | Self::Task(_) => None,
        }
    }

    /// Whether the input is at fault (exit code 2) or the run failed (exit code 1).
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::Config(_)
                | Self::Plan(_)
                | Self::Corpus(_)
                | Self::Chunk(_)
                | Self::Prompt(_)
                | Self::Tokens(_)
                | Self::NoSetups
                | Self::NothingToRetrieve { .. }
                | Self::UnknownModel { .. }
                | Self::Note(_)
                | Self::Store(StoreError::Schema { .. })
                | Self::Model { source: ModelError::Facts(_) | ModelError::Recorded(_), .. }
        )
    }
}
