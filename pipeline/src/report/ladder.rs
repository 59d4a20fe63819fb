//! The deciding measure against the size of the model: a line for setups that differ only in it.
//!
//! Enters: setups and what is known of their models. Leaves: lines, over all questions or those of a
//! kind. Does not: say what the lines mean (that is `reach.rs`).

use super::figure::{Line, Panel, Point};
use super::group::{Group, drawn, groups, left_out};
use super::kind::KindRow;
use super::measured::{Measured, SetupMeasured};
use crate::config::SetupPlan;
use crate::statistics::Interval;
use std::collections::BTreeSet;

/// Sizes that make a line worth drawing.
const SIZES_MIN: usize = 3;
/// How the kinds of questions end that say how often a fact stands in training texts, often first.
const RARITIES: [&str; 3] = ["-head", "-middle", "-tail"];

/// Models of several sizes under the same strategies.
pub struct Ladder {
    /// Setups that differ only in the model, each with its rungs; none is empty.
    pub groups: Vec<(Group, Vec<Rung>)>,
}

/// One setup of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Place among the experiment's setups.
    pub setup: usize,
    /// All parameters of its model, above 0.
    pub parameters: u64,
    /// Whether a token uses fewer than all.
    pub experts: bool,
    /// Whether the line goes through it: through one model of a size, the first in the file, and
    /// through no mixture of experts, whose size is of another kind.
    pub joined: bool,
}

impl Ladder {
    /// The ladder of an experiment, where at least one group has three sizes.
    pub fn of(setups: &[SetupPlan], measured: &Measured) -> Option<Self> {
        let groups: Vec<(Group, Vec<Rung>)> = groups(setups, &["model"])
            .into_iter()
            .map(|group| {
                let rungs = rungs(&group, &measured.setups);
                (group, rungs)
            })
            .filter(|(_, rungs)| !rungs.is_empty())
            .collect();
        groups.iter().any(|(_, rungs)| size_count(rungs) >= SIZES_MIN).then_some(Self { groups })
    }

    /// The lines over all questions.
    pub fn lines(&self, measured: &Measured) -> Vec<Line> {
        self.lines_of(|setup| (measured.setups[setup].value, measured.setups[setup].interval))
    }

    /// The lines by how rare the facts are that are asked for: a panel a kind of question that says
    /// so in its name.
    pub fn by_rarity(&self, kinds: &[KindRow]) -> Vec<Panel> {
        let mut kinds: Vec<(&str, usize, &KindRow)> = kinds
            .iter()
            .filter_map(|row| {
                RARITIES
                    .iter()
                    .enumerate()
                    .find_map(|(place, ending)| Some((row.kind.strip_suffix(ending)?, place, row)))
            })
            .collect();
        kinds.sort_by_key(|(what, rarity, _)| (*what, *rarity));
        kinds
            .into_iter()
            .map(|(_, _, row)| Panel {
                title: format!("{} (n = {})", row.kind, row.questions),
                lines: self.lines_of(|setup| row.cells[setup]),
            })
            .collect()
    }

    fn lines_of(&self, value: impl Fn(usize) -> (f64, Interval)) -> Vec<Line> {
        let point = |rung: &Rung| {
            let (share, interval) = value(rung.setup);
            Point {
                size: rung.parameters as f64,
                share,
                interval,
                joined: rung.joined,
                hollow: rung.experts,
            }
        };
        self.groups
            .iter()
            .zip(drawn(&self.size_counts()))
            .filter_map(|(group, drawn)| drawn.then_some(group))
            .map(|(group, rungs)| Line {
                name: group.name.clone(),
                strategy: group.strategy,
                points: rungs.iter().map(point).collect(),
            })
            .collect()
    }

    /// What the figure's marks need said, if anything.
    pub fn note(&self) -> String {
        let rungs = || self.groups.iter().flat_map(|(_, rungs)| rungs);
        let mut notes: Vec<String> = Vec::new();
        if rungs().any(|rung| rung.experts) {
            notes.push("hollow: a mixture of experts, at its total parameters".into());
        }
        if rungs().any(|rung| !rung.joined && !rung.experts) {
            notes.push("a mark off its line: another model of that size".into());
        }
        notes.extend(left_out(&self.size_counts()));
        notes.join("; ")
    }

