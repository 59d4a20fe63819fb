//! Citation marks: read, scored and taken off.
//!
//! Enters: an answer, the passages of its prompt, the question's evidence. Leaves: a
//! [`CitationScore`], and the answer without its marks. Does not: judge whether a sentence follows
//! from the passage that it cites.
//!
//! A mark is one to three digits in square brackets (`[1]`), several numbers (`[2, 3]`, `[2; 3]`)
//! or a range (`[2-4]`); marks may follow one another (`[1][2]`). Longer numbers, as in `[2024]`,
//! are text.
//!
//! Source: citation precision and recall after Gao et al., Enabling Large Language Models to
//! Generate Text with Citations, 2023, with quoted evidence in the place of a model's judgement.

use super::CitationScore;
use crate::corpus::Evidence;
use crate::run::PassageRef;
use std::collections::BTreeSet;
use std::ops::Range;

/// The passage numbers that the answer cites, counted from 1 as in the prompt. Numbers that no
/// passage has are kept.
pub fn cited_passages(answer: &str) -> BTreeSet<usize> {
    marks(answer).into_iter().flat_map(|mark| mark.numbers).collect()
}

/// The answer with a space in the place of each citation mark, trimmed.
pub fn without_citations(answer: &str) -> String {
    let mut text = String::with_capacity(answer.len());
    let mut end = 0;
    for mark in marks(answer) {
        text.push_str(&answer[end..mark.place.start]);
        text.push(' ');
        end = mark.place.end;
    }
    text.push_str(&answer[end..]);
    text.trim().to_owned()
}

/// The answer without the citation mark at its end, trimmed; none where it does not end with one.
pub(super) fn without_last_citation(answer: &str) -> Option<&str> {
    let answer = answer.trim_end();
    let start = answer.rfind('[')?;
    let is_mark =
        marks(&answer[start..]).first().is_some_and(|mark| start + mark.place.end == answer.len());
    is_mark.then(|| answer[..start].trim())
}

/// How well the citations fit; none where the question has no evidence.
///
/// Precision is over distinct cited numbers; one that no passage has is cited and wrong. Recall is
/// over the evidence spans that some passage of the prompt holds; when the prompt holds none,
/// nothing right can be cited, and it is 0.
pub fn score_citations(
    answer: &str,
    passages: &[PassageRef],
    evidence: &[Evidence],
) -> Option<CitationScore> {
    if evidence.is_empty() {
        return None;
    }
    let cited = cited_passages(answer);
    let passage_holds = |passage: &PassageRef, evidence: &Evidence| {
        evidence.is_held_by(&passage.document, passage.start, passage.end)
    };
    let cited_passages: Vec<&PassageRef> =
        cited.iter().filter_map(|number| passages.get(number.checked_sub(1)?)).collect();
    let right = cited_passages
        .iter()
        .filter(|passage| evidence.iter().any(|evidence| passage_holds(passage, evidence)))
        .count();
    let in_prompt = evidence
        .iter()
        .filter(|evidence| passages.iter().any(|passage| passage_holds(passage, evidence)))
        .count();
    let in_cited = evidence
        .iter()
        .filter(|evidence| cited_passages.iter().any(|passage| passage_holds(passage, evidence)))
        .count();
    Some(CitationScore { precision: share(right, cited.len()), recall: share(in_cited, in_prompt) })
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

struct Mark {
    /// Bytes of the answer, brackets included.
    place: Range<usize>,
    numbers: Vec<usize>,
}

fn marks(answer: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut from = 0;
    while let Some(start) = answer[from..].find('[').map(|at| from + at) {
        from = start + 1;
        let Some(end) = answer[from..].find(']').map(|at| from + at) else { break };
        if let Some(numbers) = numbers(&answer[from..end]) {
            marks.push(Mark { place: start..end + 1, numbers });
            from = end + 1;
        }
    }
    marks
}

/// What stands between the brackets, if it is numbers and ranges only.
fn numbers(inside: &str) -> Option<Vec<usize>> {
    let mut all = Vec::new();
    for item in inside.split([',', ';']) {
        // A hyphen, or one of the dashes that models like to write in ranges.
        match item.split_once(['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}']) {
            None => all.push(number(item)?),
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                if first > last {
                    return None;
                }
                all.extend(first..=last);
            }
        }
    }
    Some(all)
}

