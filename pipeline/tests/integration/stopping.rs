//! Two runs at once, and runs that are asked to stop.

use crate::project::{CLOSED_BOOK, Finished, HEAD, LEXICAL, Project, signal, wait_until};
use std::fs::{self, File};
use std::process::{Child, Stdio};

/// 24 trials, four at once, each of so many seconds.
fn slow(seconds: f64) -> Project {
    let model = format!("\n[model.m]\nscripted = {{ seconds = {seconds} }}\n");
    Project::with(&[HEAD, &model, CLOSED_BOOK].concat())
}

/// Starts a run and waits until it has kept a trial.
fn start(project: &Project) -> Child {
    let mut command = project.command(&["run", "experiments/x.toml"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("a trial is kept", || !project.trials().is_empty());
    child
}

#[test]
fn flow_a_lock_keeps_two_runs_apart() {
    let project = slow(0.2);
    let experiment = project.read("experiments/x.toml");
    project.write("experiments/x.toml", experiment + LEXICAL);
    let first = start(&project);
    for arguments in [
        &["run", "experiments/x.toml"][..],
        &["run", "experiments/x.toml", "--fresh"],
        &["retrieve", "experiments/x.toml"],
    ] {
        project.ragscale(arguments).expect(1).says(&[
            "another run is writing to",
            "reports/x",
            "hint: wait for it to end",
        ]);
    }
    Finished::of(first.wait_with_output().unwrap()).expect(0);
    assert!(!project.path("reports/x.1").exists());
    project.run(&[]).expect(0).says(&["nothing to do"]);
}

#[test]
fn flow_an_interrupt_finishes_what_is_in_flight() {
    let project = slow(0.2);
    let child = start(&project);
    assert!(signal(&child, "INT").success());
    Finished::of(child.wait_with_output().unwrap())
        .expect(1)
        .says(&["stopping: what is in flight finishes", "trials did not run; the same command"]);
    let kept = project.trials();
    // Four at once: those of the first round and those that were in flight.
    assert!(kept.len() >= 4 && kept.len() < 24, "{}", kept.len());
    assert!(kept.iter().all(|trial| trial["outcome"]["answered"].is_object()));
    let page = project.read("reports/x/README.md");
    assert!(page.contains(&format!("**Not finished**: {} trials did not run", 24 - kept.len())));

    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!((&done["reused"], &done["ran"]), (&kept.len().into(), &(24 - kept.len()).into()));
    assert!(!project.read("reports/x/README.md").contains("Not finished"));
    assert!(kept.iter().all(|trial| project.trials().contains(trial)));
}

#[test]
fn flow_an_interrupt_while_retrieving_keeps_what_was_asked() {
    const MANY: usize = 5_000;
    let model = "\n[model.m]\nscripted = {}\n";
    let project = Project::with(&[HEAD, model, LEXICAL].concat());
    let questions: Vec<_> = (0..MANY)
        .map(|number| {
            serde_json::json!({
                "id": format!("g{number}"), "question": format!("How far is it to town {number}?"),
                "answers": ["far"], "kind": "general", "split": "test",
            })
        })
        .collect();
    project.questions(&questions);
    let log = project.path("log");
    let mut command = project.command(&["run", "experiments/x.toml"]);
    let mut child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
    let said = || fs::read_to_string(&log).unwrap();
    wait_until("questions are asked", || said().contains("retrieve lexical: 5000 to do"));
    assert!(signal(&child, "INT").success());
    assert_eq!(child.wait().unwrap().code(), Some(1), "{}", said());
    assert!(
        said().contains("stopped while retrieving") && !said().contains("model m"),
        "{}",
        said()
    );
    assert!(!project.report("trials.jsonl").exists());
    let kept = fs::read_to_string(project.report("hits.jsonl")).unwrap_or_default();
    assert!(kept.lines().count() < MANY);
    // The same command goes on; ten questions are enough here.
    project.replace("experiments/x.toml", "questions = {", "questions = { sample = 10,");
    assert_eq!(project.run(&["--json"]).expect(0).done()["ran"], 10);
}

#[test]
fn flow_a_second_interrupt_ends_the_run_at_once() {
    let project = slow(600.0);
    let log = project.path("log");
    let mut command = project.command(&["run", "experiments/x.toml"]);
    let mut child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
    let says = |text: &str| fs::read_to_string(&log).unwrap().contains(text);
    wait_until("trials are in flight", || says("model m: 24 to do"));
    assert!(signal(&child, "INT").success());
    wait_until("the first interrupt is heard", || says("stopping"));
    assert!(child.try_wait().unwrap().is_none(), "it did not wait for what is in flight");
    assert!(signal(&child, "INT").success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // What never ran can run: nothing is locked or broken.
    project.replace("experiments/x.toml", "seconds = 600", "seconds = 0");
    project.run(&[]).expect(0);
}
