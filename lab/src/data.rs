//! Training data: all streams, their tokenizer, and what was left out.
//!
//! Enters: a folder, how many tokens. Leaves: `tokenizer.json`, `tokenizer_config.json`, streams and
//! `meta.json` there. Does not: train.

use crate::dev::Dev;
use crate::example::{CHAT_TEMPLATE, END, Example, Part};
use crate::plan;
use crate::relation::Wording;
use crate::source::{Source, SourceError, chance};
use crate::stream::{self, StreamError, Until, Written, copied, encode};
use crate::tokenizer::{START, VOCABULARY, learn};
use crate::world::Rarity;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;

/// Texts that the tokenizer's merges are learned from.
const TOKENIZER_TEXTS: u64 = 30_000;
/// Examples of a stream for looking on.
const DEV_EXAMPLES: usize = 400;
/// Pairs of a question and its passage, for the embedder.
const PAIRS: usize = 60_000;
/// Such pairs for looking on.
const DEV_PAIRS: usize = 1_000;

/// Data that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The worlds.
    #[error("nothing to make texts of")]
    Source(#[from] SourceError),
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

/// Tokens of each stream, as shares of all.
const STREAMS: [(&str, f64); 7] = [
    ("copy", 0.01),
    ("closed", 0.37),
    ("text", 0.05),
    ("read-2", 0.08),
    ("read-4", 0.16),
    ("read-6", 0.25),
    ("near-6", 0.08),
];

/// Tokens and window of the streams of the second course, of the long-window model, and of the one that
/// is trained further on the company's documents.
const FURTHER: [(&str, usize, usize); 4] = [
    ("recall", 3_000_000, plan::WINDOW),
    ("found-6", 5_000_000, plan::WINDOW),
    ("long", 4_000_000, plan::LONG_WINDOW),
    ("company", 1_000_000, plan::WINDOW),
];

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
    let config = serde_json::json!({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": START, "eos_token": END,
        "add_bos_token": false, "clean_up_tokenization_spaces": false,
        "model_max_length": plan::WINDOW, "chat_template": CHAT_TEMPLATE,
    });
    write_text("tokenizer_config.json", &format!("{config:#}\n"))?;
    let mut written = BTreeMap::new();
    let training = |name: &str, until: Until, window: usize| {
        stream::write(folder, name, until, window, |number| match name {
            "copy" => Ok(copied(VOCABULARY, &mut chance(name, number))),
            _ => encode(&tokenizer, &source.training(name, number)),
        })
    };
    for (name, share) in STREAMS {
        let until = Until::Tokens((share * tokens as f64) as usize);
        written.insert(name.to_owned(), training(name, until, plan::WINDOW)?);
    }
    for (name, tokens, window) in FURTHER {
        written.insert(name.to_owned(), training(name, Until::Tokens(tokens), window)?);
    }
    for dev in Dev::ALL {
        let until = Until::Examples(DEV_EXAMPLES);
        let done = stream::write(folder, dev.name(), until, plan::WINDOW, |number| {
            source.dev(dev, number).map_or(Ok(Default::default()), |one| encode(&tokenizer, &one))
        })?;
        written.insert(dev.name().to_owned(), done);
    }
    let pairs = [("pairs", Wording::Loose, PAIRS), ("dev-pairs", Wording::HeldOut, DEV_PAIRS)];
    for (name, wording, count) in pairs {
        let done =
            stream::write(folder, name, Until::Examples(2 * count), plan::WINDOW, |number| {
                let text = source.pair(name, wording, number).unwrap_or_default();
                encode(&tokenizer, &Example { parts: vec![(Part::Context, text)] })
            })?;
        written.insert(name.to_owned(), done);
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
    use crate::relation::Kind;
    use crate::sentence::JSON_HELD_OUT;

    #[test]
    fn tokens_of_parts_are_tokens_of_the_whole() {
        let source = Source::new().unwrap();
        let tokenizer = tokenizer(&source).unwrap();
        for number in 0..200 {
            for stream in ["closed", "text", "near-6"] {
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
        // The pieces around the placeholders, and the most words that stand between the first two: a name
        // has two, a value three.
        let wordings: Vec<(usize, Vec<String>)> = source
            .language
            .relations
            .iter()
            .flat_map(|relation| {
                let wording = Wording::HeldOut;
                let (stated, asked) = (relation.statements(wording), relation.questions(wording));
                [stated, asked, relation.compare_questions(wording)].concat()
            })
            .chain(
                Kind::ALL
                    .into_iter()
                    .flat_map(|kind| source.language.unanswerable(kind, Wording::HeldOut).to_vec()),
            )
            .map(|wording| {
                let plain = ["{v}", "{a}", "{b}"]
                    .iter()
                    .fold(wording.clone(), |plain, place| plain.replace(place, "{s}"));
                let pieces = plain.split("{s}").filter(|piece| !piece.is_empty());
                (if plain.starts_with("{s}") { 3 } else { 2 }, pieces.map(str::to_owned).collect())
            })
            .collect();
        assert!(wordings.len() > 200, "{}", wordings.len());
        // In order, with no more between them than a name or a value.
        let holds = |sentence: &str, first_gap: usize, pieces: &[String]| {
            let mut rest = sentence;
            pieces.iter().enumerate().all(|(place, piece)| match rest.split_once(piece.as_str()) {
                Some((gap, after)) => {
                    rest = after;
                    let words = gap.split_whitespace();
                    // A name's words are capital: others say something that the held-out wording does not.
                    let is_name = || words.clone().all(|word| word.starts_with(char::is_uppercase));
                    let is_filled = first_gap == 3 || is_name();
                    place == 0
                        || words.clone().count() <= if place == 1 { first_gap } else { 3 }
                            && (place > 1 || is_filled)
                }
                None => false,
            })
        };
        assert!(holds("A made by B.", 3, &[" made by ".to_owned(), ".".to_owned()]));
        let held_out = ["See ", " in ", "."].map(str::to_owned);
        assert!(holds("See Vel Bay in Or.", 2, &held_out));
        assert!(!holds("See Vel lies in Or.", 2, &held_out));
        let streams = STREAMS.map(|(name, _)| name).into_iter().filter(|name| *name != "copy");
        let streams: Vec<&str> =
            streams.chain(FURTHER.map(|(name, ..)| name)).chain(["pairs"]).collect();
        for number in 0..300 {
            for stream in &streams {
                let text = match *stream {
                    "pairs" => source.pair("pairs", Wording::Loose, number).unwrap_or_default(),
                    _ => source.training(stream, number).text(),
                };
                // Its own names are what a specialist is told.
                for entity in source.company.entities.iter().filter(|_| *stream != "company") {
                    assert!(!text.contains(&entity.name), "{}: {text}", entity.name);
                }
                for held_out in JSON_HELD_OUT {
                    let opening = held_out.split("{k}").next().unwrap().replace("For {s}", "");
                    assert!(!text.contains(&opening), "{opening}: {text}");
                }
                for sentence in text.split_inclusive(['.', '?', '\n']) {
                    // As without the passage's number before the full stop.
                    let plain = sentence.split(" [").next().unwrap_or(sentence).to_owned() + ".";
                    for (gap, pieces) in &wordings {
                        let found = holds(sentence, *gap, pieces) || holds(&plain, *gap, pieces);
                        assert!(!found, "{pieces:?}: {text}");
                    }
                }
            }
        }
    }
}
