//! What the runner and a worker say to each other: one JSON object a line.
//!
//! Enters: lines. Leaves: messages. Does not: start processes or run models.
//!
//! The runner sends one [`ToWorker::Load`], the worker answers [`FromWorker::Ready`] or
//! [`FromWorker::Failed`]. Then every [`ToWorker::Ask`] gets one [`FromWorker::Answer`] or
//! [`FromWorker::Failed`] with its id, in order. The worker ends when its input ends.

use crate::config::{DataType, Device, Sampling, Weights};
use crate::model::Generation;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Write};

/// Version of the protocol. Both sides come from one build; the number catches a worker left over
/// from another one.
pub const PROTOCOL: u32 = 1;

/// A line to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToWorker {
    /// First line: which model.
    Load(Load),
    /// Every other line: a prompt.
    Ask(Ask),
}

/// Which model, and how it is loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Must equal [`PROTOCOL`].
    pub protocol: u32,
    /// An absolute folder, or a hub name.
    pub weights: Weights,
    /// Which GGUF file of the folder.
    pub file: Option<String>,
    /// In-situ quantization.
    pub isq: Option<String>,
    /// Type of the weights in memory.
    pub data_type: DataType,
    /// What computes.
    pub device: Device,
    /// Window in tokens that prompt and answer share.
    pub context_tokens: usize,
}

/// One prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Comes back with the answer.
    pub id: u64,
    /// The rendered prompt: special tokens are spelled out in it, none is added.
    pub text: String,
    /// How tokens are chosen.
    pub sampling: Sampling,
}

/// A line from a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromWorker {
    /// The model is loaded.
    Ready(Ready),
    /// An answer.
    Answer {
        /// The question's id.
        id: u64,
        /// The answer; its peak memory is left to the reader of the process table.
        generation: Generation,
    },
    /// The model was not loaded, or the prompt not answered.
    Failed {
        /// The question's id; none while loading.
        id: Option<u64>,
        /// Why.
        refusal: Refusal,
    },
}

/// The model is loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Seconds from the load line to here.
    pub load_seconds: f64,
}

/// Why a model was not loaded or a prompt not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What is wrong, with its causes.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
    /// Whether a fresh worker might do better: true for an engine that failed, false for a request
    /// that is wrong in itself.
    pub retry: bool,
}

/// Writes one message as one line, in one write, and flushes it.
///
/// # Errors
/// When the other side is gone.
pub fn write_line(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    output.write_all(&line(message)?)?;
    output.flush()
}

/// A message as a line with its end.
///
/// # Errors
/// When the message has no JSON form, which these types always have.
pub fn line(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(message)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads one line.
///
/// # Errors
/// A sentence that holds the start of the line.
pub fn read_line<T: DeserializeOwned>(line: &str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        let start: String = line.trim_end().chars().take(120).collect();
        format!("not a line of the protocol ({error}): `{start}`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clock, CountedBy, Finish, TokenCount};

    #[test]
    fn messages_come_back_as_they_were_sent() {
        let ask = ToWorker::Ask(Ask {
            id: 7,
            text: "two\nlines, a \u{2028}separator and a \"quote\"".into(),
            sampling: Sampling { stop: vec!["\n".into()], ..Sampling::default() },
        });
        let bytes = line(&ask).unwrap();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1, "one line a message");
        assert_eq!(read_line::<ToWorker>(std::str::from_utf8(&bytes).unwrap()).unwrap(), ask);

        let tokens = TokenCount { count: 3, by: CountedBy::Engine };
        let answer = FromWorker::Answer {
            id: 7,
            generation: Generation {
                text: "Paris".into(),
                finish: Finish::Stop,
                prompt_tokens: tokens,
                answer_tokens: tokens,
                log_probabilities: Some(vec![-0.25, -1.5, -0.001]),
                usd: None,
                clock: Clock::default(),
            },
        };
        let bytes = line(&answer).unwrap();
        assert_eq!(read_line::<FromWorker>(std::str::from_utf8(&bytes).unwrap()).unwrap(), answer);
    }

    #[test]
    fn noise_is_named_by_its_start() {
        let message = read_line::<FromWorker>("thread 'main' panicked\n").unwrap_err();
        assert!(message.contains("`thread 'main' panicked`"), "{message}");
    }
}
