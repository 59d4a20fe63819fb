//! The words of the world: all its relations, and what names are built from.
//!
//! Enters: `world/relations.toml`, `world/second.toml` and `world/words.toml`, which are part of the
//! program. Leaves: a checked [`Language`]. Does not: know any entity or fact.

use crate::relation::{Kind, Relation, Worded, Wording};
use crate::wording::{plain_words, telling};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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
            let place = format!("second.toml: {place}");
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
                return rule("words.toml: unknown_frames", format!("`{frame}` has not one {{s}}"));
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
            ("product.maker", "product.baker", "second.toml: product.baker: is no relation"),
            ("label", "box", "has the new word `label`"),
        ] {
            let error = Language::parse(whole, &second.replace(from, to), words).unwrap_err();
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
