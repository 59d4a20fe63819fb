//! What an experiment names, held against the world, before an hour of work is spent.
//!
//! Enters: a checked experiment and its corpus. Leaves: every problem at once, each at its line of
//! the file. Opens every path the file names and reads headers; loads nothing heavy.

use super::error::RunError;
use super::loaded::{Loaded, hits_of_none};
use super::models::KnownModel;
use super::{checksums, weights};
use crate::config::{ConfigErrors, ModelSource, Problem, SetupPlan, StrategyPlan};
use crate::embed::{self, EmbedderSource, Host, runtime};
use crate::model::recorded::Recorded;
use crate::model::script::Script;
use crate::model::{architectures, note, vocabulary};
use crate::prompt::{PromptMaker, Template};
use crate::retrieve::reranker_fingerprint;
use crate::tokens::Tokens;
use std::collections::BTreeMap;
use std::path::Path;

/// What a check found.
pub struct Findings {
    source: crate::config::Source,
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
    let mut checker = Checker { loaded, problems: Vec::new(), warnings: Vec::new() };
    checker.questions();
    checker.weights();
    let models = checker.models();
    checker.retrievers();
    for setup in &loaded.experiment.setups {
        checker.setup(setup, models.get(setup.model.as_str()));
    }
    checker.reports_folder();
    Findings {
        source: loaded.source.clone(),
        problems: checker.problems,
        warnings: checker.warnings,
    }
}

