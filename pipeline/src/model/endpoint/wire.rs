//! The JSON of `/v1/chat/completions`: the body that is sent, the fields that are read.
//!
//! Fields that are not read are passed over: servers add their own. What is read may be `null` or
//! absent wherever some server leaves it out.

use crate::model::{Finish, Message, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU8, Ordering};

/// Fields that a server may not know. An answer without them is the same answer (`seed`: as the
/// server samples by itself); every other field decides what is measured and is never left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Optional {
    StreamOptions,
    Seed,
    Logprobs,
    /// Newer servers take `max_completion_tokens` in its place.
    MaxTokens,
}

impl Optional {
    const ALL: [Self; 4] = [Self::StreamOptions, Self::Seed, Self::Logprobs, Self::MaxTokens];

    fn name(self) -> &'static str {
        match self {
            Self::StreamOptions => "stream_options",
            Self::Seed => "seed",
            Self::Logprobs => "logprobs",
            Self::MaxTokens => "max_tokens",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What newer servers call `max_tokens`.
const LONGEST_ANSWER: &str = "max_completion_tokens";
/// How servers say that they do not know a field: OpenAI's words and FastAPI's among them.
const UNKNOWN_FIELD: [&str; 7] = [
    "unsupported",
    "not supported",
    "unrecognized",
    "unknown",
    "unexpected",
    "not permitted",
    "extra_forbidden",
];

/// The fields that a server has rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Without(u8);

impl Without {
    pub(super) fn has(self, field: Optional) -> bool {
        self.0 & field.bit() != 0
    }

    pub(super) fn with(self, field: Optional) -> Self {
        Self(self.0 | field.bit())
    }

    /// The next field to leave out when a server answers 400 or 422 with `body`: the first that it
    /// names as a word of its own and that was sent. A server that finds fault with the value of
    /// `max_tokens` knows the field: it is only left out where the server says that it does not.
    pub(super) fn next(self, body: &[u8], sent: &Map<String, Value>) -> Option<Optional> {
        let text = String::from_utf8_lossy(body).to_ascii_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
        let is_unknown = || {
            words.contains(&LONGEST_ANSWER)
                || UNKNOWN_FIELD.iter().any(|phrase| text.contains(phrase))
        };
        Optional::ALL
            .into_iter()
            .filter(|field| sent.contains_key(field.name()) && words.contains(&field.name()))
            .find(|field| *field != Optional::MaxTokens || is_unknown())
    }

    pub(super) fn names(self) -> Vec<&'static str> {
        Optional::ALL.into_iter().filter(|f| self.has(*f)).map(Optional::name).collect()
    }
}

/// [`Without`] shared by the requests in flight.
#[derive(Debug, Default)]
pub(super) struct Learned(AtomicU8);

impl Learned {
    pub(super) fn get(&self) -> Without {
        Without(self.0.load(Ordering::Relaxed))
    }

    pub(super) fn add(&self, without: Without) {
        self.0.fetch_or(without.0, Ordering::Relaxed);
    }
}

/// The request's body.
pub(super) fn body(model: &str, request: &Request, without: Without) -> Map<String, Value> {
    let sampling = &request.sampling;
    let messages: Vec<Value> = request
        .messages
        .iter()
        .map(|Message { role, content }| json!({ "role": role, "content": content }))
        .collect();
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("model", json!(model));
    put("messages", Value::Array(messages));
    put("stream", json!(true));
    if !without.has(Optional::StreamOptions) {
        put("stream_options", json!({ "include_usage": true }));
    }
    put("temperature", json!(sampling.temperature));
    put("top_p", json!(sampling.top_p));
    if !without.has(Optional::Seed) {
        // Servers parse a signed 64-bit integer; the top bit would make it a float in some.
        put("seed", json!(sampling.seed & i64::MAX as u64));
    }
    let longest = if without.has(Optional::MaxTokens) { LONGEST_ANSWER } else { "max_tokens" };
    put(longest, json!(sampling.answer_tokens));
    if !sampling.stop.is_empty() {
        put("stop", json!(sampling.stop));
    }
    if sampling.log_probabilities && !without.has(Optional::Logprobs) {
        put("logprobs", json!(true));
    }
    body
}

/// A whole answer, or one event of a stream.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) usage: Option<Usage>,
    pub(super) error: Option<Value>,
}

impl Completion {
    pub(super) fn has_choice(&self) -> bool {
        self.choices.as_ref().is_some_and(|choices| !choices.is_empty())
    }
}

/// One of the answers; only the first is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    #[serde(alias = "message")]
    pub(super) delta: Option<Delta>,
    pub(super) finish_reason: Option<String>,
    pub(super) logprobs: Option<Logprobs>,
}

