//! Everything a report is made from: the files of its folder, and nothing else.

use crate::config::{self, Experiment, SetupPlan};
use crate::corpus::Question;
use crate::file::{self, FileError};
use crate::report::ReportError;
use crate::retrieve::Retrieved;
use crate::run::provenance::Provenance;
use crate::run::{StoredQuestion, Trial, store};
use std::collections::HashMap;
use std::path::Path;

/// A report's folder in memory.
pub struct Material {
    /// From `plan.toml`.
    pub experiment: Experiment,
    /// From `questions.jsonl`, in their order.
    pub questions: Vec<Question>,
    /// From `hits.jsonl`.
    pub hits: Vec<Retrieved>,
    /// From `trials.jsonl`.
    pub trials: Vec<Trial>,
    /// From `provenance.json`.
    pub provenance: Provenance,
    places: HashMap<(String, String, u32), usize>,
    hit_places: HashMap<(String, String), usize>,
}

impl Material {
    /// Reads a report's folder.
    ///
    /// # Errors
    /// When a file is missing or broken.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let plan = folder.join("plan.toml");
        let name = std::path::absolute(folder)
            .map_err(FileError::io("read", folder))?
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !plan.is_file() {
            return Err(ReportError::NotAReport { folder: folder.to_owned() });
        }
        let (experiment, _) = config::parse(&name, &plan, &file::read_text(&plan)?)?;
        if experiment.setups.is_empty() {
            return Err(ReportError::NoSetups { folder: folder.to_owned() });
        }
        let questions = file::read_json_lines::<StoredQuestion>(&folder.join("questions.jsonl"))?
            .into_iter()
            .map(|(_, stored)| stored.restore())
            .collect();
        let hits_path = folder.join("hits.jsonl");
        let hits = if hits_path.exists() {
            file::read_json_lines::<Retrieved>(&hits_path)?
                .into_iter()
                .map(|(_, hits)| hits)
                .collect()
        } else {
            Vec::new()
        };
        let trials = store::read(&folder.join("trials.jsonl"))?;
        let provenance_path = folder.join("provenance.json");
        let provenance = serde_json::from_slice(&file::read(&provenance_path)?)
            .map_err(|source| FileError::Json { path: provenance_path, line: 1, source })?;
        let places = trials
            .iter()
            .enumerate()
            .map(|(place, trial)| {
                ((trial.setup.clone(), trial.question.clone(), trial.repeat), place)
            })
            .collect();
        let hit_places = hits
            .iter()
            .enumerate()
            .map(|(place, line): (usize, &Retrieved)| {
                ((line.retriever.clone(), line.question.clone()), place)
            })
            .collect();
        Ok(Self { experiment, questions, hits, trials, provenance, places, hit_places })
    }

    /// One trial, if it ran.
    pub fn trial(&self, setup: &str, question: &str, repeat: u32) -> Option<&Trial> {
        self.places
            .get(&(setup.to_owned(), question.to_owned(), repeat))
            .map(|place| &self.trials[*place])
    }

    /// What a retriever found for a question.
    pub fn retrieved(&self, retriever: &str, question: &str) -> Option<&Retrieved> {
        self.hit_places
            .get(&(retriever.to_owned(), question.to_owned()))
            .map(|place| &self.hits[*place])
    }

    /// Seconds of retrieval before a setup's prompt could be made.
    pub fn retrieval_seconds(&self, setup: &SetupPlan, question: &str) -> f64 {
        setup
            .strategy
            .retriever()
            .and_then(|retriever| self.retrieved(retriever, question))
            .map_or(0.0, |line| line.seconds.embed + line.seconds.search + line.seconds.rerank)
    }
}
