//! One trial scored by every measure.
//!
//! Enters: a question and what came of one setup's trial of it, if anything did. Leaves: a
//! [`TrialScore`], always. Does not: leave a trial out; one that failed or did not run is worth 0.

use super::citation::{score_citations, without_citations};
use super::correct::is_correct;
use super::declined::declines;
use super::exact_match::exact_match;
use super::json_answer::score_json;
use super::token_f1::token_f1;
use super::{CitationScore, TrialResult, TrialScore};
use crate::corpus::{AnswerSchema, Question};
use crate::run::Trial;

/// Scores one trial; `None` is a trial that did not run.
///
/// Citation marks are taken off before the answer is compared. An empty answer is wrong: it neither
/// answers nor declines. Where citations were asked for and the question has evidence, a trial
/// without an answer cites nothing and scores 0, so that it stays in the denominator. So does one
/// without an answer where JSON was asked for. Exact match and token F1 are of text in any case.
pub fn score_trial(
    question: &Question,
    trial: Option<&Trial>,
    setup: &str,
    repeat: u32,
    citations_asked: bool,
) -> TrialScore {
    // The corpus was refused if it is none; a report's own copy of it may have been changed.
    let schema = question
        .schema
        .as_ref()
        .filter(|_| question.is_answerable())
        .map(|schema| AnswerSchema::read(schema).ok());
    let no_json = schema.as_ref().map(|_| false);
    let score = |result, exact_match: f64, token_f1, citation, valid_json| TrialScore {
        setup: setup.to_owned(),
        question: question.id.clone(),
        repeat,
        result,
        correct: f64::from(result == TrialResult::Right),
        exact_match,
        token_f1,
        citation,
        valid_json,
    };
    let cites = citations_asked && !question.evidence.is_empty();
    let Some((trial, generation)) = trial.and_then(|trial| Some((trial, trial.generation()?)))
    else {
        let result = if trial.is_some() { TrialResult::Failed } else { TrialResult::Missing };
        let nothing_cited = cites.then_some(CitationScore { precision: 0.0, recall: 0.0 });
        return score(result, 0.0, 0.0, nothing_cited, no_json);
    };
    let citation = if cites {
        score_citations(&generation.text, &trial.passages, &question.evidence)
    } else {
        None
    };
    let answer = without_citations(&generation.text);
    let json = schema.map(|schema| {
        schema.map(|schema| score_json(&generation.text, &schema, &question.answers))
    });
    let is_right = match json {
        Some(json) => json.is_some_and(|json| json.correct),
        None => is_correct(&answer, &question.answers),
    };
    let valid_json = json.map(|json| json.is_some_and(|json| json.valid));
    let result = if is_right {
        TrialResult::Right
    } else if question.is_answerable() && declines(&answer) {
        TrialResult::Declined
    } else {
        TrialResult::Wrong
    };
    if !question.is_answerable() {
        let right = f64::from(result == TrialResult::Right);
        return score(result, right, right, citation, valid_json);
    }
    let exact_match = f64::from(exact_match(&answer, &question.answers));
    score(result, exact_match, token_f1(&answer, &question.answers), citation, valid_json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Evidence;
    use crate::fingerprint::Fingerprint;
    use crate::model::{Clock, CountedBy, Finish, Generation, TokenCount};
    use crate::run::{Outcome, PassageRef};

    fn question(answers: &[&str], evidence: bool) -> Question {
        Question {
            id: "q".into(),
            text: "How long?".into(),
            answers: answers.iter().map(|answer| answer.to_string()).collect(),
            evidence: evidence
                .then(|| Evidence {
                    document: "d".into(),
                    quote: Some("48 hours".into()),
                    span: 10..18,
                })
                .into_iter()
                .collect(),
            kind: "fact".into(),
            split: "test".into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    fn trial(outcome: Outcome) -> Trial {
        let passage =
            |start, end| PassageRef { document: "d".into(), start, end, pages: None, place: None };
        Trial {
            setup: "s".into(),
            question: "q".into(),
            repeat: 0,
            fingerprint: Fingerprint::of(b""),
            prompt: String::new(),
            passages: vec![passage(0, 50), passage(50, 100)],
            cut_passages: 0,
            distraction: None,
            outcome,
        }
    }

    fn answered(text: &str) -> Trial {
        let tokens = TokenCount { count: 1, by: CountedBy::Engine };
        trial(Outcome::Answered(Generation {
            text: text.into(),
            finish: Finish::Stop,
            prompt_tokens: tokens,
            answer_tokens: tokens,
            log_probabilities: None,
            usd: None,
            clock: Clock::default(),
        }))
    }

    fn scored(text: &str, answers: &[&str]) -> TrialScore {
        score_trial(&question(answers, false), Some(&answered(text)), "s", 2, false)
    }

    #[test]
    fn each_result_by_hand() {
        let right = scored(" The 48 hours [1]. ", &["48 hours"]);
        assert_eq!((right.setup.as_str(), right.question.as_str(), right.repeat), ("s", "q", 2));
        assert_eq!(right.result, TrialResult::Right);
        assert_eq!((right.correct, right.exact_match, right.token_f1), (1.0, 1.0, 1.0));
        assert_eq!(right.citation, None);

        // Common "48", "hours" of four words: F1 = 2 × 1/2 × 1 ÷ (3/2) = 2/3.
        let longer = scored("Store for 48 hours [1]", &["48 hours"]);
        assert_eq!(longer.result, TrialResult::Right);
        assert_eq!((longer.correct, longer.exact_match, longer.token_f1), (1.0, 0.0, 2.0 / 3.0));

        let wrong = scored("two hours", &["48 hours"]);
        assert_eq!(wrong.result, TrialResult::Wrong);
        assert_eq!((wrong.correct, wrong.exact_match, wrong.token_f1), (0.0, 0.0, 0.5));

        assert_eq!(scored("I don't know [1].", &["48 hours"]).result, TrialResult::Declined);
        assert_eq!(scored("I don't know, maybe 48 hours", &["48 hours"]).correct, 0.0);
        for empty in ["", " \n", "[1]"] {
            assert_eq!(scored(empty, &["48 hours"]).result, TrialResult::Wrong, "{empty:?}");
            assert_eq!(scored(empty, &[]).result, TrialResult::Wrong, "{empty:?}");
        }
    }

    #[test]
    fn where_nothing_is_to_be_found_declining_is_right() {
        let right = scored("The passages do not say [1].", &[]);
        assert_eq!(right.result, TrialResult::Right);
        assert_eq!((right.correct, right.exact_match, right.token_f1), (1.0, 1.0, 1.0));
        let wrong = scored("48 hours", &[]);
        assert_eq!(wrong.result, TrialResult::Wrong);
        assert_eq!((wrong.correct, wrong.exact_match, wrong.token_f1), (0.0, 0.0, 0.0));
    }

    #[test]
    fn where_json_is_asked_for_the_value_decides() {
        let asked = Question {
            schema: Some(serde_json::json!({"type": "object", "required": ["hours"]})),
            ..question(&[r#"{"hours": 48}"#], true)
        };
        let scored = |question: &Question, text: &str| {
            let score = score_trial(question, Some(&answered(text)), "s", 0, true);
            (score.result, score.valid_json, score.exact_match)
        };
        assert_eq!(
            scored(&asked, "```json\n{\"hours\": 48.0}\n``` [1]"),
            // Exact match compares "json hours 480" with "hours 48".
            (TrialResult::Right, Some(true), 0.0)
        );
        assert_eq!(scored(&asked, r#"{"hours": 48} [1]"#), (TrialResult::Right, Some(true), 1.0));
        assert_eq!(scored(&asked, r#"{"hours": 47}"#), (TrialResult::Wrong, Some(true), 0.0));
        // As text it would be right.
        assert_eq!(scored(&asked, "hours: 48"), (TrialResult::Wrong, Some(false), 1.0));
        assert_eq!(scored(&asked, "I don't know."), (TrialResult::Declined, Some(false), 0.0));
        assert_eq!(scored(&question(&["48"], true), "48").1, None);
        let failed = trial(Outcome::Failed { reason: "died".into(), tries: 2 });
        for given in [Some(&failed), None] {
            assert_eq!(score_trial(&asked, given, "s", 0, true).valid_json, Some(false));
        }
        // Where nothing is to be found, declining is right, and no JSON is asked for.
        let none = Question { answers: Vec::new(), ..asked };
        assert_eq!(scored(&none, "I don't know."), (TrialResult::Right, None, 1.0));
    }

    #[test]
    fn failed_and_missing_trials_score_0() {
        let failed = trial(Outcome::Failed { reason: "died".into(), tries: 2 });
        let nothing = CitationScore { precision: 0.0, recall: 0.0 };
        for (given, result) in [(Some(&failed), TrialResult::Failed), (None, TrialResult::Missing)]
        {
            let score = score_trial(&question(&["48 hours"], true), given, "s", 0, true);
            assert_eq!(score.result, result);
            assert_eq!((score.correct, score.exact_match, score.token_f1), (0.0, 0.0, 0.0));
            assert_eq!(score.citation, Some(nothing));
            // Not even where declining would have been right.
            let score = score_trial(&question(&[], false), given, "s", 0, true);
            assert_eq!((score.result, score.correct), (result, 0.0));
            assert_eq!(score.citation, None);
        }
    }

    #[test]
    fn citations_count_where_they_were_asked_for_and_there_is_evidence() {
        let answer = answered("48 hours [1][2]");
        let with = question(&["48 hours"], true);
        let score = score_trial(&with, Some(&answer), "s", 0, true);
        assert_eq!(score.citation, Some(CitationScore { precision: 0.5, recall: 1.0 }));
        assert_eq!(score_trial(&with, Some(&answer), "s", 0, false).citation, None);
        let without = question(&["48 hours"], false);
        assert_eq!(score_trial(&without, Some(&answer), "s", 0, true).citation, None);
    }
}
