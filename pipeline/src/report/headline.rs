//! The answer in two sentences.

use super::advice::{advice, poor};
use super::measured::{Measured, SetupMeasured};
use super::number::{self, percent, points_with};
use crate::config::{Decision, Measure};
use crate::statistics::{Interval, Outcome, Verdict};

/// How two setups compare, seen from the first.
pub struct Seen {
    /// Who is better.
    pub outcome: Outcome,
    /// Ours minus theirs.
    pub difference: f64,
    /// Of the difference.
    pub interval: Interval,
    /// Questions that would decide it.
    pub more_questions: Option<usize>,
}

/// The verdict about `a` and `b`, turned so that `a` is A.
pub fn seen(verdicts: &[Verdict], a: &str, b: &str) -> Option<Seen> {
    verdicts.iter().find_map(|verdict| {
        let same = verdict.a == a && verdict.b == b;
        let turned = verdict.a == b && verdict.b == a;
        if same {
            Some(Seen {
                outcome: verdict.outcome,
                difference: verdict.difference,
                interval: verdict.interval,
                more_questions: verdict.more_questions,
            })
        } else if turned {
            Some(Seen {
                outcome: match verdict.outcome {
                    Outcome::AWins => Outcome::BWins,
                    Outcome::BWins => Outcome::AWins,
                    other => other,
                },
                difference: -verdict.difference,
                interval: Interval { low: -verdict.interval.high, high: -verdict.interval.low },
                more_questions: verdict.more_questions,
            })
        } else {
            None
        }
    })
}

/// The contenders, best first; ties by the order of the file.
pub fn ranked(measured: &Measured) -> Vec<&SetupMeasured> {
    let mut setups: Vec<_> = measured.contenders().collect();
    setups.sort_by(|a, b| b.value.total_cmp(&a.value));
    setups
}

/// Two sentences: who leads and against whom, then what that means for the choice.
pub fn headline(
    measured: &Measured,
    verdicts: &[Verdict],
    decision: &Decision,
    clock: bool,
) -> String {
    let (first, second) = sentences(measured, verdicts, decision, clock);
    first + &second
}

/// The first of the two alone.
pub fn finding(
    measured: &Measured,
    verdicts: &[Verdict],
    decision: &Decision,
    clock: bool,
) -> String {
    sentences(measured, verdicts, decision, clock).0
}

/// Both sentences; the second begins with its space, and is empty where there is nothing to add.
fn sentences(
    measured: &Measured,
    verdicts: &[Verdict],
    decision: &Decision,
    clock: bool,
) -> (String, String) {
    let ranked = ranked(measured);
    let Some((best, others)) = ranked.split_first() else { return Default::default() };
    let unit = unit(decision.measure);
    let compared: Vec<(&SetupMeasured, Seen)> = others
        .iter()
        .filter_map(|other| seen(verdicts, &best.name, &other.name).map(|seen| (*other, seen)))
        .collect();
    let open: Vec<&(&SetupMeasured, Seen)> =
        compared.iter().filter(|(_, seen)| seen.outcome != Outcome::AWins).collect();
    let (first, mut second) = match others.first() {
        None => alone(best, unit),
        Some(next) if open.is_empty() => wins(best, next, &compared, unit, clock),
        Some(_) => {
            let first = no_winner(best, &compared, &open, unit);
            (first, advice(measured, verdicts, decision, best, &open, clock))
        }
    };
    if measured.is_of_oracles() {
        // A ceiling is nothing to choose.
        let second = " All setups here are oracles, and none can be run for real.".to_owned();
        return (format!("Given the evidence: {first}"), second);
    }
    if !others.is_empty() {
        second += &poor(measured, best, decision.measure);
    }
    (first, second)
}

fn alone(best: &SetupMeasured, unit: &str) -> (String, String) {
    let share = number::percent_with(best.value, best.interval);
    let second = " It is the only setup here that could be run for real: there is nothing to compare it with.";
    (format!("**{}** gets {share} {unit}.", best.name), second.to_owned())
}

/// Who leads, and what that is worth against whom.
fn no_winner(
    best: &SetupMeasured,
    compared: &[(&SetupMeasured, Seen)],
    open: &[&(&SetupMeasured, Seen)],
    unit: &str,
) -> String {
    let named = |outcome: fn(Outcome) -> bool| {
        let of = open.iter().filter(|(_, seen)| outcome(seen.outcome));
        of.map(|(other, _)| other.name.as_str()).collect::<Vec<_>>()
    };
    let (tied, rivals) = (named(|o| o == Outcome::Tie), named(|o| o != Outcome::Tie));
    let level: Vec<&str> = compared
        .iter()
        .filter(|(other, _)| other.value == best.value)
        .map(|(other, _)| other.name.as_str())
        .collect();
    let level = if level.is_empty() {
        String::new()
    } else {
        format!(", the same as {}", names(&level, "and"))
    };
    let against = match (tied.is_empty(), rivals.is_empty()) {
        (true, _) => format!("but is not shown to be better than {}", names(&rivals, "or")),
        (false, true) => format!("in a tie with {}", names(&tied, "and")),
        (false, false) => format!(
            "in a tie with {}, and is not shown to be better than {}",
            names(&tied, "and"),
            names(&rivals, "or")
        ),
    };
    format!(
        "**No single winner**: **{}** leads with {} {unit}{level}, {against}{}.",
        best.name,
        number::percent_with(best.value, best.interval),
        beaten(best, compared)
    )
}

