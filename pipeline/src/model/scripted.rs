//! A stand-in for a model: answers by rule, for tests of everything around models.
//!
//! Enters: the questions with their accepted answers, a plan of shares. Leaves: generations that
//! depend on the seed, the question and the prompt only. Does not: understand anything; a report
//! names it for what it is.
//!
//! Each decision compares a share with a number in [0, 1) that is fixed by seed, question and
//! decision. So a model with a higher share answers all that one with a lower share does, and more.
//! In this order: `fails`; `reads`, where an accepted answer stands in the prompt; `knows`;
//! `declines`; else a wrong answer. A question without accepted answers is declined with
//! probability `declines`, else an answer is made up.

use super::{Clock, CountedBy, Finish, Generation, LanguageModel, ModelError, Request, TokenCount};
use crate::config::ScriptedModel;
use crate::corpus::Question;
use crate::fingerprint::FingerprintBuilder;
use crate::tokens::Tokens;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::time::Duration;

/// What it says when it declines.
pub const DECLINE: &str = "I don't know.";
/// What it makes up where the prompt offers no word to be wrong with.
const MADE_UP: &str = "Quorvane";
/// Requests at once: several, so that what runs around a model is exercised out of order.
const CONCURRENCY: usize = 4;

/// Why the stand-in gives no answer.
#[derive(Debug, thiserror::Error)]
pub enum ScriptedError {
    /// Its plan says that this question fails.
    #[error("the scripted model fails at question `{question}`, as its `fails` says")]
    Fails {
        /// Question id.
        question: String,
    },
    /// It was not given the question.
    #[error("the scripted model was given no question `{question}`")]
    Unknown {
        /// Question id.
        question: String,
    },
    /// The line of a [script](super::script) that fits has no answer.
    #[error("line {line} of the scripted model's script gives no answer")]
    NoAnswer {
        /// Line, from 1.
        line: usize,
    },
}

impl ScriptedError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fails { .. } => Some("set `fails = 0.0` to have every question answered".into()),
            Self::NoAnswer { .. } => Some("write what it `says`".into()),
            Self::Unknown { .. } => None,
        }
    }
}

/// The stand-in.
#[derive(Debug)]
pub struct Scripted {
    plan: ScriptedModel,
    questions: BTreeMap<String, Known>,
}

/// What it knows of a question.
#[derive(Debug)]
struct Known {
    text: String,
    answers: Vec<String>,
}

/// An answer, and where in the prompt it was read (byte offset).
struct Said {
    text: String,
    read_at: Option<usize>,
}

impl Scripted {
    /// A stand-in that answers these questions.
    pub fn new(plan: &ScriptedModel, questions: &[Question]) -> Self {
        let questions = questions
            .iter()
            .map(|question| {
                let Question { id, text, answers, .. } = question;
                (id.clone(), Known { text: text.clone(), answers: answers.clone() })
            })
            .collect();
        Self { plan: plan.clone(), questions }
    }

    /// A number in [0, 1), fixed by seed, question and decision: the top 52 bits of a SHA-256.
    fn draw(&self, question: &str, decision: &str) -> f64 {
        let hash = FingerprintBuilder::new()
            .part("seed", self.plan.seed.to_le_bytes())
            .part("question", question)
            .part("decision", decision)
            .finish();
        let bits = u64::from_str_radix(&hash.as_str()[..13], 16).unwrap_or_default();
        bits as f64 / (1_u64 << 52) as f64
    }

    fn say(&self, request: &Request) -> Result<String, ScriptedError> {
        let id = request.question.as_str();
        if self.draw(id, "fails") < self.plan.fails {
            return Err(ScriptedError::Fails { question: id.into() });
        }
        let known =
            self.questions.get(id).ok_or_else(|| ScriptedError::Unknown { question: id.into() })?;
        let prompt = prompt_without_question(request, &known.text);
        let said = self.choose(id, known, &prompt);
        let passage = said
            .read_at
            .filter(|_| prompt.contains("[1]"))
            .and_then(|at| passage_number(&prompt, at));
        Ok(match passage {
            Some(number) => format!("{} [{number}]", said.text),
            None => said.text,
        })
    }

    fn choose(&self, id: &str, known: &Known, prompt: &str) -> Said {
        let plan = &self.plan;
        let read = known.answers.iter().find_map(|answer| {
            let at = best_occurrence(prompt, answer)?;
            Some(Said { text: answer.clone(), read_at: Some(at) })
        });
        if let Some(said) = read.filter(|_| self.draw(id, "reads") < plan.reads) {
            return said;
        }
        if let Some(answer) = known.answers.first()
            && self.draw(id, "knows") < plan.knows
        {
            return Said { text: answer.clone(), read_at: None };
        }
        if self.draw(id, "declines") < plan.declines {
            return Said { text: DECLINE.into(), read_at: None };
        }
        self.wrong(id, known, prompt)
    }

