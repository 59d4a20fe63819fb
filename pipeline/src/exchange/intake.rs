//! What an importer gives away: documents and questions, each checked by itself.
//!
//! Enters: what a source's records say. Leaves: a corpus that [`crate::corpus::Corpus::load`] accepts, and
//! counts. Does not: know any format.

use super::ExchangeError;
use super::fault::RecordFault;
use super::names::Names;
use super::source::Place;
use super::summary::{LeftOut, SourceRecord};
use super::writer::CorpusWriter;
use crate::corpus::{Evidence, Question};
use crate::extract::DOCUMENT_BYTES_MAX;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Questions that were not taken because there were enough.
pub(super) const BEYOND_LIMIT: &str = "questions beyond --limit";
/// Documents that hold nothing.
pub(super) const EMPTY_DOCUMENTS: &str = "documents without text";
/// Questions that nothing could be right for.
pub(super) const NO_ANSWERS: &str = "questions without an accepted answer";
const EMPTY_ANSWERS: &str = "accepted answers without text";
const SAME_ANSWERS: &str = "accepted answers that stand twice";

/// A question as a source has it.
#[derive(Debug, Default)]
pub(super) struct NewQuestion<'a> {
    pub id: String,
    pub text: String,
    pub answers: Vec<String>,
    pub evidence: Vec<Evidence>,
    pub kind: &'a str,
}

/// Takes documents and questions, and counts.
pub(super) struct Intake {
    writer: CorpusWriter,
    split: String,
    limit: usize,
    names: Names,
    /// Ids of documents that hold nothing.
    empty: HashSet<Box<str>>,
    ids: HashMap<Box<str>, usize>,
    /// Documents written.
    pub documents: usize,
    /// Questions written.
    pub questions: usize,
    /// Questions by kind.
    pub kinds: BTreeMap<String, usize>,
    /// What was left out.
    pub left_out: LeftOut,
    /// Files that were read.
    pub files: Vec<SourceRecord>,
}

/// The quoted span of a document, or the whole of it.
pub(super) fn evidence(document: &str, quote: Option<String>) -> Evidence {
    Evidence { document: document.to_owned(), quote, span: 0..0 }
}

/// A document's text: the title, an empty line, the text; line ends as a corpus has them. What stands
/// behind the title is the text with those line ends, byte for byte.
pub(super) fn document_text(title: &str, text: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = with_plain_ends(text);
    match (title.is_empty(), text.trim().is_empty()) {
        (true, _) => text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned),
        (false, true) => title,
        (false, false) => format!("{title}\n\n{text}"),
    }
}

/// `\n` between lines; a space for U+0000, which no text file has. What stands before a place has as many
/// bytes less as it has line ends that change.
pub(super) fn with_plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\0', " ")
}

impl Intake {
    /// Writes what it takes by `writer`, at most `limit` questions, all of them in `split`.
    pub fn new(writer: CorpusWriter, split: &str, limit: Option<usize>) -> Self {
        Self {
            writer,
            split: split.to_owned(),
            limit: limit.unwrap_or(usize::MAX),
            names: Names::default(),
            empty: HashSet::new(),
            ids: HashMap::new(),
            documents: 0,
            questions: 0,
            kinds: BTreeMap::new(),
            left_out: LeftOut::default(),
            files: Vec::new(),
        }
    }

    /// Whether more questions are wanted. What belongs to others is not taken: an importer asks
    /// before it gives their documents.
    pub fn has_room(&self) -> bool {
        self.questions < self.limit
    }

    /// Counts what is not taken over.
    pub fn leave_out(&mut self, reason: &'static str, count: usize) {
        self.left_out.add(reason, count);
    }

    /// Takes a document, and gives its id in the corpus; none for one without text, which is counted.
    ///
    /// # Errors
    /// When the id was there before or makes no name, the text is too long, or cannot be written.
    pub fn document(
        &mut self,
        id: &str,
        text: String,
        at: Place<'_>,
    ) -> Result<Option<String>, ExchangeError> {
        if text.len() as u64 > DOCUMENT_BYTES_MAX {
            return Err(at.is(RecordFault::TooLong { bytes: DOCUMENT_BYTES_MAX as usize }));
        }
        let name = self.names.take(id, at.line).map_err(|fault| at.is(fault))?;
        if text.trim().is_empty() {
            self.leave_out(EMPTY_DOCUMENTS, 1);
            self.empty.insert(id.into());
            return Ok(None);
        }
        self.writer.document(&name, text)?;
        self.documents += 1;
        Ok(Some(name))
    }

    /// The id in the corpus of a document with that id in the source; none where it was not taken.
    pub fn document_id(&self, id: &str) -> Option<String> {
        if self.empty.contains(id) { None } else { self.names.of(id) }
    }

    /// Whether a document had that id in the source.
    pub fn has_had(&self, id: &str) -> bool {
        self.names.of(id).is_some()
    }

    /// Takes a question. One that `--limit` leaves out is counted.
    ///
    /// # Errors
    /// When it has no id or text, its id was there before, or it cannot be written.
    pub fn question(
        &mut self,
        question: NewQuestion<'_>,
        at: Place<'_>,
    ) -> Result<(), ExchangeError> {
        if question.text.trim().is_empty() {
            return Err(at.is(RecordFault::Empty { key: "question" }));
        }
        if question.id.trim().is_empty() {
            return Err(at.is(RecordFault::Empty { key: "id" }));
        }
        match self.ids.entry(question.id.as_str().into()) {
            Entry::Occupied(first) => {
                let first_line = *first.get();
                return Err(at.is(RecordFault::DuplicateId { id: question.id, first_line }));
            }
            Entry::Vacant(place) => {
                place.insert(at.line);
            }
        }
        if !self.has_room() {
            self.leave_out(BEYOND_LIMIT, 1);
            return Ok(());
        }
        self.questions += 1;
        *self.kinds.entry(question.kind.to_owned()).or_default() += 1;
        self.writer.question(&Question {
            id: question.id,
            text: question.text,
            answers: question.answers,
            evidence: question.evidence,
            kind: question.kind.to_owned(),
            split: self.split.clone(),
            group: None,
            schema: None,
            origin: None,
        })
    }

    /// Accepted answers as a corpus has them: none without text, none twice. Both are counted.
    pub fn answers(&mut self, answers: Vec<String>) -> Vec<String> {
        let all = answers.len();
        let mut kept: Vec<String> = Vec::with_capacity(all);
        let with_text: Vec<String> =
            answers.into_iter().filter(|answer| !answer.trim().is_empty()).collect();
        self.leave_out(EMPTY_ANSWERS, all - with_text.len());
        for answer in with_text {
            if kept.contains(&answer) {
                self.leave_out(SAME_ANSWERS, 1);
            } else {
                kept.push(answer);
            }
        }
        kept
    }

    /// The writer, to be finished.
    pub fn into_writer(self) -> CorpusWriter {
        self.writer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stands_above_the_text() {
        assert_eq!(document_text(" A\n title ", "x\r\ny\n"), "A title\n\nx\ny\n");
        assert_eq!(document_text("", "\u{feff}x"), "x");
        assert_eq!(document_text("A", " "), "A");
        assert_eq!(document_text(" ", " "), " ");
        assert_eq!(document_text("", "a\0b"), "a b");
    }
}
