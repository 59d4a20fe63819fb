//! Files that are not TOML.

use super::{errors, errors_and, errors_with};
use insta::assert_snapshot;

#[test]
fn a_missing_quote() {
    assert_snapshot!(errors("title = \"x\ncorpus = \"lab\"\n"), @r#"
    error: the line ends within a text
     --> x.toml:1:11
      |
    1 | title = "x
      |           ^
      |
      = help: close the quote, or begin and end texts of several lines with `"""`

    1 error in x.toml
    "#);
}

#[test]
fn text_without_quotes() {
    assert_snapshot!(errors_with("\"small\"", "small"), @r"
    error: text without quotes
     --> x.toml:8:9
      |
    8 | model = small
      |         ^^^^^
      |
      = help: put it in double quotes

    1 error in x.toml
    ");
}

#[test]
fn a_line_without_equals() {
    assert_snapshot!(errors_with("scripted = {}", "scripted {}"), @r"
    error: expected an equals, found a left brace
     --> x.toml:4:10
      |
    4 | scripted {}
      |          ^
      |
      = help: a line is `key = value` or `[table]`

    1 error in x.toml
    ");
}

#[test]
fn a_value_that_the_end_of_the_file_cuts() {
    assert_snapshot!(errors("title = \"x\"\ncorpus ="), @r"
    error: the file ends before a value
     --> x.toml:2:9
      |
    2 | corpus =
      |         ^
      |
      = help: complete the last line

    1 error in x.toml
    ");
}

#[test]
fn a_path_with_backslashes() {
    assert_snapshot!(errors_with("\"lab\"", "\"C:\\lab\""), @r#"
    error: invalid escape character in string: `l`
     --> x.toml:2:14
      |
    2 | corpus = "C:\lab"
      |              ^
      |
      = help: write `\\` for a backslash, or put the text in single quotes

    1 error in x.toml
    "#);
}

#[test]
fn a_table_that_stands_twice() {
    assert_snapshot!(errors_and("[model.small]\nscripted = {}\n"), @r"
    error: the table `small` stands here a second time
      --> x.toml:10:1
       |
    10 | [model.small]
       | ^^^^^^^^^^^^^
       |
       = help: the first is on line 3: give one of them another name

    1 error in x.toml
    ");
}

#[test]
fn a_key_that_stands_twice() {
    assert_snapshot!(errors_with("[model.small]", "corpus = \"b\"\n[model.small]"), @r#"
    error: the key `corpus` stands here a second time
     --> x.toml:3:1
      |
    3 | corpus = "b"
      | ^^^^^^
      |
      = help: the first is on line 2: remove one of them

    1 error in x.toml
    "#);
}

#[test]
fn a_wrong_sign_behind_a_key_does_not_show_the_key() {
    for line in [
        "api_key: \"sk-4711-secret\"\n",
        "api_key_env \"sk-4711-secret\"\n",
        "api_key = \"a\\\"sk-4711-secret\" x\n",
        "openai = { base_url = \"http://x/v1\", api_key: \"sk-4711-secret\" }\n",
    ] {
        let shown = errors_and(line);
        assert!(shown.contains("x.toml:") && !shown.contains("4711"), "{shown}");
    }
}
