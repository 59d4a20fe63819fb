//! Bad `[model.NAME]` tables.

use super::{errors_and, source};
use insta::assert_snapshot;

#[test]
fn a_model_without_source() {
    assert_snapshot!(source(""), @r"
    error: `model.small` names no source
     --> x.toml:3:8
      |
    3 | [model.small]
      |        ^^^^^
      |
      = help: add one of `mistralrs`, `openai`, `recorded` and `scripted`

    1 error in x.toml
    ");
}

#[test]
fn a_model_with_two_sources() {
    assert_snapshot!(
        source("openai = { base_url = \"http://x/v1\", model = \"m\" }\nmistralrs = { path = \"a\", context_tokens = 512 }"),
        @r#"
    error: `mistralrs` stands beside `openai`
     --> x.toml:5:1
      |
    5 | mistralrs = { path = "a", context_tokens = 512 }
      | ^^^^^^^^^
      |
      = help: keep one of `openai` and `mistralrs`

    1 error in x.toml
    "#
    );
}

#[test]
fn sources_that_do_not_exist() {
    assert_snapshot!(source("mistral-rs = { path = \"a\", context_tokens = 512 }"), @r#"
    error: unknown key `mistral-rs`
     --> x.toml:4:1
      |
    4 | mistral-rs = { path = "a", context_tokens = 512 }
      | ^^^^^^^^^^
      |
      = help: did you mean `mistralrs`?

    1 error in x.toml
    "#);
    assert_snapshot!(source("anthropic = {}"), @r"
    error: unknown key `anthropic`
     --> x.toml:4:1
      |
    4 | anthropic = {}
      | ^^^^^^^^^
      |
      = help: known here: `mistralrs`, `openai`, `recorded`, `scripted`, `sampling` and `price`

    1 error in x.toml
    ");
    assert_snapshot!(source("openai = \"gpt\""), @r#"
    error: expected a table, found a string
     --> x.toml:4:10
      |
    4 | openai = "gpt"
      |          ^^^^^
      |
      = help: write `openai = { … }`

    1 error in x.toml
    "#);
}

#[test]
fn a_name_with_a_dot_stands_in_quotes() {
    assert_snapshot!(errors_and("[model.qwen2.5]\nscripted = {}\n"), @r#"
    error: unknown key `5`
      --> x.toml:10:14
       |
    10 | [model.qwen2.5]
       |              ^
       |
       = help: known here: `mistralrs`, `openai`, `recorded`, `scripted`, `sampling` and `price`; a name with a dot stands in quotes: "qwen2.5"

    1 error in x.toml
    "#);
}

#[test]
fn names_that_cannot_be_files() {
    assert_snapshot!(
        errors_and("[model.\"../x\"]\nscripted = {}\n[retriever.Words]\nlexical.tantivy = {}\n[model.\"\"]\nscripted = {}\n"),
        @r#"
    error: `../x` cannot name a file
      --> x.toml:10:9
       |
    10 | [model."../x"]
       |         ^^^^
       |
       = help: a name has 1 to 64 lower-case letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`

    error: `Words` cannot name a file
      --> x.toml:12:12
       |
    12 | [retriever.Words]
       |            ^^^^^
       |
       = help: a name has 1 to 64 lower-case letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`

    error: the name is empty
      --> x.toml:14:8
       |
    14 | [model.""]
       |        ^
       |
       = help: a name has 1 to 64 lower-case letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`

    3 errors in x.toml
    "#
    );
}

/// What is wrong with `[model."small.1"]` does not keep back what is wrong with `[model.small]`.
#[test]
fn a_name_is_not_the_beginning_of_another() {
    let broken = "[model.\"small.1\"]\nscripted = { reads = 2 }\n";
    let sampling = "scripted = {}\nsampling = { answer_tokens = 999999 }";
    let alone = super::errors(&super::GOOD.replace("scripted = {}", sampling));
    assert!(alone.contains("leaves no room for a prompt"), "{alone}");
    let both =
        super::errors(&format!("{}{broken}", super::GOOD.replace("scripted = {}", sampling)));
    assert!(both.contains("leaves no room for a prompt") && both.contains("`reads`"), "{both}");
}
