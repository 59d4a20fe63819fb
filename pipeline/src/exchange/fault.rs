//! What can be wrong with one record of a source.

use std::fmt;

/// What is wrong with a line, row or element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordFault {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// Not JSON, a missing key, or a value of another type.
    Json {
        /// Byte within the line, from 1.
        column: usize,
        /// What the parser said.
        message: String,
    },
    /// A table that its parser gives up on.
    Table {
        /// What the parser said.
        message: String,
    },
    /// A row with more or fewer cells than columns.
    Cells {
        /// Cells of the row.
        found: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// The first row does not name a column that is needed.
    MissingColumn {
        /// The column.
        column: &'static str,
        /// The columns that it names.
        found: Vec<String>,
    },
    /// The first row is a record already.
    NoHead {
        /// What it should be.
        head: &'static str,
    },
    /// A key that has to be there is not, or not in this kind of record.
    MissingKey {
        /// The key, or those of which one is needed.
        key: &'static str,
    },
    /// A key with nothing in it.
    Empty {
        /// The key.
        key: &'static str,
    },
    /// A value that is no whole number.
    NotWhole {
        /// The key or column.
        key: &'static str,
        /// As written.
        value: String,
    },
    /// A cell that is no list of texts.
    NotAList {
        /// The column.
        key: &'static str,
    },
    /// Two lists that should go together.
    Lengths {
        /// The one.
        key: &'static str,
        /// The other.
        other: &'static str,
    },
    /// An earlier record has the id.
    DuplicateId {
        /// The id.
        id: String,
        /// The earlier record's line.
        first_line: usize,
    },
    /// A document is judged twice for one query.
    JudgedTwice {
        /// The query's id.
        query: String,
        /// The document's id.
        document: String,
    },
    /// Longer than a document may be.
    TooLong {
        /// The most bytes of one record.
        bytes: usize,
    },
    /// An id that makes no file name.
    LongId {
        /// Its bytes, with those that stand for letters that no name can have.
        bytes: usize,
        /// The most.
        most: usize,
    },
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::Json { message, .. } | Self::Table { message } => f.write_str(message),
            Self::Cells { found, columns } => {
                write!(f, "the row has {found} cells, and there are {columns} columns")
            }
            Self::MissingColumn { column, found } => {
                write!(f, "no column `{column}`; the first row names {}", quoted(found))
            }
            Self::NoHead { .. } => f.write_str("the first row names no columns"),
            Self::MissingKey { key } => write!(f, "no {key}"),
            Self::Empty { key } => write!(f, "`{key}` is empty"),
            Self::NotWhole { key, value } => write!(f, "`{key}` is {value:?}, not a whole number"),
            Self::NotAList { key } => write!(f, "`{key}` is not a list of texts"),
            Self::Lengths { key, other } => write!(f, "`{key}` is not as long as `{other}`"),
            Self::DuplicateId { id, first_line } => {
                write!(f, "the id {id:?} stands on line {first_line} already")
            }
            Self::JudgedTwice { query, document } => {
                write!(f, "the document {document:?} is judged twice for the query {query:?}")
            }
            Self::TooLong { bytes } => write!(f, "a record of more than {bytes} bytes"),
            Self::LongId { bytes, most } => {
                write!(f, "an id of {bytes} bytes, more than the {most} of a document's name")
            }
        }
    }
}

impl RecordFault {
    /// The place within the line in bytes, from 1, where it is known.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::Json { column, .. } => Some(*column),
            _ => None,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotUtf8 => {
                "save the file as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`".into()
            }
            Self::Json { .. } | Self::MissingKey { .. } => {
                "compare the record with the format's own description, or name another `--format`"
                    .into()
            }
            Self::Table { .. } | Self::Cells { .. } => {
                "put a cell that holds a separator or a line end into quotes".into()
            }
            Self::MissingColumn { .. } => "name the columns as the format does".into(),
            Self::NoHead { head } => format!("write this first row: {head}"),
            Self::Empty { key } => format!("fill in `{key}`, or remove the record"),
            Self::NotWhole { .. } => "write a whole number without signs of a unit".into(),
            Self::NotAList { .. } => {
                "write a list as JSON (`[\"a\", \"b\"]`) or as Python shows it (`['a', 'b']`)"
                    .into()
            }
            Self::Lengths { key, .. } => format!("give each text its own id, or leave `{key}` out"),
            Self::DuplicateId { .. } => "give each record an id of its own".into(),
            Self::JudgedTwice { .. } => "keep one of the two judgements".into(),
            Self::TooLong { .. } => "split the record into several documents".into(),
            Self::LongId { .. } => "give the record a shorter id".into(),
        }
    }
}

fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
