//! `openai = { ... }`: a server that speaks OpenAI's protocol.
//!
//! Enters: the table. Leaves: an [`OpenaiModel`]. Does not: connect, or read the key.

use super::fields::Fields;
use super::{address, name};
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// Any server that answers `/v1/chat/completions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenaiModel {
    /// Address up to and with `/v1`.
    pub base_url: String,
    /// The server's name for the model.
    pub model: String,
    /// Environment variable that holds the key; no key is sent when absent.
    pub api_key_env: Option<String>,
    /// Window in tokens.
    pub context_tokens: usize,
    /// Folder whose `tokenizer.json` counts tokens; an estimate is used and marked when absent.
    pub tokenizer: Option<String>,
    /// Requests in flight, at least 1.
    pub requests_in_flight: usize,
    /// Seconds to wait for a whole answer.
    pub seconds_limit: f64,
    /// Tries a trial, first one included.
    pub tries: u32,
    /// Parameters in total, where the vendor says so.
    pub parameters: Option<u64>,
}

impl OpenaiModel {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let base_url = fields
            .needs("base_url", "base_url = \"http://localhost:8000/v1\"")
            .checked("base_url", address::check_base);
        let model = fields.needs("model", "model = \"the server's name for it\"").text("model");
        let api_key_env = fields.checked("api_key_env", name::check_environment);
        let context_tokens = fields.whole(
            "context_tokens",
            super::SMALLEST_WINDOW_TOKENS..,
            "tokens that prompt and answer share",
        );
        let tokenizer = fields.text("tokenizer");
        let requests_in_flight = fields.whole(
            "requests_in_flight",
            1..=1000,
            "requests that wait for an answer at once",
        );
        let seconds_limit = fields.number(
            "seconds_limit",
            (Bound::Excluded(0.0), Bound::Unbounded),
            "seconds to wait for a whole answer",
        );
        let tries = fields.whole("tries", 1..=20, "tries a trial, the first one included");
        let parameters = fields.whole("parameters", 1.., "parameters in total, as the vendor says");
        Some(Self {
            base_url: base_url?,
            model: model?,
            api_key_env,
            context_tokens: context_tokens.unwrap_or(32_768),
            tokenizer,
            requests_in_flight: requests_in_flight.unwrap_or(8),
            seconds_limit: seconds_limit.unwrap_or(120.0),
            tries: tries.unwrap_or(5),
            parameters,
        })
    }
}
