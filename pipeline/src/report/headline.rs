//! The answer in two sentences.

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
    let (first, second) = choice(measured, verdicts, decision, clock);
    if measured.is_of_oracles() {
        // A ceiling is nothing to choose.
        let second = " All setups here are oracles, and none can be run for real.".to_owned();
        return (format!("Given the evidence: {first}"), second);
    }
    (first, second)
}

fn choice(
    measured: &Measured,
    verdicts: &[Verdict],
    decision: &Decision,
    clock: bool,
) -> (String, String) {
    let ranked = ranked(measured);
    let Some((best, others)) = ranked.split_first() else { return Default::default() };
    let unit = unit(decision.measure);
    let Some(next) = others.first() else {
        return (
            format!(
                "**{}** gets {} {unit}.",
                best.name,
                number::percent_with(best.value, best.interval)
            ),
            " It is the only setup here that could be run for real: there is nothing to compare it with."
                .into(),
        );
    };
    let compared: Vec<(&SetupMeasured, Seen)> = others
        .iter()
        .filter_map(|other| seen(verdicts, &best.name, &other.name).map(|seen| (*other, seen)))
        .collect();
    let open: Vec<&(&SetupMeasured, Seen)> =
        compared.iter().filter(|(_, seen)| seen.outcome != Outcome::AWins).collect();
    if open.is_empty() {
        return wins(best, next, &compared, unit, clock);
    }
    let rivals = names(open.iter().map(|(other, _)| other.name.as_str()));
    let beaten = compared.iter().find(|(_, seen)| seen.outcome == Outcome::AWins);
    let first = format!(
        "**No single winner**: **{}** leads with {} {unit}, but is not shown to be better than {rivals}{}.",
        best.name,
        number::percent_with(best.value, best.interval),
        match beaten {
            Some((other, seen)) => format!(
                "; it beats {} by {}",
                other.name,
                points_with(seen.difference, seen.interval)
            ),
            None => String::new(),
        }
    );
    let ties = open.iter().all(|(_, seen)| seen.outcome == Outcome::Tie);
    let needed = open.iter().filter_map(|(_, seen)| seen.more_questions).max();
    let advice = match (fastest(best, &open, clock), ties, needed) {
        (Some(fast), true, _) => format!(
            " They are tied within {} points: take **{}**, the fastest of them at {} a question.",
            (decision.margin * 100.0).round(),
            fast.name,
            number::seconds(fast.p50_seconds.unwrap_or_default())
        ),
        (Some(fast), false, Some(needed)) => format!(
            " About {needed} more questions would decide between them; until then **{}** is the fastest of them at {} a question.",
            fast.name,
            number::seconds(fast.p50_seconds.unwrap_or_default())
        ),
        (_, false, Some(needed)) => {
            format!(" About {needed} more questions would decide between them.")
        }
        _ => " Choose among them by cost, latency and memory below.".to_owned(),
    };
    (first, advice)
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

/// The fastest of the leader and those it does not beat.
fn fastest<'a>(
    best: &'a SetupMeasured,
    open: &[&(&'a SetupMeasured, Seen)],
    clock: bool,
) -> Option<&'a SetupMeasured> {
    if !clock {
        return None;
    }
    std::iter::once(best)
        .chain(open.iter().map(|(setup, _)| *setup))
        .filter(|setup| setup.p50_seconds.is_some())
        .min_by(|a, b| {
            a.p50_seconds.unwrap_or(f64::MAX).total_cmp(&b.p50_seconds.unwrap_or(f64::MAX))
        })
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
fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        many if many.len() > NAMED_MAX => {
            let named = NAMED_MAX - 1;
            format!("{} or {} others", many[..named].join(", "), many.len() - named)
        }
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
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
        assert_eq!(names(some[..1].iter().copied()), "a");
        assert_eq!(names(some[..3].iter().copied()), "a, b or c");
        assert_eq!(names(some[..6].iter().copied()), "a, b, c, d, e or f");
        assert_eq!(names(some.into_iter()), "a, b, c, d, e or 3 others");
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
}
