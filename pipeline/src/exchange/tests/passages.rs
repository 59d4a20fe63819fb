//! Formats whose passages come with the questions: DPR, RAGAS.

use super::*;
use crate::fingerprint::Fingerprint;
use serde_json::json;

#[test]
fn dpr_keeps_each_passage_once() {
    let passage =
        |id: &str, text: &str| json!({"title": "T", "text": text, "score": 1.0, "passage_id": id});
    let text = json!([
        {
            "dataset": "nq_dev_psgs_w100", "question": "who?", "answers": ["a"],
            "positive_ctxs": [passage("1", "a is here"), passage("1", "a is here")],
            "negative_ctxs": [], "hard_negative_ctxs": [passage("2", "b")],
        },
        {
            "question": "when?", "answers": ["b"], "positive_ctxs": [passage("2", "b"), {"title": null, "text": "b too", "psg_id": 7}],
            "hard_negative_ctxs": [{"text": "c"}],
        },
        {"question": "none?", "answers": ["b"], "positive_ctxs": []},
    ]);
    let sources = Sources::new(&[("dpr.json", &text.to_string())]);
    let summary = sources.import("dpr.json");
    assert_eq!(summary.format, ImportFormat::Dpr);
    let corpus = sources.corpus();
    let unnamed = format!("passage-{}.txt", Fingerprint::of(b"c").short());
    assert_eq!(
        documents(&corpus),
        [("1.txt", "T\n\na is here"), ("2.txt", "T\n\nb"), ("7.txt", "b too"), (&*unnamed, "c")]
    );
    assert_eq!(evidence(&corpus.questions[0]), [("1.txt", None)]);
    assert_eq!(evidence(&corpus.questions[1]), [("2.txt", None), ("7.txt", None)]);
    assert_eq!((corpus.questions[1].id.as_str(), &*corpus.questions[1].kind), ("q2", "fact"));
    assert_eq!(left_out(&summary), [("questions without a positive passage", 1)]);
    let error = Sources::new(&[("dpr.json", "[{\"question\":\"?\",\"positive_ctxs\":[]}]")]);
    assert!(error.error("dpr.json").starts_with("./in/dpr.json:1:36: missing field `answers`"));
}

const NEW: &str = r#"{"user_input":"who?","reference":"a","reference_contexts":["a is here","b"],"synthesizer_name":"x"}
{"user_input":"when?","reference":"now","reference_contexts":["b"],"reference_context_ids":["page 3"],"id":"mine"}
{"user_input":"where?","reference":"there","retrieved_contexts":["z"],"response":"here"}
{"user_input":"why?"}
"#;

#[test]
fn ragas_rows_of_all_releases_are_read() {
    let sources = Sources::new(&[("r.jsonl", NEW)]);
    let summary = sources.import("r.jsonl");
    assert_eq!(summary.format, ImportFormat::Ragas);
    let corpus = sources.corpus();
    let of = |text: &str| format!("passage-{}.txt", Fingerprint::of(text.as_bytes()).short());
    let (a, b) = (of("a is here"), of("b"));
    assert_eq!(evidence(&corpus.questions[0]), [(a.as_str(), None), (b.as_str(), None)]);
    assert_eq!(evidence(&corpus.questions[1]), [("page 3.txt", None)]);
    let kinds: Vec<_> =
        corpus.questions.iter().map(|one| (one.id.as_str(), one.kind.as_str())).collect();
    assert_eq!(kinds, [("q1", "fact"), ("mine", "fact"), ("q3", "general")]);
    assert_eq!(
        left_out(&summary),
        [
            ("rows without a reference answer", 1),
            ("rows' responses", 1),
            ("rows' retrieved contexts", 1),
        ]
    );

    let old = json!([
        {"question": "who?", "contexts": ["a is here"], "ground_truth": "a", "evolution_type": "simple"},
        {"question": "when?", "contexts": ["found"], "ground_truth": "now", "answer": "then"},
    ]);
    let sources = Sources::new(&[("r.json", &old.to_string())]);
    let summary = sources.import("r.json");
    let corpus = sources.corpus();
    assert_eq!(documents(&corpus), [(a.as_str(), "a is here")]);
    assert_eq!(corpus.questions[1].kind, "general");
    assert_eq!(summary.left_out.count("rows' retrieved contexts"), 1);
}

#[test]
fn ragas_tables_have_lists_as_python_shows_them() {
    let table = "user_input,reference_contexts,reference\nwho?,\"['a is \\'here\\'', \"\"it's\"\"]\",\"a, b\"\nwhen?,,now\n";
    let sources = Sources::new(&[("r.csv", table)]);
    sources.import("r.csv");
    let corpus = sources.corpus();
    let mut texts: Vec<_> = documents(&corpus).into_iter().map(|(_, text)| text).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["a is 'here'", "it's"]);
    assert_eq!(corpus.questions[0].answers, ["a, b"]);
    assert_eq!(corpus.questions[1].kind, "general");
}

#[test]
fn bad_ragas_is_named() {
    let error = |name: &str, text: &str| Sources::new(&[(name, text)]).error(name);
    insta::assert_snapshot!(error("r.csv", "user_input,reference,reference_contexts\n?,a,b\n"), @r#"
    ./in/r.csv:2: `reference_contexts` is not a list of texts
    hint: write a list as JSON (`["a", "b"]`) or as Python shows it (`['a', 'b']`)
    "#);
    insta::assert_snapshot!(error("r.csv", "user_input,answer\n?,a\n"), @r"
    ./in/r.csv:1: no column `reference`; the first row names `user_input`, `answer`
    hint: name the columns as the format does
    ");
    insta::assert_snapshot!(error("r.jsonl", "{\"user_input\":\"?\",\"reference\":\"a\"}\n{\"reference\":\"x\"}\n"), @r"
    ./in/r.jsonl:2: no `user_input` or `question`
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(error("r.jsonl", "{\"user_input\":\"?\",\"reference\":\"a\",\"reference_contexts\":[\"a\"],\"reference_context_ids\":[\"1\",\"2\"]}\n"), @r"
    ./in/r.jsonl:1: `reference_context_ids` is not as long as `reference_contexts`
    hint: give each text its own id, or leave `reference_context_ids` out
    ");
    insta::assert_snapshot!(error("r.jsonl", "{\"user_input\":[{\"content\":\"?\",\"type\":\"human\"}]}\n"), @r"
    ./in/r.jsonl:1:14: invalid type: sequence, expected a string
    hint: compare the record with the format's own description, or name another `--format`
    ");
}
