//! Signatures: how alike two texts are, told from 128 numbers of each.
//!
//! Enters: the shingles of a text. Leaves: for each of 128 permutations of all hashes the least that a
//! shingle of the text is sent to (Broder 1997). Two texts share as large a part of their numbers, give
//! or take, as of their shingles.

use crate::hash::mixed;

/// Numbers of a signature: an estimate's standard error is at most `sqrt(0.25 / 128)`, 0.044.
pub(super) const PERMUTATIONS: usize = 128;

/// Factor and summand of each permutation. The factors are odd, so that no two hashes meet.
const COEFFICIENTS: [(u64, u64); PERMUTATIONS] = coefficients();

/// The least hash under each permutation, its upper 32 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature(Box<[u32; PERMUTATIONS]>);

impl Signature {
    /// The signature of a text's shingles; none of a text without any.
    pub fn of(shingles: impl Iterator<Item = u64>) -> Option<Self> {
        let mut least = Box::new([u32::MAX; PERMUTATIONS]);
        let mut is_empty = true;
        for shingle in shingles {
            is_empty = false;
            for (slot, (factor, summand)) in least.iter_mut().zip(&COEFFICIENTS) {
                let sent = (shingle.wrapping_mul(*factor).wrapping_add(*summand) >> 32) as u32;
                if sent < *slot {
                    *slot = sent;
                }
            }
        }
        (!is_empty).then_some(Self(least))
    }

    /// All numbers.
    pub fn numbers(&self) -> &[u32; PERMUTATIONS] {
        &self.0
    }

    /// About how many of both texts' shingles are common, 0 to 1.
    pub fn estimate(&self, other: &Self) -> f64 {
        let same = self.0.iter().zip(other.0.iter()).filter(|(one, two)| one == two).count();
        same as f64 / PERMUTATIONS as f64
    }
}

/// The sequence of SplitMix64 from seed 0: the same for good, as documents compared today may be tomorrow.
const fn coefficients() -> [(u64, u64); PERMUTATIONS] {
    let mut all = [(0, 0); PERMUTATIONS];
    let mut state = 0_u64;
    let mut number = 0;
    while number < PERMUTATIONS {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let factor = mixed(state) | 1;
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        all[number] = (factor, mixed(state));
        number += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::shingle::ShingleSet;
    use super::*;
    use proptest::prelude::*;

    fn signature(hashes: &[u64]) -> Signature {
        Signature::of(hashes.iter().copied()).unwrap()
    }

    #[test]
    fn order_and_repetition_do_not_count() {
        let one = signature(&[mixed(1), mixed(2), mixed(3)]);
        assert_eq!(one, signature(&[mixed(3), mixed(1), mixed(2), mixed(1)]));
        assert_eq!(one.estimate(&one), 1.0);
        assert_eq!(Signature::of(std::iter::empty()), None);
    }

    proptest! {
        /// The bound is five standard errors of 128 draws, 5 · sqrt(J (1 − J) / 128) ≤ 0.221.
        #[test]
        fn the_estimate_is_near_the_truth(common in 1..300_u64, ours in 0..300_u64, theirs in 0..300_u64, seed in any::<u64>()) {
            let set = |from: u64, to: u64| -> Vec<u64> {
                (0..common).chain(from..to).map(|number| mixed(mixed(number) ^ seed)).collect()
            };
            let (one, two) = (set(1000, 1000 + ours), set(2000, 2000 + theirs));
            let estimate = signature(&one).estimate(&signature(&two));
            prop_assert_eq!(estimate, signature(&two).estimate(&signature(&one)));
            let truth = ShingleSet::from_hashes(one).jaccard(&ShingleSet::from_hashes(two));
            let bound = 5.0 * (truth * (1.0 - truth) / PERMUTATIONS as f64).sqrt();
            prop_assert!((estimate - truth).abs() <= bound.max(0.05), "{} for {}", estimate, truth);
        }
    }
}
