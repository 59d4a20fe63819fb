//! The Pareto frontier: setups that no other setup beats on every count.
//!
//! Enters: for each candidate its accuracy (higher is better) and its costs (lower is better).
//! Leaves: for each candidate who dominates it. Does not: weigh one cost against another, or ask
//! whether a difference is more than chance.

use serde::Serialize;

/// A setup as the frontier sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The setup's name.
    pub name: String,
    /// Higher is better.
    pub accuracy: f64,
    /// Lower is better, in the same order for every candidate: seconds, dollars, bytes, ... `None`
    /// where it is not known.
    pub costs: Vec<Option<f64>>,
}

/// Where a candidate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The setup's name.
    pub name: String,
    /// The setups that dominate it, in the order of the input; empty on the frontier.
    pub dominated_by: Vec<String>,
}

impl Standing {
    /// Whether nothing dominates it.
    pub fn on_frontier(&self) -> bool {
        self.dominated_by.is_empty()
    }
}

/// Each candidate's standing, in the order of the input.
///
/// A dominates B when A is nowhere worse and somewhere better. Candidates equal in everything both
/// stay. A cost that neither knows is left out of their comparison; one that only one of them knows
/// cannot be compared, so neither dominates the other. The same holds for what is not a number.
pub fn frontier(candidates: &[Candidate]) -> Vec<Standing> {
    candidates
        .iter()
        .map(|candidate| Standing {
            name: candidate.name.clone(),
            dominated_by: candidates
                .iter()
                .filter(|other| dominates(other, candidate))
                .map(|other| other.name.clone())
                .collect(),
        })
        .collect()
}

fn dominates(a: &Candidate, b: &Candidate) -> bool {
    // Comparisons with what is not a number are all false.
    let mut nowhere_worse = a.accuracy >= b.accuracy;
    let mut somewhere_better = a.accuracy > b.accuracy;
    let axes = a.costs.len().max(b.costs.len());
    for axis in 0..axes {
        let cost = |candidate: &Candidate| candidate.costs.get(axis).copied().flatten();
        match (cost(a), cost(b)) {
            (None, None) => {}
            (Some(cost_a), Some(cost_b)) => {
                nowhere_worse &= cost_a <= cost_b;
                somewhere_better |= cost_a < cost_b;
            }
            _ => nowhere_worse = false,
        }
    }
    nowhere_worse && somewhere_better
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(name: &str, accuracy: f64, costs: &[Option<f64>]) -> Candidate {
        Candidate { name: name.into(), accuracy, costs: costs.to_vec() }
    }

    #[test]
    fn who_dominates_whom() {
        let standings = frontier(&[
            candidate("small", 0.5, &[Some(1.0), Some(2.0)]),
            candidate("large", 0.7, &[Some(3.0), Some(9.0)]),
            // Worse than small on accuracy and seconds, equal on memory.
            candidate("slow", 0.4, &[Some(2.0), Some(2.0)]),
            // As good as large, slower.
            candidate("huge", 0.7, &[Some(4.0), Some(9.0)]),
            candidate("twin", 0.5, &[Some(1.0), Some(2.0)]),
        ]);
        let by: Vec<Vec<String>> = standings.iter().map(|s| s.dominated_by.clone()).collect();
        assert_eq!(by[0], Vec::<String>::new());
        assert_eq!(by[1], Vec::<String>::new());
        assert_eq!(by[2], ["small", "twin"]);
        assert_eq!(by[3], ["large"]);
        assert!(standings[4].on_frontier());
    }

    #[test]
    fn what_is_not_known_is_not_held_against_anyone() {
        let known = candidate("known", 0.9, &[Some(1.0), Some(0.1)]);
        let unknown = candidate("unknown", 0.1, &[Some(5.0), None]);
        let both = frontier(&[known, unknown.clone()]);
        assert!(both.iter().all(Standing::on_frontier));
        let better = candidate("better", 0.2, &[Some(5.0), None]);
        assert_eq!(frontier(&[unknown, better])[0].dominated_by, ["better"]);
        let odd = candidate("odd", f64::NAN, &[Some(0.0)]);
        let plain = candidate("plain", 0.1, &[Some(5.0)]);
        assert!(frontier(&[odd, plain]).iter().all(Standing::on_frontier));
    }

    proptest! {
        #[test]
        fn someone_on_the_frontier_dominates_each_who_is_not(
            rows in prop::collection::vec((0u8..5, 0u8..5, prop::option::of(0u8..5)), 1..20)
        ) {
            let candidates: Vec<Candidate> = rows.iter().enumerate().map(|(i, (a, c, d))| {
                candidate(&i.to_string(), f64::from(*a), &[Some(f64::from(*c)), d.map(f64::from)])
            }).collect();
            let standings = frontier(&candidates);
            prop_assert!(standings.iter().any(Standing::on_frontier));
            for standing in &standings {
                prop_assert!(!standing.dominated_by.contains(&standing.name));
                if !standing.on_frontier() {
                    let on_frontier = |name: &String| {
                        standings.iter().any(|s| s.name == *name && s.on_frontier())
                    };
                    prop_assert!(standing.dominated_by.iter().any(on_frontier));
                }
            }
        }
    }
}
