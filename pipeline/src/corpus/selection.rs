//! Which questions of a corpus an experiment asks.

use super::{CorpusError, Question, nearest};
use crate::config::QuestionSelection;
use rand::seq::SliceRandom as _;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng as _};
use std::collections::{BTreeSet, HashSet};

/// What setups are asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    /// In the order of the file.
    pub questions: Vec<&'a Question>,
    /// Questions of the split and kinds that were left out: they are for retrieval only.
    pub left_out: usize,
}

/// The questions of one split and some kinds, sampled, in the order of the file.
///
/// The sample is drawn without replacement by a shuffle of the ids in sorted order, so that it
/// depends on the ids and the seed alone, not on the order of the file. A sample as large as what
/// is there or larger takes everything; the caller shows how many there are. Questions are drawn
/// one by one: of a group of paraphrases some may be in and some out.
///
/// # Errors
/// A split or kind that no question has; nothing left to ask.
pub fn select<'a>(
    questions: &'a [Question],
    selection: &QuestionSelection,
) -> Result<Vec<&'a Question>, CorpusError> {
    let selected = sampled(of_split_and_kinds(questions, selection)?, selection);
    if selected.is_empty() {
        return Err(CorpusError::NothingSelected { questions: questions.len() });
    }
    Ok(selected)
}

/// As [`select`], of the questions that an answer can be right or wrong for: those of the kind
/// `retrieval` are left out before the sample is drawn.
///
/// # Errors
/// As [`select`]; also when only questions of that kind were selected.
pub fn select_asked<'a>(
    questions: &'a [Question],
    selection: &QuestionSelection,
) -> Result<Asked<'a>, CorpusError> {
    let selected = of_split_and_kinds(questions, selection)?;
    let all = selected.len();
    let asked: Vec<&Question> =
        selected.into_iter().filter(|question| !question.is_for_retrieval_only()).collect();
    let left_out = all - asked.len();
    if asked.is_empty() {
        return Err(match all {
            0 => CorpusError::NothingSelected { questions: questions.len() },
            questions => CorpusError::OnlyRetrieval { questions },
        });
    }
    Ok(Asked { questions: sampled(asked, selection), left_out })
}

fn of_split_and_kinds<'a>(
    questions: &'a [Question],
    selection: &QuestionSelection,
) -> Result<Vec<&'a Question>, CorpusError> {
    if let Some(split) = &selection.split {
        let known = distinct(questions, |question| &question.split);
        if !known.contains(split.as_str()) {
            return Err(unknown("split", split, &known));
        }
    }
    if let Some(kinds) = &selection.kinds {
        let known = distinct(questions, |question| &question.kind);
        if let Some(kind) = kinds.iter().find(|kind| !known.contains(kind.as_str())) {
            return Err(unknown("kind", kind, &known));
        }
    }
    Ok(questions
        .iter()
        .filter(|question| selection.split.as_ref().is_none_or(|split| *split == question.split))
        .filter(|question| selection.kinds.as_ref().is_none_or(|all| all.contains(&question.kind)))
        .collect())
}

fn sampled<'a>(
    mut selected: Vec<&'a Question>,
    selection: &QuestionSelection,
) -> Vec<&'a Question> {
    if let Some(sample) = selection.sample.filter(|sample| *sample < selected.len()) {
        let mut ids: Vec<&str> = selected.iter().map(|question| question.id.as_str()).collect();
        ids.sort_unstable();
        ids.shuffle(&mut ChaCha8Rng::seed_from_u64(selection.seed));
        let drawn: HashSet<&str> = ids.into_iter().take(sample).collect();
        selected.retain(|question| drawn.contains(question.id.as_str()));
    }
    selected
}

fn distinct(questions: &[Question], of: impl Fn(&Question) -> &String) -> BTreeSet<&str> {
    questions.iter().map(|question| of(question).as_str()).collect()
}

