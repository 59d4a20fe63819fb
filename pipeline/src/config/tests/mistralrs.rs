//! Bad `mistralrs` tables.

use super::source;
use insta::assert_snapshot;

#[test]
fn weights_that_are_not_there_or_there_twice() {
    assert_snapshot!(source("mistralrs = { contxt_tokens = 2048 }"), @r"
    error: `model.small.mistralrs` names no weights
     --> x.toml:4:1
      |
    4 | mistralrs = { contxt_tokens = 2048 }
      | ^^^^^^^^^
      |
      = help: add one of `path` and `hub`

    error: unknown key `contxt_tokens`
     --> x.toml:4:15
      |
    4 | mistralrs = { contxt_tokens = 2048 }
      |               ^^^^^^^^^^^^^
      |
      = help: did you mean `context_tokens`?

    2 errors in x.toml
    ");
    assert_snapshot!(source("mistralrs = { path = \"a\", hub = \"b/c\", file = \"../w.gguf\" }"), @r#"
    error: `model.small.mistralrs` lacks the key `context_tokens`
     --> x.toml:4:1
      |
    4 | mistralrs = { path = "a", hub = "b/c", file = "../w.gguf" }
      | ^^^^^^^^^
      |
      = help: add `context_tokens = 2048`

    error: `hub` stands beside `path`
     --> x.toml:4:27
      |
    4 | mistralrs = { path = "a", hub = "b/c", file = "../w.gguf" }
      |                           ^^^
      |
      = help: keep one of `path` and `hub`

    error: `../w.gguf` is not a file's name
     --> x.toml:4:47
      |
    4 | mistralrs = { path = "a", hub = "b/c", file = "../w.gguf" }
      |                                               ^^^^^^^^^^^
      |
      = help: write the file's name alone; the folder is `path`

    3 errors in x.toml
    "#);
}

#[test]
fn windows_that_the_engine_would_round() {
    assert_snapshot!(source("mistralrs = { path = \"a\", context_tokens = 2000 }"), @r#"
    error: `context_tokens` must be a multiple of 512, found 2000
     --> x.toml:4:44
      |
    4 | mistralrs = { path = "a", context_tokens = 2000 }
      |                                            ^^^^
      |
      = help: the engine rounds windows up to 512 tokens: write 1536 or 2048

    1 error in x.toml
    "#);
    assert_snapshot!(source("mistralrs = { path = \"a\", context_tokens = 100 }"), @r#"
    error: `context_tokens` must be a multiple of 512, found 100
     --> x.toml:4:44
      |
    4 | mistralrs = { path = "a", context_tokens = 100 }
      |                                            ^^^
      |
      = help: the engine rounds windows up to 512 tokens: write 512

    1 error in x.toml
    "#);
    assert_snapshot!(source("mistralrs = { path = \"a\", context_tokens = 63 }"), @r#"
    error: `context_tokens` must be at least 64, found 63
     --> x.toml:4:44
      |
    4 | mistralrs = { path = "a", context_tokens = 63 }
      |                                            ^^
      |
      = help: tokens that prompt and answer share

    1 error in x.toml
    "#);
}

#[test]
fn values_that_no_worker_can_have() {
    assert_snapshot!(
        source("[model.small.mistralrs]\npath = \"a\"\ncontext_tokens = 512\nisq = \"Q4_K_M\"\ndata_type = \"float16\"\ndevice = \"gpu\"\nthreads = 0\nreplicas = 0\nseconds_limit = 0\nmemory_limit_gib = -1\n"),
        @r#"
    error: unknown quantization `Q4_K_M`
     --> x.toml:7:7
      |
    7 | isq = "Q4_K_M"
      |       ^^^^^^^^
      |
      = help: did you mean `Q4K`?

    error: unknown data type `float16`
     --> x.toml:8:13
      |
    8 | data_type = "float16"
      |             ^^^^^^^^^
      |
      = help: known here: `f32`, `f16`, `bf16` and `auto`

    error: unknown device `gpu`
     --> x.toml:9:10
      |
    9 | device = "gpu"
      |          ^^^^^
      |
      = help: did you mean `cpu`?

    error: `threads` must be at least 1 and at most 1024, found 0
      --> x.toml:10:11
       |
    10 | threads = 0
       |           ^
       |
       = help: threads of one worker process

    error: `replicas` must be at least 1 and at most 1024, found 0
      --> x.toml:11:12
       |
    11 | replicas = 0
       |            ^
       |
       = help: worker processes

    error: `seconds_limit` must be above 0, found 0
      --> x.toml:12:17
       |
    12 | seconds_limit = 0
       |                 ^
       |
       = help: seconds one trial may take

    error: `memory_limit_gib` must be above 0, found -1
      --> x.toml:13:20
       |
    13 | memory_limit_gib = -1
       |                    ^^
       |
       = help: GiB one worker process may take

    7 errors in x.toml
    "#
    );
    assert_snapshot!(source("mistralrs = { path = \"a\", context_tokens = 512, isq = 4 }"), @r#"
    error: expected a string, found an integer
     --> x.toml:4:55
      |
    4 | mistralrs = { path = "a", context_tokens = 512, isq = 4 }
      |                                                       ^
      |
      = help: put it in quotes

    1 error in x.toml
    "#);
}
