//! Running, running again, and what changes in between.

use crate::project::{CLOSED_BOOK, HEAD, LEXICAL, Project};
use crate::server::{Server, answer, respond};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Questions of the split `test`.
const QUESTIONS: usize = 24;
const MODEL: &str = "\n[model.m]\nscripted = { reads = 0.8, knows = 0.2, seed = 3 }\n";

/// One setup, closed book.
fn closed_book() -> Project {
    Project::with(&[HEAD, MODEL, CLOSED_BOOK].concat())
}

/// Closed book and lexical retrieval.
fn two_setups() -> Project {
    Project::with(&[HEAD, MODEL, CLOSED_BOOK, LEXICAL].concat())
}

/// Trials by setup and question.
fn by_place(trials: &[Value]) -> BTreeMap<(String, String), &Value> {
    let name = |trial: &Value, key: &str| trial[key].as_str().unwrap().to_owned();
    trials.iter().map(|trial| ((name(trial, "setup"), name(trial, "question")), trial)).collect()
}

#[test]
fn flow_a_second_run_does_nothing() {
    let project = Project::new();
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!((&done["wanted"], &done["ran"]), (&144.into(), &144.into()));
    assert_eq!(project.trials().len(), 6 * QUESTIONS);
    let files = project.files("reports/x");
    let changed = fs::metadata(project.report("trials.jsonl")).unwrap().modified().unwrap();

    let start = Instant::now();
    project.run(&[]).expect(0).says(&["144 trials wanted, 144 finished before", "nothing to do"]);
    println!("nothing to do took {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(project.files("reports/x"), files);
    let after = fs::metadata(project.report("trials.jsonl")).unwrap().modified().unwrap();
    assert_eq!(after, changed, "trials.jsonl was written again");
}

#[test]
fn flow_fresh_sets_the_old_folder_aside() {
    let project = closed_book();
    project.run(&[]).expect(0);
    project.write("reports/x/mark", "first");
    for number in 1..=2 {
        let done = project.run(&["--fresh", "--json"]).expect(0).done();
        assert_eq!((&done["reused"], &done["ran"]), (&0.into(), &QUESTIONS.into()));
        assert!(project.path(&format!("reports/x.{number}/trials.jsonl")).is_file());
    }
    assert_eq!(project.read("reports/x.1/mark"), "first");
    assert!(!project.report("mark").exists());
}

#[test]
fn flow_an_added_setup_runs_alone() {
    let project = closed_book();
    project.run(&[]).expect(0);
    let before = project.trials();
    let experiment = project.read("experiments/x.toml");
    project.write("experiments/x.toml", experiment + LEXICAL);
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!(
        (&done["wanted"], &done["reused"], &done["ran"]),
        (&(2 * QUESTIONS).into(), &QUESTIONS.into(), &QUESTIONS.into())
    );
    let after = project.trials();
    assert_eq!(after[..QUESTIONS], before);
    assert!(after[QUESTIONS..].iter().all(|trial| trial["setup"] == "lexical"));
}

#[test]
fn flow_a_changed_document_runs_only_what_it_can_change() {
    let project = two_setups();
    project.run(&[]).expect(0);
    let before = project.trials();
    project.replace("corpora/tiny/documents/tyres.md", "makes purses", "makes good purses");
    let done = project.run(&["--json"]).expect(0).done();
    let after = project.trials();
    let (before, after) = (by_place(&before), by_place(&after));
    let shows = |trial: &Value| {
        trial["passages"].as_array().unwrap().iter().any(|one| one["document"] == "tyres.md")
    };
    let mut ran = 0;
    for (place, old) in &before {
        let new = after[place];
        if old == &new {
            assert!(!shows(new), "{place:?} still has the old text");
            continue;
        }
        ran += 1;
        assert_eq!(place.0, "lexical");
        // The document stands in the prompt, or its new words moved other passages.
        assert!(shows(new) || old["passages"] != new["passages"], "{place:?} ran for nothing");
    }
    assert_eq!(done["ran"], ran);
    assert!((1..QUESTIONS).contains(&ran), "{ran}");
}

#[test]
fn flow_a_changed_question_runs_alone() {
    let project = two_setups();
    project.run(&[]).expect(0);
    let before = project.trials();
    project.replace(
        "corpora/tiny/questions.jsonl",
        "Who is the treasurer of the workshop?",
        "Who keeps the workshop's money as treasurer?",
    );
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!(done["ran"], 2, "one question, two setups");
    let after = project.trials();
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old == new, new["question"] != "fact-02", "{}", new["question"]);
    }
}

