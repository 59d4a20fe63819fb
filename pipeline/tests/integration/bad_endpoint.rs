//! Endpoints that refuse, fail or babble: trials are recorded as failed, a hopeless model is given
//! up, the run fails with the remedy, and the key stays secret.

use crate::project::{CLOSED_BOOK, Finished, HEAD, Project};
use crate::server::{Asked, Server, answer, respond};
use axum::response::Response;

const KEY: &str = "sk-test-0123456789abcdef";
/// Failures from the first trial on after which a model is given up.
const HOPELESS: usize = 10;
/// Requests at once.
const IN_FLIGHT: usize = 3;

fn project(server: &Server, more: &str) -> Project {
    let model = format!(
        "\n[model.m]\nopenai = {{ base_url = \"{}\", model = \"served\", api_key_env = \"TEST_LLM_KEY\", requests_in_flight = {IN_FLIGHT}{more} }}\n",
        server.base_url
    );
    Project::with(&[HEAD, &model, CLOSED_BOOK].concat())
}

fn run(project: &Project, more: &[&str]) -> Finished {
    let mut command = project.command(&[&["run", "experiments/x.toml"], more].concat());
    let finished = Finished::of(command.env("TEST_LLM_KEY", KEY).output().unwrap());
    let out = format!("{}{}", finished.stdout, finished.stderr);
    assert!(!out.contains(KEY), "the key is shown:\n{out}");
    for folder in ["reports", ".ragscale"].iter().filter(|name| project.path(name).exists()) {
        for (path, bytes) in project.files(folder) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(KEY), "the key stands in {}", path.display());
        }
    }
    finished
}

/// A server of this kind fails every trial alike.
#[track_caller]
fn hopeless(
    rule: impl Fn(Asked) -> Option<Response> + Send + Sync + 'static,
    more: &str,
    reason: &str,
    hint: &str,
) -> Server {
    let server = Server::start(rule);
    let project = project(&server, more);
    run(&project, &[]).expect(1).says(&[
        "model `m` is given up: no answer from `served`",
        reason,
        hint,
    ]);
    let trials = project.trials();
    // Those that were in flight when the last failure came are kept too.
    assert!((HOPELESS..HOPELESS + IN_FLIGHT).contains(&trials.len()), "{}", trials.len());
    for trial in &trials {
        let failed = trial["outcome"]["failed"]["reason"].as_str().unwrap();
        assert!(failed.contains(reason), "{failed}");
    }
    let page = project.read("reports/x/README.md");
    assert!(page.contains("**Model `m` did not run**"), "{page}");
    assert!(page.contains("| 24 of 24 |"), "failed and missing trials count\n{page}");
    server
}

#[test]
fn flow_an_endpoint_that_answers_401() {
    let server = hopeless(
        |asked| {
            assert_eq!(asked.authorization, format!("Bearer {KEY}"));
            // Servers do repeat keys.
            respond(401, "application/json", format!("{{\"error\": \"no such key: {KEY}\"}}"))
        },
        "",
        "HTTP 401: the server does not accept the key in environment variable `TEST_LLM_KEY`: no such key: [key]",
        "hint: check the key in environment variable `TEST_LLM_KEY`",
    );
    assert!(server.requests() < HOPELESS + IN_FLIGHT, "a refusal is not asked again");
}

#[test]
fn flow_an_endpoint_that_answers_429() {
    let server = hopeless(
        |_| {
            let mut response = respond(429, "text/plain", "slow down").unwrap();
            response.headers_mut().insert("retry-after", "0".parse().unwrap());
            Some(response)
        },
        ", tries = 2",
        "HTTP 429: too many requests: slow down",
        "hint: lower `requests_in_flight`",
    );
    assert!(server.requests() >= 2 * HOPELESS, "each is asked twice");
}

#[test]
fn flow_an_endpoint_that_answers_500() {
    hopeless(
        |_| respond(500, "text/plain", "out of order"),
        ", tries = 1",
        "HTTP 500: the server failed: out of order",
        "hint: look at the server's log",
    );
}

#[test]
fn flow_an_endpoint_that_answers_html() {
    hopeless(
        |_| respond(200, "text/html", "<!doctype html><script>alert(1)</script>"),
        "",
        "the answer is not the JSON of a chat completion; it begins with: <!doctype html>",
        "hint: the address may be a web page or a proxy",
    );
}

#[test]
fn flow_an_endpoint_that_answers_cut_json() {
    hopeless(
        |_| respond(200, "application/json", "{\"choices\": [{\"message\": {\"cont"),
        ", tries = 1",
        "the answer's JSON is cut off after",
        "hint: look at the server's log",
    );
}

