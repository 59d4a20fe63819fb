//! An HTTP server on the loopback address that answers every request by one rule.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Serves until dropped.
pub struct Server {
    /// Up to and with `/v1`.
    pub base_url: String,
    requests: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

/// What was asked: place in the order of requests (from 0), value of `authorization`, body.
pub struct Asked {
    pub number: usize,
    pub authorization: String,
    pub body: serde_json::Value,
}

impl Server {
    /// Answers with `rule`; none means never.
    pub fn start(rule: impl Fn(Asked) -> Option<Response> + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let (rule, count) = (Arc::new(rule), Arc::clone(&requests));
        let answer = move |headers: HeaderMap, body: Bytes| {
            let asked = Asked {
                number: count.fetch_add(1, Ordering::SeqCst),
                authorization: headers
                    .get("authorization")
                    .map(|value| value.to_str().unwrap().to_owned())
                    .unwrap_or_default(),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            };
            let rule = Arc::clone(&rule);
            async move {
                match rule(asked) {
                    Some(response) => response,
                    None => std::future::pending().await,
                }
            }
        };
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self { base_url, requests, _runtime: runtime }
    }

    /// Requests so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// A response with a body.
pub fn respond(status: u16, kind: &str, body: impl Into<Body>) -> Option<Response> {
    let response = Response::builder().status(status).header("content-type", kind);
    Some(response.body(body.into()).unwrap())
}

/// A whole answer.
pub fn answer(text: &str) -> Option<Response> {
    let body = serde_json::json!({
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3},
    });
    respond(200, "application/json", body.to_string())
}
