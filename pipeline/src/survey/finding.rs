//! What is wrong with a corpus, or looks so.
//!
//! Enters: places and what stands there. Leaves: findings by kind, each with its remedy. Does not: decide
//! whether the corpus may be used; all of them are warnings.

use serde::Serialize;

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind it is.
    pub kind: FindingKind,
    /// What can be done about it.
    pub hint: &'static str,
    /// One or more, in the order of the documents.
    pub items: Vec<Item>,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Where it stands; more than one where documents are alike.
    pub places: Vec<Place>,
    /// What it is; text of documents may be part of it, that of secrets is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A document, or a line of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Document id.
    pub document: String,
    /// Line of the extracted text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// What can be found, in the order in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// Keys, tokens, passwords.
    Secrets,
    /// Cards, accounts, social security numbers.
    PersonalNumbers,
    /// E-mail addresses and telephone numbers, counted by document; the line is that of the first.
    Contacts,
    /// Text that speaks to models.
    Directives,
    /// Comments and letters without a shape.
    HiddenText,
    /// Escapes that a terminal obeys.
    TerminalEscapes,
    /// Documents without text.
    Empty,
    /// Pages without a letter.
    NoTextLayer,
    /// Documents with bytes that their encoding does not know.
    LostLetters,
    /// Documents of less than 20 words.
    AlmostEmpty,
    /// Documents of less than 50 words.
    VeryShort,
    /// Documents of more than 20,000 words or 50 chunks.
    VeryLong,
    /// Documents with the same text.
    Duplicates,
    /// Documents with nearly the same text.
    NearDuplicates,
    /// Versions of one document.
    Versions,
    /// Documents in another language than the corpus.
    OtherLanguage,
    /// Documents in two languages or more.
    MixedLanguages,
    /// Lines that stand in very many documents.
    Boilerplate,
}

impl FindingKind {
    /// What is counted, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Secrets => "likely secrets",
            Self::PersonalNumbers => "numbers of persons",
            Self::Contacts => "documents with e-mail addresses or telephone numbers",
            Self::Directives => "passages that speak to models",
            Self::HiddenText => "hidden passages",
            Self::TerminalEscapes => "terminal escapes",
            Self::Empty => "empty documents",
            Self::NoTextLayer => "documents with pages without text",
            Self::LostLetters => "documents with letters that were lost",
            Self::AlmostEmpty => "documents of less than 20 words",
            Self::VeryShort => "documents of 20 to 49 words",
            Self::VeryLong => "documents of more than 20,000 words or 50 chunks",
            Self::Duplicates => "texts that stand in several documents",
            Self::NearDuplicates => "groups of nearly the same documents",
            Self::Versions => "documents in several versions",
            Self::OtherLanguage => "documents in another language",
            Self::MixedLanguages => "documents in several languages",
            Self::Boilerplate => "lines that stand in very many documents",
        }
    }

    /// What can be done about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Secrets => {
                "take them out of the documents and have them revoked: prompts, trials and reports repeat what documents say"
            }
            Self::PersonalNumbers => {
                "take them out, or replace them by invented ones: models and endpoints get to read them"
            }
            Self::Contacts => "ask whether they may be sent to the models that you compare",
            Self::Directives => {
                "read them: they reach prompts as data, and a model may follow them; take out what nobody needs"
            }
            Self::HiddenText => "take them out where readers are not meant to see them: models do",
            Self::TerminalEscapes => {
                "save the documents without colours: the escapes are noise to a model"
            }
            Self::Empty => "fill or delete them: they cannot be found",
            Self::NoTextLayer => {
                "run text recognition (OCR) over the file and put the result in its place: a picture of text cannot be found"
            }
            Self::LostLetters => {
                "save them as UTF-8 where they still are whole: what is lost cannot be found"
            }
            Self::AlmostEmpty => {
                "delete or join them, or look whether their text was lost on the way"
            }
            Self::VeryShort => {
                "join what belongs together: so short a passage seldom answers a question"
            }
            Self::VeryLong => {
                "split them by chapter: whole they fit no prompt, and a hit names only the document"
            }
            Self::Duplicates => {
                "keep one of each: a hit in a copy counts as a miss where the evidence names the other"
            }
            Self::NearDuplicates => {
                "keep one of each group, or the parts in which they differ: copies take each other's places among the hits"
            }
            Self::Versions => {
                "keep the version in force: the others contradict it, and retrieval finds any of them"
            }
            Self::OtherLanguage => {
                "move them to a corpus of their own: stemming and stop words follow `language` of corpus.toml"
            }
            Self::MixedLanguages => {
                "split them by language: stemming and stop words follow `language` of corpus.toml"
            }
            Self::Boilerplate => {
                "take them out: every chunk with such a line is found by its words"
            }
        }
    }
}

impl Finding {
    /// The finding of that kind; none without items.
    pub(super) fn of(kind: FindingKind, items: Vec<Item>) -> Option<Self> {
        (!items.is_empty()).then(|| Self { kind, hint: kind.hint(), items })
    }
}

impl Item {
    /// A document as a whole.
    pub(super) fn document(id: &str, detail: Option<String>) -> Self {
        Self { places: vec![Place::document(id)], detail }
    }

    /// A line of a document.
    pub(super) fn line(id: &str, line: usize, detail: String) -> Self {
        let place = Place { document: id.to_owned(), line: Some(line) };
        Self { places: vec![place], detail: Some(detail) }
    }
}

impl Place {
    /// A document as a whole.
    pub(super) fn document(id: &str) -> Self {
        Self { document: id.to_owned(), line: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.document)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}
