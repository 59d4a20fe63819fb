//! Why a corpus cannot be used.

use super::document::DOCUMENT_BYTES_MAX;
use super::html::HTML_DEPTH_MAX;
use super::nearest;
use super::problem::QuestionProblem;
use crate::file::FileError;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

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
    #[error("no document with text below {} ({empty} empty, {skipped} of a kind that is not read)", folder.display())]
    NoDocuments {
        /// `documents/`.
        folder: PathBuf,
        /// Documents that are nothing but white space.
        empty: usize,
        /// Files of other kinds.
        skipped: usize,
    },
    /// Documents that cannot be read, all of them, ordered by id.
    #[error("{} problem(s) below {}{}", problems.len(), folder.display(), document_lines(problems))]
    Documents {
        /// `documents/`.
        folder: PathBuf,
        /// What is wrong.
        problems: Vec<DocumentError>,
    },
    /// No `questions.jsonl`.
    #[error("{} is missing", path.display())]
    MissingQuestions {
        /// Where it should be.
        path: PathBuf,
    },
    /// `questions.jsonl` has no line.
    #[error("{} has no questions", path.display())]
    NoQuestions {
        /// The file.
        path: PathBuf,
    },
    /// Everything that is wrong with `questions.jsonl`, ordered by line.
    #[error("{} problem(s) in {}{}", problems.len(), path.display(), question_lines(path, problems))]
    Questions {
        /// The file.
        path: PathBuf,
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
    /// A file or folder cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file is larger than [`DOCUMENT_BYTES_MAX`].
    #[error("{} has {} MB, more than the {} MB of one document", path.display(), bytes / 1_000_000, DOCUMENT_BYTES_MAX / 1_000_000)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// A link to a place outside of `documents/`.
    #[error("{} is a link that leaves the corpus, to {}", path.display(), target.display())]
    LinkLeaves {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
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
    /// More levels than a page has.
    #[error("{}: elements are nested more than {HTML_DEPTH_MAX} deep", path.display())]
    HtmlTooDeep {
        /// The file.
        path: PathBuf,
    },
    /// The HTML parser gave up.
    #[error("{}: cannot read the HTML", path.display())]
    Html {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// The file cannot be read or is not UTF-8.
    #[error(transparent)]
    File(#[from] FileError),
}

impl CorpusError {
    /// What the reader can do about it. The lists of [`Self::Documents`] and [`Self::Questions`]
    /// have a hint for each entry already.
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
                "make the folder and put `.md`, `.txt` or `.html` files into it".into()
            }
            Self::NoDocuments { .. } => {
                "put `.md`, `.txt` or `.html` files with text into it; convert other kinds first"
                    .into()
            }
            Self::MissingQuestions { .. } | Self::NoQuestions { .. } => {
                "write one question a line: {\"id\": \"q1\", \"question\": \"...\", \"answers\": [\"...\"], \
                 \"evidence\": [{\"document\": \"a.md\", \"quote\": \"...\"}], \"kind\": \"fact\", \"split\": \"test\"}"
                    .into()
            }
            Self::UnknownSelection { nearest, known, .. } => {
                did_you_mean(nearest.as_deref(), known)
            }
            Self::NothingSelected { .. } => {
                "widen `split`, `kinds` or `sample` in the experiment's `questions`".into()
            }
            Self::Documents { .. } | Self::Questions { .. } => return None,
            Self::File(error) => return error.hint(),
        })
    }
}

impl DocumentError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::TooLarge { .. } => "split it into one file a document or chapter".into(),
            Self::LinkLeaves { .. } => "copy what it points at into `documents/`".into(),
            Self::BrokenLink { .. } => "delete the link, or put its target in place".into(),
            Self::FileName { .. } => "rename it".into(),
            Self::HtmlTooDeep { .. } | Self::Html { .. } => {
                "save the page as markdown or plain text".into()
            }
            Self::File(error) => return error.hint(),
        })
    }
}

fn did_you_mean(meant: Option<&str>, known: &[String]) -> String {
    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    let known = known.join(", ");
    match meant {
        Some(meant) => format!("did you mean `{meant}`? known: {known}"),
        None => format!("known: {known}"),
    }
}

fn document_lines(problems: &[DocumentError]) -> String {
    let mut lines = String::new();
    for problem in problems {
        let _ = write!(lines, "\n{problem}");
        let mut cause = std::error::Error::source(problem);
        while let Some(error) = cause {
            let _ = write!(lines, ": {error}");
            cause = error.source();
        }
        add_hint(&mut lines, problem.hint());
    }
    lines
}

fn question_lines(path: &Path, problems: &[QuestionProblem]) -> String {
    let mut lines = String::new();
    for problem in problems {
        let _ = write!(lines, "\n{}:{}", path.display(), problem.line);
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
