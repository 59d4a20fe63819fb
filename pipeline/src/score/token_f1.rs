//! Token F1: how many words an answer and an accepted answer have in common.
//!
//! Enters: an answer and the accepted answers. Leaves: the best F1, 0 to 1. Does not: look at the
//! order of words.
//!
//! Source: Rajpurkar et al., SQuAD: 100,000+ Questions for Machine Comprehension of Text, 2016;
//! `f1_score` and `metric_max_over_ground_truths` of `evaluate-v1.1.py`.

use super::normalize::normalize;
use std::cmp::Ordering;

/// The harmonic mean of word precision and word recall against the accepted answer that fits best;
/// 0 where no answer is accepted. Words are counted as often as both sides have them.
pub fn token_f1(answer: &str, accepted: &[String]) -> f64 {
    let answer = normalize(answer);
    let answer = sorted_words(&answer);
    accepted
        .iter()
        .map(|accepted| f1(&answer, &sorted_words(&normalize(accepted))))
        .fold(0.0, f64::max)
}

fn sorted_words(normalized: &str) -> Vec<&str> {
    let mut words: Vec<&str> = normalized.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

/// F1 of two sorted lists of words; 0 when they have none in common, also when both are empty.
fn f1(answer: &[&str], accepted: &[&str]) -> f64 {
    let (mut left, mut right, mut common) = (0, 0, 0_u32);
    while let (Some(a), Some(b)) = (answer.get(left), accepted.get(right)) {
        match a.cmp(b) {
            Ordering::Less => left += 1,
            Ordering::Greater => right += 1,
            Ordering::Equal => {
                common += 1;
                left += 1;
                right += 1;
            }
        }
    }
    if common == 0 {
        return 0.0;
    }
    let precision = f64::from(common) / answer.len() as f64;
    let recall = f64::from(common) / accepted.len() as f64;
    2.0 * precision * recall / (precision + recall)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{exact_match, normalize};
    use proptest::prelude::*;

    fn f1_of(answer: &str, accepted: &[&str]) -> f64 {
        token_f1(answer, &accepted.iter().map(|a| a.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn counts_words_as_often_as_both_sides_have_them() {
        // Common "48", "hours": precision 2/4, recall 2/2, F1 = 2 × 0.5 × 1 ÷ 1.5 = 2/3.
        assert_eq!(f1_of("store for 48 hours", &["48 hours"]), 2.0 / 3.0);
        // Common "b" twice: precision 2/3, recall 2/2, F1 = (4/3) ÷ (5/3) = 4/5.
        assert!((f1_of("b b b", &["b b"]) - 0.8).abs() < 1e-15);
        assert_eq!(f1_of("hours 48", &["48 hours"]), 1.0);
        assert_eq!(f1_of("two days", &["48 hours"]), 0.0);
    }

    #[test]
    fn the_best_accepted_answer_counts() {
        assert_eq!(f1_of("two days", &["48 hours", "the two days"]), 1.0);
        assert_eq!(f1_of("two days", &[]), 0.0);
        // As in the official scorer: nothing in common with nothing.
        assert_eq!(f1_of("the", &["a"]), 0.0);
    }

    proptest! {
        #[test]
        fn lies_between_0_and_1_and_is_1_for_an_exact_match(
            answer in "[abThe 1.]{0,12}",
            accepted in proptest::collection::vec("[abThe 1.]{0,12}", 0..4),
        ) {
            let f1 = token_f1(&answer, &accepted);
            prop_assert!((0.0..=1.0).contains(&f1));
            if exact_match(&answer, &accepted) && !normalize(&answer).is_empty() {
                prop_assert!((f1 - 1.0).abs() < 1e-15);
            }
        }

        #[test]
        fn answer_and_accepted_answer_may_be_exchanged(a in "[ab ]{0,12}", b in "[ab ]{0,12}") {
            let there = token_f1(&a, std::slice::from_ref(&b));
            let back = token_f1(&b, std::slice::from_ref(&a));
            prop_assert!((there - back).abs() < 1e-15);
        }
    }
}
