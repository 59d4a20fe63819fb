//! Bad `fusion` and `rerank` tables.

use super::retriever;
use insta::assert_snapshot;

#[test]
fn fusions() {
    assert_snapshot!(retriever("lexical.tantivy = {}\nfusion = { rrf = {} }"), @r"
    error: nothing to fuse: the retriever has only a lexical part
     --> x.toml:7:1
      |
    7 | fusion = { rrf = {} }
      | ^^^^^^
      |
      = help: add `dense`, or remove `fusion`

    1 error in x.toml
    ");
    let hybrid = "lexical.tantivy = {}\ndense = { memory = {}, embedder = \"e\" }\nfusion = ";
    assert_snapshot!(retriever(&format!("{hybrid}{{ rrf = {{ k = 0 }} }}")), @r"
    error: `k` must be above 0, found 0
     --> x.toml:8:24
      |
    8 | fusion = { rrf = { k = 0 } }
      |                        ^
      |
      = help: 60 is what the method's authors found

    1 error in x.toml
    ");
    assert_snapshot!(retriever(&format!("{hybrid}{{ rff = {{ k = 60 }} }}")), @r"
    error: unknown fusion `rff`
     --> x.toml:8:12
      |
    8 | fusion = { rff = { k = 60 } }
      |            ^^^
      |
      = help: did you mean `rrf`?

    1 error in x.toml
    ");
    assert_snapshot!(retriever(&format!("{hybrid}{{ sum = {{}} }}")), @r"
    error: unknown fusion `sum`
     --> x.toml:8:12
      |
    8 | fusion = { sum = {} }
      |            ^^^
      |
      = help: known here: `rrf` and `weighted`

    1 error in x.toml
    ");
    assert_snapshot!(retriever(&format!("{hybrid}{{ weighted = {{ lexical = 0, dense = 0 }} }}")), @r"
    error: both weights are 0
     --> x.toml:8:12
      |
    8 | fusion = { weighted = { lexical = 0, dense = 0 } }
      |            ^^^^^^^^
      |
      = help: give at least one part a weight above 0

    1 error in x.toml
    ");
    assert_snapshot!(retriever(&format!("{hybrid}{{ weighted = {{ dense = -1 }} }}")), @r"
    error: `retriever.words.fusion.weighted` lacks the key `lexical`
     --> x.toml:8:12
      |
    8 | fusion = { weighted = { dense = -1 } }
      |            ^^^^^^^^
      |
      = help: add `lexical = 0.5`

    error: `dense` must be at least 0, found -1
     --> x.toml:8:33
      |
    8 | fusion = { weighted = { dense = -1 } }
      |                                 ^^
      |
      = help: a weight; only their ratio counts

    2 errors in x.toml
    ");
}

#[test]
fn rerankers() {
    assert_snapshot!(retriever("lexical.tantivy = {}\nrerank = { depth = 0 }\ndepth = 0"), @r#"
    error: `retriever.words.rerank` lacks the key `model`
     --> x.toml:7:1
      |
    7 | rerank = { depth = 0 }
      | ^^^^^^
      |
      = help: add `model = "models/reranker"`

    error: `depth` must be at least 1 and at most 100000, found 0
     --> x.toml:7:20
      |
    7 | rerank = { depth = 0 }
      |                    ^
      |
      = help: candidates that are scored again

    error: `depth` must be at least 1 and at most 100000, found 0
     --> x.toml:8:9
      |
    8 | depth = 0
      |         ^
      |
      = help: candidates of each part

    3 errors in x.toml
    "#);
}
