//! Hits that are made, stopped, kept and held against the documents.

use super::super::hits::Known;
use super::super::retrieval::RetrievalStage;
use super::super::{AllHits, Loaded};
use super::{HEAD, LEXICAL, Project, QUESTIONS};
use crate::config::RetrieverPlan;
use crate::fingerprint::Fingerprint;
use crate::retrieve::{CutTexts, Ranking, RetrievalSeconds, RetrieveError, Retriever};
use crate::run::progress::Voice;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const MODEL: &str = "\n[model.m]\nscripted = {}\n";
const DENSE: &str = r#"
[retriever.dense]
chunks = { tokens = 40, overlap = 8 }
dense  = { memory = {}, embedder = "hashed:64" }
[setup.dense]
model = "m"
strategy.retrieval = { retriever = "dense", passages = 3 }
"#;

/// Does `work` with the stage of the project's experiment.
fn stage<T>(
    project: &Project,
    stopping: bool,
    work: impl FnOnce(&RetrievalStage<'_>, &[&RetrieverPlan]) -> T,
) -> T {
    let loaded: Loaded = project.loaded();
    let questions = loaded.questions().unwrap();
    let stopping = Arc::new(AtomicBool::new(stopping));
    let plans: Vec<&RetrieverPlan> = loaded.experiment.retrievers.iter().collect();
    work(&loaded.retrieval(&questions, Voice::Quiet, &stopping), &plans)
}

#[test]
fn a_stop_between_retrievers_keeps_those_that_are_done() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL, DENSE].concat());
    let folder = project.path("reports/x");
    std::fs::create_dir_all(&folder).unwrap();
    let run = |stopping, count: usize| -> AllHits {
        stage(&project, stopping, |stage, plans| {
            stage.run(&plans[..count], &folder, &BTreeMap::new()).unwrap()
        })
    };
    assert!(run(true, 2).stopped);
    assert!(!folder.join("hits.jsonl").exists());
    assert!(!run(false, 1).stopped);
    let lexical = project.lines("hits.jsonl");
    assert_eq!(lexical.len(), QUESTIONS);
    assert!(run(true, 2).stopped);
    assert_eq!(project.lines("hits.jsonl"), lexical);
    let all = run(false, 2);
    assert!(!all.stopped);
    assert_eq!(all.hits["dense"].len(), QUESTIONS);
    // The seconds are those of the first time: nothing was made again.
    assert_eq!(project.lines("hits.jsonl")[..QUESTIONS], lexical);
}

/// Asks to stop while it answers the third question.
struct Interrupting<'a>(&'a AtomicBool, AtomicUsize);

impl Retriever for Interrupting<'_> {
    fn retrieve(&self, _: &str, _: usize) -> Result<Ranking, RetrieveError> {
        self.0.store(self.1.fetch_add(1, Ordering::SeqCst) == 2, Ordering::SeqCst);
        Ok(Ranking {
            hits: Vec::new(),
            seconds: RetrievalSeconds::default(),
            cut: CutTexts::default(),
        })
    }
}

#[test]
fn a_stop_between_questions_keeps_those_that_were_asked() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    stage(&project, false, |stage, plans| {
        let retriever = Interrupting(stage.stopping, AtomicUsize::new(0));
        let mut known = Known::new();
        let identity = Fingerprint::of(b"x");
        let made = stage.ask(plans[0], &retriever, &identity, stage.questions, &mut known).unwrap();
        assert_eq!((made, known.len()), (3, 3));
        assert!(
            stage.questions[..3]
                .iter()
                .all(|question| { known.keys().any(|(_, known)| *known == question.id) })
        );
    });
}

#[test]
fn a_run_that_is_stopped_while_retrieving_leaves_the_report_as_it_was() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    let summary = project.run(false, true).unwrap();
    assert!(summary.stopped && summary.while_retrieving);
    assert_eq!((summary.wanted, summary.missing), (QUESTIONS, QUESTIONS));
    assert!(!project.path("reports/x/trials.jsonl").exists());
    assert_eq!(project.run(false, false).unwrap().ran, QUESTIONS);
    // Hits are there: a stop comes later, and every trial is known.
    let summary = project.run(false, true).unwrap();
    assert!(summary.stopped && !summary.while_retrieving);
    assert_eq!(summary.reused, QUESTIONS);
}

#[test]
fn hits_that_were_changed_by_something_else_are_named_with_a_remedy() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    project.run(false, false).unwrap();
    let lines = project.lines("hits.jsonl");
    let end = lines[2].find("\"end\":").unwrap() + "\"end\":".len();
    let document = lines[2].find("\"document\":\"").unwrap() + "\"document\":\"".len();
    let far = format!("{}9{}", &lines[2][..end], &lines[2][end..]);
    let other = format!("{}no-{}", &lines[2][..document], &lines[2][document..]);
    for changed in [far, other] {
        let mut lines = lines.clone();
        lines[2] = changed;
        project.write("reports/x/hits.jsonl", &(lines.join("\n") + "\n"));
        let error = project.run(false, false).unwrap_err();
        assert!(error.to_string().contains("hits.jsonl"), "{error}");
        let hint = error.hint().unwrap();
        assert!(hint.contains("delete `") && hint.contains("`--fresh`"), "{hint}");
    }
    // The remedy helps.
    std::fs::remove_file(project.path("reports/x/hits.jsonl")).unwrap();
    let summary = project.run(false, false).unwrap();
    assert_eq!((summary.reused, summary.ran), (QUESTIONS, 0));
    // A line that cannot be read is made again.
    let mut lines = project.lines("hits.jsonl");
    lines[2] = "{".to_owned();
    project.write("reports/x/hits.jsonl", &(lines.join("\n") + "\n"));
    let summary = project.run(false, false).unwrap();
    assert_eq!((summary.reused, summary.ran), (QUESTIONS, 0));
    assert!(project.lines("hits.jsonl").iter().all(|line| line != "{"));
}
