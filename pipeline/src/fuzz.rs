//! Readers fed with broken files, by the thousand.
//!
//! Enters: seeds, which are files as they should be, and a reader. Leaves: nothing, or the bytes that broke
//! the reader. Does not: know what is right; a reader has to come back, soon, and with little in its hands.
//!
//! A short run is part of the tests; `RAGSCALE_FUZZ_CASES=1000000` makes it a long one (with
//! `TMPDIR` on a disk in memory for those that write). Case N of a kind is the same everywhere.

use crate::fingerprint::Fingerprint;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Cases of a short run, and of one whose every case is synced to the disk.
const CASES: u64 = 2_000;
const CASES_ON_DISK: u64 = 60;
/// No reader needs so long for a few kilobytes, on whatever machine.
const TIME_MAX: Duration = Duration::from_secs(5);
/// What a reader may make of a byte, and of nothing.
const BYTES_OF_BYTE: usize = 300;
const BYTES_OF_NOTHING: usize = 1 << 16;
/// Longest file that is fed.
const BYTES_MAX: usize = 1 << 16;

/// What formats are made of; it breaks readers sooner than other bytes.
const PARTS: [&str; 40] = [
    "\"",
    "\"\"",
    "'",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u{feff}",
    "\\",
    "\\u",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "<",
    ">",
    "</",
    "<!--",
    "&",
    "&#x110000;",
    "<table><tr><td>",
    "<script>",
    "\nFrom ",
    "=?utf-8?Q?",
    "../",
    "%2f",
    "\u{202e}",
    "é",
    "\u{1b}[2J",
    "{\"a\":",
];

/// The seeds of one kind.
pub(crate) struct Fuzz {
    kind: &'static str,
    seeds: Vec<Vec<u8>>,
    cases: u64,
}

impl Fuzz {
    /// Seeds of `pipeline/seeds/KIND`.
    pub fn of(kind: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(kind);
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
        assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
        Self { kind, seeds, cases: CASES }
    }

    /// For a reader that writes what it reads: fewer cases, but in a long run.
    pub fn on_disk(self) -> Self {
        Self { cases: CASES_ON_DISK, ..self }
    }

    /// Feeds `read`, which says how many bytes it made, with the seeds and with what becomes of them.
    pub fn hold(&self, read: impl Fn(&[u8]) -> usize + Sync) {
        let cases = std::env::var("RAGSCALE_FUZZ_CASES");
        let cases = cases.map_or(self.cases, |number| number.parse().unwrap());
        self.seeds.iter().for_each(|seed| self.one(seed, &read));
        (0..cases).into_par_iter().for_each(|case| self.one(&self.broken(case), &read));
    }

    fn one(&self, bytes: &[u8], read: &(impl Fn(&[u8]) -> usize + Sync)) {
        let start = Instant::now();
        let made = catch_unwind(AssertUnwindSafe(|| read(bytes)));
        let seconds = start.elapsed();
        let most = BYTES_OF_NOTHING + BYTES_OF_BYTE * bytes.len();
        let what = match made {
            Err(_) => "it panicked".to_owned(),
            Ok(_) if seconds > TIME_MAX => format!("it took {seconds:?}"),
            Ok(made) if made > most => format!("it made {made} bytes"),
            Ok(_) => return,
        };
        let name = format!("ragscale-{}-{}", self.kind, Fingerprint::of(bytes).short());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        panic!("{what}, of {} bytes: {}", bytes.len(), path.display());
    }

    /// A seed after one to eight accidents.
    fn broken(&self, case: u64) -> Vec<u8> {
        let mut random = ChaCha8Rng::seed_from_u64(case);
        let mut bytes = self.seeds[below(&mut random, self.seeds.len())].clone();
        for _ in 0..=below(&mut random, 8) {
            let at = below(&mut random, bytes.len() + 1);
            let end = at + below(&mut random, (bytes.len() - at).min(200) + 1);
            match below(&mut random, 7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << below(&mut random, 8),
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let part = bytes[at..end].to_vec();
                    let times = 1 + below(&mut random, 20);
                    bytes.splice(at..at, part.repeat(times));
                }
                4 => {
                    let other = &self.seeds[below(&mut random, self.seeds.len())];
                    let start = below(&mut random, other.len() + 1);
                    let stop = start + below(&mut random, other.len() - start + 1);
                    bytes.splice(at..end, other[start..stop].iter().copied());
                }
                _ => {
                    let part = PARTS[below(&mut random, PARTS.len())].as_bytes();
                    let times = 1 + below(&mut random, 3).pow(5);
                    bytes.splice(at..at, part.repeat(times));
                }
            }
            bytes.truncate(BYTES_MAX);
        }
        bytes
    }
}

fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    random.next_u32() as usize % end
}

#[test]
#[should_panic(expected = "it panicked, of")]
fn a_reader_that_panics_is_found() {
    Fuzz::of("csv").hold(|bytes| {
        assert!(!bytes.contains(&0), "a panic of this test");
        0
    });
}

#[test]
#[should_panic(expected = "bytes, of")]
fn a_reader_that_makes_too_much_is_found() {
    Fuzz::of("csv").hold(|bytes| if bytes.contains(&0) { usize::MAX } else { 0 });
}

#[test]
fn a_case_is_the_same_each_time() {
    let fuzz = Fuzz::of("csv");
    assert_eq!(fuzz.broken(7), fuzz.broken(7));
    assert_ne!(fuzz.broken(7), fuzz.broken(8));
}
