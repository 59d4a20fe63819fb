//! Corpora written and read back.

use super::*;

/// Takes the corpus `x` out in one format, in again, and holds the questions against one another.
fn there_and_back(sources: &Sources, format: ExportFormat, out: &str) -> ExportSummary {
    let before = sources.corpus();
    let summary = sources.export(format, out).unwrap();
    sources.import_with(out, |_| ()).unwrap();
    let after = sources.corpus();
    assert_eq!(after.questions, before.questions);
    assert_eq!(after.documents, before.documents);
    summary
}

#[test]
fn beir_comes_back_the_same() {
    let sources = Sources::new(&[
        (
            "b/corpus.jsonl",
            "{\"_id\":\"A b\\\"\",\"title\":\"T\",\"text\":\"one\"}\n{\"_id\":\"a B\\\"\",\"text\":\"two\"}\n",
        ),
        (
            "b/queries.jsonl",
            "{\"_id\":\"q\\t1\",\"text\":\"?\"}\n{\"_id\":\"q2\",\"text\":\"??\"}\n",
        ),
        (
            "b/qrels/test.tsv",
            "query-id\tcorpus-id\tscore\n\"q\t1\"\t\"A b\"\"\"\t1\nq2\t\"a B\"\"\"\t1\nq2\t\"A b\"\"\"\t1\n",
        ),
    ]);
    sources.import("b");
    let summary = there_and_back(&sources, ExportFormat::Beir, "c");
    assert_eq!(summary.questions, 2);
    assert!(summary.left_out.is_empty());
    let qrels = fs::read_to_string(sources.path("c/qrels/test.tsv")).unwrap();
    assert_eq!(qrels, fs::read_to_string(sources.path("b/qrels/test.tsv")).unwrap());
    let documents = fs::read_to_string(sources.path("c/corpus.jsonl")).unwrap();
    assert!(documents.contains(
        "{\"_id\":\"A b\\\"\",\"title\":\"\",\"text\":\"T\\n\\none\",\"metadata\":{}}\n"
    ));
    // A second time nothing moves.
    there_and_back(&sources, ExportFormat::Beir, "d");
}

#[test]
fn ragas_comes_back_the_same() {
    let lines = "{\"user_input\":\"who?\",\"reference\":\"a\",\"reference_contexts\":[\"a is\\r\\nhere\",\"b\"]}\n{\"user_input\":\"when?\",\"reference\":\"now\"}\n{\"id\":\"x\",\"user_input\":\"where?\",\"reference\":\"b\",\"reference_contexts\":[\"b\"],\"reference_context_ids\":[\"p/1\"]}\n";
    let sources = Sources::new(&[("r.jsonl", lines)]);
    sources.import("r.jsonl");
    assert_eq!(there_and_back(&sources, ExportFormat::Ragas, "s.jsonl").questions, 3);
    let text = fs::read_to_string(sources.path("s.jsonl")).unwrap();
    assert_eq!(
        text.lines().last().unwrap(),
        r#"{"id":"x","user_input":"where?","reference":"b","reference_contexts":["b"],"reference_context_ids":["p/1"]}"#
    );
}

