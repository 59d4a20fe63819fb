//! Every trial scored, and every setup summed up over all its questions.

use super::material::Material;
use super::{ReportError, cluster};
use crate::config::{Decision, Measure, ModelSource, SetupPlan};
use crate::cost::money::{Bill, Usage};
use crate::model::{CountedBy, ModelFacts};
use crate::prompt::Distraction;
use crate::score::{TrialResult, TrialScore, score_trial};
use crate::statistics::{
    Answers, Interval, Support, mean_interval, quantile, share_bounds, share_interval,
};
use std::collections::BTreeMap;

/// All scores of an experiment.
pub struct Measured {
    /// In the order of the experiment's setups.
    pub setups: Vec<SetupMeasured>,
    /// One label a question: what is resampled together.
    pub clusters: Vec<String>,
}

/// A setup over all questions.
pub struct SetupMeasured {
    /// Setup's name.
    pub name: String,
    /// Strategy's name.
    pub strategy: &'static str,
    /// Model's name.
    pub model: String,
    /// Parameters and window of the model.
    pub facts: ModelFacts,
    /// Whether the model is the scripted stand-in.
    pub scripted: bool,
    /// One score for each question and repeat: by question, then repeat.
    pub scores: Vec<TrialScore>,
    /// The deciding measure, one value a question: the mean over repeats.
    pub values: Vec<f64>,
    /// Mean of `values`.
    pub value: f64,
    /// Of `value`, at the decision's confidence.
    pub interval: Interval,
    /// `value` if every failed or missing trial were wrong, and if all were right.
    pub bounds: Interval,
    /// Trials by what came of them.
    pub results: BTreeMap<TrialResult, usize>,
    /// Mean of exact match.
    pub exact_match: f64,
    /// Mean of token F1.
    pub token_f1: f64,
    /// Mean citation precision and recall, and over how many trials.
    pub citation: Option<(f64, f64, usize)>,
    /// Median seconds to the first token, retrieval included.
    pub first_token_seconds: Option<f64>,
    /// Median seconds a question, retrieval included.
    pub p50_seconds: Option<f64>,
    /// 95th percentile of the same.
    pub p95_seconds: Option<f64>,
    /// Mean tokens read; none where that is not known of some answer.
    pub prompt_tokens: Option<f64>,
    /// Mean tokens written.
    pub answer_tokens: f64,
    /// Whether every count comes from the engine or the model's tokenizer.
    pub tokens_exact: bool,
    /// Highest resident memory of a worker, times the workers.
    pub memory_bytes: Option<u64>,
    /// US dollars a thousand questions, where priced.
    pub usd_per_thousand: Option<f64>,
    /// What did not fit.
    pub cut: Cut,
    /// Answers that are JSON of their question's schema, and trials of which that was asked.
    pub valid_json: Option<(usize, usize)>,
    /// What distracted, over all prompts, where the strategy asks for distractors.
    pub distraction: Option<Distracted>,
}

/// Prompts of a setup that lost passages, or documents, for want of room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cut {
    /// Such prompts.
    pub prompts: usize,
    /// Passages that they lost.
    pub lost: usize,
    /// Passages that they hold.
    pub kept: usize,
}

/// Distractors over all prompts of a setup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Distracted {
    /// Prompts.
    pub prompts: usize,
    /// Distractors in them.
    pub passages: usize,
    /// Tokens of their texts.
    pub tokens: usize,
    /// Prompts with less than was asked for, since the retriever found no more.
    pub short: usize,
    /// What these lack: distractors, or tokens where tokens were asked for.
    pub missing: usize,
}

impl Distracted {
    fn add(&mut self, one: &Distraction) {
        self.prompts += 1;
        self.passages += one.passages;
        self.tokens += one.tokens;
        self.short += usize::from(one.missing > 0);
        self.missing += one.missing;
    }
}

