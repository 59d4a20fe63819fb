//! A response's bytes become an answer.
//!
//! Enters: the body of a 2xx response, as it arrives. Leaves: an [`Answer`] with clock readings, or
//! the fault. Does not: send, retry, or count tokens that the server left uncounted.

use super::excerpt::{ParserSays, excerpt, message_of, start_of};
use super::fault::{EndpointFault, transport};
use super::wire::{Completion, Usage, finish_of};
use crate::model::Finish;
use eventsource_stream::{EventStreamError, Eventsource as _};
use futures_util::{Stream, StreamExt as _, stream};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest body that is read: a million tokens of streamed events stay below it only just, and no
/// answer of a question comes near.
pub(super) const LONGEST_BODY_BYTES: usize = 16 << 20;
/// How long to wait for the usage event and `[DONE]` after the answer itself has ended. Some servers
/// send neither and keep the connection open.
const AFTERTHOUGHT: Duration = Duration::from_secs(2);

/// What a server answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    pub(super) finish: Option<Finish>,
    pub(super) filtered: bool,
    pub(super) usage: Usage,
    pub(super) log_probabilities: Vec<f64>,
    pub(super) first_token_seconds: Option<f64>,
    pub(super) seconds: f64,
}

impl Answer {
    /// Adds a piece; whether it began the answer.
    fn add(&mut self, completion: Completion, key: Option<&str>) -> Result<bool, EndpointFault> {
        if let Some(error) = completion.error.filter(|error| !error.is_null()) {
            let body = serde_json::json!({ "error": error }).to_string();
            return Err(EndpointFault::Midway { says: message_of(body.as_bytes(), key) });
        }
        if let Some(usage) = completion.usage {
            self.usage = usage;
        }
        let was_empty = self.text.is_empty() && self.refusal.is_empty();
        let Some(choice) = completion.choices.unwrap_or_default().into_iter().next() else {
            return Ok(false);
        };
        if let Some(delta) = choice.delta {
            self.text.push_str(delta.content.as_deref().unwrap_or_default());
            self.refusal.push_str(delta.refusal.as_deref().unwrap_or_default());
            self.reasoning.push_str(delta.reasoning_content.as_deref().unwrap_or_default());
        }
        if let Some(tokens) = choice.logprobs.and_then(|logprobs| logprobs.content) {
            self.log_probabilities.extend(tokens.iter().map(|token| token.logprob));
        }
        if let Some(reason) = choice.finish_reason {
            self.filtered = reason == "content_filter";
            self.finish = Some(finish_of(Some(&reason)));
        }
        Ok(was_empty && !(self.text.is_empty() && self.refusal.is_empty()))
    }

    fn has_usage(&self) -> bool {
        self.usage.prompt_tokens.is_some() && self.usage.completion_tokens.is_some()
    }
}

/// Reads a response whose status is 2xx.
pub(super) async fn read(
    response: reqwest::Response,
    sent: Instant,
    seconds_limit: f64,
    key: Option<&str>,
) -> Result<Answer, EndpointFault> {
    let is_stream = response
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream"));
    if is_stream {
        let bytes = response
            .bytes_stream()
            .map(move |piece| piece.map_err(|error| transport(error, seconds_limit)));
        return read_events(bounded(bytes), sent, key, true).await;
    }
    let body = whole_body(response, seconds_limit).await?;
    // Some servers stream events under another content type: the tokens' times are lost then.
    if ["data:", "event:", ":"]
        .iter()
        .any(|start| body.trim_ascii_start().starts_with(start.as_bytes()))
    {
        // In pieces, as from a network: the parser moves what is left of a piece at every line.
        let whole = stream::iter(body.chunks(8 << 10).map(Ok::<_, EndpointFault>));
        return read_events(whole, sent, key, false).await;
    }
    read_json(&body, sent, key)
}

