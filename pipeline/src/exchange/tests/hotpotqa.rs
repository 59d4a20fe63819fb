use super::*;
use serde_json::{Value, json};

fn entry(id: &str, kind: &str, facts: Value) -> Value {
    json!({
        "_id": id, "question": "Which magazine was started first?", "answer": "Arthur's Magazine",
        "type": kind, "level": "medium", "supporting_facts": facts,
        "context": [
            ["Arthur's Magazine", ["It was started in 1844.", " It ended in 1846."]],
            ["First for Women", ["It is a magazine.", " It was started in 1989."]],
            ["Empty", []],
        ],
    })
}

fn sources(entries: &[Value]) -> Sources {
    Sources::new(&[("hotpot.json", &Value::from(entries).to_string())])
}

#[test]
fn facts_are_quoted_in_several_documents() {
    let facts = json!([["Arthur's Magazine", 0], ["First for Women", 1], ["First for Women", 1]]);
    let sources = sources(&[entry("a", "bridge", facts.clone()), entry("b", "comparison", facts)]);
    let summary = sources.import("hotpot.json");
    assert_eq!(summary.documents, 3);
    let corpus = sources.corpus();
    assert_eq!(
        documents(&corpus)[0],
        ("Arthur's Magazine.txt", "Arthur's Magazine\n\nIt was started in 1844. It ended in 1846.")
    );
    assert_eq!(
        evidence(&corpus.questions[0]),
        [
            ("Arthur's Magazine.txt", Some("It was started in 1844.")),
            ("First for Women.txt", Some("It was started in 1989.")),
        ]
    );
    let kinds: Vec<_> = corpus.questions.iter().map(|question| question.kind.as_str()).collect();
    assert_eq!(kinds, ["two-documents", "comparison"]);
    assert!(summary.left_out.is_empty());
}

#[test]
fn sentences_without_a_space_between_get_one() {
    let text = json!([{
        "_id": "a", "question": "?", "answer": "x", "type": "inference",
        "supporting_facts": [["T", 1]], "context": [["T", ["One.", "Two x.", "\r\nThree."]]],
    }]);
    let sources = Sources::new(&[("hotpot.json", &text.to_string())]);
    sources.import("hotpot.json");
    let corpus = sources.corpus();
    assert_eq!(corpus.documents[0].text, "T\n\nOne. Two x.\nThree.");
    assert_eq!(evidence(&corpus.questions[0]), [("T.txt", Some("Two x."))]);
    assert_eq!(corpus.questions[0].kind, "inference");
}

#[test]
fn facts_that_are_nowhere_are_counted() {
    let sources = sources(&[
        entry("a", "bridge", json!([["Arthur's Magazine", 9], ["Gone", 0], ["Empty", 0]])),
        entry("b", "bridge", json!([["Gone", 0]])),
        entry("c", "retrieval", json!([["First for Women", 0]])),
    ]);
    let summary = sources.import("hotpot.json");
    let corpus = sources.corpus();
    assert_eq!(
        evidence(&corpus.questions[0]),
        [("Arthur's Magazine.txt", None), ("Empty.txt", None)]
    );
    // A kind with rules of its own would make the corpus unreadable.
    assert_eq!(corpus.questions[1].kind, "two-documents");
    assert_eq!(
        left_out(&summary),
        [
            (
                "numbers of sentences that are not there or stand twice: evidence is the whole paragraph",
                2
            ),
            ("questions without a supporting fact", 1),
            ("supporting facts in paragraphs that are not there", 2),
        ]
    );
}

#[test]
fn one_title_with_two_texts_makes_two_documents() {
    let with = |id: &str, text: &str| {
        json!({
            "_id": id, "question": "?", "answer": "x", "supporting_facts": [["T", 0]],
            "context": [["T", [text]]],
        })
    };
    let sources = sources(&[with("a", "x one"), with("b", "x two"), with("c", "x one")]);
    sources.import("hotpot.json");
    let corpus = sources.corpus();
    assert_eq!(documents(&corpus), [("T (2).txt", "T\n\nx two"), ("T.txt", "T\n\nx one")]);
    let found: Vec<_> =
        corpus.questions.iter().map(|question| evidence(question)[0].0.to_owned()).collect();
    assert_eq!(found, ["T.txt", "T (2).txt", "T.txt"]);
}

#[test]
fn a_limit_leaves_the_paragraphs_of_others_out() {
    let other = json!({
        "_id": "b", "question": "?", "answer": "x", "supporting_facts": [["T", 0]],
        "context": [["T", ["x"]]],
    });
    let first = entry("a", "bridge", json!([["Empty", 0], ["First for Women", 0]]));
    let sources = sources(&[first, other]);
    let summary = sources.import_with("hotpot.json", |options| options.limit = Some(1)).unwrap();
    assert_eq!((summary.documents, summary.questions), (3, 1));
    assert_eq!(summary.left_out.count("questions beyond --limit"), 1);
}

#[test]
fn bad_files_are_named_with_line_and_remedy() {
    let error = |text: &str| Sources::new(&[("hotpot.json", text)]).error("hotpot.json");
    // The test set has no answers.
    insta::assert_snapshot!(error("[\n{\"_id\":\"a\",\"question\":\"?\",\"supporting_facts\":[],\"context\":[]}\n]"), @r"
    ./in/hotpot.json:2:61: missing field `answer`
    hint: compare the record with the format's own description, or name another `--format`
    ");
    let text = Value::from(vec![entry("a", "bridge", json!([["T", -1]]))]).to_string();
    assert!(error(&text).contains("expected usize"), "{}", error(&text));
    let same = entry("a", "bridge", json!([["First for Women", 0]]));
    insta::assert_snapshot!(error(&format!("[{same},\n{same}]")), @r#"
    ./in/hotpot.json:2: the id "a" stands on line 1 already
    hint: give each record an id of its own
    "#);
}