impl SetupMeasured {
    /// Trials with this result.
    pub fn count(&self, result: TrialResult) -> usize {
        self.results.get(&result).copied().unwrap_or(0)
    }

    /// All trials, those that did not run included.
    pub fn trials(&self) -> usize {
        self.scores.len()
    }

    /// Share of trials with this result.
    pub fn share(&self, result: TrialResult) -> f64 {
        self.count(result) as f64 / self.trials().max(1) as f64
    }

    /// Whether it is given the evidence: it shows a ceiling, and cannot be run for real.
    pub fn is_oracle(&self) -> bool {
        self.strategy == "oracle"
    }
}

/// Scores everything.
///
/// # Errors
/// When the statistics cannot be made of the numbers.
pub fn measure(material: &Material) -> Result<Measured, ReportError> {
    let clusters = cluster::labels(&material.questions.iter().collect::<Vec<_>>());
    let setups = material
        .experiment
        .setups
        .iter()
        .map(|setup| one(material, setup, &clusters))
        .collect::<Result<_, _>>()?;
    Ok(Measured { setups, clusters })
}

impl Measured {
    /// Whether all setups are oracles: then they are compared with one another.
    pub fn is_of_oracles(&self) -> bool {
        self.setups.iter().all(SetupMeasured::is_oracle)
    }

    /// The setups among which there is a choice: those that could be run for real, in the experiment's
    /// order; of oracles alone, all.
    pub fn contenders(&self) -> impl Iterator<Item = &SetupMeasured> {
        let all = self.is_of_oracles();
        self.setups.iter().filter(move |setup| all || !setup.is_oracle())
    }

    /// What the paired comparison takes.
    pub fn answers(&self) -> Vec<Answers<'_>> {
        self.setups
            .iter()
            .map(|setup| Answers { name: &setup.name, values: setup.values.clone() })
            .collect()
    }
}

/// The deciding measure of one trial.
pub fn deciding(score: &TrialScore, measure: Measure) -> f64 {
    match measure {
        Measure::Correct => score.correct,
        Measure::ExactMatch => score.exact_match,
        Measure::TokenF1 => score.token_f1,
    }
}

