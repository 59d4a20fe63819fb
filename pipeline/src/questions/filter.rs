//! What a model's question can fail at.

use serde::{Serialize, Serializer};
use std::fmt;

/// The filters, in the order in which they are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    /// The reply holds no question with answers and quotes.
    Unparsed,
    /// A quote does not stand in the passage's document, or a document has none.
    QuoteMissing,
    /// No accepted answer stands in a quote.
    AnswerOutsideQuote,
    /// The model gives the answer without any document.
    KnownWithout,
    /// Asked with passages of other documents, the model gives another answer.
    AnsweredElsewhere,
    /// Another draft or question says nearly the same.
    Repeated,
}

impl Filter {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Unparsed,
        Self::QuoteMissing,
        Self::AnswerOutsideQuote,
        Self::KnownWithout,
        Self::AnsweredElsewhere,
        Self::Repeated,
    ];
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Filter {
    /// The name in files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unparsed => "unparsed",
            Self::QuoteMissing => "quote-missing",
            Self::AnswerOutsideQuote => "answer-outside-quote",
            Self::KnownWithout => "known-without",
            Self::AnsweredElsewhere => "answered-elsewhere",
            Self::Repeated => "repeated",
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unparsed => "not parseable",
            Self::QuoteMissing => "quote not in the document",
            Self::AnswerOutsideQuote => "answer not in the quote",
            Self::KnownWithout => "known without the document",
            Self::AnsweredElsewhere => "answered otherwise by another document",
            Self::Repeated => "repeats a question",
        })
    }
}
