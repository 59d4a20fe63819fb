//! Versions of one document: files of one name or title but for a version, a date or a number, whose
//! texts are partly the same.
//!
//! Enters: documents' ids, titles and texts. Leaves: groups of documents that will contradict one another,
//! and the names that so many share that they are taken for a series of forms. Does not: say which version
//! is in force.

use super::group::Groups;
use super::shingle::ShingleSet;
use crate::corpus::Document;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Jaccard of two versions: with less in common they are two documents, with more near-duplicates.
pub(super) const ALIKE: std::ops::RangeInclusive<f64> = 0.3..=0.95;
/// More documents than this of one name are a series (invoices, minutes), not versions: nobody keeps so
/// many, and to compare each with each would take long.
pub(super) const VERSIONS_MAX: usize = 10;
/// Words that tell versions of a document apart, in lower case, beside numbers.
const VERSION_WORDS: &[&str] = &[
    "v",
    "ver",
    "vers",
    "version",
    "versione",
    "rev",
    "revision",
    "draft",
    "final",
    "copy",
    "old",
    "new",
    "latest",
    "current",
    "updated",
    "backup",
    "bak",
    "signed",
    "approved",
    "superseded",
    "archive",
    "archived",
    "entwurf",
    "endfassung",
    "fassung",
    "kopie",
    "alt",
    "neu",
    "aktuell",
    "stand",
    "auflage",
    "ausgabe",
    "edition",
    "issue",
    "brouillon",
    "copie",
    "q",
    "fy",
    "jan",
    "january",
    "januar",
    "feb",
    "february",
    "februar",
    "mar",
    "march",
    "märz",
    "apr",
    "april",
    "may",
    "mai",
    "jun",
    "june",
    "juni",
    "jul",
    "july",
    "juli",
    "aug",
    "august",
    "sep",
    "sept",
    "september",
    "oct",
    "okt",
    "october",
    "oktober",
    "nov",
    "november",
    "dec",
    "dez",
    "december",
    "dezember",
];

/// Documents that look like versions of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VersionGroup {
    /// Places in the list of documents, ordered; two or more.
    pub members: Vec<usize>,
    /// Least and greatest Jaccard of two of them.
    pub alike: (f64, f64),
}

/// What names say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Versions {
    /// Ordered by first member.
    pub groups: Vec<VersionGroup>,
    /// Pairs of places that are versions, the lower first.
    pub pairs: BTreeSet<(usize, usize)>,
    /// Names that more than [`VERSIONS_MAX`] documents share, and how many do; not compared.
    pub series: BTreeMap<String, usize>,
}

impl Versions {
    /// The versions among documents; those where `is_out` says so are passed over.
    pub fn among(documents: &[Document], is_out: impl Fn(usize) -> bool) -> Self {
        let mut by_name: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (place, document) in documents.iter().enumerate().filter(|(place, _)| !is_out(*place)) {
            for name in
                [name_of(stem(&document.id)), name_of(&document.title)].into_iter().flatten()
            {
                by_name.entry(name).or_default().insert(place);
            }
        }
        let mut versions = Self::default();
        let mut alike_names: BTreeSet<Vec<usize>> = BTreeSet::new();
        for (name, places) in by_name {
            if places.len() > VERSIONS_MAX {
                versions.series.insert(name, places.len());
            } else if places.len() > 1 {
                alike_names.insert(places.into_iter().collect());
            }
        }
        let alike_names: Vec<Vec<usize>> = alike_names.into_iter().collect();
        let compared: Vec<Vec<(usize, usize, f64)>> =
            alike_names.par_iter().map(|places| pairs(documents, places)).collect();
        let mut groups = Groups::alone(documents.len());
        let mut found = Vec::new();
        for (one, two, alike) in compared.into_iter().flatten() {
            groups.join(one, two);
            if versions.pairs.insert((one, two)) {
                found.push((one, alike));
            }
        }
        let mut alike: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (place, jaccard) in found {
            let (least, most) = alike.entry(groups.leader(place)).or_insert((1.0, 0.0));
            (*least, *most) = (least.min(jaccard), most.max(jaccard));
        }
        for members in groups.joined() {
            if let Some(alike) = members.first().and_then(|leader| alike.get(leader)) {
                versions.groups.push(VersionGroup { members, alike: *alike });
            }
        }
        versions
    }
}

