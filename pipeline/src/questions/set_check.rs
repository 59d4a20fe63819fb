//! Questions held against one another.
//!
//! Enters: questions. Leaves: findings about quotes, documents, groups, kinds and splits, and about questions that say
//! the same twice.

use super::asking::{THREE_DOCUMENTS, TWO_DOCUMENTS};
use super::finding::{Finding, Weakness};
use super::likeness::{Words, near_pairs};
use crate::corpus::{Corpus, Question};
use std::collections::{BTreeMap, BTreeSet};

/// The split that measures.
const TEST: &str = "test";
/// A kind with fewer questions says little: the 95 % interval of a share of one half is ± 26 points at 10
/// questions.
const KIND_QUESTIONS: usize = 10;

/// Evidence that stands several times in its document.
pub(super) fn repeated_quotes(corpus: &Corpus) -> Vec<Finding> {
    let mut findings = Vec::new();
    for question in &corpus.questions {
        for evidence in question.evidence.iter().filter(|evidence| evidence.quote.is_some()) {
            let Some(document) = corpus.document(&evidence.document) else { continue };
            let Some(quote) = document.text.get(evidence.span.clone()) else { continue };
            let times = if quote.is_empty() { 0 } else { document.text.matches(quote).count() };
            if times > 1 {
                findings.push(Finding {
                    questions: vec![question.id.clone()],
                    what: Weakness::RepeatedQuote {
                        document: document.id.clone(),
                        quote: quote.to_owned(),
                        times,
                    },
                });
            }
        }
    }
    findings
}

/// Questions of kinds that need several documents, with evidence in fewer.
pub(super) fn few_documents(questions: &[Question]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for question in questions {
        let needed = match question.kind.as_str() {
            TWO_DOCUMENTS => 2,
            THREE_DOCUMENTS => 3,
            _ => continue,
        };
        let named: BTreeSet<&str> =
            question.evidence.iter().map(|evidence| evidence.document.as_str()).collect();
        if named.len() < needed {
            let (kind, named) = (question.kind.clone(), named.len());
            findings.push(Finding {
                questions: vec![question.id.clone()],
                what: Weakness::TooFewDocuments { kind, needed, named },
            });
        }
    }
    findings
}

/// Pairs of questions outside of one group that share most of their words.
pub(super) fn near_duplicates(questions: &[Question]) -> Vec<Finding> {
    let words: Vec<Words> = questions.iter().map(|question| Words::of(&question.text)).collect();
    near_pairs(&words)
        .into_iter()
        .map(|(first, second, likeness)| (&questions[first], &questions[second], likeness))
        .filter(|(first, second, _)| first.group.is_none() || first.group != second.group)
        .map(|(first, second, likeness)| Finding {
            questions: vec![first.id.clone(), second.id.clone()],
            // Three digits say enough, and are the same on every machine.
            what: Weakness::NearDuplicates { likeness: (likeness * 1e3).round() / 1e3 },
        })
        .collect()
}

/// Groups of one question.
pub(super) fn lonely_groups(questions: &[Question]) -> Vec<Finding> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for question in questions {
        if let Some(group) = &question.group {
            groups.entry(group).or_default().push(&question.id);
        }
    }
    groups
        .into_iter()
        .filter_map(|(group, ids)| match ids.as_slice() {
            [only] => Some(Finding {
                questions: vec![(*only).to_owned()],
                what: Weakness::LonelyGroup { group: group.to_owned() },
            }),
            _ => None,
        })
        .collect()
}

