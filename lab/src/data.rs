//! Training data: all streams, their tokenizer, and what was left out.
//!
//! Enters: a folder, how many tokens. Leaves: `tokenizer.json`, streams and `meta.json` there. Does not:
//! hold a wording that is held out or a name of the company, but in streams named `dev-`, which are for
//! looking on while training.

use crate::closed_book::{Frequency, closed_book, closed_book_training, running_text};
use crate::example::{Example, Part};
use crate::language::{Language, LanguageError, Wording};
use crate::name::Owner;
use crate::open_book::{Task, open_book, open_book_task};
use crate::plan;
use crate::scene::Setting;
use crate::stream::{self, StreamError, Until, Written, copied, encode};
use crate::tokenizer::{VOCABULARY, learn};
use crate::world::{Rarity, World, WorldError};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;

/// Texts that the tokenizer's merges are learned from.
const TOKENIZER_TEXTS: u64 = 30_000;
/// Examples of a stream for looking on.
const DEV_EXAMPLES: usize = 400;

/// Data that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The language.
    #[error("the language of the world is broken")]
    Language(#[from] LanguageError),
    /// A world.
    #[error("the world cannot be made")]
    World(#[from] WorldError),
    /// A stream.
    #[error("a stream cannot be made")]
    Stream(#[from] StreamError),
    /// The tokenizer.
    #[error("the tokenizer cannot be learned")]
    Tokenizer(#[source] tokenizers::Error),
    /// A file.
    #[error("{path}: cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// What examples are made of.
pub struct Source {
    language: Language,
    public: World,
    frequency: Frequency,
}

/// Tokens of each stream, as shares of all.
const STREAMS: [(&str, f64); 6] = [
    ("copy", 0.01),
    ("closed", 0.40),
    ("text", 0.05),
    ("read-2", 0.08),
    ("read-4", 0.16),
    ("read-6", 0.30),
];

impl Source {
    /// The lab's own.
    ///
    /// # Errors
    /// When the language is broken or names run out.
    pub fn new() -> Result<Self, DataError> {
        let language = Language::load()?;
        let public = World::new(&language, Owner::Public, plan::PUBLIC, plan::PUBLIC_SEED)?;
        let frequency = Frequency::new(public.entities.len(), plan::FREQUENCY_EXPONENT);
        Ok(Self { language, public, frequency })
    }

    fn setting(&self, wording: Wording, public_share: f64) -> Setting<'_> {
        let owner = match wording {
            Wording::Trained => Owner::Public,
            Wording::HeldOut => Owner::Company,
        };
        Setting {
            language: &self.language,
            public: &self.public,
            frequency: &self.frequency,
            public_share,
            owner,
            wording,
            facts: 4,
        }
    }

    /// The example of that number in a stream of training.
    pub fn training(&self, stream: &str, number: u64) -> Example {
        let mut chance = chance(stream, number);
        let read = |most: usize, chance: &mut ChaCha8Rng| {
            let passages = chance.random_range(1..=most);
            let questions = chance.random_range(1..=4);
            open_book(self.setting(Wording::Trained, 0.12), passages, questions, chance)
        };
        match stream {
            "closed" => {
                closed_book_training(&self.language, &self.public, &self.frequency, &mut chance)
            }
            "text" => running_text(&self.language, &self.public, &self.frequency, &mut chance),
            "read-2" => read(2, &mut chance),
            "read-4" => read(4, &mut chance),
            _ => read(6, &mut chance),
        }
    }

    /// The example of that number in a stream for looking on; none where the scene allows none.
    fn dev(&self, stream: Dev, number: u64) -> Option<Example> {
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
            Dev::Read(task, passages) => {
                open_book_task(self.setting(Wording::HeldOut, 0.0), passages, task, &mut chance)
            }
        }
    }
}

/// Streams that models are looked at with while they are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dev {
    Closed(Rarity),
    Read(Task, usize),
}

impl Dev {
    const ALL: [Self; 9] = [
        Self::Closed(Rarity::Head),
        Self::Closed(Rarity::Middle),
        Self::Closed(Rarity::Tail),
        Self::Read(Task::Fact, 1),
        Self::Read(Task::Fact, 5),
        Self::Read(Task::Unanswerable, 5),
        Self::Read(Task::TwoSteps, 5),
        Self::Read(Task::Comparison, 5),
        Self::Read(Task::Json, 1),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Closed(Rarity::Head) => "dev-head",
            Self::Closed(Rarity::Middle) => "dev-middle",
            Self::Closed(Rarity::Tail) => "dev-tail",
            Self::Read(Task::Fact, 1) => "dev-read-1",
            Self::Read(Task::Fact, _) => "dev-read-5",
            Self::Read(Task::Unanswerable, _) => "dev-none-5",
            Self::Read(Task::TwoSteps, _) => "dev-two-5",
            Self::Read(Task::Comparison, _) => "dev-compare-5",
            Self::Read(Task::Json, _) => "dev-json-1",
        }
    }
}

/// A source of chance of its own for each example: they can be made in any order.
fn chance(stream: &str, number: u64) -> ChaCha8Rng {
    let mut seed = plan::TRAINING_SEED;
    for byte in stream.bytes() {
        seed = seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte);
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(number);
    chance
}

