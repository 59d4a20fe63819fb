//! Setups: templates that render, prompts that fit.

use super::Checker;
use crate::config::{SetupPlan, Source, StrategyPlan};
use crate::corpus::Question;
use crate::prompt::{Prompt, PromptError, PromptMaker, Template};
use crate::run::loaded::hits_of_none;
use crate::run::models::KnownModel;

impl Checker<'_> {
    pub(super) fn setup(&mut self, setup: &SetupPlan, model: Option<&KnownModel<'_>>) {
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
        let corpus = &self.loaded.corpus;
        for question in &questions {
            let made = maker.make(question, corpus, hits_of_none()).and_then(|prompt| {
                Ok((self.with_heading(&maker, setup, question, &prompt)?, prompt))
            });
            let (needed, prompt) = match made {
                Ok(made) => made,
                Err(error) => {
                    self.problem(&key, &error, error.hint());
                    return;
                }
            };
            let place = format!("{key}.strategy");
            let retriever = setup.strategy.retriever();
            // What is over the budget is never shown.
            let chunk = retriever
                .and_then(|name| self.loaded.experiment.retriever(name))
                .map_or(0, |plan| plan.chunks.tokens)
                .min(setup.strategy.budget_tokens().unwrap_or(usize::MAX));
            if let Some(needed) = needed
                && needed + chunk + answer_tokens > window
            {
                self.say(
                    &place,
                    format!(
                        "the window of {window} tokens is too small for one passage: question `{}` takes {needed} with the passage's heading, a chunk up to {chunk}, the answer up to {answer_tokens}",
                        question.id
                    ),
                    Some("raise `context_tokens`, lower `answer_tokens`, cut smaller chunks, or shorten the documents' titles".into()),
                );
                return;
            }
            if let StrategyPlan::LongContext { .. } = setup.strategy {
                if prompt.cut_passages > 0 && retriever.is_none() {
                    self.say(
                        &place,
                        format!(
                            "the corpus does not fit: {} of {} documents would be left out by their names' order",
                            prompt.cut_passages,
                            corpus.documents.len()
                        ),
                        Some("name a `retriever`, so that the documents are chosen by rank".into()),
                    );
                }
                // It is the same for every question: one is enough, and it is the slow one.
                return;
            }
        }
    }

    /// Tokens of `prompt` with one passage more, but for the passage's text; none where the strategy takes
    /// none of a retriever's chunks.
    fn with_heading(
        &self,
        maker: &PromptMaker,
        setup: &SetupPlan,
        question: &Question,
        prompt: &Prompt,
    ) -> Result<Option<usize>, PromptError> {
        if !matches!(
            setup.strategy,
            StrategyPlan::Retrieval { .. } | StrategyPlan::Oracle { distractors: Some(_), .. }
        ) {
            return Ok(None);
        }
        let frame = |passages| maker.frame_tokens(question, &self.loaded.corpus, passages);
        let first = frame(1)?;
        // With evidence, the wording around passages is there already.
        Ok(Some(match prompt.passages.is_empty() {
            true => first,
            false => prompt.tokens + frame(2)?.saturating_sub(first),
        }))
    }
}
