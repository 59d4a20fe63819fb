//! What an experiment names, held against the world, before an hour of work is spent.
//!
//! Enters: a checked experiment and its corpus. Leaves: every problem at once, each at its line of
//! the file. Opens every path the file names and reads headers; loads nothing heavy.

mod models;
mod retrievers;
mod servers;
mod setup;

pub use servers::servers;

use super::error::RunError;
use super::loaded::Loaded;
use super::models::KnownModel;
use super::standing::Standing;
use super::weights::WeightsFolder;
use super::{checksums, weights};
use crate::config::{ConfigErrors, Problem, SetupPlan, Source};
use crate::model::{note, vocabulary};
use crate::tokens::Tokens;
use std::collections::HashMap;
use std::path::Path;

/// What a check found.
pub struct Findings {
    source: Source,
    /// What has to be mended first.
    pub problems: Vec<Problem>,
    /// What is odd but allowed.
    pub warnings: Vec<String>,
}

impl Findings {
    /// An error with every problem, if there is one.
    ///
    /// # Errors
    /// When there is a problem.
    pub fn into_result(self) -> Result<Vec<String>, RunError> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(ConfigErrors::new(&self.source, self.problems).into())
        }
    }
}

/// Holds everything the file names against the world.
pub fn check(loaded: &Loaded) -> Findings {
    check_open(loaded, None, None)
}

/// As [`check`], without what takes long (tokenizers, templates, a prompt for each question) of whatever is
/// `standing`: nothing is asked of it. `models` are those that setups use, where all could be described.
pub(super) fn check_open<'a>(
    loaded: &'a Loaded,
    models: Option<&HashMap<&'a str, KnownModel<'a>>>,
    standing: Option<&'a Standing>,
) -> Findings {
    let mut checker = Checker::of(loaded, standing);
    checker.questions();
    checker.weights(weights::folders(&loaded.experiment, &loaded.workspace));
    let described;
    let models = match models {
        Some(models) => models,
        None => {
            described = checker.describe();
            &described
        }
    };
    checker.models(models);
    // Where hits stand, no retriever is opened.
    let setups = &loaded.experiment.setups;
    if standing.is_none() {
        checker.retrievers(|name| {
            setups.is_empty() || setups.iter().any(|setup| setup.strategy.retriever() == Some(name))
        });
    }
    for setup in setups {
        if checker.is_open(setup) {
            checker.setup(setup, models.get(setup.model.as_str()));
        }
    }
    checker.reports_folder();
    checker.findings()
}

/// Holds the file's retrievers against the world, whether a setup uses them or not.
pub fn check_retrievers(loaded: &Loaded) -> Findings {
    let mut checker = Checker::of(loaded, None);
    if let Err(error) = loaded.questions_for_retrieval() {
        checker.problem("questions", &error, error.hint());
    }
    checker.weights(weights::of_retrievers(&loaded.experiment, &loaded.workspace));
    checker.retrievers(|_| true);
    checker.reports_folder();
    checker.findings()
}

struct Checker<'a> {
    loaded: &'a Loaded,
    standing: Option<&'a Standing>,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl<'a> Checker<'a> {
    fn of(loaded: &'a Loaded, standing: Option<&'a Standing>) -> Self {
        Self { loaded, standing, problems: Vec::new(), warnings: Vec::new() }
    }

    fn findings(self) -> Findings {
        Findings {
            source: self.loaded.source.clone(),
            problems: self.problems,
            warnings: self.warnings,
        }
    }

    fn problem(&mut self, key: &str, error: &dyn std::error::Error, hint: Option<String>) {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        self.say(key, message, hint);
    }

    fn say(&mut self, key: &str, message: String, hint: Option<String>) {
        self.problems.push(self.loaded.source.problem(key, message, hint));
    }

    /// Whether something may be asked of a setup.
    fn is_open(&self, setup: &SetupPlan) -> bool {
        self.standing.is_none_or(|standing| !standing.is_settled(&setup.name))
    }

    fn questions(&mut self) {
        if let Err(error) = self.loaded.questions() {
            self.problem("questions", &error, error.hint());
        }
    }

    /// What stands beside the weights: recorded hashes and a note for the reader.
    fn weights(&mut self, folders: Vec<WeightsFolder>) {
        for weights in folders {
            for error in checksums::check(&weights.folder, &self.loaded.hashes) {
                self.problem(&weights.key, &error, error.hint());
            }
            if let Err(error) = note::read(&weights.folder) {
                self.problem(&weights.key, &error, error.hint());
            }
        }
    }

    /// A tokenizer of another model.
    fn vocabulary(&mut self, key: &str, folder: &Path, tokens: &Tokens) {
        if let Err(error) = vocabulary::check(folder, tokens) {
            self.problem(key, &error, error.hint());
        }
    }

    /// A report that cannot be written is known before the first trial.
    fn reports_folder(&mut self) {
        let folder = self.loaded.workspace.report(&self.loaded.experiment.name);
        let Some(existing) = folder.ancestors().find(|folder| folder.exists()) else { return };
        if !existing.is_dir() {
            self.say(
                "title",
                format!(
                    "{} is not a folder, and the report is to be written there",
                    existing.display()
                ),
                Some("move it away".into()),
            );
        } else if let Err(source) = tempfile::tempfile_in(existing) {
            let error = crate::file::FileError::io("write to", existing)(source);
            self.problem("title", &error, error.hint());
        }
    }
}
