//! A model of an experiment that is asked outside of a run.
//!
//! Enters: an experiment file, the model's name in it. Leaves: answers. Does not: keep them, or read the
//! experiment's corpus.

use super::environment::Environment;
use super::error::RunError;
use super::generation::trial_seed;
use super::hashes::FileHashes;
use super::loaded::key_names;
use super::models::KnownModel;
use super::workspace::Workspace;
use crate::config::{self, ModelSource, Sampling};
use crate::model::{LanguageModel, Message, ModelError, Request};
use crate::prompt::{Chat, PromptError};
use crate::tokens::Tokens;
use std::path::Path;
use std::sync::Arc;

/// A started model.
pub struct Respondent {
    /// Its name in the experiment file.
    pub name: String,
    /// As the experiment file says.
    pub sampling: Sampling,
    /// How conversations become text.
    pub chat: Arc<Chat>,
    model: Arc<dyn LanguageModel>,
    tokens: Tokens,
    window_tokens: usize,
}

impl Respondent {
    /// Starts model `name` of the file `experiment`.
    ///
    /// # Errors
    /// When the file is wrong or does not have the model, or the model does not start.
    pub async fn start(experiment: &Path, name: &str) -> Result<Self, RunError> {
        let (plan, _) = config::load(experiment)?;
        let Some(model) = plan.model(name) else {
            return Err(RunError::UnknownModel {
                name: name.to_owned(),
                path: experiment.to_owned(),
                known: plan.models.iter().map(|model| model.name.clone()).collect(),
            });
        };
        let failed = |source| RunError::Model { name: name.to_owned(), source };
        if matches!(model.source, ModelSource::Mistralrs(_)) && !cfg!(feature = "engines") {
            return Err(failed(ModelError::NoEngines { name: name.to_owned() }));
        }
        let environment = Environment::current(key_names(&plan)).map_err(RunError::Program)?;
        let workspace = Workspace::of_experiment(experiment, &environment.current_folder);
        let hashes = FileHashes::open(&workspace.cache());
        let known = KnownModel::describe(model, &workspace, &hashes).map_err(failed)?;
        Ok(Self {
            name: name.to_owned(),
            sampling: model.sampling.clone(),
            chat: known.chat()?,
            tokens: known.tokens()?,
            window_tokens: known.window_tokens(),
            model: known.start(&workspace, &environment, &[]).await.map_err(failed)?,
        })
    }

    /// Tokens of a conversation as the model reads it, and how many there is room for beside an answer of
    /// `answer_tokens`.
    ///
    /// # Errors
    /// When the chat template refuses the conversation.
    pub fn size(
        &self,
        messages: &[Message],
        answer_tokens: usize,
    ) -> Result<(usize, usize), PromptError> {
        let needed = self.tokens.count(&self.chat.render(messages)?);
        Ok((needed, self.window_tokens.saturating_sub(answer_tokens)))
    }

    /// The answer to a conversation. `id` names the request: recorded answers are found by it, and the seed
    /// depends on it.
    ///
    /// # Errors
    /// When the chat template refuses the conversation, or the model does not answer.
    pub async fn ask(
        &self,
        id: &str,
        messages: Vec<Message>,
        sampling: &Sampling,
    ) -> Result<String, RunError> {
        let request = Request {
            question: id.to_owned(),
            repeat: 0,
            text: self.chat.render(&messages)?,
            messages,
            sampling: Sampling { seed: trial_seed(sampling.seed, id, 0), ..sampling.clone() },
        };
        let generation = self.model.generate(&request).await;
        generation
            .map(|generation| generation.text)
            .map_err(|source| RunError::Model { name: self.name.clone(), source })
    }
}
