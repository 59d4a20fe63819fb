//! Counting and cutting text in a model's own tokens.
//!
//! Enters: text. Leaves: token counts. Does not: run a model, or add special tokens that the text
//! does not spell out.

use crate::file::FileError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation as _;

/// A tokenizer that could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The folder has no `tokenizer.json`.
    #[error("no tokenizer.json in {}", folder.display())]
    Missing {
        /// The model's folder.
        folder: PathBuf,
    },
    /// The file is there and cannot be used.
    #[error("cannot load {}: {message}", path.display())]
    Invalid {
        /// The tokenizer file.
        path: PathBuf,
        /// What the library said.
        message: String,
    },
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
}

impl TokensError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { folder } => Some(format!(
                "copy the model's `tokenizer.json` into `{}`; it stands beside the weights where they came from",
                folder.display()
            )),
            Self::Invalid { .. } => {
                Some("copy the file again from where the model came from".into())
            }
            Self::File(error) => error.hint(),
        }
    }
}

/// Bytes of text a token at first, when only a limit matters: most tokens are shorter.
const LONG_TOKEN_BYTES: usize = 8;
/// Tokens by which the count of a text's start may be above that of the same bytes within the text.
const CUT_TOKENS: usize = 16;

/// Counts tokens.
#[derive(Clone)]
pub enum Tokens {
    /// A model's own tokenizer.
    Model(Arc<tokenizers::Tokenizer>),
    /// Words by Unicode's rules (UAX #29): for retrievers without a model.
    Words,
    /// Four bytes a token, rounded up: for endpoints whose tokenizer is unknown. An estimate, and
    /// marked as one where it is shown.
    Estimate,
}

impl Tokens {
    /// The tokenizer in a model's folder.
    ///
    /// # Errors
    /// When the folder has none or the file is invalid.
    pub fn from_folder(folder: &Path) -> Result<Self, TokensError> {
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            return Err(TokensError::Missing { folder: folder.to_owned() });
        }
        let mut tokenizer = tokenizers::Tokenizer::from_file(&path)
            .map_err(|error| TokensError::Invalid { path, message: error.to_string() })?;
        // Files made for training carry a limit and padding that would falsify every count.
        tokenizer.with_padding(None);
        let _ = tokenizer.with_truncation(None);
        Ok(Self::Model(Arc::new(tokenizer)))
    }

    /// How many tokens `text` has. Special tokens count where the text spells them out; none is
    /// added.
    pub fn count(&self, text: &str) -> usize {
        match self {
            // A tokenizer that loaded encodes any string: with byte level or fallback nothing can
            // be missing, and without them the unknown token stands in.
            Self::Model(tokenizer) => tokenizer
                .encode_fast(text, false)
                .map_or_else(|_| text.len(), |encoding| encoding.len()),
            Self::Words => text.unicode_words().count(),
            Self::Estimate => Self::estimated(text.len()),
        }
    }

    /// [`Self::Estimate`] of a text of so many bytes.
    pub fn estimated(bytes: usize) -> usize {
        bytes.div_ceil(4)
    }

    /// As [`Self::count`], with the special tokens that a model's tokenizer puts around each text.
    pub fn count_with_special(&self, text: &str) -> usize {
        match self {
            Self::Model(tokenizer) => tokenizer
                .encode_fast(text, true)
                .map_or_else(|_| text.len(), |encoding| encoding.len()),
            Self::Words | Self::Estimate => self.count(text),
        }
    }

    /// As [`Self::count`] up to `limit`, and some number above `limit` where there are more: the time it
    /// takes does not grow with what lies far behind the limit.
    pub fn count_up_to(&self, text: &str, limit: usize) -> usize {
        match self {
            Self::Model(_) => {
                let mut bytes = limit.max(1).saturating_mul(LONG_TOKEN_BYTES);
                while bytes < text.len() {
                    // A token may reach over a cut; behind a space few do.
                    let start = &text[..text.floor_char_boundary(bytes)];
                    let start = start.rfind(char::is_whitespace).map_or(start, |end| &start[..end]);
                    let count = self.count(start);
                    if count > limit.saturating_add(CUT_TOKENS) {
                        return count;
                    }
                    bytes = bytes.saturating_mul(2);
                }
                self.count(text)
            }
            Self::Words => text.unicode_words().take(limit.saturating_add(1)).count(),
            Self::Estimate => self.count(text),
        }
    }

    /// The highest id that a token may have, added ones included; none without a tokenizer.
    pub fn highest_id(&self) -> Option<u32> {
        match self {
            Self::Model(tokenizer) => tokenizer.get_vocab(true).into_values().max(),
            Self::Words | Self::Estimate => None,
        }
    }

    /// Whether counts are exact for the model that will read the text.
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Model(_))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Model(_) => "Tokens::Model",
            Self::Words => "Tokens::Words",
            Self::Estimate => "Tokens::Estimate",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    #[test]
    fn words_follow_unicode() {
        assert_eq!(Tokens::Words.count("It's 3.5 Nm, isn't it?"), 5);
    }

    #[test]
    fn estimates_round_up() {
        assert_eq!(Tokens::Estimate.count(""), 0);
        assert_eq!(Tokens::Estimate.count("abcde"), 2);
    }

    /// A committed tokenizer: byte-level pairs.
    fn lab() -> Tokens {
        static LAB: LazyLock<Tokens> = LazyLock::new(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            Tokens::from_folder(&root.join("models/lab/embedder")).unwrap()
        });
        LAB.clone()
    }

    #[test]
    fn a_count_up_to_a_limit_does_not_read_what_lies_far_behind_it() {
        let text = "The pump of hall two weighs 40 kg. ".repeat(300);
        for (tokens, all) in [(lab(), lab().count(&text)), (Tokens::Words, 2_400)] {
            assert_eq!(tokens.count(&text), all);
            assert_eq!(tokens.count_up_to(&text, all), all);
            let limited = tokens.count_up_to(&text, 20);
            assert!(limited > 20 && limited < 200, "{tokens:?} {limited}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_limit_changes_no_count_below_it(
            pieces in proptest::collection::vec("[a-zA-Z]{1,12}|[ \\n]{1,3}|[0-9.,;:()-]{1,4}|\\PC{0,6}", 0..120),
            limit in 0_usize..60,
        ) {
            let text = pieces.concat();
            for tokens in [lab(), Tokens::Words, Tokens::Estimate] {
                let (count, limited) = (tokens.count(&text), tokens.count_up_to(&text, limit));
                assert!(limited == count || (limited > limit && count > limit), "{count} {limited}");
            }
        }
    }

    #[test]
    fn a_folder_without_tokenizer_is_an_error_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let error = Tokens::from_folder(folder.path()).unwrap_err();
        assert!(matches!(error, TokensError::Missing { .. }));
        assert!(error.hint().is_some());
    }
}
