//! Documents of invented words, the same for the same calls.
//!
//! Enters: a format, a number of words. Leaves: a document with headings, lists, a table and paragraphs.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Words to draw from: enough that an index has some work.
const WORDS: usize = 5_000;
/// Words of a paragraph.
const PARAGRAPH: usize = 60;

/// Draws documents.
pub struct Texts {
    words: Vec<String>,
    generator: ChaCha8Rng,
}

impl Texts {
    pub fn new() -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        let mut below = |end: u32| generator.next_u32() % end;
        let words = (0..WORDS)
            .map(|_| {
                let syllables = 1 + below(4);
                (0..syllables)
                    .flat_map(|_| {
                        let (front, middle) = (below(14) as usize, below(5) as usize);
                        [b"bcdfglmnprstvz"[front] as char, b"aeiou"[middle] as char]
                    })
                    .collect()
            })
            .collect();
        Self { words, generator }
    }

    /// A document of about that many words, as `md`, `txt` or `html`.
    pub fn document(&mut self, format: &str, words: usize) -> String {
        let paragraphs = words.div_ceil(PARAGRAPH);
        let mut text = String::new();
        for number in 0..paragraphs {
            let (heading, body) = (self.words(3), self.words(PARAGRAPH.min(words)));
            let (first, second) = (self.words(4), self.words(4));
            match format {
                "html" => text.push_str(&format!(
                    "<h2>{heading}</h2>\n<p>{body}.</p>\n<ul><li>{first}</li><li>{second}</li></ul>\n"
                )),
                "md" => text.push_str(&format!(
                    "## {heading}\n\n{body}.\n\n- {first}\n- {second}\n\n| a | b |\n|---|---|\n| {number} | {first} |\n\n"
                )),
                _ => text.push_str(&format!("{heading}\n\n{body}. {first}, {second}.\n\n")),
            }
        }
        match format {
            "html" => format!("<!doctype html>\n<html><body>\n{text}</body></html>\n"),
            _ => text,
        }
    }

    /// So many words.
    pub fn words(&mut self, count: usize) -> String {
        let drawn: Vec<&str> = (0..count)
            .map(|_| self.words[self.generator.next_u32() as usize % WORDS].as_str())
            .collect();
        drawn.join(" ")
    }
}
