//! What can be wrong with `questions.jsonl`, and what must not be.

use super::{Project, QUESTION};

/// What the file `questions.jsonl` gives when it holds these lines.
fn questions_error(lines: &str) -> String {
    let project = Project::new();
    project.write("questions.jsonl", lines);
    project.error()
}

#[test]
fn lines_that_cannot_be_read_are_all_listed() {
    let mut lines = Vec::new();
    lines.extend_from_slice(b"{\"id\":\n");
    lines.extend_from_slice(b"\n");
    lines.extend_from_slice(QUESTION.replace("answers", "anwsers").as_bytes());
    lines.extend_from_slice(b"\n{\"id\":\"M\xfcller\"}\n");
    lines.extend_from_slice(b"{\"id\":\"q4\"}\n");
    lines.extend_from_slice(QUESTION.replace("[\"45\"]", "45").as_bytes());
    lines.extend_from_slice(b"\n");
    lines.extend_from_slice(QUESTION.replace("\"quote\"", "\"qoute\"").as_bytes());
    lines.extend_from_slice(b"\n[]\n");
    let project = Project::new();
    project.write("questions.jsonl", &lines);
    insta::assert_snapshot!(project.error(), @r#"
    7 problem(s) in ./corpora/lab/questions.jsonl
    ./corpora/lab/questions.jsonl:1:6: EOF while parsing a value
      hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
    ./corpora/lab/questions.jsonl:3:46: unknown field `anwsers`, expected one of `id`, `question`, `answers`, `evidence`, `kind`, `split`, `group`, `schema`, `origin`
      hint: did you mean `answers`?
    ./corpora/lab/questions.jsonl:4:9: byte 9 of the line is not UTF-8
      hint: save the file as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`
    ./corpora/lab/questions.jsonl:5:11: missing field `question`
      hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
    ./corpora/lab/questions.jsonl:6:49: invalid type: integer `45`, expected a sequence
      hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
    ./corpora/lab/questions.jsonl:7:103: unknown field `qoute`, expected `document` or `quote`
      hint: did you mean `quote`?
    ./corpora/lab/questions.jsonl:8:1: not a JSON object
      hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
    "#);
}

#[test]
fn questions_that_contradict_themselves_are_all_listed() {
    insta::assert_snapshot!(questions_error(
        &[
            QUESTION.to_owned(),
            QUESTION.to_owned(),
            r#"{"id":" ","question":"","answers":["x"],"evidence":[],"kind":"","split":""}"#.into(),
            r#"{"id":"q4","question":"?","answers":[" "],"evidence":[],"kind":"fact","split":"test"}"#.into(),
            r#"{"id":"q5","question":"?","answers":["x"],"kind":"unanswerable","split":"test"}"#.into(),
            r#"{"id":"q6","question":"?","kind":"general","split":"test"}"#.into(),
            QUESTION.replace("q1", "q7").replace("\"number\"", "\"general\""),
            QUESTION.replace("q1", "q8").replace("\"kind\"", "\"schema\":\"number\",\"kind\""),
            QUESTION.replace("q1", "q9").replace("\"number\"", "\"retrieval\""),
            r#"{"id":"q10","question":"?","kind":"retrieval","split":"test"}"#.into(),
        ]
        .join("\n")
    ), @r#"
    13 problem(s) in ./corpora/lab/questions.jsonl
    ./corpora/lab/questions.jsonl:2: question `q1`: line 1 has the same id
      hint: give each question an id of its own
    ./corpora/lab/questions.jsonl:3: `id` is empty
      hint: fill in `id`
    ./corpora/lab/questions.jsonl:3: `question` is empty
      hint: fill in `question`
    ./corpora/lab/questions.jsonl:3: `kind` is empty
      hint: fill in `kind`
    ./corpora/lab/questions.jsonl:3: `split` is empty
      hint: fill in `split`
    ./corpora/lab/questions.jsonl:4: question `q4`: `answers` is empty
      hint: fill in `answers`
    ./corpora/lab/questions.jsonl:4: question `q4`: no evidence, and the kind is `fact`
      hint: add the document and a quote of it, or make the kind `unanswerable` or `general`
    ./corpora/lab/questions.jsonl:5: question `q5`: answers are given, and the kind is `unanswerable`
      hint: remove the answers, or name the kind of question that they answer
    ./corpora/lab/questions.jsonl:6: question `q6`: no accepted answer, and the kind is `general`
      hint: add an accepted answer, or make the kind `unanswerable`, or `retrieval` where only documents are to be found
    ./corpora/lab/questions.jsonl:7: question `q7`: evidence is given, and the kind is `general`
      hint: remove the evidence, or name the kind of question that it answers
    ./corpora/lab/questions.jsonl:8: question `q8`: `schema` is a string, not an object
      hint: write a JSON Schema, for example `{"type": "number"}`, or leave it out
    ./corpora/lab/questions.jsonl:9: question `q9`: answers are given, and the kind is `retrieval`
      hint: remove the answers, or name the kind of question that they answer
    ./corpora/lab/questions.jsonl:10: question `q10`: no evidence, and the kind is `retrieval`
      hint: add the document and a quote of it, or make the kind `unanswerable` or `general`
    "#);
}

#[test]
fn evidence_that_is_not_there_is_listed_with_what_comes_near() {
    let with = |id: &str, document: &str, quote: &str| {
        QUESTION.replace("q1", id).replace("guide/torque.md", document).replace("45 Nm", quote)
    };
    insta::assert_snapshot!(questions_error(
        &[
            with("q1", "torque.md", "45 Nm"),
            with("q2", "guide/torqe.md", "45 Nm"),
            with("q3", "zzz", "45 Nm"),
            with("q4", "guide/torque.md", "tighten to 54 Nm"),
            with("q5", "guide/torque.md", "zebra"),
            with("q6", "guide/torque.md", ""),
            with("q7", "", "45 Nm"),
        ]
        .join("\n")
    ), @r#"
    7 problem(s) in ./corpora/lab/questions.jsonl
    ./corpora/lab/questions.jsonl:1: question `q1`: evidence in an unknown document `torque.md`
      hint: did you mean `guide/torque.md`?
    ./corpora/lab/questions.jsonl:2: question `q2`: evidence in an unknown document `guide/torqe.md`
      hint: did you mean `guide/torque.md`?
    ./corpora/lab/questions.jsonl:3: question `q3`: evidence in an unknown document `zzz`
      hint: `document` is a path below `documents/`, such as `guides/torque.md`
    ./corpora/lab/questions.jsonl:4: question `q4`: `guide/torque.md` does not have the quote "tighten to 54 Nm"
      hint: copy the quote from the document; the nearest passage is "Tighten to 45 Nm, then 45 Nm."
    ./corpora/lab/questions.jsonl:5: question `q5`: `guide/torque.md` does not have the quote "zebra"
      hint: copy the quote from the document, letter by letter
    ./corpora/lab/questions.jsonl:6: question `q6`: `quote` is empty
      hint: fill in `quote`
    ./corpora/lab/questions.jsonl:7: question `q7`: `document` is empty
      hint: fill in `document`
    "#);
}

#[test]
fn evidence_is_told_of_in_the_order_of_the_lines() {
    let with = |id: &str, first: &str, second: &str| {
        let evidence = [first, second].map(|place| {
            let (document, quote) = place.split_once('#').unwrap();
            format!("{{\"document\":\"{document}\",\"quote\":\"{quote}\"}}")
        });
        QUESTION
            .replace("q1", id)
            .replace(r#"{"document":"guide/torque.md","quote":"45 Nm"}"#, &evidence.join(","))
    };
    let error = questions_error(
        &[
            with("q1", "notes.txt#hat", "guide/torque.md#54"),
            with("q2", "guide/torque.md#Tighten  to", "notes.txt#Wear  gloves"),
            with("q3", "guide/torque.md#63", "notes.txt#cap"),
        ]
        .join("\n"),
    );
    let told: Vec<&str> = error
        .lines()
        .filter_map(|line| line.split_once("does not have the quote "))
        .map(|(_, quote)| quote)
        .collect();
    assert_eq!(told, ["\"hat\"", "\"54\"", "\"63\"", "\"cap\""], "{error}");
}

#[test]
fn a_group_lies_in_one_split() {
    let with = |id: &str, split: &str| {
        QUESTION.replace("q1", id).replace("\"test\"", &format!("\"{split}\",\"group\":\"torque\""))
    };
    insta::assert_snapshot!(
        questions_error(&[with("q1", "test"), with("q2", "test"), with("q3", "dev")].join("\n")),
        @r#"
        1 problem(s) in ./corpora/lab/questions.jsonl
        ./corpora/lab/questions.jsonl:3: question `q3`: group `torque` is in split `dev` here and in `test` on line 1
          hint: put all paraphrases of a question into the same split
        "#
    );
}

#[test]
fn schemas_and_the_answers_under_them_are_checked() {
    let with = |id: &str, schema: &str, answers: &str| {
        QUESTION
            .replace("q1", id)
            .replace("[\"45\"]", answers)
            .replace("\"kind\"", &format!("\"schema\":{schema},\"kind\""))
    };
    let year = r#"{"type":"object","properties":{"year":{"type":"integer"}},"required":["year"]}"#;
    let project = Project::new();
    let good = r#"["{\"year\": 1998}", "{ \"year\": 1998.0 }"]"#;
    project.write("questions.jsonl", with("q1", year, good));
    assert!(project.load().unwrap().questions[0].schema.is_some());
    insta::assert_snapshot!(questions_error(
        &[
            with("q1", r#"{"type":"strin"}"#, "[\"45\"]"),
            with("q2", r#"{"$ref":"file:///etc/passwd"}"#, "[\"45\"]"),
            with("q3", year, r#"["1998", "{\"year\": \"1998\"}", "in 1998", "{\"year\": 1998}"]"#),
        ]
        .join("\n")
    ), @r##"
    5 problem(s) in ./corpora/lab/questions.jsonl
    ./corpora/lab/questions.jsonl:1: question `q1`: `schema` is not a JSON Schema: at `/type`: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'
      hint: mend the schema (draft 2020-12 where `$schema` names no other), or leave it out
    ./corpora/lab/questions.jsonl:2: question `q2`: `schema` is not a JSON Schema: error loading file:///etc/passwd: a schema has to stand in the question's line as a whole
      hint: mend the schema (draft 2020-12 where `$schema` names no other), or leave it out
    ./corpora/lab/questions.jsonl:3: question `q3`: the accepted answer "1998" does not satisfy `schema`: want object, but got number
      hint: write the accepted answer as JSON text, for example `"answers": ["{\"year\": 1998}"]`
    ./corpora/lab/questions.jsonl:3: question `q3`: the accepted answer "{\"year\": \"1998\"}" does not satisfy `schema`: at `/year`: want integer, but got string
      hint: write the accepted answer as JSON text, for example `"answers": ["{\"year\": 1998}"]`
    ./corpora/lab/questions.jsonl:3: question `q3`: the accepted answer "in 1998" does not satisfy `schema`: not JSON: expected value at line 1 column 1
      hint: write the accepted answer as JSON text, for example `"answers": ["{\"year\": 1998}"]`
    "##);
}

#[test]
fn kinds_without_evidence_need_none() {
    let project = Project::new();
    let lines = [
        r#"{"id":"q1","question":"?","kind":"unanswerable","split":"test"}"#,
        r#"{"id":"q2","question":"?","answers":["\"Paris\""],"kind":"general","split":"test","schema":{"type":"string"}}"#,
    ];
    // A byte order mark and Windows line ends do no harm.
    project.write("questions.jsonl", format!("\u{feff}{}\r\n", lines.join("\r\n")));
    let corpus = project.load().unwrap();
    assert!(!corpus.questions[0].is_answerable());
    assert!(corpus.questions[1].is_answerable());
}

#[test]
fn questions_that_need_no_document_make_a_corpus() {
    let project = Project::new();
    std::fs::remove_dir_all(project.path("documents")).unwrap();
    let general = r#"{"id":"q1","question":"?","answers":["x"],"kind":"general","split":"test"}"#;
    project.write("questions.jsonl", general);
    let corpus = project.load().unwrap();
    assert!(corpus.is_without_text() && corpus.documents.is_empty());
    assert_eq!(corpus.warnings, [super::CorpusWarning::NoDocuments]);
    // What is wrong with the question itself is told as before.
    assert!(questions_error_of(&project, r#"{"id":"#).contains("questions.jsonl:1:6"));
    assert!(questions_error_of(&project, QUESTION).starts_with("./corpora/lab/documents is not"));
    project.write("documents/a.txt", " ");
    assert!(questions_error_of(&project, QUESTION).starts_with("no document with text below"));
    project.write("questions.jsonl", general);
    assert_eq!(project.load().unwrap().warnings, [super::CorpusWarning::NoDocuments]);
}

fn questions_error_of(project: &Project, lines: &str) -> String {
    project.write("questions.jsonl", lines);
    project.error()
}

#[test]
fn retrieval_needs_documents_and_rarity_need_have_none() {
    let project = Project::new();
    let lines = [
        r#"{"id":"q1","question":"?","evidence":[{"document":"notes.txt"}],"kind":"retrieval","split":"test"}"#,
        r#"{"id":"q2","question":"?","answers":["x"],"kind":"rarity-tail","split":"test"}"#,
        r#"{"id":"q3","question":"?","answers":["x"],"evidence":[{"document":"notes.txt"}],"kind":"rarity-head","split":"test"}"#,
    ];
    project.write("questions.jsonl", lines.join("\n"));
    let corpus = project.load().unwrap();
    let alone: Vec<bool> =
        corpus.questions.iter().map(super::Question::is_for_retrieval_only).collect();
    assert_eq!(alone, [true, false, false]);
    // "Wear gloves.\n" has 13 bytes.
    assert_eq!(corpus.questions[0].evidence[0].span, 0..13);
}

#[test]
fn a_quote_over_windows_line_ends_is_found() {
    let project = Project::new();
    project.write("documents/notes.txt", "Wear gloves.\r\nAlways.\r\n");
    let line = QUESTION.replace("guide/torque.md", "notes.txt").replace("45 Nm", r"gloves.\r\nAl");
    project.write("questions.jsonl", line);
    // "Wear " has 5 bytes, the quote 7 + 1 + 2.
    assert_eq!(project.load().unwrap().questions[0].evidence[0].span, 5..15);
}
