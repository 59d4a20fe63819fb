//! Texts that stand in a corpus more than once.
//!
//! Enters: texts, their signatures. Leaves: groups of the same text, and of nearly the same: joined by
//! pairs with Jaccard 0.8 or more over shingles, each counted on the texts themselves. The result depends on
//! the texts, not on their order. Time grows with the number of words.

use super::candidate::Candidates;
use super::group::Groups;
use super::minhash::Signature;
use super::shingle::ShingleSet;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Shingles in both texts for each in either, from which on they are near-duplicates.
pub(super) const NEAR_MIN: f64 = 0.8;
/// Comparisons with the likeliest others that a text is given.
const COMPARISONS_MAX: usize = 16;

/// Texts that are nearly the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NearGroup {
    /// Places in the list of texts, ordered; two or more.
    pub members: Vec<usize>,
    /// Least and greatest Jaccard of the pairs that join the group.
    pub alike: (f64, f64),
}

/// All that are nearly the same.
#[derive(Debug, Default, PartialEq)]
pub(super) struct NearDuplicates {
    /// Ordered by first member.
    pub groups: Vec<NearGroup>,
    /// Texts that resemble too many others to be compared with each of them.
    pub compared_in_part: usize,
}

/// Groups of places with the same key, each in order, ordered by first member.
pub(super) fn same<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> Vec<Vec<usize>> {
    let mut by_key: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (place, key) in keys.enumerate() {
        if let Some(key) = key {
            by_key.entry(key).or_default().push(place);
        }
    }
    let mut groups: Vec<_> = by_key.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    groups
}

/// The near-duplicates among texts with a signature; pairs in `apart`, the lower place first, do not join.
///
/// Each round compares every text with its likeliest candidate that is in another group, all texts at
/// once; a text that is copied a thousand times takes a thousand comparisons, not half a million.
pub(super) fn near(
    texts: &[&str],
    signatures: &[Option<&Signature>],
    apart: &BTreeSet<(usize, usize)>,
) -> NearDuplicates {
    let candidates = Candidates::among(signatures);
    let mut queues: BTreeMap<usize, Vec<(f64, usize)>> = BTreeMap::new();
    for (one, two, estimate) in candidates.pairs {
        if !apart.contains(&(one, two)) {
            queues.entry(two).or_default().push((estimate, one));
        }
    }
    for queue in queues.values_mut() {
        // The likeliest last, where it is taken from; of equals the lowest.
        queue.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    }
    let mut groups = Groups::alone(texts.len());
    let mut joints: Vec<(usize, f64)> = Vec::new();
    for _ in 0..COMPARISONS_MAX {
        let mut pairs = Vec::new();
        for (text, queue) in &mut queues {
            while let Some((_, other)) = queue.pop() {
                if !groups.are_one(*text, other) {
                    pairs.push((other, *text));
                    break;
                }
            }
        }
        if pairs.is_empty() {
            break;
        }
        let compare = |(one, two): &(usize, usize)| {
            ShingleSet::of(texts[*one]).jaccard(&ShingleSet::of(texts[*two]))
        };
        let alike: Vec<f64> = pairs.par_iter().map(compare).collect();
        for ((one, two), alike) in pairs.into_iter().zip(alike) {
            if alike >= NEAR_MIN {
                groups.join(one, two);
                joints.push((one, alike));
            }
        }
    }
    let mut in_part: BTreeSet<usize> = queues
        .iter()
        .filter(|(text, queue)| queue.iter().any(|(_, other)| !groups.are_one(**text, *other)))
        .map(|(text, _)| *text)
        .collect();
    for crowd in candidates.crowds {
        let leader = crowd.first().map(|first| groups.leader(*first));
        if crowd.iter().any(|place| Some(groups.leader(*place)) != leader) {
            in_part.extend(crowd);
        }
    }
    let mut alike: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (place, jaccard) in joints {
        let (least, most) = alike.entry(groups.leader(place)).or_insert((1.0, 0.0));
        (*least, *most) = (least.min(jaccard), most.max(jaccard));
    }
    let groups = groups
        .joined()
        .into_iter()
        .filter_map(|members| {
            let alike = *alike.get(members.first()?)?;
            Some(NearGroup { members, alike })
        })
        .collect();
    NearDuplicates { groups, compared_in_part: in_part.len() }
}

