//! What comes back when the server, in its own way, answers.

use super::*;
use axum::http::HeaderMap;
use futures_util::future;

#[tokio::test]
async fn a_stream_is_read_with_the_time_of_its_first_token() {
    let server = serve(|_, body| {
        assert_eq!(body["stream"], true);
        assert_eq!(body["stream_options"]["include_usage"], true);
        events(&[(0, ROLE), (300, TEXT), (50, MORE), (0, STOP), (0, USAGE), (0, "[DONE]")])
    })
    .await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    assert_eq!(generation.text, "35 Nm");
    assert_eq!(generation.finish, Finish::Stop);
    assert_eq!(generation.prompt_tokens, TokenCount { count: 11, by: CountedBy::Engine });
    assert_eq!(generation.answer_tokens, TokenCount { count: 3, by: CountedBy::Engine });
    let first = generation.clock.first_token_seconds.unwrap();
    let whole = generation.clock.seconds.unwrap();
    assert!(first >= 0.3, "the empty first delta is no token: {first}");
    assert!(whole >= first + 0.05, "{first} {whole}");
}

#[tokio::test]
async fn an_answer_that_was_not_streamed_is_read_too() {
    let server = serve(|_, _| json_answer()).await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    assert_eq!(generation.text, "35 Nm");
    assert_eq!(generation.answer_tokens.count, 3);
    assert_eq!(generation.clock.first_token_seconds, None);
    assert!(generation.clock.seconds.is_some());
}

#[tokio::test]
async fn events_under_another_content_type_are_read_without_their_times() {
    let server =
        serve(|_, _| respond(200, "text/plain", format!("data: {TEXT}\n\ndata: {STOP}\n\n"))).await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    assert_eq!((generation.text.as_str(), generation.finish), ("35", Finish::Stop));
    assert_eq!(generation.clock.first_token_seconds, None);
}

#[tokio::test]
async fn tokens_that_the_server_does_not_count_are_counted_and_marked() {
    let server = serve(|_, _| events(&[(0, TEXT), (0, MORE), (0, STOP), (0, "[DONE]")])).await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    // Four bytes a token, rounded up: "Which torque?" has 13 bytes, "35 Nm" has 5.
    assert_eq!(generation.prompt_tokens, TokenCount { count: 4, by: CountedBy::Estimate });
    assert_eq!(generation.answer_tokens, TokenCount { count: 2, by: CountedBy::Estimate });
}

#[tokio::test]
async fn reasoning_is_time_but_no_answer() {
    const THOUGHT: &str = r#"{"choices":[{"delta":{"reasoning_content":"hm, hm."}}]}"#;
    let server = serve(|_, _| events(&[(0, THOUGHT), (200, TEXT), (0, STOP), (0, "[DONE]")])).await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    assert_eq!(generation.text, "35");
    assert!(generation.clock.first_token_seconds.unwrap() >= 0.2);
    // "35": 1 token, "hm, hm.": 7 bytes, 2 tokens.
    assert_eq!(generation.answer_tokens.count, 3);

    const LENGTH: &str = r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    let server = serve(|_, _| events(&[(0, THOUGHT), (0, LENGTH), (0, "[DONE]")])).await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(matches!((fault, tries), (EndpointFault::OnlyReasoning { answer_tokens: 64 }, 1)));
}

#[tokio::test]
async fn log_probabilities_and_stop_strings() {
    const PIECE: &str = r#"{"choices":[{"delta":{"content":"35 Nm\nQ:"},
        "logprobs":{"content":[{"token":"35","logprob":-0.5},{"token":" Nm","logprob":-0.25}]},
        "finish_reason":"length"}]}"#;
    let server = serve(|_, body| {
        assert_eq!((&body["logprobs"], &body["stop"][0]), (&true.into(), &"\n".into()));
        events(&[(0, &PIECE.replace('\n', "")), (0, "[DONE]")])
    })
    .await;
    let mut request = request();
    request.sampling.log_probabilities = true;
    request.sampling.stop = vec!["\n".into()];
    let generation = endpoint(&server).generate(&request).await.unwrap();
    assert_eq!((generation.text.as_str(), generation.finish), ("35 Nm", Finish::Stop));
    assert_eq!(generation.log_probabilities, Some(vec![-0.5, -0.25]));
}

