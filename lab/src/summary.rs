//! What cards need of a report's `summary.json`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The numbers of a report.
#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    /// What ran.
    pub models: Vec<Model>,
    /// What was compared.
    pub setups: Vec<Setup>,
    /// What searched.
    pub retrievers: Vec<Retriever>,
}

/// A model of an experiment.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    /// In the experiment.
    pub name: String,
    /// A folder, where it has weights.
    pub weights: Option<String>,
}

/// A setup over all questions.
#[derive(Debug, Clone, Deserialize)]
pub struct Setup {
    /// In the experiment.
    pub name: String,
    /// The model's name.
    pub model: String,
    /// Correct, by kind of question.
    pub kinds: BTreeMap<String, Cell>,
    /// Answers that satisfy their schema.
    pub valid_json: Option<Cell>,
}

/// A retriever over all questions with evidence.
#[derive(Debug, Clone, Deserialize)]
pub struct Retriever {
    /// In the experiment.
    pub name: String,
    /// Whether it searches words.
    pub lexical: bool,
    /// The folder of its embedder.
    pub embedder: Option<String>,
    /// By kind of question, then measure.
    pub kinds: BTreeMap<String, BTreeMap<String, Cell>>,
}

/// A share, over how many, and its interval.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Cell {
    /// Questions.
    pub n: usize,
    /// 0 to 1.
    pub mean: f64,
    /// Low and high.
    pub interval: [f64; 2],
}

impl Cell {
    /// `88 % [83, 91]`.
    pub fn percent(&self) -> String {
        // Halves go up, as they do in reports.
        let whole = |share: f64| (share * 100.0 + 1e-9).round();
        let [low, high] = self.interval.map(whole);
        format!("{:.0} % [{low:.0}, {high:.0}]", whole(self.mean))
    }
}

impl Summary {
    /// The setups whose model has its weights in that folder.
    pub fn setups_of(&self, weights: &str) -> Vec<&Setup> {
        let is_of = |setup: &&Setup| {
            self.models
                .iter()
                .any(|model| model.name == setup.model && model.weights.as_deref() == Some(weights))
        };
        self.setups.iter().filter(is_of).collect()
    }
}
