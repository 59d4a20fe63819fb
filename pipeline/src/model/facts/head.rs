//! What the header of a GGUF file says of how its model may be run.
//!
//! Enters: the file. Leaves: a [`GgufHead`]. Does not: know an engine.

use super::error::FactsError;
use super::gguf::{self, Header, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The window that Llama 3.1's and 3.2's frequency scaling starts from
/// (`original_max_position_embeddings` of their configs); files with their table do not repeat it.
const UNSCALED_TOKENS: usize = 8192;

/// What decides beside the weights whether and how far a file can be run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GgufHead {
    /// The model's own window.
    pub window_tokens: Option<usize>,
    /// Where rotary positions are scaled: the window up to which they need not be.
    pub unscaled_tokens: Option<usize>,
    /// Types of the tensors, each with the name of a tensor that has it.
    pub types: BTreeMap<String, String>,
}

/// Reads a file's header.
///
/// # Errors
/// When it is cut, or is none.
pub fn gguf_head(path: &Path) -> Result<GgufHead, FactsError> {
    Ok(GgufHead::of(gguf::read_header(path)?))
}

impl GgufHead {
    fn of(header: Header) -> Self {
        let architecture = match header.metadata.get("general.architecture") {
            Some(Value::Text(name)) => name.as_str(),
            _ => "",
        };
        let value = |key: &str| header.metadata.get(&format!("{architecture}.{key}"));
        let tokens = |key: &str| match value(key) {
            Some(Value::Number(number)) => usize::try_from(*number).ok(),
            _ => None,
        };
        let is_scaled = header.tensors.iter().any(|tensor| tensor.name == "rope_freqs.weight")
            || matches!(value("rope.scaling.type"), Some(Value::Text(kind)) if kind != "none");
        Self {
            window_tokens: tokens("context_length"),
            unscaled_tokens: is_scaled
                .then(|| tokens("rope.scaling.original_context_length").unwrap_or(UNSCALED_TOKENS)),
            types: header
                .tensors
                .into_iter()
                .map(|tensor| (tensor.kind, tensor.name))
                .rev()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::gguf::tests::{GgufTensor, gguf, text};
    use super::*;

    fn head(more: &[(&str, u32, Vec<u8>)], tensors: &[GgufTensor<'_>]) -> GgufHead {
        let window = ("llama.context_length", 4, 131_072_u32.to_le_bytes().to_vec());
        let metadata = [&[("general.architecture", 8, text("llama")), window], more].concat();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.gguf");
        std::fs::write(&path, gguf(&metadata, tensors)).unwrap();
        gguf_head(&path).unwrap()
    }

    const WEIGHT: GgufTensor<'_> = ("token_embd.weight", &[64, 2], 3, 80);

    #[test]
    fn scaling_is_seen_in_its_table_or_its_key() {
        assert_eq!(head(&[], &[WEIGHT]).unscaled_tokens, None);
        let none = ("llama.rope.scaling.type", 8, text("none"));
        assert_eq!(head(&[none], &[WEIGHT]).unscaled_tokens, None);
        let yarn = ("llama.rope.scaling.type", 8, text("yarn"));
        assert_eq!(head(std::slice::from_ref(&yarn), &[WEIGHT]).unscaled_tokens, Some(8192));
        let original =
            ("llama.rope.scaling.original_context_length", 4, 4096_u32.to_le_bytes().to_vec());
        let scaled = head(&[yarn, original], &[WEIGHT]);
        assert_eq!((scaled.window_tokens, scaled.unscaled_tokens), (Some(131_072), Some(4096)));
        let table = head(&[], &[WEIGHT, ("rope_freqs.weight", &[16], 0, 64)]);
        assert_eq!(table.unscaled_tokens, Some(8192));
    }

    #[test]
    fn each_type_names_its_first_tensor() {
        let found = head(&[], &[WEIGHT, ("a", &[256], 16, 66), ("b", &[256], 16, 66)]).types;
        let expected = [("IQ2_XXS", "a"), ("Q4_1", "token_embd.weight")];
        assert_eq!(found, expected.map(|(kind, name)| (kind.into(), name.into())).into());
    }
}