#[test]
fn flow_an_endpoint_that_never_answers() {
    hopeless(
        |_| None,
        ", tries = 1, seconds_limit = 0.3",
        "no whole answer within 0.3 s",
        "hint: raise `seconds_limit`",
    );
}

#[test]
fn flow_an_endpoint_where_nobody_listens() {
    let server = Server::start(|_| None);
    let project = project(&server, ", tries = 1");
    drop(server);
    run(&project, &[]).expect(1).says(&["cannot connect", "hint: check that the server runs"]);
}

#[test]
fn flow_an_endpoint_that_recovers_costs_only_what_it_failed() {
    let server = Server::start(|asked| match asked.number {
        0..5 => respond(503, "text/plain", "warming up"),
        _ => answer("Malin Osterfeld"),
    });
    let project = project(&server, ", tries = 1");
    let done = run(&project, &["--json"]).expect(0).done();
    assert_eq!((&done["ran"], &done["failed"]), (&24.into(), &5.into()));
    let page = project.read("reports/x/README.md");
    assert!(page.contains("| 5 of 24 |") && !page.contains("did not run**"), "{page}");
    // The stand-in is named as one; an endpoint is not.
    assert!(!page.contains("**Not a model**"));
}

#[test]
fn flow_a_server_is_asked_what_the_plan_says() {
    let server = Server::start(|asked| {
        assert_eq!(asked.body["model"], "served");
        let text = asked.body["messages"].to_string();
        answer(if text.contains("Norway") { "Oslo" } else { "I don't know." })
    });
    let project = project(&server, "");
    run(&project, &[]).expect(0);
    let scores = project.read("reports/x/scores.csv");
    assert!(scores.contains("only,general-01,0,general,right,1,"), "{scores}");
}

#[test]
fn flow_a_key_that_is_not_set() {
    let server = Server::start(|_| answer("x"));
    let project = project(&server, "");
    project.run(&[]).expect(2).says(&[
        "experiments/x.toml:6:",
        "the environment variable `TEST_LLM_KEY` is not set",
        "help: run `export TEST_LLM_KEY=...` first",
    ]);
    assert_eq!(server.requests(), 0);
}

#[test]
fn flow_a_key_written_into_the_file_is_not_repeated() {
    let server = Server::start(|_| answer("x"));
    let project = project(&server, "");
    project.replace("experiments/x.toml", "TEST_LLM_KEY", KEY);
    let finished = project
        .check()
        .expect(2)
        .says(&["this looks like a key itself", "help: put the key in an environment variable"]);
    assert!(!finished.stderr.contains(KEY), "{}", finished.stderr);
}

#[test]
fn flow_a_server_that_does_not_take_a_seed() {
    let server = Server::start(|asked| match asked.body.get("seed") {
        Some(_) => respond(
            400,
            "application/json",
            "{\"error\": {\"message\": \"Unknown parameter: 'seed'\"}}",
        ),
        None => answer("Oslo"),
    });
    let project = project(&server, "");
    let caveat = "its server does not take `seed` (answers are drawn by the server";
    run(&project, &[]).expect(0).says(&["warning: model `m`: ", caveat]);
    let page = project.read("reports/x/README.md");
    assert!(page.contains(&caveat.replace('`', "&#96;")), "{page}");
    // With nothing left to ask it is still true of the answers that are there.
    let asked = server.requests();
    run(&project, &[]).expect(0);
    assert_eq!(server.requests(), asked);
    assert_eq!(project.read("reports/x/README.md"), page);
}

#[test]
fn flow_a_check_asks_the_server_what_it_offers() {
    let check = |project: &Project| {
        let mut command = project.command(&["check", "experiments/x.toml"]);
        Finished::of(command.env("TEST_LLM_KEY", KEY).output().unwrap()).expect(0)
    };
    let server =
        Server::start(|_| respond(200, "application/json", "{\"data\": [{\"id\": \"other\"}]}"));
    let other = project(&server, "");
    check(&other).says(&["warning: model `m`: the server does not list `served`, but `other`"]);
    assert_eq!(server.requests(), 1, "no prompt is sent");
    drop(server);
    check(&other).says(&["warning: model `m`: no answer from `served`", "cannot connect"]);
    let server =
        Server::start(|_| respond(200, "application/json", "{\"data\": [{\"id\": \"served\"}]}"));
    let finished = check(&project(&server, ""));
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
}