fn unknown(what: &'static str, value: &str, known: &BTreeSet<&str>) -> CorpusError {
    CorpusError::UnknownSelection {
        what,
        value: value.to_owned(),
        nearest: nearest::word(value, known.iter().copied()),
        known: known.iter().map(|&name| name.to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: &str, kind: &str, split: &str) -> Question {
        Question {
            id: id.into(),
            text: "?".into(),
            answers: vec!["x".into()],
            evidence: Vec::new(),
            kind: kind.into(),
            split: split.into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    fn questions() -> Vec<Question> {
        let mut all: Vec<_> = (0..10).map(|n| question(&format!("t{n}"), "fact", "test")).collect();
        all.push(question("d0", "number", "dev"));
        all
    }

    fn ids(questions: &[Question], selection: &QuestionSelection) -> Vec<String> {
        select(questions, selection).unwrap().iter().map(|question| question.id.clone()).collect()
    }

    fn sample(n: usize, seed: u64) -> QuestionSelection {
        QuestionSelection { sample: Some(n), seed, ..QuestionSelection::default() }
    }

    #[test]
    fn splits_and_kinds_filter() {
        let all = questions();
        assert_eq!(ids(&all, &QuestionSelection::default()).len(), 11);
        let dev = QuestionSelection { split: Some("dev".into()), ..QuestionSelection::default() };
        assert_eq!(ids(&all, &dev), ["d0"]);
        let number = QuestionSelection {
            kinds: Some(vec!["number".into()]),
            ..QuestionSelection::default()
        };
        assert_eq!(ids(&all, &number), ["d0"]);
    }

    /// Reports name a sample by its seed: the same seed has to mean the same questions for good.
    #[test]
    fn a_seed_means_the_same_questions_for_good() {
        assert_eq!(ids(&questions(), &sample(4, 7)), ["t1", "t4", "t6", "d0"]);
        assert_ne!(ids(&questions(), &sample(4, 8)), ids(&questions(), &sample(4, 7)));
    }

    #[test]
    fn a_sample_does_not_depend_on_the_order_of_the_file_and_keeps_it() {
        let forward = questions();
        let mut backward = questions();
        backward.reverse();
        let mut reversed = ids(&backward, &sample(5, 3));
        reversed.reverse();
        assert_eq!(ids(&forward, &sample(5, 3)), reversed);
    }

    #[test]
    fn a_sample_above_what_is_there_takes_all() {
        assert_eq!(ids(&questions(), &sample(99, 1)).len(), 11);
    }

    #[test]
    fn unknown_names_are_errors_that_list_the_known_ones() {
        let wrong = QuestionSelection { split: Some("tests".into()), ..Default::default() };
        let error = select(&questions(), &wrong).unwrap_err();
        assert_eq!(error.to_string(), "no question has the split `tests`");
        assert_eq!(error.hint().unwrap(), "did you mean `test`? known: `dev`, `test`");
        let wrong = QuestionSelection { kinds: Some(vec!["zzz".into()]), ..Default::default() };
        let error = select(&questions(), &wrong).unwrap_err();
        assert_eq!(error.to_string(), "no question has the kind `zzz`");
        assert_eq!(error.hint().unwrap(), "known: `fact`, `number`");
    }

    #[test]
    fn retrieval_questions_are_asked_of_no_setup() {
        let mut all = questions();
        all.splice(0..0, (0..5).map(|n| question(&format!("r{n}"), "retrieval", "test")));
        let asked = select_asked(&all, &sample(4, 7)).unwrap();
        // The sample is drawn of the others: it is the one without them.
        let ids: Vec<&str> = asked.questions.iter().map(|question| question.id.as_str()).collect();
        assert_eq!((ids.as_slice(), asked.left_out), (&["t1", "t4", "t6", "d0"][..], 5));
        assert_eq!(select(&all, &QuestionSelection::default()).unwrap().len(), 16);
        let kinds = Some(vec!["retrieval".to_owned()]);
        let only = QuestionSelection { kinds, ..Default::default() };
        assert_eq!(select(&all, &only).unwrap().len(), 5);
        let error = select_asked(&all, &only).unwrap_err();
        assert_eq!(
            error.to_string(),
            "all 5 selected questions are of the kind `retrieval`, to which no answer is right or wrong"
        );
        assert!(error.hint().unwrap().contains("ragscale retrieve"));
    }

    #[test]
    fn nothing_left_is_an_error() {
        let none = QuestionSelection {
            split: Some("dev".into()),
            kinds: Some(vec!["fact".into()]),
            ..Default::default()
        };
        let error = select(&questions(), &none).unwrap_err();
        assert_eq!(error.to_string(), "the selection leaves none of the corpus's 11 questions");
        assert!(error.hint().is_some());
    }
}
