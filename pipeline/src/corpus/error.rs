//! Why a corpus cannot be used.

use super::nearest;
use super::problem::QuestionProblem;
use crate::extract::{ExtractError, Format};
use crate::file::FileError;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

/// A corpus that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The name is not that of one folder.
    #[error("`{name}` is not the name of a corpus")]
    Name {
        /// As written.
        name: String,
    },
    /// No such corpus.
    #[error("there is no corpus `{name}`: {} is not a folder", folder.display())]
    MissingFolder {
        /// As written.
        name: String,
        /// Where it should be.
        folder: PathBuf,
        /// The corpora beside it.
        known: Vec<String>,
    },
    /// No `corpus.toml`.
    #[error("{} is missing", path.display())]
    MissingDescription {
        /// Where it should be.
        path: PathBuf,
    },
    /// `corpus.toml` is wrong.
    #[error("{}: not a valid description of a corpus\n{message}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What the parser said: line, column, source line and caret.
        message: String,
    },
    /// No `documents/`.
    #[error("{} is not a folder", folder.display())]
    MissingDocuments {
        /// Where it should be.
        folder: PathBuf,
    },
    /// Nothing to retrieve from.
    #[error("no document with text below {} ({empty} empty, {skipped} of a kind that is not read, {} unreadable){}", folder.display(), unreadable.len(), document_lines(unreadable))]
    NoDocuments {
        /// `documents/`.
        folder: PathBuf,
        /// Documents that are nothing but white space.
        empty: usize,
        /// Files of other kinds.
        skipped: usize,
        /// Files that cannot be read, ordered by id.
        unreadable: Vec<DocumentError>,
    },
    /// Neither `questions.jsonl` nor `questions.csv`.
    #[error("{} is missing", path.display())]
    MissingQuestions {
        /// Where the first should be.
        path: PathBuf,
    },
    /// The experiment asks drafts, and there is no `drafts.jsonl`.
    #[error("{} is missing", path.display())]
    MissingDrafts {
        /// Where it should be.
        path: PathBuf,
    },
    /// No file of questions has a line.
    #[error("{} has no questions", path.display())]
    NoQuestions {
        /// The first file.
        path: PathBuf,
    },
    /// Everything that is wrong with questions or drafts, ordered by file and line.
    #[error("{} problem(s) in {}{}", problems.len(), question_files(problems), question_lines(problems))]
    Questions {
        /// What is wrong.
        problems: Vec<QuestionProblem>,
    },
    /// The experiment asks for a split or kind that no question has.
    #[error("no question has the {what} `{value}`")]
    UnknownSelection {
        /// `split` or `kind`.
        what: &'static str,
        /// As written.
        value: String,
        /// The known one that is most like it.
        nearest: Option<String>,
        /// Those that questions have, ordered.
        known: Vec<String>,
    },
    /// Split, kinds and sample leave no question.
    #[error("the selection leaves none of the corpus's {questions} questions")]
    NothingSelected {
        /// Questions in the corpus.
        questions: usize,
    },
    /// Setups are to answer questions that have no answers.
    #[error(
        "all {questions} selected questions are of the kind `retrieval`, to which no answer is right or wrong"
    )]
    OnlyRetrieval {
        /// Questions of the split and kinds.
        questions: usize,
    },
    /// A file or folder cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A link to a place outside of `documents/`.
    // Not where it leads: a report is read by others than those who made the link.
    #[error("{} is a link that leaves the corpus", path.display())]
    LinkLeaves {
        /// The link.
        path: PathBuf,
    },
    /// A link that leads nowhere.
    #[error("{} is a link that cannot be followed", path.display())]
    BrokenLink {
        /// The link.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
    /// Ids are UTF-8, and so are the names that they are made of.
    #[error("the name of {} is not UTF-8", path.display())]
    FileName {
        /// The file or folder.
        path: PathBuf,
    },
    /// The file gives no text.
    #[error(transparent)]
    Extract(#[from] ExtractError),
}

impl CorpusError {
    /// What the reader can do about it. The list of [`Self::Questions`] has a hint for each entry
    /// already.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name { .. } => "name one folder below `corpora/`, without `/`".into(),
            Self::MissingFolder { name, known, .. } => {
                let meant = nearest::word(name, known.iter().map(String::as_str));
                match (meant, known.is_empty()) {
                    (_, true) => format!(
                        "make the folder `corpora/{name}` with `corpus.toml`, `documents/` and `questions.jsonl`"
                    ),
                    (meant, false) => did_you_mean(meant.as_deref(), known),
                }
            }
            Self::MissingDescription { .. } => {
                "write it with three lines: title = \"...\", language = \"en\", licence = \"...\""
                    .into()
            }
            Self::Description { .. } => {
                "the file has the keys `title`, `language` (two letters) and `licence`, no others"
                    .into()
            }
            Self::MissingDocuments { .. } => {
                "make the folder and put documents into it, or use `ragscale corpus add`".into()
            }
            Self::NoDocuments { .. } => {
                format!("put files with text into it; what is read: {}", formats())
            }
            Self::MissingQuestions { .. } | Self::NoQuestions { .. } => {
                "write one question a line: {\"id\": \"q1\", \"question\": \"...\", \"answers\": [\"...\"], \
                 \"evidence\": [{\"document\": \"a.md\", \"quote\": \"...\"}], \"kind\": \"fact\", \"split\": \"test\"}; \
                 or save a table as `questions.csv` with the columns `question`, `answers` and `document`"
                    .into()
            }
            Self::MissingDrafts { .. } => {
                "make some with `ragscale questions draft`, or remove `drafts = true` from the experiment's `questions`"
                    .into()
            }
            Self::UnknownSelection { nearest, known, .. } => {
                did_you_mean(nearest.as_deref(), known)
            }
            Self::NothingSelected { .. } => {
                "widen `split`, `kinds` or `sample` in the experiment's `questions`".into()
            }
            Self::OnlyRetrieval { .. } => {
                "measure rankings on them with `ragscale retrieve`, or select questions of other `kinds`"
                    .into()
            }
            Self::Questions { .. } => return None,
            Self::File(error) => return error.hint(),
        })
    }
}

