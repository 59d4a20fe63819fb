//! `strategy.oracle`, alone and with distractors.

use super::{GOOD, errors_and, errors_with, good};
use crate::config::{DistractorAmount, DistractorPlan, EvidencePosition, StrategyPlan};
use insta::assert_snapshot;

fn oracle(table: &str) -> String {
    format!("[setup.b]\nmodel = \"small\"\nstrategy.oracle = {table}\n")
}

fn strategy(table: &str) -> StrategyPlan {
    let text = GOOD.replace(
        "corpus = \"lab\"",
        "corpus = \"lab\"\nquestions = { split = \"test\", seed = 7 }",
    );
    good(&format!("{text}{}", oracle(table))).0.setups[1].strategy.clone()
}

#[test]
fn an_oracle_alone_needs_no_retriever() {
    let alone = strategy("{}");
    assert_eq!(alone, StrategyPlan::Oracle { distractors: None, citations: false });
    assert_eq!((alone.retriever(), alone.budget_tokens()), (None, None));
    // As reports showed it before there were distractors.
    assert_snapshot!(
        serde_json::to_string(&alone).unwrap(),
        @r#"{"oracle":{"citations":false}}"#
    );
}

#[test]
fn distractors_by_number_and_by_tokens() {
    let plan = |amount, position, seed| {
        Some(DistractorPlan { amount, retriever: "words".into(), position, seed })
    };
    let counted = strategy("{ distractors = 4, retriever = \"words\", citations = true }");
    assert_eq!(
        counted,
        StrategyPlan::Oracle {
            // The seed is that of the questions.
            distractors: plan(DistractorAmount::Distractors(4), EvidencePosition::Seeded, Some(7)),
            citations: true,
        }
    );
    assert_eq!((counted.retriever(), counted.budget_tokens()), (Some("words"), None));
    let weighed = strategy("{ budget_tokens = 300, retriever = \"words\", position = \"middle\" }");
    assert_eq!(
        weighed.distractors().cloned(),
        plan(DistractorAmount::BudgetTokens(300), EvidencePosition::Middle, None)
    );
    assert_eq!(weighed.budget_tokens(), Some(300));
    for strategy in [counted, weighed] {
        let json = serde_json::to_string(&strategy).unwrap();
        assert_eq!(serde_json::from_str::<StrategyPlan>(&json).unwrap(), strategy, "{json}");
    }
}

#[test]
fn both_amounts_and_none() {
    let both = "{ distractors = 4, budget_tokens = 300, retriever = \"words\" }";
    assert_snapshot!(errors_and(&oracle(both)), @r#"
    error: `budget_tokens` stands beside `distractors`
      --> x.toml:12:54
       |
    12 | strategy.oracle = { distractors = 4, budget_tokens = 300, retriever = "words" }
       |                                                      ^^^
       |
       = help: keep one of `distractors` and `budget_tokens`

    1 error in x.toml
    "#);
    assert_snapshot!(errors_and(&oracle("{ retriever = \"words\", position = \"last\" }")), @r##"
    error: `retriever` means nothing to an oracle without distractors
      --> x.toml:12:33
       |
    12 | strategy.oracle = { retriever = "words", position = "last" }
       |                                 ^^^^^^^
       |
       = help: add `distractors = 4` or `budget_tokens = 500`, or remove the key

    error: `position` means nothing to an oracle without distractors
      --> x.toml:12:53
       |
    12 | strategy.oracle = { retriever = "words", position = "last" }
       |                                                     ^^^^^^
       |
       = help: add `distractors = 4` or `budget_tokens = 500`, or remove the key

    2 errors in x.toml
    "##);
}

#[test]
fn what_distractors_need() {
    assert_snapshot!(errors_and(&oracle("{ distractors = 4 }")), @r##"
    error: `setup.b.strategy.oracle` lacks the key `retriever`
      --> x.toml:12:10
       |
    12 | strategy.oracle = { distractors = 4 }
       |          ^^^^^^
       |
       = help: add `retriever = "NAME"`

    1 error in x.toml
    "##);
    assert_snapshot!(
        errors_and(&oracle("{ distractors = 0, retriever = \"words\", position = \"midle\" }")),
        @r##"
    error: `distractors` must be at least 1 and at most 1000, found 0
      --> x.toml:12:35
       |
    12 | strategy.oracle = { distractors = 0, retriever = "words", position = "midle" }
       |                                   ^
       |
       = help: passages beside the evidence; without the key there are none

    error: unknown position `midle`
      --> x.toml:12:70
       |
    12 | strategy.oracle = { distractors = 0, retriever = "words", position = "midle" }
       |                                                                      ^^^^^^^
       |
       = help: did you mean `middle`?

    2 errors in x.toml
    "##
    );
    assert_snapshot!(errors_and(&oracle("{ distractors = 4, retriever = \"word\" }")), @r##"
    error: there is no retriever `word`
      --> x.toml:12:50
       |
    12 | strategy.oracle = { distractors = 4, retriever = "word" }
       |                                                  ^^^^^^
       |
       = help: did you mean `words`?

    1 error in x.toml
    "##);
}

#[test]
fn distractors_must_be_found_beside_the_evidence() {
    let table = oracle("{ distractors = 4, retriever = \"words\" }");
    let depth = |depth: usize| {
        format!(
            "lexical = {{ tantivy = {{}} }}\ndepth = {depth}\n{table}[setup.rag2]\nmodel = \"small\"\nstrategy.closed-book = {{}}"
        )
    };
    assert_snapshot!(
        errors_with("lexical = { tantivy = {} }", &depth(5)),
        @r##"
    error: 4 distractors from retriever `words`, which keeps 5 hits, the evidence among them
      --> x.toml:10:35
       |
    10 | strategy.oracle = { distractors = 4, retriever = "words" }
       |                                   ^
       |
       = help: write `depth = 6` or more in `[retriever.words]`

    1 error in x.toml
    "##
    );
    good(&GOOD.replace("lexical = { tantivy = {} }", &depth(6)));
}

#[test]
fn a_budget_beyond_the_window_is_refused() {
    let small = "scripted = { context_tokens = 512 }\nsampling.answer_tokens = 64";
    let text = GOOD.replace("scripted = {}", small)
        + &oracle("{ budget_tokens = 500, retriever = \"words\" }");
    assert_snapshot!(super::errors(&text), @r##"
    error: 500 tokens of context and 64 of answer do not fit the window of `small`, 512
      --> x.toml:13:37
       |
    13 | strategy.oracle = { budget_tokens = 500, retriever = "words" }
       |                                     ^^^
       |
       = help: write 448 or less, which must hold the question too, or raise `context_tokens`

    1 error in x.toml
    "##);
}