fn number(text: &str) -> Option<usize> {
    let text = text.trim();
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_marks() {
        for (answer, expected) in [
            ("48 hours [1].", vec![1]),
            ("48 hours [2, 3]", vec![2, 3]),
            ("48 hours [2;3]", vec![2, 3]),
            ("48 hours [1][2]", vec![1, 2]),
            ("48 hours [2-4]", vec![2, 3, 4]),
            ("48 hours [2\u{2013}4, 7]", vec![2, 3, 4, 7]),
            ("48 [ 1 ] hours [1]", vec![1]),
            ("48 hours [0] [12]", vec![0, 12]),
            ("[[3]]", vec![3]),
            ("[see [4]", vec![4]),
            ("[4-2]", vec![]),
            ("[2024]", vec![]),
            ("[note]", vec![]),
            ("[1, note]", vec![]),
            ("[]", vec![]),
            ("[1", vec![]),
            ("1]", vec![]),
            ("[+1]", vec![]),
            ("[-1]", vec![]),
        ] {
            assert_eq!(
                cited_passages(answer).into_iter().collect::<Vec<_>>(),
                expected,
                "{answer}"
            );
        }
    }

    #[test]
    fn takes_marks_off_and_nothing_else() {
        assert_eq!(without_citations("48 hours [1]."), "48 hours  .");
        assert_eq!(without_citations("[2, 3] 48 hours[1][2]"), "48 hours");
        assert_eq!(without_citations("26[1]Nm"), "26 Nm");
        assert_eq!(without_citations("[note] in [2024]"), "[note] in [2024]");
        assert_eq!(without_citations(" [1] "), "");
    }

    fn passage(document: &str, start: usize, end: usize) -> PassageRef {
        PassageRef { document: document.into(), start, end, pages: None, place: None }
    }

    fn evidence(document: &str, span: Range<usize>) -> Evidence {
        Evidence { document: document.into(), quote: Some(String::new()), span }
    }

    fn scored(answer: &str) -> (f64, f64) {
        let passages = [passage("a", 0, 100), passage("a", 100, 200), passage("b", 0, 100)];
        // In passage 1, in passage 3, and in none of them.
        let evidence = [evidence("a", 10..20), evidence("b", 50..60), evidence("c", 0..10)];
        let score = score_citations(answer, &passages, &evidence).expect("there is evidence");
        (score.precision, score.recall)
    }

    #[test]
    fn precision_and_recall_by_hand() {
        // Passages 1 and 3 hold evidence; two spans of three stand in the prompt.
        assert_eq!(scored("yes [1]"), (1.0, 0.5));
        assert_eq!(scored("yes [1, 3]"), (1.0, 1.0));
        assert_eq!(scored("yes [1][2]"), (0.5, 0.5));
        assert_eq!(scored("yes [1] and again [1]"), (1.0, 0.5));
        assert_eq!(scored("yes [1-3]"), (2.0 / 3.0, 1.0));
        assert_eq!(scored("yes [1, 9]"), (0.5, 0.5));
        assert_eq!(scored("yes [0]"), (0.0, 0.0));
        assert_eq!(scored("yes [2]"), (0.0, 0.0));
        assert_eq!(scored("yes"), (0.0, 0.0));
    }

    #[test]
    fn without_evidence_no_score_and_without_evidence_in_the_prompt_nothing_right() {
        assert_eq!(score_citations("yes [1]", &[passage("a", 0, 9)], &[]), None);
        assert_eq!(
            score_citations("yes [1]", &[passage("a", 0, 9)], &[evidence("c", 0..10)]),
            Some(CitationScore { precision: 0.0, recall: 0.0 })
        );
    }

    #[test]
    fn overlapping_passages_that_hold_one_span_are_both_right() {
        let passages = [passage("a", 0, 60), passage("a", 40, 100)];
        let score = score_citations("yes [1, 2]", &passages, &[evidence("a", 45..55)]);
        assert_eq!(score, Some(CitationScore { precision: 1.0, recall: 1.0 }));
    }

    proptest! {
        #[test]
        fn both_lie_between_0_and_1(answer in "[\\[\\]0-9, a-]{0,30}", start in 0_usize..50) {
            let passages = [passage("a", start, start + 20), passage("a", 30, 60)];
            let spans = [evidence("a", 10..20), evidence("a", 40..50)];
            let score = score_citations(&answer, &passages, &spans).expect("there is evidence");
            prop_assert!((0.0..=1.0).contains(&score.precision));
            prop_assert!((0.0..=1.0).contains(&score.recall));
        }
    }
}
