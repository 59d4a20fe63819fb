//! Who and what exists, and every fact about it.
//!
//! Enters: the language, how many of each kind, a seed. Leaves: a [`World`] in which names are unique
//! and the values of its relations are its own entities. Does not: say anything in sentences.

use crate::language::Language;
use crate::name::{Owner, name};
use crate::relation::{Kind, Relation, ValueKind};
use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Names that are tried for one entity before the world is too full.
const NAME_TRIES: usize = 1_000;

/// What a relation gives for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As it is written.
    pub text: String,
    /// Of years, amounts and counts.
    pub number: Option<u32>,
    /// Place of the entity that it names, in the same world.
    pub entity: Option<usize>,
}

/// One statement that is true in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Place in the language's relations.
    pub relation: usize,
    /// What holds.
    pub value: Value,
}

/// Somebody or something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Unique in its world.
    pub name: String,
    /// One for each relation of its kind, in their order.
    pub facts: Vec<Fact>,
}

impl Entity {
    /// The value of a relation.
    pub fn value(&self, relation: usize) -> Option<&Value> {
        self.facts.iter().find(|fact| fact.relation == relation).map(|fact| &fact.value)
    }
}

/// How often an entity is met in training: its place in the order of frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rarity {
    /// The first tenth.
    Head,
    /// Up to four tenths.
    Middle,
    /// The rest.
    Tail,
}

impl Rarity {
    /// Of the entity at `place` among `count`, most frequent first.
    pub fn of(place: usize, count: usize) -> Self {
        match place * 10 / count.max(1) {
            0 => Self::Head,
            1..=3 => Self::Middle,
            _ => Self::Tail,
        }
    }
}

/// All entities, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// In the order of their frequency, kinds mixed.
    pub entities: Vec<Entity>,
}

/// A world that cannot be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WorldError {
    /// Every name that was tried is taken.
    #[error("seed {seed}: no name is left for another {kind:?} after {made} entities")]
    NamesRepeat {
        /// Of the world.
        seed: u64,
        /// Of the entity.
        kind: Kind,
        /// Entities before it.
        made: usize,
    },
}

impl WorldError {
    /// The remedy.
    pub fn hint(&self) -> String {
        "use fewer entities, or add words to lab/world/words.toml".to_owned()
    }
}

impl World {
    /// A world of `sizes` entities of each kind, in the order of [`Kind::ALL`].
    ///
    /// # Errors
    /// When a name would repeat.
    pub fn new(
        language: &Language,
        owner: Owner,
        sizes: [usize; 5],
        seed: u64,
    ) -> Result<Self, WorldError> {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        // Kinds are mixed evenly, so that each has the same share of every rarity.
        let mut order: Vec<(f64, usize)> = Vec::new();
        for (kind, size) in sizes.into_iter().enumerate() {
            order.extend((0..size).map(|place| ((place as f64 + 0.5) / size as f64, kind)));
        }
        order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let mut taken = BTreeSet::new();
        let mut entities = Vec::with_capacity(order.len());
        for (_, kind) in order {
            let kind = Kind::ALL[kind];
            let free = (0..NAME_TRIES)
                .map(|_| name(&language.words, kind, owner, &mut chance))
                .find(|name| taken.insert(name.clone()));
            let Some(name) = free else {
                return Err(WorldError::NamesRepeat { seed, kind, made: entities.len() });
            };
            entities.push(Entity { kind, name, facts: Vec::new() });
        }
        let mut named: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
        for (place, entity) in entities.iter().enumerate() {
            named.entry(entity.kind).or_default().push(place);
        }
        let names: Vec<String> = entities.iter().map(|entity| entity.name.clone()).collect();
        for (place, entity) in entities.iter_mut().enumerate() {
            for relation in language.of(entity.kind) {
                let about = &language.relations[relation];
                let value = match about.value.entity() {
                    // Nobody is their own employer.
                    Some(kind) => {
                        let others = named.get(&kind).map_or(&[][..], Vec::as_slice);
                        let other = loop {
                            match others.choose(&mut chance) {
                                Some(other) if *other == place && others.len() > 1 => {}
                                other => break other.copied(),
                            }
                        };
                        Value {
                            text: other.map_or_else(String::new, |other| names[other].clone()),
                            number: None,
                            entity: other,
                        }
                    }
                    None => plain_value(language, about, &mut chance),
                };
                entity.facts.push(Fact { relation, value });
            }
        }
        Ok(Self { entities })
    }

