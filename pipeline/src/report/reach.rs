//! From which size on a model alone does what a smaller one does with retrieval.
//!
//! Enters: a ladder, values, verdicts. Leaves: a sentence for each model that has retrieval and a
//! larger one to be held against. Reaching is at least the same value on these questions; how sure
//! that is, the difference's interval and verdict say.

use super::escape::inline;
use super::headline::seen;
use super::ladder::{Ladder, Rung};
use super::measured::{Measured, SetupMeasured};
use super::number::{points_with, size};
use crate::statistics::{Outcome, Verdict};

/// The sentences, small models first.
pub fn sentences(ladder: &Ladder, measured: &Measured, verdicts: &[Verdict]) -> Vec<String> {
    let Some(alone) = alone(ladder) else { return Vec::new() };
    let Some(largest) = alone.last() else { return Vec::new() };
    best_retrieval(ladder, measured)
        .into_iter()
        .filter(|(rung, _)| rung.parameters < largest.parameters)
        .map(|(rung, name)| {
            let target = &measured.setups[rung.setup];
            sentence(&alone, target, &inline(name, 80), measured, verdicts)
        })
        .collect()
}

/// The closed-book rungs: those of the group that has most, the first where several have. A mixture of
/// experts is larger than another model in its whole and not in what a token uses: it is no rung here.
fn alone(ladder: &Ladder) -> Option<Vec<Rung>> {
    let closed = ladder.groups.iter().filter(|(group, _)| group.strategy == "closed-book");
    let dense = closed
        .map(|(_, rungs)| rungs.iter().filter(|rung| !rung.experts).copied().collect::<Vec<_>>());
    dense.rev().max_by_key(Vec::len)
}

/// Each model's best rung with retrieval and the name of its group, by size.
fn best_retrieval<'a>(ladder: &'a Ladder, measured: &Measured) -> Vec<(Rung, &'a str)> {
    let mut best: Vec<(Rung, &str)> = Vec::new();
    let with = ladder.groups.iter().filter(|(group, _)| group.strategy == "retrieval");
    for (group, rungs) in with {
        for rung in rungs {
            let setup = |rung: &Rung| &measured.setups[rung.setup];
            let known = best.iter_mut().find(|(other, _)| setup(other).model == setup(rung).model);
            match known {
                Some(known) if setup(&known.0).value < setup(rung).value => {
                    *known = (*rung, &group.name);
                }
                Some(_) => {}
                None => best.push((*rung, &group.name)),
            }
        }
    }
    best.sort_by_key(|(rung, _)| (rung.parameters, rung.setup));
    best
}

/// `alone` is by size and not empty.
fn sentence(
    alone: &[Rung],
    target: &SetupMeasured,
    group: &str,
    measured: &Measured,
    verdicts: &[Verdict],
) -> String {
    let setup = |rung: &Rung| &measured.setups[rung.setup];
    let reaches = |rung: &Rung| setup(rung).value >= target.value;
    let by = |rung: &Rung| {
        let seen = seen(verdicts, &setup(rung).name, &target.name);
        seen.map_or_else(String::new, |seen| {
            let points = points_with(seen.difference, seen.interval);
            match seen.outcome {
                Outcome::Tie => format!("{points}, a tie"),
                Outcome::Undecided => format!("{points}, undecided"),
                Outcome::AWins | Outcome::BWins => points,
            }
        })
    };
    let what = format!("what {} reaches with {group}", target.model);
    // From the largest down: models of one size stand or fall together.
    let short = alone.iter().rev().find(|rung| !reaches(rung)).map(|rung| rung.parameters);
    let first = alone.iter().find(|rung| short.is_none_or(|short| rung.parameters > short));
    if let Some(first) = first {
        return format!(
            "Closed-book, models reach {what} from {} parameters on ({}: {}).",
            size(first.parameters as f64),
            setup(first).model,
            by(first)
        );
    }
    let some: Vec<&str> =
        alone.iter().filter(|rung| reaches(rung)).map(|rung| setup(rung).model.as_str()).collect();
    let best = alone.iter().max_by(|a, b| setup(a).value.total_cmp(&setup(b).value));
    match (some.is_empty(), best) {
        (true, Some(best)) => format!(
            "On these questions no model of the ladder reaches, closed-book, {what}; the nearest is {}: {}.",
            setup(best).model,
            by(best)
        ),
        _ => format!(
            "Closed-book, {what} is reached by {}, but not by every larger model of the ladder.",
            some.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{measured, model, setups};
    use crate::statistics::compare_all;

    /// Closed book at 1, 3 and 8 million parameters, retrieval at 1 and 8.
    fn said(values: [f64; 5]) -> Vec<String> {
        let plans = setups(&[
            ("lab-1m", "closed-book = {}"),
            ("lab-3m", "closed-book = {}"),
            ("lab-8m", "closed-book = {}"),
            ("lab-1m", "retrieval = { retriever = \"hybrid\" }"),
            ("lab-8m", "retrieval = { retriever = \"hybrid\" }"),
        ]);
        let mut measured = measured(&plans, &values);
        for (setup, millions) in measured.setups.iter_mut().zip([1, 3, 8, 1, 8]) {
            setup.facts = model(millions * 1_000_000);
        }
        let decision = crate::config::Decision { resamples: 1000, ..Default::default() };
        let verdicts = compare_all(&measured.answers(), &measured.clusters, &decision).unwrap();
        let ladder = Ladder::of(&plans, &measured).unwrap();
        sentences(&ladder, &measured, &verdicts)
    }

    /// The part of a sentence before its numbers.
    fn begins(sentences: &[String], words: &str) {
        assert_eq!(sentences.len(), 1, "the largest has no larger one to be held against");
        assert!(sentences[0].starts_with(words), "{}", sentences[0]);
    }

    #[test]
    fn where_none_reaches_the_nearest_is_named() {
        let said = said([0.1, 0.3, 0.2, 0.7, 0.9]);
        begins(
            &said,
            "On these questions no model of the ladder reaches, closed-book, what lab-1m reaches with hybrid retrieval; the nearest is lab-3m: −40 points [−",
        );
    }

    #[test]
    fn from_where_on_all_reach_is_said() {
        let said = said([0.1, 0.5, 0.8, 0.5, 0.9]);
        assert!(said[0].ends_with("], undecided)."), "{}", said[0]);
        begins(
            &said,
            "Closed-book, models reach what lab-1m reaches with hybrid retrieval from 3M parameters on (lab-3m: 0 points [",
        );
    }

    #[test]
    fn a_larger_one_that_falls_back_is_said() {
        let said = said([0.1, 0.6, 0.4, 0.5, 0.9]);
        begins(
            &said,
            "Closed-book, what lab-1m reaches with hybrid retrieval is reached by lab-3m, but not by every larger",
        );
    }
}
