//! How problems are shown, whatever the file's bytes.

use super::super::{ConfigErrors, parse};
use super::{GOOD, errors, errors_with, good};
use insta::assert_snapshot;
use std::path::Path;

#[test]
fn tabs_before_the_caret() {
    assert_snapshot!(errors_with("scripted = {}", "\tscripted\t=\t{ reads\t= 2 }"), @r"
    error: `reads` must be at least 0 and at most 1, found 2
     --> x.toml:4:23
      |
    4 |     scripted    =    { reads    = 2 }
      |                                   ^
      |
      = help: a share: 0.9 is nine in ten

    1 error in x.toml
    ");
}

#[test]
fn carriage_returns_are_not_shown() {
    let shown = errors(&GOOD.replace("\"lab\"", "7").replace('\n', "\r\n"));
    assert!(!shown.contains('\r'));
    assert_snapshot!(shown, @r"
    error: expected a string, found an integer
     --> x.toml:2:10
      |
    2 | corpus = 7
      |          ^
      |
      = help: put it in quotes

    1 error in x.toml
    ");
}

#[test]
fn characters_of_any_width_before_the_caret() {
    assert_snapshot!(
        errors_with("[model.small]", "questions = { split = \"größe 測試🙂\", sample = 0 }\n[model.small]"),
        @r#"
    error: `sample` must be at least 1, found 0
     --> x.toml:3:45
      |
    3 | questions = { split = "größe 測試🙂", sample = 0 }
      |                                                ^
      |
      = help: how many questions are drawn

    1 error in x.toml
    "#
    );
}

#[test]
fn a_byte_order_mark_is_no_column() {
    assert_snapshot!(errors(&format!("\u{feff}{}", GOOD.replace("title", "titles"))), @r#"
    error: unknown key `titles`
     --> x.toml:1:1
      |
    1 | titles = "x"
      | ^^^^^^
      |
      = help: did you mean `title`?

    1 error in x.toml
    "#);
}

#[test]
fn a_line_longer_than_a_screen() {
    let long = "x".repeat(5_000);
    let shown = errors_with(
        "scripted = {}",
        &format!(
            "scripted = {{}} # {long}\nrecorded = {{ path = \"{long}\", path_ = 1 }} # {long}"
        ),
    );
    assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
    assert!(shown.contains("^^^^^"));
}

#[test]
fn values_over_several_lines_are_shown_by_the_first() {
    assert_snapshot!(
        errors_with("scripted = {}", "scripted = {}\nsampling.stop = [\n  \"a\",\n  1,\n]\nsampling.seed = \"\"\"\nx\n\"\"\""),
        @r"
    error: expected a string, found an integer
     --> x.toml:7:3
      |
    7 |   1,
      |   ^
      |
      = help: `stop` takes an array of strings, none of them empty

    error: expected a whole number, found a string
      --> x.toml:10:1
       |
    10 | x
       | ^
       |
       = help: write a number without quotes: any whole number from 0

    2 errors in x.toml
    "
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    // Escaped in a key, and as such in a comment: an escape, a bell, and an override of direction.
    let shown = errors_with("scripted = {}", "\"a\\u001b[31m\\n\" = 1 # \u{202e}");
    assert!(shown.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{shown:?}");
    assert_snapshot!(shown, @r#"
    error: `model.small` names no source
     --> x.toml:3:8
      |
    3 | [model.small]
      |        ^^^^^
      |
      = help: add one of `mistralrs`, `openai`, `recorded` and `scripted`

    error: unknown key `a\u{1b}[31m\n`
     --> x.toml:4:2
      |
    4 | "a\u001b[31m\n" = 1 # �
      |  ^^^^^^^^^^^^^
      |
      = help: known here: `mistralrs`, `openai`, `recorded`, `scripted`, `sampling` and `price`

    2 errors in x.toml
    "#);
    let shown = errors_with("\"small\"", "\"\u{7}\"");
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert_snapshot!(shown, @r#"
    error: invalid character in string: `␇`
     --> x.toml:8:10
      |
    8 | model = "␇"
      |          ^

    1 error in x.toml
    "#);
}

#[test]
fn later_checks_point_at_the_file_too() {
    let (_, source) = good(GOOD);
    let problems = vec![
        source.problem(
            "setup.rag.strategy.retrieval.budget_tokens",
            "above the model's own window",
            None,
        ),
        source.problem("corpus", "there is no folder `corpora/lab`", Some("create it".into())),
        source.problem("corpus", "there is no folder `corpora/lab`", Some("create it".into())),
    ];
    let errors = ConfigErrors::new(&source, problems);
    assert_eq!(errors.problems().len(), 2);
    assert_snapshot!(errors, @r#"
    error: there is no folder `corpora/lab`
     --> x.toml:2:10
      |
    2 | corpus = "lab"
      |          ^^^^^
      |
      = help: create it

    error: above the model's own window
     --> x.toml:9:10
      |
    9 | strategy.retrieval = { retriever = "words" }
      |          ^^^^^^^^^

    2 errors in x.toml
    "#);
}

#[test]
fn debug_output_hides_keys_too() {
    let text = GOOD.replace("scripted = {}", "openai = { api_key_env = \"sk-abc123\" }");
    let errors = parse("x", Path::new("x.toml"), &text).unwrap_err();
    assert!(!format!("{errors:?}").contains("abc123"));
    let (_, source) = good(&format!("{GOOD}# api_key = sk-abc123"));
    assert!(!format!("{source:?}").contains("abc123"));
}
