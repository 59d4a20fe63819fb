//! Page numbers from the file to the reader: of passages in a report, of evidence in a review.

use crate::documents::{self, pdf};
use crate::project::{Finished, HEAD, LEXICAL, Project};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;

/// Three pages, each of more words than a chunk has.
fn manual() -> Vec<u8> {
    pdf(&[
        &[
            "# Pump manual",
            "The pump stands in the cellar beside the northern door and is painted green.",
            "It was bought from a school in Varnholm and is cleaned by whoever comes last.",
        ],
        &[
            "# Torque values",
            "The lid of the pump is closed with a torque of 55 Nm by two persons in gloves.",
            "They write the value, the date and their names into the book beside the door.",
        ],
        &[
            "# Repair",
            "Belts and seals lie in the third drawer and are ordered in May from Lindhagen.",
            "Whoever takes the last one says so in the office on the same day before noon.",
        ],
    ])
}

/// A corpus of that manual, with one question about its second page.
fn project(model: &str) -> Project {
    let head = HEAD.replace("tiny", "manuals");
    let project = Project::with(&[&head, "\n[model.m]\n", model, LEXICAL].concat());
    project.write("in/manual.pdf", manual());
    project.write("in/notes.docx", documents::sample("docx"));
    project.ragscale(&["corpus", "add", "manuals", "in"]).expect(0);
    let evidence = json!([{"document": "manual.pdf", "quote": "a torque of 55 Nm"}]);
    let question = json!({
        "id": "lid", "question": "With which torque is the lid of the pump closed?",
        "answers": ["55 Nm"], "evidence": evidence, "kind": "number", "split": "test",
    });
    project.write("corpora/manuals/questions.jsonl", format!("{question}\n"));
    project
}

#[test]
fn flow_a_report_names_the_page_of_a_passage() {
    let project = project("scripted = { reads = 0.0, knows = 0.0, declines = 0.0 }\n");
    project.run(&[]).expect(0);
    let trial = project.trials().remove(0);
    let passages = trial["passages"].as_array().unwrap();
    let pages = |document: &str| -> Vec<&Value> {
        let of = passages.iter().filter(|passage| passage["document"] == document);
        of.map(|passage| &passage["pages"]).collect()
    };
    assert!(pages("manual.pdf").contains(&&json!([2, 2])), "{trial}");
    // A Word document has the pages that its reader's printer gives it.
    assert!(pages("notes.docx").iter().all(|pages| pages.is_null()), "{trial}");
    let page = project.read("reports/x/README.md");
    assert!(page.contains("**holds evidence**, manual.pdf, p. 2: "), "{page}");
}

#[test]
fn flow_a_review_names_the_page_of_the_evidence() {
    let project = project("scripted = { script = \"script.jsonl\" }\n");
    let reply = json!({
        "question": "Who closes the lid of the pump?", "answers": ["two persons"],
        "quotes": ["by two persons in gloves"], "kind": "fact",
    });
    let script = [
        json!({"sees": ["Write one question", "55 Nm by two persons"], "says": reply.to_string()}),
        json!({"sees": ["Write one question"], "says": "None."}),
    ];
    let lines: String = script.iter().map(|line| format!("{line}\n")).collect();
    project.write("script.jsonl", lines);
    let draft = ["questions", "draft", "manuals", "--model", "m", "--kinds", "fact"];
    project
        .ragscale(&[&draft[..], &["--experiment", "experiments/x.toml", "--quiet"]].concat())
        .expect(0);
    let mut command = project.command(&["questions", "review", "manuals"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a\n").unwrap();
    let reviewed = Finished::of(child.wait_with_output().unwrap()).expect(0);
    assert!(
        reviewed.stdout.contains("\n  manual.pdf, p. 2 (Pump manual):\n"),
        "{}",
        reviewed.stdout
    );
    assert!(reviewed.stdout.contains("accepted 1, rejected 0"), "{}", reviewed.stdout);
}
