//! What is said, and what is tried again, when it does not.

use super::*;
use futures_util::future;

#[tokio::test]
async fn a_wrong_key_is_named_by_its_variable_and_not_tried_again() {
    let server = serve(|_, _| {
        let says = format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}\"}}}}");
        respond(401, "application/json", says)
    })
    .await;
    let error = endpoint(&server).generate(&request()).await.unwrap_err();
    assert!(!shown(&error).contains(KEY), "{}", shown(&error));
    assert!(error.hint().unwrap().contains("`LLM_KEY`"));
    assert!(error.source().unwrap().to_string().contains("Incorrect API key provided: [key]"));
    assert_eq!((error.tries(), server.requests.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_server_that_always_fails_is_given_up_after_all_tries() {
    for status in [408, 429, 500, 503, 520, 529] {
        let server = serve(move |_, _| respond(status, "text/plain", "overloaded")).await;
        let (fault, tries) = fault_of(&endpoint(&server)).await;
        assert!(fault.to_string().contains("overloaded"), "{fault}");
        assert!(fault.to_string().contains(&status.to_string()), "{fault}");
        assert_eq!((tries, server.requests.load(Ordering::SeqCst)), (3, 3));
    }
}

#[tokio::test]
async fn a_missing_address_hints_at_v1() {
    let address = listen(Router::new()).await;
    let error =
        endpoint_of(&plan(&format!("http://{address}"))).generate(&request()).await.unwrap_err();
    assert!(error.hint().unwrap().contains(&format!("http://{address}/v1")), "{:?}", error.hint());
    let error =
        endpoint_of(&plan(&format!("http://{address}/v1"))).generate(&request()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("check the name `m`"), "{:?}", error.hint());
}

#[tokio::test]
async fn html_is_shown_by_its_first_characters_and_not_tried_again() {
    let page = format!("\n<!doctype html>\n<title>Log in</title>{}", "x".repeat(200));
    let server = serve(move |_, _| respond(200, "text/html", page.clone())).await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    let text = fault.to_string();
    assert!(text.contains("<!doctype html>\\n<title>Log in</title>xxx"), "{text}");
    // 80 characters of the page; the escaped line break is two, the ellipsis one.
    assert_eq!(text.split("begins with: ").nth(1).unwrap().chars().count(), 82);
    assert!(matches!((fault, tries), (EndpointFault::NotJson { .. }, 1)));
}

#[tokio::test]
async fn cut_json_is_told_from_other_answers() {
    let server = serve(|_, _| respond(200, "application/json", r#"{"choices":[{"mess"#)).await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(matches!((fault, tries), (EndpointFault::CutJson { bytes: 18, .. }, 3)));

    let server = serve(|_, _| respond(200, "application/json", "{}")).await;
    assert!(matches!(fault_of(&endpoint(&server)).await.0, EndpointFault::NoChoice));
}

#[tokio::test]
async fn a_stream_without_a_choice_is_no_empty_answer() {
    for data in ["[DONE]", USAGE] {
        let server = serve(move |_, _| events(&[(0, data), (0, "[DONE]")])).await;
        let (fault, tries) = fault_of(&endpoint(&server)).await;
        assert!(matches!((&fault, tries), (EndpointFault::NoChoice, 1)), "{data}: {fault:?}");
    }
}

/// The parser repeats a string of another type than is expected, and with it the key.
#[tokio::test]
async fn no_parser_repeats_the_key() {
    let json = serve(|_, _| respond(200, "application/json", format!("\"Bearer {KEY} rejected\"")));
    let stream = serve(|_, _| events(&[(0, &format!("\"Bearer {KEY} rejected\""))]));
    for server in [json.await, stream.await] {
        let (fault, _) = fault_of(&endpoint(&server)).await;
        let says = fault.source().unwrap().to_string();
        assert!(says.contains("\"Bearer [key] rejected\""), "{says}");
        let error = endpoint(&server).probe().await.unwrap_err();
        assert!(!shown(&error).contains(KEY), "{}", shown(&error));
    }
}

#[tokio::test]
async fn a_wait_of_a_day_is_not_waited_for() {
    let server = serve(|_, _| {
        let mut response = respond(429, "text/plain", "quota exceeded");
        response.headers_mut().insert("retry-after", "86400".parse().unwrap());
        response
    })
    .await;
    let started = Instant::now();
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(fault.to_string().contains("it asks to wait 86400 s"), "{fault}");
    assert_eq!((tries, server.requests.load(Ordering::SeqCst)), (1, 1));
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_cut_stream_is_no_answer() {
    let server = serve(|_, _| events(&[(0, ROLE), (0, TEXT)])).await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(matches!((fault, tries), (EndpointFault::CutStream { events: 2 }, 3)));

    let server = serve(|_, _| {
        let pieces = [Ok(format!("data: {TEXT}\n\n")), Err(std::io::Error::other("gone"))];
        respond(200, "text/event-stream", Body::from_stream(stream::iter(pieces)))
    })
    .await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(matches!((&fault, tries), (EndpointFault::Broken(_), 3)), "{fault:?}");
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_no_answer() {
    let server =
        serve(|_, _| events(&[(0, TEXT), (0, r#"{"error":{"message":"out of memory"}}"#)])).await;
    let (fault, tries) = fault_of(&endpoint(&server)).await;
    assert!(fault.to_string().contains("out of memory"));
    assert!(matches!((fault, tries), (EndpointFault::Midway { .. }, 3)));
}

#[tokio::test]
async fn a_server_that_never_answers_is_left_after_the_limit() {
    // One never sends headers, the other stops after the first token.
    let silent = listen(
        Router::new()
            .route("/v1/chat/completions", post(|| async { future::pending::<Response>().await })),
    );
    let half = serve(|_, _| {
        let first = stream::iter([Ok::<_, std::io::Error>(format!("data: {TEXT}\n\n"))]);
        respond(200, "text/event-stream", Body::from_stream(first.chain(stream::pending())))
    });
    let silent = format!("http://{}/v1", silent.await);
    for base_url in [silent, half.await.base_url] {
        let plan = OpenaiModel { seconds_limit: 0.3, tries: 2, ..plan(&base_url) };
        let started = Instant::now();
        let (fault, tries) = fault_of(&endpoint_of(&plan)).await;
        assert!(matches!((&fault, tries), (EndpointFault::TimeOut { .. }, 2)), "{fault:?}");
        assert!(started.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn a_refused_connection_is_told_and_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let endpoint = endpoint_of(&plan(&format!("http://{address}/v1")));
    let (fault, tries) = fault_of(&endpoint).await;
    assert!(matches!((&fault, tries), (EndpointFault::Connect(_), 3)), "{fault:?}");
    assert!(matches!(endpoint.probe().await, Err(ModelError::Endpoint { tries: 1, .. })));
}

#[tokio::test]
async fn redirects_do_not_carry_the_key_away() {
    let stolen = Arc::new(AtomicUsize::new(0));
    let count = stolen.clone();
    let thief = listen(Router::new().fallback(move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        json_answer()
    }))
    .await;
    let server = serve(move |_, _| {
        let mut response = respond(307, "text/plain", "");
        let elsewhere = format!("http://{thief}/v1/chat/completions");
        response.headers_mut().insert("location", elsewhere.parse().unwrap());
        response
    })
    .await;
    let (fault, _) = fault_of(&endpoint(&server)).await;
    assert!(matches!(fault, EndpointFault::Redirect { status: 307, .. }), "{fault:?}");
    assert_eq!(stolen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let server = serve(|_, _| {
        let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
        respond(200, "application/json", Body::from_stream(pieces))
    })
    .await;
    assert!(matches!(fault_of(&endpoint(&server)).await.0, EndpointFault::TooLarge { .. }));
}

#[tokio::test]
async fn a_plan_that_cannot_work_is_refused_before_anything_is_sent() {
    let plan = plan("http://user:pass-word@localhost/v1");
    let error = Endpoint::new(&plan, Some(KEY.into()), Tokens::Estimate).unwrap_err();
    assert!(!shown(&error).contains("pass-word"), "{}", shown(&error));
    let plan = OpenaiModel { base_url: "http://localhost/v1".into(), ..plan };
    let error = Endpoint::new(&plan, Some(format!("{KEY}\n")), Tokens::Estimate).unwrap_err();
    assert!(error.hint().unwrap().contains("LLM_KEY") && !shown(&error).contains(KEY));
    let error = Endpoint::new(&plan, None, Tokens::Estimate).unwrap_err();
    assert!(error.hint().unwrap().contains("export LLM_KEY"), "{:?}", error.hint());
}
