//! What was finished is kept, whatever happens to a run.

use super::{CLOSED_BOOK, HEAD, LEXICAL, Project, QUESTIONS};
use std::fs;

#[test]
fn a_stopped_retry_keeps_the_old_failures() {
    let model = "\n[model.m]\nscripted = { fails = 0.2, seed = 5 }\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK].concat());
    let failed = project.run(false, false).unwrap().failed;
    assert!((1..QUESTIONS).contains(&failed), "{failed}");
    let trials = project.lines("trials.jsonl");
    let summary = project.run(true, true).unwrap();
    assert_eq!((summary.ran, summary.failed, summary.missing), (0, failed, 0));
    assert_eq!(summary.reused, QUESTIONS - failed);
    assert_eq!(project.lines("trials.jsonl"), trials);
    assert_eq!(project.run(true, false).unwrap().ran, failed);
}

/// A finished project of which the trials of one setup are set aside.
fn with_retired() -> Project {
    let model = "\n[model.m]\nscripted = {}\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK, LEXICAL].concat());
    project.run(false, false).unwrap();
    project.write("experiments/x.toml", &[HEAD, model, CLOSED_BOOK].concat());
    project.run(false, false).unwrap();
    assert_eq!(project.lines("retired.jsonl").len(), 1 + QUESTIONS);
    project
}

#[test]
fn retired_trials_that_cannot_be_read_are_an_error_and_stay() {
    let project = with_retired();
    let mut lines = project.lines("retired.jsonl");
    for broken in ["{\"setup\": ", "\u{0}"] {
        lines[4] = broken.into();
        let text = lines.join("\n") + "\n";
        project.write("reports/x/retired.jsonl", &text);
        let error = project.run(false, false).unwrap_err();
        let chain = format!("{error}: {}", std::error::Error::source(&error).unwrap());
        assert!(chain.contains("retired.jsonl:5: not a valid record"), "{chain}");
        assert!(error.hint().unwrap().contains("delete line 5"), "{:?}", error.hint());
        let path = project.path("reports/x/retired.jsonl");
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
    // The remedy helps.
    lines.remove(4);
    project.write("reports/x/retired.jsonl", &(lines.join("\n") + "\n"));
    project.run(false, false).unwrap();
    assert_eq!(project.lines("retired.jsonl"), lines);
}

#[test]
fn a_half_written_line_of_retired_trials_is_cut_off() {
    let project = with_retired();
    let lines = project.lines("retired.jsonl");
    let text = lines.join("\n");
    project.write("reports/x/retired.jsonl", &text[..text.len() - 10]);
    project.run(false, false).unwrap();
    assert_eq!(project.lines("retired.jsonl"), lines[..QUESTIONS]);
}
