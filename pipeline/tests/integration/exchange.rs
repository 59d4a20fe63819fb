//! Question sets brought in from public formats, used by experiments, and taken out again.

use crate::project::{HEAD, LEXICAL, Project};
use ragscale::corpus::Corpus;
use ragscale::extract::Extractor;
use serde_json::{Value, json};
use std::fs;

const MODEL: &str = "\n[model.m]\nscripted = { reads = 1.0, seed = 1 }\n";
/// A lexical retriever and nothing that answers.
const RETRIEVER: &str =
    "\n[retriever.lexical]\nchunks = { tokens = 40, overlap = 8 }\nlexical = { tantivy = {} }\n";

/// A BEIR folder of three documents and two queries, the second of which names a document that says
/// nothing of it.
fn beir(project: &Project) {
    project.write(
        "in/corpus.jsonl",
        "{\"_id\":\"MED-1\",\"title\":\"Statins\",\"text\":\"Statins lower cholesterol.\"}\n\
         {\"_id\":\"a/b\",\"title\":\"Tea\",\"text\":\"Green tea is a drink.\"}\n\
         {\"_id\":\"MED-3\",\"title\":\"Bread\",\"text\":\"Bread is made of flour.\"}\n",
    );
    project.write(
        "in/queries.jsonl",
        "{\"_id\":\"q1\",\"text\":\"what lowers cholesterol\"}\n{\"_id\":\"q2\",\"text\":\"green tea\"}\n",
    );
    project.write("in/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tMED-1\t1\nq2\tMED-3\t1\n");
}

fn experiment(corpus: &str, rest: &str) -> String {
    HEAD.replace("tiny", corpus) + rest
}

#[test]
fn flow_beir_measures_rankings_and_no_answers() {
    let project = Project::new();
    beir(&project);
    project
        .ragscale(&["corpus", "import", "in", "beir"])
        .expect(0)
        .says(&["corpora/beir: 3 documents, 2 questions (2 retrieval) from beir"]);
    let corpus = Corpus::load(
        &project.path(""),
        "beir",
        &Extractor::new("no program".into(), &project.path("texts")),
    )
    .unwrap();
    assert_eq!(corpus.documents[2].id, "a%2Fb.txt");

    project.write("experiments/x.toml", experiment("beir", RETRIEVER));
    let finished = project.ragscale(&["retrieve", "experiments/x.toml", "--json"]).expect(0);
    let ranking = finished.json().into_iter().find(|event| event["event"] == "ranking").unwrap();
    assert_eq!((&ranking["retriever"], &ranking["questions"]), (&json!("lexical"), &json!(2)));
    // The first query finds its document first, the second finds another one only.
    for measure in ["recall@1", "recall@10", "nDCG@10", "MRR", "MAP"] {
        assert_eq!(ranking["means"][measure][0], 0.5, "{measure} in {ranking}");
    }
    let shown = project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0).stdout;
    let lines: Vec<Vec<&str>> =
        shown.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..3], ["retriever", "questions", "recall@1"]);
    assert_eq!(lines[1][..3], ["lexical", "2", "0.5000"]);

    project.check().expect(0);
    project.run(&[]).expect(2).says(&["no setup to run", "hint: add a table `[setup.NAME]`"]);
    project.write("experiments/x.toml", experiment("beir", &[MODEL, LEXICAL].concat()));
    let refusal = [
        "all 2 selected questions are of the kind `retrieval`",
        "measure rankings on them with `ragscale retrieve`",
    ];
    project.check().expect(2).says(&refusal);
    project.run(&[]).expect(2).says(&refusal);
    assert!(!project.report("trials.jsonl").exists());
    project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0);
}

/// A corpus may have questions of both sorts: a run asks those that have answers, and says so.
#[test]
fn flow_a_run_leaves_retrieval_questions_out_visibly() {
    let project = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    let questions = project.read("corpora/tiny/questions.jsonl");
    let asked = json!({
        "id": "judged", "question": "Which document is about brakes?", "kind": "retrieval",
        "split": "test", "evidence": [{"document": "brakes.md"}],
    });
    project.write("corpora/tiny/questions.jsonl", format!("{asked}\n{questions}"));
    let said = "1 selected questions of the kind `retrieval` are left out";
    project.check().expect(0).says(&["warning: ", said]);
    project.run(&[]).expect(0).says(&["warning: ", said]);
    assert_eq!(project.trials().len(), 24);
    assert!(project.trials().iter().all(|trial| trial["question"] != "judged"));
    assert!(project.read("reports/x/README.md").contains("are left out"));
    let finished = project.ragscale(&["retrieve", "experiments/x.toml"]).expect(0);
    assert!(finished.stderr.contains("retrieve lexical: 1 to do"), "{}", finished.stderr);
}

