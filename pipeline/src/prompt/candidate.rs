//! Spans of documents that may stand in a prompt, and those that do.
//!
//! Enters: documents. Leaves: candidates, which borrow, and passages, which do not. Does not: choose.

use super::Mixture;
use crate::config::PassageOrder;
use crate::corpus::Document;
use std::borrow::Cow;
use std::ops::Range;

/// On average no token of a text is longer: the longest of cl100k, which Llama 3's vocabulary builds on, are
/// 128 spaces.
const TOKEN_BYTES_MAX: usize = 128;

/// A span of a document as the prompt shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Document id.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Bytes of the document's text.
    pub span: Range<usize>,
    /// The span's text.
    pub text: String,
}

impl Passage {
    /// A passage that is a whole text.
    pub fn whole(document: &str, title: &str, text: &str) -> Self {
        Self {
            document: document.to_owned(),
            title: title.to_owned(),
            span: 0..text.len(),
            text: text.to_owned(),
        }
    }
}

/// A span of a document that may become a passage. Borrows: of thousands of candidates few are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Where it stands.
    pub document: &'a Document,
    /// Bytes of the document's text.
    pub span: Range<usize>,
    /// The span's text.
    text: &'a str,
    /// What is shown above it: the head of the table that its lines are of.
    head: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    /// A span; none where the text does not have it.
    pub(super) fn of(document: &'a Document, span: Range<usize>) -> Option<Self> {
        let text = document.text.get(span.clone())?;
        Some(Self { document, span, text, head: None })
    }

    /// With the head of the table that its lines are of shown above it.
    pub(super) fn below(self, head: Option<&'a str>) -> Self {
        Self { head, ..self }
    }

    /// What a prompt shows of it.
    pub fn text(&self) -> Cow<'a, str> {
        match self.head {
            Some(head) => Cow::Owned([head, self.text].concat()),
            None => Cow::Borrowed(self.text),
        }
    }

    /// As a prompt shows it.
    pub fn passage(&self) -> Passage {
        Passage {
            document: self.document.id.clone(),
            title: self.document.title.clone(),
            span: self.span.clone(),
            text: self.text().into_owned(),
        }
    }
}

/// What a strategy wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates<'a> {
    /// Most wanted first: the last ones go when room is short.
    pub passages: Vec<Candidate<'a>>,
    /// In which order those that fit stand in the prompt.
    pub order: PassageOrder,
    /// Whether they are whole documents. All of them stand in the corpus's order where they fit; else one
    /// that does not fit is passed over for later ones, where of ranked chunks it ends the list.
    pub whole_documents: bool,
    /// At most this many tokens of passages.
    pub budget_tokens: Option<usize>,
    /// Where the first passages are evidence and the others distract; decides the order then.
    pub mixture: Option<Mixture>,
}

impl Candidates<'_> {
    /// Whether all may fit `room` tokens. Of a corpus that surely does not, nothing has to be counted.
    pub fn may_all_fit(&self, room: usize) -> bool {
        let tokens = room.min(self.budget_tokens.unwrap_or(usize::MAX));
        let bytes: usize = self.passages.iter().map(|passage| passage.text.len()).sum();
        bytes <= tokens.saturating_mul(TOKEN_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::super::choose;
    use super::super::context::tests::{corpus, question};
    use super::*;
    use crate::config::StrategyPlan;

    #[test]
    fn a_corpus_of_many_bytes_cannot_fit_few_tokens() {
        let chosen = |budget_tokens| {
            let strategy =
                StrategyPlan::LongContext { budget_tokens, retriever: None, citations: false };
            let corpus = corpus();
            let bytes: usize = corpus.documents.iter().map(|one| one.text.len()).sum();
            // 129 to 256 bytes: one token is too few, two may do.
            assert!(bytes > TOKEN_BYTES_MAX && bytes <= 2 * TOKEN_BYTES_MAX, "{bytes}");
            let all = choose(&strategy, &question(), &corpus, &[]);
            [1, 2, usize::MAX].map(|room| all.may_all_fit(room))
        };
        assert_eq!(chosen(None), [false, true, true]);
        assert_eq!(chosen(Some(1)), [false, false, false]);
    }
}
