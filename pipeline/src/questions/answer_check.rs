//! Accepted answers held against the documents.
//!
//! Enters: a corpus. Leaves: findings about answers that the evidence does not hold, that many documents
//! hold, or that a title gives away. A question with a JSON Schema is passed over: its answers are no texts.

use super::finding::{Finding, Weakness};
use super::spans::Spans;
use crate::corpus::{Corpus, Question};
use crate::score::{contains_accepted_answer, normalize};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// An answer in more documents than this, and than [`COMMON_SHARE`] of them, is common.
const COMMON_DOCUMENTS: usize = 5;
/// Share of the documents.
const COMMON_SHARE: f64 = 0.05;

/// Questions whose evidence holds no accepted answer.
pub(super) fn outside_evidence(corpus: &Corpus) -> Vec<Finding> {
    outside(corpus)
        .filter(|(question, outside)| outside.len() == question.answers.len())
        .map(|(question, answers)| Finding {
            questions: vec![question.id.clone()],
            what: Weakness::AnswerOutsideEvidence { answers },
        })
        .collect()
}

/// Questions of models whose evidence holds some of the accepted answers, and not others. People write one answer
/// in several ways, of which a document has one; what a model adds may be wrong.
pub(super) fn unquoted(corpus: &Corpus) -> Vec<Finding> {
    outside(corpus)
        .filter(|(question, outside)| {
            question.origin.is_some() && outside.len() < question.answers.len()
        })
        .map(|(question, answers)| Finding {
            questions: vec![question.id.clone()],
            what: Weakness::UnquotedAnswer { answers },
        })
        .collect()
}

/// The questions with evidence that does not hold each of the accepted answers, and which it does not.
fn outside(corpus: &Corpus) -> impl Iterator<Item = (&Question, Vec<String>)> {
    answered(corpus).filter(|question| !question.evidence.is_empty()).filter_map(|question| {
        let spans = Spans::in_evidence(corpus, question);
        let is_outside = |answer: &&String| !spans.hold(&question.kind, answer);
        let outside: Vec<String> = question.answers.iter().filter(is_outside).cloned().collect();
        (!outside.is_empty()).then_some((question, outside))
    })
}

/// Answers that very many documents hold, each with its questions.
pub(super) fn common(corpus: &Corpus) -> Vec<Finding> {
    // By normalized answer: as first written, and the questions that take it.
    let mut answers: BTreeMap<String, (&str, Vec<String>)> = BTreeMap::new();
    for question in answered(corpus) {
        for answer in &question.answers {
            let normalized = normalize(answer);
            let (_, ids) = answers.entry(normalized).or_insert((answer, Vec::new()));
            if !ids.contains(&question.id) {
                ids.push(question.id.clone());
            }
        }
    }
    let wanted = Phrases::of(answers.keys());
    let mut counts = vec![0_usize; answers.len()];
    let found: Vec<HashSet<usize>> =
        corpus.documents.par_iter().map(|document| wanted.within(&document.text)).collect();
    for place in found.into_iter().flatten() {
        counts[place] += 1;
    }
    let of = corpus.documents.len();
    let most = (COMMON_DOCUMENTS as f64).max(COMMON_SHARE * of as f64);
    answers
        .into_values()
        .zip(counts)
        .filter(|(_, documents)| *documents as f64 > most)
        .map(|((answer, questions), documents)| Finding {
            questions,
            what: Weakness::CommonAnswer { answer: answer.to_owned(), documents, of },
        })
        .collect()
}

/// Questions that the title of their evidence's document answers.
pub(super) fn in_titles(corpus: &Corpus) -> Vec<Finding> {
    answered(corpus)
        .filter_map(|question| {
            let document = question
                .evidence
                .iter()
                .filter_map(|evidence| corpus.document(&evidence.document))
                .find(|document| contains_accepted_answer(&document.title, &question.answers))?;
            Some(Finding {
                questions: vec![question.id.clone()],
                what: Weakness::TitleAnswers {
                    document: document.id.clone(),
                    title: document.title.clone(),
                },
            })
        })
        .collect()
}

fn answered(corpus: &Corpus) -> impl Iterator<Item = &Question> {
    corpus.questions.iter().filter(|question| question.is_answerable() && question.schema.is_none())
}

/// Normalized answers, found in a text all at once: by their first words.
struct Phrases<'a> {
    by_first_word: HashMap<&'a str, Vec<(usize, Vec<&'a str>)>>,
}

impl<'a> Phrases<'a> {
    fn of(normalized: impl Iterator<Item = &'a String>) -> Self {
        let mut by_first_word: HashMap<&str, Vec<(usize, Vec<&str>)>> = HashMap::new();
        for (place, phrase) in normalized.enumerate() {
            let mut words = phrase.split(' ').filter(|word| !word.is_empty());
            if let Some(first) = words.next() {
                by_first_word.entry(first).or_default().push((place, words.collect()));
            }
        }
        Self { by_first_word }
    }

