//! A plan's models: described from their files, started when something is to be asked.

use super::environment::Environment;
use super::hashes::FileHashes;
use super::provenance::Machine;
use super::workspace::Workspace;
use crate::config::{DataType, ModelPlan, ModelSource, Weights};
use crate::corpus::Question;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::model::endpoint::Endpoint;
use crate::model::recorded::Recorded;
use crate::model::script::Script;
use crate::model::scripted::Scripted;
use crate::model::worker::{WorkerPool, WorkerSpec, default_replicas};
use crate::model::{LanguageModel, ModelError, ModelFacts, facts};
use crate::prompt::{Chat, PromptError};
use crate::tokens::{Tokens, TokensError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Files beside the weights that decide what a model reads and writes.
const TEXT_FILES: [&str; 3] =
    ["tokenizer_config.json", "chat_template.jinja", "generation_config.json"];

/// A model as its files describe it. Nothing heavy is loaded.
pub struct KnownModel<'a> {
    /// The experiment's table.
    pub plan: &'a ModelPlan,
    /// Parameters, quantization, window.
    pub facts: ModelFacts,
    /// Of everything that decides its answers, sampling included.
    pub identity: Fingerprint,
    /// Folder of the weights, or of the endpoint's tokenizer.
    folder: Option<PathBuf>,
    /// Loaded when first asked for: a tokenizer takes tenths of a second, and setups share it.
    tokens: OnceLock<Tokens>,
    chat: OnceLock<Arc<Chat>>,
}

impl<'a> KnownModel<'a> {
    /// Reads headers and hashes.
    ///
    /// # Errors
    /// When files are missing, cut or of an unknown kind.
    pub fn describe(
        plan: &'a ModelPlan,
        workspace: &Workspace,
        hashes: &FileHashes,
    ) -> Result<Self, ModelError> {
        let hash = |path: &Path| hashes.of(path);
        let mut identity = FingerprintBuilder::new().json("sampling", &plan.sampling);
        let (facts, folder) = match &plan.source {
            ModelSource::Mistralrs(model) => {
                let folder = match &model.weights {
                    Weights::Path(path) => workspace.path(path),
                    Weights::Hub(name) => crate::model::hub::folder(name, &workspace.cache())?,
                };
                let cell_bytes = match model.data_type {
                    DataType::F32 => 4,
                    DataType::F16 | DataType::Bf16 | DataType::Auto => 2,
                };
                let mut facts = facts::inspect(&folder, model.file.as_deref(), cell_bytes, &hash)?;
                if let Some(isq) = &model.isq {
                    facts.quantization = Some(format!("{} (in situ)", isq.to_uppercase()));
                }
                identity = identity
                    .part("engine", engine_version())
                    .json("weights", &facts.sha256)
                    .json("isq", &model.isq)
                    .json("data type", &model.data_type)
                    .json("device", &model.device)
                    .json("threads", &model.threads)
                    .json("window", &model.context_tokens);
                for name in TEXT_FILES {
                    let path = folder.join(name);
                    if path.is_file() {
                        identity = identity.part(name, hash(&path)?.as_str());
                    }
                }
                (facts, Some(folder))
            }
            ModelSource::Openai(model) => {
                identity = identity
                    .part("address", &model.base_url)
                    .part("model", &model.model)
                    .json("window", &model.context_tokens);
                let folder = model.tokenizer.as_ref().map(|path| workspace.path(path));
                // It counts what fits and what is cut. Where it is missing, `tokens` says so.
                if let Some(path) = folder.as_ref().map(|folder| folder.join("tokenizer.json"))
                    && path.is_file()
                {
                    identity = identity.part("tokenizer", hash(&path)?.as_str());
                }
                let facts = ModelFacts {
                    source: "openai".into(),
                    parameters: model.parameters,
                    window_tokens: Some(model.context_tokens),
                    ..ModelFacts::default()
                };
                (facts, folder)
            }
            ModelSource::Recorded(model) => {
                let sha256 = hash(&workspace.path(&model.path))?;
                identity = identity.part("recorded", sha256.as_str());
                let facts = ModelFacts {
                    source: "recorded".into(),
                    sha256: Some(sha256),
                    ..ModelFacts::default()
                };
                (facts, None)
            }
            ModelSource::Scripted(model) => {
                identity = identity.json("scripted", model);
                if let Some(script) = &model.script {
                    identity = identity.part("script", hash(&workspace.path(script))?.as_str());
                }
                let facts = ModelFacts {
                    source: "scripted".into(),
                    window_tokens: Some(model.context_tokens),
                    ..ModelFacts::default()
                };
                (facts, None)
            }
        };
        Ok(Self {
            plan,
            facts,
            identity: identity.finish(),
            folder,
            tokens: OnceLock::new(),
            chat: OnceLock::new(),
        })
    }

    /// Folder of the weights, or of an endpoint's tokenizer.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What counts this model's tokens.
    ///
    /// # Errors
    /// When a tokenizer is named or needed and cannot be loaded.
    pub fn tokens(&self) -> Result<Tokens, TokensError> {
        if let Some(tokens) = self.tokens.get() {
            return Ok(tokens.clone());
        }
        let tokens = match (&self.plan.source, &self.folder) {
            (ModelSource::Scripted(_), _) => Tokens::Words,
            (_, Some(folder)) => Tokens::from_folder(folder)?,
            (_, None) => Tokens::Estimate,
        };
        Ok(self.tokens.get_or_init(|| tokens).clone())
    }

