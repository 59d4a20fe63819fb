//! Bad `openai` tables, and keys that nobody may see.

use super::source;
use insta::assert_snapshot;

#[test]
fn values_that_no_endpoint_can_have() {
    assert_snapshot!(
        source("[model.small.openai]\nbase_url = \"localhost:8000/v1\"\nmodel = \"\"\ncontext_tokens = 32\nrequests_in_flight = 0\nseconds_limit = -1\ntries = 21\nparameters = 0\n"),
        @r#"
    error: not an http or https address
     --> x.toml:5:12
      |
    5 | base_url = "localhost:8000/v1"
      |            ^^^^^^^^^^^^^^^^^^^
      |
      = help: write it like `http://localhost:8000/v1`

    error: `model` is empty
     --> x.toml:6:9
      |
    6 | model = ""
      |         ^^
      |
      = help: write some text between the quotes

    error: `context_tokens` must be at least 64, found 32
     --> x.toml:7:18
      |
    7 | context_tokens = 32
      |                  ^^
      |
      = help: tokens that prompt and answer share

    error: `requests_in_flight` must be at least 1 and at most 1000, found 0
     --> x.toml:8:22
      |
    8 | requests_in_flight = 0
      |                      ^
      |
      = help: requests that wait for an answer at once

    error: `seconds_limit` must be above 0, found -1
     --> x.toml:9:17
      |
    9 | seconds_limit = -1
      |                 ^^
      |
      = help: seconds to wait for a whole answer

    error: `tries` must be at least 1 and at most 20, found 21
      --> x.toml:10:9
       |
    10 | tries = 21
       |         ^^
       |
       = help: tries a trial, the first one included

    error: `parameters` must be at least 1, found 0
      --> x.toml:11:14
       |
    11 | parameters = 0
       |              ^
       |
       = help: parameters in total, as the vendor says

    7 errors in x.toml
    "#
    );
    assert_snapshot!(
        source("openai = { base_url = \"http://x/v1/chat/completions\", model = \"m\", requests_in_flight = 1001 }"),
        @r#"
    error: this is the address of one call, not of the server
     --> x.toml:4:23
      |
    4 | openai = { base_url = "http://x/v1/chat/completions", model = "m", requests_in_flight = 1001 }
      |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: end it with `/v1`: `/chat/completions` is added

    error: `requests_in_flight` must be at least 1 and at most 1000, found 1001
     --> x.toml:4:89
      |
    4 | openai = { base_url = "http://x/v1/chat/completions", model = "m", requests_in_flight = 1001 }
      |                                                                                         ^^^^
      |
      = help: requests that wait for an answer at once

    2 errors in x.toml
    "#
    );
}

#[test]
fn keys_are_not_shown() {
    let shown = source(
        "openai = { base_url = \"http://x/v1\", model = \"m\", api_key_env = \"sk-proj-abc123\", tries = 0 }",
    );
    assert!(!shown.contains("abc123"));
    assert_snapshot!(shown, @r#"
    error: this looks like a key itself, not like the name of a variable
     --> x.toml:4:65
      |
    4 | openai = { base_url = "http://x/v1", model = "m", api_key_env = "**************", tries = 0 }
      |                                                                 ^^^^^^^^^^^^^^^^
      |
      = help: put the key in an environment variable and write that variable's name: `api_key_env = "LLM_KEY"`; replace the key if this file was shared

    error: `tries` must be at least 1 and at most 20, found 0
     --> x.toml:4:91
      |
    4 | openai = { base_url = "http://x/v1", model = "m", api_key_env = "**************", tries = 0 }
      |                                                                                           ^
      |
      = help: tries a trial, the first one included

    2 errors in x.toml
    "#);
    let shown = source(
        "openai = { base_url = \"http://me:abc123@x/v1\", model = \"m\", api_key = \"abc 123\" }",
    );
    assert!(!shown.contains("abc"));
    assert_snapshot!(shown, @r#"
    error: an address with a user or password would be copied into the report
     --> x.toml:4:23
      |
    4 | openai = { base_url = "http://*********@x/v1", model = "m", api_key = "*******" }
      |                       ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: put the key in an environment variable and name it with `api_key_env`

    error: unknown key `api_key`
     --> x.toml:4:61
      |
    4 | openai = { base_url = "http://*********@x/v1", model = "m", api_key = "*******" }
      |                                                             ^^^^^^^
      |
      = help: did you mean `api_key_env`?

    2 errors in x.toml
    "#);
    let shown = source("openai = { api_key_env = \"sk-abc123");
    assert!(!shown.contains("abc123"));
    assert_snapshot!(shown, @r#"
    error: the line ends within a text
     --> x.toml:4:36
      |
    4 | openai = { api_key_env = "*********
      |                                    ^
      |
      = help: close the quote, or begin and end texts of several lines with `"""`

    1 error in x.toml
    "#);
    let shown =
        source("openai = { base_url = \"http://x\", model = \"m\", api_key_env = \"MY KEY\" }");
    assert_snapshot!(shown, @r#"
    error: this cannot name an environment variable
     --> x.toml:4:62
      |
    4 | openai = { base_url = "http://x", model = "m", api_key_env = "******" }
      |                                                              ^^^^^^^^
      |
      = help: put the key in an environment variable and write that variable's name: `api_key_env = "LLM_KEY"`

    1 error in x.toml
    "#);
}
