//! A corpus that cannot be used: exit code 2, the place, the remedy; `check` and `run` alike.

use crate::project::{CLOSED_BOOK, HEAD, Project};
use serde_json::{Value, json};
use std::fs::{self, File};

const MODEL: &str = "\n[model.m]\nscripted = {}\n";

fn project() -> Project {
    Project::with(&[HEAD, MODEL, CLOSED_BOOK].concat())
}

/// `check` and `run` refuse the project with these texts, and leave no report behind.
#[track_caller]
fn refused(project: &Project, texts: &[&str]) {
    project.check().expect(2).says(texts);
    project.run(&[]).expect(2).says(texts);
    assert!(!project.path("reports").exists());
}

/// `check` and `run` go on without the document, and say why; so does the report.
#[track_caller]
fn left_out(project: &Project, why: &str) {
    project.check().expect(0).says(&[why]);
    project.run(&[]).expect(0).says(&[why]);
    let report = project.read("reports/x/provenance.json");
    assert!(report.contains("left out"), "{report}");
}

fn question(id: &str) -> Value {
    json!({
        "id": id,
        "question": "How many members are there?",
        "answers": ["214"],
        "evidence": [{"document": "members.txt", "quote": "There are 214 members."}],
        "kind": "number",
        "split": "test",
    })
}

#[test]
fn flow_a_missing_corpus() {
    let project = project();
    project.replace("experiments/x.toml", "\"tiny\"", "\"tinny\"");
    refused(
        &project,
        &["there is no corpus `tinny`", "corpora/tinny", "hint: did you mean `tiny`?"],
    );
    project.replace("experiments/x.toml", "\"tinny\"", "\"../tiny\"");
    refused(
        &project,
        &["experiments/x.toml:2:10", "^", "help: a corpus is a folder below `corpora/`"],
    );
}

#[test]
fn flow_an_empty_corpus() {
    let project = project();
    let documents = project.path("corpora/tiny/documents");
    fs::remove_dir_all(&documents).unwrap();
    refused(&project, &["corpora/tiny/documents is not a folder", "hint: make the folder"]);
    fs::create_dir(&documents).unwrap();
    refused(&project, &["no document with text below", "hint: put files with text"]);
    project.write("corpora/tiny/documents/a.md", " \n");
    project.write("corpora/tiny/documents/b.dwg", "AC10");
    project.write("corpora/tiny/documents/c.pdf", "");
    refused(
        &project,
        &[
            "(1 empty, 1 of a kind that is not read, 1 unreadable)",
            "c.pdf is empty (0 bytes)",
            "hint: put files with text",
        ],
    );
}

#[test]
fn flow_parts_of_a_corpus_that_are_missing() {
    for (name, hint) in [
        ("corpus.toml", "hint: write it with three lines"),
        ("questions.jsonl", "hint: write one question a line"),
    ] {
        let project = project();
        fs::remove_file(project.path("corpora/tiny").join(name)).unwrap();
        refused(&project, &[&format!("corpora/tiny/{name} is missing"), hint]);
    }
    let project = project();
    project.write("corpora/tiny/questions.jsonl", "\n\n");
    refused(&project, &["questions.jsonl has no questions", "hint: write one question a line"]);
    project.write("corpora/tiny/corpus.toml", "title = \"t\"\nlanguage = \"english\"\n");
    refused(
        &project,
        &["corpora/tiny/corpus.toml", "line 2", "^^^", "hint: the file has the keys"],
    );
}

