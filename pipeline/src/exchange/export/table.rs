//! Questions as `questions.csv` has them.
//!
//! Enters: a corpus. Leaves: the table. A row says all of its question: one whose row would read back
//! as another question is left out and counted, such as one with a schema.

use super::{ExportFormat, Exported, output};
use crate::corpus::{Question, table_questions};
use crate::exchange::ExchangeError;

/// The columns, as the table's reader knows them.
const COLUMNS: [&str; 8] =
    ["id", "question", "answers", "document", "quote", "kind", "split", "group"];

/// What stands between accepted answers, between documents, and between quotes, in a cell.
const BETWEEN: &str = "|";

const NOT_WHOLE: &str =
    "questions that one row cannot hold (a schema, an origin, a `|`, spaces at an end)";

/// Writes the table, and says how many questions it has.
pub(super) fn write(exported: &mut Exported<'_>) -> Result<usize, ExchangeError> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for question in &exported.corpus.questions {
        let row = row(question);
        if reads_back(&row, question) {
            rows.push(row);
        } else {
            exported.left_out.add(NOT_WHOLE, 1);
        }
    }
    let written = exported.some(rows.len() - 1, ExportFormat::Csv)?;
    output::table(exported.out, b',', rows)?;
    Ok(written)
}

fn row(question: &Question) -> Vec<String> {
    let documents: Vec<&str> =
        question.evidence.iter().map(|evidence| evidence.document.as_str()).collect();
    let quotes: Vec<&str> = question
        .evidence
        .iter()
        .map(|evidence| evidence.quote.as_deref().unwrap_or_default())
        .collect();
    // One quote stands in all documents.
    let quote = match quotes.as_slice() {
        [first, others @ ..] if others.iter().all(|other| other == first) => (*first).to_owned(),
        several => several.join(BETWEEN),
    };
    vec![
        question.id.clone(),
        question.text.clone(),
        question.answers.join(BETWEEN),
        documents.join(BETWEEN),
        quote,
        question.kind.clone(),
        question.split.clone(),
        question.group.clone().unwrap_or_default(),
    ]
}

/// Whether the row says the same as the question, but for where its evidence stands.
fn reads_back(row: &[String], question: &Question) -> bool {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(COLUMNS).and_then(|()| writer.write_record(row));
    let (Ok(()), Ok(bytes)) = (written, writer.into_inner()) else { return false };
    let mut wanted = question.clone();
    for evidence in &mut wanted.evidence {
        evidence.span = 0..0;
    }
    table_questions(bytes) == [wanted]
}
