//! Any server that answers `/v1/chat/completions`.
//!
//! Enters: a plan, the key's value, something that counts tokens. Leaves: generations with the time
//! of their first token. Does not: read the environment, follow redirects, cache, or show the key in
//! any error, debug output or report.

mod address;
mod answer;
mod excerpt;
mod fault;
mod probe;
mod retry_after;
#[cfg(test)]
mod tests;
mod wire;

pub use excerpt::ParserSays;
pub use fault::EndpointFault;
pub use probe::Probe;

use super::{Clock, CountedBy, Finish, Generation, LanguageModel, ModelError, Request, TokenCount};
use crate::config::OpenaiModel;
use crate::tokens::Tokens;
use address::{Address, Key};
use answer::Answer;
use backon::{ExponentialBuilder, Retryable as _};
use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, LOCATION};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use wire::Learned;

/// Wait before the second try; doubled for each further one, with up to as much again in jitter.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// Longest wait between tries where the server names none.
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// A server that runs accepts a connection sooner than this.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// A model behind an address.
#[derive(Debug)]
pub struct Endpoint {
    plan: OpenaiModel,
    address: Address,
    key: Option<Key>,
    tokens: Tokens,
    client: reqwest::Client,
    turns: Semaphore,
    learned: Learned,
    first_delay: Duration,
}

impl Endpoint {
    /// Checks address and key; sends nothing. `api_key` is the value of the variable that the plan
    /// names; `tokens` counts where the server does not.
    ///
    /// # Errors
    /// [`ModelError::Endpoint`] when the address is no address or the key is missing or unusable.
    pub fn new(
        plan: &OpenaiModel,
        api_key: Option<String>,
        tokens: Tokens,
    ) -> Result<Self, ModelError> {
        let failed = |fault| failure(plan, 0, fault);
        let address = Address::of(&plan.base_url).map_err(failed)?;
        let key = Key::of(plan.api_key_env.as_deref(), api_key).map_err(failed)?;
        let limit = seconds(plan.seconds_limit);
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limit.min(LONGEST_CONNECT))
            .timeout(limit);
        if address.is_loopback {
            client = client.no_proxy();
        }
        if !address.is_encrypted {
            // No redirect is followed, so no certificate is ever checked: a machine without root
            // certificates can still talk to a server of its own network.
            client = client.tls_certs_only([]);
        }
        let client = client.build().map_err(|error| failed(EndpointFault::Client(error)))?;
        Ok(Self {
            turns: Semaphore::new(plan.requests_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            plan: plan.clone(),
            address,
            key,
            tokens,
            client,
            learned: Learned::default(),
            first_delay: FIRST_DELAY,
        })
    }

    async fn answer(&self, request: &Request) -> Result<Generation, ModelError> {
        let tries = AtomicU32::new(0);
        let turn = self.turns.acquire().await;
        let _turn = turn.map_err(|_| failure(&self.plan, 0, EndpointFault::Closed))?;
        let delays = ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_delay(LONGEST_DELAY)
            .with_max_times(self.plan.tries.saturating_sub(1) as usize)
            .with_jitter()
            .with_jitter_seed(request.sampling.seed);
        (|| {
            tries.fetch_add(1, Ordering::Relaxed);
            self.one_try(request)
        })
        .retry(delays)
        .when(EndpointFault::is_temporary)
        // No delay means that no try is left: a server's wish does not add one.
        .adjust(|fault, delay| delay.map(|delay| fault.wait().unwrap_or(delay)))
        .await
        .map_err(|fault| failure(&self.plan, tries.load(Ordering::Relaxed), fault))
    }

    /// One answer. A server that rejects a field it need not know is asked again without that field;
    /// this is no failure and does not count as a try.
    async fn one_try(&self, request: &Request) -> Result<Generation, EndpointFault> {
        let mut without = self.learned.get();
        loop {
            let body = wire::body(&self.plan.model, request, without);
            let sent = Instant::now();
            let limit = self.plan.seconds_limit;
            let mut post = self.client.post(self.address.completions.clone()).json(&body);
            if let Some(key) = &self.key {
                post = post.header(AUTHORIZATION, key.header());
            }
            let response = post.send().await.map_err(|error| fault::transport(error, limit))?;
            if response.status().is_success() {
                let answer = answer::read(response, sent, limit, self.secret()).await?;
                // Remembered only now: the field was the cause, not a word in some other complaint.
                self.learned.add(without);
                return self.generation(request, answer);
            }
            let (fault, says) = self.refusal(response).await?;
            let is_request_fault =
                matches!(fault, EndpointFault::Rejected { status: 400 | 422, .. });
            match without.next(&says, &body).filter(|_| is_request_fault) {
                Some(field) => without = without.with(field),
                None => return Err(fault),
            }
        }
    }

