//! The words of the world: relations with their wordings, and what names are built from.
//!
//! Enters: `world/relations.toml`, `world/second.toml` and `world/words.toml`, which are part of the
//! program. Leaves: a checked [`Language`]. Does not: know any entity or fact.

use crate::wording::{plain_words, telling};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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
    second: Worded,
    /// Words of its wordings that no other relation of its subject's kind has. Not in the file.
    #[serde(skip)]
    pub telling: Vec<String>,
}

/// What `second.toml` has for a relation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Worded {
    statements: Vec<String>,
    questions: Vec<String>,
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

/// A section of a page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// Of what the page is about.
    pub subject: Kind,
    /// Its text.
    pub title: String,
    /// Ids of the relations that stand below it.
    pub relations: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationFile {
    relation: Vec<Relation>,
    heading: Vec<Heading>,
    filler: BTreeMap<Kind, Vec<String>>,
    unanswerable_questions: BTreeMap<Kind, Vec<String>>,
    unanswerable_questions_held_out: BTreeMap<Kind, Vec<String>>,
}

/// What names and words are made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Of names.
    pub invented: Vec<String>,
    /// Of persons.
    pub first_names: Vec<String>,
    /// `Works`, `Mills`, ...
    pub company_suffixes: Vec<String>,
    /// `Pump`, `Lamp`, ...
    pub product_nouns: Vec<String>,
    /// `ford`, ` Bay`, ...; joined without a space.
    pub place_suffixes: Vec<String>,
    /// ` Yard`, ` Forge`, ...; joined without a space.
    pub plant_suffixes: Vec<String>,
    /// Values of materials.
    pub materials: Vec<String>,
    /// Questions that nothing answers, with `{s}`, and `{x}`, `{y}`, `{how}` and `{did}` for the words
    /// below.
    pub unknown_frames: Vec<String>,
    /// Things that no relation tells of.
    pub unknown_nouns: Vec<String>,
    /// After `How`.
    pub unknown_adjectives: Vec<String>,
    /// What somebody did to a thing.
    pub unknown_verbs: Vec<String>,
}

/// Everything that can be said.
#[derive(Debug, Clone)]
pub struct Language {
    /// In the file's order: a relation is named by its place here.
    pub relations: Vec<Relation>,
    /// In the file's order.
    pub headings: Vec<Heading>,
    /// Sentences with `{s}` that no relation asks for.
    pub filler: BTreeMap<Kind, Vec<String>>,
    /// Questions with `{s}` that nothing answers.
    unanswerable: [BTreeMap<Kind, Vec<String>>; 2],
    /// For names.
    pub words: Words,
}

/// A file of the language that breaks its own rules.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Not readable as what it should be.
    #[error("world/{file} cannot be read")]
    Read {
        /// Its name.
        file: &'static str,
        /// Why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A rule that does not hold.
    #[error("world: {place}: {what}")]
    Rule {
        /// Relation or list.
        place: String,
        /// What is wrong.
        what: String,
    },
}

impl Language {
    /// The language of the lab.
    ///
    /// # Errors
    /// When a file is not well formed, a placeholder is missing, or a wording is used twice.
    pub fn load() -> Result<Self, LanguageError> {
        Self::parse(
            include_str!("../world/relations.toml"),
            include_str!("../world/second.toml"),
            include_str!("../world/words.toml"),
        )
    }

    fn parse(relations: &str, second: &str, words: &str) -> Result<Self, LanguageError> {
        let read = |file| move |source| LanguageError::Read { file, source: Box::new(source) };
        let mut file: RelationFile = toml::from_str(relations).map_err(read("relations.toml"))?;
        let mut second: BTreeMap<String, Worded> =
            toml::from_str(second).map_err(read("second.toml"))?;
        for relation in &mut file.relation {
            let more = second.remove(&relation.id).unwrap_or_default();
            relation.second = Worded {
                statements: [&*relation.statements, &*more.statements].concat(),
                questions: [&*relation.questions, &*more.questions].concat(),
            };
        }
        if let Some(place) = second.into_keys().next() {
            return Err(LanguageError::Rule { place, what: "is no relation".to_owned() });
        }
        let words: Words = toml::from_str(words).map_err(read("words.toml"))?;
        let mut language = Self {
            relations: file.relation,
            headings: file.heading,
            filler: file.filler,
            unanswerable: [file.unanswerable_questions, file.unanswerable_questions_held_out],
            words,
        };
        language.check()?;
        language.find_telling();
        Ok(language)
    }

    fn find_telling(&mut self) {
        let wordings = |relation: &Relation| {
            [&*relation.second.statements, &*relation.second.questions].concat()
        };
        let of_relations: Vec<(Kind, Vec<String>)> =
            self.relations.iter().map(|one| (one.subject, wordings(one))).collect();
        for (place, relation) in self.relations.iter_mut().enumerate() {
            let others = of_relations
                .iter()
                .enumerate()
                .filter(|(other, (kind, _))| *other != place && *kind == relation.subject);
            relation.telling =
                telling(of_relations[place].1.iter(), others.flat_map(|(_, (_, list))| list));
        }
    }