impl DocumentError {
    /// With its causes, in a line.
    pub fn whole(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let _ = write!(line, ": {error}");
            cause = error.source();
        }
        line
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::LinkLeaves { .. } => "copy what it points at into `documents/`".into(),
            Self::BrokenLink { .. } => "delete the link, or put its target in place".into(),
            Self::FileName { .. } => "rename it".into(),
            Self::Extract(error) => return error.hint(),
        })
    }
}

/// The formats that are read, by their names' ends.
pub(super) fn formats() -> String {
    let names: Vec<String> =
        Format::ALL.iter().map(|format| format!("`.{}`", format.name())).collect();
    names.join(", ")
}

pub(super) fn did_you_mean(meant: Option<&str>, known: &[impl AsRef<str>]) -> String {
    let known: Vec<_> = known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    let known = known.join(", ");
    match meant {
        Some(meant) => format!("did you mean `{meant}`? known: {known}"),
        None => format!("known: {known}"),
    }
}

fn document_lines(problems: &[DocumentError]) -> String {
    let mut lines = String::new();
    for problem in problems {
        let _ = write!(lines, "\n{}", problem.whole());
        add_hint(&mut lines, problem.hint());
    }
    lines
}

/// The files that have problems, in their order.
fn question_files(problems: &[QuestionProblem]) -> String {
    let mut paths: Vec<String> =
        problems.iter().map(|problem| problem.path.display().to_string()).collect();
    paths.dedup();
    paths.join(" and ")
}

fn question_lines(problems: &[QuestionProblem]) -> String {
    let mut lines = String::new();
    for problem in problems {
        let _ = write!(lines, "\n{}:{}", problem.path.display(), problem.line);
        if let Some(column) = problem.what.column() {
            let _ = write!(lines, ":{column}");
        }
        let _ = write!(lines, ": {problem}");
        add_hint(&mut lines, problem.what.hint());
    }
    lines
}

fn add_hint(lines: &mut String, hint: Option<String>) {
    if let Some(hint) = hint {
        let _ = write!(lines, "\n  hint: {hint}");
    }
}
