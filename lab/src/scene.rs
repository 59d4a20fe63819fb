//! Some passages about some entities, as a retriever would have found them.
//!
//! Enters: the public world, how many passages, whose names. Leaves: a [`Scene`]. Does not: ask.
//!
//! Passages resemble one another as found passages do: other facts of the same entity, the same facts of
//! others of its kind, names that share a word, and entities that stand in one another's facts. In many
//! scenes one relation is told of most entities.

use crate::closed_book::Frequency;
use crate::language::Language;
use crate::name::{Owner, invented_word, name};
use crate::page::excerpt;
use crate::relation::{Kind, Wording};
use crate::world::{Entity, World, fresh, fresh_value};
use rand::{RngExt as _, seq::IndexedRandom as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Share of scenes in which most passages tell the same relation of different entities, as what a
/// retriever finds by the words of a question does: only the name tells them apart.
const COMMON: f64 = 0.7;
/// Share of such a scene's passages, the first apart, that surely do.
const COMMON_PASSAGES: f64 = 0.8;
/// Share of these whose name has a word of the first one's, in a near scene.
const ALIKE: f64 = 0.7;

/// Shares of a found scene's passages, the first apart: on the first's entity again, and on one of
/// another kind whose name has a word of the first's.
const SAME: f64 = 0.15;
const OTHER_KIND: f64 = 0.08;

/// What a scene is made of.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The relations.
    pub language: &'a Language,
    /// Whose entities sometimes appear.
    pub public: &'a World,
    /// How often each of them does.
    pub frequency: &'a Frequency,
    /// Share of passages about entities of the public world; in half of these a value is another than
    /// the world's, so that a reader learns to believe the passage.
    pub public_share: f64,
    /// Whose new names are.
    pub owner: Owner,
    /// Whose wordings are used.
    pub wording: Wording,
    /// Most facts in one passage.
    pub facts: usize,
    /// How much passages are alike.
    pub likeness: Likeness,
}

/// How much passages are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Names are far from one another.
    Far,
    /// Names resemble the first one's and more is asked that no passage tells, as where passages are what
    /// a retriever found by the words of a question. Harder: who cannot tell names apart yet learns to
    /// decline instead.
    Near,
    /// The same, and as a retriever finds them for a name that is not there: both of its words are, in
    /// passages about different entities, also of other kinds. For the second course.
    Found,
}

/// A passage and what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Place of its entity in the scene.
    pub entity: usize,
    /// The relations that it states.
    pub relations: Vec<usize>,
    /// As markdown.
    pub text: String,
}

/// Entities and passages about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Whose facts may be told.
    pub entities: Vec<Entity>,
    /// In the order in which they are shown.
    pub passages: Vec<Told>,
}