/// Whom the leader beats: of each other strategy the best setup, if it does beat that one; else the best
/// of those it beats.
fn beaten(best: &SetupMeasured, compared: &[(&SetupMeasured, Seen)]) -> String {
    let of = |strategy| compared.iter().filter(move |(other, _)| other.strategy == strategy);
    let mut strategies: Vec<&str> = Vec::new();
    for (other, _) in compared {
        if other.strategy != best.strategy && !strategies.contains(&other.strategy) {
            strategies.push(other.strategy);
        }
    }
    let wins = |(_, seen): &&(&SetupMeasured, Seen)| seen.outcome == Outcome::AWins;
    let told = |(other, seen): &(&SetupMeasured, Seen), name: String| {
        let difference = points_with(seen.difference, seen.interval);
        match name.is_empty() {
            true => format!("{} by {difference}", other.name),
            false => format!("{name}, {}, by {difference}", other.name),
        }
    };
    let mut parts: Vec<String> = strategies
        .into_iter()
        .filter_map(|strategy| {
            let first = of(strategy).next().filter(wins)?;
            let several = of(strategy).nth(1).is_some();
            let name = if several { format!("the best {strategy} setup") } else { String::new() };
            Some(told(first, name))
        })
        .collect();
    if parts.is_empty() {
        parts.extend(compared.iter().find(wins).map(|one| told(one, String::new())));
    }
    if parts.is_empty() { String::new() } else { format!("; it beats {}", parts.join(" and ")) }
}

fn wins(
    best: &SetupMeasured,
    next: &SetupMeasured,
    compared: &[(&SetupMeasured, Seen)],
    unit: &str,
    clock: bool,
) -> (String, String) {
    let Some((_, against_next)) = compared.first() else { return Default::default() };
    let time = match (best.p50_seconds, next.p50_seconds) {
        (Some(ours), Some(theirs)) if clock && theirs > 0.0 => {
            format!(", at {}", number::ratio_of_time(ours, theirs))
        }
        _ => String::new(),
    };
    let first = format!(
        "**{}** wins: {} {unit} against {} for the next best, {}: {}{time}.",
        best.name,
        percent(best.value),
        percent(next.value),
        next.name,
        points_with(against_next.difference, against_next.interval),
    );
    // The reader's other question: what if we took the other kind of setup?
    let other_kind = compared
        .iter()
        .find(|(other, _)| other.strategy != best.strategy && other.name != next.name);
    let second = match other_kind {
        Some((other, seen)) => format!(
            " Against the best {} setup, {}, it is ahead by {}.",
            other.strategy,
            other.name,
            points_with(seen.difference, seen.interval)
        ),
        None if compared.len() == 1 => " No other setup is a candidate.".to_owned(),
        None => format!(" It beats every one of the other {} setups.", compared.len()),
    };
    (first, second)
}

/// `correct`, `exact match`, `token F1`.
pub fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Correct => "correct",
        Measure::ExactMatch => "exact match",
        Measure::TokenF1 => "token F1",
    }
}

/// More rivals than these are counted, not named: the sentence has to be read.
const NAMED_MAX: usize = 6;

