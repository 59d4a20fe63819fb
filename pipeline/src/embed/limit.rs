//! How many tokens a model reads.

use std::sync::Arc;
use tokenizers::Tokenizer;

/// A model's tokenizer, without padding and truncation, and its limit.
pub(super) struct TokenLimit {
    tokenizer: Arc<Tokenizer>,
    max_tokens: usize,
}

impl TokenLimit {
    /// `max_tokens` counts the special tokens that the model adds.
    pub(super) fn new(mut tokenizer: Tokenizer, max_tokens: usize) -> Self {
        tokenizer.with_padding(None);
        // Taking truncation away cannot fail; only setting one can.
        let _ = tokenizer.with_truncation(None);
        Self { tokenizer: Arc::new(tokenizer), max_tokens }
    }

    /// Whether `text` has more tokens than the model reads.
    pub(super) fn exceeds(&self, text: &str) -> bool {
        self.tokens(text) > self.max_tokens
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
