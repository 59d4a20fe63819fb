//! The lab's models as mistralrs runs them, held to the forward pass of the trainer that made them.

use crate::worker_engine::spec;
use ragscale::config::Sampling;
use ragscale::model::worker::WorkerPool;
use ragscale::model::{LanguageModel, Message, Request, Speaker};
use ragscale::prompt::Chat;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of a model's `forward.jsonl`, as `models/lab/train/forward.py` writes it.
#[derive(serde::Deserialize)]
struct Forward {
    message: String,
    prompt: String,
    prompt_tokens: usize,
    answer: String,
    log_probabilities: Vec<f64>,
}

/// Log-probabilities of two forward passes in f32 may differ by so much.
const TOLERANCE: f64 = 1e-2;

fn folders() -> Vec<PathBuf> {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lab");
    let mut folders: Vec<PathBuf> = fs::read_dir(lab)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("forward.jsonl").is_file())
        .collect();
    folders.sort();
    folders
}

async fn agrees(folder: &Path) {
    let text = fs::read_to_string(folder.join("forward.jsonl")).unwrap();
    let lines: Vec<Forward> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 100, "{}", folder.display());
    let config: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("config.json")).unwrap()).unwrap();
    let mut spec = spec(folder);
    spec.load.context_tokens = config["max_position_embeddings"].as_u64().unwrap() as usize;
    let program = PathBuf::from(env!("CARGO_BIN_EXE_ragscale"));
    let pool = WorkerPool::start(spec, 1, program, vec!["worker".into()]).await.unwrap();
    let chat = Chat::from_folder(folder).unwrap();
    let sampling = Sampling { answer_tokens: 48, log_probabilities: true, ..Sampling::default() };
    for line in lines {
        let messages = vec![Message { role: Speaker::User, content: line.message }];
        let text = chat.render(&messages).unwrap();
        assert_eq!(text, line.prompt, "what the chat template makes of a message");
        let request =
            Request { question: "q".into(), repeat: 0, messages, text, sampling: sampling.clone() };
        let generation = pool.generate(&request).await.unwrap();
        let place = format!("{}: {}", folder.display(), line.prompt);
        assert_eq!(generation.prompt_tokens.count, line.prompt_tokens, "{place}");
        assert_eq!(generation.text, line.answer, "{place}");
        let found = generation.log_probabilities.unwrap();
        assert_eq!(found.len(), line.log_probabilities.len(), "{place}");
        for (found, expected) in found.iter().zip(&line.log_probabilities) {
            assert!((found - expected).abs() < TOLERANCE, "{found} for {expected}: {place}");
        }
    }
}

#[tokio::test]
async fn mistralrs_runs_the_models_that_were_trained() {
    let folders = folders();
    let names: Vec<&str> =
        folders.iter().map(|folder| folder.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["experts", "l", "long", "m", "s", "specialist", "xs"]);
    for folder in folders {
        agrees(&folder).await;
    }
}
