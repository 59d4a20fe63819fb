use super::*;

const CORPUS: &str = r#"{"_id":"MED-10","title":"Statins and\ncancer","text":"Recent studies.","metadata":{}}
{"_id":"a/b","title":"","text":"No title here."}
{"_id":"empty","title":" ","text":""}
{"_id":7,"text":"A number."}
"#;
const QUERIES: &str = r#"{"_id":"q1","text":"Do statins help?","metadata":{}}
{"_id":"q2","text":"Nothing for me?"}
{"_id":"q3","text":"Of another split?"}
{"_id":"q4","text":"A number?"}
"#;
const QRELS: &str = "query-id\tcorpus-id\tscore\nq1\tMED-10\t2\nq1\ta/b\t1\nq1\t7\t0\nq1\tgone\t1\nq1\tempty\t1\nq2\t7\t0\nq9\t7\t1\nq4\t7\t1\n";

fn sources() -> Sources {
    Sources::new(&[
        ("b/corpus.jsonl", CORPUS),
        ("b/queries.jsonl", QUERIES),
        ("b/qrels/test.tsv", QRELS),
        ("b/qrels/train.tsv", "query-id\tcorpus-id\tscore\nq3\t7\t1\n"),
    ])
}

#[test]
fn judgements_become_evidence_in_whole_documents() {
    let sources = sources();
    let summary = sources.import("b");
    let corpus = sources.corpus();
    assert_eq!(
        documents(&corpus),
        [
            ("7.txt", "A number."),
            ("MED-10.txt", "Statins and cancer\n\nRecent studies."),
            ("a%2Fb.txt", "No title here."),
        ]
    );
    let questions: Vec<_> = corpus
        .questions
        .iter()
        .map(|one| (one.id.as_str(), one.text.as_str(), one.kind.as_str(), one.split.as_str()))
        .collect();
    assert_eq!(
        questions,
        [("q1", "Do statins help?", "retrieval", "test"), ("q4", "A number?", "retrieval", "test"),]
    );
    assert_eq!(evidence(&corpus.questions[0]), [("MED-10.txt", None), ("a%2Fb.txt", None)]);
    assert_eq!(
        left_out(&summary),
        [
            ("documents without text", 1),
            ("grades above 1, taken as 1", 1),
            ("judgements of 0 or less", 2),
            ("judgements of documents that are not there or have no text", 2),
            ("judgements of queries that are not there", 1),
            ("queries without a judgement in this split", 1),
            ("queries without a relevant document", 1),
        ]
    );
    let names: Vec<_> = summary.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["qrels/test.tsv", "queries.jsonl", "corpus.jsonl"]);
}

