//! Documents that are alike.
//!
//! Enters: a corpus and what was read of each document. Leaves: findings on the same texts, nearly the same
//! ones and versions, and what was not compared.

use super::duplicate::{near, same};
use super::facts::Facts;
use super::finding::{Finding, FindingKind, Item, Place};
use super::minhash::Signature;
use super::version::Versions;
use crate::corpus::Corpus;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was left out where documents are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Documents that resemble so many others that they were compared with the likeliest only.
    pub compared_in_part: usize,
    /// Names that more than ten documents share but for numbers and dates, with how many do: taken for
    /// series, not compared as versions.
    pub series: BTreeMap<String, usize>,
}

/// The findings, and what was left out. Of documents with the same text, the first stands for all in what
/// follows.
pub(super) fn likeness(corpus: &Corpus, facts: &[Facts]) -> (Vec<Finding>, LeftOut) {
    let texts = corpus.documents_with_fingerprints().zip(facts);
    let copies = same(texts.map(|((_, text), facts)| facts.signature.as_ref().map(|_| text)));
    let copied: BTreeSet<usize> =
        copies.iter().flat_map(|group| group.iter().skip(1).copied()).collect();
    let signature = |(place, facts): (usize, &'_ Facts)| -> Option<usize> {
        (facts.signature.is_some() && !copied.contains(&place)).then_some(place)
    };
    let compared: BTreeSet<usize> = facts.iter().enumerate().filter_map(signature).collect();
    let signatures: Vec<Option<&Signature>> = facts
        .iter()
        .enumerate()
        .map(|(place, facts)| facts.signature.as_ref().filter(|_| compared.contains(&place)))
        .collect();
    let versions = Versions::among(&corpus.documents, |place| !compared.contains(&place));
    let texts: Vec<&str> = corpus.documents.iter().map(|document| document.text.as_str()).collect();
    let near = near(&texts, &signatures, &versions.pairs);

    let item = |members: &[usize], detail: Option<String>| Item {
        places: members.iter().map(|place| Place::document(&corpus.documents[*place].id)).collect(),
        detail,
    };
    let items = [
        (FindingKind::Duplicates, copies.iter().map(|group| item(group, None)).collect::<Vec<_>>()),
        (
            FindingKind::NearDuplicates,
            near.groups
                .iter()
                .map(|group| item(&group.members, Some(alike(group.alike))))
                .collect(),
        ),
        (
            FindingKind::Versions,
            versions
                .groups
                .iter()
                .map(|group| item(&group.members, Some(alike(group.alike))))
                .collect(),
        ),
    ];
    let findings = items.into_iter().filter_map(|(kind, items)| Finding::of(kind, items)).collect();
    (findings, LeftOut { compared_in_part: near.compared_in_part, series: versions.series })
}

/// `0.87 alike`, of more pairs than one `0.81 to 0.97 alike`: Jaccard over shingles of five words.
fn alike((least, most): (f64, f64)) -> String {
    let (least, most) = (format!("{least:.2}"), format!("{most:.2}"));
    if least == most { format!("{least} alike") } else { format!("{least} to {most} alike") }
}
