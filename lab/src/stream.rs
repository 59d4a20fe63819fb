//! Examples as tokens on the disk, as the trainer reads them.
//!
//! Enters: a function from a number to an example, a tokenizer. Leaves: `NAME.tokens` (u16),
//! `NAME.kinds` (u8: [`Part`]) and `NAME.ends` (u32: where each example ends), all little-endian. Does
//! not: mix streams.

use crate::example::{Example, Part};
use rayon::prelude::*;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;

/// Examples that are made at once.
const BATCH: u64 = 4_096;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// Examples.
    pub examples: usize,
    /// Their tokens.
    pub tokens: usize,
    /// Examples that were left out: longer than a window.
    pub too_long: usize,
}

/// When a stream is long enough.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// Of tokens.
    Tokens(usize),
    /// Of examples.
    Examples(usize),
}

/// A stream that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The disk.
    #[error("{path}: cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The tokenizer.
    #[error("stream {stream}: a text cannot be tokenized")]
    Tokenize {
        /// Its name.
        stream: String,
        /// Why.
        #[source]
        source: tokenizers::Error,
    },
}

/// Tokens and the part that each belongs to.
///
/// # Errors
/// When the tokenizer fails.
pub fn encode(
    tokenizer: &Tokenizer,
    example: &Example,
) -> Result<(Vec<u16>, Vec<u8>), tokenizers::Error> {
    let mut tokens = Vec::new();
    let mut kinds = Vec::new();
    for (part, text) in &example.parts {
        let read = tokenizer.encode_fast(text.as_str(), false)?;
        tokens.extend(read.get_ids().iter().map(|id| u16::try_from(*id).unwrap_or(0)));
        kinds.resize(tokens.len(), *part as u8);
    }
    Ok((tokens, kinds))
}

/// Repeated segments of random tokens: what copying is learned on.
pub fn copied(vocabulary: usize, chance: &mut rand_chacha::ChaCha8Rng) -> (Vec<u16>, Vec<u8>) {
    use rand::RngExt as _;
    let length = chance.random_range(4..=20);
    let last = u16::try_from(vocabulary).unwrap_or(u16::MAX);
    let segment: Vec<u16> = (0..length).map(|_| chance.random_range(2..last)).collect();
    let repeats = chance.random_range(2..=3);
    let mut kinds = vec![Part::Context as u8; length];
    kinds.resize(length * repeats, Part::Copied as u8);
    (segment.repeat(repeats), kinds)
}

/// Writes a stream of what `make` gives for 0, 1, 2, ...
///
/// # Errors
/// When a text cannot be tokenized or a file written.
pub fn write(
    folder: &Path,
    name: &str,
    until: Until,
    window: usize,
    make: impl Fn(u64) -> Result<(Vec<u16>, Vec<u8>), tokenizers::Error> + Sync,
) -> Result<Written, StreamError> {
    let create = |suffix: &str| {
        let path = folder.join(format!("{name}.{suffix}"));
        match File::create(&path) {
            Ok(file) => Ok((path, BufWriter::new(file))),
            Err(source) => Err(StreamError::Write { path, source }),
        }
    };
    let mut files = [create("tokens")?, create("kinds")?, create("ends")?];
    let mut written = Written { examples: 0, tokens: 0, too_long: 0 };
    let is_full = |written: &Written| match until {
        Until::Tokens(tokens) => written.tokens >= tokens,
        Until::Examples(examples) => written.examples >= examples,
    };
    let mut first = 0;
    while !is_full(&written) {
        let made: Vec<_> = (first..first + BATCH)
            .into_par_iter()
            .map(&make)
            .collect::<Result<_, _>>()
            .map_err(|source| StreamError::Tokenize { stream: name.to_owned(), source })?;
        first += BATCH;
        for (tokens, kinds) in made {
            if is_full(&written) {
                break;
            }
            if tokens.is_empty() {
                continue;
            }
            if tokens.len() > window {
                written.too_long += 1;
                continue;
            }
            written.examples += 1;
            written.tokens += tokens.len();
            let end = u32::try_from(written.tokens).unwrap_or(u32::MAX);
            let bytes: Vec<u8> = tokens.iter().flat_map(|token| token.to_le_bytes()).collect();
            for ((path, file), bytes) in
                files.iter_mut().zip([&bytes[..], &kinds, &end.to_le_bytes()])
            {
                file.write_all(bytes)
                    .map_err(|source| StreamError::Write { path: path.clone(), source })?;
            }
        }
    }
    for (path, mut file) in files {
        file.flush().map_err(|source| StreamError::Write { path, source })?;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_what_was_made_and_counts_what_was_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let make = |number: u64| {
            let length = if number == 1 { 9 } else { 2 };
            Ok((vec![number as u16; length], vec![2; length]))
        };
        let written = write(folder.path(), "x", Until::Examples(3), 8, make).unwrap();
        assert_eq!(written, Written { examples: 3, tokens: 6, too_long: 1 });
        let read = |suffix: &str| std::fs::read(folder.path().join(format!("x.{suffix}"))).unwrap();
        assert_eq!(read("tokens"), [0, 0, 0, 0, 2, 0, 2, 0, 3, 0, 3, 0]);
        assert_eq!(read("kinds"), [2; 6]);
        assert_eq!(read("ends"), [2, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0]);
    }
}