/// The whole body, up to the limit.
pub(super) async fn whole_body(
    mut response: reqwest::Response,
    seconds_limit: f64,
) -> Result<Vec<u8>, EndpointFault> {
    let mut body = Vec::new();
    while let Some(piece) =
        response.chunk().await.map_err(|error| transport(error, seconds_limit))?
    {
        if body.len() + piece.len() > LONGEST_BODY_BYTES {
            return Err(EndpointFault::TooLarge { limit_bytes: LONGEST_BODY_BYTES });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn bounded<B: AsRef<[u8]>>(
    pieces: impl Stream<Item = Result<B, EndpointFault>>,
) -> impl Stream<Item = Result<B, EndpointFault>> {
    let mut bytes = 0_usize;
    pieces.map(move |piece| {
        let piece = piece?;
        bytes += piece.as_ref().len();
        if bytes > LONGEST_BODY_BYTES {
            return Err(EndpointFault::TooLarge { limit_bytes: LONGEST_BODY_BYTES });
        }
        Ok(piece)
    })
}

fn read_json(body: &[u8], sent: Instant, key: Option<&str>) -> Result<Answer, EndpointFault> {
    let completion: Completion = serde_json::from_slice(body).map_err(|error| {
        let source = ParserSays::of(&error, key);
        if error.is_eof() && body.trim_ascii_start().starts_with(b"{") {
            EndpointFault::CutJson { bytes: body.len(), source }
        } else {
            EndpointFault::NotJson { start: start_of(body, key), source }
        }
    })?;
    let has_choice = completion.has_choice();
    let mut answer = Answer { seconds: sent.elapsed().as_secs_f64(), ..Answer::default() };
    answer.add(completion, key)?;
    if has_choice { Ok(answer) } else { Err(EndpointFault::NoChoice) }
}

/// Reads server-sent events until `[DONE]`, or until the answer and its usage are known.
async fn read_events<B: AsRef<[u8]>>(
    bytes: impl Stream<Item = Result<B, EndpointFault>>,
    sent: Instant,
    key: Option<&str>,
    timed: bool,
) -> Result<Answer, EndpointFault> {
    let events = bytes.eventsource();
    let mut events = std::pin::pin!(events);
    let mut answer = Answer::default();
    let mut count = 0_usize;
    let (mut done, mut has_choice) = (false, false);
    while !(done || answer.finish.is_some() && answer.has_usage()) {
        let next = if answer.finish.is_some() {
            timeout(AFTERTHOUGHT, events.next()).await.unwrap_or(None)
        } else {
            events.next().await
        };
        let event = match next {
            None => break,
            // The answer is whole: what breaks after it does not matter.
            Some(Err(_)) if answer.finish.is_some() => break,
            Some(Err(EventStreamError::Transport(fault))) => return Err(fault),
            Some(Err(error)) => {
                let message = excerpt(&error.to_string(), 80, key);
                return Err(EndpointFault::MalformedStream { message });
            }
            Some(Ok(event)) => event,
        };
        count += 1;
        if event.data.trim() == "[DONE]" {
            done = true;
        } else if !event.data.trim().is_empty() {
            let piece: Completion = serde_json::from_str(&event.data).map_err(|error| {
                let start = start_of(event.data.as_bytes(), key);
                EndpointFault::NotJson { start, source: ParserSays::of(&error, key) }
            })?;
            has_choice |= piece.has_choice();
            if answer.add(piece, key)? && timed {
                answer.first_token_seconds = Some(sent.elapsed().as_secs_f64());
            }
        }
        // The answer ends with its last token, not with the usage that follows.
        if answer.seconds == 0.0 && (done || answer.finish.is_some()) {
            answer.seconds = sent.elapsed().as_secs_f64();
        }
    }
    match done || answer.finish.is_some() {
        true if has_choice => Ok(answer),
        true => Err(EndpointFault::NoChoice),
        false => Err(EndpointFault::CutStream { events: count }),
    }
}
