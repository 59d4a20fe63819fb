//! Whole files, good and bad.

mod decision;
mod dense;
mod every_key;
mod example;
mod files;
mod fusion;
mod mistralrs;
mod models;
mod openai;
mod oracle;
mod properties;
mod rendering;
mod resolve;
mod retrievers;
mod sampling;
mod setups;
mod syntax;

use super::{Experiment, Source, parse};
use std::path::Path;

/// A file with nothing wrong, small enough to be broken in many ways.
const GOOD: &str = r#"title = "x"
corpus = "lab"
[model.small]
scripted = {}
[retriever.words]
lexical = { tantivy = {} }
[setup.rag]
model = "small"
strategy.retrieval = { retriever = "words" }
"#;

fn good(text: &str) -> (Experiment, Source) {
    parse("x", Path::new("x.toml"), text).unwrap()
}

/// The errors of a file, as shown.
fn errors(text: &str) -> String {
    parse("x", Path::new("x.toml"), text).unwrap_err().to_string()
}

/// The errors of [`GOOD`] with `from` replaced by `to`.
fn errors_with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    errors(&GOOD.replace(from, to))
}

/// The errors of [`GOOD`] with more lines at its end.
fn errors_and(more: &str) -> String {
    errors(&format!("{GOOD}{more}"))
}

/// The errors of [`GOOD`] with another source in its model.
fn source(source: &str) -> String {
    errors_with("scripted = {}", source)
}

/// The errors of [`GOOD`] with other lines in its retriever.
fn retriever(lines: &str) -> String {
    errors_with("lexical = { tantivy = {} }", lines)
}
