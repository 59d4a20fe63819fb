//! Bad `[setup.NAME]` tables.

use super::{GOOD, errors_and, errors_with, good};
use insta::assert_snapshot;

#[test]
fn a_setup_without_anything() {
    assert_snapshot!(errors_and("[setup.b]\n"), @r#"
    error: `setup.b` lacks the key `model`
      --> x.toml:10:8
       |
    10 | [setup.b]
       |        ^
       |
       = help: add `model = "NAME"`

    error: `setup.b` lacks the key `strategy`
      --> x.toml:10:8
       |
    10 | [setup.b]
       |        ^
       |
       = help: add `strategy.closed-book = {}`

    2 errors in x.toml
    "#);
}

#[test]
fn strategies_that_do_not_exist() {
    assert_snapshot!(errors_and("[setup.b]\nmodel = \"small\"\nstrategy.closed_book = {}\n"), @r"
    error: unknown strategy `closed_book`
      --> x.toml:12:10
       |
    12 | strategy.closed_book = {}
       |          ^^^^^^^^^^^
       |
       = help: did you mean `closed-book`?

    1 error in x.toml
    ");
    assert_snapshot!(errors_and("[setup.b]\nmodel = \"small\"\nstrategy.rag = {}\n"), @r"
    error: unknown strategy `rag`
      --> x.toml:12:10
       |
    12 | strategy.rag = {}
       |          ^^^
       |
       = help: known here: `closed-book`, `retrieval`, `long-context` and `oracle`

    1 error in x.toml
    ");
    assert_snapshot!(errors_and("[setup.b]\nmodel = \"small\"\nstrategy = \"oracle\"\n"), @r#"
    error: expected a table, found a string
      --> x.toml:12:12
       |
    12 | strategy = "oracle"
       |            ^^^^^^^^
       |
       = help: write `strategy = { … }`

    1 error in x.toml
    "#);
    assert_snapshot!(errors_and("[setup.b]\nmodel = \"small\"\nstrategy = {}\n"), @r"
    error: `setup.b.strategy` names no strategy
      --> x.toml:12:1
       |
    12 | strategy = {}
       | ^^^^^^^^
       |
       = help: add one of `closed-book`, `retrieval`, `long-context` and `oracle`

    1 error in x.toml
    ");
    assert_snapshot!(
        errors_and("[setup.b]\nmodel = \"small\"\nstrategy = { oracle = {}, closed-book = { citations = true } }\n"),
        @r"
    error: `closed-book` stands beside `oracle`
      --> x.toml:12:27
       |
    12 | strategy = { oracle = {}, closed-book = { citations = true } }
       |                           ^^^^^^^^^^^
       |
       = help: keep one of `oracle` and `closed-book`

    error: unknown key `citations`
      --> x.toml:12:43
       |
    12 | strategy = { oracle = {}, closed-book = { citations = true } }
       |                                           ^^^^^^^^^
       |
       = help: this table takes no keys: write `{}`

    2 errors in x.toml
    "
    );
}

#[test]
fn passages_and_budgets_that_nothing_can_give() {
    assert_snapshot!(
        errors_with("{ retriever = \"words\" }", "{ retriever = \"words\", passages = 0, budget_tokens = 0, order = \"best\", citations = 1 }"),
        @r#"
    error: `passages` must be at least 1, found 0
     --> x.toml:9:56
      |
    9 | strategy.retrieval = { retriever = "words", passages = 0, budget_tokens = 0, order = "best", citations = 1 }
      |                                                        ^
      |
      = help: passages in a prompt

    error: `budget_tokens` must be at least 1, found 0
     --> x.toml:9:75
      |
    9 | strategy.retrieval = { retriever = "words", passages = 0, budget_tokens = 0, order = "best", citations = 1 }
      |                                                                           ^
      |
      = help: tokens of passages in a prompt

    error: unknown order `best`
     --> x.toml:9:86
      |
    9 | strategy.retrieval = { retriever = "words", passages = 0, budget_tokens = 0, order = "best", citations = 1 }
      |                                                                                      ^^^^^^
      |
      = help: did you mean `best-last`?

    error: expected a boolean, found an integer
     --> x.toml:9:106
      |
    9 | strategy.retrieval = { retriever = "words", passages = 0, budget_tokens = 0, order = "best", citations = 1 }
      |                                                                                                          ^
      |
      = help: write `true` or `false`, without quotes

    4 errors in x.toml
    "#
    );
    assert_snapshot!(errors_with("{ retriever = \"words\" }", "{ retriever = \"words\", passages = 21 }"), @r#"
    error: 21 passages from retriever `words`, which keeps 20
     --> x.toml:9:56
      |
    9 | strategy.retrieval = { retriever = "words", passages = 21 }
      |                                                        ^^
      |
      = help: write `depth = 21` or more in `[retriever.words]`

    1 error in x.toml
    "#);
    assert_snapshot!(
        errors_with("{ retriever = \"words\" }", "{ retriever = \"words\", budget_tokens = 4033 }"),
        @r#"
    error: 4033 tokens of context and 64 of answer do not fit the window of `small`, 4096
     --> x.toml:9:61
      |
    9 | strategy.retrieval = { retriever = "words", budget_tokens = 4033 }
      |                                                             ^^^^
      |
      = help: write 4032 or less, which must hold the question too, or raise `context_tokens`

    1 error in x.toml
    "#
    );
}

#[test]
fn a_budget_that_just_fits() {
    // The stand-in's window of 4096 less the default answer of 64.
    good(
        &GOOD.replace(
            "{ retriever = \"words\" }",
            "{ retriever = \"words\", budget_tokens = 4032 }",
        ),
    );
    good(&GOOD.replace("{ retriever = \"words\" }", "{ retriever = \"words\", passages = 20 }"));
}
