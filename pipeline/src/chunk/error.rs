//! Why documents cannot be cut as a plan says.

/// A plan that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// A chunk of no tokens.
    #[error("chunks of 0 tokens")]
    NoTokens,
    /// Each chunk would start where the one before it did.
    #[error("chunks of {tokens} tokens overlap by {overlap}")]
    OverlapTooLong {
        /// Longest chunk.
        tokens: usize,
        /// Tokens that neighbours share.
        overlap: usize,
    },
}

impl ChunkError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoTokens => "set `chunks.tokens` to 64 or more".into(),
            Self::OverlapTooLong { tokens, .. } => {
                format!("set `chunks.overlap` below {tokens}; a fifth of it is usual")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_remedy() {
        let error = ChunkError::OverlapTooLong { tokens: 10, overlap: 10 };
        assert_eq!(error.to_string(), "chunks of 10 tokens overlap by 10");
        assert_eq!(error.hint().unwrap(), "set `chunks.overlap` below 10; a fifth of it is usual");
    }
}