#[test]
fn flow_all_wrong_questions_are_named_at_once() {
    let project = project();
    let with = |id: &str, key: &str, value: Value| {
        let mut question = question(id);
        question[key] = value;
        question
    };
    let evidence = |document: &str, quote: &str| json!([{"document": document, "quote": quote}]);
    project.questions(&[
        question("good"),
        with("bare", "evidence", json!([])),
        with("lost", "evidence", evidence("member.txt", "There are 214 members.")),
        with("misquoted", "evidence", evidence("members.txt", "There are 215 members.")),
        question("good"),
        with("shy", "answers", json!([])),
        with("mistyped", "anwsers", json!([])),
    ]);
    refused(
        &project,
        &[
            "6 problem(s) in ",
            "questions.jsonl:2: question `bare`: no evidence, and the kind is `number`",
            "hint: add the document and a quote of it",
            "questions.jsonl:3: question `lost`: evidence in an unknown document `member.txt`",
            "hint: did you mean `members.txt`?",
            "questions.jsonl:4: question `misquoted`: `members.txt` does not have the quote",
            "hint: copy the quote from the document; the nearest passage is \"Members There are 214 members.",
            "questions.jsonl:5: question `good`: line 1 has the same id",
            "hint: give each question an id of its own",
            "questions.jsonl:6: question `shy`: no accepted answer",
            "questions.jsonl:7:",
            "unknown field `anwsers`",
            "hint: did you mean `answers`?",
        ],
    );
}

#[test]
fn flow_schemas_that_are_none() {
    let project = project();
    let with = |id: &str, schema: Value| {
        let mut question = question(id);
        question["schema"] = schema;
        question
    };
    project.questions(&[
        with("good", json!({"type": "number"})),
        with("mistyped", json!({"type": "numbr"})),
        with("text", json!({"type": "object"})),
    ]);
    refused(
        &project,
        &[
            "2 problem(s) in ",
            "questions.jsonl:2: question `mistyped`: `schema` is not a JSON Schema: at `/type`",
            "hint: mend the schema",
            "questions.jsonl:3: question `text`: the accepted answer \"214\" does not satisfy `schema`",
            "hint: write the accepted answer as JSON text",
        ],
    );
}

#[test]
fn flow_bytes_that_are_not_utf8() {
    let project = project();
    let mut bytes = question("q").to_string().into_bytes();
    bytes.extend(b"\n{\"id\": \"caf\xe9\"}\n");
    project.write("corpora/tiny/questions.jsonl", &bytes);
    refused(&project, &["questions.jsonl:2:12", "is not UTF-8", "hint: save the file as UTF-8"]);

    // A document's encoding is told from its bytes.
    let project = self::project();
    project.write("corpora/tiny/documents/old.md", b"# Old\n\nThe caf\xe9 closes at five.\n");
    project.check().expect(0);
}

/// Nothing of the file is read: it is refused by its size, in no time and without its memory.
#[test]
fn flow_a_document_of_200_megabytes() {
    let project = project();
    let path = project.path("corpora/tiny/documents/dump.txt");
    File::create(&path).unwrap().set_len(200_000_001).unwrap();
    left_out(
        &project,
        "documents/dump.txt has 200000001 bytes, more than the 200000000 bytes of one document",
    );
}

#[cfg(unix)]
#[test]
fn flow_links_that_leave_the_corpus() {
    let project = project();
    project.write("secret.txt", "salaries");
    std::os::unix::fs::symlink("../../../secret.txt", project.path("corpora/tiny/documents/x.txt"))
        .unwrap();
    left_out(&project, "documents/x.txt is a link that leaves the corpus");
    assert!(!project.read("reports/x/README.md").contains("salaries"));
}

/// Each format that has a beginning of its own, and what is none of them.
#[test]
fn flow_files_that_are_not_what_they_claim() {
    for (name, content, why) in [
        ("a.pdf", &b"plain text"[..], "a.pdf is no pdf file, whatever its name says"),
        ("a.docx", b"%PDF-1.7", "a.docx is no docx file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xlsx is encrypted"),
        ("a.pptx", b"", "a.pptx is empty (0 bytes)"),
        ("a.txt", b"PK\x03\x04\0\0", "a.txt is no txt file"),
    ] {
        let project = project();
        project.write(&format!("corpora/tiny/documents/{name}"), content);
        left_out(&project, why);
    }
}

#[test]
fn flow_a_split_or_kind_that_no_question_has() {
    let project = project();
    project.replace("experiments/x.toml", "split = \"test\"", "split = \"tset\"");
    refused(
        &project,
        &["experiments/x.toml:3", "no question has the split `tset`", "did you mean `test`?"],
    );
    project.replace("experiments/x.toml", "split = \"tset\"", "kinds = [\"facts\"]");
    refused(&project, &["no question has the kind `facts`", "did you mean `fact`?"]);
}
