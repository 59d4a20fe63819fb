//! Documents that come and go between two runs.

use crate::project::{HEAD, LEXICAL, Project};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const MODEL: &str = "\n[model.m]\nscripted = { reads = 0.8, knows = 0.2, seed = 3 }\n";
/// Found first by the question `fact-02`.
const TREASURER: &str =
    "The treasurer of the workshop: who is the treasurer, and who is the workshop?\n";
/// What the length of each text's first chunk is marked with; no chunk is as long.
const MARK: u64 = 1000;

/// The one file below a folder of the cache.
fn only(project: &Project, folder: &str) -> PathBuf {
    let mut files = project.files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0).0
}

/// The lines that say where texts were cut.
fn cuts(project: &Project) -> Vec<Value> {
    let text = fs::read_to_string(only(project, ".ragscale/cuts")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Documents of the passages that the question `fact-02` was asked with.
fn found(project: &Project) -> Vec<String> {
    let trials = project.trials();
    let trial = trials.iter().find(|trial| trial["question"] == "fact-02").unwrap();
    let passages = trial["passages"].as_array().unwrap().iter();
    passages.map(|one| one["document"].as_str().unwrap().to_owned()).collect()
}

/// What is kept of the documents that stay is marked: the marks would be gone were it made again.
#[test]
fn flow_documents_that_come_and_go_leave_the_others_as_they_were_read_and_cut() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    project.write("corpora/tiny/documents/gone.md", TREASURER);
    project.run(&[]).expect(0);
    assert!(found(&project).contains(&"gone.md".to_owned()), "{:?}", found(&project));

    // The page is the one document that a reader's process reads.
    let page = only(&project, ".ragscale/texts");
    let kept = fs::read_to_string(&page).unwrap();
    assert!(kept.contains("Wednesdays"), "{kept}");
    fs::write(&page, kept.replace("Wednesdays", "Wednesdaze")).unwrap();
    let mut lines = cuts(&project);
    assert_eq!(lines.len(), 13);
    for line in &mut lines {
        let tokens = line["cuts"][0][2].as_u64().unwrap();
        line["cuts"][0][2] = (tokens + MARK).into();
    }
    let marked: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(only(&project, ".ragscale/cuts"), marked).unwrap();

    fs::remove_file(project.path("corpora/tiny/documents/gone.md")).unwrap();
    project.write("corpora/tiny/documents/new.md", format!("# New\n\n{TREASURER}"));
    let done = project.run(&["--json"]).expect(0).done();
    let found = found(&project);
    assert!(found.contains(&"new.md".to_owned()), "{found:?}");
    assert!(!found.contains(&"gone.md".to_owned()), "{found:?}");
    let ran = done["ran"].as_u64().unwrap();
    assert!((1..done["wanted"].as_u64().unwrap()).contains(&ran), "{done}");

    let trials = project.read("reports/x/trials.jsonl");
    assert!(trials.contains("Wednesdaze") && !trials.contains("Wednesdays"));
    assert!(fs::read_to_string(only(&project, ".ragscale/texts")).unwrap().contains("Wednesdaze"));
    // All but the new document's, and the page's, whose text is another now.
    let is_marked = |line: &&Value| line["cuts"][0][2].as_u64() >= Some(MARK);
    let lines = cuts(&project);
    assert_eq!((lines.len(), lines.iter().filter(is_marked).count()), (13, 11));
    let again = project.run(&["--json"]).expect(0).done();
    assert_eq!(again["ran"], 0, "{again}");
}