impl Scene {
    /// A scene of `passages` passages.
    pub fn new(setting: Setting<'_>, passages: usize, chance: &mut ChaCha8Rng) -> Self {
        let mut scene = Self { entities: Vec::new(), passages: Vec::new() };
        let kind = Kind::ALL.choose(chance).copied().unwrap_or(Kind::Person);
        scene.add(setting.someone(kind, chance));
        let relations: Vec<usize> = setting.language.of(kind).collect();
        let common = relations.choose(chance).copied().filter(|_| chance.random_bool(COMMON));
        let mut told: Vec<BTreeSet<usize>> = vec![BTreeSet::new()];
        for place in 0..passages {
            let mut entity = match place {
                0 => 0,
                _ if setting.likeness == Likeness::Found && chance.random_bool(SAME) => 0,
                _ if setting.likeness == Likeness::Found && chance.random_bool(OTHER_KIND) => {
                    let other = Kind::ALL.choose(chance).copied().unwrap_or(kind);
                    let name = of_kind(setting, other, &scene.entities[0], chance);
                    scene.add(setting.named(other, name, chance))
                }
                _ if common.is_some() && chance.random_bool(COMMON_PASSAGES) => {
                    let other = if setting.likeness != Likeness::Far && chance.random_bool(ALIKE) {
                        let name = alike(setting, &scene.entities[0], chance);
                        setting.named(kind, name, chance)
                    } else {
                        setting.someone(kind, chance)
                    };
                    scene.add(other)
                }
                _ => scene.next(setting, chance),
            };
            told.resize(scene.entities.len(), BTreeSet::new());
            let mut left = scene.untold(setting, entity, &told[entity]);
            if left.is_empty() {
                entity = scene.add(setting.someone(scene.entities[0].kind, chance));
                told.resize(scene.entities.len(), BTreeSet::new());
                left = scene.untold(setting, entity, &told[entity]);
            }
            left.shuffle(chance);
            // First, so that it is not cut off; a page has its own order.
            left.sort_by_key(|relation| Some(*relation) != common);
            left.truncate(chance.random_range(1..=setting.facts));
            told[entity].extend(&left);
            scene.passages.push(Told { entity, relations: left, text: String::new() });
        }
        scene.passages.shuffle(chance);
        for passage in &mut scene.passages {
            let entity = &scene.entities[passage.entity];
            passage.text =
                excerpt(setting.language, entity, &passage.relations, setting.wording, chance);
        }
        scene
    }

    fn add(&mut self, entity: Entity) -> usize {
        // Two of one name would make every question about them ambiguous.
        match self.entities.iter().position(|known| known.name == entity.name) {
            Some(known) => known,
            None => {
                self.entities.push(entity);
                self.entities.len() - 1
            }
        }
    }

    fn untold(&self, setting: Setting<'_>, entity: usize, told: &BTreeSet<usize>) -> Vec<usize> {
        let kind = self.entities[entity].kind;
        setting.language.of(kind).filter(|relation| !told.contains(relation)).collect()
    }

    /// What the next passage is about.
    fn next(&mut self, setting: Setting<'_>, chance: &mut ChaCha8Rng) -> usize {
        let known = chance.random_range(0..self.entities.len());
        let kind = self.entities[known].kind;
        let entity = match chance.random_range(0..100) {
            0..18 => return known,
            18..52 => setting.someone(kind, chance),
            52..60 => {
                let alike = alike(setting, &self.entities[known], chance);
                setting.named(kind, alike, chance)
            }
            60..80 => {
                let named: Vec<(Kind, String)> = self.entities[known]
                    .facts
                    .iter()
                    .filter_map(|fact| {
                        let kind = setting.language.relations[fact.relation].value.entity()?;
                        Some((kind, fact.value.text.clone()))
                    })
                    .collect();
                match named.choose(chance).cloned() {
                    Some((kind, name)) => setting.named(kind, name, chance),
                    None => setting.someone(kind, chance),
                }
            }
            _ => {
                let kind = Kind::ALL.choose(chance).copied().unwrap_or(kind);
                setting.someone(kind, chance)
            }
        };
        self.add(entity)
    }
}

impl Setting<'_> {
    /// An entity with a name of its own: a new one, or one of the public world.
    fn someone(&self, kind: Kind, chance: &mut ChaCha8Rng) -> Entity {
        if chance.random_bool(self.public_share) {
            let of_kind = (0..20)
                .map(|_| &self.public.entities[self.frequency.draw(chance)])
                .find(|entity| entity.kind == kind);
            if let Some(known) = of_kind {
                let mut entity = known.clone();
                if chance.random_bool(0.5) {
                    for fact in &mut entity.facts {
                        fact.value = fresh_value(self.language, fact.relation, self.owner, chance);
                    }
                }
                return entity;
            }
        }
        let name = name(&self.language.words, kind, self.owner, chance);
        self.named(kind, name, chance)
    }

    fn named(&self, kind: Kind, name: String, chance: &mut ChaCha8Rng) -> Entity {
        fresh(self.language, kind, name, self.owner, chance)
    }
}

