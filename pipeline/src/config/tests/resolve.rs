//! What tables say about one another.

use super::{GOOD, errors, errors_with, good};
use insta::assert_snapshot;

#[test]
fn names_that_lead_nowhere() {
    assert_snapshot!(errors_with("model = \"small\"", "model = \"smal\""), @r#"
    error: there is no model `smal`
     --> x.toml:8:9
      |
    8 | model = "smal"
      |         ^^^^^^
      |
      = help: did you mean `small`?

    1 error in x.toml
    "#);
    assert_snapshot!(errors_with("retriever = \"words\"", "retriever = \"hybrid\""), @r#"
    error: there is no retriever `hybrid`
     --> x.toml:9:36
      |
    9 | strategy.retrieval = { retriever = "hybrid" }
      |                                    ^^^^^^^^
      |
      = help: retrievers of this file: `words`

    1 error in x.toml
    "#);
    assert_snapshot!(
        errors("title = \"x\"\ncorpus = \"lab\"\n[setup.a]\nmodel = \"m\"\nstrategy.long-context.retriever = \"r\"\n"),
        @r#"
    error: there is no model `m`
     --> x.toml:4:9
      |
    4 | model = "m"
      |         ^^^
      |
      = help: add a table `[model.NAME]`

    error: there is no retriever `r`
     --> x.toml:5:35
      |
    5 | strategy.long-context.retriever = "r"
      |                                   ^^^
      |
      = help: add a table `[retriever.NAME]`

    2 errors in x.toml
    "#
    );
}

#[test]
fn a_name_whose_table_is_wrong_is_not_reported_twice() {
    assert_snapshot!(errors_with("scripted = {}", "scripted = { reads = 2 }"), @r"
    error: `reads` must be at least 0 and at most 1, found 2
     --> x.toml:4:22
      |
    4 | scripted = { reads = 2 }
      |                      ^
      |
      = help: a share: 0.9 is nine in ten

    1 error in x.toml
    ");
}

#[test]
fn what_nothing_uses_is_a_warning() {
    let text = format!(
        "{GOOD}[model.b]\nscripted = {{}}\n[retriever.c]\ndense = {{ memory = {{}}, embedder = \"e\" }}\nchunks.tokens = 600\n"
    );
    let (_, source) = good(&text);
    assert_snapshot!(source.rendered_warnings(), @r"
    warning: no setup uses the model `b`
      --> x.toml:10:8
       |
    10 | [model.b]
       |        ^
       |
       = help: name it in a setup, or remove its table

    warning: no setup uses the retriever `c`
      --> x.toml:12:12
       |
    12 | [retriever.c]
       |            ^
       |
       = help: name it in a setup, or remove its table

    warning: chunks of 600 tokens are cut by an embedder that reads 512
      --> x.toml:14:17
       |
    14 | chunks.tokens = 600
       |                 ^^^
       |
       = help: shorten the chunks, or raise the embedder's `max_tokens`
    ");
}

#[test]
fn a_budget_that_no_whole_chunk_fits_is_a_warning() {
    let budgeted = |strategy: &str| {
        let text = GOOD.replace("retrieval = { retriever = \"words\" }", strategy);
        assert_ne!(text, GOOD);
        good(&text).1.rendered_warnings()
    };
    // Chunks have up to 160 tokens where the file does not say.
    assert_snapshot!(
        budgeted("retrieval = { retriever = \"words\", budget_tokens = 159 }"),
        @r#"
    warning: a budget of 159 tokens does not hold one whole chunk of `words`, 160 tokens: such a chunk is cut
     --> x.toml:9:61
      |
    9 | strategy.retrieval = { retriever = "words", budget_tokens = 159 }
      |                                                             ^^^
      |
      = help: write `budget_tokens = 160` or more, or cut smaller chunks in `[retriever.words]`
    "#
    );
    let oracle = budgeted("oracle = { retriever = \"words\", budget_tokens = 159 }");
    assert!(oracle.contains("a budget of 159 tokens"), "{oracle}");
    for sound in [
        "retrieval = { retriever = \"words\", budget_tokens = 160 }",
        "oracle = { retriever = \"words\", budget_tokens = 160 }",
        "long-context = { retriever = \"words\", budget_tokens = 159 }",
    ] {
        assert_eq!(budgeted(sound), "");
    }
}

#[test]
fn many_things_at_once() {
    assert_snapshot!(
        errors(r#"titel = "x"
corpus = "lab"
repeats = 0

[model.small]
mistralrs = { path = "models/small", context_tokens = 2000, threads = "2" }
[model.large]
openai = { base_url = "ftp://x/v1", model = "m" }

[retriever.hybrid]
lexical = { tantivy = {} }
fusion = { rrf = { k = -1 } }

[setup.a]
model = "smal"
strategy.retreival = { retriever = "hybrid" }
[setup.b]
model = "large"
strategy.retrieval = { retriever = "hybird", passages = 0 }

[decision]
margin = 2
"#),
        @r#"
    error: unknown key `titel`
     --> x.toml:1:1
      |
    1 | titel = "x"
      | ^^^^^
      |
      = help: did you mean `title`?

    error: `repeats` must be at least 1 and at most 100, found 0
     --> x.toml:3:11
      |
    3 | repeats = 0
      |           ^
      |
      = help: how often each question is asked

    error: `context_tokens` must be a multiple of 512, found 2000
     --> x.toml:6:55
      |
    6 | mistralrs = { path = "models/small", context_tokens = 2000, threads = "2" }
      |                                                       ^^^^
      |
      = help: the engine rounds windows up to 512 tokens: write 1536 or 2048

    error: expected a whole number, found a string
     --> x.toml:6:71
      |
    6 | mistralrs = { path = "models/small", context_tokens = 2000, threads = "2" }
      |                                                                       ^^^
      |
      = help: write a number without quotes: threads of one worker process

    error: not an http or https address
     --> x.toml:8:23
      |
    8 | openai = { base_url = "ftp://x/v1", model = "m" }
      |                       ^^^^^^^^^^^^
      |
      = help: write it like `http://localhost:8000/v1`

    error: nothing to fuse: the retriever has only a lexical part
      --> x.toml:12:1
       |
    12 | fusion = { rrf = { k = -1 } }
       | ^^^^^^
       |
       = help: add `dense`, or remove `fusion`

    error: `k` must be above 0, found -1
      --> x.toml:12:24
       |
    12 | fusion = { rrf = { k = -1 } }
       |                        ^^
       |
       = help: 60 is what the method's authors found

    error: unknown strategy `retreival`
      --> x.toml:16:10
       |
    16 | strategy.retreival = { retriever = "hybrid" }
       |          ^^^^^^^^^
       |
       = help: did you mean `retrieval`?

    error: there is no retriever `hybird`
      --> x.toml:19:36
       |
    19 | strategy.retrieval = { retriever = "hybird", passages = 0 }
       |                                    ^^^^^^^^
       |
       = help: did you mean `hybrid`?

    error: `passages` must be at least 1, found 0
      --> x.toml:19:57
       |
    19 | strategy.retrieval = { retriever = "hybird", passages = 0 }
       |                                                         ^
       |
       = help: passages in a prompt

    error: `margin` must be at least 0 and below 1, found 2
      --> x.toml:22:10
       |
    22 | margin = 2
       |          ^
       |
       = help: a share: 0.03 is three questions in a hundred

    11 errors in x.toml
    "#
    );
}