/// A corpus that nobody imported, with questions of many kinds.
fn own() -> Sources {
    let sources = Sources::new(&[]);
    let write = |name: &str, text: &str| {
        let path = sources.0.path().join("corpora/x").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("corpus.toml", "title = \"X\"\nlanguage = \"en\"\nlicence = \"MIT\"\n");
    write("documents/a/b.md", "# Torque\n\nTighten to 45 Nm, \"firmly\".\n");
    write("documents/c.txt", "Wear gloves.\nAlways.\n");
    write(
        "questions.jsonl",
        r#"{"id":"one","question":"How many, in all?","answers":["45","45 Nm"],"evidence":[{"document":"a/b.md","quote":"Tighten to 45 Nm, \"firmly\"."}],"kind":"number","split":"test","group":"g"}
{"id":"two","question":"Both?","answers":["yes"],"evidence":[{"document":"a/b.md","quote":"45"},{"document":"c.txt","quote":"gloves"}],"kind":"two-documents","split":"dev"}
{"id":"whole","question":"Whole?","answers":["yes"],"evidence":[{"document":"a/b.md"},{"document":"c.txt"}],"kind":"two-documents","split":"dev"}
{"id":"none","question":"Not said?","answers":[],"kind":"unanswerable","split":"test"}
{"id":"schema","question":"Year?","answers":["1998"],"kind":"general","split":"test","schema":{"type":"number"}}
{"id":"bar","question":"Which?","answers":["a|b"],"kind":"general","split":"test"}
{"id":"space","question":" Which?","answers":["a"],"kind":"general","split":"test"}
"#,
    );
    sources
}

#[test]
fn a_table_holds_what_reads_back() {
    let sources = own();
    let summary = sources.export(ExportFormat::Csv, "q.csv").unwrap();
    let text = fs::read_to_string(sources.path("q.csv")).unwrap();
    insta::assert_snapshot!(text, @r#"
    id,question,answers,document,quote,kind,split,group
    one,"How many, in all?",45|45 Nm,a/b.md,"Tighten to 45 Nm, ""firmly"".",number,test,g
    two,Both?,yes,a/b.md|c.txt,45|gloves,two-documents,dev,
    whole,Whole?,yes,a/b.md|c.txt,,two-documents,dev,
    none,Not said?,,,,unanswerable,test,
    "#);
    assert_eq!(
        (summary.questions, summary.left_out.iter().map(|(_, count)| count).sum::<usize>()),
        (4, 3)
    );
    let mut read = crate::corpus::table_questions(text.into_bytes());
    let corpus = sources.corpus();
    let mut wanted: Vec<Question> = corpus.questions;
    wanted.retain(|question| ["one", "two", "whole", "none"].contains(&question.id.as_str()));
    for question in wanted.iter_mut().chain(&mut read) {
        question.evidence.iter_mut().for_each(|evidence| evidence.span = 0..0);
    }
    assert_eq!(read, wanted);
}

#[test]
fn quotes_stand_in_one_cell_but_where_one_of_several_holds_what_parts_them() {
    let sources = own();
    let write = |name: &str, text: &str| {
        fs::write(sources.0.path().join("corpora/x").join(name), text).unwrap();
    };
    write("documents/a/b.md", "Tighten to 45 Nm.\n\n| lid | 5 |\n");
    let line = |id: &str, evidence: &[(&str, Option<&str>)]| {
        let evidence: Vec<_> = evidence
            .iter()
            .map(|(document, quote)| match quote {
                Some(quote) => serde_json::json!({"document": document, "quote": quote}),
                None => serde_json::json!({"document": document}),
            })
            .collect();
        let question = serde_json::json!({
            "id": id, "question": "?", "answers": ["5"], "evidence": evidence, "kind": "fact", "split": "dev",
        });
        format!("{question}\n")
    };
    let (cells, gloves) = (("a/b.md", Some("| lid | 5 |")), ("c.txt", Some("gloves")));
    let lines = [
        line("same", &[("a/b.md", Some("45")), ("a/b.md", Some("Nm")), gloves]),
        line("half", &[("c.txt", None), ("a/b.md", Some("45"))]),
        line("cells", &[cells]),
        line("cells-and-more", &[cells, gloves]),
    ];
    write("questions.jsonl", &lines.concat());
    let summary = sources.export(ExportFormat::Csv, "q.csv").unwrap();
    let text = fs::read_to_string(sources.path("q.csv")).unwrap();
    insta::assert_snapshot!(text, @r"
    id,question,answers,document,quote,kind,split,group
    same,?,5,a/b.md|a/b.md|c.txt,45|Nm|gloves,fact,dev,
    half,?,5,c.txt|a/b.md,|45,fact,dev,
    cells,?,5,a/b.md,| lid | 5 |,fact,dev,
    ");
    assert_eq!(summary.left_out.iter().map(|(_, count)| count).sum::<usize>(), 1);
}

#[test]
fn a_corpus_of_our_own_becomes_beir() {
    let sources = own();
    let summary = sources.export(ExportFormat::Beir, "b").unwrap();
    let read = |name: &str| fs::read_to_string(sources.path(name)).unwrap();
    insta::assert_snapshot!(read("b/corpus.jsonl"), @r##"
    {"_id":"a/b.md","title":"Torque","text":"# Torque\n\nTighten to 45 Nm, \"firmly\".\n","metadata":{}}
    {"_id":"c.txt","title":"","text":"Wear gloves.\nAlways.\n","metadata":{}}
    "##);
    assert_eq!(read("b/qrels/test.tsv"), "query-id\tcorpus-id\tscore\none\ta/b.md\t1\n");
    assert_eq!(
        read("b/qrels/dev.tsv"),
        "query-id\tcorpus-id\tscore\ntwo\ta/b.md\t1\ntwo\tc.txt\t1\nwhole\ta/b.md\t1\nwhole\tc.txt\t1\n"
    );
    assert_eq!(read("b/queries.jsonl").lines().count(), 3);
    let left: Vec<_> = summary.left_out.iter().collect();
    assert_eq!(
        left,
        [("questions without evidence", 4), ("questions' accepted answers", 3), ("quotes", 3)]
    );
}

#[test]
fn judgements_are_written_as_trec_has_them() {
    let sources = own();
    let summary = sources.export(ExportFormat::Trec, "t").unwrap();
    let text = fs::read_to_string(sources.path("t/qrels.txt")).unwrap();
    assert_eq!(
        text,
        "one 0 a/b.md 1\ntwo 0 a/b.md 1\ntwo 0 c.txt 1\nwhole 0 a/b.md 1\nwhole 0 c.txt 1\n"
    );
    assert_eq!((summary.questions, fs::read_dir(sources.path("t")).unwrap().count()), (3, 1));
}

#[test]
fn quotes_and_whole_documents_become_contexts() {
    let sources = own();
    let summary = sources.export(ExportFormat::Ragas, "r.jsonl").unwrap();
    let text = fs::read_to_string(sources.path("r.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        r#"{"id":"two","user_input":"Both?","reference":"yes","reference_contexts":["45","gloves"],"reference_context_ids":["a/b.md","c.txt"]}"#
    );
    assert!(lines[2].contains(r#""Wear gloves.\nAlways.\n""#));
    assert_eq!(
        lines[3],
        r#"{"id":"none","user_input":"Not said?","reference_contexts":[],"reference_context_ids":[]}"#
    );
    let left: Vec<_> = summary.left_out.iter().collect();
    assert_eq!(
        left,
        [
            ("further accepted answers", 1),
            ("questions without an accepted answer, written without `reference`", 1),
        ]
    );
}

#[test]
fn what_cannot_be_exported_is_told() {
    let sources = own();
    sources.write("there", "");
    let told = |format, out: &str| sources.told(&sources.export(format, out).unwrap_err());
    insta::assert_snapshot!(told(ExportFormat::Csv, "there"), @r"
    ./in/there is there already
    hint: choose another `--out`, or move it away
    ");
    insta::assert_snapshot!(told(ExportFormat::RagChecker, "r.json"), @r"
    the format `ragchecker` holds the answers of a run, and no report is named
    hint: name one with `--report reports/NAME`
    ");
    assert!(!sources.path("r.json").exists());
    let alone = export(&ExportOptions {
        root: sources.0.path(),
        extractor: &sources.extractor(),
        name: "x",
        format: ExportFormat::Ragas,
        out: &sources.path("r.jsonl"),
        report: None,
        setup: Some("s"),
    });
    insta::assert_snapshot!(sources.told(&alone.unwrap_err()), @r"
    the setup `s` is named, and no report
    hint: name the report too: `--report reports/NAME`
    ");
    let nq = Sources::new(&[("nq.jsonl", "{\"question\":\"?\",\"answer\":[\"x\"]}\n")]);
    nq.import("nq.jsonl");
    insta::assert_snapshot!(nq.told(&nq.export(ExportFormat::Beir, "b").unwrap_err()), @r"
    no question of `x` can be written as `beir`; left out: 1 questions without evidence
    hint: choose another `--format`
    ");
}

#[test]
fn a_document_beside_the_imported_ones_may_not_take_an_id() {
    let sources = Sources::new(&[
        ("b/corpus.jsonl", "{\"_id\":\"a.md\",\"text\":\"one\"}\n"),
        ("b/queries.jsonl", "{\"_id\":\"q\",\"text\":\"?\"}\n"),
        ("b/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\ta.md\t1\n"),
    ]);
    sources.import("b");
    fs::write(sources.0.path().join("corpora/x/documents/a.md"), "mine").unwrap();
    insta::assert_snapshot!(sources.told(&sources.export(ExportFormat::Beir, "c").unwrap_err()), @r"
    the documents `a.md` and `a.md.txt` would both have the id `a.md`
    hint: rename `a.md.txt`
    ");
}