    /// The rarity of the entity at that place.
    pub fn rarity(&self, place: usize) -> Rarity {
        Rarity::of(place, self.entities.len())
    }
}

/// A value that names no entity.
fn plain_value(language: &Language, relation: &Relation, chance: &mut ChaCha8Rng) -> Value {
    let [low, high] = relation.range.unwrap_or([0, 0]);
    let number = chance.random_range(low..=high);
    match relation.value {
        ValueKind::Year | ValueKind::Count => {
            Value { text: number.to_string(), number: Some(number), entity: None }
        }
        ValueKind::Amount => Value {
            text: format!("{number} {}", relation.unit),
            number: Some(number),
            entity: None,
        },
        ValueKind::Code => {
            // Without the letters that look like digits or like one another.
            let letters = b"ABCDEFGHJKLMNPRSTVWXZ";
            let letter = char::from(letters[chance.random_range(0..letters.len())]);
            let digits = chance.random_range(100..1000);
            Value { text: format!("{letter}{digits}"), number: None, entity: None }
        }
        _ => {
            let material = language.words.materials.choose(chance);
            Value { text: material.cloned().unwrap_or_default(), number: None, entity: None }
        }
    }
}

/// A value of a relation that is in no world: names are new ones of `owner`.
pub fn fresh_value(
    language: &Language,
    relation: usize,
    owner: Owner,
    chance: &mut ChaCha8Rng,
) -> Value {
    let about = &language.relations[relation];
    match about.value.entity() {
        Some(kind) => {
            Value { text: name(&language.words, kind, owner, chance), number: None, entity: None }
        }
        None => plain_value(language, about, chance),
    }
}

/// An entity that is in no world.
pub fn fresh(
    language: &Language,
    kind: Kind,
    name: String,
    owner: Owner,
    chance: &mut ChaCha8Rng,
) -> Entity {
    let facts = language
        .of(kind)
        .map(|relation| Fact { relation, value: fresh_value(language, relation, owner, chance) })
        .collect();
    Entity { kind, name, facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(seed: u64) -> World {
        World::new(&Language::load().unwrap(), Owner::Public, [30, 20, 10, 30, 10], seed).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_world() {
        assert_eq!(world(3), world(3));
        assert_ne!(world(3), world(4));
    }

    #[test]
    fn names_are_unique_and_values_are_entities() {
        let language = Language::load().unwrap();
        let world = world(5);
        let names: BTreeSet<_> = world.entities.iter().map(|entity| &entity.name).collect();
        assert_eq!(names.len(), 100);
        for (place, entity) in world.entities.iter().enumerate() {
            assert_eq!(entity.facts.len(), language.of(entity.kind).count());
            for fact in &entity.facts {
                let kind = language.relations[fact.relation].value.entity();
                assert_eq!(fact.value.entity.map(|other| world.entities[other].kind), kind);
                assert_ne!(fact.value.entity, Some(place), "{}", entity.name);
                assert!(!fact.value.text.is_empty());
            }
        }
    }

    #[test]
    fn every_kind_has_its_share_of_each_rarity() {
        let world = world(6);
        // A tenth of 100 is the head; a tenth of 30 persons are three of it.
        let head = world.entities.iter().take(10);
        assert_eq!(head.filter(|entity| entity.kind == Kind::Person).count(), 3);
        assert_eq!(
            [0, 9, 10, 39, 40, 99].map(|place| world.rarity(place)),
            [
                Rarity::Head,
                Rarity::Head,
                Rarity::Middle,
                Rarity::Middle,
                Rarity::Tail,
                Rarity::Tail
            ]
        );
    }

    #[test]
    fn a_world_without_names_left_is_an_error() {
        let mut language = Language::load().unwrap();
        language.words.invented.truncate(2);
        language.words.first_names.truncate(1);
        let owner = Owner::Public;
        let error = World::new(&language, owner, [100, 0, 0, 0, 0], 1).unwrap_err();
        assert!(matches!(error, WorldError::NamesRepeat { kind: Kind::Person, .. }));
    }
}