    /// A capitalized word of the prompt that is no accepted answer, else a made-up one.
    fn wrong(&self, id: &str, known: &Known, prompt: &str) -> Said {
        // Letters and digits only, and no part of an answer either: however an answer is judged,
        // this one is wrong.
        let bare = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let answers: Vec<String> = known.answers.iter().map(|answer| bare(answer)).collect();
        let is_wrong = |word: &str| {
            let word = bare(word);
            answers.iter().all(|answer| !word.contains(answer) && !answer.contains(&word))
        };
        let words: Vec<(usize, &str)> = words(prompt)
            .filter(|(_, word)| {
                word.chars().count() > 3 && word.starts_with(char::is_uppercase) && is_wrong(word)
            })
            .collect();
        // A draw is below 1, so the product is below the number of words.
        let index = (self.draw(id, "wrong") * words.len() as f64) as usize;
        match words.get(index) {
            Some((at, word)) => Said { text: (*word).to_owned(), read_at: Some(*at) },
            None => Said { text: MADE_UP.into(), read_at: None },
        }
    }
}

impl LanguageModel for Scripted {
    fn concurrency(&self) -> usize {
        CONCURRENCY
    }

    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>> {
        Box::pin(async move {
            let text = self.say(request)?;
            Ok(generation(request, text, self.plan.seconds.max(0.0)).await)
        })
    }
}

/// What a stand-in gives back, after as many seconds.
pub(super) async fn generation(request: &Request, text: String, seconds: f64) -> Generation {
    if seconds > 0.0 {
        let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        tokio::time::sleep(wait).await;
    }
    let counted =
        |text: &str| TokenCount { count: Tokens::Words.count(text), by: CountedBy::Estimate };
    Generation {
        finish: Finish::Stop,
        prompt_tokens: counted(&prompt_of(request)),
        answer_tokens: counted(&text),
        text,
        log_probabilities: None,
        usd: None,
        // As planned, not as measured: the same in every run.
        clock: Clock {
            first_token_seconds: Some(seconds),
            seconds: Some(seconds),
            peak_memory_bytes: None,
        },
    }
}

pub(super) fn prompt_of(request: &Request) -> String {
    if !request.text.is_empty() {
        return request.text.clone();
    }
    let turns: Vec<&str> = request.messages.iter().map(|turn| turn.content.as_str()).collect();
    turns.join("\n")
}

/// The prompt with the question blanked out: what is asked is not evidence.
fn prompt_without_question(request: &Request, question: &str) -> String {
    let prompt = prompt_of(request);
    if question.trim().is_empty() { prompt } else { prompt.replace(question, "\n") }
}

/// Words with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.unicode_word_indices()
}

/// Where `needle` stands in `text` as whole words, letter case aside: byte offsets.
fn occurrences<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let wanted: Vec<String> = words(needle).map(|(_, word)| word.to_lowercase()).collect();
    let have: Vec<(usize, String)> =
        words(text).map(|(at, word)| (at, word.to_lowercase())).collect();
    let length = wanted.len();
    let found: Vec<usize> = have
        .windows(length.max(1))
        .filter(|window| length > 0 && window.iter().map(|(_, word)| word).eq(wanted.iter()))
        .map(|window| window[0].0)
        .collect();
    found.into_iter()
}

/// The first occurrence inside a numbered passage, else the first at all.
fn best_occurrence(prompt: &str, answer: &str) -> Option<usize> {
    let mut all = occurrences(prompt, answer).peekable();
    let first = all.peek().copied();
    all.find(|at| passage_number(prompt, *at).is_some()).or(first)
}

