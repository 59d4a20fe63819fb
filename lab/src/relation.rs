//! What can be said and asked of an entity: a relation, its value, its wordings.
//!
//! Enters: a table of `world/relations.toml`, and what `world/second.toml` has beside it. Leaves: the
//! wordings that a text may have. Does not: choose among them, nor check them.

use serde::Deserialize;

/// What exists in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody.
    Person,
    /// A firm.
    Company,
    /// A factory.
    Plant,
    /// Something that is made and sold.
    Product,
    /// A town.
    Place,
}

impl Kind {
    /// All kinds, in the order in which entities are numbered.
    pub const ALL: [Self; 5] =
        [Self::Person, Self::Company, Self::Plant, Self::Product, Self::Place];
}

/// What a relation's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// The name of an entity.
    Person,
    /// The name of an entity.
    Company,
    /// The name of an entity.
    Plant,
    /// The name of an entity.
    Place,
    /// Four digits.
    Year,
    /// A number with the relation's unit.
    Amount,
    /// A number.
    Count,
    /// A word of a list.
    Material,
    /// A letter and three digits.
    Code,
}

impl ValueKind {
    /// The entities that it names.
    pub fn entity(self) -> Option<Kind> {
        match self {
            Self::Person => Some(Kind::Person),
            Self::Company => Some(Kind::Company),
            Self::Plant => Some(Kind::Plant),
            Self::Place => Some(Kind::Place),
            Self::Year | Self::Amount | Self::Count | Self::Material | Self::Code => None,
        }
    }

    /// Whether two values can be compared by size.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Year | Self::Amount | Self::Count)
    }
}

/// Which wordings may be used: a text that models are trained on never has those held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wording {
    /// Those of training.
    Trained,
    /// Those of training, often with words left out or two of them mixed: a reader learns to go by the
    /// words that matter, which held-out wordings share, and not by whole sentences.
    Loose,
    /// Those of training, a part of them put together anew word by word: there are too many to learn any
    /// by heart. For the second course.
    Recombined,
    /// Those that no training text has.
    HeldOut,
}

/// Which of two values wins a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// The larger.
    More,
    /// The smaller.
    Less,
}

/// Something that can be said and asked of every entity of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// `product.maker`.
    pub id: String,
    /// What it is said of.
    pub subject: Kind,
    /// What its value is.
    pub value: ValueKind,
    /// Of an amount.
    #[serde(default)]
    pub unit: String,
    /// Smallest and largest number, of amounts, counts and years.
    #[serde(default)]
    pub range: Option<[u32; 2]>,
    /// A short name in words.
    pub noun: String,
    /// The noun as a JSON key.
    pub key: String,
    /// `the maker of {s}`: stands for the value in another question.
    pub phrase: String,
    /// Sentences with `{s}` and `{v}`.
    pub statements: Vec<String>,
    /// Sentences that no training text has.
    pub statements_held_out: Vec<String>,
    /// Questions with `{s}`.
    pub questions: Vec<String>,
    /// Questions that no training text has.
    pub questions_held_out: Vec<String>,
    /// Questions with `{a}` and `{b}`, which are entities.
    #[serde(default)]
    pub compare_questions: Vec<String>,
    /// Such questions that no training text has.
    #[serde(default)]
    pub compare_questions_held_out: Vec<String>,
    /// Which of the two is asked for.
    #[serde(default)]
    pub compare: Option<Compare>,
    /// Statements and questions of the second course: those above, and those of `second.toml`.
    #[serde(skip)]
    pub(crate) second: Worded,
    /// Words of its wordings that no other relation of its subject's kind has. Not in the file.
    #[serde(skip)]
    pub telling: Vec<String>,
}

/// What `second.toml` has for a relation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Worded {
    pub statements: Vec<String>,
    pub questions: Vec<String>,
}

impl Relation {
    /// Sentences that state it.
    pub fn statements(&self, wording: Wording) -> &[String] {
        match wording {
            Wording::Trained | Wording::Loose => &self.statements,
            Wording::Recombined => &self.second.statements,
            Wording::HeldOut => &self.statements_held_out,
        }
    }

    /// Questions that ask for it.
    pub fn questions(&self, wording: Wording) -> &[String] {
        match wording {
            Wording::Trained | Wording::Loose => &self.questions,
            Wording::Recombined => &self.second.questions,
            Wording::HeldOut => &self.questions_held_out,
        }
    }

    /// Questions that compare two entities by it.
    pub fn compare_questions(&self, wording: Wording) -> &[String] {
        match wording {
            Wording::Trained | Wording::Loose | Wording::Recombined => &self.compare_questions,
            Wording::HeldOut => &self.compare_questions_held_out,
        }
    }
}