#[test]
fn another_split_and_fewer_questions_can_be_wanted() {
    let sources = sources();
    sources.import_with("b", |options| options.split = Some("train")).unwrap();
    let corpus = sources.corpus();
    assert_eq!((corpus.questions[0].id.as_str(), &*corpus.questions[0].split), ("q3", "train"));
    let summary = sources.import_with("b", |options| options.limit = Some(1)).unwrap();
    assert_eq!((summary.questions, summary.documents), (1, 3));
    assert_eq!(summary.left_out.count("questions beyond --limit"), 1);
    let error = sources.import_with("b", |options| options.split = Some("dev")).unwrap_err();
    insta::assert_snapshot!(sources.told(&error), @r"
    ./in/b/qrels has no judgements of the split `dev`
    hint: name one with `--split`: `test`, `train`
    ");
}

#[test]
fn the_only_split_needs_no_name() {
    let sources = sources();
    fs::remove_file(sources.path("b/qrels/test.tsv")).unwrap();
    assert_eq!(sources.import("b").split, "train");
    sources.write("b/qrels/dev.tsv", "");
    let error = sources.import_with("b", |_| ()).unwrap_err();
    assert!(sources.told(&error).ends_with("hint: name one with `--split`: `dev`, `train`"));
}

/// What is said when one file has this text instead.
fn with(name: &str, text: &str) -> String {
    let sources = sources();
    sources.write(name, text);
    sources.error("b")
}

#[test]
fn bad_files_are_named_with_line_and_remedy() {
    let head = "query-id\tcorpus-id\tscore\n";
    insta::assert_snapshot!(with("b/corpus.jsonl", "{\"_id\":\"a\",\"text\":\"x\"}\n{\"_id\":\n"), @r"
    ./in/b/corpus.jsonl:2:7: EOF while parsing a value
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(with("b/corpus.jsonl", "{\"_id\":\"a\"}\n"), @r"
    ./in/b/corpus.jsonl:1:11: missing field `text`
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(with("b/corpus.jsonl", "{\"_id\":\"a\",\"text\":\"x\"}\n\n{\"_id\":\"a\",\"text\":\"y\"}\n"), @r#"
    ./in/b/corpus.jsonl:3: the id "a" stands on line 1 already
    hint: give each record an id of its own
    "#);
    insta::assert_snapshot!(with("b/corpus.jsonl", "{\"_id\":\"\",\"text\":\"x\"}\n"), @r"
    ./in/b/corpus.jsonl:1: `id` is empty
    hint: fill in `id`, or remove the record
    ");
    insta::assert_snapshot!(with("b/corpus.jsonl", ""), @r"
    ./in/b/corpus.jsonl is empty
    hint: fetch it again: it should hold questions
    ");
    insta::assert_snapshot!(with("b/queries.jsonl", "{\"_id\":\"q1\",\"text\":\"?\"}\n{\"_id\":\"q1\",\"text\":\"?\"}\n"), @r#"
    ./in/b/queries.jsonl:2: the id "q1" stands on line 1 already
    hint: give each record an id of its own
    "#);
    insta::assert_snapshot!(with("b/queries.jsonl", "{\"_id\":\"q1\",\"text\":\" \"}\n"), @r"
    ./in/b/queries.jsonl:1: `text` is empty
    hint: fill in `text`, or remove the record
    ");
    insta::assert_snapshot!(with("b/queries.jsonl", "{\"_id\":\"z\",\"text\":\"?\"}\n"), @r"
    none of the 8 judgements in ./in/b/qrels/test.tsv names a query and a document that are there
    hint: compare the ids in `qrels/` with `_id` in `queries.jsonl` and `corpus.jsonl`
    ");
    insta::assert_snapshot!(with("b/qrels/test.tsv", &format!("{head}q1\ta\n")), @r"
    ./in/b/qrels/test.tsv:2: the row has 2 cells, and there are 3 columns
    hint: put a cell that holds a separator or a line end into quotes
    ");
    insta::assert_snapshot!(with("b/qrels/test.tsv", &format!("{head}q1\ta\t0.5\n")), @r#"
    ./in/b/qrels/test.tsv:2: `score` is "0.5", not a whole number
    hint: write a whole number without signs of a unit
    "#);
    insta::assert_snapshot!(with("b/qrels/test.tsv", &format!("{head}q1\ta\t1\nq1\ta\t1\n")), @r#"
    ./in/b/qrels/test.tsv:3: the document "a" is judged twice for the query "q1"
    hint: keep one of the two judgements
    "#);
    insta::assert_snapshot!(with("b/qrels/test.tsv", "q1\ta\t1\n"), @r"
    ./in/b/qrels/test.tsv:1: the first row names no columns
    hint: write this first row: query-id, corpus-id and score, with tabs between
    ");
    insta::assert_snapshot!(with("b/qrels/test.tsv", "q1 0 a 1\n"), @r"
    ./in/b/qrels/test.tsv:1: the row has 1 cells, and there are 3 columns
    hint: put a cell that holds a separator or a line end into quotes
    ");
    insta::assert_snapshot!(with("b/qrels/test.tsv", &format!("{head}q1\ta\t0\n")), @r"
    ./in/b gives no question; left out: 1 documents without text, 1 judgements of 0 or less, 3 queries without a judgement in this split, 1 queries without a relevant document
    hint: look at the first records of the file: is it the set that was meant?
    ");
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let sources = sources();
    sources.write("b/corpus.jsonl", b"{\"_id\":\"a\",\"text\":\"x\"}\n{\"_id\":\"M\xfc\"}\n");
    assert!(sources.error("b").starts_with("./in/b/corpus.jsonl:2: not UTF-8\n"));
    let sources = self::sources();
    sources.write("b/qrels/test.tsv", b"query-id\tcorpus-id\tscore\n\xff\ta\t1\n");
    assert!(sources.error("b").starts_with("./in/b/qrels/test.tsv:2: not UTF-8\n"));
}

#[test]
fn parts_that_are_missing_are_named() {
    let sources = sources();
    fs::remove_dir_all(sources.path("b/qrels")).unwrap();
    assert!(sources.error("b").starts_with("cannot read ./in/b/qrels\n"));
    let sources = self::sources();
    fs::remove_file(sources.path("b/queries.jsonl")).unwrap();
    assert!(sources.error("b").starts_with("cannot read ./in/b/queries.jsonl\n"));
    let format = |options: &mut ImportOptions<'_>| options.format = Some(ImportFormat::Beir);
    let error = sources.import_with("b/corpus.jsonl", format).unwrap_err();
    insta::assert_snapshot!(sources.told(&error), @r"
    ./in/b/corpus.jsonl is not a folder
    hint: name the folder that holds `corpus.jsonl`, `queries.jsonl` and `qrels/`
    ");
    let format = |options: &mut ImportOptions<'_>| options.format = Some(ImportFormat::Squad);
    let error = sources.import_with("b", format).unwrap_err();
    insta::assert_snapshot!(sources.told(&error), @r"
    ./in/b is not a file
    hint: name the file that holds the questions; a folder is read as `--format beir` only
    ");
}
