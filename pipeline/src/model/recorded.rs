//! Answers of a system that cannot be run here, from a file.
//!
//! Enters: JSON lines with `question`, `answer` and, where known, `repeat` (0 when absent),
//! `prompt_tokens`, `answer_tokens`, `seconds`, `first_token_seconds`, `usd`. Leaves: generations.
//! Does not: look at the prompt: the system that answered had its own.

use super::{Clock, CountedBy, Finish, Generation, LanguageModel, ModelError, Request, TokenCount};
use crate::file::{self, FileError};
use crate::tokens::Tokens;
use futures_util::future::{self, BoxFuture};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::path::{Path, PathBuf};

/// A file of recorded answers that cannot be used, or does not hold what is asked for.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Lines are wrong; all of them are named.
    #[error("{} of the recorded answers cannot be used:{}", problems.len(), listed(problems))]
    Invalid {
        /// In the order of the file.
        problems: Vec<RecordedProblem>,
    },
    /// The file holds no answer to this question.
    #[error("{} has no answer to question `{question}`, repeat {repeat}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// Question id.
        question: String,
        /// Counted from 0.
        repeat: u32,
    },
}

impl RecordedError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Invalid { .. } => Some(
                "each line is like `{\"question\": \"q1\", \"answer\": \"35 Nm\", \"seconds\": 1.2}`"
                    .into(),
            ),
            Self::Missing { path, question, .. } => Some(format!(
                "add a line for `{question}` to `{}`, or leave the question out of the experiment",
                path.display()
            )),
        }
    }
}

/// A wrong line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedProblem {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RecordedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

fn listed(problems: &[RecordedProblem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    question: String,
    answer: String,
    #[serde(default)]
    repeat: u32,
    prompt_tokens: Option<usize>,
    answer_tokens: Option<usize>,
    seconds: Option<f64>,
    first_token_seconds: Option<f64>,
    usd: Option<f64>,
}

impl Line {
    /// What no system can have measured.
    fn impossible(&self) -> Option<String> {
        let numbers = [
            ("seconds", self.seconds),
            ("first_token_seconds", self.first_token_seconds),
            ("usd", self.usd),
        ];
        for (name, value) in numbers {
            if value.is_some_and(|value| value < 0.0) {
                return Some(format!("`{name}` is negative"));
            }
        }
        match (self.first_token_seconds, self.seconds) {
            (Some(first), Some(whole)) if first > whole => {
                Some("`first_token_seconds` is above `seconds`".into())
            }
            _ => None,
        }
    }
}

/// Recorded answers in memory.
#[derive(Debug)]
pub struct Recorded {
    path: PathBuf,
    answers: BTreeMap<(String, u32), Line>,
}

impl Recorded {
    /// Reads the file whole.
    ///
    /// # Errors
    /// When it cannot be read, or with every line that is not a record, has an unknown key or an
    /// impossible value, or answers a question and repeat a second time.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let bytes = file::read(path).map_err(RecordedError::File)?;
        let mut problems = Vec::new();
        let mut answers = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for (number, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if text.trim_ascii().is_empty() {
                continue;
            }
            let mut wrong = |message: String| {
                problems.push(RecordedProblem { path: path.to_owned(), line: number, message });
            };
            let line: Line = match serde_json::from_slice(text) {
                Ok(line) => line,
                Err(error) => {
                    wrong(without_line(&error));
                    continue;
                }
            };
            if let Some(message) = line.impossible() {
                wrong(message);
            }
            match lines.entry((line.question.clone(), line.repeat)) {
                Entry::Occupied(first) => wrong(format!(
                    "question `{}`, repeat {}, is answered in line {} already",
                    line.question,
                    line.repeat,
                    first.get()
                )),
                Entry::Vacant(place) => {
                    place.insert(number);
                    answers.insert((line.question.clone(), line.repeat), line);
                }
            }
        }
        if problems.is_empty() {
            Ok(Self { path: path.to_owned(), answers })
        } else {
            Err(RecordedError::Invalid { problems }.into())
        }
    }

    /// The questions and repeats (0 to `repeats` - 1) that the file does not answer, in the order
    /// given.
    pub fn missing<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        repeats: u32,
    ) -> Vec<(String, u32)> {
        ids.into_iter()
            .flat_map(|id| (0..repeats).map(move |repeat| (id.to_owned(), repeat)))
            .filter(|key| !self.answers.contains_key(key))
            .collect()
    }

    fn answer(&self, request: &Request) -> Result<Generation, ModelError> {
        let key = (request.question.clone(), request.repeat);
        let Some(line) = self.answers.get(&key) else {
            let (question, repeat) = key;
            return Err(RecordedError::Missing { path: self.path.clone(), question, repeat }.into());
        };
        let counted = |count: Option<usize>, text: &str| match count {
            Some(count) => TokenCount { count, by: CountedBy::Engine },
            None => TokenCount { count: Tokens::Estimate.count(text), by: CountedBy::Estimate },
        };
        Ok(Generation {
            text: line.answer.clone(),
            finish: Finish::Unknown,
            prompt_tokens: counted(line.prompt_tokens, &request.text),
            answer_tokens: counted(line.answer_tokens, &line.answer),
            log_probabilities: None,
            usd: line.usd,
            clock: Clock {
                first_token_seconds: line.first_token_seconds,
                seconds: line.seconds,
                peak_memory_bytes: None,
            },
        })
    }
}

