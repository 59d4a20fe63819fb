//! A stand-in embedder that needs no model: words hashed into dimensions.
//!
//! Enters: texts. Leaves: unit vectors in which texts with the same words are near. Does not: know
//! meanings. It exists for tests and for builds without engines, and its name (`hashed:256`) stands
//! in every report that used it.

use super::unit::{first_axis, unit};
use super::{EmbedError, Embedder, Prefixes, Role};
use crate::tokens::Tokens;
use sha2::{Digest as _, Sha256};
use unicode_segmentation::UnicodeSegmentation as _;

/// Feature hashing with signs (Weinberger et al. 2009): each word adds +1 or -1 to one dimension,
/// both chosen by the word's SHA-256.
#[derive(Debug, Clone)]
pub struct HashedEmbedder {
    dimensions: usize,
    prefixes: Prefixes,
    max_words: usize,
}

/// Beyond this a typing error is likelier than a wish.
const MOST_DIMENSIONS: usize = 65_536;

impl HashedEmbedder {
    /// `dimensions` numbers a vector; words after the first `max_words` are cut.
    pub fn new(dimensions: usize, prefixes: Prefixes, max_words: usize) -> Self {
        Self { dimensions: dimensions.max(1), prefixes, max_words }
    }

    /// The dimensions in a name such as `hashed:256`; `None` when `model` does not start so.
    ///
    /// # Errors
    /// When what follows `hashed:` is no number between 1 and 65,536.
    pub fn dimensions_of(model: &str) -> Option<Result<usize, EmbedError>> {
        let number = model.strip_prefix("hashed:")?;
        Some(match number.parse() {
            Ok(dimensions) if (1..=MOST_DIMENSIONS).contains(&dimensions) => Ok(dimensions),
            _ => Err(EmbedError::Hashed { model: model.to_owned() }),
        })
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; self.dimensions];
        for word in text.unicode_words().take(self.max_words) {
            let hash = Sha256::digest(word.to_lowercase());
            let place = hash[..8].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
            let sign = if hash[8] & 1 == 0 { 1.0 } else { -1.0 };
            vector[(place % self.dimensions as u64) as usize] += sign;
        }
        // Words can cancel one another out.
        unit(vector).unwrap_or_else(|| first_axis(self.dimensions))
    }
}

impl Embedder for HashedEmbedder {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| self.vector(&self.prefixes.apply(role, text))).collect())
    }

    fn is_cut(&self, role: Role, text: &str) -> bool {
        self.prefixes.apply(role, text).unicode_words().nth(self.max_words).is_some()
    }

    fn tokens(&self) -> Option<Tokens> {
        Some(Tokens::Words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::conformance;

    #[test]
    fn holds_the_contract() {
        conformance::check(&HashedEmbedder::new(64, Prefixes::default(), 100), 100);
    }

    #[test]
    fn shared_words_bring_texts_together() {
        let embedder = HashedEmbedder::new(256, Prefixes::default(), 100);
        let vectors = embedder
            .embed(Role::Passage, &["the pump stops", "The PUMP stops.", "wages and holidays"])
            .unwrap();
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        assert_eq!(vectors[0], vectors[1]);
        assert!(dot(&vectors[0], &vectors[2]) < 0.5);
    }

    #[test]
    fn names_are_parsed() {
        assert!(HashedEmbedder::dimensions_of("models/x").is_none());
        assert_eq!(HashedEmbedder::dimensions_of("hashed:256").unwrap().unwrap(), 256);
        for name in ["hashed:", "hashed:0", "hashed:-1", "hashed:1e3", "hashed:65537"] {
            let error = HashedEmbedder::dimensions_of(name).unwrap().unwrap_err();
            assert!(matches!(&error, EmbedError::Hashed { model } if model == name));
            assert!(error.hint().unwrap().contains("hashed:256"));
        }
    }
}
