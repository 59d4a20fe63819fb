//! The languages of a corpus.
//!
//! Enters: documents, the language of each as it was judged, the language that `corpus.toml` says. Leaves:
//! how many documents are in which, and those that are in another.

use super::facts::Facts;
use super::finding::{Finding, FindingKind, Item};
use super::language::{code, is_known};
use crate::corpus::Document;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many documents are in which language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// Documents by the two-letter code of their main language.
    pub documents: BTreeMap<String, usize>,
    /// Documents that are too short to judge, or that the detector was not sure of.
    pub not_judged: usize,
    /// Whether the detector knows the corpus's language. If not, no document is said to be in another.
    pub language_is_known: bool,
}

/// The languages of documents, and the findings on them.
pub(super) fn spoken(
    documents: &[Document],
    facts: &[Facts],
    language: &str,
) -> (Spoken, Vec<Finding>) {
    let mut spoken =
        Spoken { documents: BTreeMap::new(), not_judged: 0, language_is_known: is_known(language) };
    let (mut other, mut mixed) = (Vec::new(), Vec::new());
    for (document, facts) in documents.iter().zip(facts) {
        let Some(found) = &facts.languages else {
            spoken.not_judged += 1;
            continue;
        };
        *spoken.documents.entry(found.main.to_owned()).or_default() += 1;
        if !found.others.is_empty() {
            let detail = format!("{}, {}", found.main, found.others.join(", "));
            mixed.push(Item::document(&document.id, Some(detail)));
        }
        if spoken.language_is_known && found.main != code(language) {
            other.push(Item::document(&document.id, Some(found.main.to_owned())));
        }
    }
    let findings = [
        Finding::of(FindingKind::OtherLanguage, other),
        Finding::of(FindingKind::MixedLanguages, mixed),
    ];
    (spoken, findings.into_iter().flatten().collect())
}