/// A name of another kind with an entity's invented word, or where that would be another owner's, any
/// name of it.
fn of_kind(setting: Setting<'_>, kind: Kind, entity: &Entity, chance: &mut ChaCha8Rng) -> String {
    let words = &setting.language.words;
    let other = name(words, kind, setting.owner, chance);
    let word = invented_word(words, entity.kind, &entity.name);
    let alike = other.replacen(&invented_word(words, kind, &other), &word, 1);
    if Owner::of(&alike) == setting.owner { alike } else { other }
}

/// A name that is not there but whose words are: the rest of one entity's, the invented word of another
/// of its kind. None where that is another owner's, or there.
pub fn crossed(
    setting: Setting<'_>,
    there: &[Entity],
    [one, other]: [&Entity; 2],
) -> Option<String> {
    let word = |entity: &Entity| invented_word(&setting.language.words, entity.kind, &entity.name);
    let name = one.name.replacen(&word(one), &word(other), 1);
    let is_there = there.iter().any(|entity| entity.name == name);
    (one.kind == other.kind && !is_there && Owner::of(&name) == setting.owner).then_some(name)
}

/// A name that shares a word with an entity's, or where that would be another owner's, any name.
pub fn alike(setting: Setting<'_>, entity: &Entity, chance: &mut ChaCha8Rng) -> String {
    let words = &setting.language.words;
    let other = name(words, entity.kind, setting.owner, chance);
    let word = invented_word(words, entity.kind, &entity.name);
    let other_word = invented_word(words, entity.kind, &other);
    let alike = if chance.random_bool(0.5) {
        entity.name.replacen(&word, &other_word, 1)
    } else {
        other.replacen(&other_word, &word, 1)
    };
    if Owner::of(&alike) == setting.owner { alike } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::small;
    use rand::SeedableRng as _;

    #[test]
    fn a_crossed_name_has_words_of_two_and_is_nobodys() {
        let source = small();
        let setting = source.setting(Owner::Public, Wording::Trained, 0.0);
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let mut entity = |kind, name: &str| setting.named(kind, name.to_owned(), &mut chance);
        let there = [
            entity(Kind::Person, "Gelo Fidem"),
            entity(Kind::Person, "Vuvo Durkaz"),
            entity(Kind::Plant, "Fidem Yard"),
        ];
        let cross = |one: usize, other: usize, there: &[Entity]| {
            crossed(setting, there, [&there[one], &there[other]])
        };
        assert_eq!(cross(0, 1, &there).as_deref(), Some("Gelo Durkaz"));
        assert_eq!(cross(1, 0, &there).as_deref(), Some("Vuvo Fidem"));
        assert_eq!(cross(0, 2, &there), None);
        assert_eq!(cross(0, 0, &there), None);
        let [one, other, plant] = there;
        let third = setting.named(Kind::Person, "Gelo Durkaz".to_owned(), &mut chance);
        assert_eq!(cross(0, 1, &[one, other, plant, third]), None);
    }

    #[test]
    fn a_scene_tells_each_fact_once() {
        let source = small();
        let likeness = [Likeness::Far, Likeness::Near, Likeness::Found];
        for seed in 0..200 {
            let setting = Setting {
                likeness: likeness[seed as usize % 3],
                ..source.setting(Owner::Company, Wording::HeldOut, 0.2)
            };
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            let scene = Scene::new(setting, 6, &mut chance);
            assert_eq!(scene.passages.len(), 6);
            let mut told = BTreeSet::new();
            for passage in &scene.passages {
                for relation in &passage.relations {
                    assert!(told.insert((passage.entity, *relation)), "seed {seed}");
                    let value = scene.entities[passage.entity].value(*relation).unwrap();
                    let text = passage.text.to_lowercase();
                    assert!(text.contains(&value.text.to_lowercase()), "{text}: {value:?}");
                }
            }
            let names: BTreeSet<_> = scene.entities.iter().map(|entity| &entity.name).collect();
            assert_eq!(names.len(), scene.entities.len());
        }
    }
}