#[test]
fn flow_questions_without_documents_are_for_closed_books() {
    let project = Project::new();
    project.write(
        "in/nq.jsonl",
        "{\"question\":\"who\",\"answer\":[\"Ada\"]}\n{\"question\":\"when\",\"answer\":[\"1815\"]}\n",
    );
    project.ragscale(&["corpus", "import", "in/nq.jsonl", "nq", "--quiet"]).expect(0);
    let closed = "\n[setup.s]\nmodel = \"m\"\nstrategy.closed-book = {}\n";
    project.write("experiments/x.toml", experiment("nq", &[MODEL, closed].concat()));
    project.run(&[]).expect(0);
    assert_eq!(project.trials().len(), 2);
    assert!(project.read("reports/x/README.md").contains("the corpus has no documents"));
    for strategy in ["oracle = {}", "long-context = {}"] {
        let setup = format!("\n[setup.s]\nmodel = \"m\"\nstrategy.{strategy}\n");
        project.write("experiments/x.toml", experiment("nq", &[MODEL, &setup].concat()));
        project.check().expect(2).says(&["the corpus `nq` has no documents", "closed-book"]);
    }
    project.write("experiments/x.toml", experiment("nq", &[MODEL, LEXICAL].concat()));
    project.run(&[]).expect(2).says(&["the corpus `nq` has no documents"]);
    project
        .ragscale(&["retrieve", "experiments/x.toml"])
        .expect(2)
        .says(&["has no documents to retrieve from", "hint: put documents into"]);
}

/// An article of two paragraphs: one fact each, and a question that neither answers.
fn squad(project: &Project) {
    let qa = |id: &str, question: &str, text: &str, start: usize| json!({"id": id, "question": question, "answers": [{"text": text, "answer_start": start}]});
    let file = json!({"version": "v2.0", "data": [{"title": "Pumps", "paragraphs": [
        {"context": "The red pump weighs 40 kg. It is loud.", "qas": [
            qa("weight", "How heavy is the red pump?", "40 kg", 20),
            {"id": "none", "question": "Who designed the red pump?", "answers": [], "is_impossible": true},
        ]},
        {"context": "The blue pump was built in 1998.", "qas": [qa("year", "When was the blue pump built?", "1998", 27)]},
    ]}]});
    project.write("in/squad.json", file.to_string());
    project.ragscale(&["corpus", "import", "in/squad.json", "pumps"]).expect(0);
    project.write("experiments/x.toml", experiment("pumps", &[MODEL, LEXICAL].concat()));
    project.run(&[]).expect(0);
}

