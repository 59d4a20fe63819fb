//! PopQA: questions about things that many or few people look up, with answers and without documents.
//!
//! Enters: the table, with tabs or commas between cells. Leaves: questions of the kinds `rarity-head`,
//! `rarity-middle` and `rarity-tail`, by how often Wikipedia's page on their subject is viewed in a month.
//! Does not: bring documents.

use super::ExchangeError;
use super::fault::RecordFault;
use super::intake::{Intake, NO_ANSWERS, NewQuestion};
use super::list_cell;
use super::source::SourceFile;
use super::summary::SourceRecord;
use super::table::Table;

/// Views a month below which a subject is rare: Self-RAG's (Asai et al. 2024) long tail of PopQA.
const TAIL_VIEWS: u64 = 100;
/// Views a month from which it is well known: as far above on the logarithmic scale of PopQA's paper
/// (Mallen et al. 2023) as leaves two decades between.
const HEAD_VIEWS: u64 = 10_000;

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let between = if source.first_line()?.contains('\t') { b'\t' } else { b',' };
    let table = Table::open(source, between)?;
    let id = table.needed("id")?;
    let question = table.needed("question")?;
    let answers = table.needed("possible_answers")?;
    let views = table.needed("s_pop")?;
    table.rows(|at, row| {
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let views: u64 = cell(views).trim().parse().map_err(|_| {
            at.is(RecordFault::NotWhole { key: "s_pop", value: cell(views).to_owned() })
        })?;
        let answers = list_cell::texts(cell(answers))
            .ok_or_else(|| at.is(RecordFault::NotAList { key: "possible_answers" }))?;
        let answers = intake.answers(answers);
        if answers.is_empty() {
            intake.leave_out(NO_ANSWERS, 1);
            return Ok(());
        }
        let question = NewQuestion {
            id: cell(id).to_owned(),
            text: cell(question).to_owned(),
            answers,
            evidence: Vec::new(),
            kind: kind(views),
        };
        intake.question(question, at)
    })
}

fn kind(views: u64) -> &'static str {
    match views {
        0..TAIL_VIEWS => "rarity-tail",
        TAIL_VIEWS..HEAD_VIEWS => "rarity-middle",
        _ => "rarity-head",
    }
}
