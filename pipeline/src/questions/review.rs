//! A person looks at drafts, one at a time, in plain lines.
//!
//! Enters: open drafts, a corpus, lines that a person types. Leaves: each edit and each decision on the disk
//! before the next draft is shown. Does not: take over the screen; it works over any connection, and in a pipe.

use super::excerpt::excerpt;
use super::ledger::Decision;
use super::{Ledger, QuestionsError};
use crate::corpus::{Corpus, Draft, DraftStatus, Question};
use crate::extract::page_numbers;
use crate::run::progress::printable;
use serde::Serialize;
use std::io::{BufRead, Write};

/// Stands between accepted answers.
pub(super) const BETWEEN: char = '|';

/// What came of a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reviewed {
    /// Drafts that stand among the questions now.
    pub accepted: usize,
    /// Drafts that were refused.
    pub rejected: usize,
    /// Drafts that were put off.
    pub skipped: usize,
    /// Drafts that nobody has looked at yet.
    pub left: usize,
}

/// Shows the drafts that nobody has looked at, or with `again` those that were skipped too, until all are
/// decided, the person quits or the input ends.
///
/// # Errors
/// When there are no drafts at all, a decision cannot be kept, or the terminal goes away.
pub fn review(
    ledger: &Ledger,
    corpus: &Corpus,
    again: bool,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Reviewed, QuestionsError> {
    let drafts = ledger.drafts()?;
    if drafts.is_empty() {
        return Err(QuestionsError::NoDrafts { path: ledger.path().to_owned() });
    }
    let is_open = |draft: &Draft| {
        draft.status == DraftStatus::Draft || again && draft.status == DraftStatus::Skipped
    };
    let open: Vec<Draft> = drafts.into_iter().filter(is_open).collect();
    let of = open.len();
    let mut reviewed = Reviewed { left: of, ..Reviewed::default() };
    let mut dialogue = Dialogue { corpus, ledger, input, output };
    for (place, mut draft) in (1..).zip(open) {
        let Some(decision) = dialogue.decide(place, of, &mut draft)? else { break };
        match &decision {
            Decision::Accept => reviewed.accepted += 1,
            Decision::Reject { .. } => reviewed.rejected += 1,
            Decision::Skip => reviewed.skipped += 1,
        }
        ledger.decide(draft, decision)?;
        reviewed.left -= 1;
    }
    Ok(reviewed)
}

/// What is wrong with a draft that is to be accepted, in lines; empty when nothing is.
fn faults(corpus: &Corpus, question: &Question) -> Vec<String> {
    corpus.place(&mut question.clone()).iter().map(ToString::to_string).collect()
}

/// The answers of a line or a cell.
pub(super) fn answers(text: &str) -> Vec<String> {
    let parts = text.split(BETWEEN).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Answers as a line or a cell has them.
pub(super) fn joined(answers: &[String]) -> String {
    answers.join(&format!(" {BETWEEN} "))
}

struct Dialogue<'a> {
    corpus: &'a Corpus,
    ledger: &'a Ledger,
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl Dialogue<'_> {
    /// What the person decides of the draft, which is changed where it is edited; `None` to end. An edit is on the
    /// disk when the draft is shown again, whatever is decided then.
    fn decide(
        &mut self,
        place: usize,
        of: usize,
        draft: &mut Draft,
    ) -> Result<Option<Decision>, QuestionsError> {
        self.show(place, of, draft)?;
        loop {
            let keys = "[a]ccept, [e]dit, [r]eject, [s]kip, [q]uit: ";
            let Some(key) = self.ask(keys)? else { return Ok(None) };
            match key.to_lowercase().as_str() {
                "a" | "accept" => {
                    let faults = faults(self.corpus, &draft.question);
                    if faults.is_empty() {
                        return Ok(Some(Decision::Accept));
                    }
                    for fault in faults {
                        self.say(&format!("cannot be accepted: {fault}\n"))?;
                    }
                }
                "e" | "edit" => {
                    if !self.edit(&mut draft.question)? {
                        return Ok(None);
                    }
                    self.ledger.mark(draft)?;
                    self.show(place, of, draft)?;
                }
                "r" | "reject" => {
                    let Some(why) = self.ask("why: ")? else { return Ok(None) };
                    let why = if why.is_empty() { "no reason given".into() } else { why };
                    return Ok(Some(Decision::Reject { why }));
                }
                "s" | "skip" => return Ok(Some(Decision::Skip)),
                "q" | "quit" => return Ok(None),
                _ => {}
            }
        }
    }

    /// Question, answers and kind, line by line; an empty line keeps what was. `false` when the input ends.
    fn edit(&mut self, question: &mut Question) -> Result<bool, QuestionsError> {
        let old = [question.text.clone(), joined(&question.answers), question.kind.clone()];
        let names =
            ["question".to_owned(), format!("answers, with {BETWEEN} between"), "kind".into()];
        let mut lines = Vec::new();
        for (name, old) in names.iter().zip(&old) {
            let Some(line) = self.ask(&format!("{name} [{old}]: "))? else { return Ok(false) };
            lines.push(line);
        }
        if let [text, accepted, kind] = lines.as_slice() {
            if !text.is_empty() {
                question.text.clone_from(text);
            }
            if !accepted.is_empty() {
                question.answers = answers(accepted);
            }
            if !kind.is_empty() {
                question.kind.clone_from(kind);
            }
        }
        Ok(true)
    }

    fn show(&mut self, place: usize, of: usize, draft: &Draft) -> Result<(), QuestionsError> {
        let Question { id, text, answers, kind, split, .. } = &draft.question;
        let mut shown = format!(
            "\ndraft {place} of {of}: {id} ({kind}, {split}), by `{}`\n\n  {text}\n\n  answers: {}\n",
            draft.model,
            joined(answers)
        );
        let mut question = draft.question.clone();
        let faults = self.corpus.place(&mut question);
        for evidence in &question.evidence {
            let document = self.corpus.document(&evidence.document);
            let title = document.map_or("", |document| document.title.as_str());
            let pages = document.and_then(|one| one.pages_of(&evidence.span));
            let pages = pages.map(|pages| format!(", {}", page_numbers(pages))).unwrap_or_default();
            shown.push_str(&format!("  {}{pages} ({title}):\n", evidence.document));
            let block = document.map(|one| excerpt(&one.text, evidence.span.clone()));
            for line in block.unwrap_or_default().lines() {
                shown.push_str(&format!("    {line}\n"));
            }
        }
        for fault in faults {
            shown.push_str(&format!("  wrong: {fault}\n"));
        }
        shown.push('\n');
        self.say(&shown)
    }

    fn say(&mut self, text: &str) -> Result<(), QuestionsError> {
        let written = self.output.write_all(printable(text).as_bytes());
        written.and_then(|()| self.output.flush()).map_err(QuestionsError::Terminal)
    }

    /// The next line without white space around it; `None` at the end of the input.
    fn ask(&mut self, prompt: &str) -> Result<Option<String>, QuestionsError> {
        self.say(prompt)?;
        let mut line = Vec::new();
        let read = self.input.read_until(b'\n', &mut line).map_err(QuestionsError::Terminal)?;
        // A line that was cut by the end of the input may not say what was meant.
        if read == 0 || line.last() != Some(&b'\n') {
            self.say("\n")?;
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim().to_owned()))
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