    /// How its conversations become text.
    ///
    /// # Errors
    /// When its chat template cannot be used.
    pub fn chat(&self) -> Result<Arc<Chat>, PromptError> {
        if let Some(chat) = self.chat.get() {
            return Ok(Arc::clone(chat));
        }
        let chat = match (&self.plan.source, &self.folder) {
            (ModelSource::Mistralrs(_), Some(folder)) => Chat::from_folder(folder)?,
            _ => Chat::plain(),
        };
        Ok(Arc::clone(self.chat.get_or_init(|| Arc::new(chat))))
    }

    /// What to know of prompts that are not written as the model was trained on them.
    pub fn template_caveat(&self) -> Option<String> {
        let is_local = matches!(self.plan.source, ModelSource::Mistralrs(_));
        let is_plain = is_local && self.chat().is_ok_and(|chat| !chat.has_template());
        is_plain.then(|| {
            format!(
                "model `{}`: its folder has no chat template (`chat_template.jinja`, or `chat_template` \
                 in `tokenizer_config.json`); prompts are plain text, as base models read it",
                self.plan.name
            )
        })
    }

    /// Tokens that prompt and answer share. Recorded answers were given to prompts that are not
    /// ours: nothing has to fit.
    pub fn window_tokens(&self) -> usize {
        match &self.plan.source {
            ModelSource::Mistralrs(model) => model.context_tokens,
            ModelSource::Openai(model) => model.context_tokens,
            ModelSource::Scripted(model) => model.context_tokens,
            ModelSource::Recorded(_) => usize::MAX,
        }
    }

    /// Whether answers come from a file, so that no prompt is made.
    pub fn is_recorded(&self) -> bool {
        matches!(self.plan.source, ModelSource::Recorded(_))
    }

    /// Threads a worker computes with.
    pub fn threads(&self) -> Option<usize> {
        match &self.plan.source {
            ModelSource::Mistralrs(model) => Some(model.threads),
            _ => None,
        }
    }

    /// Worker processes that fit this machine, or what the plan says; 1 where there are none.
    pub fn replicas(&self) -> usize {
        let ModelSource::Mistralrs(model) = &self.plan.source else { return 1 };
        model.replicas.unwrap_or_else(|| {
            let machine = Machine::current();
            let token = self.facts.kv_bytes_per_token.unwrap_or(0);
            // Headers are believed only so far: what they multiply to may be larger than any memory.
            let kv = token.saturating_mul(model.context_tokens as u64);
            default_replicas(
                machine.cores,
                model.threads,
                Machine::available_bytes(),
                self.weight_bytes_in_memory(),
                kv,
            )
        })
    }

    /// Bytes of the weights once loaded.
    pub fn weight_bytes_in_memory(&self) -> u64 {
        let on_disk = self.facts.weight_bytes.unwrap_or(0);
        let ModelSource::Mistralrs(model) = &self.plan.source else { return 0 };
        let is_gguf = self.facts.quantization.as_deref().is_some_and(|name| name.starts_with('Q'));
        match (model.data_type, &model.isq) {
            // Quantized weights stay as they are on disk.
            _ if is_gguf && model.isq.is_none() => on_disk,
            (DataType::F32, None) => {
                self.facts.parameters.map_or(on_disk, |count| count.saturating_mul(4))
            }
            // In-situ quantization holds the full weights while it works.
            _ => self.facts.parameters.map_or(on_disk, |count| count.saturating_mul(2)),
        }
    }

    /// Loads it.
    ///
    /// # Errors
    /// When a worker does not start, a key or a file is missing.
    pub async fn start(
        &self,
        workspace: &Workspace,
        environment: &Environment,
        questions: &[&Question],
    ) -> Result<Arc<dyn LanguageModel>, ModelError> {
        Ok(match &self.plan.source {
            ModelSource::Mistralrs(model) => {
                let mut local = model.clone();
                if let Some(folder) = &self.folder {
                    local.weights = Weights::Path(folder.to_string_lossy().into_owned());
                }
                let spec = WorkerSpec::new(&self.plan.name, &local, &workspace.root);
                let arguments = vec!["worker".into()];
                Arc::new(
                    WorkerPool::start(
                        spec,
                        self.replicas(),
                        environment.program.clone(),
                        arguments,
                    )
                    .await?,
                )
            }
            ModelSource::Openai(model) => {
                let key = environment.key(model.api_key_env.as_deref());
                let tokens = self.tokens().unwrap_or(Tokens::Estimate);
                Arc::new(Endpoint::new(model, key, tokens)?)
            }
            ModelSource::Recorded(model) => Arc::new(Recorded::load(&workspace.path(&model.path))?),
            ModelSource::Scripted(model) => match &model.script {
                Some(script) => Arc::new(Script::load(&workspace.path(script), model)?),
                None => {
                    let questions: Vec<Question> =
                        questions.iter().map(|question| (*question).clone()).collect();
                    Arc::new(Scripted::new(model, &questions))
                }
            },
        })
    }
}

/// The engine's version enters every fingerprint: another version may answer otherwise.
fn engine_version() -> String {
    super::provenance::Build::current()
        .engines
        .get("mistralrs")
        .map_or_else(String::new, |version| format!("mistralrs {version}"))
}
