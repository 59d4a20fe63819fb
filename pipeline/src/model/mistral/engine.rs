//! A loaded model that answers one prompt at a time.
//!
//! Enters: rendered prompts. Leaves: generations. Does not: run two requests at once: the engine
//! would decode them in one batch, which is wrong on a CPU.

use super::choice::Choice;
use super::error::MistralError;
use super::loader;
use super::overseer::{Overseer, Progress, Responses, lock};
use crate::config::Sampling;
use crate::model::worker::{Answerer, Load, Refusal};
use crate::model::{Clock, CountedBy, Finish, Generation, TokenCount};
use mistralrs::{
    CustomLogitsProcessor, Model, NormalRequest, Request, RequestMessage, Response, SamplingParams,
};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokenizers::Tokenizer;
use tokio::runtime::Runtime;

/// A model in mistralrs.
pub struct Mistral {
    // Dropped before the runtime that it lives in.
    model: Model,
    runtime: Runtime,
    tokenizer: Arc<Tokenizer>,
    context_tokens: usize,
    requests: usize,
}

impl Mistral {
    /// Loads a model; a folder is checked first.
    ///
    /// # Errors
    /// What is wrong with the folder, or what the engine said.
    pub fn load(load: &Load) -> Result<Self, MistralError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| MistralError::Engine { message: error.to_string() })?;
        let (model, folder) = loader::load(&runtime, load)?;
        Ok(Self {
            model,
            runtime,
            tokenizer: loader::tokenizer(&folder)?,
            context_tokens: load.context_tokens,
            requests: 0,
        })
    }

    fn generate(&mut self, text: &str, sampling: &Sampling) -> Result<Generation, MistralError> {
        let started = Instant::now();
        let prompt = self.prompt_tokens(text, sampling)?;
        let prompt_tokens = prompt.len();
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let responses: Responses = Arc::new(Mutex::new(receiver));
        let overseer = Arc::new(Overseer {
            prompt: prompt.clone(),
            choice: Choice::from(sampling),
            stop: sampling.stop.clone(),
            tokenizer: Arc::clone(&self.tokenizer),
            responses: Arc::clone(&responses),
            progress: Mutex::new(Progress::default()),
        });
        self.requests += 1;
        let request = Request::Normal(Box::new(NormalRequest {
            is_streaming: true,
            logits_processors: Some(vec![Arc::clone(&overseer) as Arc<dyn CustomLogitsProcessor>]),
            ..NormalRequest::new_simple(
                RequestMessage::CompletionTokens(prompt),
                SamplingParams {
                    // None would mean 1.
                    temperature: Some(0.0),
                    max_len: Some(sampling.answer_tokens),
                    ..SamplingParams::neutral()
                },
                sender,
                self.requests,
                None,
                None,
            )
        }));
        let said = self.runtime.block_on(converse(&self.model, request, &responses))?;
        let seconds = started.elapsed().as_secs_f64();
        let progress = lock(&overseer.progress).clone();
        let first = progress.first_token.map(|first| first.duration_since(started).as_secs_f64());
        let (text, finish) = self.ending(&progress, said, sampling)?;
        let count = |count| TokenCount { count, by: CountedBy::Engine };
        Ok(Generation {
            text,
            finish,
            prompt_tokens: count(prompt_tokens),
            answer_tokens: count(progress.tokens.len()),
            log_probabilities: sampling.log_probabilities.then_some(progress.log_probabilities),
            usd: None,
            clock: Clock {
                first_token_seconds: first,
                seconds: Some(seconds),
                peak_memory_bytes: None,
            },
        })
    }

    /// The prompt as the tokenizer reads it: special tokens where the text spells them out, none
    /// added. Refused where it does not fit, since the engine would decode past the window.
    fn prompt_tokens(&self, text: &str, sampling: &Sampling) -> Result<Vec<u32>, MistralError> {
        let encoding = self
            .tokenizer
            .encode_fast(text, false)
            .map_err(|error| MistralError::Tokenizer { message: error.to_string() })?;
        let (prompt_tokens, answer_tokens) = (encoding.len(), sampling.answer_tokens);
        if prompt_tokens == 0 || answer_tokens == 0 {
            return Err(MistralError::Nothing { prompt_tokens, answer_tokens });
        }
        let context_tokens = self.context_tokens;
        if prompt_tokens.saturating_add(answer_tokens) > context_tokens {
            return Err(MistralError::OverWindow { prompt_tokens, answer_tokens, context_tokens });
        }
        Ok(encoding.get_ids().to_vec())
    }

    /// The answer's text and why it ended.
    fn ending(
        &self,
        progress: &Progress,
        said: Option<String>,
        sampling: &Sampling,
    ) -> Result<(String, Finish), MistralError> {
        if let Some(text) = &progress.stopped_text {
            return Ok((text.clone(), Finish::Stop));
        }
        let full = progress.tokens.len() >= sampling.answer_tokens;
        let finish = match said.as_deref() {
            Some("length") => Finish::Length,
            Some("stop") => Finish::Stop,
            // The engine keeps back a last piece that is not whole UTF-8, and the reason with it.
            None if full => Finish::Length,
            None if !progress.tokens.is_empty() => Finish::Stop,
            other => {
                let message = format!("an answer ended with {}", other.unwrap_or("no token"));
                return Err(MistralError::Engine { message });
            }
        };
        let tokens = match (finish, progress.tokens.split_last()) {
            // An end-of-sequence token, which is not text even where it is not marked as special.
            (Finish::Stop, Some((_, text))) => text,
            _ => &progress.tokens[..],
        };
        let text = self
            .tokenizer
            .decode(tokens, true)
            .map_err(|error| MistralError::Tokenizer { message: error.to_string() })?;
        Ok((text, finish))
    }
}

impl Answerer for Mistral {
    fn answer(&mut self, text: &str, sampling: &Sampling) -> Result<Generation, Refusal> {
        Ok(self.generate(text, sampling)?)
    }
}

/// Sends a request and takes what comes back until the engine has let go of it; the channel holds
/// one item, and the next request must not meet this one. Returns the engine's reason for the end.
async fn converse(
    model: &Model,
    request: Request,
    responses: &Responses,
) -> Result<Option<String>, MistralError> {
    let failed = |message: String| MistralError::Engine { message };
    let sender = model.inner().get_sender(None).map_err(|error| failed(error.to_string()))?;
    sender.send(request).await.map_err(|_| failed("the engine has ended".into()))?;
    let mut reason = None;
    let mut error = None;
    while let Some(response) =
        std::future::poll_fn(|context| lock(responses).poll_recv(context)).await
    {
        match response {
            Response::CompletionChunk(chunk) => {
                reason =
                    chunk.choices.into_iter().find_map(|choice| choice.finish_reason).or(reason);
            }
            Response::InternalError(cause) | Response::ValidationError(cause) => {
                error.get_or_insert(cause.to_string());
            }
            Response::CompletionModelError(message, _) | Response::ModelError(message, _) => {
                error.get_or_insert(message);
            }
            _ => {
                error.get_or_insert("it answered in another form than asked".into());
            }
        }
    }
    error.map_or(Ok(reason), |message| Err(failed(message)))
}