impl LanguageModel for Recorded {
    /// One: there is nothing to wait for.
    fn concurrency(&self) -> usize {
        1
    }

    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>> {
        Box::pin(future::ready(self.answer(request)))
    }
}

/// The parser's message; its own line number is always 1 here and would mislead.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sampling;
    use std::fs;

    fn load(text: impl AsRef<[u8]>) -> Result<Recorded, ModelError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        fs::write(&path, text).unwrap();
        Recorded::load(&path)
    }

    fn request(question: &str, repeat: u32) -> Request {
        Request {
            question: question.into(),
            repeat,
            messages: Vec::new(),
            text: "12345".into(),
            sampling: Sampling::default(),
        }
    }

    #[tokio::test]
    async fn answers_come_back_as_recorded() {
        let recorded = load(
            "{\"question\":\"q1\",\"answer\":\" 35 Nm\",\"prompt_tokens\":9,\"answer_tokens\":3,\
             \"seconds\":1.5,\"first_token_seconds\":0.5,\"usd\":0.001}\n\n\
             {\"question\":\"q1\",\"repeat\":1,\"answer\":\"abcde\"}\r\n",
        )
        .unwrap();
        let first = recorded.generate(&request("q1", 0)).await.unwrap();
        assert_eq!(first.text, " 35 Nm");
        assert_eq!(first.prompt_tokens, TokenCount { count: 9, by: CountedBy::Engine });
        assert_eq!((first.usd, first.clock.seconds), (Some(0.001), Some(1.5)));
        // Not recorded: five bytes are two tokens of four bytes, rounded up.
        let second = recorded.generate(&request("q1", 1)).await.unwrap();
        assert_eq!(second.answer_tokens, TokenCount { count: 2, by: CountedBy::Estimate });
        assert_eq!(second.clock, Clock::default());
    }

    #[tokio::test]
    async fn a_question_without_answer_is_an_error_that_check_can_foresee() {
        let recorded = load("{\"question\":\"q1\",\"answer\":\"x\"}").unwrap();
        let error = recorded.generate(&request("q2", 0)).await.unwrap_err();
        assert!(error.to_string().ends_with("no answer to question `q2`, repeat 0"), "{error}");
        assert!(error.hint().is_some());
        assert_eq!(
            recorded.missing(["q2", "q1"], 2),
            [("q2".into(), 0), ("q2".into(), 1), ("q1".into(), 1)]
        );
    }

    #[test]
    fn all_wrong_lines_are_named_at_once() {
        let mut text = br#"{"question":"q1","answer":"x"}
{"question":"q1","answer":"y"}
{"question":"q2","answer":"x","tokens":3}
{"question":"q3"
{"question":"q4","answer":"x","seconds":-1}
{"question":"q5","answer":"x","seconds":1,"first_token_seconds":2}
"#
        .to_vec();
        text.extend(b"\"\xff\"\n");
        let Err(ModelError::Recorded(RecordedError::Invalid { problems })) = load(text) else {
            panic!("accepted");
        };
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7]);
        assert!(problems[0].message.contains("line 1 already"));
        assert!(problems[1].message.contains("unknown field `tokens`"));
        assert!(problems[1].to_string().contains("answers.jsonl:3: "));
    }
}
