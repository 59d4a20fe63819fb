//! Rows of the report's tables, each value as it is written.

use super::cause::{Cause, causes};
use super::effect::Effect;
use super::escape::inline;
use super::example::examples;
use super::material::Material;
use super::measured::{Measured, SetupMeasured};
use super::number::{self, NONE, percent, percent_with};
use super::retrieval::RetrievalRow;
use crate::config::{DistractorAmount, ModelSource, SetupPlan};
use crate::score::TrialResult;
use crate::statistics::{Outcome, Verdict, share_interval};
use serde_json::{Value, json};

pub(super) fn setup_row(setup: &SetupMeasured, shown: bool) -> Value {
    let time = |seconds: Option<f64>| match seconds {
        Some(seconds) if shown => number::seconds(seconds),
        _ => NONE.to_owned(),
    };
    let about = if setup.tokens_exact { "" } else { "~" };
    let lost = setup.count(TrialResult::Failed) + setup.count(TrialResult::Missing);
    let parameters = match (setup.facts.parameters, setup.facts.active_parameters) {
        (Some(all), Some(active)) if active != all => {
            format!("{} ({} active)", number::count(all), number::count(active))
        }
        (Some(all), _) => number::count(all),
        (None, _) => NONE.to_owned(),
    };
    json!({
        "name": setup.name,
        "value": percent_with(setup.value, setup.interval),
        "declined": percent(setup.share(TrialResult::Declined)),
        "wrong": percent(setup.share(TrialResult::Wrong)),
        "failed": if lost == 0 { "0".to_owned() } else { format!("{lost} of {}", setup.trials()) },
        "first": time(setup.first_token_seconds),
        "p50": time(setup.p50_seconds),
        "p95": time(setup.p95_seconds),
        "prompt": setup.prompt_tokens.map_or_else(|| NONE.to_owned(), |tokens| format!("{about}{tokens:.0}")),
        "answer": format!("{about}{:.0}", setup.answer_tokens),
        "memory": match setup.memory_bytes {
            Some(bytes) if shown => number::gib(bytes),
            _ => NONE.to_owned(),
        },
        "parameters": parameters,
        "usd": setup.usd_per_thousand.map_or_else(|| NONE.to_owned(), |usd| format!("{usd:.2}")),
    })
}

/// The share of answers that are JSON of their schema; none where no question has one.
pub(super) fn json_row(setup: &SetupMeasured, confidence: f64) -> Option<Value> {
    let (valid, asked) = setup.valid_json?;
    let right = setup.scores.iter().filter(|score| score.valid_json.is_some());
    let right = right.filter(|score| score.result == TrialResult::Right).count();
    let with =
        |count| percent_with(count as f64 / asked as f64, share_interval(count, asked, confidence));
    Some(json!({"name": setup.name, "n": asked, "valid": with(valid), "right": with(right)}))
}

/// What stood beside the evidence, on average.
pub(super) fn distraction_row(plan: &SetupPlan, setup: &SetupMeasured) -> Option<Value> {
    let all = setup.distraction?;
    let asked = plan.strategy.distractors()?;
    let mean = |sum: usize, digits| match all.prompts {
        0 => NONE.to_owned(),
        prompts => format!("{:.digits$}", sum as f64 / prompts as f64),
    };
    let position = serde_json::to_value(asked.position).unwrap_or_default();
    Some(json!({
        "name": setup.name,
        "position": position.as_str().unwrap_or_default(),
        "asked": match asked.amount {
            DistractorAmount::Distractors(passages) => format!("{passages} passages"),
            DistractorAmount::BudgetTokens(tokens) => format!("{tokens} tokens"),
        },
        "passages": mean(all.passages, 1),
        "tokens": mean(all.tokens, 0),
        "short": if all.short == 0 { "0".to_owned() } else {
            format!(
                "{} of {} (by {:.1} {} each)",
                all.short,
                all.prompts,
                all.missing as f64 / all.short as f64,
                match asked.amount {
                    DistractorAmount::Distractors(_) => "passages",
                    DistractorAmount::BudgetTokens(_) => "tokens",
                }
            )
        },
        "value": percent_with(setup.value, setup.interval),
    }))
}

/// Of a pair; `resamples` are those of the test, which cannot tell a p-value below one in so many.
pub(super) fn verdict_row(verdict: &Verdict, resamples: usize) -> Value {
    let words = match verdict.outcome {
        Outcome::AWins => format!("**{}** wins", verdict.a),
        Outcome::BWins => format!("**{}** wins", verdict.b),
        Outcome::Tie => "tie".to_owned(),
        Outcome::Undecided => "undecided".to_owned(),
    };
    let least = verdict.p_value * (resamples as f64 + 1.0) <= 1.0 + 1e-9;
    let p = number::p_value(verdict.p_adjusted);
    let least = least && !p.starts_with('<');
    json!({
        "a": verdict.a,
        "b": verdict.b,
        "words": words,
        "difference": number::points_with(verdict.difference, verdict.interval),
        "p": if least { format!("≤ {p}") } else { p },
        "mcnemar": verdict.p_mcnemar.map_or_else(|| NONE.to_owned(), number::p_value),
        "only_a": verdict.only_a,
        "only_b": verdict.only_b,
        "more": match (verdict.outcome, verdict.more_questions) {
            (Outcome::Undecided, Some(more)) => format!("about {}", number::about(more)),
            (Outcome::Undecided, None) => "more than can be said".to_owned(),
            _ => NONE.to_owned(),
        },
    })
}