#[test]
fn flow_answers_of_a_run_are_taken_out() {
    let project = Project::new();
    squad(&project);
    let export = |more: &[&str]| {
        let arguments = ["corpus", "export", "pumps", "--report", "reports/x"];
        project.ragscale(&[&arguments, more].concat())
    };
    export(&["--format", "ragas", "--out", "out/r.jsonl"])
        .expect(0)
        .says(&["out/r.jsonl: 3 questions as ragas"]);
    let rows: Vec<Value> = project
        .read("out/r.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["reference"], "40 kg");
    assert_eq!(rows[0]["reference_contexts"], json!(["The red pump weighs 40 kg."]));
    assert_eq!(rows[0]["reference_context_ids"], json!(["Pumps-001"]));
    assert_eq!(rows[1].get("reference"), None);
    let trials = project.trials();
    for (row, trial) in rows.iter().zip(&trials) {
        assert_eq!(row["response"], trial["outcome"]["answered"]["text"]);
        let contexts = row["retrieved_contexts"].as_array().unwrap();
        assert_eq!(contexts.len(), trial["passages"].as_array().unwrap().len());
        let prompt = trial["prompt"].as_str().unwrap();
        assert!(contexts.iter().all(|context| prompt.contains(context.as_str().unwrap())));
    }
    assert!(rows[0]["retrieved_contexts"][0].as_str().unwrap().contains("weighs 40 kg"));

    export(&["--format", "ragchecker", "--out", "out/c.json", "--setup", "lexical"]).expect(0);
    let file: Value = serde_json::from_str(&project.read("out/c.json")).unwrap();
    let results = file["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["query"], "How heavy is the red pump?");
    assert_eq!(results[0]["gt_answer"], "40 kg");
    assert_eq!(results[0]["response"], rows[0]["response"]);
    assert_eq!(results[0]["retrieved_context"][0]["doc_id"], "Pumps-001");
    assert_eq!(results[1]["gt_answer"], "");

    export(&["--format", "trec", "--out", "out/t"]).expect(0);
    assert_eq!(project.read("out/t/qrels.txt"), "weight 0 Pumps-001 1\nyear 0 Pumps-002 1\n");
    let run = project.read("out/t/lexical.run");
    let first: Vec<&str> = run.lines().next().unwrap().split(' ').collect();
    assert_eq!((first[0], first[2], first[3]), ("weight", "Pumps-001", "1"));
    // A document stands once in a ranking of documents.
    let mut pairs: Vec<&str> = run.lines().map(|line| line.split(" ").nth(2).unwrap()).collect();
    pairs.truncate(2);
    assert_ne!(pairs[0], pairs[1]);
}

#[test]
fn flow_a_report_that_does_not_fit_is_refused() {
    let project = Project::new();
    squad(&project);
    let export = |corpus: &str, more: &[&str]| {
        project.ragscale(&[&["corpus", "export", corpus, "--out", "out"], more].concat())
    };
    export("tiny", &["--format", "ragas", "--report", "reports/x"])
        .expect(2)
        .says(&["is about the corpus `pumps`, not `tiny`", "hint: export `pumps`"]);
    export("pumps", &["--format", "ragas", "--report", "reports/none"])
        .expect(2)
        .says(&["reports/none is not a report's folder"]);
    export("pumps", &["--format", "ragas", "--report", "reports/x", "--setup", "oracle"])
        .expect(2)
        .says(&["has no setup `oracle`", "hint: name one with `--setup`: `lexical`"]);
    export("pumps", &["--format", "csv", "--report", "reports/x"])
        .expect(2)
        .says(&["the format `csv` has no place for a report"]);
    export("pumps", &["--format", "xml"]).expect(2).says(&["beir", "ragas", "trec", "csv"]);
    assert!(!project.path("out").exists());
    project
        .write("experiments/x.toml", fs::read(Project::new().path("experiments/x.toml")).unwrap());
    project.run(&[]).expect(0);
    export("tiny", &["--format", "ragchecker", "--report", "reports/x"])
        .expect(2)
        .says(&["has several setups, and none is named", "`small-lexical`"]);
    export("tiny", &["--format", "trec", "--report", "reports/x", "--setup", "small-oracle"])
        .expect(2)
        .says(&["the setup `small-oracle` has no retriever"]);
    export("tiny", &["--format", "trec", "--report", "reports/x", "--setup", "small-hybrid"])
        .expect(0);
    let mut names: Vec<_> = fs::read_dir(project.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["hybrid.run", "qrels.txt"]);
}

#[test]
fn flow_bad_sources_leave_nothing() {
    let project = Project::new();
    beir(&project);
    project.write("in/queries.jsonl", "{\"_id\":\"q1\",\"text\":\"?\"}\n{\"_id\":\"q1\"}\n");
    project
        .ragscale(&["corpus", "import", "in", "beir"])
        .expect(2)
        .says(&["error: in/queries.jsonl:2:12: missing field `text`", "hint: "]);
    // What a source says cannot reach the terminal as anything but text.
    project.write("in/corpus.jsonl", "{\"_id\":\"\\u001b[31mx\",\"text\":\"a\"}\n".repeat(2));
    project.write("in/queries.jsonl", "{\"_id\":\"q1\",\"text\":\"?\"}\n");
    let finished = project.ragscale(&["corpus", "import", "in", "beir"]).expect(2);
    assert!(!finished.stderr.contains('\u{1b}'), "{}", finished.stderr);
    project
        .ragscale(&["corpus", "import", "gone.json", "beir"])
        .expect(2)
        .says(&["cannot read gone.json", "hint: check the spelling"]);
    project.write("in/x.txt", "What?");
    project
        .ragscale(&["corpus", "import", "in/x.txt", "beir"])
        .expect(2)
        .says(&["of no format that is known by its look", "`beir`, `squad`, `hotpotqa`"]);
    project
        .ragscale(&["corpus", "import", "in", "Tiny"])
        .expect(2)
        .says(&["`Tiny` is not the name of a corpus"]);
    project
        .ragscale(&["corpus", "import", "in", "tiny"])
        .expect(2)
        .says(&["corpora/tiny is there already", "--replace"]);
    let left: Vec<_> = fs::read_dir(project.path("corpora"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["tiny"]);
}
