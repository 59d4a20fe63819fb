//! What can go wrong with questions before they are asked.

use crate::chunk::ChunkError;
use crate::corpus::CorpusError;
use crate::file::FileError;
use crate::index::IndexError;
use crate::prompt::PromptError;
use crate::run::RunError;
use crate::run::lock::LockError;
use std::path::PathBuf;

/// Drafting or review that cannot start or go on. What was decided before is kept.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum QuestionsError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error("cannot cut the documents into passages")]
    Chunk(#[from] ChunkError),
    #[error("cannot search the documents")]
    Index(#[from] IndexError),
    #[error("cannot make a prompt")]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The model failed several times in a row.
    #[error("model `{model}` is given up after failing {failures} times in a row")]
    GivenUp {
        model: String,
        failures: usize,
        #[source]
        source: Box<RunError>,
    },
    /// No passage has enough words to ask about.
    #[error(
        "no passage of corpus `{corpus}` is long enough to be asked about ({too_short} are too short)"
    )]
    NoPassages { corpus: String, too_short: usize },
    /// A kind whose answer no document holds.
    #[error("questions of the kind `{kind}` cannot be drafted from passages")]
    Kind { kind: String },
    /// There is nothing to review.
    #[error("{} has no drafts", path.display())]
    NoDrafts { path: PathBuf },
    /// A draft that is to be changed is not in the file: somebody else has written to it meanwhile.
    #[error("{} has no draft `{id}` any more", path.display())]
    LostDraft { path: PathBuf, id: String },
    /// Something stands where a sheet should go.
    #[error("{} is there already", path.display())]
    Exists { path: PathBuf },
    /// Rows of a sheet that cannot be taken; nothing of the sheet was.
    #[error("{} problem(s) in {}{}", problems.len(), path.display(), listed(path, problems))]
    Sheet { path: PathBuf, problems: Vec<(usize, String)> },
    #[error("cannot read the sheet {}", path.display())]
    Csv {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
    /// The terminal went away.
    #[error("cannot talk to the terminal")]
    Terminal(#[source] std::io::Error),
}

impl QuestionsError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Run(error) => error.hint(),
            Self::Corpus(error) => error.hint(),
            Self::Chunk(error) => error.hint(),
            Self::Index(error) => error.hint(),
            Self::Prompt(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::Lock(error) => error.hint(),
            Self::GivenUp { source, .. } => source.hint(),
            Self::NoPassages { .. } => Some("put longer documents into `documents/`".into()),
            Self::Kind { .. } => Some(
                "name kinds that a passage answers: `fact`, `number`, `date`, `two-documents`, or one of your own"
                    .into(),
            ),
            Self::NoDrafts { .. } => {
                Some("make some with `ragscale questions draft NAME --model MODEL`".into())
            }
            Self::LostDraft { .. } => {
                Some("close what else has the file open, and run the same command again".into())
            }
            Self::Exists { .. } => Some(
                "name another file, or move it away: a sheet may hold decisions that nothing has taken yet"
                    .into(),
            ),
            Self::Sheet { .. } => {
                Some("nothing was taken: mend the rows and import the sheet again".into())
            }
            Self::Csv { .. } => Some("save the sheet as `CSV UTF-8`".into()),
            Self::Terminal(_) => None,
        }
    }

    /// Whether the input is at fault (exit code 2) or the work failed (exit code 1).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Run(error) => error.is_input(),
            Self::Corpus(_)
            | Self::Prompt(_)
            | Self::NoPassages { .. }
            | Self::Kind { .. }
            | Self::NoDrafts { .. }
            | Self::Exists { .. }
            | Self::Sheet { .. }
            | Self::Csv { .. } => true,
            _ => false,
        }
    }
}

fn listed(path: &std::path::Path, problems: &[(usize, String)]) -> String {
    problems.iter().map(|(line, what)| format!("\n{}:{line}: {what}", path.display())).collect()
}
