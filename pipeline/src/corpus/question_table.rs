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
            Self::NotText { bytes } => write!(f, "{bytes} byte(s) are not text"),
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
        return Err(TableFault::NotText { bytes: decoded.replaced });
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
    // As many quotes as documents: one of each. Else the quote stands in all of them.
    let quotes: Vec<&str> =
        quote.iter().flat_map(|quote| quote.split(BETWEEN)).map(str::trim).collect();
    let paired = documents.len() > 1 && quotes.len() == documents.len();
    let evidence = documents
        .into_iter()
        .enumerate()
        .map(|(at, document)| {
            let own = quotes.get(at).filter(|_| paired).map(|quote| (*quote).to_owned());
            Evidence { document, quote: own.or_else(|| quote.clone()), span: 0..0 }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Question> {
        rows(text.as_bytes().to_vec()).unwrap().into_iter().map(|(_, row)| row.unwrap()).collect()
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let plain = "question,answers,document,kind\nHow heavy?,40 kg|forty kg,a.pdf,number\n";
        let semicolons = "\u{feff}Question;Answers;Document;Kind\r\nHow heavy?;40 kg | forty kg;a.pdf;number\r\n;;;\r\n";
        let quoted =
            "kind\tdocument\tanswer\tquestion\nnumber\ta.pdf\t\"40 kg|forty kg\"\t\"How heavy?\"\n";
        for text in [plain, semicolons, quoted] {
            let questions = read(text);
            assert_eq!(questions.len(), 1, "{text}");
            let one = &questions[0];
            assert_eq!(
                (one.text.as_str(), one.kind.as_str(), one.split.as_str()),
                ("How heavy?", "number", "test")
            );
            assert_eq!(one.answers, ["40 kg", "forty kg"]);
            assert_eq!(
                (one.evidence[0].document.as_str(), &one.evidence[0].quote),
                ("a.pdf", &None)
            );
            assert_eq!(one.id, id_of("How heavy?"));
        }
        let windows = b"question,answers\nWie gro\xdf ist die Welle am Ende?,40 mm\n".to_vec();
        let question = rows(windows).unwrap().remove(0).1.unwrap();
        assert_eq!(question.text, "Wie groß ist die Welle am Ende?");
    }

    #[test]
    fn line_ends_in_a_cell_belong_to_it() {
        let questions =
            read("question,answers,quote,document\n\"How\nheavy?\",40,\"a\n\"\"b\"\"\",d.md\n");
        assert_eq!(questions[0].text, "How\nheavy?");
        assert_eq!(questions[0].evidence[0].quote.as_deref(), Some("a\n\"b\""));
    }

    #[test]
    fn each_of_several_documents_has_its_quote() {
        let evidence = |row: &str| {
            let questions = read(&format!("question,answers,document,quote\n?,x,{row}\n"));
            let all = questions[0].evidence.iter();
            all.map(|one| (one.document.clone(), one.quote.clone().unwrap())).collect::<Vec<_>>()
        };
        let pair = |document: &str, quote: &str| (document.to_owned(), quote.to_owned());
        assert_eq!(
            evidence("a.md | b.md,in a | in b"),
            [pair("a.md", "in a"), pair("b.md", "in b")]
        );
        assert_eq!(evidence("a.md|b.md,both"), [pair("a.md", "both"), pair("b.md", "both")]);
        // A row of a table in the document.
        assert_eq!(evidence("a.md,lid | 55 Nm"), [pair("a.md", "lid | 55 Nm")]);
    }

    #[test]
    fn no_answer_means_that_declining_is_right() {
        let questions = read("question,answers\nWho?,\n");
        assert_eq!((questions[0].kind.as_str(), questions[0].answers.len()), (UNANSWERABLE, 0));
    }

    #[test]
    fn wrong_columns_are_named() {
        let fault = |text: &str| rows(text.as_bytes().to_vec()).unwrap_err();
        let found = vec!["question".to_owned(), "kind".to_owned()];
        assert_eq!(fault("question,kind\nx,y\n"), TableFault::Column { missing: "answers", found });
        assert_eq!(
            fault("question,answers,qoute\n"),
            TableFault::UnknownColumn { column: "qoute".into() }
        );
        assert_eq!(
            fault("question,answers,answer\n"),
            TableFault::TwiceColumn { column: "answers".into() }
        );
        assert!(matches!(fault(""), TableFault::Column { missing: "question", .. }));
        let shown = |text: &str| format!("{}\nhint: {}", fault(text), fault(text).hint());
        let all = ["", "question,kind\n", "question,answers,qoute\n", "question,answers,answer\n"];
        insta::assert_snapshot!(all.map(shown).join("\n"), @r"
        the first row names no column `question`: it is empty
        hint: name the columns in the first row: `question` and `answers` are needed, known beside them: `document`, `kind`, `quote`, `split`, `group`, `id`
        the first row names no column `answers`: it has `question`, `kind`
        hint: name the columns in the first row: `question` and `answers` are needed, known beside them: `document`, `kind`, `quote`, `split`, `group`, `id`
        the first row names an unknown column `qoute`
        hint: did you mean `quote`? known: `question`, `answers`, `document`, `kind`, `quote`, `split`, `group`, `id`
        the first row names the column `answers` twice
        hint: keep one; `|` stands between several `answers` in one cell
        ");
    }

    #[test]
    fn bytes_that_are_no_text_are_counted() {
        // Marked as UTF-8 by its first bytes, and not UTF-8.
        let fault = rows(b"\xef\xbb\xbfquestion,answers\n\xff,\xfe\n".to_vec()).unwrap_err();
        assert_eq!(fault, TableFault::NotText { bytes: 2 });
    }

    #[test]
    fn a_row_with_more_cells_than_columns_is_wrong() {
        let rows = rows(b"question,answers\nWho, where?,x\nWho?,x,\n".to_vec()).unwrap();
        assert_eq!(rows[0], (2, Err(QuestionFault::Cells { found: 3, columns: 2 })));
        assert!(rows[1].1.is_ok());
    }

    #[test]
    fn a_row_without_a_cell_that_is_needed_is_wrong() {
        let rows = rows(b"question,document,answers\nWho?;;x\nWho?,\nWho?,,\n".to_vec()).unwrap();
        assert_eq!(rows[0], (2, Err(QuestionFault::Cells { found: 1, columns: 3 })));
        assert_eq!(rows[1], (3, Err(QuestionFault::Cells { found: 2, columns: 3 })));
        assert!(rows[2].1.is_ok());
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_swallows_no_row() {
        for text in [
            "question,answers,document\n\"Who made it?,Brandt,a.md\nHow heavy?,40 kg,a.md\n",
            "question,answers,kind\nWho made it?,Brandt,\"fact\nHow heavy?,40 kg,number",
            "question,answers\n\"Who made it?,Brandt\n\"How heavy?\",40 kg\n",
        ] {
            let rows = rows(text.as_bytes().to_vec()).unwrap();
            assert_eq!(rows, [(2, Err(QuestionFault::OpenCell))], "{text}");
        }
        // Behind empty lines too, and what comes after is read.
        let rows = rows(b"question;answers\n\n\n\"Who?\"x\";y\nHow?;40\n".to_vec()).unwrap();
        assert_eq!(rows[0].1, Err(QuestionFault::OpenCell));
        assert!(rows[1].1.is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = rows(bytes);
        }

        #[test]
        fn any_table_is_read(text in "question[,;\t]answers\n([a\",;|\n]{0,40})") {
            let _ = rows(text.into_bytes());
        }
    }
}