/// The pairs of `places`, the lower first, that are alike enough for versions, and how alike.
fn pairs(documents: &[Document], places: &[usize]) -> Vec<(usize, usize, f64)> {
    let sets: Vec<(usize, ShingleSet)> =
        places.iter().map(|place| (*place, ShingleSet::of(&documents[*place].text))).collect();
    let mut pairs = Vec::new();
    for (number, (two, theirs)) in sets.iter().enumerate() {
        for (one, ours) in &sets[..number] {
            let alike = ours.jaccard(theirs);
            if ALIKE.contains(&alike) {
                pairs.push((*one, *two, alike));
            }
        }
    }
    pairs
}

fn stem(id: &str) -> &str {
    Path::new(id).file_stem().and_then(|stem| stem.to_str()).unwrap_or(id)
}

/// A name in lower case without what tells versions apart; none when nothing is left.
fn name_of(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let mut name = String::new();
    for run in text.split(|letter: char| !letter.is_alphanumeric()) {
        // `v2`, `2024q3` and `rev3b` are words and numbers.
        for word in run.split(char::is_numeric) {
            let is_letter_of_number = word.len() == 1 && run.contains(char::is_numeric);
            if !word.is_empty() && !is_letter_of_number && !VERSION_WORDS.contains(&word) {
                if !name.is_empty() {
                    name.push(' ');
                }
                name.push_str(word);
            }
        }
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, title: &str, words: std::ops::Range<usize>) -> Document {
        let text = words.map(|number| format!("w{number} ")).collect();
        Document { id: id.into(), title: title.into(), text, pages: Vec::new() }
    }

    #[test]
    fn versions_dates_and_numbers_are_no_part_of_a_name() {
        for name in [
            "Travel-Policy",
            "travel_policy_v2",
            "Travel Policy (3) FINAL",
            "2024-03-01 travel policy",
            "travel policy rev3b",
            "Travel Policy, March 2024",
        ] {
            assert_eq!(name_of(name).as_deref(), Some("travel policy"), "{name}");
        }
        assert_eq!(name_of("travelpolicy").as_deref(), Some("travelpolicy"));
        assert_eq!(name_of("2024-03 v2"), None);
        assert_eq!(name_of("Entwurf Übergabe 2").as_deref(), Some("übergabe"));
    }

    /// 100 words have 96 shingles; shifted by 20 they share 76 of 116, 0.655; by 60, 36 of 156, 0.231; by
    /// 80, 16 of 176, 0.091.
    #[test]
    fn partly_the_same_under_one_name_are_versions() {
        let documents = [
            document("a/pump_v1.md", "Pump", 0..100),
            document("a/pump_v2.md", "Pump manual", 20..120),
            document("b/lid.md", "Lid", 20..120),
            document("b/other.md", "Pump 2019", 80..180),
            document("pump_v3.md", "Unrelated", 900..1000),
        ];
        let versions = Versions::among(&documents, |_| false);
        // `other` has the title of 0, with which it shares too little, and with 1 as well.
        assert_eq!(versions.pairs, BTreeSet::from([(0, 1)]));
        assert_eq!(versions.groups.len(), 1);
        assert_eq!(versions.groups[0].members, [0, 1]);
        assert_eq!(versions.groups[0].alike, (76.0 / 116.0, 76.0 / 116.0));
        assert_eq!(Versions::among(&documents, |place| place == 1), Versions::default());
    }

    #[test]
    fn nearly_the_same_and_the_same_are_no_versions() {
        let documents = [
            document("p1.md", "p", 0..400),
            document("p2.md", "p", 1..401),
            document("p3.md", "p", 0..400),
        ];
        assert_eq!(Versions::among(&documents, |_| false), Versions::default());
    }

    #[test]
    fn many_of_one_name_are_a_series() {
        let documents: Vec<Document> = (0..11)
            .map(|number| document(&format!("invoice-{number}.md"), "", number..100))
            .collect();
        let versions = Versions::among(&documents, |_| false);
        assert!(versions.groups.is_empty());
        assert_eq!(versions.series, BTreeMap::from([("invoice".to_owned(), 11)]));
        assert_eq!(Versions::among(&documents[1..], |_| false).groups.len(), 1);
    }
}
