//! What a report says in sentences around its tables.

use super::headline;
use super::material::Material;
use super::measured::{Measured, SetupMeasured};
use super::number::percent;
use crate::cost::budget::{SetupCost, standings};
use crate::score::TrialResult;
use crate::statistics::{Outcome, Verdict};

pub(super) fn frontier_words(measured: &Measured, on_frontier: &[String]) -> String {
    if measured.setups.iter().all(|setup| setup.p50_seconds.is_none()) {
        return String::new();
    }
    let beaten: Vec<&str> = measured
        .contenders()
        .filter(|setup| !on_frontier.contains(&setup.name))
        .map(|setup| setup.name.as_str())
        .collect();
    let mut words = format!("On the frontier of accuracy and time: {}.", on_frontier.join(", "));
    if !beaten.is_empty() {
        words.push_str(&format!(" Others are both better and faster than: {}.", beaten.join(", ")));
    }
    words
}

pub(super) fn bounds(measured: &Measured) -> Vec<String> {
    measured
        .setups
        .iter()
        .filter(|setup| setup.bounds.high > setup.bounds.low)
        .map(|setup| {
            format!(
                "{} {} to {}",
                setup.name,
                percent(setup.bounds.low),
                percent(setup.bounds.high)
            )
        })
        .collect()
}

pub(super) fn cuts(measured: &Measured) -> Vec<String> {
    measured
        .setups
        .iter()
        .filter(|setup| setup.cut.0 > 0)
        .map(|setup| {
            let what = if setup.strategy == "long-context" { "documents" } else { "passages" };
            format!(
                "{}: {} of {} prompts went without {what} for want of room, {:.1} each on average.",
                setup.name,
                setup.cut.0,
                setup.trials(),
                setup.cut.1 as f64 / setup.cut.0 as f64
            )
        })
        .collect()
}

/// The best setup within each limit of the decision.
pub(super) fn limits(
    material: &Material,
    measured: &Measured,
    verdicts: &[Verdict],
) -> Vec<String> {
    let limits = &material.experiment.decision.limits;
    if *limits == crate::config::Limits::default() {
        return Vec::new();
    }
    let ranked = headline::ranked(measured);
    let costs: Vec<SetupCost> = ranked
        .iter()
        .map(|setup| SetupCost {
            setup: setup.name.clone(),
            p95_seconds: setup.p95_seconds,
            usd_per_thousand: setup.usd_per_thousand,
            memory_bytes: setup.memory_bytes,
        })
        .collect();
    let standings = standings(limits, &costs);
    let within: Vec<&SetupMeasured> = ranked
        .iter()
        .zip(&standings)
        .filter(|(_, standing)| standing.is_within())
        .map(|(setup, _)| *setup)
        .collect();
    let mut lines = Vec::new();
    match within.split_first() {
        None => lines.push("No setup is within all limits.".to_owned()),
        Some((best, others)) => {
            let open: Vec<&str> = others
                .iter()
                .filter(|other| {
                    headline::seen(verdicts, &best.name, &other.name)
                        .is_none_or(|seen| seen.outcome != Outcome::AWins)
                })
                .map(|other| other.name.as_str())
                .collect();
            let against = if open.is_empty() {
                String::new()
            } else {
                format!("; not shown to be better than {}", open.join(", "))
            };
            lines.push(format!("Best within all limits: **{}**{against}.", best.name));
        }
    }
    for standing in &standings {
        for breach in &standing.breaches {
            lines.push(format!(
                "{} is beyond {}: {:.2} against {:.2}.",
                standing.setup, breach.limit, breach.needed, breach.allowed
            ));
        }
        for limit in &standing.unknown {
            lines.push(format!("{}: {limit} is not known.", standing.setup));
        }
    }
    lines
}

pub(super) fn disagreement(verdicts: &[Verdict]) -> String {
    let pairs: Vec<String> = verdicts
        .iter()
        .filter(|verdict| verdict.mcnemar_disagrees())
        .map(|verdict| format!("{} and {}", verdict.a, verdict.b))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    format!(
        "McNemar's test, which takes questions for independent, says otherwise before correction about {}: their questions come in groups.",
        pairs.join("; ")
    )
}

pub(super) fn citations(measured: &Measured) -> Vec<String> {
    measured
        .setups
        .iter()
        .filter_map(|setup| {
            let (precision, recall, n) = setup.citation?;
            Some(format!(
                "{}: citation precision {}, recall {} (n = {n})",
                setup.name,
                percent(precision),
                percent(recall)
            ))
        })
        .collect()
}

pub(super) fn failures(measured: &Measured) -> String {
    let failed: usize = measured.setups.iter().map(|s| s.count(TrialResult::Failed)).sum();
    let missing: usize = measured.setups.iter().map(|s| s.count(TrialResult::Missing)).sum();
    match (failed, missing) {
        (0, 0) => "There were none.".to_owned(),
        (failed, missing) => format!("{failed} failed, {missing} did not run."),
    }
}