pub(super) fn retrieval_row(row: &RetrievalRow, shown: bool) -> Value {
    let cell = |name: &str| {
        row.means.iter().find(|(measure, _, _)| measure == name).map_or_else(
            || NONE.to_owned(),
            |(_, mean, interval)| format!("{mean:.3} [{:.2}, {:.2}]", interval.low, interval.high),
        )
    };
    let search = match (row.search_seconds, row.embed_seconds) {
        _ if !shown => NONE.to_owned(),
        (Some(search), Some(embed)) => {
            format!("{:.1} ms + {:.1} ms embedding", search * 1000.0, embed * 1000.0)
        }
        (Some(search), None) => format!("{:.2} ms", search * 1000.0),
        (None, _) => NONE.to_owned(),
    };
    json!({
        "name": row.name,
        "recall1": cell("recall@1"),
        "recall5": cell("recall@5"),
        "recall10": cell("recall@10"),
        "precision5": cell("precision@5"),
        "ndcg10": cell("nDCG@10"),
        "mrr": cell("MRR"),
        "map": cell("MAP"),
        "search": search,
        "chunks": row.chunks,
    })
}

pub(super) fn effect_row(effect: &Effect) -> Value {
    let cell = |count: usize, (shown, of): (usize, usize)| match of {
        0 => count.to_string(),
        of => format!("{count} ({shown} of {of})"),
    };
    json!({
        "setup": effect.setup,
        "closed": effect.closed_book,
        "helped": cell(effect.helped, effect.evidence_shown[0]),
        "harmed": cell(effect.harmed, effect.evidence_shown[1]),
        "both": cell(effect.both, effect.evidence_shown[2]),
        "neither": cell(effect.neither, effect.evidence_shown[3]),
    })
}

pub(super) fn cause_rows(material: &Material, measured: &Measured) -> Vec<Value> {
    let counted = causes(material, measured);
    Cause::ALL
        .iter()
        .filter(|cause| counted.iter().any(|(_, counts)| counts.contains_key(cause)))
        .map(|cause| {
            let counts: Vec<usize> =
                counted.iter().map(|(_, counts)| counts.get(cause).copied().unwrap_or(0)).collect();
            json!({"words": cause.words(), "counts": counts})
        })
        .collect()
}

pub(super) fn example_rows(material: &Material, measured: &Measured) -> Vec<Value> {
    examples(material, measured)
        .into_iter()
        .map(|example| {
            json!({
                "why": example.why,
                "setup": example.setup,
                "kind": example.kind,
                "id": example.id,
                "question": example.question,
                "accepted": example.accepted,
                "answer": example.answer,
                "passages": example.passages,
            })
        })
        .collect()
}

pub(super) fn setting_rows(material: &Material) -> Vec<Value> {
    material
        .experiment
        .setups
        .iter()
        .map(|setup| {
            let strategy = serde_json::to_value(&setup.strategy).unwrap_or_default();
            let settings = strategy
                .get(setup.strategy.name())
                .and_then(Value::as_object)
                .map(|fields| {
                    fields
                        .iter()
                        .filter(|(_, value)| !value.is_null())
                        .map(|(name, value)| {
                            let plain =
                                value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                            format!("{} {plain}", name.replace('_', " "))
                        })
                        .collect::<Vec<_>>()
                        .join(", ")
                })
                .unwrap_or_default();
            let strategy = if settings.is_empty() {
                setup.strategy.name().to_owned()
            } else {
                format!("{} ({settings})", setup.strategy.name())
            };
            json!({
                "name": setup.name,
                "model": setup.model,
                "strategy": strategy,
                "prompt": inline(&setup.prompt, 80),
            })
        })
        .collect()
}

pub(super) fn model_rows(material: &Material) -> Vec<Value> {
    material
        .experiment
        .models
        .iter()
        .filter_map(|plan| {
            let run = material.provenance.models.get(&plan.name)?;
            let facts = &run.facts;
            let source = match &plan.source {
                ModelSource::Scripted(_) => "scripted stand-in".to_owned(),
                ModelSource::Openai(model) => format!("endpoint, {}", inline(&model.model, 80)),
                ModelSource::Recorded(_) => "recorded answers".to_owned(),
                ModelSource::Mistralrs(_) => {
                    format!(
                        "mistralrs, {}",
                        inline(facts.architecture.as_deref().unwrap_or(NONE), 80)
                    )
                }
            };
            let sampling = &plan.sampling;
            let drawn = if sampling.temperature == 0.0 {
                "greedy".to_owned()
            } else {
                format!(
                    "temperature {}, top-p {}, seed {}",
                    sampling.temperature, sampling.top_p, sampling.seed
                )
            };
            let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
            Some(json!({
                "name": plan.name,
                "source": source,
                "parameters": match (facts.parameters, facts.active_parameters) {
                    (Some(all), Some(active)) => format!("{all} ({active})"),
                    (Some(all), None) => all.to_string(),
                    _ => NONE.to_owned(),
                },
                "weights": or_none(facts.weight_bytes.map(number::gib)),
                "quantization": or_none(facts.quantization.as_deref().map(|name| inline(name, 80))),
                "window": format!(
                    "{} / {}",
                    or_none(run.context_tokens.map(|n| n.to_string())),
                    or_none(facts.window_tokens.map(|n| n.to_string()))
                ),
                "threads": format!(
                    "{} × {}",
                    or_none(run.threads.map(|n| n.to_string())),
                    run.concurrency
                ),
                "sampling": format!("{drawn}, at most {} tokens", sampling.answer_tokens),
                "sha256": facts.sha256.as_ref().map_or(NONE, |sha256| sha256.short()),
            }))
        })
        .collect()
}
