//! Training texts by stream and number.
//!
//! Enters: a stream's name, a number. Leaves: an [`Example`], always the same one. Does not: hold a wording
//! that is held out; nor a name of the company, but in the stream `company`.

use crate::closed_book::{Frequency, closed_book, closed_book_training, running_text};
use crate::example::Example;
use crate::language::{Language, LanguageError};
use crate::name::Owner;
use crate::open_book::open_book;
use crate::plan;
use crate::relation::Wording;
use crate::scene::{Likeness, Scene, Setting};
use crate::sentence::ask;
use crate::world::{World, WorldError};
use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use std::ops::RangeInclusive;

/// A source that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The language.
    #[error("the language of the world is broken")]
    Language(#[from] LanguageError),
    /// A world.
    #[error("the world cannot be made")]
    World(#[from] WorldError),
}

/// What examples are made of.
pub struct Source {
    /// The relations.
    pub language: Language,
    /// What everybody may know.
    pub public: World,
    /// What only the company's documents tell.
    pub company: World,
    /// How often public entities are met.
    pub frequency: Frequency,
}

impl Source {
    /// The lab's own.
    ///
    /// # Errors
    /// When the language is broken or names run out.
    pub fn new() -> Result<Self, SourceError> {
        let language = Language::load()?;
        let public = World::new(&language, Owner::Public, plan::PUBLIC, plan::PUBLIC_SEED)?;
        let company = World::new(&language, Owner::Company, plan::COMPANY, plan::COMPANY_SEED)?;
        let frequency = Frequency::new(public.entities.len(), plan::FREQUENCY_EXPONENT);
        Ok(Self { language, public, company, frequency })
    }

    /// For scenes: names of `owner`, in such wordings.
    pub fn setting(&self, owner: Owner, wording: Wording, public_share: f64) -> Setting<'_> {
        Setting {
            language: &self.language,
            public: &self.public,
            frequency: &self.frequency,
            public_share,
            owner,
            wording,
            facts: 4,
            likeness: Likeness::Far,
        }
    }

    /// The example of that number in a stream of training. `recall`, `found-6` and `long` belong to the
    /// second course; what the others hold must not change, or their models could not be made again.
    pub fn training(&self, stream: &str, number: u64) -> Example {
        let mut chance = chance(stream, number);
        // Several questions, so that the passages, which are most of the tokens, are worth their reading.
        let asked =
            |likeness, passages: RangeInclusive<usize>, questions, chance: &mut ChaCha8Rng| {
                let passages = chance.random_range(passages);
                let questions = chance.random_range(questions);
                let wording = match likeness {
                    Likeness::Far | Likeness::Near => Wording::Loose,
                    Likeness::Found => Wording::Recombined,
                };
                let setting = Setting { likeness, ..self.setting(Owner::Public, wording, 0.12) };
                open_book(setting, passages, questions, chance)
            };
        let read =
            |passages, chance: &mut ChaCha8Rng| asked(Likeness::Far, passages, 3..=12, chance);
        let (language, public) = (&self.language, &self.public);
        let closed = |wording, chance: &mut ChaCha8Rng| {
            closed_book_training(language, public, &self.frequency, wording, chance)
        };
        match stream {
            "closed" => closed(Wording::Loose, &mut chance),
            "text" => running_text(language, public, self.frequency.draw(&mut chance), &mut chance),
            "company" => {
                let place = chance.random_range(0..self.company.entities.len());
                if chance.random_bool(0.25) {
                    running_text(language, &self.company, place, &mut chance)
                } else {
                    closed_book(language, &self.company, place, Wording::Loose, &mut chance)
                }
            }
            "read-2" => read(1..=2, &mut chance),
            "read-4" => read(1..=4, &mut chance),
            "near-6" => asked(Likeness::Near, 1..=plan::PASSAGES, 3..=12, &mut chance),
            "recall" => closed(Wording::Recombined, &mut chance),
            "found-6" => asked(Likeness::Found, 1..=plan::PASSAGES, 3..=12, &mut chance),
            "long" => asked(Likeness::Found, 8..=plan::LONG_PASSAGES, 12..=48, &mut chance),
            _ => read(1..=plan::PASSAGES, &mut chance),
        }
    }

    /// Text `number` of pairs of a question, which is even, and its passage, which is odd.
    pub fn pair(&self, stream: &str, wording: Wording, number: u64) -> Option<String> {
        let mut chance = chance(stream, number / 2);
        let owner = match wording {
            Wording::Trained | Wording::Loose | Wording::Recombined => Owner::Public,
            Wording::HeldOut => Owner::Company,
        };
        let scene = Scene::new(self.setting(owner, wording, 0.1), 1, &mut chance);
        let passage = scene.passages.first()?;
        let about = &self.language.relations[*passage.relations.choose(&mut chance)?];
        let name = &scene.entities[passage.entity].name;
        let question = ask(about, name, wording, &mut chance);
        Some(if number.is_multiple_of(2) { question } else { passage.text.clone() })
    }
}

/// A source of chance of its own for each example: they can be made in any order.
pub fn chance(stream: &str, number: u64) -> ChaCha8Rng {
    let mut seed = plan::TRAINING_SEED;
    for byte in stream.bytes() {
        seed = seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte);
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(number);
    chance
}

/// A source with a world of a hundred entities, for tests.
#[cfg(test)]
pub(crate) fn small() -> Source {
    let language = Language::load().unwrap();
    let world = |owner| World::new(&language, owner, [20; 5], 1).unwrap();
    let (public, company) = (world(Owner::Public), world(Owner::Company));
    let frequency = Frequency::new(public.entities.len(), 1.0);
    Source { language, public, company, frequency }
}
