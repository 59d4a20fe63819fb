//! One ranking of one question scored by every measure, from its evidence alone.
//!
//! Enters: a question with evidence, hits. Leaves: a [`RetrievalScore`]. Does not: need the chunk
//! table. How many chunks could hold a span depends on chunk size and overlap and differs between
//! retrievers; the evidence is the same for all of them, so it is what has to be found.
//!
//! - A hit is *relevant* if it holds an evidence span (see [`holds`]): precision and reciprocal
//!   rank.
//! - Recall is over *spans*: the share of them that some hit among the first k holds.
//! - nDCG and average precision are over *units*, so that the same evidence found again (chunks
//!   overlap) adds nothing: the spans that one hit is the first to hold are one unit, found at that
//!   hit's rank; a span that no hit holds is a unit that is not found. A hit that is the first to
//!   hold nothing is not relevant here. A ranking that finds both spans of a question in its first
//!   chunk, and one that finds them in its first two, are both perfect.
//!
//! Recall counts spans here; the others are the functions of the same name, and this module only
//! maps hits to ids.

use super::average_precision::average_precision;
use super::ndcg::ndcg_at;
use super::precision::precision_at;
use super::reciprocal_rank::reciprocal_rank;
use super::{Gains, RetrievalScore};
use crate::corpus::Question;
use crate::retrieve::Hit;

/// The depths that recall, precision and nDCG are given for.
pub const DEPTHS: [usize; 5] = [1, 3, 5, 10, 20];

