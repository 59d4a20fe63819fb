//! Evidence among distractors.
//!
//! Enters: a question, its hits, the evidence that its prompt shows. Leaves: the passages that
//! distract, and the order in which both stand. Does not: know whether a distractor happens to hold
//! the answer in other words; only what is quoted as evidence is known.

use super::Candidate;
use crate::config::{DistractorAmount, DistractorPlan, EvidencePosition};
use crate::corpus::Question;
use crate::fingerprint::FingerprintBuilder;
use crate::retrieve::Hit;
use serde::{Deserialize, Serialize};

/// A list of passages of which the first are the evidence and the others distract, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mixture {
    /// How many passages are evidence.
    pub evidence: usize,
    /// How much was asked for.
    pub amount: DistractorAmount,
    /// Where the evidence shall stand.
    pub position: EvidencePosition,
    /// Of the question and the seed; decides a seeded place.
    pub draw: u64,
}

/// What distracts in one prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distraction {
    /// Distractors in the prompt.
    pub passages: usize,
    /// Tokens of their texts, by the model's tokenizer.
    pub tokens: usize,
    /// Distractors that were asked for and not found; where tokens were asked for, tokens.
    pub missing: usize,
}

impl Mixture {
    /// The mixture that `plan` asks for.
    pub fn of(plan: &DistractorPlan, question: &Question, evidence: usize) -> Self {
        Self {
            evidence,
            amount: plan.amount,
            position: plan.position,
            draw: draw(plan.seed.unwrap_or(0), &question.id),
        }
    }

    /// The first passages of the list, as they stand in the prompt.
    pub fn arranged<T: Clone>(&self, passages: &[T]) -> Vec<T> {
        let (evidence, distractors) = passages.split_at(self.evidence.min(passages.len()));
        let places = distractors.len() as u64 + 1;
        let place = match self.position {
            EvidencePosition::First => 0,
            EvidencePosition::Middle => distractors.len() / 2,
            EvidencePosition::Last => distractors.len(),
            // Below the number of places, which is one of memory's sizes.
            EvidencePosition::Seeded => (self.draw % places) as usize,
        };
        let (before, after) = distractors.split_at(place);
        [before, evidence, after].concat()
    }

    /// Leaves out the distractors beyond a budget of tokens; of those that were asked for, tells how
    /// many (or how many tokens) the hits did not give.
    pub fn limit<T>(&self, passages: &mut Vec<T>, count: impl Fn(&T) -> usize) -> usize {
        let found = passages.len() - self.evidence.min(passages.len());
        let budget = match self.amount {
            DistractorAmount::Distractors(asked) => return asked.saturating_sub(found),
            DistractorAmount::BudgetTokens(budget) => budget,
        };
        let mut tokens = 0;
        for place in self.evidence..passages.len() {
            let more = count(&passages[place]);
            if tokens + more > budget {
                passages.truncate(place);
                return 0;
            }
            tokens += more;
        }
        budget - tokens
    }
}

/// The hits that overlap neither a quote of the question nor a passage of its evidence, best first.
pub fn distracting<'a>(
    question: &'a Question,
    evidence: &'a [Candidate<'_>],
    hits: &'a [Hit],
) -> impl Iterator<Item = &'a Hit> {
    let quotes = question.evidence.iter().map(|quote| (quote.document.as_str(), &quote.span));
    let blocks = evidence.iter().map(|block| (block.document.id.as_str(), &block.span));
    let spans: Vec<_> = quotes.chain(blocks).collect();
    hits.iter().filter(move |hit| {
        !spans.iter().any(|(document, span)| {
            *hit.document == **document && hit.start < span.end && span.start < hit.end
        })
    })
}

/// 64 bits fixed by seed and question: the first of a SHA-256.
fn draw(seed: u64, question: &str) -> u64 {
    let digest =
        FingerprintBuilder::new().json("seed", &seed).part("evidence among", question).finish();
    u64::from_str_radix(&digest.as_str()[..16], 16).unwrap_or(seed)
}

#[cfg(test)]
mod tests {
    use super::super::Passage;
    use super::super::context::tests::{corpus, hit, question};
    use super::*;
    use proptest::prelude::*;

