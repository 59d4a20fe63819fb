//! Drafts reviewed in a spreadsheet.
//!
//! Enters: open drafts; later the sheet with a decision in each row. Leaves: a table; later the same as a
//! [`review`](super::review). Does not: take a sheet in part: where a row is wrong, none is taken.

use super::excerpt::excerpt;
use super::ledger::Decision;
use super::review::{Reviewed, answers, joined};
use super::spans::Spans;
use super::{Ledger, QuestionsError};
use crate::corpus::{Corpus, Draft, DraftStatus, Question, QuestionFault, is_closed};
use crate::extract::{decode, delimiter};
use crate::file;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// The columns, in their order. `decision` and `why` are empty in a new sheet; `question`, `answers` and `kind`
/// may be changed; the others are for reading.
const COLUMNS: [&str; 10] = [
    "decision", "why", "question", "answers", "kind", "document", "quote", "context", "split", "id",
];

/// Writes the drafts that nobody has decided on as a table with commas. Returns how many.
///
/// # Errors
/// When there are none, something stands at `path`, or the file cannot be written.
pub fn export(ledger: &Ledger, corpus: &Corpus, path: &Path) -> Result<usize, QuestionsError> {
    if path.symlink_metadata().is_ok() {
        return Err(QuestionsError::Exists { path: path.to_owned() });
    }
    let failed = |source| QuestionsError::Csv { path: path.to_owned(), source };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(failed)?;
    let open: Vec<Draft> = ledger.drafts()?.into_iter().filter(is_open).collect();
    if open.is_empty() {
        return Err(QuestionsError::NoDrafts { path: ledger.path().to_owned() });
    }
    for draft in &open {
        let mut question = draft.question.clone();
        corpus.place(&mut question);
        let contexts = question.evidence.iter().filter_map(|evidence| {
            let document = corpus.document(&evidence.document)?;
            Some(excerpt(&document.text, evidence.span.clone()))
        });
        let contexts: Vec<String> = contexts.collect();
        let row = COLUMNS.map(|column| match column {
            "context" => guarded(&contexts.join("\n\n")),
            "id" => question.id.clone(),
            "split" => question.split.clone(),
            column => cell(&question, column),
        });
        writer.write_record(row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
    // Without the mark, a spreadsheet takes the file for the encoding of its country.
    file::write_whole(path, &["\u{feff}".as_bytes(), &bytes].concat())?;
    Ok(open.len())
}

/// Takes the decisions of a sheet: `accept`, `reject`, `skip` or their first letters; a row without one is
/// left as it is, and so is one that was taken before.
///
/// # Errors
/// With every row that is wrong; nothing is taken then.
pub fn import(ledger: &Ledger, corpus: &Corpus, path: &Path) -> Result<Reviewed, QuestionsError> {
    let drafts = ledger.drafts()?;
    let decided = decisions(file::read(path)?, path, &drafts, corpus)?;
    let mut reviewed = Reviewed::default();
    for (draft, decision) in decided {
        match &decision {
            Decision::Accept => reviewed.accepted += 1,
            Decision::Reject { .. } => reviewed.rejected += 1,
            Decision::Skip => reviewed.skipped += 1,
        }
        ledger.decide(draft, decision)?;
    }
    let left = ledger.drafts()?;
    reviewed.left = left.iter().filter(|draft| draft.status == DraftStatus::Draft).count();
    Ok(reviewed)
}

/// What a sheet of these bytes decides, each with the draft as the sheet has it.
pub(super) fn decisions(
    bytes: Vec<u8>,
    path: &Path,
    drafts: &[Draft],
    corpus: &Corpus,
) -> Result<Vec<(Draft, Decision)>, QuestionsError> {
    let by_id: HashMap<&str, &Draft> =
        drafts.iter().map(|draft| (draft.question.id.as_str(), draft)).collect();
    let mut decided = Vec::new();
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for (line, row) in rows(bytes, path)? {
        let id = row.cell("id").to_owned();
        if !row.cell("decision").is_empty() && !seen.insert(id.clone()) {
            problems.push((line, format!("the draft `{id}` has an earlier row with a decision")));
            continue;
        }
        match row.decision(by_id.get(id.as_str()).copied(), corpus) {
            Ok(Some(decision)) => decided.push(decision),
            Ok(None) => {}
            Err(what) => problems.push((line, what)),
        }
    }
    if problems.is_empty() {
        Ok(decided)
    } else {
        Err(QuestionsError::Sheet { path: path.to_owned(), problems })
    }
}

fn is_open(draft: &Draft) -> bool {
    matches!(draft.status, DraftStatus::Draft | DraftStatus::Skipped)
}

/// A row by its columns.
struct SheetRow(HashMap<String, String>);

impl SheetRow {
    fn cell(&self, column: &str) -> &str {
        self.0.get(column).map_or("", |cell| cell.trim())
    }

    /// Whether the row has another text than the draft; line ends and other white space do not count, since
    /// spreadsheets change them.
    fn is_changed(&self, column: &str, question: &Question) -> bool {
        let own = cell(question, column);
        self.0.get(column).is_some_and(|now| !now.split_whitespace().eq(own.split_whitespace()))
    }

    /// The draft as the row has it, and what is decided; none where nothing is, or was before.
    fn decision(
        &self,
        draft: Option<&Draft>,
        corpus: &Corpus,
    ) -> Result<Option<(Draft, Decision)>, String> {
        let word = self.cell("decision").to_lowercase();
        let (decision, status) = match word.as_str() {
            "" => return Ok(None),
            "a" | "accept" | "accepted" => (Decision::Accept, DraftStatus::Accepted),
            "r" | "reject" | "rejected" => {
                let why = unguarded(self.cell("why"));
                let why = if why.is_empty() { "no reason given" } else { why };
                (Decision::Reject { why: why.to_owned() }, DraftStatus::Rejected)
            }
            "s" | "skip" | "skipped" => (Decision::Skip, DraftStatus::Skipped),
            _ => {
                let found = self.cell("decision");
                return Err(format!(
                    "`decision` is {found:?}: write accept, reject, skip or nothing"
                ));
            }
        };
        let Some(draft) = draft else {
            return Err(format!("there is no draft `{}`", self.cell("id")));
        };
        if draft.status == status && status != DraftStatus::Skipped {
            return Ok(None);
        }
        if !is_open(draft) {
            return Err(format!("the draft `{}` was decided before", draft.question.id));
        }
        let before = draft.question.answers.clone();
        let mut draft = draft.clone();
        let question = &mut draft.question;
        for column in ["document", "quote"] {
            if self.is_changed(column, question) {
                return Err(format!(
                    "`{column}` is changed: accept the draft and change it in questions.jsonl, or reject it"
                ));
            }
        }
        let changed = |column: &str, question: &Question| {
            let now = || unguarded(self.cell(column)).to_owned();
            self.is_changed(column, question).then(now)
        };
        if let Some(text) = changed("question", question) {
            question.text = text;
        }
        if let Some(text) = changed("answers", question) {
            question.answers = answers(&text);
        }
        if let Some(text) = changed("kind", question) {
            question.kind = text;
        }
        if decision == Decision::Accept {
            acceptable(corpus, question, &before)?;
        }
        Ok(Some((draft, decision)))
    }
}

/// Whether a draft whose answers were `before` can be accepted. A spreadsheet makes dates and numbers of cells,
/// and nobody may have seen it: each other answer has to stand in the evidence, as a draft's own do.
fn acceptable(corpus: &Corpus, question: &Question, before: &[String]) -> Result<(), String> {
    let Question { id, answers, kind, .. } = question;
    let mut placed = question.clone();
    if let Some(fault) = corpus.place(&mut placed).first() {
        return Err(format!("the draft `{id}` cannot be accepted: {fault}"));
    }
    let spans = Spans::in_evidence(corpus, &placed);
    let is_stray = |answer: &&String| !before.contains(answer) && !spans.hold(kind, answer);
    if let Some(stray) = answers.iter().find(is_stray) {
        let (now, before) = (joined(answers), joined(before));
        return Err(format!(
            "`answers` is {now:?} and was {before:?}, and no quote holds {stray:?}: write what a quote holds, and other words for it in questions.jsonl; a spreadsheet may have changed the cell"
        ));
    }
    Ok(())
}

/// The rows of a sheet with their lines, from 1. Commas, semicolons and any encoding are taken.
fn rows(bytes: Vec<u8>, path: &Path) -> Result<Vec<(usize, SheetRow)>, QuestionsError> {
    let decoded = decode(bytes);
    if decoded.replaced > 0 {
        let problems = vec![(1, format!("{} byte(s) of the sheet are not text", decoded.replaced))];
        return Err(QuestionsError::Sheet { path: path.to_owned(), problems });
    }
    let text = decoded.text;
    let separator = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut names: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut open = Vec::new();
    let mut records = reader.records();
    while let Some(record) = records.next() {
        let record =
            record.map_err(|source| QuestionsError::Csv { path: path.to_owned(), source })?;
        let start = record.position().map_or(0, csv::Position::byte) as usize;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let written = text.get(start..records.reader().position().byte() as usize);
        // It may have the next decisions in it.
        if !is_closed(written.unwrap_or_default(), separator) {
            let fault = QuestionFault::OpenCell;
            let remedy = fault.hint().unwrap_or_default();
            open.push((line, format!("{fault}: {remedy}")));
        }
        let cells = record.iter().map(str::to_owned);
        match &names {
            None => names = Some(cells.map(|name| name.trim().to_lowercase()).collect()),
            Some(names) => {
                rows.push((line, SheetRow(names.iter().cloned().zip(cells).collect())));
            }
        }
    }
    if !open.is_empty() {
        return Err(QuestionsError::Sheet { path: path.to_owned(), problems: open });
    }
    let names = names.unwrap_or_default();
    let missing: Vec<(usize, String)> = ["decision", "id"]
        .into_iter()
        .filter(|column| !names.iter().any(|name| name == column))
        .map(|column| (1, format!("the first row names no column `{column}`")))
        .collect();
    if missing.is_empty() {
        Ok(rows)
    } else {
        Err(QuestionsError::Sheet { path: path.to_owned(), problems: missing })
    }
}

/// A draft's own text in a column.
fn cell(question: &Question, column: &str) -> String {
    let evidence = |of: fn(&crate::corpus::Evidence) -> &str| {
        question.evidence.iter().map(of).collect::<Vec<_>>().join("\n")
    };
    let text = match column {
        "question" => question.text.clone(),
        "answers" => joined(&question.answers),
        "kind" => question.kind.clone(),
        "document" => evidence(|one| &one.document),
        "quote" => evidence(|one| one.quote.as_deref().unwrap_or_default()),
        _ => String::new(),
    };
    guarded(&text)
}

/// `text` such that a spreadsheet does not take it for a formula: models and documents wrote it.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A cell that a person changed, without the mark that [`guarded`] put there.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