#[tokio::test]
async fn a_field_that_the_server_rejects_is_left_out_from_then_on() {
    let server = serve(|_, body| {
        for field in ["stream_options", "seed"] {
            if body.get(field).is_some() {
                return respond(
                    400,
                    "application/json",
                    format!("{{\"error\":{{\"message\":\"Unknown parameter: '{field}'\"}}}}"),
                );
            }
        }
        json_answer()
    })
    .await;
    let endpoint = endpoint(&server);
    endpoint.generate(&request()).await.unwrap();
    assert_eq!(server.requests.load(Ordering::SeqCst), 3);
    assert_eq!(endpoint.rejected_fields(), ["stream_options", "seed"]);
    endpoint.generate(&request()).await.unwrap();
    assert_eq!(server.requests.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_rejection_that_only_mentions_a_field_ends_and_teaches_nothing() {
    let server =
        serve(|_, _| respond(400, "text/plain", "seed or not, the prompt is too long")).await;
    let endpoint = endpoint(&server);
    let (fault, tries) = fault_of(&endpoint).await;
    assert!(matches!((fault, tries), (EndpointFault::Rejected { status: 400, .. }, 1)));
    assert_eq!(server.requests.load(Ordering::SeqCst), 2);
    assert!(endpoint.rejected_fields().is_empty());
}

#[tokio::test]
async fn the_key_is_sent_as_a_bearer_token() {
    let answer = |headers: HeaderMap| async move {
        let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
        if sent == Some(&format!("Bearer {KEY}")) { json_answer() } else { respond(401, "x/y", "") }
    };
    let address = listen(Router::new().route("/v1/chat/completions", post(answer))).await;
    let endpoint = endpoint_of(&plan(&format!("http://{address}/v1/")));
    endpoint.generate(&request()).await.unwrap();
    assert!(!format!("{endpoint:?}").contains(KEY));
}

#[tokio::test]
async fn the_servers_wish_to_wait_is_honoured() {
    let server = serve(|number, _| {
        if number > 0 {
            return json_answer();
        }
        let mut response = respond(429, "application/json", "{}");
        response.headers_mut().insert("retry-after", "1".parse().unwrap());
        response
    })
    .await;
    let started = Instant::now();
    endpoint(&server).generate(&request()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(server.requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_server_that_fails_once_is_asked_again() {
    let server =
        serve(
            |number, _| {
                if number == 0 { respond(500, "text/html", "<h1>oops</h1>") } else { json_answer() }
            },
        )
        .await;
    assert_eq!(endpoint(&server).generate(&request()).await.unwrap().text, "35 Nm");
}

#[tokio::test]
async fn a_server_that_keeps_the_connection_open_after_its_answer_is_not_waited_for() {
    let server = serve(|_, _| {
        let whole =
            stream::iter([Ok::<_, std::io::Error>(format!("data: {TEXT}\n\ndata: {STOP}\n\n"))]);
        respond(200, "text/event-stream", Body::from_stream(whole.chain(stream::pending())))
    })
    .await;
    let generation = endpoint(&server).generate(&request()).await.unwrap();
    assert_eq!(generation.text, "35");
    assert!(generation.clock.seconds.unwrap() < 1.0, "the wait for usage is not the model's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_requests_are_in_flight_than_the_plan_says() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak) = (now.clone(), most.clone());
    let answer = move || {
        let (inside, peak) = (inside.clone(), peak.clone());
        async move {
            peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(30)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            json_answer()
        }
    };
    let address = listen(Router::new().route("/v1/chat/completions", post(answer))).await;
    let plan = OpenaiModel { requests_in_flight: 3, ..plan(&format!("http://{address}/v1")) };
    let endpoint = endpoint_of(&plan);
    let request = request();
    let answers = future::join_all((0..12).map(|_| endpoint.generate(&request))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((most.load(Ordering::SeqCst), endpoint.concurrency()), (3, 3));
}

#[tokio::test]
async fn a_probe_tells_what_the_server_offers() {
    let server = serve(|number, _| match number {
        0 => respond(200, "application/json", r#"{"data":[{"id":"n"},{"id":"m"}]}"#),
        1 => respond(404, "text/plain", "no"),
        2 => respond(403, "text/plain", format!("no {KEY}")),
        _ => respond(200, "text/html", "<html>"),
    })
    .await;
    let endpoint = endpoint(&server);
    let probe = endpoint.probe().await.unwrap();
    assert_eq!(probe.models, Some(vec!["m".into(), "n".into()]));
    assert_eq!((probe.offers("m"), probe.offers("x")), (Some(true), Some(false)));
    assert_eq!(endpoint.probe().await.unwrap().offers("m"), None);
    let error = endpoint.probe().await.unwrap_err();
    assert!(error.hint().unwrap().contains("LLM_KEY") && !shown(&error).contains(KEY));
    let error = endpoint.probe().await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("<html>"));
}
