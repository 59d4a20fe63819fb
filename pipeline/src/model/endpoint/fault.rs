//! What can go wrong with an endpoint, whether trying again can help, and the remedy.
//!
//! Does not: hold the key. A server's words come as excerpts, from which the key was taken.

use super::excerpt::ParserSays;
use super::retry_after::LONGEST_WAIT;
use reqwest::StatusCode;
use std::time::Duration;

/// Why an endpoint gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum EndpointFault {
    /// `base_url` cannot be used.
    #[error("`base_url` {problem}")]
    Address {
        /// What is wrong with it.
        problem: String,
    },
    /// The plan names a variable that is unset or empty.
    #[error("environment variable `{variable}` is not set or empty")]
    NoKey {
        /// The variable.
        variable: String,
    },
    /// The key has bytes that no HTTP header can carry.
    #[error(
        "the key in {} cannot be sent: it has a line break or other control character, or is not ASCII",
        place(variable)
    )]
    KeyBytes {
        /// The variable that holds it.
        variable: Option<String>,
    },
    /// The HTTP client could not be set up.
    #[error("cannot set up the HTTP client")]
    Client(#[source] reqwest::Error),
    /// No connection could be made.
    #[error("cannot connect")]
    Connect(#[source] reqwest::Error),
    /// The connection broke.
    #[error("the connection broke before the answer was whole")]
    Broken(#[source] reqwest::Error),
    /// Nothing, or not all, came in time.
    #[error("no whole answer within {seconds} s")]
    TimeOut {
        /// The limit.
        seconds: f64,
    },
    /// 401 or 403.
    #[error("HTTP {status}: the server does not accept {}: {says}", match variable { Some(name) => format!("the key in {}", place(&Some(name.clone()))), None => "requests without a key".into() })]
    Unauthorized {
        /// 401 or 403.
        status: u16,
        /// The variable that holds the key; none where no key is sent.
        variable: Option<String>,
        /// The server's words.
        says: String,
    },
    /// 404.
    #[error("HTTP 404: no such address or model: {says}")]
    NotFound {
        /// The server's words.
        says: String,
    },
    /// 429.
    #[error("HTTP 429: too many requests: {says}{}", beyond(*wait))]
    TooMany {
        /// How long the server asks to wait.
        wait: Option<Duration>,
        /// The server's words.
        says: String,
    },
    /// 5xx.
    #[error("HTTP {status}: the server failed: {says}{}", beyond(*wait))]
    Server {
        /// The status code.
        status: u16,
        /// How long the server asks to wait.
        wait: Option<Duration>,
        /// The server's words.
        says: String,
    },
    /// 3xx; redirects are not followed, so that the key stays with the host it is meant for.
    #[error("HTTP {status}: the server redirects to {location}")]
    Redirect {
        /// The status code.
        status: u16,
        /// Where to.
        location: String,
    },
    /// Another status.
    #[error("HTTP {status}: the server rejects the request: {says}")]
    Rejected {
        /// The status code.
        status: u16,
        /// The server's words.
        says: String,
    },
    /// An error in the place of an answer, or in the middle of one.
    #[error("the server broke off with an error: {says}")]
    Midway {
        /// The server's words.
        says: String,
    },
    /// The answer is something else, HTML for example.
    #[error("the answer is not the JSON of a chat completion; it begins with: {start}")]
    NotJson {
        /// The first characters, escaped.
        start: String,
        /// What the parser said.
        #[source]
        source: ParserSays,
    },
    /// The JSON ends too early.
    #[error("the answer's JSON is cut off after {bytes} bytes")]
    CutJson {
        /// Bytes that came.
        bytes: usize,
        /// What the parser said.
        #[source]
        source: ParserSays,
    },
    /// The stream ends without saying so.
    #[error("the stream ended after {events} events without `finish_reason` or `[DONE]`")]
    CutStream {
        /// Events that came.
        events: usize,
    },
    /// The stream cannot be read as events.
    #[error("the event stream is malformed: {message}")]
    MalformedStream {
        /// What the parser said.
        message: String,
    },
    /// No choice in the answer.
    #[error("the answer holds no choice")]
    NoChoice,
    /// More bytes than any answer needs.
    #[error("the answer is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// A reasoning model used up the longest answer before it began to answer.
    #[error("all {answer_tokens} answer tokens went into reasoning; the answer itself never began")]
    OnlyReasoning {
        /// Tokens asked for.
        answer_tokens: usize,
    },
    /// The server's filter withheld the answer.
    #[error("the server's content filter withheld the answer")]
    Filtered,
    /// The endpoint was shut down while a request waited for its turn.
    #[error("the endpoint was shut down")]
    Closed,
}

fn place(variable: &Option<String>) -> String {
    variable.as_ref().map_or("the key".into(), |name| format!("environment variable `{name}`"))
}

/// Names a wait that is longer than a run grants.
fn beyond(wait: Option<Duration>) -> String {
    match wait.filter(|wait| *wait > LONGEST_WAIT) {
        Some(wait) => format!(
            "; it asks to wait {} s, and a run waits {} s at most",
            wait.as_secs(),
            LONGEST_WAIT.as_secs()
        ),
        None => String::new(),
    }
}

impl EndpointFault {
    /// Whether the same request may succeed a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Broken(_)
            | Self::TimeOut { .. }
            | Self::Midway { .. }
            | Self::CutJson { .. }
            | Self::CutStream { .. }
            // The server waited in vain for the whole request.
            | Self::Rejected { status: 408, .. } => true,
            Self::TooMany { wait, .. } | Self::Server { status: 500..=599, wait, .. } => {
                wait.is_none_or(|wait| wait <= LONGEST_WAIT)
            }
            _ => false,
        }
    }

    /// How long the server asks to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::TooMany { wait, .. } | Self::Server { wait, .. } => *wait,
            _ => None,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self, model: &str, address: &str) -> Option<String> {
        let says_v1 = address.trim_end_matches('/').ends_with("/v1");
        let add_v1 = format!("{}/v1", address.trim_end_matches('/'));
        Some(match self {
            Self::Address { .. } => {
                "write it like `http://localhost:8000/v1` or `https://api.example.com/v1`".into()
            }
            Self::NoKey { variable } => format!(
                "set it (`export {variable}=...`), or leave out `api_key_env` where the server asks for no key"
            ),
            Self::KeyBytes { variable } => {
                format!("set {} again without quotes and line break", place(variable))
            }
            Self::Client(_) => {
                "install the system's root certificates (Debian: `ca-certificates`)".into()
            }
            Self::Connect(_) => format!(
                "check that the server runs and that this machine reaches it: `curl {}/models`",
                address.trim_end_matches('/')
            ),
            Self::Broken(_)
            | Self::CutJson { .. }
            | Self::CutStream { .. }
            | Self::Midway { .. } => {
                "look at the server's log, and at time limits of proxies before it".into()
            }
            Self::TimeOut { .. } => {
                "raise `seconds_limit`, lower `requests_in_flight`, or ask for shorter answers"
                    .into()
            }
            Self::Unauthorized { variable: Some(name), .. } => format!(
                "check the key in environment variable `{name}`: is it of this server, unexpired, and allowed to use `{model}`?"
            ),
            Self::Unauthorized { variable: None, .. } => {
                "put the key into an environment variable and name it: `api_key_env = \"LLM_KEY\"`"
                    .into()
            }
            Self::NotFound { .. } if !says_v1 => format!("try `base_url = \"{add_v1}\"`"),
            Self::NotFound { .. } => format!(
                "check the name `{model}` against the list at {}/models",
                address.trim_end_matches('/')
            ),
            Self::TooMany { wait: Some(wait), .. } | Self::Server { wait: Some(wait), .. }
                if *wait > LONGEST_WAIT =>
            {
                "run again with `--retry-failed` when that time is over: finished trials are kept"
                    .into()
            }
            Self::TooMany { .. } => "lower `requests_in_flight` or raise `tries`".into(),
            Self::Server { .. } => {
                "look at the server's log; raise `tries` where this passes by itself".into()
            }
            Self::Redirect { location, .. } => {
                format!("write the final address as `base_url` (the server names {location})")
            }
            Self::Rejected { status: 408, .. } => {
                "raise `tries`, and look at time limits of proxies before the server".into()
            }
            Self::Rejected { .. } => {
                "compare the model's `sampling` and `context_tokens` with what the server allows"
                    .into()
            }
            Self::NotJson { .. } if !says_v1 => {
                format!("the address may be a web page or a proxy; try `base_url = \"{add_v1}\"`")
            }
            Self::NotJson { .. } => {
                "the address may be a web page or a proxy; check `base_url`".into()
            }
            Self::MalformedStream { .. } | Self::NoChoice => {
                "check that the server speaks OpenAI's chat completions at this address".into()
            }
            Self::TooLarge { .. } => "check `base_url`: this is no chat completion".into(),
            Self::OnlyReasoning { .. } => {
                "raise `answer_tokens`, or turn reasoning off at the server".into()
            }
            Self::Filtered | Self::Closed => return None,
        })
    }
}

