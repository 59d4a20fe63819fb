//! Retrieval by itself: hits once for each retriever, TREC runs, and what looks wrong with them.

use crate::project::{HEAD, LEXICAL, Project};
use ragscale::tokens::Tokens;
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

#[test]
fn flow_a_mistyped_embedder_is_bad_input_and_leaves_no_report() {
    let project = Project::with(&[HEAD, MODEL, &dense("\"models/qqq\"")].concat());
    let finished = project.ragscale(&["retrieve", "experiments/x.toml"]).expect(2);
    finished.says(&["experiments/x.toml:10:", "`models/qqq`", "help: check the spelling"]);
    assert!(!project.path("reports").exists());
    // Retrievers that no setup uses are asked too, and so they are looked at.
    let unused = dense("\"hashed:64\"").replace(
        "[setup.dense]",
        "[retriever.bad]\ndense = { memory = {}, embedder = \"models/qqq\" }\n[setup.dense]",
    );
    let project = Project::with(&[HEAD, MODEL, &unused].concat());
    project.ragscale(&["retrieve", "experiments/x.toml"]).expect(2).says(&["`models/qqq`"]);
}

#[test]
fn flow_texts_that_are_cut_are_counted() {
    // Chunks of up to 40 words, of which the embedder reads 12; a question of the corpus is longer.
    let short = "{ model = \"hashed:64\", max_tokens = 12 }";
    let project = Project::with(&[HEAD, MODEL, &dense(short)].concat());
    project.check().expect(0).says(&["chunks of 40 tokens are cut by an embedder that reads 12"]);
    project
        .run(&[])
        .expect(0)
        .says(&["warning: retriever `dense`: ", " chunks are longer than its embedder reads"]);
    let provenance: serde_json::Value =
        serde_json::from_str(&project.read("reports/x/provenance.json")).unwrap();
    let run = &provenance["retrievers"]["dense"];
    let (cut, chunks) = (run["cut"]["chunks"].as_u64().unwrap(), run["chunks"].as_u64().unwrap());
    assert!(0 < cut && cut <= chunks, "{run}");
    let long = project
        .read("corpora/tiny/questions.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|question| question["split"] == "test")
        .filter(|question| Tokens::Words.count(question["question"].as_str().unwrap()) > 12)
        .count();
    assert_eq!(run["cut"]["questions"].as_u64().unwrap(), long as u64);
    let told = format!("{cut} of {chunks} chunks are longer than its embedder reads");
    let page = project.read("reports/x/README.md");
    assert!(page.contains(&told), "{page}");
    // Nothing is embedded again, and the counts stay.
    project.run(&[]).expect(0);
    assert_eq!(project.read("reports/x/README.md"), page);
    project.replace("experiments/x.toml", "max_tokens = 12", "max_tokens = 512");
    let finished = project.run(&[]).expect(0);
    assert!(!finished.stderr.contains("longer than"), "{}", finished.stderr);
    let provenance = project.read("reports/x/provenance.json");
    let provenance: serde_json::Value = serde_json::from_str(&provenance).unwrap();
    let none = serde_json::json!({"chunks": 0, "questions": 0, "pairs": 0});
    assert_eq!(provenance["retrievers"]["dense"]["cut"], none);
}

#[test]
fn flow_a_prefix_takes_room_from_a_chunk() {
    let prefixed = "{ model = \"hashed:64\", max_tokens = 40, passage_prefix = \"a passage \" }";
    let project = Project::with(&[HEAD, MODEL, &dense(prefixed)].concat());
    project.check().expect(0).says(&[
        "warning: retriever `dense`: an embedder that reads 40 tokens, of which prefix and special tokens take 2",
        "write `chunks = { tokens = 38 }` or less",
    ]);
    let roomy = prefixed.replace("max_tokens = 40", "max_tokens = 42");
    let finished = Project::with(&[HEAD, MODEL, &dense(&roomy)].concat()).check().expect(0);
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
}

/// English analysis takes `Pumpen` and `Pumpe` for two words, German for one.
#[test]
fn flow_words_are_analysed_in_the_language_of_the_corpus() {
    let found = |language: &str| {
        let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
        project.replace("corpora/tiny/corpus.toml", "\"en\"", &format!("\"{language}\""));
        project.write("corpora/tiny/documents/pumpe.md", "Die Pumpe steht in Halle zwei.\n");
        project.questions(&[serde_json::json!({
            "id": "q", "question": "Pumpen", "answers": ["zwei"], "kind": "fact", "split": "test",
            "evidence": [{"document": "pumpe.md", "quote": "Halle zwei"}],
        })]);
        project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0);
        project.read("reports/x/hits.jsonl").contains("pumpe.md#00000")
    };
    assert!(found("de"));
    assert!(!found("en"));
}
