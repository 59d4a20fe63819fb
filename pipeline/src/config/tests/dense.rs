//! Bad `dense` tables.

use super::retriever;
use insta::assert_snapshot;

#[test]
fn servers_and_what_only_they_have() {
    assert_snapshot!(
        retriever("dense = { qdrant = { url = \"qdrant:6334\", shards = 0, seconds_limit = 0 }, embedder = \"e\" }"),
        @r#"
    error: not an http or https address
     --> x.toml:6:28
      |
    6 | dense = { qdrant = { url = "qdrant:6334", shards = 0, seconds_limit = 0 }, embedder = "e" }
      |                            ^^^^^^^^^^^^^
      |
      = help: write it like `http://localhost:8000/v1`

    error: `shards` must be at least 1 and at most 1000, found 0
     --> x.toml:6:52
      |
    6 | dense = { qdrant = { url = "qdrant:6334", shards = 0, seconds_limit = 0 }, embedder = "e" }
      |                                                    ^
      |
      = help: shards of the collection

    error: `seconds_limit` must be above 0, found 0
     --> x.toml:6:71
      |
    6 | dense = { qdrant = { url = "qdrant:6334", shards = 0, seconds_limit = 0 }, embedder = "e" }
      |                                                                       ^
      |
      = help: seconds to wait for one request

    3 errors in x.toml
    "#
    );
    assert_snapshot!(
        retriever("[retriever.words.dense]\nembedder = \"e\"\nqdrant = { api_key_env = \"KEY\", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }"),
        @r#"
    error: `api_key_env` means nothing to the embedded engine
     --> x.toml:8:26
      |
    8 | qdrant = { api_key_env = "KEY", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }
      |                          ^^^^^
      |
      = help: add the server's `url`, or remove the key

    error: `shards` means nothing to the embedded engine
     --> x.toml:8:42
      |
    8 | qdrant = { api_key_env = "KEY", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }
      |                                          ^
      |
      = help: add the server's `url`, or remove the key

    error: `m` must be at least 1 and at most 1024, found 0
     --> x.toml:8:58
      |
    8 | qdrant = { api_key_env = "KEY", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }
      |                                                          ^
      |
      = help: edges a node

    error: `ef_construct` must be at least 1 and at most 100000, found 0
     --> x.toml:8:76
      |
    8 | qdrant = { api_key_env = "KEY", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }
      |                                                                            ^
      |
      = help: candidates while building

    error: `ef` must be at least 1 and at most 100000, found 0
     --> x.toml:8:84
      |
    8 | qdrant = { api_key_env = "KEY", shards = 2, hnsw = { m = 0, ef_construct = 0, ef = 0 } }
      |                                                                                    ^
      |
      = help: candidates while searching

    5 errors in x.toml
    "#
    );
}

#[test]
fn embedders() {
    assert_snapshot!(retriever("dense = { memory = {}, embedder = 3 }"), @r#"
    error: expected a string or a table, found an integer
     --> x.toml:6:35
      |
    6 | dense = { memory = {}, embedder = 3 }
      |                                   ^
      |
      = help: write `embedder = "models/embedder"` or `embedder = { model = "…" }`

    1 error in x.toml
    "#);
    assert_snapshot!(
        retriever("dense = { memory = {}, embedder = { query_prefix = 1, pooling = \"max\", max_tokens = 0, batch = 0 } }"),
        @r#"
    error: `retriever.words.dense.embedder` lacks the key `model`
     --> x.toml:6:24
      |
    6 | dense = { memory = {}, embedder = { query_prefix = 1, pooling = "max", max_tokens = 0, batch = 0 } }
      |                        ^^^^^^^^
      |
      = help: add `model = "models/embedder"`

    error: expected a string, found an integer
     --> x.toml:6:52
      |
    6 | dense = { memory = {}, embedder = { query_prefix = 1, pooling = "max", max_tokens = 0, batch = 0 } }
      |                                                    ^
      |
      = help: put it in quotes

    error: unknown pooling `max`
     --> x.toml:6:65
      |
    6 | dense = { memory = {}, embedder = { query_prefix = 1, pooling = "max", max_tokens = 0, batch = 0 } }
      |                                                                 ^^^^^
      |
      = help: known here: `mean` and `cls`

    error: `max_tokens` must be at least 1, found 0
     --> x.toml:6:85
      |
    6 | dense = { memory = {}, embedder = { query_prefix = 1, pooling = "max", max_tokens = 0, batch = 0 } }
      |                                                                                     ^
      |
      = help: tokens the embedder reads of each text

    error: `batch` must be at least 1 and at most 10000, found 0
     --> x.toml:6:96
      |
    6 | dense = { memory = {}, embedder = { query_prefix = 1, pooling = "max", max_tokens = 0, batch = 0 } }
      |                                                                                                ^
      |
      = help: texts embedded at once

    5 errors in x.toml
    "#
    );
}