/// A failed request without its address: the plan's is shown instead, and an address may carry what
/// an error should not.
pub(super) fn transport(error: reqwest::Error, seconds: f64) -> EndpointFault {
    let error = error.without_url();
    if error.is_timeout() && !error.is_connect() {
        EndpointFault::TimeOut { seconds }
    } else if error.is_connect() {
        EndpointFault::Connect(error)
    } else if error.is_builder() {
        EndpointFault::Client(error)
    } else {
        EndpointFault::Broken(error)
    }
}

/// The fault that a status other than 2xx stands for.
pub(super) fn status_fault(
    status: StatusCode,
    says: String,
    variable: Option<String>,
    wait: Option<Duration>,
    location: Option<String>,
) -> EndpointFault {
    let code = status.as_u16();
    match code {
        401 | 403 => EndpointFault::Unauthorized { status: code, variable, says },
        404 => EndpointFault::NotFound { says },
        429 => EndpointFault::TooMany { wait, says },
        500.. => EndpointFault::Server { status: code, wait, says },
        300..=399 => EndpointFault::Redirect {
            status: code,
            location: location.unwrap_or_else(|| "an address it does not name".into()),
        },
        _ => EndpointFault::Rejected { status: code, says },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        let fault = |code: u16, wait: Option<u64>| {
            let status = StatusCode::from_u16(code).unwrap();
            status_fault(status, "no".into(), None, wait.map(Duration::from_secs), None)
        };
        for code in [408, 429, 500, 501, 502, 503, 504, 507, 520, 529] {
            assert!(fault(code, None).is_temporary(), "{code}");
        }
        for code in [301, 400, 401, 403, 404, 413, 422, 600] {
            assert!(!fault(code, None).is_temporary(), "{code}");
        }
        for code in [429, 503] {
            let granted = fault(code, Some(600));
            assert!(granted.is_temporary() && !granted.to_string().contains("wait"), "{granted}");
            let refused = fault(code, Some(86_400));
            assert!(!refused.is_temporary());
            let text = refused.to_string();
            assert!(
                text.ends_with("it asks to wait 86400 s, and a run waits 600 s at most"),
                "{text}"
            );
            let hint = refused.hint("m", "http://localhost/v1").unwrap();
            assert!(hint.contains("--retry-failed"), "{hint}");
        }
    }
}
