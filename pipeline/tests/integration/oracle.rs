//! Oracles with distractors, from the experiment file to the report.

use crate::project::{HEAD, LEXICAL, Project};
use serde_json::Value;

const MODEL: &str = "\n[model.m]\nscripted = { reads = 0.9, knows = 0.1, seed = 3 }\n";
/// Questions of the split `test`.
const QUESTIONS: usize = 24;

fn oracle(name: &str, table: &str) -> String {
    format!("\n[setup.{name}]\nmodel = \"m\"\nstrategy.oracle = {{ {table} }}\n")
}

fn project(setups: &[String]) -> Project {
    Project::with(&[HEAD, MODEL, LEXICAL, &setups.concat()].concat())
}

/// The trials of a setup, by the order of its questions.
fn trials_of(project: &Project, setup: &str) -> Vec<Value> {
    project.trials().into_iter().filter(|trial| trial["setup"] == setup).collect()
}

fn shown(trial: &Value) -> usize {
    trial["passages"].as_array().unwrap().len()
}

#[test]
fn flow_evidence_stands_among_distractors() {
    let project = project(&[
        oracle("alone", ""),
        oracle("four", "distractors = 4, retriever = \"lexical\", position = \"last\""),
        oracle("first", "distractors = 4, retriever = \"lexical\", position = \"first\""),
        oracle("tokens", "budget_tokens = 60, retriever = \"lexical\""),
    ]);
    project.run(&[]).expect(0);
    let alone = trials_of(&project, "alone");
    let four = trials_of(&project, "four");
    let first = trials_of(&project, "first");
    let mut short = 0;
    for ((alone, last), first) in alone.iter().zip(&four).zip(&first) {
        assert!(alone.get("distraction").is_none(), "{alone}");
        let evidence = shown(alone);
        let there = last["distraction"]["passages"].as_u64().unwrap() as usize;
        let missing = last["distraction"]["missing"].as_u64().unwrap() as usize;
        assert_eq!((there + missing, shown(last)), (4, evidence + there), "{last}");
        short += usize::from(missing > 0);
        // The same evidence at one end or the other, and the same distractors.
        let spans = |trial: &Value| -> Vec<(Value, Value, Value)> {
            let passages = trial["passages"].as_array().unwrap().iter();
            passages
                .map(|one| (one["document"].clone(), one["start"].clone(), one["end"].clone()))
                .collect()
        };
        assert_eq!(spans(last)[there..], spans(alone));
        assert_eq!(spans(first)[..evidence], spans(alone));
        assert_eq!(spans(first)[evidence..], spans(last)[..there]);
    }
    assert!(short < QUESTIONS, "no question has four distractors");
    let unanswerable = four.iter().find(|trial| trial["question"] == "none-01").unwrap();
    assert!(shown(unanswerable) > 0, "{unanswerable}");
    for trial in trials_of(&project, "tokens") {
        let tokens = trial["distraction"]["tokens"].as_u64().unwrap();
        assert!(tokens <= 60, "{trial}");
    }
    let page = project.read("reports/x/README.md");
    let row = page.lines().find(|line| line.starts_with("| four | last | 4 passages | ")).unwrap();
    assert_eq!(row.ends_with("| 0 |"), short == 0, "{row}");
    assert!(page.contains("| tokens | seeded | 60 tokens | "), "{page}");
    assert!(
        page.contains(
            "| oracle (distractors 4, retriever lexical, position last, citations false) |"
        )
    );
}

#[test]
fn flow_only_what_a_change_can_change_runs_again() {
    let seeded = "distractors = 3, retriever = \"lexical\"";
    let project = project(&[oracle("alone", ""), oracle("mixed", seeded)]);
    project.run(&[]).expect(0);
    let before = project.trials();
    project.run(&[]).expect(0).says(&["nothing to do"]);
    let ran = |from: &str, to: &str| {
        project.replace("experiments/x.toml", from, to);
        project.run(&["--json"]).expect(0).done()["ran"].clone()
    };
    // The setups `alone` and `lexical` are as they were.
    let last = "retriever = \"lexical\", position = \"last\" }";
    assert_eq!(
        ran("distractors = 3, retriever = \"lexical\" }", &format!("distractors = 3, {last}")),
        QUESTIONS
    );
    assert_eq!(ran("distractors = 3", "distractors = 2"), QUESTIONS);
    assert_eq!(
        ran(
            "distractors = 2, retriever = \"lexical\", position = \"last\"",
            "distractors = 3, retriever = \"lexical\""
        ),
        0
    );
    assert_eq!(project.trials(), before, "what was set aside came back");
    assert_eq!(ran("split = \"test\"", "split = \"test\", seed = 1"), QUESTIONS);
    let moved = project.trials().iter().zip(&before).any(|(new, old)| {
        assert_eq!(new["question"], old["question"]);
        new["passages"] != old["passages"]
    });
    assert!(moved, "another seed draws other places");
}

/// A chunk of the retriever does not fit, however little else the prompt holds.
#[test]
fn flow_a_window_without_room_for_a_distractor() {
    let model = "\n[model.m]\nscripted = { context_tokens = 300 }\n";
    let wide =
        "\n[retriever.wide]\nchunks = { tokens = 400, overlap = 8 }\nlexical = { tantivy = {} }\n";
    let mixed = oracle("mixed", "distractors = 3, retriever = \"wide\"");
    let project = Project::with(&[HEAD, model, wide, &mixed].concat());
    let texts = [
        "the window of 300 tokens is too small for one passage: question `fact-01` takes",
        "help: raise `context_tokens`",
    ];
    project.check().expect(2).says(&texts);
    project.run(&[]).expect(2).says(&texts);
}