/// The number of the passage in which byte `at` stands: of the last line before it, or its own, that
/// begins with `[number]`.
fn passage_number(prompt: &str, at: usize) -> Option<usize> {
    prompt.get(..at)?.lines().rev().find_map(|line| {
        let (number, _) = line.trim_start().strip_prefix('[')?.split_once(']')?;
        number.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sampling;
    use proptest::prelude::*;

    fn plan() -> ScriptedModel {
        ScriptedModel {
            reads: 1.0,
            knows: 0.0,
            declines: 0.0,
            fails: 0.0,
            seed: 7,
            context_tokens: 1000,
            seconds: 0.0,
            script: None,
        }
    }

    fn question(id: &str, answers: &[&str]) -> Question {
        Question {
            id: id.into(),
            text: "Which torque has the Brandt M8 bolt, 35 Nm?".into(),
            answers: answers.iter().map(|answer| (*answer).into()).collect(),
            evidence: Vec::new(),
            kind: "fact".into(),
            split: "test".into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    fn request(id: &str, text: &str) -> Request {
        Request {
            question: id.into(),
            repeat: 0,
            messages: Vec::new(),
            text: text.into(),
            sampling: Sampling::default(),
        }
    }

    fn say(plan: &ScriptedModel, answers: &[&str], prompt: &str) -> String {
        Scripted::new(plan, &[question("q", answers)]).say(&request("q", prompt)).unwrap()
    }

    const PROMPT: &str = "Cite passages like [1].\n[1] Oil: Shell 15W.\n[2] Bolts take 35 nm each.\n\
        Question: Which torque has the Brandt M8 bolt, 35 Nm?";

    #[test]
    fn what_stands_in_the_prompt_is_read_and_cited() {
        assert_eq!(say(&plan(), &["35 Nm"], PROMPT), "35 Nm [2]");
        // Whole words only, and the question is no evidence: "35 Nm" stands there alone.
        let bare = "Bolts take 135 Nm.\nQuestion: Which torque has the Brandt M8 bolt, 35 Nm?";
        assert_ne!(say(&plan(), &["35 Nm"], bare), "35 Nm");
        assert_eq!(say(&plan(), &["35 Nm"], "Bolts: 35 Nm."), "35 Nm");
    }

    #[test]
    fn the_other_outcomes() {
        let closed = "what is it?";
        let knows = ScriptedModel { knows: 1.0, ..plan() };
        assert_eq!(say(&knows, &["35 Nm"], closed), "35 Nm");
        assert_eq!(say(&knows, &[], closed), MADE_UP);
        let declines = ScriptedModel { declines: 1.0, ..plan() };
        assert_eq!(say(&declines, &["35 Nm"], closed), DECLINE);
        assert_eq!(say(&declines, &[], PROMPT), DECLINE);
        let fails = ScriptedModel { fails: 1.0, ..plan() };
        let model = Scripted::new(&fails, &[question("q", &[])]);
        assert!(matches!(model.say(&request("q", closed)), Err(ScriptedError::Fails { .. })));
        let model = Scripted::new(&plan(), &[]);
        assert!(matches!(model.say(&request("q", closed)), Err(ScriptedError::Unknown { .. })));
    }

    #[test]
    fn wrong_answers_are_words_of_the_prompt_and_never_right() {
        let blind = ScriptedModel { reads: 0.0, ..plan() };
        for seed in 0..50 {
            let plan = ScriptedModel { seed, ..blind.clone() };
            let said = say(&plan, &["Shell"], PROMPT);
            let word = said.split(' ').next().unwrap();
            assert!(["Cite", "Bolts", "Question"].contains(&word), "{said}");
        }
        assert_eq!(say(&blind, &["Shell"], "Shell Shell's"), MADE_UP);
    }

    #[test]
    fn shares_come_out_as_planned() {
        // 10,000 draws of probability 0.3: standard deviation 0.0046; 0.02 is more than 4 of them.
        let plan = ScriptedModel { knows: 0.3, ..plan() };
        let questions: Vec<Question> =
            (0..10_000).map(|number| question(&number.to_string(), &["yes"])).collect();
        let model = Scripted::new(&plan, &questions);
        let right = questions
            .iter()
            .filter(|question| model.say(&request(&question.id, "?")).unwrap() == "yes")
            .count();
        assert!((right as f64 / 10_000.0 - 0.3).abs() < 0.02, "{right}");
    }

    #[tokio::test]
    async fn its_seconds_are_really_waited() {
        let plan = ScriptedModel { seconds: 0.05, ..plan() };
        let model = Scripted::new(&plan, &[question("q", &["35 Nm"])]);
        let started = std::time::Instant::now();
        let generation = model.generate(&request("q", PROMPT)).await.unwrap();
        assert!(started.elapsed().as_secs_f64() >= 0.05);
        assert_eq!(generation.clock.seconds, Some(0.05));
        // "35", "Nm", "2".
        assert_eq!(generation.answer_tokens.count, 3);
    }

    proptest! {
        #[test]
        fn a_model_that_reads_more_answers_a_superset(
            low in 0.0..1.0_f64, more in 0.0..1.0_f64, seed: u64, id in "[a-z]{1,8}"
        ) {
            let questions = [question(&id, &["35 Nm"])];
            let right = |reads| {
                let plan = ScriptedModel { reads, seed, ..plan() };
                let said = Scripted::new(&plan, &questions).say(&request(&id, PROMPT)).unwrap();
                said == "35 Nm [2]"
            };
            let high = low + more * (1.0 - low);
            prop_assert!(!right(low) || right(high));
        }
    }
}