fn one(
    material: &Material,
    setup: &SetupPlan,
    clusters: &[String],
) -> Result<SetupMeasured, ReportError> {
    let experiment = &material.experiment;
    let decision = &experiment.decision;
    let repeats = experiment.repeats;
    let citations = setup.strategy.citations();
    let mut scores = Vec::new();
    let (mut first, mut total) = (Vec::new(), Vec::new());
    let mut usages: Vec<Usage> = Vec::new();
    let mut peak = None::<u64>;
    let mut cut = Cut::default();
    let mut distraction = setup.strategy.distractors().map(|_| Distracted::default());
    let mut tokens_exact = true;
    let plan = experiment.model(&setup.model);
    for question in &material.questions {
        for repeat in 0..repeats {
            let trial = material.trial(&setup.name, &question.id, repeat);
            scores.push(score_trial(question, trial, &setup.name, repeat, citations));
            let Some(trial) = trial else { continue };
            if trial.cut_passages > 0 {
                cut.prompts += 1;
                cut.lost += trial.cut_passages;
                cut.kept += trial.passages.len();
            }
            if let (Some(all), Some(one)) = (&mut distraction, &trial.distraction) {
                all.add(one);
            }
            let Some(generation) = trial.generation() else { continue };
            // An estimate of a prompt that is not there is none.
            let is_read =
                generation.prompt_tokens.by != CountedBy::Estimate || !trial.prompt.is_empty();
            usages.push(Usage {
                prompt_tokens: is_read.then_some(generation.prompt_tokens.count),
                answer_tokens: generation.answer_tokens.count,
                stated_usd: generation.usd,
            });
            let counts = [generation.prompt_tokens, generation.answer_tokens];
            tokens_exact &= counts.iter().all(|count| count.by != CountedBy::Estimate);
            let retrieval = material.retrieval_seconds(setup, &question.id);
            first.extend(generation.clock.first_token_seconds.map(|seconds| seconds + retrieval));
            total.extend(generation.clock.seconds.map(|seconds| seconds + retrieval));
            peak = peak.max(generation.clock.peak_memory_bytes);
        }
    }
    let values: Vec<f64> = scores
        .chunks(repeats.max(1) as usize)
        .map(|repeats| {
            let sum: f64 = repeats.iter().map(|score| deciding(score, decision.measure)).sum();
            sum / repeats.len() as f64
        })
        .collect();
    let mut results = BTreeMap::new();
    for score in &scores {
        *results.entry(score.result).or_insert(0) += 1;
    }
    let lost = results.get(&TrialResult::Failed).copied().unwrap_or(0)
        + results.get(&TrialResult::Missing).copied().unwrap_or(0);
    let right = results.get(&TrialResult::Right).copied().unwrap_or(0);
    let value = mean(&values);
    let interval = if is_share(decision, repeats) {
        share_interval(right, scores.len(), decision.confidence)
    } else {
        mean_interval(&setup.name, &values, clusters, Support::Share, decision)?
    };
    let bounds = if decision.measure == Measure::Correct {
        share_bounds(right, scores.len() - right - lost, lost)
    } else {
        Interval { low: value, high: value + lost as f64 / scores.len().max(1) as f64 }
    };
    let citation: Vec<_> = scores.iter().filter_map(|score| score.citation).collect();
    let asked_json: Vec<bool> = scores.iter().filter_map(|score| score.valid_json).collect();
    let run = material.provenance.models.get(&setup.model);
    let workers = run.map_or(1, |run| run.concurrency.max(1)) as u64;
    Ok(SetupMeasured {
        name: setup.name.clone(),
        strategy: setup.strategy.name(),
        model: setup.model.clone(),
        facts: run.map(|run| run.facts.clone()).unwrap_or_default(),
        scripted: plan.is_some_and(|plan| matches!(plan.source, ModelSource::Scripted(_))),
        exact_match: mean(&scores.iter().map(|score| score.exact_match).collect::<Vec<_>>()),
        token_f1: mean(&scores.iter().map(|score| score.token_f1).collect::<Vec<_>>()),
        citation: (!citation.is_empty()).then(|| {
            let n = citation.len() as f64;
            (
                citation.iter().map(|score| score.precision).sum::<f64>() / n,
                citation.iter().map(|score| score.recall).sum::<f64>() / n,
                citation.len(),
            )
        }),
        scores,
        value,
        interval,
        bounds,
        values,
        results,
        first_token_seconds: quantile(&first, 0.5),
        p50_seconds: quantile(&total, 0.5),
        p95_seconds: quantile(&total, 0.95),
        prompt_tokens: usages
            .iter()
            .map(|usage| usage.prompt_tokens.map(|tokens| tokens as f64))
            .collect::<Option<Vec<_>>>()
            .map(|tokens| mean(&tokens)),
        answer_tokens: mean(
            &usages.iter().map(|usage| usage.answer_tokens as f64).collect::<Vec<_>>(),
        ),
        tokens_exact,
        memory_bytes: peak.map(|bytes| bytes * workers),
        usd_per_thousand: Bill::of(plan.and_then(|plan| plan.price.as_ref()), usages)
            .usd_per_thousand(),
        cut,
        valid_json: (!asked_json.is_empty())
            .then(|| (asked_json.iter().filter(|valid| **valid).count(), asked_json.len())),
        distraction,
    })
}

/// Whether the deciding measure is a share of single answers that are right or wrong: then Wilson's
/// interval is its interval, else a clustered bootstrap gives one.
pub fn is_share(decision: &Decision, repeats: u32) -> bool {
    decision.measure == Measure::Correct && repeats == 1
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
