//! `questions.csv`: questions as a spreadsheet saves them.
//!
//! Enters: the file's bytes. Leaves: one question a row, as `questions.jsonl` would hold it, or what is wrong
//! with the row or with the table as a whole. Does not: look for an answer in a document; evidence without a
//! quote is the whole document.

use super::cell::is_closed;
use super::error::did_you_mean;
use super::nearest;
use super::problem::QuestionFault;
use super::question::{Evidence, Question, UNANSWERABLE, id_of};
use super::question_file::Row;
use crate::extract::{decode, delimiter, unix_lines};
use std::fmt;

/// What stands between accepted answers, and between documents, in a cell.
const BETWEEN: char = '|';
/// How many of [`COLUMNS`] are needed, from the first.
const NEEDED: usize = 2;
/// Columns that are known.
const COLUMNS: [&str; 8] =
    ["question", "answers", "document", "kind", "quote", "split", "group", "id"];
/// The kind of a question with answers whose row names none.
const KIND: &str = "fact";
/// The split of a question whose row names none.
const SPLIT: &str = "test";

/// What is wrong with the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFault {
    /// Bytes that mean nothing in the encoding that the file seems to have.
    NotText {
        /// How many.
        bytes: usize,
        /// Line of the first, from 1.
        line: usize,
    },
    /// The first row does not name a column that is needed.
    Column {
        /// The column.
        missing: &'static str,
        /// Those that it names.
        found: Vec<String>,
    },
    /// A column that is not known: a misspelt one would be left out in silence.
    UnknownColumn {
        /// As written.
        column: String,
    },
    /// The first row names a column twice.
    TwiceColumn {
        /// The column.
        column: String,
    },
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText { bytes, .. } => write!(f, "{bytes} byte(s) are not text"),
            Self::Column { missing, found } if found.is_empty() => {
                write!(f, "the first row names no column `{missing}`: it is empty")
            }
            Self::Column { missing, found } => {
                let found: Vec<_> = found.iter().map(|name| format!("`{name}`")).collect();
                write!(f, "the first row names no column `{missing}`: it has {}", found.join(", "))
            }
            Self::UnknownColumn { column } => {
                write!(f, "the first row names an unknown column `{column}`")
            }
            Self::TwiceColumn { column } => {
                write!(f, "the first row names the column `{column}` twice")
            }
        }
    }
}

impl TableFault {
    /// Where it stands: the columns are named in the first row.
    pub(super) fn line(&self) -> usize {
        match self {
            Self::NotText { line, .. } => *line,
            _ => 1,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotText { .. } => "save the table as `CSV UTF-8`".into(),
            Self::Column { .. } => format!(
                "name the columns in the first row: {} and {} are needed, known beside them: {}",
                quoted(&COLUMNS[..1]),
                quoted(&COLUMNS[1..NEEDED]),
                quoted(&COLUMNS[NEEDED..])
            ),
            Self::UnknownColumn { column } => {
                did_you_mean(nearest::word(column, COLUMNS.into_iter()).as_deref(), &COLUMNS)
            }
            Self::TwiceColumn { column } => {
                format!("keep one; `{BETWEEN}` stands between several `{column}` in one cell")
            }
        }
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Reads the rows. Commas, semicolons or tabs between cells, a byte order mark, quoted line ends and any
/// encoding are what spreadsheets write; rows without text are passed over.
pub(super) fn rows(bytes: Vec<u8>) -> Result<Vec<Row>, TableFault> {
    let decoded = decode(bytes);
    if decoded.replaced > 0 {
        let before = decoded.text.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        return Err(TableFault::NotText { bytes: decoded.replaced, line });
    }
    let text = unix_lines(decoded.text);
    let separator = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let head: Vec<String> = match records.next() {
        Some(Ok(head)) => head.iter().map(|cell| cell.trim().to_lowercase()).collect(),
        _ => Vec::new(),
    };
    let places = columns(&head)?;
    let mut rows = Vec::new();
    // The last cell that a row needs: one that is missing is not the same as an empty one.
    let last = places.iter().take(NEEDED).flatten().max().copied().unwrap_or(0);
    while let Some(record) = records.next() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line) as usize;
                let start = record.position().map_or(0, csv::Position::byte) as usize;
                let written = text.get(start..records.reader().position().byte() as usize);
                if record.iter().all(|cell| cell.trim().is_empty()) {
                    continue;
                }
                let extra = record.iter().skip(head.len()).any(|cell| !cell.trim().is_empty());
                rows.push((
                    line,
                    if !is_closed(written.unwrap_or_default(), separator) {
                        Err(QuestionFault::OpenCell)
                    } else if extra || record.len() <= last {
                        Err(QuestionFault::Cells { found: record.len(), columns: head.len() })
                    } else {
                        let cell = |column: &str| {
                            let place = COLUMNS.iter().position(|known| *known == column)?;
                            let text = record.get(places[place]?)?.trim();
                            (!text.is_empty()).then(|| text.to_owned())
                        };
                        Ok(question(cell))
                    },
                ));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line) as usize;
                rows.push((
                    line,
                    Err(QuestionFault::Record {
                        column: None,
                        message: error.to_string(),
                        nearest: None,
                    }),
                ));
            }
        }
    }
    Ok(rows)
}

/// One row; `cell` gives the text of a column, if it has any.
fn question(cell: impl Fn(&str) -> Option<String>) -> Question {
    let list = |column: &str| -> Vec<String> {
        let text = cell(column).unwrap_or_default();
        let parts = text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let text = cell("question").unwrap_or_default();
    let answers = list("answers");
    let quote = cell("quote");
    let documents = list("document");
    // As many quotes as documents: one of each, where a blank one is none. Else the quote stands in all of them.
    let quotes: Vec<&str> =
        quote.iter().flat_map(|quote| quote.split(BETWEEN)).map(str::trim).collect();
    let paired = documents.len() > 1 && quotes.len() == documents.len();
    let evidence = documents
        .into_iter()
        .enumerate()
        .map(|(at, document)| {
            let own = quotes.get(at).filter(|quote| !quote.is_empty());
            let quote = if paired { own.map(|quote| (*quote).to_owned()) } else { quote.clone() };
            Evidence { document, quote, span: 0..0 }
        })
        .collect();
    let kind = if answers.is_empty() { UNANSWERABLE } else { KIND };
    Question {
        id: cell("id").unwrap_or_else(|| id_of(&text)),
        answers,
        evidence,
        kind: cell("kind").unwrap_or_else(|| kind.to_owned()),
        split: cell("split").unwrap_or_else(|| SPLIT.to_owned()),
        group: cell("group"),
        schema: None,
        origin: None,
        text,
    }
}

/// Where each of [`COLUMNS`] stands.
fn columns(head: &[String]) -> Result<[Option<usize>; COLUMNS.len()], TableFault> {
    let mut places = [None; COLUMNS.len()];
    for (at, name) in head.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        // One answer in each cell is how most people begin.
        let name = match name.as_str() {
            "answer" => "answers",
            "documents" | "evidence" => "document",
            other => other,
        };
        let Some(known) = COLUMNS.iter().position(|column| *column == name) else {
            return Err(TableFault::UnknownColumn { column: name.to_owned() });
        };
        if places[known].replace(at).is_some() {
            return Err(TableFault::TwiceColumn { column: name.to_owned() });
        }
    }
    match (0..NEEDED).find(|needed| places[*needed].is_none()) {
        Some(needed) => Err(TableFault::Column { missing: COLUMNS[needed], found: head.to_vec() }),
        None => Ok(places),
    }
}

#[cfg(test)]
#[path = "question_table_tests.rs"]
mod tests;