    /// `e0, e1, … d0, d1, …`.
    fn passages(evidence: usize, distractors: usize) -> Vec<Passage> {
        let named = |letter: &'static str| {
            move |n: usize| Passage::whole(&format!("{letter}{n}"), "", "one two three")
        };
        (0..evidence).map(named("e")).chain((0..distractors).map(named("d"))).collect()
    }

    fn names(passages: &[Passage]) -> String {
        passages.iter().map(|one| one.document.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn mixture(evidence: usize, amount: DistractorAmount, position: EvidencePosition) -> Mixture {
        Mixture { evidence, amount, position, draw: 8 }
    }

    #[test]
    fn evidence_stands_where_it_is_wanted() {
        let four = DistractorAmount::Distractors(4);
        for (position, evidence, distractors, expected) in [
            (EvidencePosition::First, 2, 3, "e0 e1 d0 d1 d2"),
            (EvidencePosition::Middle, 2, 3, "d0 e0 e1 d1 d2"),
            (EvidencePosition::Middle, 1, 4, "d0 d1 e0 d2 d3"),
            (EvidencePosition::Last, 2, 3, "d0 d1 d2 e0 e1"),
            // 8 mod 4 places = 0; 8 mod 5 places = 3; 8 mod 3 places = 2.
            (EvidencePosition::Seeded, 1, 3, "e0 d0 d1 d2"),
            (EvidencePosition::Seeded, 1, 4, "d0 d1 d2 e0 d3"),
            (EvidencePosition::Seeded, 0, 2, "d0 d1"),
            (EvidencePosition::Last, 1, 0, "e0"),
        ] {
            let mixture = mixture(evidence, four, position);
            let list = passages(evidence, distractors);
            assert_eq!(names(&mixture.arranged(&list)), expected, "{position:?}");
        }
        // Where room was short, not even all evidence is there.
        let first = mixture(2, four, EvidencePosition::Last).arranged(&passages(1, 0));
        assert_eq!(names(&first), "e0");
    }

    #[test]
    fn a_budget_is_filled_best_first_and_evidence_is_free() {
        // Each text has 3 words.
        let limited = |budget: usize, distractors: usize| {
            let mut list = passages(1, distractors);
            let mixture =
                mixture(1, DistractorAmount::BudgetTokens(budget), EvidencePosition::First);
            let missing = mixture.limit(&mut list, |_| 3);
            (list.len() - 1, missing)
        };
        assert_eq!(limited(2, 4), (0, 0));
        assert_eq!(limited(8, 4), (2, 0));
        assert_eq!(limited(9, 4), (3, 0));
        // 4 × 3 = 12 tokens were found.
        assert_eq!(limited(12, 4), (4, 0));
        assert_eq!(limited(20, 4), (4, 8));
        assert_eq!(limited(20, 0), (0, 20));
    }

    #[test]
    fn what_is_not_found_is_counted() {
        let mut list = passages(2, 3);
        let mixture = mixture(2, DistractorAmount::Distractors(5), EvidencePosition::First);
        assert_eq!(mixture.limit(&mut list, |_| 1), 2);
        assert_eq!(list.len(), 5);
    }

    #[test]
    fn a_hit_that_touches_the_evidence_does_not_distract() {
        // The quote is bytes 38 to 53 of b.md; its block, 8 to 53.
        let question = question();
        let span = question.evidence[0].span.clone();
        let corpus = corpus();
        let block = Candidate::of(&corpus.documents[1], 8..span.end).unwrap();
        let hits = [
            hit("b.md", 0..8, 5.0),
            hit("b.md", 0..9, 4.0),
            hit("a.md", 8..53, 3.0),
            hit("b.md", span.end - 1..60, 2.0),
            hit("b.md", span.end..60, 1.0),
        ];
        let scores: Vec<f64> =
            distracting(&question, &[block], &hits).map(|hit| hit.score).collect();
        assert_eq!(scores, [5.0, 3.0, 1.0]);
        let quote_alone: Vec<f64> =
            distracting(&question, &[], &hits).map(|hit| hit.score).collect();
        assert_eq!(quote_alone, [5.0, 4.0, 3.0, 1.0]);
    }

    #[test]
    fn a_seeded_place_changes_with_question_and_seed_and_with_nothing_else() {
        assert_eq!(draw(7, "q1"), draw(7, "q1"));
        assert_ne!(draw(7, "q1"), draw(8, "q1"));
        assert_ne!(draw(7, "q1"), draw(7, "q2"));
        // Each of 5 places for about 1000 × 1/5 questions: a standard deviation is
        // √(1000 × 0.2 × 0.8) = 12.6, and five of them are 63.
        let mut places = [0_usize; 5];
        for number in 0..1000 {
            places[(draw(0, &format!("q{number}")) % 5) as usize] += 1;
        }
        assert!(places.iter().all(|count| count.abs_diff(200) < 63), "{places:?}");
    }

    proptest! {
        /// Nothing is lost or doubled, and distractors keep their order.
        #[test]
        fn arranging_permutes(
            evidence in 0_usize..4, distractors in 0_usize..6, draw in any::<u64>(), which in 0_usize..4,
        ) {
            let position = [
                EvidencePosition::First,
                EvidencePosition::Middle,
                EvidencePosition::Last,
                EvidencePosition::Seeded,
            ][which];
            let amount = DistractorAmount::Distractors(distractors);
            let mixture = Mixture { evidence, amount, position, draw };
            let list = passages(evidence, distractors);
            let arranged = names(&mixture.arranged(&list));
            let of = |letter: char| {
                arranged.split(' ').filter(|name| name.starts_with(letter)).collect::<Vec<_>>()
            };
            let expected = names(&list);
            prop_assert_eq!([of('e'), of('d')].concat().join(" "), expected);
        }
    }
}
