//! An experiment with everything it names read, and nothing heavy loaded.

use super::environment::Environment;
use super::error::RunError;
use super::hashes::FileHashes;
use super::hits::AllHits;
use super::models::KnownModel;
use super::progress::{Voice, hint, warn};
use super::provenance::{Build, CorpusFacts, Machine, ModelRun, Provenance};
use super::retrieval::RetrievalStage;
use super::weights;
use super::workspace::Workspace;
use crate::config::{self, Experiment, ModelSource, RetrieverPlan, Source};
use crate::corpus::{Asked, Corpus, Question, RETRIEVAL, select, select_asked};
use crate::extract::Extractor;
use crate::fingerprint::Fingerprint;
use crate::retrieve::Hit;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Warnings of a corpus that are shown one by one: of a folder with thousands of scans the first say enough.
const WARNINGS_SHOWN: usize = 20;

/// An experiment and the world it needs.
pub struct Loaded {
    /// The checked file.
    pub experiment: Experiment,
    /// Its text and spans.
    pub source: Source,
    /// Where things lie.
    pub workspace: Workspace,
    /// Keys and places.
    pub environment: Environment,
    /// Documents and questions.
    pub corpus: Corpus,
    /// Hashes of large files.
    pub hashes: FileHashes,
}

impl Loaded {
    /// Reads the experiment file and its corpus.
    ///
    /// # Errors
    /// When either is wrong.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let (experiment, source) = config::load(path)?;
        let environment =
            Environment::current(key_names(&experiment)).map_err(RunError::Program)?;
        let workspace = Workspace::of_experiment(path, &environment.current_folder);
        let hashes = FileHashes::open(&workspace.cache());
        let extractor = Extractor::new(environment.program.clone(), &workspace.cache_texts());
        let load = match experiment.questions.drafts {
            true => Corpus::load_with_drafts,
            false => Corpus::load,
        };
        let corpus = load(&workspace.root, &experiment.corpus, &extractor)?;
        Ok(Self { experiment, source, workspace, environment, corpus, hashes })
    }

    /// The questions that the experiment's setups are asked, in the order of the corpus; those that
    /// retrievers are asked where there is no setup.
    ///
    /// # Errors
    /// When split or kinds are unknown, nothing is left, or what is left has no answers.
    pub fn questions(&self) -> Result<Vec<&Question>, RunError> {
        Ok(self.asked()?.questions)
    }

    /// The questions that retrievers are asked: also those that no answer can be right or wrong for.
    ///
    /// # Errors
    /// When split or kinds are unknown, or nothing is left.
    pub fn questions_for_retrieval(&self) -> Result<Vec<&Question>, RunError> {
        Ok(select(&self.corpus.questions, &self.experiment.questions)?)
    }

    /// Says what to know of the corpus before it is used.
    pub fn say_caveats(&self, voice: Voice) {
        let warnings = &self.corpus.warnings;
        for warning in warnings.iter().take(WARNINGS_SHOWN) {
            warn(voice, &warning.to_string());
            hint(voice, &warning.hint());
        }
        if let Some(more) = warnings.len().checked_sub(WARNINGS_SHOWN).filter(|more| *more > 0) {
            let name = &self.corpus.name;
            warn(
                voice,
                &format!("{more} more of the corpus; `ragscale corpus check {name}` shows all"),
            );
        }
        if let Some(text) = self.left_out() {
            warn(voice, &text);
        }
    }

    fn asked(&self) -> Result<Asked<'_>, RunError> {
        if self.experiment.setups.is_empty() {
            return Ok(Asked { questions: self.questions_for_retrieval()?, left_out: 0 });
        }
        Ok(select_asked(&self.corpus.questions, &self.experiment.questions)?)
    }

    /// What to know where setups are not asked all that was selected; none where they are.
    fn left_out(&self) -> Option<String> {
        let asked = self.asked().ok().filter(|asked| asked.left_out > 0)?;
        Some(format!(
            "{} selected questions of the kind `{RETRIEVAL}` are left out: no answer to them is right or wrong; \
             `ragscale retrieve` measures rankings on them",
            asked.left_out
        ))
    }

    /// The models that setups use, by name.
    ///
    /// # Errors
    /// The first whose files cannot be described; `check` shows all.
    pub fn models(&self) -> Result<HashMap<&str, KnownModel<'_>>, RunError> {
        let used: BTreeSet<&str> =
            self.experiment.setups.iter().map(|setup| setup.model.as_str()).collect();
        self.experiment
            .models
            .iter()
            .filter(|plan| used.contains(plan.name.as_str()))
            .map(|plan| {
                KnownModel::describe(plan, &self.workspace, &self.hashes)
                    .map(|model| (plan.name.as_str(), model))
                    .map_err(|source| RunError::Model { name: plan.name.clone(), source })
            })
            .collect()
    }

    /// The retrievers that setups use, in the file's order.
    pub(super) fn retrievers_in_use(&self) -> Vec<&RetrieverPlan> {
        let is_used = |plan: &&RetrieverPlan| {
            let name = Some(plan.name.as_str());
            self.experiment.setups.iter().any(|setup| setup.strategy.retriever() == name)
        };
        self.experiment.retrievers.iter().filter(is_used).collect()
    }

    /// The retrieval stage over `questions`; ends early when `stopping` is set.
    pub fn retrieval<'a>(
        &'a self,
        questions: &'a [&'a Question],
        voice: Voice,
        stopping: &'a Arc<AtomicBool>,
    ) -> RetrievalStage<'a> {
        RetrievalStage {
            workspace: &self.workspace,
            corpus: &self.corpus,
            questions,
            hashes: &self.hashes,
            environment: &self.environment,
            voice,
            stopping,
        }
    }

    /// Where the numbers of this run will come from. `before` is what the last run wrote.
    ///
    /// # Errors
    /// When a note of the weights cannot be shown.
    pub(super) fn provenance(
        &self,
        models: &HashMap<&str, KnownModel<'_>>,
        hits: &AllHits,
        before: Option<&Provenance>,
    ) -> Result<Provenance, RunError> {
        let model_run = |name: &str, model: &KnownModel<'_>| {
            let earlier = before.and_then(|before| before.models.get(name));
            // Answers that are there already came as they came from this very model.
            let same = earlier.filter(|run| run.identity.as_ref() == Some(&model.identity));
            ModelRun {
                facts: model.facts.clone(),
                // What really ran is not known when everything was finished before.
                concurrency: earlier.map_or(0, |run| run.concurrency),
                threads: model.threads(),
                context_tokens: (!model.is_recorded()).then(|| model.window_tokens()),
                failure: None,
                identity: Some(model.identity.clone()),
                rejected_fields: same.map(|run| run.rejected_fields.clone()).unwrap_or_default(),
            }
        };
        let mut warnings = standing_warnings(self, hits);
        let used = self.experiment.models.iter().filter_map(|plan| models.get(plan.name.as_str()));
        warnings.extend(used.filter_map(KnownModel::template_caveat));
        let models: BTreeMap<String, ModelRun> = models
            .iter()
            .map(|(name, model)| ((*name).to_owned(), model_run(name, model)))
            .collect();
        warnings.extend(models.iter().filter_map(|(name, run)| run.caveat(name)));
        Ok(Provenance {
            build: Build::current(),
            machine: Machine::current(),
            corpus: CorpusFacts {
                name: self.corpus.name.clone(),
                title: self.corpus.title.clone(),
                language: self.corpus.language.clone(),
                licence: self.corpus.licence.clone(),
                manifest: self.corpus.manifest.clone(),
            },
            models,
            retrievers: hits.runs.clone(),
            experiment_sha256: Fingerprint::of(self.source.text.as_bytes()),
            warnings,
            notes: self.notes()?,
        })
    }

    /// What the weights in use say of themselves, each note once.
    ///
    /// # Errors
    /// When a note cannot be shown.
    pub fn notes(&self) -> Result<Vec<String>, RunError> {
        Ok(weights::notes(&self.experiment, &self.workspace)?)
    }
}

/// What a prompt is made with before anything was retrieved.
pub(super) fn hits_of_none() -> &'static [Hit] {
    &[]
}

/// Variables that hold keys.
pub(super) fn key_names(experiment: &Experiment) -> Vec<String> {
    let models = experiment.models.iter().filter_map(|model| match &model.source {
        ModelSource::Openai(model) => model.api_key_env.clone(),
        _ => None,
    });
    let servers = experiment
        .retrievers
        .iter()
        .filter_map(|retriever| retriever.dense.as_ref()?.qdrant.as_ref()?.api_key_env.clone());
    models.chain(servers).collect()
}

/// What a reader of the report has to know, whatever happens in this run.
fn standing_warnings(loaded: &Loaded, hits: &AllHits) -> Vec<String> {
    let mut warnings: Vec<String> =
        loaded.corpus.warnings.iter().map(ToString::to_string).collect();
    warnings.extend(loaded.left_out());
    warnings.extend(hits.warnings.iter().cloned());
    warnings
}