    /// The places of the phrases that stand in `text` as whole words.
    fn within(&self, text: &str) -> HashSet<usize> {
        let normalized = normalize(text);
        let words: Vec<&str> = normalized.split(' ').collect();
        let mut found = HashSet::new();
        for (at, word) in words.iter().enumerate() {
            for (place, rest) in self.by_first_word.get(word).into_iter().flatten() {
                if words.get(at + 1..).is_some_and(|after| after.starts_with(rest)) {
                    found.insert(*place);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{corpus, question};
    use super::*;
    use crate::corpus::Origin;
    use proptest::prelude::*;

    fn ids(findings: &[Finding]) -> Vec<&str> {
        findings.iter().flat_map(|finding| &finding.questions).map(String::as_str).collect()
    }

    #[test]
    fn an_answer_stands_in_its_evidence_or_is_found_outside() {
        let corpus = corpus(
            &[("a.md", "A", "The pump weighs 40 kg."), ("b.md", "B", "Its lid: 5 kg.")],
            vec![
                question("in", &["41 kg", "40 KG"], &[("a.md", "weighs 40 kg")]),
                question("beside", &["pump"], &[("a.md", "weighs 40 kg")]),
                question("part", &["0 kg"], &[("a.md", "weighs 40 kg")]),
                question("second", &["5 kg"], &[("a.md", "pump"), ("b.md", "lid: 5 kg")]),
                question(
                    "list",
                    &["lid, pump and 5 kg"],
                    &[("a.md", "pump"), ("b.md", "lid: 5 kg")],
                ),
                question("half", &["pump and tap", "40 kg"], &[("a.md", "pump")]),
                question("nothing", &[], &[]),
            ],
        );
        assert_eq!(ids(&outside_evidence(&corpus)), ["beside", "part", "half"]);
    }

    #[test]
    fn each_answer_that_a_model_accepts_stands_in_the_evidence() {
        let reviewed = |id: &str, answers: &[&str]| Question {
            origin: Some(Origin::Reviewed),
            ..question(id, answers, &[("a.md", "weighs 40 kg")])
        };
        let corpus = corpus(
            &[("a.md", "A", "The pump weighs 40 kg.")],
            vec![
                reviewed("each", &["40 kg", "40"]),
                reviewed("invented", &["40 kg", "41 kg"]),
                reviewed("none", &["41 kg", "42 kg"]),
                question("a-person-s", &["40 kg", "forty kilograms"], &[("a.md", "weighs 40 kg")]),
            ],
        );
        assert_eq!(ids(&outside_evidence(&corpus)), ["none"]);
        let found = unquoted(&corpus);
        assert_eq!(ids(&found), ["invented"]);
        assert_eq!(found[0].what, Weakness::UnquotedAnswer { answers: vec!["41 kg".into()] });
    }

    #[test]
    fn a_common_answer_is_in_more_than_five_documents() {
        let texts: Vec<(String, String)> = (0..10)
            .map(|n| {
                let text = match n {
                    0..5 => "blue and heron grey",
                    5 => "blue, Heron-grey",
                    _ => "red",
                };
                (format!("{n}.md"), text.to_owned())
            })
            .collect();
        let documents: Vec<(&str, &str, &str)> =
            texts.iter().map(|(id, text)| (id.as_str(), "T", text.as_str())).collect();
        let corpus = corpus(
            &documents,
            vec![
                question("q1", &["Blue"], &[("0.md", "blue")]),
                question("q2", &["the blue"], &[("1.md", "blue")]),
                // In five documents: a hyphen joins two words.
                question("q3", &["heron grey"], &[("0.md", "heron grey")]),
                question("q4", &["red"], &[("7.md", "red")]),
            ],
        );
        let found = common(&corpus);
        assert_eq!(found.len(), 1);
        assert_eq!(ids(&found), ["q1", "q2"]);
        let what = Weakness::CommonAnswer { answer: "Blue".into(), documents: 6, of: 10 };
        assert_eq!(found[0].what, what);
    }

    #[test]
    fn titles_that_answer_are_named() {
        let corpus = corpus(
            &[("a.md", "Torque of the Brandt pump", "The torque is 40 Nm.")],
            vec![
                question("q1", &["Brandt"], &[("a.md", "torque")]),
                question("q2", &["40 Nm"], &[("a.md", "40 Nm")]),
            ],
        );
        assert_eq!(ids(&in_titles(&corpus)), ["q1"]);
    }

    proptest! {
        /// All at once finds what one by one does.
        #[test]
        fn phrases_are_found_as_answers_are(
            phrases in proptest::collection::vec("[bc]( [bcd]){0,2}", 1..5), text in "[bcd ,.]{0,20}",
        ) {
            let found = Phrases::of(phrases.iter()).within(&text);
            for (place, phrase) in phrases.iter().enumerate() {
                let alone = contains_accepted_answer(&text, std::slice::from_ref(phrase));
                prop_assert_eq!(found.contains(&place), alone);
            }
        }
    }
}
