//! Files that are right, and what they come to.

use super::super::*;
use super::{GOOD, good};
use std::path::Path;

/// The file with which the design explains itself.
const EXAMPLE: &str = r#"title    = "Does a 1M-parameter model with our handbook beat a 16M-parameter model without it?"
corpus   = "lab"
questions = { split = "test", sample = 200, seed = 7 }

[model.small]
mistralrs = { path = "models/lab/small", context_tokens = 2048 }
[model.large]
mistralrs = { path = "models/lab/large", context_tokens = 2048 }
[model.hosted]
openai = { base_url = "http://localhost:8000/v1", model = "qwen3-32b", api_key_env = "LLM_KEY" }
price  = { usd_per_million_input = 0.40, usd_per_million_output = 1.20, as_of = "2026-11-01" }

[retriever.hybrid]
lexical  = { tantivy = {} }
dense    = { qdrant = { url = "http://localhost:6334" }, embedder = "models/lab/embedder" }   # without url: embedded
fusion   = { rrf = { k = 60 } }

[setup.small-rag]
model = "small"
strategy.retrieval = { retriever = "hybrid", passages = 5 }
[setup.large-closed-book]
model = "large"
strategy.closed-book = {}
[setup.large-long-context]
model = "large"
strategy.long-context = { budget_tokens = 1536 }

[decision]
measure = "correct"      # what wins
margin  = 0.03           # closer than this is a tie
confidence = 0.95
limits  = { p95_seconds = 3.0, usd_per_thousand = 1.0, memory_gib = 8 }
"#;

fn local(name: &str) -> ModelPlan {
    ModelPlan {
        name: name.into(),
        source: ModelSource::Mistralrs(MistralrsModel {
            weights: Weights::Path(format!("models/lab/{name}")),
            file: None,
            context_tokens: 2048,
            isq: None,
            data_type: DataType::F32,
            device: Device::Cpu,
            threads: 1,
            replicas: None,
            seconds_limit: 600.0,
            memory_limit_gib: None,
        }),
        sampling: Sampling::default(),
        price: None,
    }
}

fn setup(name: &str, model: &str, strategy: StrategyPlan) -> SetupPlan {
    SetupPlan { name: name.into(), model: model.into(), strategy, prompt: "default".into() }
}

#[test]
fn the_design_s_example_comes_to_this() {
    let (experiment, source) = good(EXAMPLE);
    let hosted = ModelPlan {
        name: "hosted".into(),
        source: ModelSource::Openai(OpenaiModel {
            base_url: "http://localhost:8000/v1".into(),
            model: "qwen3-32b".into(),
            api_key_env: Some("LLM_KEY".into()),
            context_tokens: 32_768,
            tokenizer: None,
            requests_in_flight: 8,
            seconds_limit: 120.0,
            tries: 5,
            parameters: None,
        }),
        sampling: Sampling::default(),
        price: Some(Price {
            usd_per_million_input: 0.4,
            usd_per_million_output: 1.2,
            as_of: "2026-11-01".into(),
        }),
    };
    let hybrid = RetrieverPlan {
        name: "hybrid".into(),
        chunks: ChunkPlan { tokens: 160, overlap: 32, tokenizer: None },
        lexical: Some(LexicalPlan {}),
        dense: Some(DensePlan {
            qdrant: Some(QdrantPlan {
                url: Some("http://localhost:6334".into()),
                api_key_env: None,
                hnsw: None,
                shards: None,
                replicas: None,
                seconds_limit: 10.0,
            }),
            embedder: EmbedderPlan {
                model: "models/lab/embedder".into(),
                query_prefix: String::new(),
                passage_prefix: String::new(),
                pooling: Pooling::Mean,
                max_tokens: 512,
                batch: 16,
            },
        }),
        fusion: Some(FusionPlan::Rrf { k: 60.0 }),
        depth: 20,
        rerank: None,
    };
    let retrieval = StrategyPlan::Retrieval {
        retriever: "hybrid".into(),
        passages: 5,
        budget_tokens: None,
        order: PassageOrder::BestFirst,
        citations: false,
    };
    let long =
        StrategyPlan::LongContext { budget_tokens: Some(1536), retriever: None, citations: false };
    let expected = Experiment {
        name: "x".into(),
        title: "Does a 1M-parameter model with our handbook beat a 16M-parameter model without it?"
            .into(),
        corpus: "lab".into(),
        questions: QuestionSelection {
            split: Some("test".into()),
            kinds: None,
            sample: Some(200),
            seed: 7,
            drafts: false,
        },
        repeats: 1,
        models: vec![local("small"), local("large"), hosted],
        retrievers: vec![hybrid],
        setups: vec![
            setup("small-rag", "small", retrieval),
            setup("large-closed-book", "large", StrategyPlan::ClosedBook {}),
            setup("large-long-context", "large", long),
        ],
        decision: Decision {
            measure: Measure::Correct,
            margin: 0.03,
            confidence: 0.95,
            resamples: 10_000,
            seed: 0,
            limits: Limits {
                p95_seconds: Some(3.0),
                usd_per_thousand: Some(1.0),
                memory_gib: Some(8.0),
            },
        },
    };
    assert_eq!(experiment, expected);
    let warned: Vec<_> = source.warnings.iter().map(|warning| &*warning.message).collect();
    assert_eq!(warned, ["no setup uses the model `hosted`"]);
}

#[test]
fn a_short_file_has_the_defaults() {
    let (experiment, source) = good(GOOD);
    assert_eq!(experiment.questions, QuestionSelection::default());
    assert_eq!(experiment.decision, Decision::default());
    assert_eq!(experiment.models[0].source, ModelSource::Scripted(ScriptedModel::default()));
    assert_eq!(experiment.retrievers[0].fusion, None);
    assert_eq!(source.warnings, []);
}

#[test]
fn a_file_is_named_for_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("handbook.toml");
    crate::file::write_whole(&path, GOOD.as_bytes()).unwrap();
    let (experiment, source) = load(&path).unwrap();
    assert_eq!(experiment.name, "handbook");
    assert_eq!((source.path, source.text.as_str()), (path, GOOD));
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_a_remedy() {
    let error = load(Path::new("/nowhere/x.toml")).unwrap_err();
    assert!(matches!(error, ConfigError::File(_)));
    assert!(error.hint().is_some());
}
