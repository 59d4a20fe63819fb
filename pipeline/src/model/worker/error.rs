//! What can go wrong between the runner and its worker processes.

use std::path::PathBuf;

/// A worker that could not be started, or a request that no worker answered.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The program of the worker cannot be run.
    #[error("model `{model}`: cannot start `{}`", program.display())]
    Start {
        /// The model's name.
        model: String,
        /// The program.
        program: PathBuf,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The scratch folder of the workers cannot be made.
    #[error("model `{model}`: cannot make a folder for the workers' cache")]
    Cache {
        /// The model's name.
        model: String,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The worker looked at the model and refused it.
    #[error("model `{model}` cannot be loaded: {message}")]
    Load {
        /// The model's name.
        model: String,
        /// What the worker said.
        message: String,
        /// The remedy that the worker named.
        hint: Option<String>,
    },
    /// The worker ended, hung or spoke nonsense while it loaded the model.
    #[error("model `{model}`: the worker failed while loading: {reason}")]
    LoadDied {
        /// The model's name.
        model: String,
        /// How it failed, with its last lines.
        reason: String,
    },
    /// The worker looked at the request and refused it; another try would end the same.
    #[error("model `{model}` did not answer `{question}`: {message}")]
    Refused {
        /// The model's name.
        model: String,
        /// Question id.
        question: String,
        /// What the worker said.
        message: String,
        /// The remedy that the worker named.
        hint: Option<String>,
    },
    /// Every try failed.
    #[error("model `{model}` did not answer `{question}` in {} tries: {}", reasons.len(), reasons.join("; then "))]
    Tries {
        /// The model's name.
        model: String,
        /// Question id.
        question: String,
        /// Why each try failed, in order.
        reasons: Vec<String>,
    },
    /// Workers of this model failed to load so often that no more are started.
    #[error(
        "model `{model}`: no more workers are started after {loads} failed loads in a row, the last: {last}{}",
        before(reasons)
    )]
    GivenUp {
        /// The model's name.
        model: String,
        /// Failed loads.
        loads: u32,
        /// Why the last of them failed.
        last: String,
        /// Why each try of the request failed before, in order.
        reasons: Vec<String>,
    },
}

/// What came of a request's tries before no worker was left for the next.
fn before(reasons: &[String]) -> String {
    match reasons {
        [] => String::new(),
        reasons => format!("; tried before: {}", reasons.join("; then ")),
    }
}

impl WorkerError {
    /// How often the request was tried.
    pub fn tries(&self) -> u32 {
        match self {
            Self::Tries { reasons, .. } | Self::GivenUp { reasons, .. } => reasons.len() as u32,
            Self::Refused { .. } => 1,
            _ => 0,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Start { program, .. } => {
                Some(format!("check that `{}` is there and executable", program.display()))
            }
            Self::Cache { .. } => Some("free some disk space or set TMPDIR to a writable folder".into()),
            Self::Load { hint, .. } | Self::Refused { hint, .. } => hint.clone(),
            Self::LoadDied { .. } | Self::GivenUp { .. } => Some(
                "the worker's last lines say why; where memory is short, set `replicas = 1`, a smaller `context_tokens`, or `isq`"
                    .into(),
            ),
            Self::Tries { .. } => Some(
                "raise `seconds_limit` or `memory_limit_gib` of the model where the reason is a limit"
                    .into(),
            ),
        }
    }
}
