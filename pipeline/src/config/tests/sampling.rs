//! Bad `scripted`, `recorded`, `sampling` and `price` tables.

use super::{errors, source};
use insta::assert_snapshot;

#[test]
fn shares_of_the_stand_in() {
    assert_snapshot!(
        source("scripted = { reads = 1.1, knows = -0.1, declines = \"half\", fails = 2, seconds = -1, context_tokens = 0 }"),
        @r#"
    error: `reads` must be at least 0 and at most 1, found 1.1
     --> x.toml:4:22
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                      ^^^
      |
      = help: a share: 0.9 is nine in ten

    error: `knows` must be at least 0 and at most 1, found -0.1
     --> x.toml:4:35
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                                   ^^^^
      |
      = help: a share: 0.9 is nine in ten

    error: expected a number, found a string
     --> x.toml:4:52
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                                                    ^^^^^^
      |
      = help: write a number without quotes: a share: 0.9 is nine in ten

    error: `fails` must be at least 0 and at most 1, found 2
     --> x.toml:4:68
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                                                                    ^
      |
      = help: a share: 0.9 is nine in ten

    error: `seconds` must be at least 0, found -1
     --> x.toml:4:81
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                                                                                 ^^
      |
      = help: seconds each answer takes

    error: `context_tokens` must be at least 64, found 0
     --> x.toml:4:102
      |
    4 | scripted = { reads = 1.1, knows = -0.1, declines = "half", fails = 2, seconds = -1, context_tokens = 0 }
      |                                                                                                      ^
      |
      = help: words that prompt and answer share

    6 errors in x.toml
    "#
    );
    assert_snapshot!(source("recorded = {}"), @r#"
    error: `model.small.recorded` lacks the key `path`
     --> x.toml:4:1
      |
    4 | recorded = {}
      | ^^^^^^^^
      |
      = help: add `path = "answers.jsonl"`

    1 error in x.toml
    "#);
}

#[test]
fn sampling_that_no_model_does() {
    assert_snapshot!(
        source("scripted = {}\n[model.small.sampling]\ntemperature = 9\ntop_p = 0\nseed = 1.0\nanswer_tokens = 0\nstop = \"###\"\nlog_probabilities = \"yes\"\ntop_k = 40\n"),
        @r####"
    error: `temperature` must be at least 0 and at most 5, found 9
     --> x.toml:6:15
      |
    6 | temperature = 9
      |               ^
      |
      = help: 0 always takes the likeliest token

    error: `top_p` must be above 0 and at most 1, found 0
     --> x.toml:7:9
      |
    7 | top_p = 0
      |         ^
      |
      = help: the share of probability to sample from; 1 keeps every token

    error: expected a whole number, found a float
     --> x.toml:8:8
      |
    8 | seed = 1.0
      |        ^^^
      |
      = help: any whole number from 0

    error: `answer_tokens` must be at least 1, found 0
     --> x.toml:9:17
      |
    9 | answer_tokens = 0
      |                 ^
      |
      = help: the longest answer in tokens

    error: expected an array of strings, found a string
      --> x.toml:10:8
       |
    10 | stop = "###"
       |        ^^^^^
       |
       = help: put it in square brackets: `["…"]`

    error: expected a boolean, found a string
      --> x.toml:11:21
       |
    11 | log_probabilities = "yes"
       |                     ^^^^^
       |
       = help: write `true` or `false`, without quotes

    error: unknown key `top_k`
      --> x.toml:12:1
       |
    12 | top_k = 40
       | ^^^^^
       |
       = help: did you mean `top_p`?

    7 errors in x.toml
    "####
    );
}

#[test]
fn an_answer_as_long_as_the_window() {
    assert_snapshot!(source("scripted = { context_tokens = 64 }"), @r"
    error: an answer of 64 tokens leaves no room for a prompt in a window of 64
     --> x.toml:3:8
      |
    3 | [model.small]
      |        ^^^^^
      |
      = help: the window holds prompt and answer: write `answer_tokens = 32` or less

    1 error in x.toml
    ");
    assert_snapshot!(source("scripted = {}\nsampling.answer_tokens = 5000"), @r"
    error: an answer of 5000 tokens leaves no room for a prompt in a window of 4096
     --> x.toml:5:26
      |
    5 | sampling.answer_tokens = 5000
      |                          ^^^^
      |
      = help: the window holds prompt and answer: write `answer_tokens = 2048` or less

    1 error in x.toml
    ");
}

#[test]
fn prices() {
    assert_snapshot!(
        source("scripted = {}\nprice = { usd_per_million_input = -0.1, as_of = \"2026-02-30\" }"),
        @r#"
    error: `model.small.price` lacks the key `usd_per_million_output`
     --> x.toml:5:1
      |
    5 | price = { usd_per_million_input = -0.1, as_of = "2026-02-30" }
      | ^^^^^
      |
      = help: add `usd_per_million_output = 1.20`

    error: `usd_per_million_input` must be at least 0, found -0.1
     --> x.toml:5:35
      |
    5 | price = { usd_per_million_input = -0.1, as_of = "2026-02-30" }
      |                                   ^^^^
      |
      = help: US dollars a million tokens

    error: `2026-02-30` is not a date
     --> x.toml:5:49
      |
    5 | price = { usd_per_million_input = -0.1, as_of = "2026-02-30" }
      |                                                 ^^^^^^^^^^^^
      |
      = help: write the day of the price list as year, month and day: `2026-11-01`

    3 errors in x.toml
    "#
    );
    assert_snapshot!(
        errors("[model.a]\nprice = { usd_per_million_input = 1, usd_per_million_output = 1, as_of = 2026-11-01 }"),
        @r"
    error: a date without quotes
     --> x.toml:2:74
      |
    2 | price = { usd_per_million_input = 1, usd_per_million_output = 1, as_of = 2026-11-01 }
      |                                                                          ^^^^^^^^^^
      |
      = help: put it in double quotes

    1 error in x.toml
    "
    );
}
