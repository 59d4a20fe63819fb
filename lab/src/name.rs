//! Invented names.
//!
//! Enters: a source of chance. Leaves: names of persons, companies, plants, products and places. Does
//! not: remember which were given; see [`super::world`].
//!
//! One name in ten is the company's: no training text has it, so that it is new to every model, whatever
//! the seeds. The words that it is made of are known.

use crate::language::Words;
use crate::relation::Kind;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

/// Whose a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Of the public world, and of the passages that models learn to read on.
    Public,
    /// Of the company's documents.
    Company,
}

impl Owner {
    /// Whose a name is: decided by its letters alone.
    pub fn of(name: &str) -> Self {
        // FNV-1a (Fowler, Noll, Vo), so that it never depends on a library's hash.
        let hash = name.to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        if hash % 10 == 0 { Self::Company } else { Self::Public }
    }
}

fn one<'a>(list: &'a [String], chance: &mut ChaCha8Rng) -> &'a str {
    list.choose(chance).map_or("", String::as_str)
}

/// A name for an entity of that kind.
pub fn name(words: &Words, kind: Kind, owner: Owner, chance: &mut ChaCha8Rng) -> String {
    loop {
        let word = one(&words.invented, chance);
        let name = match kind {
            Kind::Person => format!("{} {word}", one(&words.first_names, chance)),
            Kind::Company => format!("{word} {}", one(&words.company_suffixes, chance)),
            Kind::Product => format!("{word} {}", one(&words.product_nouns, chance)),
            Kind::Plant => format!("{word}{}", one(&words.plant_suffixes, chance)),
            Kind::Place => format!("{word}{}", one(&words.place_suffixes, chance)),
        };
        if Owner::of(&name) == owner {
            return name;
        }
    }
}

/// The invented word of a name: the part that tells it from others.
pub fn invented_word(words: &Words, kind: Kind, name: &str) -> String {
    let suffixes = match kind {
        Kind::Person => return name.rsplit(' ').next().unwrap_or(name).to_owned(),
        Kind::Company => &words.company_suffixes,
        Kind::Product => &words.product_nouns,
        Kind::Plant => &words.plant_suffixes,
        Kind::Place => &words.place_suffixes,
    };
    // A suffix may end another: the longest is the one that was added.
    let longest = suffixes
        .iter()
        .filter(|suffix| name.ends_with(suffix.as_str()))
        .max_by_key(|suffix| suffix.len());
    longest.map_or(name, |suffix| &name[..name.len() - suffix.len()]).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use rand::SeedableRng as _;

    #[test]
    fn no_name_of_one_owner_is_the_others() {
        let words = Language::load().unwrap().words;
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        for kind in Kind::ALL {
            for owner in [Owner::Public, Owner::Company] {
                for _ in 0..300 {
                    let name = name(&words, kind, owner, &mut chance);
                    assert_eq!(Owner::of(&name), owner, "{name}");
                }
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_names() {
        let words = Language::load().unwrap().words;
        let names = |seed| {
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            Kind::ALL.map(|kind| name(&words, kind, Owner::Public, &mut chance))
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }
}