    /// The relations of a kind of entity, by place.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        self.relations
            .iter()
            .enumerate()
            .filter(move |(_, relation)| relation.subject == kind)
            .map(|(place, _)| place)
    }

    /// Questions with `{s}` that no text of the world answers.
    pub fn unanswerable(&self, kind: Kind, wording: Wording) -> &[String] {
        let [trained, held_out] = &self.unanswerable;
        let lists = match wording {
            Wording::Trained | Wording::Loose | Wording::Recombined => trained,
            Wording::HeldOut => held_out,
        };
        lists.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn check(&self) -> Result<(), LanguageError> {
        let rule =
            |place: &str, what: String| Err(LanguageError::Rule { place: place.to_owned(), what });
        let mut seen = BTreeSet::new();
        for relation in &self.relations {
            let asked = [&relation.second.questions, &relation.questions_held_out];
            let stated = [&relation.second.statements, &relation.statements_held_out];
            let compared = [&relation.compare_questions, &relation.compare_questions_held_out];
            let groups: [(&[&Vec<String>], &[&str]); 3] =
                [(&stated, &["{s}", "{v}"]), (&asked, &["{s}"]), (&compared, &["{a}", "{b}"])];
            for (lists, places) in groups {
                for wording in lists.iter().copied().flatten() {
                    if let Some(place) =
                        places.iter().find(|place| wording.matches(**place).count() != 1)
                    {
                        return rule(&relation.id, format!("`{wording}` has not one {place}"));
                    }
                    if !seen.insert(wording.as_str()) {
                        return rule(&relation.id, format!("`{wording}` is there twice"));
                    }
                }
            }
            if relation.statements.len() < 8 || relation.statements_held_out.len() < 2 {
                return rule(&relation.id, "fewer than 8 + 2 statements".to_owned());
            }
            if relation.questions.len() < 6 || relation.questions_held_out.len() < 2 {
                return rule(&relation.id, "fewer than 6 + 2 questions".to_owned());
            }
            for [known, held_out] in [asked, stated] {
                let known: BTreeSet<String> =
                    known.iter().flat_map(|one| plain_words(one)).collect();
                let new = held_out.iter().find_map(|one| {
                    let word = plain_words(one).find(|word| !known.contains(word))?;
                    Some((one, word))
                });
                if let Some((wording, word)) = new {
                    return rule(&relation.id, format!("`{wording}` has the new word `{word}`"));
                }
            }
            if relation.value.is_number() != relation.range.is_some() {
                return rule(&relation.id, "a range belongs to numbers".to_owned());
            }
            if relation.compare.is_some() == relation.compare_questions.is_empty() {
                return rule(&relation.id, "`compare` belongs to questions".to_owned());
            }
        }
        for heading in &self.headings {
            for id in &heading.relations {
                let known = self.relations.iter().find(|relation| relation.id == *id);
                if known.is_none_or(|relation| relation.subject != heading.subject) {
                    return rule(&heading.title, format!("`{id}` is no relation of its subject"));
                }
            }
        }
        let unanswerable = self.unanswerable.iter().flat_map(|lists| lists.values().flatten());
        for wording in unanswerable {
            if wording.matches("{s}").count() != 1 || !seen.insert(wording.as_str()) {
                let what = format!("`{wording}` has not one {{s}}, or is there twice");
                return rule("unanswerable_questions", what);
            }
        }
        for frame in &self.words.unknown_frames {
            if frame.matches("{s}").count() != 1 {
                return rule("unknown_frames", format!("`{frame}` has not one {{s}}"));
            }
        }
        for kind in Kind::ALL {
            let asked = [Wording::Trained, Wording::HeldOut]
                .map(|wording| self.unanswerable(kind, wording).is_empty());
            if !self.filler.contains_key(&kind) || asked.contains(&true) {
                return rule("filler and unanswerable_questions", format!("nothing for {kind:?}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_keeps_its_rules() {
        let language = Language::load().unwrap();
        assert!(language.relations.len() >= 12);
        for kind in Kind::ALL {
            assert!(language.of(kind).count() >= 4, "{kind:?}");
        }
    }

    #[test]
    fn a_broken_file_names_the_wording() {
        let whole = include_str!("../world/relations.toml");
        let (second, words) =
            (include_str!("../world/second.toml"), include_str!("../world/words.toml"));
        let first = Language::load().unwrap().relations[0].statements[0].clone();
        let broken = whole.replace(&first, &first.replace("{v}", "it"));
        let error = Language::parse(&broken, second, words).unwrap_err();
        assert!(error.to_string().contains("has not one {v}"), "{error}");
        for (from, to, what) in [
            ("product.maker", "product.baker", "product.baker: is no relation"),
            ("Whose name is on the label", "Whose name is on the box", "has the new word `label`"),
        ] {
            let broken = second.replace(from, to).replace("the label of {s}", "the box of {s}");
            let error = Language::parse(whole, &broken, words).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
        let broken = words.replace("Which {x} does {s} like?", "Which {x} does it like?");
        let error = Language::parse(whole, second, &broken).unwrap_err();
        assert!(
            error.to_string().ends_with("`Which {x} does it like?` has not one {s}"),
            "{error}"
        );
    }
}