#[cfg(test)]
mod tests {
    use super::super::shingle::{shingles, words};
    use super::*;
    use proptest::prelude::*;

    fn found(texts: &[&str]) -> NearDuplicates {
        let signatures: Vec<_> =
            texts.iter().map(|text| Signature::of(shingles(&words(text)))).collect();
        let signatures: Vec<_> = signatures.iter().map(Option::as_ref).collect();
        near(texts, &signatures, &BTreeSet::new())
    }

    fn numbered(numbers: std::ops::Range<usize>) -> String {
        numbers.map(|number| format!("w{number} ")).collect()
    }

    /// Texts of 100 words have 96 shingles. Shifted by 4 words they share 92 of 100, by 20 words 76 of 116.
    #[test]
    fn groups_hang_together_and_say_how_alike_they_are() {
        let texts = [numbered(0..100), numbered(500..600), numbered(4..104), numbered(20..120)];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let near = found(&texts);
        assert_eq!(near.groups, [NearGroup { members: vec![0, 2], alike: (0.92, 0.92) }]);
        assert_eq!(near.compared_in_part, 0);
    }

    #[test]
    fn pairs_that_are_kept_apart_do_not_join() {
        let text = numbered(0..50);
        let signature = Signature::of(shingles(&words(&text)));
        let signatures = [signature.as_ref(), signature.as_ref()];
        let apart = BTreeSet::from([(0, 1)]);
        assert_eq!(near(&[&text, &text], &signatures, &apart), NearDuplicates::default());
        assert_eq!(near(&[&text, &text], &signatures, &BTreeSet::new()).groups.len(), 1);
    }

    #[test]
    fn a_crowd_of_copies_is_one_group() {
        let copies: Vec<String> =
            (0..200).map(|copy| format!("{} number {copy}", numbered(0..200))).collect();
        let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
        let near = found(&copies);
        assert_eq!(near.groups.len(), 1);
        assert_eq!(near.groups[0].members.len(), 200);
        assert_eq!(near.compared_in_part, 0);
    }

    /// Each text has 166 shingles, of which 146 stand in all others: Jaccard 146 of 186, 0.785. That is too
    /// little for duplicates, and enough to agree in some band with more neighbours than are compared.
    #[test]
    fn what_is_compared_in_part_is_counted() {
        let form = numbered(0..150);
        let filled: Vec<String> = (1..60)
            .map(|copy| format!("{form} {}", numbered(copy * 1000..copy * 1000 + 20)))
            .collect();
        let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
        let near = found(&filled);
        assert!(near.groups.is_empty());
        assert!(near.compared_in_part > 0);
    }

    #[test]
    fn the_same_keys_are_grouped_and_none_is_no_key() {
        let keys = [Some("b"), None, Some("a"), None, Some("a"), Some("b"), Some("c")];
        assert_eq!(same(keys.into_iter()), [vec![0, 5], vec![2, 4]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Texts are slices of two stories that differ in their beginnings, so that many are alike.
        #[test]
        fn groups_do_not_depend_on_the_order(
            slices in prop::collection::vec((0..2_usize, 0..40_usize, 60..100_usize), 0..10),
            seed in any::<prop::sample::Index>(),
        ) {
            let texts: Vec<String> = slices
                .iter()
                .map(|(story, from, to)| numbered(story * 1000 + from..story * 1000 + to))
                .collect();
            let forward: Vec<&str> = texts.iter().map(String::as_str).collect();
            let mut turned = forward.clone();
            turned.reverse();
            turned.rotate_left(seed.index(forward.len().max(1)));
            let groups = |texts: &[&str]| -> BTreeSet<Vec<String>> {
                let named = |group: NearGroup| {
                    let mut members: Vec<String> =
                        group.members.iter().map(|place| texts[*place].to_owned()).collect();
                    members.sort();
                    members
                };
                found(texts).groups.into_iter().map(named).collect()
            };
            prop_assert_eq!(groups(&forward), groups(&turned));
        }
    }
}