/// The tokenizer of the training texts.
///
/// # Errors
/// When the library fails.
pub fn tokenizer(source: &Source) -> Result<Tokenizer, DataError> {
    let streams = ["closed", "read-4"];
    let texts: Vec<String> = (0..TOKENIZER_TEXTS)
        .map(|number| {
            let stream = streams[usize::try_from(number % 2).unwrap_or(0)];
            // Far from the numbers of training: any text would do.
            source.training(stream, u64::MAX - number).text()
        })
        .collect();
    learn(texts.into_iter()).map_err(DataError::Tokenizer)
}

/// Writes all streams, of `tokens` tokens together, below `folder`.
///
/// # Errors
/// When something cannot be made or written.
pub fn write(folder: &Path, tokens: usize) -> Result<BTreeMap<String, Written>, DataError> {
    let write_text = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| DataError::Write { path, source })
    };
    std::fs::create_dir_all(folder)
        .map_err(|source| DataError::Write { path: folder.to_owned(), source })?;
    let source = Source::new()?;
    let tokenizer = tokenizer(&source)?;
    let file = tokenizer.to_string(true).map_err(DataError::Tokenizer)?;
    write_text("tokenizer.json", &file)?;
    let mut written = BTreeMap::new();
    for (name, share) in STREAMS {
        let until = Until::Tokens((share * tokens as f64) as usize);
        let done = stream::write(folder, name, until, plan::WINDOW, |number| match name {
            "copy" => Ok(copied(VOCABULARY, &mut chance(name, number))),
            _ => encode(&tokenizer, &source.training(name, number)),
        })?;
        written.insert(name.to_owned(), done);
    }
    for dev in Dev::ALL {
        let until = Until::Examples(DEV_EXAMPLES);
        let done = stream::write(folder, dev.name(), until, plan::WINDOW, |number| {
            source.dev(dev, number).map_or(Ok(Default::default()), |one| encode(&tokenizer, &one))
        })?;
        written.insert(dev.name().to_owned(), done);
    }
    let kinds = [
        ("context", Part::Context),
        ("question", Part::Question),
        ("answer", Part::Answer),
        ("end", Part::End),
        ("running", Part::Running),
        ("copied", Part::Copied),
    ];
    let kinds: BTreeMap<_, _> = kinds.into_iter().map(|(name, part)| (name, part as u8)).collect();
    let shares: BTreeMap<_, _> =
        [("head", Rarity::Head), ("middle", Rarity::Middle), ("tail", Rarity::Tail)]
            .map(|(name, rarity)| (name, source.frequency.share(rarity)))
            .into();
    let meta = serde_json::json!({
        "vocabulary": VOCABULARY, "end": 1, "kinds": kinds, "window": plan::WINDOW,
        "streams": written, "closed_book_shares": shares,
        "public_facts": source.public.entities.iter().map(|one| one.facts.len()).sum::<usize>(),
    });
    write_text("meta.json", &format!("{meta:#}\n"))?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_parts_are_tokens_of_the_whole() {
        let source = Source::new().unwrap();
        let tokenizer = tokenizer(&source).unwrap();
        for number in 0..200 {
            for stream in ["closed", "text", "read-6"] {
                let example = source.training(stream, number);
                let (tokens, kinds) = encode(&tokenizer, &example).unwrap();
                assert_eq!(tokens.len(), kinds.len());
                let whole = tokenizer.encode_fast(example.text(), false).unwrap();
                let whole: Vec<u16> = whole.get_ids().iter().map(|id| *id as u16).collect();
                assert_eq!(tokens, whole, "{}", example.text());
            }
        }
    }

    #[test]
    fn training_texts_have_no_held_out_wording_and_no_company_name() {
        let source = Source::new().unwrap();
        let company =
            World::new(&source.language, Owner::Company, plan::COMPANY, plan::COMPANY_SEED)
                .unwrap();
        // The longest piece between placeholders stands for a wording, where no other has it.
        let relations = &source.language.relations;
        let of = |wording| {
            relations.iter().flat_map(move |relation| {
                let lists = [
                    relation.statements(wording),
                    relation.questions(wording),
                    relation.compare_questions(wording),
                ];
                lists.concat()
            })
        };
        let trained: Vec<String> = of(Wording::Trained).collect();
        let pieces: Vec<String> = of(Wording::HeldOut)
            .filter_map(|wording| {
                let pieces = wording.split(['{', '}']);
                pieces.max_by_key(|piece| piece.len()).map(str::to_owned)
            })
            .filter(|piece| !trained.iter().any(|wording| wording.contains(piece)))
            .collect();
        assert!(pieces.len() > 100, "{}", pieces.len());
        for number in 0..300 {
            for stream in ["closed", "text", "read-2", "read-6"] {
                let text = source.training(stream, number).text();
                for entity in &company.entities {
                    assert!(!text.contains(&entity.name), "{}: {text}", entity.name);
                }
                for piece in &pieces {
                    assert!(!text.contains(piece.as_str()), "`{piece}`: {text}");
                }
            }
        }
    }
}
