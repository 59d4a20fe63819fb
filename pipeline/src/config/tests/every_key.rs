//! A file that has every key, none at its default.

use super::good;

#[test]
fn every_key_is_read() {
    let (experiment, _) = good(EVERY_KEY);
    // Each value differs from its default, so that a key that is not read shows.
    insta::assert_snapshot!(serde_json::to_string_pretty(&experiment).unwrap(), @r#"
    {
      "name": "x",
      "title": "all",
      "corpus": "lab_2",
      "questions": {
        "split": "dev",
        "kinds": [
          "fact",
          "date"
        ],
        "sample": 3,
        "seed": 4,
        "drafts": true
      },
      "repeats": 2,
      "models": [
        {
          "name": "qwen2.5",
          "source": {
            "mistralrs": {
              "weights": {
                "hub": "org/name"
              },
              "file": "x.gguf",
              "context_tokens": 1024,
              "isq": "q4k",
              "data_type": "bf16",
              "device": "cuda",
              "threads": 2,
              "replicas": 3,
              "seconds_limit": 1.5,
              "memory_limit_gib": 2.0
            }
          },
          "sampling": {
            "temperature": 0.7,
            "top_p": 0.9,
            "seed": 5,
            "answer_tokens": 100,
            "stop": [
              "\n"
            ],
            "log_probabilities": true
          },
          "price": null
        },
        {
          "name": "served",
          "source": {
            "openai": {
              "base_url": "https://x.example/v1",
              "model": "m",
              "api_key_env": "KEY",
              "context_tokens": 4096,
              "tokenizer": "models/t",
              "requests_in_flight": 9,
              "seconds_limit": 6.0,
              "tries": 7,
              "parameters": 32000000000
            }
          },
          "sampling": {
            "temperature": 0.0,
            "top_p": 1.0,
            "seed": 0,
            "answer_tokens": 64,
            "stop": [],
            "log_probabilities": false
          },
          "price": {
            "usd_per_million_input": 1.0,
            "usd_per_million_output": 2.0,
            "as_of": "2026-01-02"
          }
        },
        {
          "name": "old",
          "source": {
            "recorded": {
              "path": "answers.jsonl"
            }
          },
          "sampling": {
            "temperature": 0.0,
            "top_p": 1.0,
            "seed": 0,
            "answer_tokens": 64,
            "stop": [],
            "log_probabilities": false
          },
          "price": null
        },
        {
          "name": "fake",
          "source": {
            "scripted": {
              "reads": 0.1,
              "knows": 0.3,
              "declines": 0.4,
              "fails": 0.5,
              "seed": 6,
              "context_tokens": 64,
              "seconds": 0.01,
              "script": "answers.jsonl"
            }
          },
          "sampling": {
            "temperature": 0.0,
            "top_p": 1.0,
            "seed": 0,
            "answer_tokens": 8,
            "stop": [],
            "log_probabilities": false
          },
          "price": null
        }
      ],
      "retrievers": [
        {
          "name": "all",
          "chunks": {
            "tokens": 64,
            "overlap": 8,
            "tokenizer": "models/t"
          },
          "lexical": {},
          "dense": {
            "qdrant": {
              "url": "http://q:6334",
              "api_key_env": "Q_KEY",
              "hnsw": {
                "m": 8,
                "ef_construct": 50,
                "ef": 60
              },
              "shards": 2,
              "replicas": 3,
              "seconds_limit": 4.0
            },
            "embedder": {
              "model": "models/e",
              "query_prefix": "query: ",
              "passage_prefix": "passage: ",
              "pooling": "cls",
              "max_tokens": 128,
              "batch": 4
            }
          },
          "fusion": {
            "weighted": {
              "lexical": 0.4,
              "dense": 0.6
            }
          },
          "depth": 30,
          "rerank": {
            "model": "models/r",
            "depth": 10
          }
        },
        {
          "name": "exact",
          "chunks": {
            "tokens": 160,
            "overlap": 32,
            "tokenizer": null
          },
          "lexical": null,
          "dense": {
            "qdrant": null,
            "embedder": {
              "model": "models/e",
              "query_prefix": "",
              "passage_prefix": "",
              "pooling": "mean",
              "max_tokens": 512,
              "batch": 16
            }
          },
          "fusion": null,
          "depth": 20,
          "rerank": null
        }
      ],
      "setups": [
        {
          "name": "a",
          "model": "qwen2.5",
          "strategy": {
            "retrieval": {
              "retriever": "all",
              "passages": 3,
              "budget_tokens": 500,
              "order": "best-last",
              "citations": true
            }
          },
          "prompt": "prompts/short.txt"
        },
        {
          "name": "b",
          "model": "served",
          "strategy": {
            "long-context": {
              "budget_tokens": 2000,
              "retriever": "exact",
              "citations": true
            }
          },
          "prompt": "default"
        },
        {
          "name": "c",
          "model": "old",
          "strategy": {
            "oracle": {
              "distractors": 6,
              "retriever": "all",
              "position": "last",
              "seed": null,
              "citations": true
            }
          },
          "prompt": "default"
        },
        {
          "name": "d",
          "model": "fake",
          "strategy": {
            "retrieval": {
              "retriever": "exact",
              "passages": 5,
              "budget_tokens": null,
              "order": "document",
              "citations": false
            }
          },
          "prompt": "default"
        }
      ],
      "decision": {
        "measure": "token-f1",
        "margin": 0.0,
        "confidence": 0.9,
        "resamples": 2000,
        "seed": 8,
        "limits": {
          "p95_seconds": 1.0,
          "usd_per_thousand": 2.0,
          "memory_gib": 3.0
        }
      }
    }
    "#);
}

const EVERY_KEY: &str = r#"
title = "all"
corpus = "lab_2"
questions = { split = "dev", kinds = ["fact", "date"], sample = 3, seed = 4, drafts = true }
repeats = 2
[model."qwen2.5"]
mistralrs = { hub = "org/name", file = "x.gguf", context_tokens = 1024, isq = "q4k", data_type = "bf16", device = "cuda", threads = 2, replicas = 3, seconds_limit = 1.5, memory_limit_gib = 2 }
sampling = { temperature = 0.7, top_p = 0.9, seed = 5, answer_tokens = 100, stop = ["\n"], log_probabilities = true }
[model.served]
openai = { base_url = "https://x.example/v1", model = "m", api_key_env = "KEY", context_tokens = 4096, tokenizer = "models/t", requests_in_flight = 9, seconds_limit = 6, tries = 7, parameters = 32_000_000_000 }
price = { usd_per_million_input = 1, usd_per_million_output = 2, as_of = "2026-01-02" }
[model.old]
recorded = { path = "answers.jsonl" }
[model.fake]
scripted = { reads = 0.1, knows = 0.3, declines = 0.4, fails = 0.5, seed = 6, context_tokens = 64, seconds = 0.01, script = "answers.jsonl" }
sampling.answer_tokens = 8
[retriever.all]
chunks = { tokens = 64, overlap = 8, tokenizer = "models/t" }
lexical.tantivy = {}
depth = 30
[retriever.all.dense]
qdrant = { url = "http://q:6334", api_key_env = "Q_KEY", hnsw = { m = 8, ef_construct = 50, ef = 60 }, shards = 2, replicas = 3, seconds_limit = 4 }
embedder = { model = "models/e", query_prefix = "query: ", passage_prefix = "passage: ", pooling = "cls", max_tokens = 128, batch = 4 }
[retriever.all.fusion]
weighted = { lexical = 0.4, dense = 0.6 }
[retriever.all.rerank]
model = "models/r"
depth = 10
[retriever.exact]
dense = { memory = {}, embedder = "models/e" }
[setup.a]
model = "qwen2.5"
prompt = "prompts/short.txt"
[setup.a.strategy.retrieval]
retriever = "all"
passages = 3
budget_tokens = 500
order = "best-last"
citations = true
[setup.b]
model = "served"
strategy.long-context = { budget_tokens = 2000, retriever = "exact", citations = true }
[setup.c]
model = "old"
strategy.oracle = { distractors = 6, retriever = "all", position = "last", citations = true }
[setup.d]
model = "fake"
strategy.retrieval = { retriever = "exact", order = "document" }
[decision]
measure = "token-f1"
margin = 0
confidence = 0.9
resamples = 2000
seed = 8
limits = { p95_seconds = 1, usd_per_thousand = 2, memory_gib = 3 }
"#;

#[test]
fn names_in_the_file_are_names_in_the_reports() {
    // What a file may write and what a report writes come from two places.
    let (experiment, _) = good(EVERY_KEY);
    assert_eq!(serde_json::to_value(experiment.decision.measure).unwrap(), "token-f1");
    for setup in &experiment.setups {
        let strategy = serde_json::to_value(&setup.strategy).unwrap();
        assert!(strategy.get(setup.strategy.name()).is_some(), "{strategy}");
    }
}
