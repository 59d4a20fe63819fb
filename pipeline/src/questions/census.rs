//! How many questions there are, by kind and split.

use crate::corpus::Question;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// Questions by kind, then split; kinds and splits by name.
    pub kinds: BTreeMap<String, BTreeMap<String, usize>>,
    /// Questions by split.
    pub splits: BTreeMap<String, usize>,
}

impl Census {
    /// Counts questions.
    pub fn of(questions: &[Question]) -> Self {
        let mut census = Self::default();
        for question in questions {
            let splits = census.kinds.entry(question.kind.clone()).or_default();
            *splits.entry(question.split.clone()).or_default() += 1;
            *census.splits.entry(question.split.clone()).or_default() += 1;
        }
        census
    }

    /// All questions.
    pub fn questions(&self) -> usize {
        self.splits.values().sum()
    }

    /// A table for a terminal: a row a kind, a column a split, both with their sums.
    pub fn table(&self) -> String {
        let mut rows = vec![vec!["kind".to_owned()]];
        rows[0].extend(self.splits.keys().cloned());
        rows[0].push("all".into());
        for (kind, splits) in &self.kinds {
            let counts = self.splits.keys().map(|split| splits.get(split).copied().unwrap_or(0));
            let all: usize = splits.values().sum();
            let cells = counts.chain([all]).map(|count| count.to_string());
            rows.push([kind.clone()].into_iter().chain(cells).collect());
        }
        let sums = self.splits.values().copied().chain([self.questions()]);
        rows.push(["all".to_owned()].into_iter().chain(sums.map(|sum| sum.to_string())).collect());
        let wide = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> =
            (0..self.splits.len() + 2).map(|column| wide(column).unwrap_or(0)).collect();
        let mut table = String::new();
        for row in &rows {
            for (place, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match place {
                    0 => table.push_str(&format!("{cell:<width$}")),
                    _ => table.push_str(&format!("  {cell:>width$}")),
                }
            }
            table.push('\n');
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::question;
    use super::*;

    #[test]
    fn kinds_by_split_with_their_sums() {
        let one = |kind: &str, split: &str| Question {
            kind: kind.into(),
            split: split.into(),
            ..question("q", &[], &[])
        };
        let questions =
            [one("number", "test"), one("fact", "dev"), one("fact", "test"), one("fact", "test")];
        let census = Census::of(&questions);
        assert_eq!(census.questions(), 4);
        insta::assert_snapshot!(census.table(), @r"
        kind    dev  test  all
        fact      1     2    3
        number    0     1    1
        all       1     3    4
        ");
    }
}
