//! What a corpus asks, and where the answers stand.
//!
//! Enters: questions. Leaves: counts by kind and split, and of the places of their evidence. Does not: judge
//! a question.

use crate::corpus::{Origin, Question};
use crate::questions::Census;
use serde::Serialize;
use std::collections::BTreeSet;

/// The questions of a corpus, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// All of them.
    pub questions: usize,
    /// Questions that a model wrote, looked at by a person or not.
    pub by_models: usize,
    /// Ordered by kind, then split.
    pub by_kind: Vec<KindCount>,
    /// Quoted places that hold answers, each as often as it is named.
    pub quotes: usize,
    /// Whole documents that hold answers, each as often as it is named.
    pub whole_documents: usize,
    /// Questions without evidence.
    pub without_evidence: usize,
    /// Documents that some evidence names.
    pub documents_with_evidence: usize,
    /// Documents that no evidence names.
    pub documents_without: usize,
}

/// Questions of one kind in one split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// As in the file.
    pub kind: String,
    /// As in the file.
    pub split: String,
    /// How many.
    pub questions: usize,
}

impl Asked {
    /// Counts the questions of a corpus with so many documents.
    pub(super) fn of(questions: &[Question], documents: usize) -> Self {
        let by_kind = Census::of(questions).kinds.into_iter().flat_map(|(kind, splits)| {
            splits.into_iter().map(move |(split, questions)| KindCount {
                kind: kind.clone(),
                split,
                questions,
            })
        });
        let evidence = || questions.iter().flat_map(|question| &question.evidence);
        let named: BTreeSet<&str> = evidence().map(|evidence| evidence.document.as_str()).collect();
        let count =
            |is: fn(&Question) -> bool| questions.iter().filter(|question| is(question)).count();
        Self {
            questions: questions.len(),
            by_models: count(|question| {
                matches!(question.origin, Some(Origin::Drafted | Origin::Reviewed))
            }),
            by_kind: by_kind.collect(),
            quotes: evidence().filter(|evidence| evidence.quote.is_some()).count(),
            whole_documents: evidence().filter(|evidence| evidence.quote.is_none()).count(),
            without_evidence: count(|question| question.evidence.is_empty()),
            documents_with_evidence: named.len(),
            documents_without: documents.saturating_sub(named.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Evidence;

    fn question(kind: &str, split: &str, evidence: &[(&str, bool)]) -> Question {
        let place = |(document, quoted): &(&str, bool)| Evidence {
            document: (*document).into(),
            quote: quoted.then(|| "q".into()),
            span: 0..1,
        };
        Question {
            id: "q".into(),
            text: "?".into(),
            answers: vec![],
            evidence: evidence.iter().map(place).collect(),
            kind: kind.into(),
            split: split.into(),
            group: None,
            schema: None,
            origin: (kind == "date").then_some(Origin::Drafted),
        }
    }

    #[test]
    fn questions_are_counted_by_kind_and_place() {
        let questions = [
            question("fact", "test", &[("a.md", true), ("b.md", false)]),
            question("fact", "dev", &[("a.md", true)]),
            question("fact", "test", &[]),
            question("date", "test", &[("a.md", true)]),
        ];
        let asked = Asked::of(&questions, 5);
        let kinds: Vec<_> = asked
            .by_kind
            .iter()
            .map(|count| (count.kind.as_str(), count.split.as_str(), count.questions))
            .collect();
        assert_eq!(kinds, [("date", "test", 1), ("fact", "dev", 1), ("fact", "test", 2)]);
        assert_eq!((asked.questions, asked.by_models), (4, 1));
        assert_eq!((asked.quotes, asked.whole_documents, asked.without_evidence), (3, 1, 1));
        assert_eq!((asked.documents_with_evidence, asked.documents_without), (2, 3));
    }
}
