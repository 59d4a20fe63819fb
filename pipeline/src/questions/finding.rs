//! What is odd about questions, and a run can live with.

use serde::Serialize;
use std::fmt;

/// One thing that is odd.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Ids of the questions that it is about; none where it is about all of them.
    pub questions: Vec<String>,
    /// What is odd.
    #[serde(flatten)]
    pub what: Weakness,
}

/// What can be odd.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Weakness {
    /// No accepted answer stands in the evidence, after normalization.
    AnswerOutsideEvidence {
        /// The accepted answers.
        answers: Vec<String>,
    },
    /// A model wrote it, and the evidence holds some of its accepted answers alone.
    UnquotedAnswer {
        /// Those that do not stand there.
        answers: Vec<String>,
    },
    /// An accepted answer stands in so many documents that a wrong passage may give it by chance.
    CommonAnswer {
        /// The answer.
        answer: String,
        /// Documents that hold it.
        documents: usize,
        /// Documents of the corpus.
        of: usize,
    },
    /// The title of the evidence's document holds an accepted answer.
    TitleAnswers {
        /// Document id.
        document: String,
        /// Its title.
        title: String,
    },
    /// The quote stands several times in its document: only its first place counts as evidence.
    RepeatedQuote {
        /// Document id.
        document: String,
        /// The quote.
        quote: String,
        /// How often it stands there.
        times: usize,
    },
    /// The kind says that several documents are needed, and the evidence is in fewer.
    TooFewDocuments {
        /// The kind.
        kind: String,
        /// Documents that it needs.
        needed: usize,
        /// Documents that the evidence names.
        named: usize,
    },
    /// Two questions say nearly the same and are not in one group.
    NearDuplicates {
        /// Shared words by all words of both, 0 to 1.
        likeness: f64,
    },
    /// A group of one question.
    LonelyGroup {
        /// The group.
        group: String,
    },
    /// A kind with few questions in the split `test`.
    SmallKind {
        /// The kind.
        kind: String,
        /// Its questions in that split.
        asked: usize,
    },
    /// No question has the split `test`.
    NoTestSplit {
        /// The splits there are.
        splits: Vec<String>,
    },
    /// All questions are in one split: what is tuned is tuned on what is measured.
    OneSplit {
        /// The split.
        split: String,
    },
    /// Two splits that differ in letter case or white space only.
    AlikeSplits {
        /// The first by name.
        first: String,
        /// The second.
        second: String,
    },
}

impl Weakness {
    /// What is counted, for people.
    pub fn title(&self) -> &'static str {
        match self {
            Self::AnswerOutsideEvidence { .. } => "answers that do not stand in their evidence",
            Self::UnquotedAnswer { .. } => "answers of models that do not stand in their evidence",
            Self::CommonAnswer { .. } => "answers that stand in very many documents",
            Self::TitleAnswers { .. } => "questions that a title answers",
            Self::RepeatedQuote { .. } => "quotes that stand in their document several times",
            Self::TooFewDocuments { .. } => "questions whose evidence is in too few documents",
            Self::NearDuplicates { .. } => "questions that say nearly the same",
            Self::LonelyGroup { .. } => "groups of one question",
            Self::SmallKind { .. } => "kinds with few questions",
            Self::NoTestSplit { .. } => "nothing to measure with",
            Self::OneSplit { .. } => "nothing to try things out on",
            Self::AlikeSplits { .. } => "splits that are spelled alike",
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::AnswerOutsideEvidence { .. } => {
                "quote the words that answer, or add the answer as the quote has it"
            }
            Self::UnquotedAnswer { .. } => "remove those that say something else than the evidence",
            Self::CommonAnswer { .. } => "ask for more: a longer answer does not occur by chance",
            Self::TitleAnswers { .. } => {
                "ask for something that stands in the document's text alone"
            }
            Self::RepeatedQuote { .. } => "quote more of the passage, until it stands there once",
            Self::TooFewDocuments { .. } => {
                "quote each document that is needed, or name the kind that it is"
            }
            Self::NearDuplicates { .. } => "give both the same `group`, or delete one",
            Self::LonelyGroup { .. } => "remove the `group`, or write its paraphrases",
            Self::SmallKind { .. } => {
                "add some, or take the kind's row in a report for an example, not for a result"
            }
            Self::NoTestSplit { .. } => "give the questions that measure the split `test`",
            Self::OneSplit { .. } => {
                "give some questions the split `dev`, and try things out on those only"
            }
            Self::AlikeSplits { .. } => "write one of them as the other",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<String> = self.questions.iter().map(|id| format!("`{id}`")).collect();
        match named.as_slice() {
            [] => {}
            [one] => write!(f, "question {one}: ")?,
            some => write!(f, "questions {}: ", some.join(", "))?,
        }
        self.what.fmt(f)
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnswerOutsideEvidence { answers } => {
                write!(f, "no accepted answer stands in its evidence: {}", quoted(answers))
            }
            Self::UnquotedAnswer { answers } => {
                write!(f, "a model wrote it, and its evidence does not hold {}", quoted(answers))
            }
            Self::CommonAnswer { answer, documents, of } => {
                write!(f, "the answer {answer:?} stands in {documents} of {of} documents")
            }
            Self::TitleAnswers { document, title } => {
                write!(f, "the title of `{document}` answers it: {title:?}")
            }
            Self::RepeatedQuote { document, quote, times } => {
                write!(f, "the quote stands {times} times in `{document}`: {quote:?}")
            }
            Self::TooFewDocuments { kind, needed, named } => {
                write!(f, "kind `{kind}` needs {needed} documents, and its evidence is in {named}")
            }
            Self::NearDuplicates { likeness } => {
                write!(f, "they share {:.0} % of their words", likeness * 100.0)
            }
            Self::LonelyGroup { group } => write!(f, "it is alone in the group `{group}`"),
            Self::SmallKind { kind, asked } => {
                write!(f, "kind `{kind}` has {asked} question(s) in the split `test`")
            }
            Self::NoTestSplit { splits } => {
                let splits: Vec<String> = splits.iter().map(|split| format!("`{split}`")).collect();
                write!(f, "no question has the split `test`, only {}", splits.join(", "))
            }
            Self::OneSplit { split } => write!(f, "all questions are in the split `{split}`"),
            Self::AlikeSplits { first, second } => {
                write!(f, "the splits `{first}` and `{second}` are spelled alike")
            }
        }
    }
}

fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
}