#[test]
fn flow_a_removed_setup_comes_back_without_running() {
    let project = two_setups();
    project.run(&[]).expect(0);
    let (both, page) =
        (project.read("reports/x/trials.jsonl"), project.read("reports/x/README.md"));
    assert!(page.contains("## Retrieval"));
    let experiment = project.read("experiments/x.toml");

    project.write("experiments/x.toml", [HEAD, MODEL, CLOSED_BOOK].concat());
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!((&done["wanted"], &done["ran"]), (&QUESTIONS.into(), &0.into()));
    assert_eq!(project.trials().len(), QUESTIONS);
    // A header, then what is set aside.
    assert_eq!(project.read("reports/x/retired.jsonl").lines().count(), 1 + QUESTIONS);
    let without = project.read("reports/x/README.md");
    assert!(!without.contains("## Retrieval"), "a retriever that is gone is reported");

    project.write("experiments/x.toml", experiment);
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!((&done["reused"], &done["ran"]), (&(2 * QUESTIONS).into(), &0.into()));
    assert_eq!(project.read("reports/x/trials.jsonl"), both);
    assert_eq!(project.read("reports/x/retired.jsonl").lines().count(), 1);
}

#[test]
fn flow_a_half_written_last_line_is_repaired_and_reported() {
    let project = closed_book();
    project.run(&[]).expect(0);
    let whole = project.read("reports/x/trials.jsonl");
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    // From one byte of the line to all but its line break.
    for cut in [last + 1, (last + whole.len()) / 2, whole.len() - 1] {
        project.write("reports/x/trials.jsonl", &whole[..cut]);
        let finished = project.run(&["--json"]).expect(0);
        assert_eq!(finished.done()["ran"], 1);
        let warned = finished.json().iter().any(|event| {
            event["event"] == "warning"
                && event["text"].as_str().unwrap().contains("half-written last line")
                && event["text"].as_str().unwrap().contains("trials.jsonl")
        });
        assert!(warned, "{}", finished.stdout);
        assert_eq!(project.read("reports/x/trials.jsonl"), whole);
    }
}

#[test]
fn flow_failures_stay_in_the_denominator() {
    let model = "\n[model.m]\nscripted = { knows = 0.8, fails = 0.2, seed = 5 }\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK].concat());
    let finished = project.run(&["--json"]).expect(0);
    let failed = finished.done()["failed"].as_u64().unwrap() as usize;
    assert!((1..QUESTIONS).contains(&failed), "{failed}");
    let trials = project.trials();
    assert_eq!(trials.len(), QUESTIONS);
    let scores = project.read("reports/x/scores.csv");
    let count =
        |result: &str| scores.lines().filter(|line| line.split(',').nth(4) == Some(result)).count();
    assert_eq!(count("failed"), failed);
    assert_eq!(scores.lines().count(), 1 + QUESTIONS);
    let page = project.read("reports/x/README.md");
    let right = (count("right") as f64 / QUESTIONS as f64 * 100.0).round();
    let row = page.lines().find(|line| line.starts_with("| only |")).unwrap();
    assert!(row.starts_with(&format!("| only | {right} % [")), "{row}");
    assert!(row.contains(&format!("| {failed} of {QUESTIONS} |")), "{row}");
    assert!(page.contains("Failed and missing trials count as wrong."));

    // They are kept, and asked again only on demand.
    let again = project.run(&["--json"]).expect(0).done();
    assert_eq!((&again["ran"], &again["failed"]), (&0.into(), &failed.into()));
    let again = project.run(&["--json", "--retry-failed"]).expect(0).done();
    assert_eq!((&again["ran"], &again["failed"]), (&failed.into(), &failed.into()));
    assert_eq!(project.trials(), trials);
}