/// `a`, `a or b`, `a, b or c`; `a, b, c, d, e or 4 others`.
fn names(names: &[&str], last_by: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        many if many.len() > NAMED_MAX => {
            let named = NAMED_MAX - 1;
            format!("{} {last_by} {} others", many[..named].join(", "), many.len() - named)
        }
        [first @ .., last] => format!("{} {last_by} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{measured, setups};
    use crate::statistics::compare_all;

    #[test]
    fn many_rivals_are_counted() {
        let some = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(names(&some[..1], "or"), "a");
        assert_eq!(names(&some[..3], "and"), "a, b and c");
        assert_eq!(names(&some[..6], "or"), "a, b, c, d, e or f");
        assert_eq!(names(&some, "or"), "a, b, c, d, e or 3 others");
    }

    #[test]
    fn oracles_are_compared_with_one_another_where_there_is_nothing_else() {
        let oracles = setups(&[("m", "oracle = {}"), ("n", "oracle = {}")]);
        let decision = Decision { resamples: 1000, ..Default::default() };
        let measured = measured(&oracles, &[0.9, 0.2]);
        let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
        let text = headline(&measured, &verdicts, &decision, true);
        assert!(text.starts_with("Given the evidence: **"), "{text}");
        assert!(text.contains("** wins: 90 % correct against 20 %"), "{text}");
        assert!(text.ends_with("none can be run for real."), "{text}");
    }

    #[test]
    fn a_finding_is_the_headline_s_first_sentence() {
        let plans = setups(&[("m", "closed-book = {}"), ("n", "closed-book = {}")]);
        let decision = Decision { resamples: 1000, ..Default::default() };
        // A win, and no winner.
        for shares in [[0.9, 0.2], [0.5, 0.49]] {
            let measured = measured(&plans, &shares);
            let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
            let whole = headline(&measured, &verdicts, &decision, true);
            let finding = finding(&measured, &verdicts, &decision, true);
            let rest = whole.strip_prefix(&finding).unwrap();
            assert!(finding.starts_with("**") && finding.ends_with('.'), "{finding}");
            assert!(rest.starts_with(' ') && rest.ends_with('.') && rest.len() > 20, "{rest}");
        }
    }

    fn said(of: &[(&str, &str)], shares: &[f64], seconds: Option<f64>) -> String {
        let plans = setups(of);
        let decision = Decision { resamples: 1000, margin: 0.05, ..Default::default() };
        let mut measured = measured(&plans, shares);
        for (setup, place) in measured.setups.iter_mut().zip(1..) {
            setup.p50_seconds = seconds.map(|seconds| seconds / f64::from(place));
        }
        let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
        headline(&measured, &verdicts, &decision, true)
    }

    const RETRIEVAL: &str = "retrieval = { retriever = \"r\" }";
    const HYBRID: &str = "retrieval = { retriever = \"hybrid\" }";
    const LONG: &str = "long-context = { budget_tokens = 100, retriever = \"r\" }";

    #[test]
    fn the_best_of_other_strategies_that_are_beaten_are_named() {
        let of = [
            ("l", RETRIEVAL),
            ("s", RETRIEVAL),
            ("l", "closed-book = {}"),
            ("s", "closed-book = {}"),
            ("s", LONG),
        ];
        let text = said(&of, &[0.9, 0.87, 0.3, 0.2, 0.5], Some(1.0));
        assert!(
            text.contains("but is not shown to be better than s1; it beats s4 by +40 points ["),
            "{text}"
        );
        assert!(text.contains("] and the best closed-book setup, s2, by +60 points ["), "{text}");
        assert!(text.contains(" Until then **s1** is the fastest of them at 0.50 s a question, and ahead of the best setup without documents, s2, by +57 points ["), "{text}");
    }

    #[test]
    fn a_clock_reading_s_noise_does_not_choose() {
        let of = [("m", RETRIEVAL), ("m", HYBRID), ("m", "closed-book = {}")];
        let said = |seconds: [f64; 3]| {
            let decision = Decision { resamples: 1000, margin: 0.05, ..Default::default() };
            let mut measured = measured(&setups(&of), &[0.9, 0.87, 0.3]);
            for (setup, seconds) in measured.setups.iter_mut().zip(seconds) {
                setup.p50_seconds = Some(seconds);
            }
            let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
            headline(&measured, &verdicts, &decision, true)
        };
        let near = said([1.05, 1.0, 0.1]);
        assert!(near.contains("**s0** is among the fastest of them at 1.05 s"), "{near}");
        let far = said([1.2, 1.0, 0.1]);
        assert!(far.contains("**s1** is the fastest of them at 1.00 s"), "{far}");
    }

    #[test]
    fn a_tie_is_told_from_what_is_undecided() {
        // s1 is right where s0 is; s2 is wrong on five of these.
        let of = [("m", RETRIEVAL), ("m", HYBRID), ("n", RETRIEVAL), ("m", "closed-book = {}")];
        let text = said(&of, &[0.8, 0.8, 0.75, 0.2], None);
        assert!(
            text.contains(" correct, the same as s1, in a tie with s1, and is not shown to be better than s2; it beats s3 by "),
            "{text}"
        );
        assert!(text.contains(" more questions would decide what is undecided."), "{text}");
    }

    #[test]
    fn a_leader_that_is_mostly_wrong_is_no_advice() {
        let of = [("m", RETRIEVAL), ("m", "closed-book = {}"), ("m", "oracle = {}")];
        let text = said(&of, &[0.18, 0.17, 0.28], Some(1.0));
        assert!(!text.contains("fastest"), "{text}");
        assert!(text.contains(" None of them is right half of the time: the leader is not right on 82 of 100 questions, and with the evidence itself in the prompt (s2) 28 % ["), "{text}");
    }
}
