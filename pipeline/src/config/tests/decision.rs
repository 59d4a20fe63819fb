//! Bad `questions`, `repeats` and `[decision]`.

use super::{errors_and, errors_with};
use insta::assert_snapshot;

#[test]
fn questions_that_cannot_be_drawn() {
    assert_snapshot!(
        errors_and("[questions]\nsplit = true\nsample = 0\nseed = -1\nkinds = [\"fact\", 2, \"\"]\nspilt = \"test\"\n"),
        @r#"
    error: expected a string, found a boolean
      --> x.toml:11:9
       |
    11 | split = true
       |         ^^^^
       |
       = help: put it in quotes

    error: `sample` must be at least 1, found 0
      --> x.toml:12:10
       |
    12 | sample = 0
       |          ^
       |
       = help: how many questions are drawn

    error: `seed` must be at least 0, found -1
      --> x.toml:13:8
       |
    13 | seed = -1
       |        ^^
       |
       = help: any whole number from 0

    error: expected a string, found an integer
      --> x.toml:14:18
       |
    14 | kinds = ["fact", 2, ""]
       |                  ^
       |
       = help: `kinds` takes an array of strings, none of them empty

    error: this string is empty
      --> x.toml:14:21
       |
    14 | kinds = ["fact", 2, ""]
       |                     ^^
       |
       = help: `kinds` takes an array of strings, none of them empty

    error: unknown key `spilt`
      --> x.toml:15:1
       |
    15 | spilt = "test"
       | ^^^^^
       |
       = help: did you mean `split`?

    6 errors in x.toml
    "#
    );
    assert_snapshot!(errors_and("[questions]\nkinds = []\nsample = 1.5\n"), @r"
    error: no kind is left to ask
      --> x.toml:11:9
       |
    11 | kinds = []
       |         ^^
       |
       = help: name kinds, or remove the key

    error: expected a whole number, found a float
      --> x.toml:12:10
       |
    12 | sample = 1.5
       |          ^^^
       |
       = help: how many questions are drawn

    2 errors in x.toml
    ");
}

#[test]
fn drafts_are_asked_or_not() {
    assert_snapshot!(errors_and("[questions]\ndrafts = \"yes\"\ndraft = true\n"), @r#"
    error: expected a boolean, found a string
      --> x.toml:11:10
       |
    11 | drafts = "yes"
       |          ^^^^^
       |
       = help: write `true` or `false`, without quotes

    error: unknown key `draft`
      --> x.toml:12:1
       |
    12 | draft = true
       | ^^^^^
       |
       = help: did you mean `drafts`?

    2 errors in x.toml
    "#);
}

#[test]
fn decisions_that_nobody_can_take() {
    assert_snapshot!(
        errors_and("[decision]\nmeasure = \"f1\"\nmargin = 2\nconfidence = 95\nresamples = 100\nlimits = { p95_seconds = 0, usd_per_thousand = nan, memory_gib = inf, cost = 1 }\n"),
        @r#"
    error: unknown measure `f1`
      --> x.toml:11:11
       |
    11 | measure = "f1"
       |           ^^^^
       |
       = help: known here: `correct`, `exact-match` and `token-f1`

    error: `margin` must be at least 0 and below 1, found 2
      --> x.toml:12:10
       |
    12 | margin = 2
       |          ^
       |
       = help: a share: 0.03 is three questions in a hundred

    error: `confidence` must be above 0.5 and below 1, found 95
      --> x.toml:13:14
       |
    13 | confidence = 95
       |              ^^
       |
       = help: a share: 0.95 for 95 % intervals

    error: `resamples` must be at least 1000 and at most 1000000, found 100
      --> x.toml:14:13
       |
    14 | resamples = 100
       |             ^^^
       |
       = help: bootstrap resamples; fewer make the interval's ends shake

    error: `p95_seconds` must be above 0, found 0
      --> x.toml:15:26
       |
    15 | limits = { p95_seconds = 0, usd_per_thousand = nan, memory_gib = inf, cost = 1 }
       |                          ^
       |
       = help: seconds a question at the 95th percentile

    error: `usd_per_thousand` must be above 0, found NaN
      --> x.toml:15:48
       |
    15 | limits = { p95_seconds = 0, usd_per_thousand = nan, memory_gib = inf, cost = 1 }
       |                                                ^^^
       |
       = help: US dollars a thousand questions

    error: `memory_gib` must be above 0, found inf
      --> x.toml:15:66
       |
    15 | limits = { p95_seconds = 0, usd_per_thousand = nan, memory_gib = inf, cost = 1 }
       |                                                                  ^^^
       |
       = help: GiB over all worker processes

    error: unknown key `cost`
      --> x.toml:15:71
       |
    15 | limits = { p95_seconds = 0, usd_per_thousand = nan, memory_gib = inf, cost = 1 }
       |                                                                       ^^^^
       |
       = help: known here: `p95_seconds`, `usd_per_thousand` and `memory_gib`

    8 errors in x.toml
    "#
    );
    assert_snapshot!(
        errors_and("[decision]\nmargin = \"3%\"\nconfidence = 0.5\nresamples = 1_000_001\n"),
        @r#"
    error: expected a number, found a string
      --> x.toml:11:10
       |
    11 | margin = "3%"
       |          ^^^^
       |
       = help: write a number without quotes: a share: 0.03 is three questions in a hundred

    error: `confidence` must be above 0.5 and below 1, found 0.5
      --> x.toml:12:14
       |
    12 | confidence = 0.5
       |              ^^^
       |
       = help: a share: 0.95 for 95 % intervals

    error: `resamples` must be at least 1000 and at most 1000000, found 1000001
      --> x.toml:13:13
       |
    13 | resamples = 1_000_001
       |             ^^^^^^^^^
       |
       = help: bootstrap resamples; fewer make the interval's ends shake

    3 errors in x.toml
    "#
    );
}

#[test]
fn repeats_are_few() {
    assert_snapshot!(errors_with("[model.small]", "repeats = 0\n[model.small]"), @r"
    error: `repeats` must be at least 1 and at most 100, found 0
     --> x.toml:3:11
      |
    3 | repeats = 0
      |           ^
      |
      = help: how often each question is asked

    1 error in x.toml
    ");
    assert_snapshot!(errors_with("[model.small]", "repeats = 101\n[model.small]"), @r"
    error: `repeats` must be at least 1 and at most 100, found 101
     --> x.toml:3:11
      |
    3 | repeats = 101
      |           ^^^
      |
      = help: how often each question is asked

    1 error in x.toml
    ");
}
