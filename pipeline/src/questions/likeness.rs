//! How alike two questions are.
//!
//! Enters: texts. Leaves: the share of words that two have in common, and all pairs that are nearly the same.
//! Does not: know what words mean.

use crate::score::normalize;
use std::collections::{BTreeSet, HashMap};

/// From this likeness on, two questions count as one asked twice.
pub(super) const NEAR: f64 = 0.8;

/// The distinct words of a text, normalized as answers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words(BTreeSet<String>);

impl Words {
    /// The words of `text`.
    pub fn of(text: &str) -> Self {
        Self(normalize(text).split_whitespace().map(str::to_owned).collect())
    }

    /// Shared words by all words of both (P. Jaccard, 1901), 0 to 1; 0 where neither has any.
    pub fn likeness(&self, other: &Self) -> f64 {
        let shared = self.0.intersection(&other.0).count();
        let all = self.0.len() + other.0.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }
}

/// Pairs of places, the first before the second, whose likeness is at least [`NEAR`], in order.
///
/// Two sets as alike as that share one of the first `n - ⌈NEAR n⌉ + 1` words of each when all words stand in
/// one order; rare words first, few pairs are compared (R. J. Bayardo, Y. Ma and R. Srikant, "Scaling up all
/// pairs similarity search", WWW 2007).
pub(super) fn near_pairs(texts: &[Words]) -> Vec<(usize, usize, f64)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in texts.iter().flat_map(|text| &text.0) {
        *counts.entry(word).or_default() += 1;
    }
    let mut seen: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut near = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let mut words: Vec<&str> = text.0.iter().map(String::as_str).collect();
        words.sort_by_key(|word| (counts.get(word).copied().unwrap_or(0), *word));
        // A product that is whole but for its last digit must not be rounded up.
        let needed = (NEAR * words.len() as f64 - 1e-9).ceil() as usize;
        words.truncate((words.len() + 1).saturating_sub(needed));
        let candidates: BTreeSet<usize> =
            words.iter().filter_map(|word| seen.get(word)).flatten().copied().collect();
        near.extend(candidates.into_iter().filter_map(|other| {
            let likeness = texts[other].likeness(text);
            (likeness >= NEAR).then_some((other, place, likeness))
        }));
        for word in words {
            seen.entry(word).or_default().push(place);
        }
    }
    near.sort_by_key(|(first, second, _)| (*first, *second));
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn derived_by_hand() {
        let likeness = |a: &str, b: &str| Words::of(a).likeness(&Words::of(b));
        // Articles and punctuation do not count: {how, heavy, is, pump}.
        assert_eq!(likeness("How heavy is the pump?", "how heavy is a PUMP"), 1.0);
        // 4 of 6 words: {how, heavy, is, pump} beside {valve} and {new}.
        assert_eq!(
            likeness("How heavy is the new pump?", "How heavy is the pump valve?"),
            4.0 / 6.0
        );
        assert_eq!(likeness("", "?"), 0.0);
    }

    proptest! {
        /// Passing over pairs by their rare words loses none.
        #[test]
        fn no_pair_is_missed(texts in proptest::collection::vec("[b-h]( [b-h]){0,7}", 0..12)) {
            let words: Vec<Words> = texts.iter().map(|text| Words::of(text)).collect();
            let mut all = Vec::new();
            for (second, b) in words.iter().enumerate() {
                for (first, a) in words[..second].iter().enumerate() {
                    let likeness = a.likeness(b);
                    if likeness >= NEAR {
                        all.push((first, second, likeness));
                    }
                }
            }
            all.sort_by_key(|(first, second, _)| (*first, *second));
            prop_assert_eq!(near_pairs(&words), all);
        }
    }
}