    /// The fault of a response that is not 2xx, with its body.
    async fn refusal(
        &self,
        response: reqwest::Response,
    ) -> Result<(EndpointFault, Vec<u8>), EndpointFault> {
        let status = response.status();
        let wait = retry_after::wait_of(response.headers(), SystemTime::now());
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.map(|text| excerpt::excerpt(text, 200, self.secret()));
        // The status says enough where the explanation breaks off.
        let body = answer::whole_body(response, self.plan.seconds_limit).await.unwrap_or_default();
        let says = excerpt::message_of(&body, self.secret());
        let variable = self.key.as_ref().and(self.plan.api_key_env.clone());
        Ok((fault::status_fault(status, says, variable, wait, location), body))
    }

    fn generation(&self, request: &Request, answer: Answer) -> Result<Generation, EndpointFault> {
        let Answer { mut text, refusal, reasoning, usage, log_probabilities, .. } = answer;
        if text.is_empty() {
            text = refusal;
        }
        let mut finish = answer.finish.unwrap_or(Finish::Unknown);
        if text.is_empty() && answer.filtered {
            return Err(EndpointFault::Filtered);
        }
        if text.trim().is_empty() && !reasoning.is_empty() && finish == Finish::Length {
            return Err(EndpointFault::OnlyReasoning {
                answer_tokens: request.sampling.answer_tokens,
            });
        }
        let answer_tokens = self.counted(usage.completion_tokens, || {
            self.tokens.count(&text) + self.tokens.count(&reasoning)
        });
        let prompt_tokens = self.counted(usage.prompt_tokens, || match request.text.as_str() {
            "" => request.messages.iter().map(|turn| self.tokens.count(&turn.content)).sum(),
            rendered => self.tokens.count(rendered),
        });
        if cut_at_stop(&mut text, &request.sampling.stop) {
            finish = Finish::Stop;
        }
        Ok(Generation {
            text,
            finish,
            prompt_tokens,
            answer_tokens,
            log_probabilities: (request.sampling.log_probabilities
                && !log_probabilities.is_empty())
            .then_some(log_probabilities),
            usd: None,
            clock: Clock {
                first_token_seconds: answer.first_token_seconds,
                seconds: Some(answer.seconds),
                peak_memory_bytes: None,
            },
        })
    }

    fn counted(&self, server: Option<usize>, count: impl FnOnce() -> usize) -> TokenCount {
        match server {
            Some(count) => TokenCount { count, by: CountedBy::Engine },
            None if self.tokens.is_exact() => {
                TokenCount { count: count(), by: CountedBy::Tokenizer }
            }
            None => TokenCount { count: count(), by: CountedBy::Estimate },
        }
    }

    fn secret(&self) -> Option<&str> {
        self.key.as_ref().map(Key::secret)
    }
}

impl LanguageModel for Endpoint {
    fn concurrency(&self) -> usize {
        self.plan.requests_in_flight.max(1)
    }

    /// Of `seed`, `stream_options`, `logprobs` and `max_tokens` (sent as `max_completion_tokens`) those
    /// that the server rejected and that are no longer sent.
    fn rejected_fields(&self) -> Vec<&'static str> {
        self.learned.get().names()
    }

    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>> {
        Box::pin(self.answer(request))
    }
}

/// Cuts the answer before the first stop string: some servers leave it in, or know none.
fn cut_at_stop(text: &mut String, stop: &[String]) -> bool {
    let first =
        stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop)).min();
    if let Some(at) = first {
        text.truncate(at);
    }
    first.is_some()
}

fn failure(plan: &OpenaiModel, tries: u32, fault: EndpointFault) -> ModelError {
    // An address that is refused for what it holds is not repeated.
    let address = match fault {
        EndpointFault::Address { .. } => "`base_url`".into(),
        _ => plan.base_url.clone(),
    };
    ModelError::Endpoint { model: plan.model.clone(), address, tries, fault: Box::new(fault) }
}

/// A time limit; one that no clock can hold is none.
fn seconds(limit: f64) -> Duration {
    Duration::try_from_secs_f64(limit).unwrap_or(Duration::from_secs(86_400 * 365))
}
