//! Exact match: the whole answer equals an accepted answer.
//!
//! Enters: an answer and the accepted answers. Leaves: yes or no. Does not: look inside a longer
//! answer; see `correct` for that.
//!
//! Source: Rajpurkar et al., SQuAD: 100,000+ Questions for Machine Comprehension of Text, 2016;
//! `exact_match_score` and `metric_max_over_ground_truths` of `evaluate-v1.1.py`.

use super::normalize::normalize;

/// Whether the answer, normalized, equals one of the accepted answers, normalized.
pub fn exact_match(answer: &str, accepted: &[String]) -> bool {
    let answer = normalize(answer);
    accepted.iter().any(|accepted| normalize(accepted) == answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_articles_and_punctuation_do_not_count() {
        let accepted = ["48 hours".to_owned(), "two days".to_owned()];
        assert!(exact_match("The 48 Hours.", &accepted));
        assert!(exact_match("two days", &accepted));
        assert!(!exact_match("48", &accepted));
        assert!(!exact_match("within 48 hours", &accepted));
        assert!(!exact_match("hours 48", &accepted));
    }

    #[test]
    fn nothing_matches_where_nothing_is_accepted() {
        assert!(!exact_match("", &[]));
        // The official scorer compares normalized texts, be they empty.
        assert!(exact_match("the", &["a".to_owned()]));
    }
}
