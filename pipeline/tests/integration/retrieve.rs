//! Retrieval by itself: hits once for each retriever, TREC runs, and what looks wrong with them.

use crate::project::{HEAD, Project};
use std::collections::BTreeMap;
use std::fs;

const MODEL: &str = "\n[model.m]\nscripted = {}\n";

/// A dense retriever over words hashed into 64 dimensions, and a setup that uses it.
fn dense(embedder: &str) -> String {
    format!(
        "\n[retriever.dense]\nchunks = {{ tokens = 40, overlap = 8 }}\ndense = {{ memory = {{}}, embedder = {embedder} }}\n\
         [setup.dense]\nmodel = \"m\"\nstrategy.retrieval = {{ retriever = \"dense\", passages = 3 }}\n"
    )
}

#[test]
fn flow_retrieve_writes_hits_and_trec_runs() {
    let project = Project::new();
    let finished =
        project.ragscale(&["retrieve", "experiments/x.toml", "--trec", "runs", "--json"]).expect(0);
    assert!(!finished.json().is_empty());
    let hits = project.read("reports/x/hits.jsonl");
    assert_eq!(hits.lines().count(), 2 * 24);
    assert!(!project.report("trials.jsonl").exists(), "no model is asked");
    for retriever in ["lexical", "hybrid"] {
        let run = project.read(&format!("runs/{retriever}.run"));
        let mut last: BTreeMap<&str, (usize, f32)> = BTreeMap::new();
        for line in run.lines() {
            let columns: Vec<&str> = line.split(' ').collect();
            let [question, "Q0", chunk, rank, score, tag] = columns[..] else {
                panic!("{line}");
            };
            assert_eq!(tag, retriever);
            assert!(chunk.contains('.'), "{chunk} is no chunk of a document");
            let (rank, score) = (rank.parse::<usize>().unwrap(), score.parse::<f32>().unwrap());
            let before = last.insert(question, (rank, score)).unwrap_or((0, f32::INFINITY));
            assert!(rank == before.0 + 1 && score < before.1, "{line}");
        }
        // Two questions share no word with any document; vectors are never that far apart.
        assert_eq!(last.len(), if retriever == "lexical" { 22 } else { 24 });
    }
}

#[test]
fn flow_hits_are_made_once() {
    let project = Project::new();
    project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0);
    let hits = fs::read(project.report("hits.jsonl")).unwrap();
    project
        .ragscale(&["retrieve", "experiments/x.toml"])
        .expect(0)
        .says(&["retrieve lexical: 0 to do", "retrieve hybrid: 0 to do"]);
    // They are what a run goes on with: seconds are read once, and would differ.
    let finished = project.run(&[]).expect(0);
    assert!(!finished.stderr.contains("retrieve lexical: 24"), "{}", finished.stderr);
    assert!(fs::read(project.report("hits.jsonl")).unwrap() == hits);
}

#[test]
fn flow_equal_vectors_are_noticed() {
    // Cut after the first word, which is the same prefix everywhere: every text is one vector.
    let blind = "{ model = \"hashed:64\", query_prefix = \"same \", passage_prefix = \"same \", max_tokens = 1 }";
    let project = Project::with(&[HEAD, MODEL, &dense(blind)].concat());
    let warning = "retriever `dense` gives 24 of 24 questions the same 5 passages";
    project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0).says(&["warning: ", warning]);
    project.run(&[]).expect(0);
    assert!(project.read("reports/x/README.md").contains(&warning.replace('`', "&#96;")));

    let seeing = Project::with(&[HEAD, MODEL, &dense("\"hashed:64\"")].concat());
    let finished = seeing.ragscale(&["retrieve", "experiments/x.toml"]).expect(0);
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
}