struct Checker<'a> {
    loaded: &'a Loaded,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl<'a> Checker<'a> {
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
    fn weights(&mut self) {
        let loaded = self.loaded;
        for weights in weights::folders(&loaded.experiment, &loaded.workspace) {
            for error in checksums::check(&weights.folder, &loaded.hashes) {
                self.problem(&weights.key, &error, error.hint());
            }
            if let Err(error) = note::read(&weights.folder) {
                self.problem(&weights.key, &error, error.hint());
            }
        }
    }

    fn models(&mut self) -> BTreeMap<&'a str, KnownModel<'a>> {
        let mut known = BTreeMap::new();
        let loaded = self.loaded;
        for plan in &loaded.experiment.models {
            let used = loaded.experiment.setups.iter().any(|setup| setup.model == plan.name);
            if !used {
                continue;
            }
            let key = format!("model.{}", plan.name);
            let model = match KnownModel::describe(plan, &loaded.workspace, &loaded.hashes) {
                Ok(model) => model,
                Err(error) => {
                    let place = match &plan.source {
                        ModelSource::Mistralrs(_) => "mistralrs.path",
                        ModelSource::Openai(_) => "openai",
                        ModelSource::Recorded(_) => "recorded.path",
                        ModelSource::Scripted(_) => "scripted",
                    };
                    self.problem(&format!("{key}.{place}"), &error, error.hint());
                    continue;
                }
            };
            self.model(&key, &model);
            known.insert(plan.name.as_str(), model);
        }
        known
    }

    fn model(&mut self, key: &str, model: &KnownModel<'_>) {
        if let Err(error) = model.tokens() {
            self.problem(&format!("{key}.mistralrs.path"), &error, error.hint());
        }
        if let Err(error) = model.chat() {
            self.problem(&format!("{key}.mistralrs.path"), &error, error.hint());
        }
        match &model.plan.source {
            ModelSource::Mistralrs(plan) => {
                // A GGUF file brings its own vocabulary, and its folder need not have the other.
                if plan.file.is_none()
                    && let (Some(folder), Ok(tokens)) = (model.folder(), model.tokens())
                {
                    self.vocabulary(&format!("{key}.mistralrs.path"), folder, &tokens);
                }
                if !cfg!(feature = "engines") {
                    self.say(
                        &format!("{key}.mistralrs"),
                        "this build has no local engines".into(),
                        Some("build without `--no-default-features`, or name an endpoint".into()),
                    );
                }
                let name = model.facts.architecture.as_deref().unwrap_or("none");
                if !architectures::is_supported(name, plan.device) {
                    self.say(
                        &format!("{key}.mistralrs.path"),
                        format!("the model's architecture is `{name}`, which cannot be run here"),
                        Some(format!(
                            "choose a model of one of these: {}",
                            architectures::supported(plan.device).join(", ")
                        )),
                    );
                }
                if let Some(window) = model.facts.window_tokens
                    && plan.context_tokens > window
                {
                    self.say(
                        &format!("{key}.mistralrs.context_tokens"),
                        format!("the model's own window has {window} tokens"),
                        Some(format!("write `context_tokens = {}`", window / 512 * 512)),
                    );
                }
            }
            ModelSource::Openai(plan) => {
                if let Some(name) = &plan.api_key_env
                    && self.loaded.environment.key(Some(name)).is_none()
                {
                    self.say(
                        &format!("{key}.openai.api_key_env"),
                        format!("the environment variable `{name}` is not set"),
                        Some(format!("run `export {name}=...` first, or remove `api_key_env` for a server without a key")),
                    );
                }
            }
            ModelSource::Recorded(plan) => {
                match Recorded::load(&self.loaded.workspace.path(&plan.path)) {
                    Err(error) => {
                        self.problem(&format!("{key}.recorded.path"), &error, error.hint());
                    }
                    Ok(recorded) => self.recorded(model, &recorded),
                }
            }
            ModelSource::Scripted(plan) => {
                if let Some(script) = &plan.script
                    && let Err(error) = Script::load(&self.loaded.workspace.path(script), plan)
                {
                    self.problem(&format!("{key}.scripted.script"), &error, error.hint());
                }
            }
        }
    }

    fn vocabulary(&mut self, key: &str, folder: &Path, tokens: &Tokens) {
        if let Err(error) = vocabulary::check(folder, tokens) {
            self.problem(key, &error, error.hint());
        }
    }

    fn recorded(&mut self, model: &KnownModel<'_>, recorded: &Recorded) {
        let Ok(questions) = self.loaded.questions() else { return };
        let ids = questions.iter().map(|question| question.id.as_str());
        let missing = recorded.missing(ids, self.loaded.experiment.repeats);
        if let Some((first, _)) = missing.first() {
            self.warnings.push(format!(
                "model `{}`: {} answers are missing in the file, the first for question `{first}`; they count as failed",
                model.plan.name,
                missing.len()
            ));
        }
    }

    fn retrievers(&mut self) {
        let loaded = self.loaded;
        let hash = |path: &Path| loaded.hashes.of(path);
        for plan in &loaded.experiment.retrievers {
            let setups = &loaded.experiment.setups;
            let used = setups.is_empty()
                || setups
                    .iter()
                    .any(|setup| setup.strategy.retriever() == Some(plan.name.as_str()));
            if !used {
                continue;
            }
            let key = format!("retriever.{}", plan.name);
            if let Some(tokenizer) = &plan.chunks.tokenizer
                && let Err(error) = Tokens::from_folder(&loaded.workspace.path(tokenizer))
            {
                self.problem(&format!("{key}.chunks.tokenizer"), &error, error.hint());
            }
            if let Some(dense) = &plan.dense {
                let place = format!("{key}.dense.embedder");
                let root = &loaded.workspace.root;
                match embed::fingerprint(&dense.embedder, root, &hash) {
                    Err(error) => self.problem(&place, &error, error.hint()),
                    Ok(_) => self.runtime(&place, &dense.embedder.model),
                }
                if let Ok(EmbedderSource::Qwen3 { folder }) =
                    embed::resolve(&dense.embedder.model, root)
                    && let Ok(tokens) = Tokens::from_folder(&folder)
                {
                    self.vocabulary(&place, &folder, &tokens);
                }
                if let Some(name) = dense.qdrant.as_ref().and_then(|q| q.api_key_env.as_ref())
                    && loaded.environment.key(Some(name)).is_none()
                {
                    self.say(
                        &format!("{key}.dense.qdrant.api_key_env"),
                        format!("the environment variable `{name}` is not set"),
                        Some(format!("run `export {name}=...` first")),
                    );
                }
            }
            if let Some(rerank) = &plan.rerank
                && let Err(error) = reranker_fingerprint(rerank, &loaded.workspace.root, &hash)
            {
                self.problem(&format!("{key}.rerank.model"), &error, error.hint());
            }
        }
    }

    /// ONNX Runtime, where the embedder needs it.
    fn runtime(&mut self, place: &str, model: &str) {
        let root = &self.loaded.workspace.root;
        let Ok(EmbedderSource::Onnx { folder }) = embed::resolve(model, root) else { return };
        let host = Host {
            root,
            cache_folder: self.loaded.workspace.cache_vectors(),
            ort_dylib: self.loaded.environment.ort_dylib.as_deref(),
            hub_folder: None,
            threads: None,
        };
        if let Err(error) = runtime::locate(&host, Some(&folder)) {
            self.problem(place, &error, error.hint());
        }
    }

    fn setup(&mut self, setup: &SetupPlan, model: Option<&KnownModel<'_>>) {
        let key = format!("setup.{}", setup.name);
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
