//! Whether different questions get the same passages: the sign of a retriever that does not read
//! the question (an index of one constant vector, a query that is never embedded).
//!
//! Enters: what a retriever found for many questions. Leaves: counts, and a warning where they are
//! suspicious. Does not: know the questions.

use super::Retrieved;
use std::collections::BTreeMap;

/// Fewer questions than this say nothing.
const FEWEST_QUESTIONS: usize = 5;

/// A list that more than this share of the questions get is suspicious. Paraphrases share their
/// list rightly, but few corpora ask one question in five the same.
const LARGEST_SHARE: f64 = 0.2;

/// How alike the hits of different questions are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sameness {
    /// Questions with at least one hit.
    pub questions: usize,
    /// Questions without hits; they are not compared.
    pub without_hits: usize,
    /// Different lists.
    pub distinct: usize,
    /// Questions that get the most frequent list.
    pub most_frequent: usize,
    /// Share of the pairs of questions with identical lists, 0 to 1.
    pub identical_pairs: f64,
}

/// Different questions get the same passages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "retriever `{retriever}` gives {most_frequent} of {questions} questions the same {k} passages"
)]
pub struct SamenessWarning {
    /// The retriever's name.
    pub retriever: String,
    /// How many passages were compared.
    pub k: usize,
    /// Questions that get the most frequent list.
    pub most_frequent: usize,
    /// Questions with at least one hit.
    pub questions: usize,
}

impl SamenessWarning {
    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        "read the hits of two of these questions; if they do not fit, the embedder or its prefixes are wrong for this corpus, or the corpus has too few chunks".into()
    }
}

impl Sameness {
    /// The warning for `retriever`, where at least five questions have hits and more than 20 % of
    /// them get one list.
    pub fn warning(&self, retriever: &str, k: usize) -> Option<SamenessWarning> {
        let share = self.most_frequent as f64 / self.questions.max(1) as f64;
        (self.questions >= FEWEST_QUESTIONS && share > LARGEST_SHARE).then(|| SamenessWarning {
            retriever: retriever.to_owned(),
            k,
            most_frequent: self.most_frequent,
            questions: self.questions,
        })
    }
}

/// Compares the first `k` hits of every pair of questions: the same chunks in the same order.
pub fn sameness(retrieved: &[Retrieved], k: usize) -> Sameness {
    let mut lists: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for one in retrieved.iter().filter(|one| !one.hits.is_empty()) {
        let list = one.hits.iter().take(k).map(|hit| &*hit.chunk).collect();
        *lists.entry(list).or_default() += 1;
    }
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let questions: usize = lists.values().sum();
    let identical: f64 = lists.values().map(|count| pairs(*count)).sum();
    Sameness {
        questions,
        without_hits: retrieved.len() - questions,
        distinct: lists.len(),
        most_frequent: lists.values().copied().max().unwrap_or(0),
        identical_pairs: if questions > 1 { identical / pairs(questions) } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;
    use crate::retrieve::{CutTexts, Hit, RetrievalSeconds};

    fn retrieved(lists: &[&str]) -> Vec<Retrieved> {
        let hit = |chunk: char| Hit {
            chunk: chunk.to_string().into(),
            document: "d".into(),
            start: 0,
            end: 1,
            score: 0.0,
        };
        lists
            .iter()
            .enumerate()
            .map(|(index, list)| Retrieved {
                retriever: "r".into(),
                question: index.to_string(),
                fingerprint: Fingerprint::of(b""),
                hits: list.chars().map(hit).collect(),
                seconds: RetrievalSeconds::default(),
                cut: CutTexts::default(),
            })
            .collect()
    }

    #[test]
    fn counts_by_hand() {
        // At k = 2: ab three times, ba, cd twice, one empty. Pairs: 3 + 1 of 6 × 5 / 2 = 15.
        let found = sameness(&retrieved(&["abx", "aby", "ab", "ba", "cd", "cd", ""]), 2);
        assert_eq!(
            found,
            Sameness {
                questions: 6,
                without_hits: 1,
                distinct: 3,
                most_frequent: 3,
                identical_pairs: 4.0 / 15.0
            }
        );
        let warning = found.warning("r", 2).unwrap();
        assert_eq!(warning.to_string(), "retriever `r` gives 3 of 6 questions the same 2 passages");
        assert!(!warning.hint().is_empty());
    }

    #[test]
    fn warns_from_five_questions_and_above_a_fifth() {
        let warns = |lists: &[&str]| sameness(&retrieved(lists), 3).warning("r", 3).is_some();
        assert!(!warns(&["a", "a", "a", "a"]), "four questions say nothing");
        assert!(warns(&["a", "a", "a", "a", "a"]));
        assert!(!warns(&["a", "b", "c", "d", "e"]), "1 of 5 is not above a fifth");
        assert!(warns(&["a", "a", "c", "d", "e"]), "2 of 5 is");
        assert!(!warns(&["a", "a", "b", "c", "d", "e", "f", "g", "h", "i"]), "2 of 10 is not");
        assert!(!warns(&["", "", "", "", "", ""]), "no hits are another matter");
        assert!(!warns(&[]));
    }
}
