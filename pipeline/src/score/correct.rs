//! Correct: an accepted answer occurs in the answer, which does not decline.
//!
//! Enters: an answer without citation marks, and the accepted answers. Leaves: yes or no. Does not:
//! punish what else the answer says; token F1 and exact match do.

use super::declined::declines;
use super::exact_match::exact_match;
use super::normalize::normalize;

/// Whether the answer is right.
///
/// Where nothing is accepted (nothing is to be found), declining is right. Elsewhere an accepted
/// answer has to occur, and an answer that both gives it and declines ("I don't know, maybe 48
/// hours") is not right; only an answer that equals an accepted one word for word ("None") is
/// right whatever it sounds like.
pub fn is_correct(answer: &str, accepted: &[String]) -> bool {
    if accepted.is_empty() {
        return declines(answer);
    }
    contains_accepted_answer(answer, accepted)
        && (!declines(answer) || exact_match(answer, accepted))
}

/// Whether an accepted answer, normalized as SQuAD does, occurs in the normalized answer as whole
/// words: "26 Nm" is not in "126 Nm". An accepted answer that normalizes to nothing never occurs.
pub fn contains_accepted_answer(answer: &str, accepted: &[String]) -> bool {
    let answer = format!(" {} ", normalize(answer));
    accepted.iter().any(|accepted| {
        let accepted = normalize(accepted);
        !accepted.is_empty() && answer.contains(&format!(" {accepted} "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::token_f1;
    use proptest::prelude::*;

    fn correct(answer: &str, accepted: &[&str]) -> bool {
        is_correct(answer, &accepted.iter().map(|a| a.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn an_accepted_answer_occurs_as_whole_words() {
        for (answer, accepted, expected) in [
            ("Tighten them to 26 Nm.", "26 Nm", true),
            ("Tighten them to 126 Nm.", "26 Nm", false),
            ("Tighten them to 26 Nms.", "26 Nm", false),
            ("26 Nm", "26 Nm", true),
            ("Nm 26", "26 Nm", false),
            ("The limit is 3,400 rpm", "3400 rpm", true),
            ("It is 0.35 mm", "0.35 mm", true),
            ("It is 0.35 mm", "35 mm", false),
            ("There is a 14-day limit", "14 day", false),
            ("There is a 14-day limit", "14-day", true),
            ("There is a limit of 14 days.", "14-day", false),
            ("the Anna", "the", false),
            ("...", "...", false),
            ("", "26 Nm", false),
            ("  ", "26 Nm", false),
        ] {
            assert_eq!(correct(answer, &[accepted]), expected, "{answer:?} for {accepted:?}");
        }
        assert!(correct("two days", &["48 hours", "two days"]));
    }

    #[test]
    fn an_answer_that_declines_is_not_right() {
        assert!(!correct("I don't know, maybe 48 hours", &["48 hours"]));
        assert!(!correct("I don't know.", &["48 hours"]));
        assert!(correct("None", &["none"]));
        assert!(!correct("None", &["48 hours"]));
    }

    #[test]
    fn declining_is_right_where_nothing_is_to_be_found() {
        assert!(correct("I don't know.", &[]));
        assert!(!correct("48 hours", &[]));
        assert!(!correct("", &[]));
    }

    proptest! {
        #[test]
        fn an_exact_match_is_right(
            answer in "[abc1.,]{1,3}( [abc1.,]{1,3}){0,4}",
            others in proptest::collection::vec("[abc1 ]{0,8}", 0..3),
        ) {
            let mut accepted = others;
            accepted.push(answer.to_uppercase());
            prop_assume!(!normalize(&answer).is_empty());
            prop_assert!(exact_match(&answer, &accepted));
            prop_assert!((token_f1(&answer, &accepted) - 1.0).abs() < 1e-15);
            prop_assert!(is_correct(&answer, &accepted));
        }

        #[test]
        fn a_right_answer_stays_right_in_a_sentence(accepted in "[b-z]{1,5}( [b-z]{1,5}){0,2}") {
            let answer = format!("According to page 7 it is {accepted}, see above.");
            prop_assume!(!declines(&answer));
            prop_assume!(!normalize(&accepted).is_empty());
            prop_assert!(is_correct(&answer, &[accepted]));
        }

        #[test]
        fn an_accepted_answer_shares_words_with_a_right_answer(
            answer in "[ab ]{0,10}",
            accepted in "[ab ]{0,6}",
        ) {
            let accepted = [accepted];
            if is_correct(&answer, &accepted) {
                prop_assert!(token_f1(&answer, &accepted) > 0.0);
            }
        }
    }
}
