//! What is wrong with lines of questions: these are not asked, and no experiment runs beside them.

use crate::corpus::QuestionProblem;
use serde::Serialize;
use std::fmt;

/// One thing that is wrong with one line of a file of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file's name within the corpus.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The question's id, where the line could be read that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What is wrong.
    pub text: String,
    /// What can be done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn of(problem: &QuestionProblem) -> Self {
        Self {
            // A page is the same whatever machine it is made on.
            file: problem.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            line: problem.line,
            question: problem.id.clone(),
            text: problem.to_string(),
            hint: problem.what.hint(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::QuestionFault;

    #[test]
    fn a_problem_is_told_by_the_file_s_name_with_its_remedy() {
        let problem = Problem::of(&QuestionProblem {
            path: "/home/ada/corpora/lab/questions.csv".into(),
            line: 3,
            id: Some("q1".into()),
            what: QuestionFault::UnknownDocument {
                document: "b.md".into(),
                nearest: Some("a.md".into()),
            },
        });
        assert_eq!(
            problem.to_string(),
            "questions.csv:3: question `q1`: evidence in an unknown document `b.md` (did you mean `a.md`?)"
        );
        assert_eq!(problem.question.as_deref(), Some("q1"));
    }
}
