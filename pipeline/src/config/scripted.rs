//! Models that compute nothing: recorded answers, and the scripted stand-in for tests.
//!
//! Enters: their tables. Leaves: a [`RecordedModel`] or a [`ScriptedModel`]. Does not: open the
//! recording.

use super::fields::Fields;
use serde::{Deserialize, Serialize};

/// Answers of a system that cannot be run here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedModel {
    /// JSON lines: `question`, `answer`, optional `prompt_tokens`, `answer_tokens`, `seconds`,
    /// `first_token_seconds`, `usd`.
    pub path: String,
}

/// A deterministic stand-in, named as one in every report. Its answers depend on the seed, the
/// question and the prompt, nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptedModel {
    /// Share of questions answered right when an accepted answer stands in the prompt.
    pub reads: f64,
    /// Share of questions answered right from "memory".
    pub knows: f64,
    /// Share of the remaining questions that are declined; the others are answered wrong.
    pub declines: f64,
    /// Share of trials that fail.
    pub fails: f64,
    /// Seed of the choices.
    pub seed: u64,
    /// Window in tokens (words).
    pub context_tokens: usize,
    /// Seconds each answer takes, really waited.
    pub seconds: f64,
    /// A file of answers by what stands in the prompt; the shares above are not used then. JSON lines:
    /// `sees`, texts that all have to stand there, and `says`, the answer; a line without one fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
}

impl RecordedModel {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let path = fields.needs("path", "path = \"answers.jsonl\"").text("path");
        Some(Self { path: path? })
    }
}

impl Default for ScriptedModel {
    fn default() -> Self {
        Self {
            reads: 0.9,
            knows: 0.2,
            declines: 0.5,
            fails: 0.0,
            seed: 0,
            context_tokens: 4096,
            seconds: 0.0,
            script: None,
        }
    }
}

impl ScriptedModel {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let default = Self::default();
        let share = |key, default| {
            fields.number(key, 0.0..=1.0, "a share: 0.9 is nine in ten").unwrap_or(default)
        };
        Some(Self {
            reads: share("reads", default.reads),
            knows: share("knows", default.knows),
            declines: share("declines", default.declines),
            fails: share("fails", default.fails),
            seed: fields.whole("seed", 0.., "any whole number from 0").unwrap_or(default.seed),
            context_tokens: fields
                .whole(
                    "context_tokens",
                    super::SMALLEST_WINDOW_TOKENS..,
                    "words that prompt and answer share",
                )
                .unwrap_or(default.context_tokens),
            seconds: fields
                .number("seconds", 0.0.., "seconds each answer takes")
                .unwrap_or(default.seconds),
            script: fields.text("script"),
        })
    }
}