/// A piece of the answer, or the whole.
#[derive(Debug, Deserialize)]
pub(super) struct Delta {
    pub(super) content: Option<String>,
    /// Words of a model that declines by its vendor's rules: they stand for the answer.
    pub(super) refusal: Option<String>,
    /// Thought before the answer, not part of it. vLLM and DeepSeek use one name, newer vLLM and
    /// OpenRouter the other.
    #[serde(alias = "reasoning")]
    pub(super) reasoning_content: Option<String>,
}

/// Log-probabilities of a piece.
#[derive(Debug, Deserialize)]
pub(super) struct Logprobs {
    pub(super) content: Option<Vec<TokenLogprob>>,
}

/// One token's natural-log probability.
#[derive(Debug, Deserialize)]
pub(super) struct TokenLogprob {
    pub(super) logprob: f64,
}

/// Tokens as the server counts them.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize)]
pub(super) struct Usage {
    pub(super) prompt_tokens: Option<usize>,
    pub(super) completion_tokens: Option<usize>,
}

/// What a `finish_reason` means. Besides OpenAI's own, Anthropic's, Cohere's and TGI's words come
/// through gateways.
pub(super) fn finish_of(reason: Option<&str>) -> Finish {
    match reason.map(str::to_ascii_lowercase).as_deref() {
        Some("stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "complete") => {
            Finish::Stop
        }
        Some("length" | "max_tokens") => Finish::Length,
        _ => Finish::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sampling;
    use crate::model::Speaker;

    fn request(sampling: Sampling) -> Request {
        let messages = vec![Message { role: Speaker::User, content: "Why?".into() }];
        Request { question: "q".into(), repeat: 0, messages, text: "Why?".into(), sampling }
    }

    #[test]
    fn the_body_holds_what_decides_the_answer() {
        let sampling = Sampling {
            temperature: 0.5,
            top_p: 0.9,
            seed: u64::MAX,
            answer_tokens: 8,
            stop: vec!["\n".into()],
            log_probabilities: true,
        };
        assert_eq!(
            Value::Object(body("m", &request(sampling), Without::default())),
            json!({
                "model": "m", "messages": [{ "role": "user", "content": "Why?" }],
                "stream": true, "stream_options": { "include_usage": true },
                "temperature": 0.5, "top_p": 0.9, "seed": i64::MAX, "max_tokens": 8,
                "stop": ["\n"], "logprobs": true
            })
        );
    }

    #[test]
    fn rejected_fields_are_left_out_one_by_one() {
        let sampling = Sampling { log_probabilities: true, ..Sampling::default() };
        let request = request(sampling);
        let sent = body("m", &request, Without::default());
        let mut without = Without::default();
        for (says, field) in [
            ("Unrecognized request argument supplied: stream_options", Optional::StreamOptions),
            (r#"{"detail":[{"loc":["body","seed"]}]}"#, Optional::Seed),
            ("Use 'max_completion_tokens' instead of 'max_tokens'.", Optional::MaxTokens),
        ] {
            assert_eq!(without.next(says.as_bytes(), &sent), Some(field));
            without = without.with(field);
        }
        let left = body("m", &request, without);
        assert!(!left.contains_key("seed") && !left.contains_key("stream_options"));
        assert_eq!(left["max_completion_tokens"], 64);
        // A field that is not sent cannot be the cause, nor one that only shares letters.
        assert_eq!(without.next(b"unknown field seed", &left), None);
        assert_eq!(Without::default().next(b"seedling", &sent), None);
        assert_eq!(without.names(), ["stream_options", "seed", "max_tokens"]);
    }

    #[test]
    fn the_longest_answer_is_only_renamed_where_its_name_is_unknown() {
        let sent = body("m", &request(Sampling::default()), Without::default());
        let next = |says: &str| Without::default().next(says.as_bytes(), &sent);
        for says in [
            "max_tokens is too large: 9000. This model supports at most 4096 completion tokens",
            "max_tokens must be at least 1",
            r#"{"detail":[{"loc":["body","max_tokens"],"msg":"Input should be less than 100"}]}"#,
        ] {
            assert_eq!(next(says), None, "{says}");
        }
        for says in [
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            "Unrecognized request argument supplied: max_tokens",
            "max_tokens: use max_completion_tokens",
            r#"{"detail":[{"loc":["body","max_tokens"],"msg":"Extra inputs are not permitted"}]}"#,
        ] {
            assert_eq!(next(says), Some(Optional::MaxTokens), "{says}");
        }
    }

    #[test]
    fn a_piece_and_a_whole_answer_are_read_alike() {
        for text in [
            r#"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}"#,
        ] {
            let completion: Completion = serde_json::from_str(text).unwrap();
            let choice = completion.choices.unwrap().remove(0);
            assert_eq!(choice.delta.unwrap().content.as_deref(), Some("x"));
        }
    }
}
