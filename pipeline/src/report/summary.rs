//! `summary.json`: the numbers of a report for a program, where the page has them for a reader.
//!
//! Enters: what the page is made from. Leaves: JSON. Shares and intervals lie between 0 and 1, rounded
//! to six digits; clock and memory readings are null where they are hidden.

use super::ReportError;
use super::kind::KindRow;
use super::material::Material;
use super::measured::{Measured, SetupMeasured};
use super::origin::Origins;
use super::retrieval::{RetrievalRow, row};
use crate::config::{ModelPlan, ModelSource, Weights};
use crate::score::TrialResult;
use crate::statistics::{Interval, Verdict, share_interval};
use serde_json::{Map, Value, json};

/// Raised when a key changes its name or meaning.
const FORMAT: u32 = 1;

/// The summary, as it is written.
///
/// # Errors
/// When the statistics of a kind of question cannot be made.
pub fn summary(
    material: &Material,
    measured: &Measured,
    kinds: &[KindRow],
    retrieval: &[RetrievalRow],
    verdicts: &[Verdict],
    shown: bool,
) -> Result<String, ReportError> {
    let experiment = &material.experiment;
    let confidence = experiment.decision.confidence;
    let setups = measured
        .setups
        .iter()
        .enumerate()
        .map(|(place, one)| setup(one, place, kinds, confidence, shown));
    let retrievers: Vec<Value> = retrieval
        .iter()
        .map(|all| retriever(material, all, kinds, shown))
        .collect::<Result<_, _>>()?;
    let mut all = json!({
        "ragscale_summary": FORMAT,
        "title": experiment.title,
        "corpus": experiment.corpus,
        "measure": experiment.decision.measure,
        "confidence": confidence,
        "margin": experiment.decision.margin,
        "questions": material.questions.len(),
        "repeats": experiment.repeats,
        "models": experiment.models.iter().map(|plan| model(material, plan)).collect::<Vec<_>>(),
        "setups": setups.collect::<Vec<_>>(),
        "retrievers": retrievers,
        "verdicts": verdicts.iter().map(verdict).collect::<Vec<_>>(),
    });
    if let Some(origins) = Origins::of(&material.questions) {
        // Only there where it says something: other summaries keep their bytes.
        all["drafts"] = json!({"drafted": origins.drafted, "accepted": origins.accepted});
    }
    Ok(format!("{all:#}\n"))
}

/// Six digits: more say nothing of a share, and fewer bytes change with a last digit.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn with(n: usize, mean: f64, interval: Interval) -> Value {
    json!({"n": n, "mean": rounded(mean), "interval": [rounded(interval.low), rounded(interval.high)]})
}

fn model(material: &Material, plan: &ModelPlan) -> Value {
    let (source, weights) = match &plan.source {
        ModelSource::Mistralrs(model) => (
            "mistralrs",
            match &model.weights {
                Weights::Path(path) | Weights::Hub(path) => Some(path),
            },
        ),
        ModelSource::Openai(_) => ("openai", None),
        ModelSource::Recorded(_) => ("recorded", None),
        ModelSource::Scripted(_) => ("scripted", None),
    };
    let facts = material.provenance.models.get(&plan.name).map(|run| &run.facts);
    json!({
        "name": plan.name,
        "source": source,
        "weights": weights,
        "parameters": facts.and_then(|facts| facts.parameters),
        "active_parameters": facts.and_then(|facts| facts.active_parameters),
        "quantization": facts.and_then(|facts| facts.quantization.as_ref()),
    })
}

fn setup(
    setup: &SetupMeasured,
    place: usize,
    kinds: &[KindRow],
    confidence: f64,
    shown: bool,
) -> Value {
    let reading = |value: Option<f64>| value.filter(|_| shown).map(rounded);
    let of_kind = |row: &KindRow| {
        let (mean, interval) = row.cells[place];
        (row.kind.clone(), with(row.questions, mean, interval))
    };
    json!({
        "name": setup.name,
        "model": setup.model,
        "strategy": setup.strategy,
        "all": with(setup.values.len(), setup.value, setup.interval),
        "kinds": kinds.iter().map(of_kind).collect::<Map<_, _>>(),
        "trials": setup.trials(),
        "right": setup.count(TrialResult::Right),
        "declined": setup.count(TrialResult::Declined),
        "wrong": setup.count(TrialResult::Wrong),
        "failed": setup.count(TrialResult::Failed) + setup.count(TrialResult::Missing),
        "exact_match": rounded(setup.exact_match),
        "token_f1": rounded(setup.token_f1),
        "valid_json": setup.valid_json.map(|(valid, asked)| {
            with(asked, valid as f64 / asked as f64, share_interval(valid, asked, confidence))
        }),
        "prompt_tokens": setup.prompt_tokens.map(rounded),
        "answer_tokens": rounded(setup.answer_tokens),
        "prompts_cut": setup.cut.prompts,
        "first_token_seconds_p50": reading(setup.first_token_seconds),
        "seconds_p50": reading(setup.p50_seconds),
        "seconds_p95": reading(setup.p95_seconds),
        "memory_bytes": setup.memory_bytes.filter(|_| shown),
        "usd_per_thousand": setup.usd_per_thousand.map(rounded),
    })
}

fn retriever(
    material: &Material,
    all: &RetrievalRow,
    kinds: &[KindRow],
    shown: bool,
) -> Result<Value, ReportError> {
    let measures = |row: &RetrievalRow| {
        let one = |(name, mean, interval): &(String, f64, Interval)| {
            (name.clone(), with(row.questions, *mean, *interval))
        };
        row.means.iter().map(one).collect::<Map<_, _>>()
    };
    let mut by_kind = Map::new();
    for kind in kinds {
        if let Some(row) = row(material, &all.name, Some(&kind.kind))? {
            by_kind.insert(kind.kind.clone(), Value::Object(measures(&row)));
        }
    }
    let reading = |value: Option<f64>| value.filter(|_| shown).map(rounded);
    let plan = material.experiment.retrievers.iter().find(|plan| plan.name == all.name);
    let dense = plan.and_then(|plan| plan.dense.as_ref());
    Ok(json!({
        "name": all.name,
        "lexical": plan.is_some_and(|plan| plan.lexical.is_some()),
        "embedder": dense.map(|dense| &dense.embedder.model),
        "chunks": all.chunks,
        "all": measures(all),
        "kinds": by_kind,
        "search_seconds_p50": reading(all.search_seconds),
        "embed_seconds_p50": reading(all.embed_seconds),
    }))
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "a": verdict.a,
        "b": verdict.b,
        "outcome": verdict.outcome,
        "difference": rounded(verdict.difference),
        "interval": [rounded(verdict.interval.low), rounded(verdict.interval.high)],
        "p_adjusted": rounded(verdict.p_adjusted),
    })
}
