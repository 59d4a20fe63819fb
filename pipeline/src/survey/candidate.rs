//! Which texts may be near-duplicates: few pairs of all, in time that grows with the number of texts.
//!
//! Enters: signatures. Leaves: pairs whose signatures agree in one band of four numbers, and overall. Does
//! not: compare texts.
//!
//! Two texts with Jaccard 0.8 agree in one of the 32 bands in all but 5 of 10⁸ cases, `(1 - 0.8⁴)³²`.
//! A band sorts all signatures from its first number on, so that those which agree in it are neighbours, the
//! most alike the nearest. Where very many agree (a form that was filled in a thousand times), each is paired
//! with its nearest neighbours only.

use super::minhash::{PERMUTATIONS, Signature};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Numbers of one band.
const BAND_ROWS: usize = 4;
/// Neighbours before a text, within a band, that it is paired with.
const NEIGHBOURS: usize = 16;
/// An estimate below this is left out: from a true 0.8 it is 2.8 standard errors away.
const ESTIMATE_MIN: f64 = 0.7;

/// What may be alike.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Pairs of places in the list of signatures, the lower first, ordered, each with its estimate.
    pub pairs: Vec<(usize, usize, f64)>,
    /// Places that agree in one band and are too many to be paired each with each.
    pub crowds: Vec<Vec<usize>>,
}

impl Candidates {
    /// The candidates among texts; those without a signature are in no pair.
    pub fn among(signatures: &[Option<&Signature>]) -> Self {
        let bands: Vec<Band> = (0..PERMUTATIONS / BAND_ROWS)
            .into_par_iter()
            .map(|band| Band::of(band * BAND_ROWS, signatures))
            .collect();
        let mut pairs = BTreeSet::new();
        let mut crowds = BTreeSet::new();
        for band in bands {
            pairs.extend(band.pairs);
            crowds.extend(band.crowds);
        }
        let with_estimate = |(one, two): (usize, usize)| {
            let estimate = signatures[one].zip(signatures[two]).map(|(a, b)| a.estimate(b));
            (one, two, estimate.unwrap_or_default())
        };
        Self {
            pairs: pairs.into_iter().map(with_estimate).collect(),
            crowds: crowds.into_iter().collect(),
        }
    }
}

/// What one band says.
#[derive(Default)]
struct Band {
    pairs: Vec<(usize, usize)>,
    crowds: Vec<Vec<usize>>,
}

impl Band {
    /// The band of the numbers from `start` on.
    fn of(start: usize, signatures: &[Option<&Signature>]) -> Self {
        let mut sorted: Vec<(&[u32], usize, &Signature)> = signatures
            .iter()
            .enumerate()
            .filter_map(|(place, signature)| {
                signature.map(|signature| (&signature.numbers()[start..], place, signature))
            })
            .collect();
        sorted.sort_unstable_by(|one, two| (one.0, one.1).cmp(&(two.0, two.1)));
        let mut band = Self::default();
        for alike in sorted.chunk_by(|one, two| one.0[..BAND_ROWS] == two.0[..BAND_ROWS]) {
            for (at, (_, place, signature)) in alike.iter().enumerate() {
                for (_, other, theirs) in &alike[at.saturating_sub(NEIGHBOURS)..at] {
                    if signature.estimate(theirs) >= ESTIMATE_MIN {
                        band.pairs.push((*place.min(other), *place.max(other)));
                    }
                }
            }
            if alike.len() > NEIGHBOURS + 1 {
                let mut crowd: Vec<usize> = alike.iter().map(|(_, place, _)| *place).collect();
                crowd.sort_unstable();
                band.crowds.push(crowd);
            }
        }
        band
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mixed;

    fn signature(hashes: impl Iterator<Item = u64>) -> Signature {
        Signature::of(hashes.map(mixed)).unwrap()
    }

    fn places(signatures: &[Signature]) -> Vec<(usize, usize)> {
        let all: Vec<_> = signatures.iter().map(Some).collect();
        Candidates::among(&all).pairs.into_iter().map(|(one, two, _)| (one, two)).collect()
    }

    /// 0 and 2 share 95 of 105 hashes; 1 shares none with either.
    #[test]
    fn what_is_alike_is_a_pair_and_what_is_not_is_none() {
        let texts = [signature(0..100), signature(500..600), signature(5..105)];
        assert_eq!(places(&texts), [(0, 2)]);
        let all = [Some(&texts[0]), None, Some(&texts[0])];
        assert_eq!(Candidates::among(&all).pairs, [(0, 2, 1.0)]);
        assert!(Candidates::among(&[]).pairs.is_empty());
    }

    #[test]
    fn a_crowd_is_paired_with_its_neighbours_and_named() {
        let same: Vec<Signature> = (0..100).map(|_| signature(0..10)).collect();
        let all: Vec<_> = same.iter().map(Some).collect();
        let found = Candidates::among(&all);
        // Each place with the 16 before it: 0 + 1 + … + 15, then 16 for each of 84.
        assert_eq!(found.pairs.len(), 120 + 84 * 16);
        assert_eq!(found.crowds, [(0..100).collect::<Vec<usize>>()]);
    }
}
