//! Models: files that describe themselves, tokenizers and templates that can be used, keys that are set.

use super::Checker;
use crate::config::ModelSource;
use crate::model::architectures;
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
                    self.problem(&format!("model.{}.{place}", plan.name), &error, error.hint());
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
                self.model(&format!("model.{}", plan.name), model);
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
