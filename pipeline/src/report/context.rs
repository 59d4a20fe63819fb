//! The deciding measure against the length of the prompt: a line for setups of one model that differ
//! only in the size of the context.
//!
//! Enters: setups with their mean prompt tokens. Leaves: lines, where a model has enough sizes.

use super::figure::{Line, Point};
use super::group::{drawn, groups, left_out, sizes};
use super::measured::Measured;
use crate::config::SetupPlan;

/// Settings that make a context longer or shorter.
const SIZE: [&str; 3] = ["budget_tokens", "distractors", "passages"];
/// Sizes that make a line worth drawing.
const SIZES_MIN: usize = 3;

/// A line for every group of at least two sizes, where one has three, else none; and what is left out.
pub fn lines(setups: &[SetupPlan], measured: &Measured) -> (Vec<Line>, Option<String>) {
    let groups: Vec<_> = groups(setups, &SIZE)
        .into_iter()
        .map(|group| (sizes(setups, &group, &SIZE), group))
        .filter(|(sizes, _)| *sizes > 1)
        .collect();
    if groups.iter().all(|(sizes, _)| *sizes < SIZES_MIN) {
        return (Vec::new(), None);
    }
    let counts: Vec<usize> = groups.iter().map(|(sizes, _)| *sizes).collect();
    let lines = groups
        .into_iter()
        .zip(drawn(&counts))
        .filter_map(|((_, group), drawn)| drawn.then_some(group))
        .map(|group| {
            let mut points: Vec<Point> = group
                .setups
                .iter()
                .map(|place| &measured.setups[*place])
                // Without an answer there is no prompt to count.
                .filter_map(|setup| Some((setup, setup.prompt_tokens.filter(|size| *size > 0.0)?)))
                .map(|(setup, size)| Point {
                    size,
                    share: setup.value,
                    interval: setup.interval,
                    joined: true,
                    hollow: false,
                })
                .collect();
            points.sort_by(|a, b| a.size.total_cmp(&b.size));
            Line { name: group.name, strategy: group.strategy, points }
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    (lines, left_out(&counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{measured, setups};

    fn plans(budgets: &[usize]) -> Vec<SetupPlan> {
        let long: Vec<String> = budgets
            .iter()
            .map(|tokens| {
                format!("long-context = {{ budget_tokens = {tokens}, retriever = \"r\" }}")
            })
            .collect();
        let mut of: Vec<(&str, &str)> = long.iter().map(|text| ("m", text.as_str())).collect();
        of.extend([
            ("m", "closed-book = {}"),
            ("m", "retrieval = { retriever = \"r\", passages = 2 }"),
            ("m", "retrieval = { retriever = \"r\", passages = 4 }"),
        ]);
        setups(&of)
    }

    #[test]
    fn a_line_joins_a_model_s_sizes_by_tokens_read() {
        let plans = plans(&[400, 100, 200]);
        let mut all = measured(&plans, &[0.3, 0.5, 0.4, 0.1, 0.6, 0.7]);
        for (setup, tokens) in all.setups.iter_mut().zip([410.0, 110.0, 210.0, 20.0, 90.0, 0.0]) {
            setup.prompt_tokens = Some(tokens);
        }
        let (lines, left_out) = lines(&plans, &all);
        assert_eq!(left_out, None);
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        // Closed book has one size only; the last setup answered nothing.
        assert_eq!(names, ["m long-context", "m r retrieval"]);
        let points: Vec<_> =
            lines[0].points.iter().map(|point| (point.size, point.share)).collect();
        assert_eq!(points, [(110.0, 0.5), (210.0, 0.4), (410.0, 0.3)]);
        assert_eq!(lines[1].points.len(), 1);
    }

    #[test]
    fn two_sizes_are_no_line() {
        let plans = plans(&[100, 200]);
        assert!(lines(&plans, &measured(&plans, &[0.5; 5])).0.is_empty());
        // Nor is one size three times.
        let plans = plans_of_one_size();
        assert!(lines(&plans, &measured(&plans, &[0.5; 6])).0.is_empty());
    }

    fn plans_of_one_size() -> Vec<SetupPlan> {
        plans(&[100, 100, 100])
    }
}
