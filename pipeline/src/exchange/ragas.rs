//! RAGAS: rows of a question, a reference answer and the contexts that it stands in.
//!
//! Enters: JSON lines, a JSON array or CSV, with the names of any release (`user_input` or `question`,
//! `reference` or `ground_truth`, `reference_contexts` or `contexts`). Leaves: a document a context; questions
//! of the kind `fact` with those as evidence, of the kind `general` where a row has none. Does not: take what
//! a system answered or retrieved: `contexts` beside an answer are that.

use super::ExchangeError;
use super::fault::RecordFault;
use super::intake::{BEYOND_LIMIT, Intake, NewQuestion, document_text, evidence};
use super::json::{self, Id};
use super::list_cell;
use super::passages::Passages;
use super::source::{Place, SourceFile};
use super::summary::SourceRecord;
use super::table::Table;
use crate::corpus::Evidence;
use serde::Deserialize;
use serde::de::IgnoredAny;

const NO_REFERENCE: &str = "rows without a reference answer";
const RETRIEVED: &str = "rows' retrieved contexts";
const RESPONSES: &str = "rows' responses";

/// A row, whatever it was written in.
#[derive(Default, Deserialize)]
struct Row {
    /// Not RAGAS's own: what an export of a corpus adds, so that it can be read back.
    id: Option<Id>,
    user_input: Option<String>,
    question: Option<String>,
    reference: Option<String>,
    ground_truth: Option<String>,
    reference_contexts: Option<Vec<String>>,
    reference_context_ids: Option<Vec<Id>>,
    contexts: Option<Vec<String>>,
    retrieved_contexts: Option<IgnoredAny>,
    response: Option<IgnoredAny>,
    answer: Option<IgnoredAny>,
}

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let mut rows = Rows { passages: Passages::default(), number: 0 };
    match source.first_byte()? {
        Some(b'[') => json::elements(&mut source, None, |at, row| rows.take(row, intake, at))?,
        Some(b'{') => json::lines(&mut source, |at, row| rows.take(row, intake, at))?,
        _ => return rows_of_table(source, &mut rows, intake),
    }
    source.finish()
}

fn rows_of_table(
    source: SourceFile,
    rows: &mut Rows,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let table = Table::open(source, b',')?;
    if table.column("question").is_none() {
        table.needed("user_input")?;
    }
    if table.column("ground_truth").is_none() {
        table.needed("reference")?;
    }
    let head = table.head().to_vec();
    table.rows(|at, cells| {
        let cell = |name: &str| {
            let place = head.iter().position(|column| column == name)?;
            cells.get(place).filter(|cell| !cell.trim().is_empty()).map(str::to_owned)
        };
        let list = |name: &'static str| {
            let texts = |cell: String| {
                list_cell::texts(&cell).ok_or_else(|| at.is(RecordFault::NotAList { key: name }))
            };
            cell(name).map(texts).transpose()
        };
        let ids = list("reference_context_ids")?;
        let row = Row {
            id: cell("id").map(Id),
            user_input: cell("user_input"),
            question: cell("question"),
            reference: cell("reference"),
            ground_truth: cell("ground_truth"),
            reference_contexts: list("reference_contexts")?,
            reference_context_ids: ids.map(|ids| ids.into_iter().map(Id).collect()),
            contexts: list("contexts")?,
            retrieved_contexts: cell("retrieved_contexts").map(|_| IgnoredAny),
            response: cell("response").map(|_| IgnoredAny),
            answer: cell("answer").map(|_| IgnoredAny),
        };
        rows.take(row, intake, at)
    })
}

struct Rows {
    passages: Passages,
    number: usize,
}

impl Rows {
    fn take(&mut self, row: Row, intake: &mut Intake, at: Place<'_>) -> Result<(), ExchangeError> {
        self.number += 1;
        let text = row
            .user_input
            .or(row.question)
            .ok_or_else(|| at.is(RecordFault::MissingKey { key: "`user_input` or `question`" }))?;
        if !intake.has_room() {
            intake.leave_out(BEYOND_LIMIT, 1);
            return Ok(());
        }
        let is_answered = row.response.is_some() || row.answer.is_some();
        let has_other = row.contexts.is_some() && is_answered && row.reference_contexts.is_none();
        intake.leave_out(RESPONSES, usize::from(is_answered));
        intake.leave_out(RETRIEVED, usize::from(has_other || row.retrieved_contexts.is_some()));
        let answers = match row.reference.or(row.ground_truth) {
            Some(answer) if !answer.trim().is_empty() => vec![answer],
            _ => {
                intake.leave_out(NO_REFERENCE, 1);
                return Ok(());
            }
        };
        let contexts =
            row.reference_contexts.or(row.contexts.filter(|_| !is_answered)).unwrap_or_default();
        let ids = row.reference_context_ids.unwrap_or_default();
        if !ids.is_empty() && ids.len() != contexts.len() {
            let (key, other) = ("reference_context_ids", "reference_contexts");
            return Err(at.is(RecordFault::Lengths { key, other }));
        }
        let mut all: Vec<Evidence> = Vec::new();
        for (place, context) in contexts.iter().enumerate() {
            let id = ids.get(place).map(|id| id.0.as_str());
            if let Some(document) =
                self.passages.document(intake, id, document_text("", context), at)?
            {
                let one = evidence(&document, None);
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        let kind = if all.is_empty() { "general" } else { "fact" };
        let id = row.id.map_or_else(|| format!("q{}", self.number), |id| id.0);
        intake.question(NewQuestion { id, text, answers, evidence: all, kind }, at)
    }
}
