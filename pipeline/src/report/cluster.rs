//! Which questions stand or fall together.
//!
//! Enters: questions. Leaves: a label for each; what has one label is resampled and flipped together.
//! Does not: resample (`statistics`).

use crate::corpus::Question;
use std::collections::BTreeMap;

/// One label a question: the same for paraphrases of one question and for questions on one document,
/// and for whatever these join. The document is the first of the evidence: were all of them taken, a
/// few questions over several documents would join a whole corpus.
pub fn labels(questions: &[&Question]) -> Vec<String> {
    // Each question points to an earlier one that it belongs with, or to itself.
    let mut parents: Vec<usize> = (0..questions.len()).collect();
    let mut first: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for (place, question) in questions.iter().enumerate() {
        let group = question.group.as_deref().map(|group| (true, group));
        let document = question.evidence.first().map(|one| (false, one.document.as_str()));
        for key in group.into_iter().chain(document) {
            let known = *first.entry(key).or_insert(place);
            let (a, b) = (root(&parents, known), root(&parents, place));
            parents[a.max(b)] = a.min(b);
        }
    }
    (0..questions.len()).map(|place| questions[root(&parents, place)].id.clone()).collect()
}

fn root(parents: &[usize], mut place: usize) -> usize {
    while parents[place] != place {
        place = parents[place];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Evidence;

    /// `id group document`, `-` for none.
    fn question(text: &str) -> Question {
        let [id, group, document] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let some = |name: &str| (name != "-").then(|| name.to_owned());
        Question {
            id: id.into(),
            text: "?".into(),
            answers: Vec::new(),
            evidence: some(document)
                .map(|document| Evidence { document, quote: None, span: 0..1 })
                .into_iter()
                .collect(),
            kind: "fact".into(),
            split: "test".into(),
            group: some(group),
            schema: None,
            origin: None,
        }
    }

    #[test]
    fn a_group_and_a_document_join_and_pass_it_on() {
        let rows = ["a - x", "b g y", "c - -", "d - x", "e g x", "f - -", "g - y", "h x -"];
        let questions: Vec<Question> = rows.map(question).into();
        // `e` joins the document x with the group g, and so with the document y; a group named x is
        // no document.
        let questions: Vec<&Question> = questions.iter().collect();
        assert_eq!(labels(&questions), ["a", "a", "c", "a", "a", "f", "a", "h"]);
    }
}
