//! How long a passage may be that an embedder reads whole.
//!
//! Enters: a plan, the project root. Leaves: a [`Room`], from the model's own files. Does not: load an
//! engine, or know the models of a catalogue.

use super::source::position_limit;
use super::{EmbedError, EmbedderSource, Prefixes, Role, resolve};
use crate::config::EmbedderPlan;
use crate::tokens::Tokens;
use std::path::Path;

/// What an embedder reads of a text, in its own tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The plan's `max_tokens`, or the model's positions where these are fewer.
    pub reads: usize,
    /// Of these, what a passage's prefix takes, and the special tokens around it.
    pub around: usize,
}

impl Room {
    /// Tokens of the longest passage that is read whole.
    pub fn passage(&self) -> usize {
        self.reads.saturating_sub(self.around)
    }
}

/// The room of the plan's embedder; none where only the loaded model knows it.
///
/// # Errors
/// When the name stands for nothing, or a file is missing or cannot be used.
pub fn room(plan: &EmbedderPlan, root: &Path) -> Result<Option<Room>, EmbedError> {
    let (reads, tokens) = match resolve(&plan.model, root)? {
        EmbedderSource::Hashed { .. } => (plan.max_tokens, Tokens::Words),
        EmbedderSource::Onnx { folder } | EmbedderSource::Qwen3 { folder } => {
            let reads = plan.max_tokens.min(position_limit(&folder)?);
            let tokens = Tokens::from_folder(&folder).map_err(|error| EmbedError::InvalidFile {
                path: folder.join("tokenizer.json"),
                message: error.to_string(),
            })?;
            (reads, tokens)
        }
        EmbedderSource::Catalogue { .. } => return Ok(None),
    };
    let prefixes = Prefixes::of_plan(plan);
    let around = tokens.count_with_special(prefixes.of(Role::Passage));
    Ok(Some(Room { reads, around }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;
    use serde_json::json;

    /// A model of 40 positions whose tokenizer knows words and puts two tokens around each text.
    fn project() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| {
            file::write_whole(&root.path().join("m").join(name), text.as_bytes()).unwrap();
        };
        write("model.onnx", String::new());
        write("config.json", json!({"max_position_embeddings": 40}).to_string());
        write("special_tokens_map.json", "{}".into());
        write("tokenizer_config.json", "{}".into());
        let around = |id: &str| json!({"SpecialToken": {"id": id, "type_id": 0}});
        let text = json!({"Sequence": {"id": "A", "type_id": 0}});
        let special = |id: &str, number: u32| json!({"id": id, "ids": [number], "tokens": [id]});
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [around("[CLS]"), text, around("[SEP]")],
                "pair": [around("[CLS]"), text, around("[SEP]")],
                "special_tokens": {"[CLS]": special("[CLS]", 1), "[SEP]": special("[SEP]", 2)},
            },
            "model": {
                "type": "WordLevel", "unk_token": "[UNK]",
                "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "passage": 3, ":": 4},
            },
        });
        write("tokenizer.json", tokenizer.to_string());
        root
    }

    #[test]
    fn prefix_and_special_tokens_take_room() {
        let root = project();
        let plan =
            EmbedderPlan { passage_prefix: "passage: ".into(), ..EmbedderPlan::of("m".into()) };
        // Two special tokens, `passage` and `:`; 40 positions are fewer than the plan's 512 tokens.
        let found = room(&plan, root.path()).unwrap().unwrap();
        assert_eq!(found, Room { reads: 40, around: 4 });
        assert_eq!(found.passage(), 36);
        let plan = EmbedderPlan { max_tokens: 3, ..plan };
        let found = room(&plan, root.path()).unwrap().unwrap();
        assert_eq!((found.reads, found.passage()), (3, 0));
    }

    #[test]
    fn the_stand_in_counts_words() {
        let plan = EmbedderPlan {
            passage_prefix: "read this ".into(),
            max_tokens: 20,
            ..EmbedderPlan::of("hashed:8".into())
        };
        let found = room(&plan, Path::new("/nowhere")).unwrap().unwrap();
        assert_eq!(found, Room { reads: 20, around: 2 });
    }

    #[test]
    fn a_tokenizer_that_cannot_be_used_is_named() {
        let root = project();
        file::write_whole(&root.path().join("m/tokenizer.json"), b"{}").unwrap();
        let error = room(&EmbedderPlan::of("m".into()), root.path()).unwrap_err();
        assert!(matches!(&error, EmbedError::InvalidFile { .. }), "{error}");
        assert!(error.to_string().contains("tokenizer.json"), "{error}");
    }
}
