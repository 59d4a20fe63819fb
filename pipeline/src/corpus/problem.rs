//! What can be wrong with a line of `questions.jsonl`, or a row of `questions.csv`.

use super::question::{RETRIEVAL, UNANSWERABLE};
use super::question_table::TableFault;
use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionProblem {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// The question's id, where the line could be read that far.
    pub id: Option<String>,
    /// What is wrong.
    pub what: QuestionFault,
}

/// A line before the one that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The file's name, where it is another file.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: usize,
}

impl Earlier {
    /// The line of `path` as it is called in a message about `here`.
    pub(super) fn seen_from(here: &Path, path: &Path, line: usize) -> Self {
        let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { file: (here != path).then(name), line }
    }
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match &self.file {
            Some(file) => write!(f, " of `{file}`"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionFault {
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// First wrong byte within the line, from 1.
        byte: usize,
    },
    /// Not JSON, a missing or unknown key, or a value of another type.
    Record {
        /// Byte within the line, from 1, where it is known.
        column: Option<usize>,
        /// What the parser said.
        message: String,
        /// The known key that an unknown one is most like.
        nearest: Option<String>,
    },
    /// A table that cannot be read at all; the line is that of the fault.
    Table(TableFault),
    /// A row of a table with text behind its last column, or without a cell for one that is needed.
    Cells {
        /// Cells of the row.
        found: usize,
        /// Columns that the first row names.
        columns: usize,
    },
    /// A cell of a table that begins with a quotation mark and does not end with one.
    OpenCell,
    /// A key with nothing in it.
    Empty {
        /// The key; `quote` and `document` are those of the evidence.
        key: &'static str,
    },
    /// An earlier line has the id.
    DuplicateId {
        /// The earlier line.
        first: Earlier,
    },
    /// Nothing says where the answer stands.
    NoEvidence {
        /// The question's kind.
        kind: String,
    },
    /// Evidence for a kind that the documents do not answer.
    UnexpectedEvidence {
        /// The question's kind.
        kind: String,
    },
    /// No accepted answer, and the kind is neither `unanswerable` nor `retrieval`.
    NoAnswers {
        /// The question's kind.
        kind: String,
    },
    /// Accepted answers for a question that nothing answers, or that asks for documents alone.
    UnexpectedAnswers {
        /// The question's kind.
        kind: String,
    },
    /// Evidence in a document that is not there.
    UnknownDocument {
        /// The id as written.
        document: String,
        /// The most similar id of the corpus.
        nearest: Option<String>,
    },
    /// Evidence in a file that is there and was not read.
    LeftOutDocument {
        /// The id as written.
        document: String,
        /// Why it was not read.
        why: String,
        /// What can be done about it.
        hint: String,
    },
    /// The document does not have the quote.
    QuoteNotFound {
        /// Document id.
        document: String,
        /// The quote as written.
        quote: String,
        /// The passage of the document that shares the most words with it.
        nearest: Option<String>,
    },
    /// Paraphrases on both sides of a split: what is tuned on one side leaks to the other.
    GroupInTwoSplits {
        /// The group.
        group: String,
        /// This line's split.
        split: String,
        /// The split of the group's first line.
        first_split: String,
        /// The group's first line.
        first: Earlier,
    },
    /// A JSON Schema is an object.
    SchemaNotObject {
        /// What it is: `a string`, ...
        found: &'static str,
    },
    /// The object under `schema` is no JSON Schema.
    NotASchema {
        /// What is wrong with it, and where.
        why: String,
    },
    /// An accepted answer that the question's own schema refuses.
    AnswerBreaksSchema {
        /// The answer as written.
        answer: String,
        /// What is wrong with it, and where.
        why: String,
    },
}

impl fmt::Display for QuestionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.id.as_deref().filter(|id| !id.trim().is_empty()) {
            write!(f, "question `{id}`: ")?;
        }
        self.what.fmt(f)
    }
}

