//! How many tokens a model reads.

use crate::tokens::Tokens;
use std::sync::Arc;
use tokenizers::Tokenizer;

/// A model's tokenizer, without padding and truncation, and its limit.
pub(crate) struct TokenLimit {
    tokenizer: Arc<Tokenizer>,
    max_tokens: usize,
}

impl TokenLimit {
    /// `max_tokens` counts the special tokens that the model adds.
    pub(crate) fn new(mut tokenizer: Tokenizer, max_tokens: usize) -> Self {
        tokenizer.with_padding(None);
        // Taking truncation away cannot fail; only setting one can.
        let _ = tokenizer.with_truncation(None);
        Self { tokenizer: Arc::new(tokenizer), max_tokens }
    }

    /// Whether `text` has more tokens than the model reads.
    pub(super) fn exceeds(&self, text: &str) -> bool {
        self.tokens(text) > self.max_tokens
    }

    /// Whether the two texts, read as one, have more tokens than the model reads.
    pub(crate) fn exceeds_pair(&self, first: &str, second: &str) -> bool {
        let encoding = self.tokenizer.encode_fast((first, second), true);
        encoding.is_ok_and(|encoding| encoding.len() > self.max_tokens)
    }

    /// What counts a text's tokens, special ones aside.
    pub(super) fn counter(&self) -> Tokens {
        Tokens::Model(Arc::clone(&self.tokenizer))
    }

    /// Tokens of `text` that the model reads.
    pub(super) fn read(&self, text: &str) -> usize {
        self.tokens(text).min(self.max_tokens)
    }

    /// Tokens of `text`, special ones included.
    pub(super) fn tokens(&self, text: &str) -> usize {
        self.tokenizer.encode_fast(text, true).map_or(0, |encoding| encoding.len())
    }
}
