//! Bad keys and tables at the top of a file.

use super::{errors, errors_with};
use insta::assert_snapshot;

#[test]
fn an_empty_file_lacks_three_keys() {
    assert_snapshot!(errors(""), @r#"
    error: the file lacks the key `title`
     --> x.toml:1:1
      |
    1 |
      | ^
      |
      = help: add `title = "the question that the report answers"`

    error: the file lacks the key `corpus`
     --> x.toml:1:1
      |
    1 |
      | ^
      |
      = help: add `corpus = "NAME"`

    error: the file lacks the key `setup`
     --> x.toml:1:1
      |
    1 |
      | ^
      |
      = help: add `[setup.NAME]`

    3 errors in x.toml
    "#);
}

#[test]
fn wrong_types_at_the_top() {
    assert_snapshot!(
        errors("title = 1\ncorpus = [\"lab\"]\nquestions = 200\nrepeats = \"2\"\nmodel = \"small\"\n[[setup]]\ndecision = {}\n"),
        @r#"
    error: expected a string, found an integer
     --> x.toml:1:9
      |
    1 | title = 1
      |         ^
      |
      = help: put it in quotes

    error: expected a string, found an array
     --> x.toml:2:10
      |
    2 | corpus = ["lab"]
      |          ^^^^^^^

    error: expected a table, found an integer
     --> x.toml:3:13
      |
    3 | questions = 200
      |             ^^^
      |
      = help: write `questions = { … }`

    error: expected a whole number, found a string
     --> x.toml:4:11
      |
    4 | repeats = "2"
      |           ^^^
      |
      = help: write a number without quotes: how often each question is asked

    error: expected a table of tables, found a string
     --> x.toml:5:9
      |
    5 | model = "small"
      |         ^^^^^^^
      |
      = help: write `[model.NAME]`

    error: expected a table of tables, found an array
     --> x.toml:6:1
      |
    6 | [[setup]]
      | ^^^^^^^^^
      |
      = help: write `[setup.NAME]`

    6 errors in x.toml
    "#
    );
}

#[test]
fn empty_values() {
    assert_snapshot!(errors("title = \" \"\ncorpus = \"\"\nsetup = {}\n"), @r#"
    error: `title` is empty
     --> x.toml:1:9
      |
    1 | title = " "
      |         ^^^
      |
      = help: write some text between the quotes

    error: `corpus` is empty
     --> x.toml:2:10
      |
    2 | corpus = ""
      |          ^^
      |
      = help: write some text between the quotes

    error: there is no setup to run
     --> x.toml:3:1
      |
    3 | setup = {}
      | ^^^^^
      |
      = help: add a table `[setup.NAME]`

    3 errors in x.toml
    "#);
}

#[test]
fn slips_in_the_names_of_tables() {
    assert_snapshot!(
        errors("title = \"x\"\ncorpus = \"lab\"\n[models.small]\nscripted = {}\n[setups.a]\nmodel = \"small\"\n[banana]\n"),
        @r"
    error: unknown key `models`
     --> x.toml:3:2
      |
    3 | [models.small]
      |  ^^^^^^
      |
      = help: did you mean `model`?

    error: unknown key `setups`
     --> x.toml:5:2
      |
    5 | [setups.a]
      |  ^^^^^^
      |
      = help: did you mean `setup`?

    error: unknown key `banana`
     --> x.toml:7:2
      |
    7 | [banana]
      |  ^^^^^^
      |
      = help: known here: `title`, `corpus`, `questions`, `repeats`, `model`, `retriever`, `setup` and `decision`

    3 errors in x.toml
    "
    );
}

#[test]
fn a_corpus_is_a_folder_and_no_path() {
    assert_snapshot!(errors_with("\"lab\"", "\"../lab\""), @r#"
    error: `../lab` is not the name of a corpus
     --> x.toml:2:10
      |
    2 | corpus = "../lab"
      |          ^^^^^^^^
      |
      = help: a corpus is a folder below `corpora/`: write its name alone, of lower-case letters, digits, `.`, `_` and `-`

    1 error in x.toml
    "#);
    assert_snapshot!(errors_with("\"lab\"", "\"/srv/lab\""), @r#"
    error: `/srv/lab` is not the name of a corpus
     --> x.toml:2:10
      |
    2 | corpus = "/srv/lab"
      |          ^^^^^^^^^^
      |
      = help: a corpus is a folder below `corpora/`: write its name alone, of lower-case letters, digits, `.`, `_` and `-`

    1 error in x.toml
    "#);
}
