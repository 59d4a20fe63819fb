//! With nothing to do, nothing that takes long is done.

use super::{CLOSED_BOOK, HEAD, Project};
use std::fs;
use std::net::TcpListener;

/// Splits at white space; every word is unknown.
const TOKENIZER: &str = r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
"normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
"model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}}"#;

/// An endpoint where nobody listens, and a retriever, both with a tokenizer of their own.
fn project() -> Project {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let experiment = format!(
        r#"{}
[model.m]
openai = {{ base_url = "http://127.0.0.1:{port}/v1", model = "s", tokenizer = "models/m", tries = 1 }}
[retriever.words]
chunks  = {{ tokens = 40, overlap = 8, tokenizer = "models/r" }}
lexical = {{ tantivy = {{}} }}
[setup.words]
model = "m"
strategy.retrieval = {{ retriever = "words" }}
"#,
        HEAD.replace("split", "sample = 3, split")
    );
    let project = Project::with(&experiment);
    project.write("models/m/tokenizer.json", TOKENIZER);
    project.write("models/r/tokenizer.json", TOKENIZER);
    project
}

/// Makes a file one that cannot be used, without that its size or time tells.
fn spoil(project: &Project, name: &str) {
    let path = project.path(name);
    let metadata = fs::metadata(&path).unwrap();
    fs::write(&path, "x".repeat(metadata.len() as usize)).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(metadata.modified().unwrap()).unwrap();
}

#[test]
fn with_nothing_to_do_no_tokenizer_is_loaded() {
    let project = project();
    let summary = project.run(false, false).unwrap();
    assert_eq!((summary.ran, summary.failed), (3, 3));
    spoil(&project, "models/m/tokenizer.json");
    spoil(&project, "models/r/tokenizer.json");
    let summary = project.run(false, false).unwrap();
    assert_eq!((summary.reused, summary.ran, summary.missing), (3, 0, 0));

    // What is to be asked is held against the world all the same: again, or for the first time.
    let refused = |retry_failed| {
        let error = project.run(retry_failed, false).unwrap_err().to_string();
        assert!(error.contains("models/m/tokenizer.json"), "{error}");
        assert!(error.contains("tokenizer = \"models/m\""), "{error}");
        // Hits stand: their retriever is not opened.
        assert!(!error.contains("models/r/tokenizer.json"), "{error}");
    };
    refused(true);
    let path = project.path("experiments/x.toml");
    let experiment = fs::read_to_string(&path).unwrap();
    fs::write(&path, experiment + CLOSED_BOOK).unwrap();
    refused(false);
}
