//! Questions about the public world without any passage: what a model has to remember.
//!
//! Enters: the public world, how its frequency falls. Leaves: one example a call. Does not: touch the
//! company's world.

use crate::example::{DECLINES, Example};
use crate::language::Language;
use crate::name::{Owner, name};
use crate::page::page;
use crate::relation::{Kind, Wording};
use crate::sentence::{ask, hurried};
use crate::world::{Rarity, World};
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

/// Share of questions about somebody who is in no world, which are declined.
const NOBODY: f64 = 0.03;
/// Share of questions that are typed in a hurry.
const HURRIED: f64 = 0.04;

/// Draws entities so that the one at place r comes up in proportion to r^-s (Zipf).
#[derive(Debug, Clone)]
pub struct Frequency {
    cumulative: Vec<f64>,
}

impl Frequency {
    /// Over `count` entities with exponent `s`.
    pub fn new(count: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let cumulative = (1..=count)
            .map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            })
            .collect();
        Self { cumulative }
    }

    /// The place of an entity.
    pub fn draw(&self, chance: &mut ChaCha8Rng) -> usize {
        let point = chance.random::<f64>() * self.cumulative.last().copied().unwrap_or(0.0);
        self.cumulative
            .partition_point(|sum| *sum <= point)
            .min(self.cumulative.len().saturating_sub(1))
    }

    /// Share of draws that fall on a rarity.
    pub fn share(&self, rarity: Rarity) -> f64 {
        let count = self.cumulative.len();
        let mut before = 0.0;
        let mut share = 0.0;
        for (place, sum) in self.cumulative.iter().enumerate() {
            if Rarity::of(place, count) == rarity {
                share += sum - before;
            }
            before = *sum;
        }
        share / before.max(f64::MIN_POSITIVE)
    }
}

/// A question about the entity at `place`, or about one of its relations if given.
pub fn closed_book(
    language: &Language,
    world: &World,
    place: usize,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> Example {
    let mut example = Example::default();
    let entity = &world.entities[place];
    let Some(fact) = entity.facts.choose(chance) else { return example };
    let mut question = ask(&language.relations[fact.relation], &entity.name, wording, chance);
    if matches!(wording, Wording::Loose | Wording::Recombined) && chance.random_bool(HURRIED) {
        question = hurried(&question, &[&entity.name], chance);
    }
    example.asked(&question, &fact.value.text, None);
    example
}

/// A question in training: mostly about the world, sometimes about nobody. Of the first course's names
/// for nobody one in four is somebody's of the world; the second, whose wordings are recombined, asks
/// whether a name is.
pub fn closed_book_training(
    language: &Language,
    world: &World,
    frequency: &Frequency,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> Example {
    if chance.random_bool(NOBODY) {
        let is_taken = |name: &str| {
            wording == Wording::Recombined
                && world.entities.iter().any(|entity| entity.name == name)
        };
        return nobody(language, is_taken, wording, chance);
    }
    closed_book(language, world, frequency.draw(chance), wording, chance)
}

/// A question about a name that is not taken.
fn nobody(
    language: &Language,
    is_taken: impl Fn(&str) -> bool,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> Example {
    let kind = Kind::ALL.choose(chance).copied().unwrap_or(Kind::Person);
    let relations: Vec<usize> = language.of(kind).collect();
    let mut example = Example::default();
    if let Some(relation) = relations.choose(chance) {
        let mut nobody = name(&language.words, kind, Owner::Public, chance);
        while is_taken(&nobody) {
            nobody = name(&language.words, kind, Owner::Public, chance);
        }
        let about = &language.relations[*relation];
        example.asked(&ask(about, &nobody, wording, chance), DECLINES, None);
    }
    example
}

/// A page about the entity at `place` as plain text.
pub fn running_text(
    language: &Language,
    world: &World,
    place: usize,
    chance: &mut ChaCha8Rng,
) -> Example {
    let entity = &world.entities[place];
    let relations: Vec<usize> = entity.facts.iter().map(|fact| fact.relation).collect();
    Example::running(&page(language, entity, &relations, Wording::Trained, chance).text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn frequency_falls_as_asked() {
        // Exponent 1 over 10 entities: H(10) = 2.928968; the first tenth, one entity, has 1/H.
        let frequency = Frequency::new(10, 1.0);
        assert!((frequency.share(Rarity::Head) - 1.0 / 2.928_968).abs() < 1e-6);
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let first = (0..20_000).filter(|_| frequency.draw(&mut chance) == 0).count();
        // 20,000 draws at p = 0.3414: a standard deviation of 67.
        assert!((6_828_i64 - i64::try_from(first).unwrap()).abs() < 270, "{first}");
    }

    #[test]
    fn nobody_of_the_second_course_is_in_the_world() {
        let language = Language::load().unwrap();
        let world = World::new(&language, Owner::Public, [400; 5], 1).unwrap();
        let frequency = Frequency::new(world.entities.len(), 0.8);
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let mut declined = 0;
        for _ in 0..6_000 {
            let wording = Wording::Recombined;
            let example = closed_book_training(&language, &world, &frequency, wording, &mut chance);
            let question = &example.parts[0].1;
            if example.parts[1].1.trim() == DECLINES {
                declined += 1;
                let is_there = world.entities.iter().any(|one| question.contains(&one.name));
                assert!(!is_there, "{question}");
            }
        }
        // 6,000 draws at 0.03: a standard deviation of 13.
        assert!((130..240).contains(&declined), "{declined}");
    }

    #[test]
    fn answers_are_the_worlds() {
        let language = Language::load().unwrap();
        let world = World::new(&language, Owner::Public, [5; 5], 1).unwrap();
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        for place in 0..25 {
            let example = closed_book(&language, &world, place, Wording::HeldOut, &mut chance);
            let answer = example.parts[1].1.trim();
            let entity = &world.entities[place];
            assert!(entity.facts.iter().any(|fact| fact.value.text == answer), "{answer}");
            assert!(example.parts[0].1.contains(&entity.name));
        }
    }
}
