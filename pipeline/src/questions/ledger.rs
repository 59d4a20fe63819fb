//! The files that hold what became of each draft.
//!
//! Enters: drafts, decisions. Leaves: lines of `drafts.jsonl` and `questions.jsonl`, synced before the next
//! decision is asked for. Does not: judge a draft.
//!
//! Each write replaces a file whole. An accepted draft is first added to the questions and then marked: where
//! the program ends between the two, the question is there and the draft still open, and [`Ledger::open`]
//! marks it.

use super::QuestionsError;
use crate::corpus::{
    Corpus, DRAFTS_FILE, Draft, DraftStatus, Origin, QUESTIONS_FILE, Question, read_drafts,
};
use crate::file;
use crate::run::lock::Lock;
use crate::run::workspace::Workspace;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A byte order mark.
const MARK: char = '\u{feff}';

/// The files of one corpus, which nobody else writes to meanwhile.
#[derive(Debug)]
pub struct Ledger {
    questions: PathBuf,
    drafts: PathBuf,
    _lock: Lock,
}

/// What a person says of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Accept,
    Reject { why: String },
    Skip,
}

impl Ledger {
    /// Opens the files of a corpus, and marks as accepted what stands among its questions already.
    ///
    /// # Errors
    /// When another process writes to them, or a file is wrong.
    pub fn open(workspace: &Workspace, corpus: &Corpus) -> Result<Self, QuestionsError> {
        let lock = Lock::acquire(&workspace.cache().join("questions").join(&corpus.name))?;
        let folder = workspace.root.join("corpora").join(&corpus.name);
        let ledger = Self {
            questions: folder.join(QUESTIONS_FILE),
            drafts: folder.join(DRAFTS_FILE),
            _lock: lock,
        };
        let ids: HashSet<&str> = corpus.questions.iter().map(|one| one.id.as_str()).collect();
        for draft in ledger.drafts()? {
            let is_open = matches!(draft.status, DraftStatus::Draft | DraftStatus::Skipped);
            if is_open && ids.contains(draft.question.id.as_str()) {
                ledger.mark(&Draft { status: DraftStatus::Accepted, ..draft })?;
            }
        }
        Ok(ledger)
    }

    /// Where drafts are kept.
    pub fn path(&self) -> &Path {
        &self.drafts
    }

    /// All drafts, in the order in which they were made.
    ///
    /// # Errors
    /// When the file cannot be read or a line is wrong.
    pub fn drafts(&self) -> Result<Vec<Draft>, QuestionsError> {
        Ok(read_drafts(&self.drafts)?)
    }

    /// Adds a draft.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn add(&self, draft: &Draft) -> Result<(), QuestionsError> {
        Ok(file::add_json_line(&self.drafts, draft)?)
    }

    /// Keeps what a person decided of `draft`, which may differ from the one in the file in its question,
    /// answers and kind.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn decide(&self, draft: Draft, decision: Decision) -> Result<(), QuestionsError> {
        let (status, why) = match decision {
            Decision::Accept => {
                self.add_question(&draft.question)?;
                (DraftStatus::Accepted, None)
            }
            Decision::Reject { why } => (DraftStatus::Rejected, Some(why)),
            Decision::Skip => (DraftStatus::Skipped, None),
        };
        self.mark(&Draft { status, why, ..draft })
    }

    /// The first of the two writes of an accepted draft.
    pub(super) fn add_question(&self, question: &Question) -> Result<(), QuestionsError> {
        let reviewed = Question { origin: Some(Origin::Reviewed), ..question.clone() };
        Ok(file::add_json_line(&self.questions, &reviewed)?)
    }

    /// Replaces the line of the draft with this id; all other lines keep their bytes.
    ///
    /// # Errors
    /// When no line has the id, or the file cannot be written.
    pub(super) fn mark(&self, draft: &Draft) -> Result<(), QuestionsError> {
        let text = file::read_text(&self.drafts)?;
        let mut changed = String::with_capacity(text.len());
        // Editors put a byte order mark before the first line, which is no JSON with it.
        let lines = text.strip_prefix(MARK).unwrap_or(&text);
        changed.push_str(text.strip_suffix(lines).unwrap_or_default());
        let mut is_there = false;
        for line in lines.split_inclusive('\n') {
            let is_it = serde_json::from_str::<serde_json::Value>(line)
                .is_ok_and(|value| value["id"] == draft.question.id.as_str());
            is_there |= is_it;
            if is_it {
                let json = serde_json::to_string(draft).map_err(|source| {
                    file::FileError::Json { path: self.drafts.clone(), line: 0, source }
                })?;
                changed.push_str(&json);
                changed.push('\n');
            } else {
                changed.push_str(line);
            }
        }
        if !is_there {
            let (path, id) = (self.drafts.clone(), draft.question.id.clone());
            return Err(QuestionsError::LostDraft { path, id });
        }
        Ok(file::write_whole(&self.drafts, changed.as_bytes())?)
    }
}