impl fmt::Display for QuestionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { byte } => write!(f, "byte {byte} of the line is not UTF-8"),
            Self::Record { message, .. } => f.write_str(message),
            Self::Table(fault) => fault.fmt(f),
            Self::Cells { found, columns } => {
                write!(f, "the row has {found} cells, and there are {columns} columns")
            }
            Self::OpenCell => {
                f.write_str("a cell begins with a quotation mark and has none at its end")
            }
            Self::Empty { key } => write!(f, "`{key}` is empty"),
            Self::DuplicateId { first } => write!(f, "{first} has the same id"),
            Self::NoEvidence { kind } => write!(f, "no evidence, and the kind is `{kind}`"),
            Self::UnexpectedEvidence { kind } => {
                write!(f, "evidence is given, and the kind is `{kind}`")
            }
            Self::NoAnswers { kind } => write!(f, "no accepted answer, and the kind is `{kind}`"),
            Self::UnexpectedAnswers { kind } => {
                write!(f, "answers are given, and the kind is `{kind}`")
            }
            Self::UnknownDocument { document, .. } => {
                write!(f, "evidence in an unknown document `{document}`")
            }
            Self::LeftOutDocument { document, why, .. } => {
                write!(f, "evidence in `{document}`, which was left out: {why}")
            }
            Self::QuoteNotFound { document, quote, .. } => {
                write!(f, "`{document}` does not have the quote {quote:?}")
            }
            Self::GroupInTwoSplits { group, split, first_split, first } => write!(
                f,
                "group `{group}` is in split `{split}` here and in `{first_split}` on {first}"
            ),
            Self::SchemaNotObject { found } => write!(f, "`schema` is {found}, not an object"),
            Self::NotASchema { why } => write!(f, "`schema` is not a JSON Schema: {why}"),
            Self::AnswerBreaksSchema { answer, why } => {
                write!(f, "the accepted answer {answer:?} does not satisfy `schema`: {why}")
            }
        }
    }
}

impl QuestionFault {
    /// The place within the line in bytes, from 1, where it is known.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::NotUtf8 { byte } => Some(*byte),
            Self::Record { column, .. } => *column,
            _ => None,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotUtf8 { .. } => {
                "save the file as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`".into()
            }
            Self::Record { nearest: Some(key), .. } => format!("did you mean `{key}`?"),
            Self::Record { nearest: None, .. } => {
                "a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, \
                 `kind`, `split` and, if wanted, `group`, `schema`"
                    .into()
            }
            Self::Table(fault) => fault.hint(),
            Self::Cells { found, columns } if found < columns => {
                "put what stands between the first row's cells between those of this row too".into()
            }
            Self::Cells { .. } => "put a cell that holds a separator into quotes".into(),
            Self::OpenCell => {
                "close the quotation mark; within a cell in quotes, write two of them for one".into()
            }
            Self::Empty { key } => format!("fill in `{key}`"),
            Self::DuplicateId { .. } => "give each question an id of its own".into(),
            Self::NoEvidence { .. } => format!(
                "add the document and a quote of it, or make the kind `{UNANSWERABLE}` or `general`"
            ),
            Self::UnexpectedEvidence { .. } => {
                "remove the evidence, or name the kind of question that it answers".into()
            }
            Self::NoAnswers { .. } => format!(
                "add an accepted answer, or make the kind `{UNANSWERABLE}`, or `{RETRIEVAL}` where only \
                 documents are to be found"
            ),
            Self::UnexpectedAnswers { .. } => {
                "remove the answers, or name the kind of question that they answer".into()
            }
            Self::UnknownDocument { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::UnknownDocument { nearest: None, .. } => {
                "`document` is a path below `documents/`, such as `guides/torque.md`".into()
            }
            Self::LeftOutDocument { hint, .. } => hint.clone(),
            Self::QuoteNotFound { nearest: Some(passage), .. } => {
                format!("copy the quote from the document; the nearest passage is {passage:?}")
            }
            Self::QuoteNotFound { nearest: None, .. } => {
                "copy the quote from the document, letter by letter".into()
            }
            Self::GroupInTwoSplits { .. } => {
                "put all paraphrases of a question into the same split".into()
            }
            Self::SchemaNotObject { .. } => {
                "write a JSON Schema, for example `{\"type\": \"number\"}`, or leave it out".into()
            }
            Self::NotASchema { .. } => {
                "mend the schema (draft 2020-12 where `$schema` names no other), or leave it out".into()
            }
            Self::AnswerBreaksSchema { .. } => {
                "write the accepted answer as JSON text, for example `\"answers\": [\"{\\\"year\\\": 1998}\"]`"
                    .into()
            }
        })
    }
}