    fn size_counts(&self) -> Vec<usize> {
        self.groups.iter().map(|(_, rungs)| size_count(rungs)).collect()
    }
}

fn size_count(rungs: &[Rung]) -> usize {
    rungs.iter().map(|rung| rung.parameters).collect::<BTreeSet<_>>().len()
}

/// The setups of a group whose models' sizes are known, by size; those of one size as in the file.
fn rungs(group: &Group, setups: &[SetupMeasured]) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = group
        .setups
        .iter()
        .filter_map(|place| {
            let facts = &setups[*place].facts;
            let parameters = facts.parameters.filter(|parameters| *parameters > 0)?;
            let experts = facts.active_parameters.is_some_and(|active| active < parameters);
            Some(Rung { setup: *place, parameters, experts, joined: false })
        })
        .collect();
    rungs.sort_by_key(|rung| (rung.parameters, rung.setup));
    let mut joined = BTreeSet::new();
    for rung in &mut rungs {
        rung.joined = !rung.experts && joined.insert(rung.parameters);
    }
    rungs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{measured, model, setups};

    /// Closed book at four sizes (one of them twice, one a mixture of experts), retrieval at one.
    fn plans() -> Vec<SetupPlan> {
        setups(&[
            ("m8", "closed-book = {}"),
            ("m1", "closed-book = {}"),
            ("m3", "closed-book = {}"),
            ("m1-tuned", "closed-book = {}"),
            ("experts", "closed-book = {}"),
            ("m1", "retrieval = { retriever = \"r\" }"),
            ("unknown", "closed-book = {}"),
        ])
    }

    fn all() -> Measured {
        let sizes = [8, 1, 3, 1, 5, 1];
        let mut measured = measured(&plans(), &[0.5, 0.1, 0.3, 0.2, 0.4, 0.6, 0.9]);
        for (setup, size) in measured.setups.iter_mut().zip(sizes) {
            setup.facts = model(size * 1_000_000);
        }
        measured.setups[4].facts.active_parameters = Some(3_000_000);
        measured
    }

    #[test]
    fn a_line_goes_through_one_dense_model_of_a_size() {
        let ladder = Ladder::of(&plans(), &all()).unwrap();
        let lines = ladder.lines(&all());
        let seen: Vec<_> = lines[0]
            .points
            .iter()
            .map(|point| (point.size / 1e6, point.share, point.joined, point.hollow))
            .collect();
        assert_eq!(
            seen,
            [
                (1.0, 0.1, true, false),
                (1.0, 0.2, false, false),
                (3.0, 0.3, true, false),
                (5.0, 0.4, false, true),
                (8.0, 0.5, true, false),
            ]
        );
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].name.as_str(), lines[1].points.len()), ("r retrieval", 1));
        assert!(
            ladder.note().contains("mixture of experts") && ladder.note().contains("off its line")
        );
    }

    #[test]
    fn two_sizes_are_no_ladder() {
        let mut two = all();
        for setup in &mut two.setups {
            setup.facts.parameters = setup.facts.parameters.map(|size| size.min(3_000_000));
        }
        assert!(Ladder::of(&plans(), &two).is_none());
    }

    #[test]
    fn kinds_that_say_how_rare_they_are_get_a_panel() {
        let row = |kind: &str| KindRow {
            kind: kind.into(),
            questions: 7,
            cells: vec![(0.25, Interval { low: 0.1, high: 0.4 }); 7],
        };
        let rows =
            ["company", "person-head", "public-head", "public-middle", "public-tail", "tail"];
        let ladder = Ladder::of(&plans(), &all()).unwrap();
        let panels = ladder.by_rarity(&rows.map(row));
        let titles: Vec<&str> = panels.iter().map(|panel| panel.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "person-head (n = 7)",
                "public-head (n = 7)",
                "public-middle (n = 7)",
                "public-tail (n = 7)"
            ]
        );
        assert_eq!(panels[0].lines[1].points[0].share, 0.25);
        // Rows come by name; often comes first, whatever the alphabet says.
        let turned = ladder.by_rarity(&["p-tail", "p-middle", "p-head"].map(row));
        assert!(turned[0].title.starts_with("p-head") && turned[2].title.starts_with("p-tail"));
    }
}
