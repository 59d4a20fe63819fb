//! What a run will take, before it runs.
//!
//! Enters: an experiment, its models' facts, speeds that earlier runs on this machine measured.
//! Leaves: trials, tokens, hours, memory, money for each setup. Estimates, and shown as such: answers
//! are counted at their longest unless an earlier run says how long they were.

use super::RunError;
use super::loaded::{Loaded, hits_of_none};
use super::models::KnownModel;
use super::provenance::Machine;
use super::speed::{SpeedKey, speeds};
use crate::config::{DistractorAmount, ModelSource, StrategyPlan};
use crate::cost::{memory, money};
use crate::prompt::{PromptMaker, Template};
use serde::Serialize;

/// One setup's share of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetupEstimate {
    /// Setup's name.
    pub setup: String,
    /// Questions × repeats.
    pub trials: usize,
    /// Tokens read, all trials.
    pub prompt_tokens: usize,
    /// Tokens written, all trials.
    pub answer_tokens: usize,
    /// Seconds of wall clock on this machine, from an earlier run with the same model.
    pub seconds: Option<f64>,
    /// Bytes of all workers: weights, KV cache, overhead.
    pub memory_bytes: Option<u64>,
    /// US dollars, where priced.
    pub usd: Option<f64>,
}

/// The estimate of every setup, in the experiment's order.
///
/// # Errors
/// When the input is wrong.
pub fn estimate(loaded: &Loaded) -> Result<Vec<SetupEstimate>, RunError> {
    let questions = loaded.questions()?;
    let models = loaded.models()?;
    let speeds = speeds(&loaded.workspace.root.join("reports"), &Machine::current());
    let mut estimates = Vec::new();
    for setup in &loaded.experiment.setups {
        let Some(model) = models.get(setup.model.as_str()) else { continue };
        let trials = questions.len() * loaded.experiment.repeats as usize;
        let mut prompt_tokens = 0;
        if !model.is_recorded() {
            let maker = PromptMaker::new(
                Template::load(&loaded.workspace.root, &setup.prompt)?,
                model.chat().map_err(RunError::Prompt)?,
                model.tokens()?,
                model.window_tokens(),
                model.plan.sampling.answer_tokens,
                setup.strategy.clone(),
            );
            let room = model.window_tokens().saturating_sub(model.plan.sampling.answer_tokens);
            let chunk = setup
                .strategy
                .retriever()
                .and_then(|name| loaded.experiment.retriever(name))
                .map_or(0, |plan| plan.chunks.tokens);
            for question in &questions {
                let bare = maker.make(question, &loaded.corpus, hits_of_none())?.tokens;
                let passages = match &setup.strategy {
                    StrategyPlan::Retrieval { passages, budget_tokens, .. } => {
                        let framed = maker.frame_tokens(question, &loaded.corpus, *passages)?;
                        framed.saturating_sub(bare)
                            + (passages * chunk).min(budget_tokens.unwrap_or(usize::MAX))
                    }
                    StrategyPlan::Oracle { distractors: Some(plan), .. } => match plan.amount {
                        DistractorAmount::Distractors(passages) => passages * chunk,
                        DistractorAmount::BudgetTokens(tokens) => tokens,
                    },
                    _ => 0,
                };
                prompt_tokens += (bare + passages).min(room);
                // Every question of a long context reads the same documents or as many.
                if matches!(setup.strategy, StrategyPlan::LongContext { .. }) {
                    prompt_tokens *= questions.len();
                    break;
                }
            }
            prompt_tokens *= loaded.experiment.repeats as usize;
        }
        let speed = SpeedKey::of(model.plan, &model.facts, model.threads())
            .and_then(|key| speeds.get(&key));
        let answer_tokens = speed.map_or(trials * model.plan.sampling.answer_tokens, |speed| {
            (speed.answer_tokens * trials as f64).round() as usize
        });
        let replicas = model.replicas();
        let at_once = match &model.plan.source {
            ModelSource::Openai(endpoint) => endpoint.requests_in_flight.max(1),
            _ => replicas,
        };
        estimates.push(SetupEstimate {
            setup: setup.name.clone(),
            trials,
            prompt_tokens,
            answer_tokens,
            seconds: speed
                .and_then(|speed| speed.seconds(prompt_tokens, answer_tokens))
                .map(|seconds| seconds / at_once as f64),
            memory_bytes: memory_of(model, replicas),
            usd: model
                .plan
                .price
                .as_ref()
                .map(|price| money::usd(price, prompt_tokens, answer_tokens)),
        });
    }
    Ok(estimates)
}

fn memory_of(model: &KnownModel<'_>, replicas: usize) -> Option<u64> {
    let ModelSource::Mistralrs(plan) = &model.plan.source else { return None };
    let worker = memory::WorkerMemory {
        weights_bytes: model.weight_bytes_in_memory(),
        kv_bytes_per_token: model.facts.kv_bytes_per_token?,
        context_tokens: plan.context_tokens as u64,
        sequences: 1,
        overhead_bytes: memory::ASSUMED_OVERHEAD_BYTES,
    };
    Some(worker.total_bytes(replicas as u64))
}