/// Scores one ranking; none for a question without evidence, where nothing is to be found.
pub fn score_retrieval(
    retriever: &str,
    question: &Question,
    hits: &[Hit],
) -> Option<RetrievalScore> {
    let evidence = &question.evidence;
    if evidence.is_empty() {
        return None;
    }
    let ids: Vec<String> = (1..=hits.len()).map(|rank| format!("hit {rank}")).collect();
    let ranked: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut relevant = Gains::new();
    let mut units = Gains::new();
    // How many spans each rank is the first to hold, rank by rank.
    let mut held = vec![false; evidence.len()];
    let mut spans_found = Vec::with_capacity(hits.len());
    for (id, hit) in ids.iter().zip(hits) {
        let mut first_held = 0_usize;
        for (span, held) in evidence.iter().zip(&mut held) {
            if span.is_held_by(&hit.document, hit.start, hit.end) {
                relevant.insert(id.clone(), 1);
                first_held += usize::from(!*held);
                *held = true;
            }
        }
        if first_held > 0 {
            units.insert(id.clone(), 1);
        }
        spans_found.push(first_held);
    }
    for missed in (0..evidence.len()).filter(|span| !held[*span]) {
        units.insert(format!("span {missed}"), 1);
    }
    let spans_in_first = |k: usize| spans_found.iter().take(k).sum::<usize>();
    let at_depths = |measure: &dyn Fn(usize) -> f64| DEPTHS.map(|k| (k, measure(k))).to_vec();
    Some(RetrievalScore {
        retriever: retriever.to_owned(),
        question: question.id.clone(),
        recall: at_depths(&|k| spans_in_first(k) as f64 / evidence.len() as f64),
        precision: at_depths(&|k| precision_at(&ranked, &relevant, k)),
        ndcg: at_depths(&|k| ndcg_at(&ranked, &units, k)),
        reciprocal_rank: reciprocal_rank(&ranked, &relevant),
        average_precision: average_precision(&ranked, &units),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Evidence;
    use proptest::prelude::*;
    use std::ops::Range;

    fn question(spans: &[Range<usize>]) -> Question {
        Question {
            id: "q".into(),
            text: "How long?".into(),
            answers: vec!["48 hours".into()],
            evidence: spans
                .iter()
                .map(|span| Evidence {
                    document: "d".into(),
                    quote: Some(String::new()),
                    span: span.clone(),
                })
                .collect(),
            kind: "fact".into(),
            split: "test".into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    fn hits(places: &[Range<usize>]) -> Vec<Hit> {
        places
            .iter()
            .enumerate()
            .map(|(rank, place)| Hit {
                chunk: format!("d#{rank:04}").into(),
                document: "d".into(),
                start: place.start,
                end: place.end,
                score: -(rank as f64),
            })
            .collect()
    }

    fn score(spans: &[Range<usize>], places: &[Range<usize>]) -> RetrievalScore {
        score_retrieval("r", &question(spans), &hits(places)).expect("there is evidence")
    }

    fn close(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-12
    }

    #[test]
    fn by_hand() {
        // Spans a, b, c. Rank 1 holds nothing, 2 holds a, 3 holds a again, 4 holds b; c is missed.
        let spans = [10..20, 110..120, 900..910];
        let score = score(&spans, &[500..600, 0..100, 5..105, 100..200]);
        let third = 1.0 / 3.0;
        assert_eq!(
            score.recall,
            [(1, 0.0), (3, third), (5, 2.0 * third), (10, 2.0 * third), (20, 2.0 * third)]
        );
        // Ranks 2, 3 and 4 hold evidence.
        assert_eq!(score.precision, [(1, 0.0), (3, 2.0 / 3.0), (5, 0.6), (10, 0.3), (20, 0.15)]);
        assert_eq!(score.reciprocal_rank, 0.5);
        // Three units: found at ranks 2 and 4, one missed. (1/2 + 2/4 + 0) ÷ 3 = 1/3.
        assert!(close(score.average_precision, third));
        // At 5: (1 ÷ log2 3 + 1 ÷ log2 5) ÷ (1 + 1 ÷ log2 3 + 1 ÷ log2 4).
        let (l3, l5) = (3_f64.log2(), 5_f64.log2());
        assert!(close(score.ndcg[2].1, (1.0 / l3 + 1.0 / l5) / (1.5 + 1.0 / l3)));
        // At 3: only rank 2 adds.
        assert!(close(score.ndcg[1].1, (1.0 / l3) / (1.5 + 1.0 / l3)));
        assert_eq!(score.ndcg[0].1, 0.0);
    }

    #[test]
    fn one_chunk_with_all_evidence_is_perfect() {
        let score = score(&[10..20, 30..40], &[0..50, 0..45, 60..90]);
        assert!(score.recall.iter().all(|(_, recall)| *recall == 1.0));
        assert!(score.ndcg.iter().all(|(_, ndcg)| close(*ndcg, 1.0)));
        assert!(close(score.average_precision, 1.0));
        assert_eq!(score.reciprocal_rank, 1.0);
        assert_eq!(score.precision[1], (3, 2.0 / 3.0));
    }

    #[test]
    fn nothing_retrieved_still_counts_and_nothing_to_find_does_not() {
        let nothing = score(std::slice::from_ref(&(10..20)), &[]);
        assert!(nothing.recall.iter().all(|(_, recall)| *recall == 0.0));
        assert_eq!((nothing.reciprocal_rank, nothing.average_precision), (0.0, 0.0));
        assert_eq!(
            score_retrieval("r", &question(&[]), &hits(std::slice::from_ref(&(0..50)))),
            None
        );
    }

    fn ranges(longest: usize) -> impl Strategy<Value = Range<usize>> {
        (0_usize..100, 1..=longest).prop_map(|(start, length)| start..start + length)
    }

    proptest! {
        #[test]
        fn shares_are_shares_and_recall_never_falls(
            spans in proptest::collection::vec(ranges(10), 1..4),
            places in proptest::collection::vec(ranges(40), 0..25),
        ) {
            let score = score(&spans, &places);
            for (_, value) in score.recall.iter().chain(&score.precision).chain(&score.ndcg) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(value));
            }
            prop_assert!(score.recall.is_sorted_by(|a, b| a.1 <= b.1));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&score.average_precision));
            prop_assert_eq!(score.reciprocal_rank > 0.0, score.average_precision > 0.0);
        }

        #[test]
        fn a_hit_for_each_span_in_turn_is_perfect(
            count in 1_usize..6,
            more in proptest::collection::vec(ranges(40), 0..10),
        ) {
            let spans: Vec<Range<usize>> = (0..count).map(|n| n * 20..n * 20 + 10).collect();
            let mut places = spans.clone();
            places.extend(more);
            let score = score(&spans, &places);
            prop_assert!(score.ndcg.iter().all(|(_, ndcg)| close(*ndcg, 1.0)));
            prop_assert!(close(score.average_precision, 1.0));
            prop_assert_eq!(score.recall[4], (20, 1.0));
        }
    }
}
