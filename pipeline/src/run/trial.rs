//! One setup's answer to one question, once.

use crate::fingerprint::Fingerprint;
use crate::model::Generation;
use crate::prompt::Distraction;
use serde::{Deserialize, Serialize};

/// A line of `trials.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Setup's name.
    pub setup: String,
    /// Question id.
    pub question: String,
    /// Counted from 0.
    pub repeat: u32,
    /// Of everything that decides the answer: question, passages, template, weights, settings.
    pub fingerprint: Fingerprint,
    /// What a local model read, byte for byte; what an endpoint was sent, one message after another.
    pub prompt: String,
    /// What stood in the prompt, in its order: `[1]` is the first.
    pub passages: Vec<PassageRef>,
    /// Passages that were chosen and left out for want of room.
    pub cut_passages: usize,
    /// What distracted, where the strategy asked for distractors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distraction: Option<Distraction>,
    /// What came of it.
    pub outcome: Outcome,
}

/// A span of a document that stood in a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageRef {
    /// Document id.
    pub document: String,
    /// First byte in the document's text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The pages that it begins and ends on, where the document has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<(u32, u32)>,
    /// First byte and byte after the last of the passage's text in the prompt; none where a
    /// template did more than add to it.
    pub place: Option<(usize, usize)>,
}

impl Trial {
    /// The answer, if there is one.
    pub fn generation(&self) -> Option<&Generation> {
        match &self.outcome {
            Outcome::Answered(generation) => Some(generation),
            Outcome::Failed { .. } => None,
        }
    }

    /// A passage's text, as it stood in the prompt.
    pub fn passage_text(&self, passage: &PassageRef) -> Option<&str> {
        let (start, end) = passage.place?;
        self.prompt.get(start..end)
    }
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The model answered.
    Answered(Generation),
    /// It did not, after so many tries. Counts as wrong.
    Failed {
        /// The last error, with its causes.
        reason: String,
        /// Tries made.
        tries: u32,
    },
}
