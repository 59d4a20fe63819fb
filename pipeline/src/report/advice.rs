//! What to do with the answer: which setup to take until more is known, and what not to overlook.
//!
//! Enters: the leader and those it does not beat. Leaves: a sentence that begins with its space, or
//! nothing. Does not: say who leads (`headline`).

use super::headline::{Seen, ranked, seen};
use super::measured::{Measured, SetupMeasured};
use super::number::{self, points_with};
use crate::config::{Decision, Measure};
use crate::statistics::{Outcome, Verdict};

/// What to do while nobody has won.
pub(super) fn advice(
    measured: &Measured,
    verdicts: &[Verdict],
    decision: &Decision,
    best: &SetupMeasured,
    open: &[&(&SetupMeasured, Seen)],
    clock: bool,
) -> String {
    let ties = open.iter().all(|(_, seen)| seen.outcome == Outcome::Tie);
    let undecided = || open.iter().filter(|(_, seen)| seen.outcome != Outcome::Tie);
    // Where one pair asks for more than can be said, no number decides them all.
    let needed = undecided().map(|(_, seen)| seen.more_questions).collect::<Option<Vec<_>>>();
    let needed = needed.and_then(|all| all.into_iter().max()).map(number::about);
    let fast = fastest(best, open).filter(|_| clock);
    let more = needed.map_or_else(String::new, |needed| {
        format!(" About {needed} more questions would decide what is undecided.")
    });
    let margin = number::plain(decision.margin * 100.0);
    // Who is seldom right is no choice for being quick.
    let poor = is_poor(best, decision.measure);
    match fast {
        _ if ties && poor => format!(" They are tied within {margin} points."),
        Some(Fast { setup, place }) if ties => format!(
            " They are tied within {margin} points: take **{}**, {place}{}.",
            setup.name,
            ahead_of_closed_book(measured, verdicts, setup, best)
        ),
        Some(Fast { setup, place }) if !poor => format!(
            "{more} Until then **{}** is {place}{}.",
            setup.name,
            ahead_of_closed_book(measured, verdicts, setup, best)
        ),
        _ if poor || !more.is_empty() => more,
        _ => " Choose among them by cost, latency and memory below.".to_owned(),
    }
}

/// What documents are worth to a setup that is named in the leader's place: the reader's question is a
/// small model with them against a large one without.
fn ahead_of_closed_book(
    measured: &Measured,
    verdicts: &[Verdict],
    setup: &SetupMeasured,
    best: &SetupMeasured,
) -> String {
    let closed = ranked(measured).into_iter().find(|other| other.strategy == "closed-book");
    let seen = closed.and_then(|closed| {
        let seen = seen(verdicts, &setup.name, &closed.name)?;
        Some((closed, seen)).filter(|(_, seen)| seen.outcome == Outcome::AWins)
    });
    match seen {
        Some((closed, seen)) if setup.name != best.name => format!(
            ", and ahead of the best setup without documents, {}, by {}",
            closed.name,
            points_with(seen.difference, seen.interval)
        ),
        _ => String::new(),
    }
}

/// Whether it is wrong more often than not.
fn is_poor(best: &SetupMeasured, measure: Measure) -> bool {
    measure != Measure::TokenF1 && best.value < 0.5
}

/// What a reader must not overlook where even the leader is mostly wrong, and whether that is for want
/// of the evidence.
pub(super) fn poor(measured: &Measured, best: &SetupMeasured, measure: Measure) -> String {
    if !is_poor(best, measure) {
        return String::new();
    }
    let oracles = measured.setups.iter().filter(|setup| setup.is_oracle());
    let oracle = oracles.max_by(|a, b| a.value.total_cmp(&b.value)).map(|oracle| {
        let share = number::percent_with(oracle.value, oracle.interval);
        format!(", and with the evidence itself in the prompt ({}) {share} are right", oracle.name)
    });
    format!(
        " None of them is right half of the time: the leader is not right on {:.0} of {} questions{}.",
        best.values.len() as f64 * (1.0 - best.value),
        best.values.len(),
        oracle.unwrap_or_default()
    )
}

/// A setup to take for its speed.
struct Fast<'a> {
    setup: &'a SetupMeasured,
    /// `the fastest of them at 45 ms a question`
    place: String,
}

/// The fastest of the leader and those it does not beat; of several that are about as fast the first, so
/// that no clock reading's noise chooses between them.
fn fastest<'a>(best: &'a SetupMeasured, open: &[&(&'a SetupMeasured, Seen)]) -> Option<Fast<'a>> {
    let timed: Vec<(&SetupMeasured, f64)> = std::iter::once(best)
        .chain(open.iter().map(|(setup, _)| *setup))
        .filter_map(|setup| Some((setup, setup.p50_seconds?)))
        .collect();
    let least = timed.iter().map(|(_, seconds)| *seconds).min_by(f64::total_cmp)?;
    let is_as_fast = |seconds: f64| seconds <= least || number::same_time(seconds, least);
    let mut fast = timed.into_iter().filter(|(_, seconds)| is_as_fast(*seconds));
    let (setup, seconds) = fast.next()?;
    let place = if fast.next().is_some() { "among the fastest" } else { "the fastest" };
    let place = format!("{place} of them at {} a question", number::seconds(seconds));
    Some(Fast { setup, place })
}
