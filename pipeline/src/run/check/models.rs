//! What the models of an experiment need: weights that the engine runs rightly, keys, files of answers.

use super::Checker;
use crate::config::{MistralrsModel, ModelSource, Source};
use crate::model::architectures;
use crate::model::loadable::{self, Objection};
use crate::model::recorded::Recorded;
use crate::model::script::Script;
use crate::run::models::KnownModel;
use std::collections::HashMap;

impl<'a> Checker<'a> {
    /// The models that setups use, as far as their files say what they are.
    pub(super) fn describe(&mut self) -> HashMap<&'a str, KnownModel<'a>> {
        let mut known = HashMap::new();
        let loaded = self.loaded;
        for plan in &loaded.experiment.models {
            let used = loaded.experiment.setups.iter().any(|setup| setup.model == plan.name);
            if !used {
                continue;
            }
            match KnownModel::describe(plan, &loaded.workspace, &loaded.hashes) {
                Ok(model) => drop(known.insert(plan.name.as_str(), model)),
                Err(error) => {
                    let place = match &plan.source {
                        ModelSource::Mistralrs(_) => "mistralrs.path",
                        ModelSource::Openai(_) => "openai",
                        ModelSource::Recorded(_) => "recorded.path",
                        ModelSource::Scripted(_) => "scripted",
                    };
                    let key = Source::key("model", &plan.name);
                    self.problem(&format!("{key}.{place}"), &error, error.hint());
                }
            }
        }
        known
    }

    /// Those of which something may be asked.
    pub(super) fn models(&mut self, known: &HashMap<&str, KnownModel<'_>>) {
        let loaded = self.loaded;
        let setups = &loaded.experiment.setups;
        for plan in &loaded.experiment.models {
            let is_open =
                setups.iter().any(|setup| setup.model == plan.name && self.is_open(setup));
            if let Some(model) = known.get(plan.name.as_str()).filter(|_| is_open) {
                self.model(&Source::key("model", &plan.name), model);
            }
        }
    }

    fn model(&mut self, key: &str, model: &KnownModel<'_>) {
        if let Err(error) = model.tokens() {
            let place = match &model.plan.source {
                ModelSource::Openai(_) => "openai.tokenizer",
                _ => "mistralrs.path",
            };
            self.problem(&format!("{key}.{place}"), &error, error.hint());
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
                let (mut has_architecture, mut is_right) = (true, true);
                for objection in self.objections(key, model, plan) {
                    has_architecture &= !matches!(objection, Objection::Architectures { .. });
                    is_right &= !matches!(objection, Objection::Window { .. });
                }
                let name = model.facts.architecture.as_deref().unwrap_or("none");
                if has_architecture && !architectures::is_supported(name, plan.device) {
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
                    && is_right
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

    /// What the worker would refuse, each at its key.
    fn objections(
        &mut self,
        key: &str,
        model: &KnownModel<'_>,
        plan: &MistralrsModel,
    ) -> Vec<Objection> {
        self.warnings.extend(model.template_caveat());
        #[cfg(feature = "engines")]
        if plan.device == crate::config::Device::Cuda && !crate::model::mistral::has_cuda() {
            self.say(
                &format!("{key}.mistralrs.device"),
                "this build computes on the CPU only".into(),
                Some(
                    "remove `device`, or build with `--features mistralrs/cuda` where CUDA is"
                        .into(),
                ),
            );
        }
        let Some(folder) = model.folder() else { return Vec::new() };
        let found = match loadable::objections(folder, plan) {
            Ok(found) => found,
            Err(error) => {
                self.problem(&format!("{key}.mistralrs.path"), &error, error.hint());
                return Vec::new();
            }
        };
        for objection in &found {
            let place = format!("{key}.mistralrs.{}", objection.key());
            self.say(&place, objection.to_string(), Some(objection.hint()));
        }
        found
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::file;
    use crate::run::hashes::FileHashes;
    use crate::run::workspace::Workspace;
    use std::path::Path;

    const EXPERIMENT: &str = r#"
title = "x"
corpus = "lab"
[model.m]
mistralrs = { path = "models/m", context_tokens = 4096 }
[setup.only]
model = "m"
strategy.closed-book = {}
"#;

    /// A model whose tensor has two numbers.
    fn write_model(root: &Path, config: &str) {
        let header = r#"{"x.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let weights =
            [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 8]].concat();
        let folder = root.join("models/m");
        file::write_whole(&folder.join("model.safetensors"), &weights).unwrap();
        file::write_whole(&folder.join("config.json"), config.as_bytes()).unwrap();
    }

    fn with_model(root: &Path, check: impl Fn(&KnownModel<'_>)) {
        let (experiment, _) = config::parse("x", "x.toml".as_ref(), EXPERIMENT).unwrap();
        let workspace = Workspace::at(root);
        let hashes = FileHashes::open(&workspace.cache());
        check(&KnownModel::describe(&experiment.models[0], &workspace, &hashes).unwrap());
    }

    #[test]
    fn a_folder_without_a_chat_template_is_told() {
        let root = tempfile::tempdir().unwrap();
        write_model(root.path(), r#"{"architectures": ["LlamaForCausalLM"]}"#);
        with_model(root.path(), |model| {
            let caveat = model.template_caveat().unwrap();
            assert!(caveat.starts_with("model `m`: its folder has no chat template"), "{caveat}");
        });
        file::write_whole(&root.path().join("models/m/chat_template.jinja"), b"{{ messages }}")
            .unwrap();
        with_model(root.path(), |model| assert_eq!(model.template_caveat(), None));
    }

    #[test]
    fn numbers_of_a_header_that_no_memory_holds_leave_one_worker() {
        let root = tempfile::tempdir().unwrap();
        // 2 × 2^30 layers × 2^15 heads × 2^13 wide × 4 bytes are 2^61 a token, and 2^73 a window.
        write_model(
            root.path(),
            r#"{"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 1073741824,
                "num_attention_heads": 32768, "num_key_value_heads": 32768, "head_dim": 8192}"#,
        );
        with_model(root.path(), |model| {
            assert_eq!(model.facts.kv_bytes_per_token, Some(1 << 61));
            assert_eq!(model.replicas(), 1);
        });
    }
}
