//! What a run will take, before it runs.
//!
//! Enters: an experiment, its models' facts, speeds that earlier runs on this machine measured.
//! Leaves: trials, tokens, hours, memory, money for each setup. Estimates, and shown as such: answers
//! are counted at their longest unless an earlier run says how long they were.

use super::loaded::{Loaded, hits_of_none};
use super::models::KnownModel;
use super::{RunError, Trial, store};
use crate::config::{DistractorAmount, ModelSource, StrategyPlan};
use crate::cost::{memory, money};
use crate::file;
use crate::fingerprint::Fingerprint;
use crate::prompt::{PromptMaker, Template};
use crate::run::provenance::Provenance;
use serde::Serialize;
use std::collections::HashMap;

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

/// How fast a model was.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Speed {
    prompt_tokens_per_second: f64,
    answer_tokens_per_second: f64,
    answer_tokens: f64,
}

/// The estimate of every setup, in the experiment's order.
///
/// # Errors
/// When the input is wrong.
pub fn estimate(loaded: &Loaded) -> Result<Vec<SetupEstimate>, RunError> {
    let questions = loaded.questions()?;
    let models = loaded.models()?;
    let speeds = speeds(loaded);
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
                        (passages * chunk).min(budget_tokens.unwrap_or(usize::MAX))
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
        let speed = speeds.get(&speed_key(model));
        let answer_tokens = speed.map_or(trials * model.plan.sampling.answer_tokens, |speed| {
            (speed.answer_tokens * trials as f64).round() as usize
        });
        let replicas = model.replicas();
        estimates.push(SetupEstimate {
            setup: setup.name.clone(),
            trials,
            prompt_tokens,
            answer_tokens,
            seconds: speed.map(|speed| {
                (prompt_tokens as f64 / speed.prompt_tokens_per_second
                    + answer_tokens as f64 / speed.answer_tokens_per_second)
                    / replicas as f64
            }),
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

/// Weights and threads: what a speed belongs to.
fn speed_key(model: &KnownModel<'_>) -> (Option<Fingerprint>, Option<usize>) {
    (model.facts.sha256.clone(), model.threads())
}

/// Speeds in the reports beside this one. A folder that cannot be read tells nothing.
fn speeds(loaded: &Loaded) -> HashMap<(Option<Fingerprint>, Option<usize>), Speed> {
    let mut trials_of: HashMap<_, Vec<Trial>> = HashMap::new();
    let Ok(folders) = std::fs::read_dir(loaded.workspace.root.join("reports")) else {
        return HashMap::new();
    };
    let mut folders: Vec<_> = folders.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders {
        let provenance = file::read(&folder.join("provenance.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Provenance>(&bytes).ok());
        let experiment = file::read_text(&folder.join("plan.toml"))
            .ok()
            .and_then(|text| crate::config::parse("x", &folder, &text).ok());
        let (Some(provenance), Some((experiment, _))) = (provenance, experiment) else { continue };
        for trial in store::read(&folder.join("trials.jsonl")).unwrap_or_default() {
            let run = experiment
                .setups
                .iter()
                .find(|setup| setup.name == trial.setup)
                .and_then(|setup| provenance.models.get(&setup.model));
            if let Some(run) = run
                && run.facts.sha256.is_some()
            {
                let key = (run.facts.sha256.clone(), run.threads);
                trials_of.entry(key).or_default().push(trial);
            }
        }
    }
    trials_of.into_iter().filter_map(|(key, trials)| Some((key, speed(&trials)?))).collect()
}

fn speed(trials: &[Trial]) -> Option<Speed> {
    let (mut prompt, mut answer) = (0, 0);
    let (mut reading, mut writing, mut count) = (0.0, 0.0, 0);
    for generation in trials.iter().filter_map(Trial::generation) {
        let (Some(first), Some(total)) =
            (generation.clock.first_token_seconds, generation.clock.seconds)
        else {
            continue;
        };
        prompt += generation.prompt_tokens.count;
        answer += generation.answer_tokens.count;
        reading += first;
        writing += total - first;
        count += 1;
    }
    (count > 0 && reading > 0.0 && writing > 0.0 && answer > 0).then(|| Speed {
        prompt_tokens_per_second: prompt as f64 / reading,
        answer_tokens_per_second: answer as f64 / writing,
        answer_tokens: answer as f64 / f64::from(count),
    })
}
