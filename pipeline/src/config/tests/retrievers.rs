//! Bad `[retriever.NAME]` tables.

use super::retriever;
use insta::assert_snapshot;

#[test]
fn a_retriever_without_parts() {
    assert_snapshot!(retriever("depth = 10"), @r#"
    error: this retriever has neither a lexical nor a dense part
     --> x.toml:5:12
      |
    5 | [retriever.words]
      |            ^^^^^
      |
      = help: add `lexical = { tantivy = {} }`, or `dense = { qdrant = {}, embedder = "…" }`, or both

    1 error in x.toml
    "#);
}

#[test]
fn chunks_that_cannot_be_cut() {
    assert_snapshot!(retriever("lexical.tantivy = {}\nchunks = { tokens = 100, overlap = 100 }"), @r"
    error: an overlap of 100 tokens in chunks of 100
     --> x.toml:7:36
      |
    7 | chunks = { tokens = 100, overlap = 100 }
      |                                    ^^^
      |
      = help: the overlap must be below `tokens`: write `overlap = 20`

    1 error in x.toml
    ");
    assert_snapshot!(retriever("lexical.tantivy = {}\nchunks = { tokens = 20 }"), @r"
    error: an overlap of 32 tokens in chunks of 20
     --> x.toml:7:1
      |
    7 | chunks = { tokens = 20 }
      | ^^^^^^
      |
      = help: the overlap must be below `tokens`: write `overlap = 4`

    1 error in x.toml
    ");
    assert_snapshot!(retriever("lexical.tantivy = {}\nchunks = { tokens = 15, overlap = -1, tokeniser = \"a\" }"), @r#"
    error: `tokens` must be at least 16, found 15
     --> x.toml:7:21
      |
    7 | chunks = { tokens = 15, overlap = -1, tokeniser = "a" }
      |                     ^^
      |
      = help: the longest chunk in tokens

    error: `overlap` must be at least 0, found -1
     --> x.toml:7:35
      |
    7 | chunks = { tokens = 15, overlap = -1, tokeniser = "a" }
      |                                   ^^
      |
      = help: tokens that neighbouring chunks share

    error: unknown key `tokeniser`
     --> x.toml:7:39
      |
    7 | chunks = { tokens = 15, overlap = -1, tokeniser = "a" }
      |                                       ^^^^^^^^^
      |
      = help: did you mean `tokenizer`?

    3 errors in x.toml
    "#);
}

#[test]
fn indexes_that_do_not_exist() {
    assert_snapshot!(retriever("lexical = { lucene = {} }"), @r"
    error: unknown index `lucene`
     --> x.toml:6:13
      |
    6 | lexical = { lucene = {} }
      |             ^^^^^^
      |
      = help: known here: `tantivy`

    1 error in x.toml
    ");
    assert_snapshot!(retriever("lexical = { tantivy = { k1 = 1.2 } }"), @r"
    error: unknown key `k1`
     --> x.toml:6:25
      |
    6 | lexical = { tantivy = { k1 = 1.2 } }
      |                         ^^
      |
      = help: this table takes no keys: write `{}`

    1 error in x.toml
    ");
    assert_snapshot!(retriever("lexical = \"tantivy\""), @r#"
    error: expected a table, found a string
     --> x.toml:6:11
      |
    6 | lexical = "tantivy"
      |           ^^^^^^^^^
      |
      = help: write `lexical = { … }`

    1 error in x.toml
    "#);
    assert_snapshot!(retriever("dense = { qdrant = {}, memory = {}, embedder = \"e\" }"), @r#"
    error: `memory` stands beside `qdrant`
     --> x.toml:6:24
      |
    6 | dense = { qdrant = {}, memory = {}, embedder = "e" }
      |                        ^^^^^^
      |
      = help: keep one of `qdrant` and `memory`

    1 error in x.toml
    "#);
    assert_snapshot!(retriever("dense = { faiss = {} }"), @r#"
    error: `retriever.words.dense` lacks the key `embedder`
     --> x.toml:6:1
      |
    6 | dense = { faiss = {} }
      | ^^^^^
      |
      = help: add `embedder = "models/embedder"`

    error: unknown key `faiss`
     --> x.toml:6:11
      |
    6 | dense = { faiss = {} }
      |           ^^^^^
      |
      = help: known here: `qdrant`, `memory` and `embedder`

    2 errors in x.toml
    "#);
}
