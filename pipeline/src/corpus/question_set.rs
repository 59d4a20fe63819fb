//! All questions of a corpus: `questions.jsonl`, `questions.csv` and, where they are asked for, drafts.
//!
//! Enters: a corpus's folder, its documents. Leaves: the questions in the order of files and lines, and one
//! hash of all that was read, and everything that is wrong. Does not: write.

use super::draft::{self, DraftStatus};
use super::left_out::LeftOut;
use super::problem::{QuestionFault, QuestionProblem};
use super::question::{Origin, Question};
use super::question_check::{FileRows, check};
use super::{CorpusError, Document, is_missing, question_file, question_table};
use crate::file;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use std::collections::HashSet;
use std::path::Path;

/// Questions, one a line.
pub const QUESTIONS_FILE: &str = "questions.jsonl";
/// Questions as a spreadsheet saves them.
pub const QUESTIONS_TABLE: &str = "questions.csv";
/// Questions that a model wrote, and what became of them.
pub const DRAFTS_FILE: &str = "drafts.jsonl";

/// Which questions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// At least one has to be there.
    Questions,
    /// Those and drafts that nobody has looked at.
    WithDrafts,
    /// Those that are there, if any: a corpus begins with documents.
    IfAny,
    /// Of those that are there, the ones that nothing is wrong with.
    Sound,
}

/// What was read.
pub(super) struct QuestionSet {
    /// Those that nothing is wrong with.
    pub questions: Vec<Question>,
    /// What is wrong with the others, in the order of files and lines; none but for [`Wanted::Sound`].
    pub problems: Vec<QuestionProblem>,
    /// SHA-256 of the one file there is; of names and bytes where there are several.
    pub sha256: Fingerprint,
}

/// Reads the files that are there.
pub(super) fn read(
    folder: &Path,
    documents: &[Document],
    left_out: LeftOut<'_>,
    wanted: Wanted,
) -> Result<QuestionSet, CorpusError> {
    let mut files = Vec::new();
    let mut hashed: Vec<(&str, Vec<u8>)> = Vec::new();
    let path = folder.join(QUESTIONS_FILE);
    if let Some(bytes) = bytes_of(&path)? {
        files.push(FileRows { path, rows: question_file::rows(&bytes) });
        hashed.push((QUESTIONS_FILE, bytes));
    }
    let path = folder.join(QUESTIONS_TABLE);
    if let Some(bytes) = bytes_of(&path)? {
        // One row that is wrong: what is wrong elsewhere is told too.
        let rows = question_table::rows(bytes.clone())
            .unwrap_or_else(|fault| vec![(fault.line(), Err(QuestionFault::Table(fault)))]);
        files.push(FileRows { path, rows });
        hashed.push((QUESTIONS_TABLE, bytes));
    }
    if wanted == Wanted::WithDrafts {
        let path = folder.join(DRAFTS_FILE);
        let Some(bytes) = bytes_of(&path)? else {
            return Err(CorpusError::MissingDrafts { path });
        };
        let rows = drafted(&bytes, &files);
        files.push(FileRows { path, rows });
        hashed.push((DRAFTS_FILE, bytes));
    }
    if matches!(wanted, Wanted::Questions | Wanted::WithDrafts) {
        let Some(first) = files.first() else {
            return Err(CorpusError::MissingQuestions { path: folder.join(QUESTIONS_FILE) });
        };
        if files.iter().all(|file| file.rows.is_empty()) {
            return Err(CorpusError::NoQuestions { path: first.path.clone() });
        }
    }
    let sha256 = match hashed.as_slice() {
        [(_, bytes)] => Fingerprint::of(bytes),
        several => several
            .iter()
            .fold(FingerprintBuilder::new(), |builder, (name, bytes)| builder.part(name, bytes))
            .finish(),
    };
    let (questions, mut problems) = check(files, documents);
    problems.iter_mut().for_each(|problem| left_out.explain(&mut problem.what));
    if wanted != Wanted::Sound && !problems.is_empty() {
        return Err(CorpusError::Questions { problems });
    }
    Ok(QuestionSet { questions, problems, sha256 })
}

/// The drafts that nobody has looked at, as questions. One that stands among the questions was
/// accepted, and the program ended before it could say so here.
fn drafted(bytes: &[u8], files: &[FileRows]) -> Vec<(usize, Result<Question, QuestionFault>)> {
    let accepted: HashSet<&str> = files
        .iter()
        .flat_map(|file| &file.rows)
        .filter_map(|(_, row)| row.as_ref().ok())
        .map(|question| question.id.as_str())
        .collect();
    draft::rows(bytes)
        .into_iter()
        .filter_map(|(line, row)| match row {
            Ok(draft) if draft.status != DraftStatus::Draft => None,
            Ok(draft) if accepted.contains(draft.question.id.as_str()) => None,
            Ok(draft) => {
                Some((line, Ok(Question { origin: Some(Origin::Drafted), ..draft.question })))
            }
            Err(fault) => Some((line, Err(fault))),
        })
        .collect()
}

fn bytes_of(path: &Path) -> Result<Option<Vec<u8>>, CorpusError> {
    match file::read(path) {
        Err(error) if is_missing(&error) => Ok(None),
        bytes => Ok(Some(bytes?)),
    }
}
