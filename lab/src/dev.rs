//! Streams that models are looked at with while they are trained, and never trained on.
//!
//! Enters: a [`Source`], a stream, a number. Leaves: one question, worded as no training text is, about
//! names that no training text has. Does not: use the corpus, on which models are judged.

use crate::closed_book::closed_book;
use crate::example::Example;
use crate::name::Owner;
use crate::open_book::{Task, open_book_task};
use crate::relation::Wording;
use crate::scene::{Likeness, Setting};
use crate::source::{Source, chance};
use crate::world::Rarity;
use rand::RngExt as _;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dev {
    /// Without passages, of one rarity.
    Closed(Rarity),
    /// With that many passages.
    Read(Task, usize, Wording),
}

impl Dev {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Closed(Rarity::Head),
        Self::Closed(Rarity::Middle),
        Self::Closed(Rarity::Tail),
        Self::Read(Task::Fact, 1, Wording::Trained),
        Self::Read(Task::Fact, 1, Wording::HeldOut),
        Self::Read(Task::Fact, 5, Wording::HeldOut),
        Self::Read(Task::Unanswerable, 5, Wording::HeldOut),
        Self::Read(Task::TwoSteps, 5, Wording::HeldOut),
        Self::Read(Task::Comparison, 5, Wording::HeldOut),
        Self::Read(Task::Json, 1, Wording::HeldOut),
    ];

    /// In files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed(Rarity::Head) => "dev-head",
            Self::Closed(Rarity::Middle) => "dev-middle",
            Self::Closed(Rarity::Tail) => "dev-tail",
            Self::Read(Task::Fact, 1, Wording::Trained) => "dev-known-1",
            Self::Read(Task::Fact, 1, _) => "dev-read-1",
            Self::Read(Task::Fact, ..) => "dev-read-5",
            Self::Read(Task::Unanswerable, ..) => "dev-none-5",
            Self::Read(Task::TwoSteps, ..) => "dev-two-5",
            Self::Read(Task::Comparison, ..) => "dev-compare-5",
            Self::Read(Task::Json, ..) => "dev-json-1",
        }
    }
}

impl Source {
    /// The example of that number in a stream for looking on; none where the scene allows none.
    pub fn dev(&self, stream: Dev, number: u64) -> Option<Example> {
        let mut chance = chance(stream.name(), number);
        match stream {
            Dev::Closed(rarity) => {
                let count = self.public.entities.len();
                let places: Vec<usize> =
                    (0..count).filter(|place| Rarity::of(*place, count) == rarity).collect();
                let place = places[chance.random_range(0..places.len())];
                let (language, public) = (&self.language, &self.public);
                Some(closed_book(language, public, place, Wording::HeldOut, &mut chance))
            }
            Dev::Read(task, passages, wording) => {
                let likeness = if passages > 1 { Likeness::Near } else { Likeness::Far };
                let setting = Setting { likeness, ..self.setting(Owner::Company, wording, 0.0) };
                open_book_task(setting, passages, task, &mut chance)
            }
        }
    }
}
