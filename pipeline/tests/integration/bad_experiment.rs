//! An experiment file that cannot be used: all errors at once, each at its line, with the remedy.

use crate::project::{CLOSED_BOOK, HEAD, LEXICAL, Project};

const MODEL: &str = "\n[model.m]\nscripted = {}\n";

#[track_caller]
fn refused(experiment: &str, texts: &[&str]) {
    let project = Project::with(experiment);
    project.check().expect(2).says(texts);
    project.run(&[]).expect(2).says(texts);
    assert!(!project.path("reports").exists());
}

#[test]
fn flow_all_errors_of_a_file_at_once() {
    let project = Project::with(
        r#"title  = "Everything is wrong"
corpus = "tiny"
questions = { split = "test", samples = 3 }

[model.small]
scripted = { context_tokens = 512 }
[model.large]
scripted = { context_tokens = "512", reads = 1.5 }

[setup.small]
model = "smal"
strategy.closed-book = {}
[setup.large]
model = "small"
strategy.long-context = { budget_tokens = 4096, retriever = "lexical" }

[decision]
margin = 2
"#,
    );
    let finished = project.check().expect(2);
    assert_eq!(finished.stdout, "");
    insta::assert_snapshot!("all_errors_at_once", finished.stderr);
}

#[test]
fn flow_text_that_is_no_toml() {
    refused("title = \"x\ncorpus", &["experiments/x.toml:1:", "error", "^"]);
    refused("", &["the file lacks the key `title`", "help: add `title"]);
}

#[test]
fn flow_an_experiment_that_is_not_there() {
    let project = Project::new();
    project.ragscale(&["run", "experiments/y.toml"]).expect(2).says(&[
        "error: cannot read experiments/y.toml",
        "hint: check the spelling of `experiments/y.toml`",
    ]);
}

#[test]
fn flow_a_window_too_small_for_one_passage() {
    let small =
        "\n[model.m]\nscripted = { context_tokens = 96 }\nsampling = { answer_tokens = 16 }\n";
    refused(
        &[HEAD, small, LEXICAL].concat(),
        &[
            "experiments/x.toml:14:1",
            "the window of 96 tokens is too small for one passage",
            "^",
            "help: raise `context_tokens`",
        ],
    );
    let tiny =
        "\n[model.m]\nscripted = { context_tokens = 64 }\nsampling = { answer_tokens = 40 }\n";
    refused(
        &[HEAD, tiny, CLOSED_BOOK].concat(),
        &["experiments/x.toml:9:8", "the window has room for 24", "help: raise `context_tokens`"],
    );
}

#[test]
fn flow_a_corpus_over_the_window_without_a_retriever() {
    let small = "\n[model.m]\nscripted = { context_tokens = 256 }\n";
    let long = "\n[setup.long]\nmodel = \"m\"\nstrategy.long-context = {}\n";
    refused(
        &[HEAD, small, long].concat(),
        &["experiments/x.toml:10", "the corpus does not fit", "help: name a `retriever`"],
    );
}

#[test]
fn flow_a_prompt_template_that_cannot_be_used() {
    let setup = |prompt: &str| format!("{CLOSED_BOOK}prompt = \"{prompt}\"\n");
    refused(
        &[HEAD, MODEL, &setup("prompts/mine.j2")].concat(),
        &["experiments/x.toml:11:10", "prompts/mine.j2", "help: "],
    );
    let project = Project::with(&[HEAD, MODEL, &setup("prompts/mine.j2")].concat());
    project.write("prompts/mine.j2", "{% block user %}{{ question }");
    project.check().expect(2).says(&["experiments/x.toml:11:10", "prompts/mine.j2", "help: "]);
    project.write("prompts/mine.j2", "{{ question }}");
    project.check().expect(2).says(&["has no block `user`", "help: write the prompt between"]);
    project.write("prompts/mine.j2", "{% block user %}{{ question }}{% endblock %}");
    project.run(&[]).expect(0);
}

#[test]
fn flow_recorded_answers_that_cannot_be_used() {
    let model = "\n[model.m]\nrecorded = { path = \"answers.jsonl\" }\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK].concat());
    project.check().expect(2).says(&["experiments/x.toml:6:21", "answers.jsonl", "help: "]);
    project.write("answers.jsonl", "{\"question\": \"fact-01\"}\n{\"answer\"\n");
    project.run(&[]).expect(2).says(&[
        "answers.jsonl:1: missing field `answer`",
        "answers.jsonl:2: ",
        "help: each line is like `{\"question\": \"q1\"",
    ]);
    // What is not answered is known before, and counts as failed.
    project.write("answers.jsonl", "{\"question\": \"fact-01\", \"answer\": \"Tarnblick\"}\n");
    project.check().expect(0).says(&["warning: model `m`: 23 answers are missing"]);
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!(done["failed"], 23);
}
