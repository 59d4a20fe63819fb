//! Formats without documents: NQ-open, PopQA, FlashRAG.

use super::*;

/// Question ids, kinds and answers.
fn told(corpus: &Corpus) -> Vec<(&str, &str, Vec<&str>)> {
    corpus
        .questions
        .iter()
        .map(|one| {
            let answers = one.answers.iter().map(String::as_str).collect();
            (one.id.as_str(), one.kind.as_str(), answers)
        })
        .collect()
}

#[test]
fn nq_open_gives_general_questions() {
    let lines = "{\"question\": \"who got the first nobel prize in physics\", \"answer\": [\"Wilhelm Conrad Röntgen\"]}\n\n{\"question\": \"none\", \"answer\": []}\n{\"question\": \"when\", \"answer\": [\"1901\", \"in 1901\", \" \"]}\n";
    let sources = Sources::new(&[("NQ-open.dev.jsonl", lines)]);
    let summary = sources.import("NQ-open.dev.jsonl");
    assert_eq!(summary.format, ImportFormat::NqOpen);
    let corpus = sources.corpus();
    assert!(corpus.is_without_text());
    assert_eq!(
        told(&corpus),
        [
            ("q1", "general", vec!["Wilhelm Conrad Röntgen"]),
            ("q3", "general", vec!["1901", "in 1901"]),
        ]
    );
    assert_eq!(
        left_out(&summary),
        [("accepted answers without text", 1), ("questions without an accepted answer", 1)]
    );
    let error = |text: &str| Sources::new(&[("nq.jsonl", text)]).error("nq.jsonl");
    insta::assert_snapshot!(error("{\"question\":\"?\",\"answer\":[\"x\"]}\n{\"question\":\"?\",\"answer\":\"x\"}"), @r#"
    ./in/nq.jsonl:2:28: invalid type: string "x", expected a sequence
    hint: compare the record with the format's own description, or name another `--format`
    "#);
    insta::assert_snapshot!(error("{\"question\":\" \",\"answer\":[\"x\"]}\n"), @r"
    ./in/nq.jsonl:1: `question` is empty
    hint: fill in `question`, or remove the record
    ");
}

const POPQA: &str = "id\tsubj\tprop\tobj\ts_pop\to_pop\tquestion\tpossible_answers
4222362\tGeorge Rankin\toccupation\tpolitician\t99\t25692\tWhat is George Rankin's occupation?\t\"[\"\"politician\"\", \"\"polit.\"\"]\"
806833\tJohn Mayne\toccupation\tjournalist\t100\t48952\tWhat is John Mayne's occupation?\t\"[\"\"journalist\"\"]\"
9\tParis\tcapital of\tFrance\t10000\t1\tWhat is Paris the capital of?\t\"[\"\"France\"\"]\"
10\tX\tcapital of\tY\t1\t1\tWhat is X the capital of?\t[]
";

#[test]
fn popqa_gives_questions_by_rarity() {
    let sources = Sources::new(&[("popqa.tsv", POPQA)]);
    let summary = sources.import("popqa.tsv");
    assert_eq!(summary.format, ImportFormat::PopQa);
    assert_eq!(
        told(&sources.corpus()),
        [
            ("4222362", "rarity-tail", vec!["politician", "polit."]),
            ("806833", "rarity-middle", vec!["journalist"]),
            ("9", "rarity-head", vec!["France"]),
        ]
    );
    assert_eq!(left_out(&summary), [("questions without an accepted answer", 1)]);
    let commas = "id,s_pop,question,possible_answers\n1,5,?,\"[\"\"a, b\"\"]\"\n";
    let sources = Sources::new(&[("popqa.csv", commas)]);
    sources.import("popqa.csv");
    assert_eq!(told(&sources.corpus()), [("1", "rarity-tail", vec!["a, b"])]);
}

#[test]
fn bad_popqa_is_named() {
    let error = |text: &str| Sources::new(&[("p.tsv", text)]).error("p.tsv");
    insta::assert_snapshot!(error(&POPQA.replace("\t99\t", "\tmany\t")), @r#"
    ./in/p.tsv:2: `s_pop` is "many", not a whole number
    hint: write a whole number without signs of a unit
    "#);
    insta::assert_snapshot!(error(&POPQA.replace("\t[]", "\tnone")), @r#"
    ./in/p.tsv:5: `possible_answers` is not a list of texts
    hint: write a list as JSON (`["a", "b"]`) or as Python shows it (`['a', 'b']`)
    "#);
    insta::assert_snapshot!(error("s_pop\tpossible_answers\tid\n"), @r"
    ./in/p.tsv:1: no column `question`; the first row names `s_pop`, `possible_answers`, `id`
    hint: name the columns as the format does
    ");
    insta::assert_snapshot!(error(&POPQA.replace("\t48952", "")), @r"
    ./in/p.tsv:3: the row has 7 cells, and there are 8 columns
    hint: put a cell that holds a separator or a line end into quotes
    ");
}

#[test]
fn flashrag_gives_general_questions() {
    let lines = "{\"id\":\"test_0\",\"question\":\"who\",\"golden_answers\":[\"a\"],\"metadata\":{\"x\":[1]}}\n{\"id\":1,\"question\":\"who\",\"golden_answers\":[\"b\"]}\n";
    let sources = Sources::new(&[("test.jsonl", lines)]);
    let summary = sources.import("test.jsonl");
    assert_eq!(summary.format, ImportFormat::FlashRag);
    assert_eq!(
        told(&sources.corpus()),
        [("test_0", "general", vec!["a"]), ("1", "general", vec!["b"])]
    );
    assert_eq!(left_out(&summary), [("fields `metadata`", 1)]);
    let twice = Sources::new(&[("f.jsonl", &lines.replace("\"test_0\"", "1"))]);
    insta::assert_snapshot!(twice.error("f.jsonl"), @r#"
    ./in/f.jsonl:2: the id "1" stands on line 1 already
    hint: give each record an id of its own
    "#);
    let missing = Sources::new(&[("f.jsonl", "{\"question\":\"?\",\"golden_answers\":[]}")]);
    assert!(missing.error("f.jsonl").starts_with("./in/f.jsonl:1:36: missing field `id`"));
}