/// Kinds with few questions in the split `test`, where there is one.
pub(super) fn small_kinds(questions: &[Question]) -> Vec<Finding> {
    if !questions.iter().any(|question| question.split == TEST) {
        return Vec::new();
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for question in questions {
        *kinds.entry(&question.kind).or_default() += usize::from(question.split == TEST);
    }
    kinds
        .into_iter()
        .filter(|(_, asked)| *asked < KIND_QUESTIONS)
        .map(|(kind, asked)| whole(Weakness::SmallKind { kind: kind.to_owned(), asked }))
        .collect()
}

/// Splits that are missing or misspelt.
pub(super) fn splits(questions: &[Question]) -> Vec<Finding> {
    let mut splits: Vec<String> = questions.iter().map(|question| question.split.clone()).collect();
    splits.sort();
    splits.dedup();
    let mut findings = Vec::new();
    for (place, first) in splits.iter().enumerate() {
        for second in &splits[place + 1..] {
            if first.trim().to_lowercase() == second.trim().to_lowercase() {
                let (first, second) = (first.clone(), second.clone());
                findings.push(whole(Weakness::AlikeSplits { first, second }));
            }
        }
    }
    match splits.as_slice() {
        [only] if only == TEST => findings.push(whole(Weakness::OneSplit { split: only.clone() })),
        some if !some.is_empty() && !some.iter().any(|split| split == TEST) => {
            findings.push(whole(Weakness::NoTestSplit { splits }));
        }
        _ => {}
    }
    findings
}

fn whole(what: Weakness) -> Finding {
    Finding { questions: Vec::new(), what }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{corpus, question};
    use super::*;

    fn asking(id: &str, text: &str, group: Option<&str>) -> Question {
        Question { text: text.into(), group: group.map(str::to_owned), ..question(id, &[], &[]) }
    }

    fn kinds_and_splits(of: &[(&str, &str, usize)]) -> Vec<Question> {
        of.iter()
            .flat_map(|(kind, split, n)| {
                let one = Question {
                    kind: (*kind).into(),
                    split: (*split).into(),
                    ..question("q", &[], &[])
                };
                std::iter::repeat_n(one, *n)
            })
            .collect()
    }

    #[test]
    fn a_quote_that_stands_twice_is_counted() {
        let corpus = corpus(
            &[("a.md", "A", "Turn it on. Turn it off. Then turn it.")],
            vec![
                question("twice", &["on"], &[("a.md", "Turn it o")]),
                question("once", &["off"], &[("a.md", "Turn it off")]),
                // Marks are alike: what counts is the document's own text.
                question("folded", &["off"], &[("a.md", "Turn  it off")]),
            ],
        );
        let found = repeated_quotes(&corpus);
        assert_eq!(found.len(), 1);
        let quote = "Turn it o".to_owned();
        let what = Weakness::RepeatedQuote { document: "a.md".into(), quote, times: 2 };
        assert_eq!((&found[0].questions[..], &found[0].what), (&["twice".to_owned()][..], &what));
    }

    #[test]
    fn kinds_of_several_documents_have_evidence_in_as_many() {
        let of = |kind: &str, documents: &[&str]| {
            let evidence: Vec<(&str, &str)> = documents.iter().map(|id| (*id, "x")).collect();
            Question { kind: kind.into(), ..question("q", &["x"], &evidence) }
        };
        let told = |kind: &str, documents: &[&str]| -> Vec<String> {
            few_documents(&[of(kind, documents)]).iter().map(ToString::to_string).collect()
        };
        assert_eq!(told("two-documents", &["a.md", "b.md"]), [""; 0]);
        assert_eq!(told("three-documents", &["a.md", "b.md", "c.md"]), [""; 0]);
        assert_eq!(told("fact", &["a.md"]), [""; 0]);
        assert_eq!(
            told("two-documents", &["a.md", "a.md"]),
            ["question `q`: kind `two-documents` needs 2 documents, and its evidence is in 1"]
        );
        assert_eq!(
            told("three-documents", &["a.md", "b.md", "a.md"]),
            ["question `q`: kind `three-documents` needs 3 documents, and its evidence is in 2"]
        );
    }

    #[test]
    fn near_duplicates_are_named_outside_of_a_group() {
        let questions = [
            asking("a", "How heavy is the old pump in kilograms?", None),
            asking("b", "How heavy is the old pump, in kilograms", None),
            asking("c", "How heavy is the new pump in kilograms?", Some("g")),
            asking("d", "How heavy is the new pump in kilograms?", Some("g")),
        ];
        let found: Vec<String> =
            near_duplicates(&questions).iter().map(|finding| finding.questions.join(" ")).collect();
        // Old and new: 6 of 8 words are shared, 0.75.
        assert_eq!(found, ["a b"]);
        assert_eq!(lonely_groups(&questions), []);
        let lonely = lonely_groups(&questions[..3]);
        assert_eq!(lonely[0].what, Weakness::LonelyGroup { group: "g".into() });
    }

    #[test]
    fn kinds_below_ten_are_small_where_there_is_a_test_split() {
        let small = |of: &[(&str, &str, usize)]| -> Vec<String> {
            small_kinds(&kinds_and_splits(of)).iter().map(ToString::to_string).collect()
        };
        let of = [("fact", "test", 10), ("date", "test", 9), ("number", "dev", 20)];
        assert_eq!(
            small(&of),
            [
                "kind `date` has 9 question(s) in the split `test`",
                "kind `number` has 0 question(s) in the split `test`"
            ]
        );
        assert_eq!(small(&[("fact", "dev", 1)]), [""; 0]);
    }

    #[test]
    fn splits_that_do_not_serve_are_named() {
        let found = |of: &[&str]| -> Vec<String> {
            let of: Vec<_> = of.iter().map(|split| ("fact", *split, 1)).collect();
            splits(&kinds_and_splits(&of)).iter().map(ToString::to_string).collect()
        };
        assert_eq!(found(&["test", "dev"]), [""; 0]);
        assert_eq!(found(&[]), [""; 0]);
        assert_eq!(found(&["test", "test"]), ["all questions are in the split `test`"]);
        assert_eq!(found(&["dev"]), ["no question has the split `test`, only `dev`"]);
        assert_eq!(
            found(&["test", "Test", "dev"]),
            ["the splits `Test` and `test` are spelled alike"]
        );
    }
}
