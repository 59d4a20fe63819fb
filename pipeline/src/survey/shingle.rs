//! Runs of words, by which texts are compared.
//!
//! Enters: text. Leaves: the hashes of its words, of each five words in a row, and how much two sets of
//! them have in common. Case, punctuation and white space do not count.

use crate::hash;
use unicode_segmentation::UnicodeSegmentation as _;

/// Words of one shingle; with five, two texts on one subject share next to none unless one was copied
/// (Broder et al. 1997 use ten, with fewer short documents).
const SHINGLE_WORDS: usize = 5;

/// The hash of each word (UAX #29) of a text, in its order.
pub(super) fn words(text: &str) -> Vec<u64> {
    text.unicode_words().map(hash::of_word).collect()
}

/// The hash of each shingle, in order and as often as it stands there. Fewer words than one shingle has
/// are one shingle; none are none.
pub(super) fn shingles(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    words.windows(SHINGLE_WORDS.min(words.len()).max(1)).map(hash::of_all)
}

/// The shingles of a text as a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShingleSet(Vec<u64>);

impl ShingleSet {
    /// The set of a text.
    pub fn of(text: &str) -> Self {
        Self::from_hashes(shingles(&words(text)).collect())
    }

    /// The set of these hashes.
    pub fn from_hashes(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// Shingles in both sets for each in either, 0 to 1; of two empty sets 1.
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_usize;
        while let (Some(one), Some(two)) = (ours.peek(), theirs.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => {
                    ours.next();
                }
                std::cmp::Ordering::Greater => {
                    theirs.next();
                }
                std::cmp::Ordering::Equal => {
                    common += 1;
                    ours.next();
                    theirs.next();
                }
            }
        }
        let all = self.0.len() + other.0.len() - common;
        if all == 0 { 1.0 } else { common as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn jaccard(one: &str, two: &str) -> f64 {
        ShingleSet::of(one).jaccard(&ShingleSet::of(two))
    }

    /// Of `a b c d e f g` and `a b c d e f h` the shingles abcde and bcdef are common; cdefg and cdefh
    /// are not: 2 of 4.
    #[test]
    fn jaccard_is_common_of_all() {
        assert_eq!(jaccard("a b c d e f g", "a b c d e f h"), 0.5);
        assert_eq!(jaccard("A, b! c\nd e", "a b c d e"), 1.0);
        assert_eq!(jaccard("a b", "a b"), 1.0);
        assert_eq!(jaccard("a b", "b a"), 0.0);
        assert_eq!(jaccard("a b", "a b c d e"), 0.0);
        assert_eq!(jaccard("", "..."), 1.0);
        assert_eq!(jaccard("", "a"), 0.0);
    }

    #[test]
    fn there_are_as_many_as_places() {
        let count = |text: &str| shingles(&words(text)).count();
        let counts = ["", "a", "a b c d", "a b c d e", "a b c d e f"].map(count);
        assert_eq!(counts, [0, 1, 1, 1, 2]);
    }

    proptest! {
        #[test]
        fn jaccard_agrees_with_sets(one in prop::collection::vec(0..20_u64, 0..20), two in prop::collection::vec(0..20_u64, 0..20)) {
            let sets = [&one, &two].map(|hashes| hashes.iter().copied().collect::<BTreeSet<u64>>());
            let common = sets[0].intersection(&sets[1]).count();
            let all = sets[0].union(&sets[1]).count();
            let expected = if all == 0 { 1.0 } else { common as f64 / all as f64 };
            let (one, two) = (ShingleSet::from_hashes(one), ShingleSet::from_hashes(two));
            prop_assert_eq!(one.jaccard(&two), expected);
            prop_assert_eq!(two.jaccard(&one), expected);
        }
    }
}
