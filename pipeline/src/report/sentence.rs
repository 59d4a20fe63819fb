//! What a report says in sentences around its tables.

use super::escape::inline;
use super::headline;
use super::kind::KindRow;
use super::material::Material;
use super::measured::{Measured, SetupMeasured};
use super::number::{self, percent, percent_with};
use crate::config::Limits;
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
        words.push_str(&format!(
            " Another is at least as good and as fast, and better in one of the two: {}.",
            beaten.join(", ")
        ));
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
        .filter(|setup| setup.cut.prompts > 0)
        .map(|setup| {
            let what = if setup.strategy == "long-context" { "documents" } else { "passages" };
            let each = |passages: usize| passages as f64 / setup.cut.prompts as f64;
            let (kept, lost) = (each(setup.cut.kept), each(setup.cut.lost));
            format!(
                "{}: in {} of {} prompts there was room for only some {what}, {kept:.1} of {:.0} on average.",
                setup.name,
                setup.cut.prompts,
                setup.trials(),
                kept + lost
            )
        })
        .collect()
}

/// The limits of a decision in words.
fn wanted(limits: &Limits) -> String {
    let plain = number::plain;
    [
        limits.p95_seconds.map(|limit| format!("at most {} s a question (p95)", plain(limit))),
        limits.usd_per_thousand.map(|limit| format!("at most {} USD per 1,000", plain(limit))),
        limits.memory_gib.map(|limit| format!("at most {} GiB of memory", plain(limit))),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// The best setup within all limits of the decision, and who is beyond which.
pub(super) fn limits(
    material: &Material,
    measured: &Measured,
    verdicts: &[Verdict],
) -> Vec<String> {
    let limits = &material.experiment.decision.limits;
    if *limits == Limits::default() {
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
    let mut lines = vec![format!("Wanted: {}.", wanted(limits))];
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

/// Questions of a kind below which a turned order is not told: intervals are wide, and kinds are many.
const TURNED_MIN: usize = 10;

/// The kinds on which another setup is ahead of the leader, where the two intervals do not meet.
pub(super) fn turns(measured: &Measured, kinds: &[KindRow]) -> String {
    let Some(leader) = headline::ranked(measured).first().map(|setup| setup.name.clone()) else {
        return String::new();
    };
    let named = || measured.setups.iter().zip(0..);
    let Some((_, place)) = named().find(|(setup, _)| setup.name == leader) else {
        return String::new();
    };
    let is_contender = |name: &str| measured.contenders().any(|setup| setup.name == name);
    let turned = kinds.iter().filter(|row| row.questions >= TURNED_MIN).filter_map(|row| {
        let (best, at) = named()
            .filter(|(setup, _)| is_contender(&setup.name))
            .max_by(|(_, a), (_, b)| row.cells[*a].0.total_cmp(&row.cells[*b].0))?;
        let (ours, theirs) = (row.cells[place], row.cells[at]);
        (theirs.1.low > ours.1.high).then(|| {
            format!(
                "on {} (n = {}) {} has {}, {leader} {}",
                inline(&row.kind, 60),
                row.questions,
                best.name,
                percent_with(theirs.0, theirs.1),
                percent_with(ours.0, ours.1)
            )
        })
    });
    let turned: Vec<String> = turned.collect();
    if turned.is_empty() {
        return String::new();
    }
    format!("The order turns by kind of question: {}.", turned.join("; "))
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
        "Before correction McNemar's test, which takes questions for independent, would call a difference between {} that the clustered test does not.",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{measured, setups};
    use crate::report::measured::Cut;
    use crate::statistics::Interval;

    const RETRIEVAL: &str = "retrieval = { retriever = \"r\" }";
    const LONG: &str = "long-context = { budget_tokens = 100, retriever = \"r\" }";

    /// A kind on which each setup has such a share, ten points up and down.
    fn row(kind: &str, questions: usize, shares: &[f64]) -> KindRow {
        let cell = |share: &f64| (*share, Interval { low: share - 0.1, high: share + 0.1 });
        KindRow { kind: kind.to_owned(), questions, cells: shares.iter().map(cell).collect() }
    }

    #[test]
    fn an_order_turns_where_intervals_do_not_meet() {
        let plans = setups(&[("m", RETRIEVAL), ("m", "closed-book = {}"), ("m", "oracle = {}")]);
        let measured = measured(&plans, &[0.8, 0.5, 0.9]);
        // The leader is s0: an oracle is no candidate, neither as the leader nor where it is ahead.
        let turned = |row: KindRow| turns(&measured, &[row]);
        assert_eq!(
            turned(row("general", 10, &[0.2, 0.6, 0.9])),
            "The order turns by kind of question: on general (n = 10) s1 has 60 % [50, 70], s0 20 % [10, 30]."
        );
        assert_eq!(turned(row("few", 9, &[0.2, 0.6, 0.9])), "");
        assert_eq!(turned(row("meets", 10, &[0.2, 0.4, 0.9])), "");
        assert_eq!(turned(row("ahead", 10, &[0.6, 0.2, 0.9])), "");
        let both = [row("a|b", 20, &[0.2, 0.6, 0.0]), row("c", 30, &[0.0, 0.4, 0.0])];
        let text = turns(&measured, &both);
        assert!(
            text.contains("on a&#124;b (n = 20) s1 has") && text.contains("; on c (n = 30) s1"),
            "{text}"
        );
    }

    #[test]
    fn what_was_cut_is_told_by_prompt() {
        let plans = setups(&[("m", RETRIEVAL), ("m", LONG), ("m", "closed-book = {}")]);
        let mut measured = measured(&plans, &[0.8, 0.5, 0.1]);
        for setup in &mut measured.setups {
            let score = crate::score::TrialScore {
                setup: setup.name.clone(),
                question: "q".to_owned(),
                repeat: 0,
                result: TrialResult::Right,
                correct: 1.0,
                exact_match: 1.0,
                token_f1: 1.0,
                citation: None,
                valid_json: None,
            };
            setup.scores = vec![score; 8];
        }
        // Of four prompts each: 6 kept and 4 lost, 10 kept and 30 lost.
        measured.setups[0].cut = Cut { prompts: 4, kept: 6, lost: 4 };
        measured.setups[1].cut = Cut { prompts: 4, kept: 10, lost: 30 };
        assert_eq!(
            cuts(&measured),
            [
                "s0: in 4 of 8 prompts there was room for only some passages, 1.5 of 2 on average.",
                "s1: in 4 of 8 prompts there was room for only some documents, 2.5 of 10 on average.",
            ]
        );
    }
}