#[test]
fn flow_what_failed_is_asked_again_on_demand() {
    let healthy = Arc::new(AtomicBool::new(false));
    let state = Arc::clone(&healthy);
    let server = Server::start(move |asked| {
        let is_ill = !state.load(Ordering::SeqCst) && asked.number % 3 == 0;
        if is_ill { respond(500, "text/plain", "no") } else { answer("Oslo") }
    });
    let model = format!(
        "\n[model.m]\nopenai = {{ base_url = \"{}\", model = \"s\", tries = 1 }}\n",
        server.base_url
    );
    let project = Project::with(&[HEAD, &model, CLOSED_BOOK].concat());
    let failed = project.run(&["--json"]).expect(0).done()["failed"].as_u64().unwrap();
    assert_eq!(failed, 8, "every third of {QUESTIONS}");
    healthy.store(true, Ordering::SeqCst);
    let done = project.run(&["--json", "--retry-failed"]).expect(0).done();
    assert_eq!((&done["ran"], &done["failed"]), (&8.into(), &0.into()));
    assert_eq!(server.requests(), QUESTIONS + 8);
}

#[test]
fn flow_quiet_prints_nothing_on_success() {
    let project = two_setups();
    for _ in 0..2 {
        let finished = project.run(&["--quiet"]).expect(0);
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("", ""));
    }
    let checked = project.ragscale(&["check", "experiments/x.toml", "--quiet"]).expect(0);
    assert_eq!((checked.stdout.as_str(), checked.stderr.as_str()), ("", ""));
}

#[test]
fn flow_json_is_json_and_nothing_else() {
    let project = two_setups();
    let finished = project.run(&["--json"]).expect(0);
    assert_eq!(finished.stderr, "");
    let events = finished.json();
    let stages: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "end")
        .map(|event| event["stage"].as_str().unwrap())
        .collect();
    assert_eq!(stages, ["retrieve lexical", "model m"]);
    assert_eq!(events.last().unwrap()["event"], "done");
    let checked = project.ragscale(&["check", "experiments/x.toml", "--json"]).expect(0);
    let setups = checked.json()[0]["setups"].as_array().unwrap().len();
    assert_eq!((setups, checked.stderr.as_str()), (2, ""));
}

#[test]
fn flow_lines_are_plain_where_there_is_no_terminal() {
    let project = two_setups();
    let finished =
        project.run(&[]).expect(0).says(&["model m: 48 to do\n", "model m: 48/48 in ", "report: "]);
    assert!(!finished.stderr.contains(['\r', '\u{1b}']), "{:?}", finished.stderr);
    assert_eq!(finished.stdout, "");
}

#[test]
fn flow_check_estimates_and_runs_nothing() {
    let project = Project::new();
    let finished = project.check().expect(0);
    assert!(finished.stdout.contains("x: 24 questions, 12 documents, 6 setups"));
    assert!(finished.stdout.contains("total: 144 trials"));
    assert!(!project.path("reports").exists());
}

#[test]
fn flow_exit_codes_tell_wrong_input_from_a_failed_run() {
    let project = closed_book();
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"]] {
        project.ragscale(arguments).expect(0);
    }
    for arguments in [
        &[][..],
        &["walk"],
        &["run"],
        &["run", "experiments/x.toml", "--quiet", "--json"],
        &["run", "experiments/none.toml"],
        &["report", "corpora"],
    ] {
        project.ragscale(arguments).expect(2);
    }
    // A model that fails every trial is given up, and the run has failed.
    project.replace("experiments/x.toml", "seed = 3", "fails = 1.0");
    project.run(&[]).expect(1).says(&["model `m` is given up", "hint: "]);
    // So has a run of so few that none was left to give up.
    project.replace("experiments/x.toml", "questions = {", "questions = { sample = 3,");
    project.run(&["--fresh"]).expect(1).says(&["model `m` failed every trial: "]);
}
