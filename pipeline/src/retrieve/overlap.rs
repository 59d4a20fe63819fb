//! A stand-in reranker that needs no model: shared words.

use super::{Reranker, RetrieveError};
use std::collections::HashSet;
use unicode_segmentation::UnicodeSegmentation as _;

/// The share of the query's different words that a passage holds, from 0 to 1. For tests and for
/// builds without engines; its name, `overlap`, stands in every report that used it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overlap;

impl Overlap {
    /// How a plan names it.
    pub const NAME: &str = "overlap";
}

impl Reranker for Overlap {
    fn scores(&self, query: &str, passages: &[&str]) -> Result<Vec<f64>, RetrieveError> {
        let wanted = words(query);
        Ok(passages
            .iter()
            .map(|passage| {
                let shared = words(passage).intersection(&wanted).count();
                shared as f64 / wanted.len().max(1) as f64
            })
            .collect())
    }
}

fn words(text: &str) -> HashSet<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_word_once() {
        let scores = Overlap
            .scores("the pump stops, the PUMP", &["pump pump", "The pump stops!", "", "wages"])
            .unwrap();
        // Three different words: the, pump, stops.
        assert_eq!(scores, [1.0 / 3.0, 1.0, 0.0, 0.0]);
        assert_eq!(Overlap.scores("", &["a"]).unwrap(), [0.0]);
    }
}
