//! The endpoint against servers of our own on the loopback address, one a test.

mod answers;
mod failures;

use super::*;
use crate::config::Sampling;
use crate::model::{Message, Speaker};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::{StreamExt as _, stream};
use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

const KEY: &str = "sk-secret-0123456789";

/// What the server does with the n-th request (from 0) whose body is given.
type Script = Arc<dyn Fn(usize, serde_json::Value) -> Response + Send + Sync>;

struct Server {
    base_url: String,
    requests: Arc<AtomicUsize>,
}

async fn serve(
    script: impl Fn(usize, serde_json::Value) -> Response + Send + Sync + 'static,
) -> Server {
    let requests = Arc::new(AtomicUsize::new(0));
    let script: Script = Arc::new(script);
    let answer = |State((script, count)): State<(Script, Arc<AtomicUsize>)>, body: Bytes| async move {
        let number = count.fetch_add(1, Ordering::SeqCst);
        script(number, serde_json::from_slice(&body).unwrap_or_default())
    };
    let router = Router::new()
        .route("/v1/chat/completions", post(answer))
        .route("/v1/models", get(answer))
        .with_state((script, requests.clone()));
    Server { base_url: format!("http://{}/v1", listen(router).await), requests }
}

async fn listen(router: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

fn plan(base_url: &str) -> OpenaiModel {
    OpenaiModel {
        base_url: base_url.into(),
        model: "m".into(),
        api_key_env: Some("LLM_KEY".into()),
        context_tokens: 4096,
        tokenizer: None,
        requests_in_flight: 2,
        seconds_limit: 5.0,
        tries: 3,
        parameters: None,
    }
}

fn endpoint_of(plan: &OpenaiModel) -> Endpoint {
    let mut endpoint = Endpoint::new(plan, Some(KEY.into()), Tokens::Estimate).unwrap();
    endpoint.first_delay = Duration::from_millis(5);
    endpoint
}

fn endpoint(server: &Server) -> Endpoint {
    endpoint_of(&plan(&server.base_url))
}

fn request() -> Request {
    let messages = vec![Message { role: Speaker::User, content: "Which torque?".into() }];
    let sampling = Sampling::default();
    Request { question: "q1".into(), repeat: 0, messages, text: String::new(), sampling }
}

fn respond(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
}

fn json_answer() -> Response {
    respond(
        200,
        "application/json",
        r#"{"choices":[{"message":{"role":"assistant","content":"35 Nm"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":11,"completion_tokens":3}}"#,
    )
}

/// The events after one another, each after its delay in milliseconds.
fn events(events: &[(u64, &str)]) -> Response {
    let events: Vec<_> = events.iter().map(|(ms, data)| (*ms, (*data).to_owned())).collect();
    let pieces = stream::iter(events).then(|(ms, data)| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok::<_, std::io::Error>(format!("data: {data}\n\n"))
    });
    respond(200, "text/event-stream; charset=utf-8", Body::from_stream(pieces))
}

/// Events of a usual stream.
const ROLE: &str = r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#;
const TEXT: &str = r#"{"choices":[{"index":0,"delta":{"content":"35"}}]}"#;
const MORE: &str = r#"{"choices":[{"index":0,"delta":{"content":" Nm"}}]}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":3}}"#;

/// Every text that an error shows, and its debug form.
fn shown(error: &ModelError) -> String {
    let mut text = format!("{error:?}\n{error:#?}\n{error}\n{:?}", error.hint());
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("\n{error}\n{error:?}");
        cause = error.source();
    }
    text
}

/// The fault of a request that fails, after a look that it shows no key and names a remedy.
async fn fault_of(endpoint: &Endpoint) -> (EndpointFault, u32) {
    let error = endpoint.generate(&request()).await.unwrap_err();
    assert!(!shown(&error).contains(KEY), "{}", shown(&error));
    assert!(error.hint().is_some(), "{error:?}");
    match error {
        ModelError::Endpoint { fault, tries, .. } => (*fault, tries),
        other => panic!("{other}"),
    }
}
