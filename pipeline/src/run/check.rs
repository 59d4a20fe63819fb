//! What an experiment names, held against the world, before an hour of work is spent.
//!
//! Enters: a checked experiment and its corpus. Leaves: every problem at once, each at its line of
//! the file. Opens every path the file names and reads headers; loads nothing heavy.

mod models;
mod retrievers;
mod servers;

pub use servers::servers;

use super::error::RunError;
use super::loaded::{Loaded, hits_of_none};
use super::models::KnownModel;
use super::weights::WeightsFolder;
use super::{checksums, weights};
use crate::config::{ConfigErrors, Problem, SetupPlan, Source, StrategyPlan};
use crate::model::{note, vocabulary};
use crate::prompt::{PromptMaker, Template};
use crate::tokens::Tokens;
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
    let mut checker = Checker::of(loaded);
    checker.questions();
    checker.weights(weights::folders(&loaded.experiment, &loaded.workspace));
    let models = checker.models();
    let setups = &loaded.experiment.setups;
    checker.retrievers(|name| {
        setups.is_empty() || setups.iter().any(|setup| setup.strategy.retriever() == Some(name))
    });
    for setup in setups {
        checker.setup(setup, models.get(setup.model.as_str()));
    }
    checker.reports_folder();
    checker.findings()
}

/// Holds the file's retrievers against the world, whether a setup uses them or not.
pub fn check_retrievers(loaded: &Loaded) -> Findings {
    let mut checker = Checker::of(loaded);
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
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl<'a> Checker<'a> {
    fn of(loaded: &'a Loaded) -> Self {
        Self { loaded, problems: Vec::new(), warnings: Vec::new() }
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

    fn vocabulary(&mut self, key: &str, folder: &Path, tokens: &Tokens) {
        if let Err(error) = vocabulary::check(folder, tokens) {
            self.problem(key, &error, error.hint());
        }
    }

    fn setup(&mut self, setup: &SetupPlan, model: Option<&KnownModel<'_>>) {
        let key = Source::key("setup", &setup.name);
        if self.loaded.corpus.is_without_text() && setup.strategy != (StrategyPlan::ClosedBook {}) {
            self.say(
                &format!("{key}.strategy"),
                format!("the corpus `{}` has no documents", self.loaded.corpus.name),
                Some("write `strategy.closed-book = {}`, or put documents into the corpus".into()),
            );
            return;
        }
        let template = match Template::load(&self.loaded.workspace.root, &setup.prompt) {
            Ok(template) => template,
            Err(error) => {
                self.problem(&format!("{key}.prompt"), &error, error.hint());
                return;
            }
        };
        let (Some(model), Ok(questions)) = (model, self.loaded.questions()) else { return };
        if model.is_recorded() {
            return;
        }
        let (Ok(tokens), Ok(chat)) = (model.tokens(), model.chat()) else { return };
        let answer_tokens = model.plan.sampling.answer_tokens;
        let window = model.window_tokens();
        // Without hits, the prompt is the question alone; the oracle's and the long context's
        // passages are known already.
        let maker =
            PromptMaker::new(template, chat, tokens, window, answer_tokens, setup.strategy.clone());
        for question in &questions {
            match maker.make(question, &self.loaded.corpus, hits_of_none()) {
                Err(error) => {
                    self.problem(&key, &error, error.hint());
                    return;
                }
                Ok(prompt) => {
                    let place = format!("{key}.strategy");
                    match &setup.strategy {
                        StrategyPlan::Retrieval { .. }
                        | StrategyPlan::Oracle { distractors: Some(_), .. } => {
                            let chunk = setup
                                .strategy
                                .retriever()
                                .and_then(|name| self.loaded.experiment.retriever(name))
                                .map_or(0, |plan| plan.chunks.tokens);
                            if prompt.tokens + chunk + answer_tokens > window {
                                self.say(
                                    &place,
                                    format!(
                                        "the window of {window} tokens is too small for one passage: question `{}` takes {}, a chunk up to {chunk}, the answer up to {answer_tokens}",
                                        question.id, prompt.tokens
                                    ),
                                    Some("raise `context_tokens`, lower `answer_tokens` or cut smaller chunks".into()),
                                );
                                return;
                            }
                        }
                        StrategyPlan::LongContext { retriever: None, .. }
                            if prompt.cut_passages > 0 =>
                        {
                            self.say(
                                &place,
                                format!(
                                    "the corpus does not fit: {} of {} documents would be left out by their names' order",
                                    prompt.cut_passages,
                                    self.loaded.corpus.documents.len()
                                ),
                                Some("name a `retriever`, so that the documents are chosen by rank".into()),
                            );
                            return;
                        }
                        _ => {}
                    }
                }
            }
            // A long context is the same for every question: one is enough, and it is the slow one.
            if matches!(setup.strategy, StrategyPlan::LongContext { .. }) {
                break;
            }
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
