//! What a check finds before an hour of work is spent.

use super::super::check::check;
use super::{HEAD, LEXICAL, Project, QUESTIONS};

/// A model whose window holds a question, a chunk and an answer, and not the title below.
const MODEL: &str = "\n[model.m]\nscripted = { context_tokens = 512 }\n";

/// With a document whose title has so many words.
fn project(setups: &str, words: usize) -> Project {
    let project = Project::with(&[HEAD, MODEL, setups].concat());
    let title = "word ".repeat(words);
    project.write("corpora/tiny/documents/long.md", &format!("# {title}\n\nA workshop.\n"));
    project
}

fn messages(project: &Project) -> Vec<String> {
    check(&project.loaded()).problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn a_passage_is_counted_with_its_heading() {
    let found = messages(&project(LEXICAL, 400));
    let [message] = found.as_slice() else { panic!("{found:?}") };
    assert!(
        message.starts_with("the window of 512 tokens is too small for one passage"),
        "{message}"
    );
    let short = Project::with(&[HEAD, MODEL, LEXICAL].concat());
    assert_eq!(messages(&short), [""; 0]);
}

#[test]
fn a_long_context_passes_over_what_does_not_fit() {
    let long = r#"
[retriever.lexical]
lexical = { tantivy = {} }
[setup.long]
model = "m"
strategy.long-context = { retriever = "lexical" }
"#;
    // The text has room, and not its title beside it.
    let project = project(long, 300);
    assert_eq!(messages(&project), [""; 0]);
    let summary = project.run(false, false).unwrap();
    assert_eq!((summary.ran, summary.failed), (QUESTIONS, 0));
}
