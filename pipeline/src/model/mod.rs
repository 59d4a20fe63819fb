//! What answers a prompt: weights in worker processes, an endpoint, recorded answers, a scripted
//! stand-in. All four are peers behind [`LanguageModel`].
//!
//! Enters: a [`Request`]. Leaves: a [`Generation`]. Does not: choose passages or judge answers.

pub mod architectures;
pub mod endpoint;
pub mod facts;
pub mod hub;
pub mod loadable;
#[cfg(feature = "engines")]
pub mod mistral;
pub mod note;
pub mod recorded;
pub mod script;
pub mod scripted;
pub mod vocabulary;
pub mod worker;

use crate::config::Sampling;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// One prompt and how to sample the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Question id.
    pub question: String,
    /// Counted from 0.
    pub repeat: u32,
    /// The conversation, for endpoints, which apply their own template.
    pub messages: Vec<Message>,
    /// The conversation after the model's chat template, byte for byte what a local model reads.
    pub text: String,
    /// How tokens are chosen; the seed is the trial's own.
    pub sampling: Sampling,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Speaker,
    /// What is said.
    pub content: String,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Speaker {
    System,
    User,
    Assistant,
}

/// What a model gave back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The answer; stop strings are cut off, white space around it kept.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
    /// Tokens read.
    pub prompt_tokens: TokenCount,
    /// Tokens written.
    pub answer_tokens: TokenCount,
    /// Natural-log probability of each answer token, where asked for and available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_probabilities: Option<Vec<f64>>,
    /// US dollars, where the source says so itself (recorded answers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    /// Clock readings.
    pub clock: Clock,
}

impl Generation {
    /// With readings and log-probabilities in whole millionths: such a number is read from a file
    /// exactly as it was written there, so that a file that is read and written again stays as it is.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let round = |value: &mut f64| *value = (*value * 1e6).round() / 1e6;
        self.clock.first_token_seconds.iter_mut().for_each(round);
        self.clock.seconds.iter_mut().for_each(round);
        self.log_probabilities.iter_mut().flatten().for_each(round);
        self
    }
}

/// Clock readings of one generation: they differ between runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Seconds from sending the prompt to the first token, where it can be seen.
    pub first_token_seconds: Option<f64>,
    /// Seconds from sending the prompt to the end; none for recorded answers without one.
    pub seconds: Option<f64>,
    /// Peak resident memory of the process that answered, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
}

/// A count and who counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCount {
    /// How many.
    pub count: usize,
    /// Who says so.
    pub by: CountedBy,
}

/// Who counted tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedBy {
    /// The engine or server that ran the model.
    Engine,
    /// This program, with the model's tokenizer.
    Tokenizer,
    /// This program, from the text's length.
    Estimate,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    /// End-of-sequence token or stop string.
    Stop,
    /// The longest answer was reached.
    Length,
    /// The source does not say.
    Unknown,
}

/// What is known about a model without running it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// `mistralrs`, `openai`, `recorded` or `scripted`.
    pub source: String,
    /// `LlamaForCausalLM`, `llama`, ...
    pub architecture: Option<String>,
    /// Parameters in total.
    pub parameters: Option<u64>,
    /// Parameters that one token uses: fewer in a mixture of experts.
    pub active_parameters: Option<u64>,
    /// `F32`, `Q4_1`, `Q8_0 (isq)`, ...
    pub quantization: Option<String>,
    /// Bytes of the weight files.
    pub weight_bytes: Option<u64>,
    /// The model's own window in tokens.
    pub window_tokens: Option<usize>,
    /// Bytes of KV cache a token: 2 × layers × key-value heads × head dimension × bytes.
    pub kv_bytes_per_token: Option<u64>,
    /// SHA-256 over the weight files, `config.json` and `tokenizer.json`, in file-name order.
    pub sha256: Option<crate::fingerprint::Fingerprint>,
}

/// Answers prompts.
///
/// Contract: the answer depends on the request only, not on what else is in flight; with
/// temperature 0 it is the same every time; a failure is an error, never an empty text.
pub trait LanguageModel: Send + Sync {
    /// How many requests it takes at once.
    fn concurrency(&self) -> usize;

    /// Fields of requests that it did not take so far, so that answers came without them.
    fn rejected_fields(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Answers one prompt.
    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>>;
}

/// A model that could not be loaded or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// An endpoint could not be set up or did not answer.
    #[error("no answer from `{model}` at {address} ({tries} {})", if *tries == 1 { "try" } else { "tries" })]
    Endpoint {
        /// The server's name for the model.
        model: String,
        /// `base_url` of the plan.
        address: String,
        /// Requests sent for this answer; 0 where the plan itself is at fault.
        tries: u32,
        /// What went wrong at the last try.
        #[source]
        fault: Box<endpoint::EndpointFault>,
    },
    /// A file of recorded answers is at fault.
    #[error(transparent)]
    Recorded(#[from] recorded::RecordedError),
    /// The scripted stand-in fails, as its plan says.
    #[error(transparent)]
    Scripted(#[from] scripted::ScriptedError),
    /// A model's files could not be described.
    #[error(transparent)]
    Facts(#[from] facts::FactsError),
    /// A worker process did not start or answer.
    #[error(transparent)]
    Worker(#[from] worker::WorkerError),
    /// A hub did not give the model.
    #[error("cannot get `{name}` from the hub")]
    Hub {
        /// The hub's name for the model.
        name: String,
        /// Why.
        #[source]
        source: Box<crate::embed::EmbedError>,
    },
    /// The hub's folder has nothing that could be run.
    #[error("`{name}` has no weights on the hub")]
    HubEmpty {
        /// The hub's name for the model.
        name: String,
    },
    /// This build cannot run weights.
    #[error("this build has no local engines for `{name}`")]
    NoEngines {
        /// The model.
        name: String,
    },
    /// A file of the model cannot be read or written.
    #[error(transparent)]
    File(#[from] crate::file::FileError),
}

impl ModelError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Endpoint { model, address, fault, .. } => fault.hint(model, address),
            Self::Recorded(error) => error.hint(),
            Self::Scripted(error) => error.hint(),
            Self::Facts(error) => error.hint(),
            Self::Worker(error) => error.hint(),
            Self::Hub { source, .. } => source.hint(),
            Self::HubEmpty { .. } => {
                Some("name a model with safetensors or GGUF weights, or a local folder".into())
            }
            Self::NoEngines { .. } => {
                Some("build without `--no-default-features`, or name an endpoint".into())
            }
            Self::File(error) => error.hint(),
        }
    }

    /// How often the model was asked before this error was final.
    pub fn tries(&self) -> u32 {
        match self {
            Self::Endpoint { tries, .. } => *tries,
            Self::Worker(error) => error.tries(),
            Self::Recorded(_) | Self::Scripted(_) | Self::Facts(_) => 1,
            Self::Hub { .. } | Self::HubEmpty { .. } | Self::NoEngines { .. } | Self::File(_) => 0,
        }
    }
}
