//! Whether a tokenizer belongs to the weights beside it.
//!
//! Enters: a folder of safetensors and its tokenizer. Leaves: nothing, or an error. Does not: compare
//! words; two vocabularies of the same size look alike.

use crate::file;
use crate::tokens::Tokens;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A tokenizer that gives tokens which the weights have no row for: the engine would fail, or answer
/// nonsense, in the middle of a run.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} belongs to another model: its highest token id is {highest}, and {} has room for {entries} (`vocab_size`)",
    tokenizer.display(), config.display()
)]
pub struct VocabularyError {
    /// `tokenizer.json`.
    pub tokenizer: PathBuf,
    /// Its highest id; ids are counted from 0.
    pub highest: u32,
    /// `config.json`.
    pub config: PathBuf,
    /// Rows of the embedding by `config.json`.
    pub entries: u64,
}

impl VocabularyError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(
            "copy `tokenizer.json`, `config.json` and the weights from the same place; after added tokens, resize the embedding and save all three".into(),
        )
    }
}

/// Holds the tokenizer of a folder against its `config.json`. A folder whose configuration does not
/// say how many tokens there are passes: the other checks say what is wrong with it.
///
/// # Errors
/// When the highest token id is not below `vocab_size`.
pub fn check(folder: &Path, tokens: &Tokens) -> Result<(), VocabularyError> {
    let config = folder.join("config.json");
    let json: Value = file::read(&config)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    // A model that sees too keeps what is about text in a table of its own.
    let entries =
        json["vocab_size"].as_u64().or_else(|| json["text_config"]["vocab_size"].as_u64());
    match (tokens.highest_id(), entries) {
        (Some(highest), Some(entries)) if u64::from(highest) >= entries => Err(VocabularyError {
            tokenizer: folder.join("tokenizer.json"),
            highest,
            config,
            entries,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A folder whose tokenizer has the ids 0, 1 and, as an added token, `added`.
    fn checked(config: &Value, added: u32) -> Result<(), VocabularyError> {
        let folder = tempfile::tempdir().unwrap();
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
            "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
            "added_tokens": [{
                "id": added, "content": "<end>", "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            }],
            "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"},
        });
        std::fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
        std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let tokens = Tokens::from_folder(folder.path()).unwrap();
        check(folder.path(), &tokens)
    }

    #[test]
    fn the_highest_id_is_below_the_size() {
        assert!(checked(&json!({"vocab_size": 3}), 2).is_ok());
        let error = checked(&json!({"vocab_size": 2}), 2).unwrap_err();
        assert_eq!((error.highest, error.entries), (2, 2));
        assert!(error.to_string().contains("tokenizer.json belongs to another model"));
        assert!(error.hint().is_some());
        assert!(checked(&json!({"text_config": {"vocab_size": 2}}), 2).is_err());
    }

    #[test]
    fn an_unknown_size_passes() {
        assert!(checked(&json!({}), 2).is_ok());
        assert!(check(Path::new("nowhere"), &Tokens::Words).is_ok());
    }
}
