//! A GGUF file, checked before the engine sees it.
//!
//! Enters: a path. Leaves: nothing, or what is wrong. Does not: load weights.

use super::error::MistralError;
use crate::config::Device;
use crate::file::FileError;
use crate::model::architectures::{GGUF, GGUF_ON_GPU};
use crate::model::worker::Load;
use candle_core::quantized::gguf_file::{Content, Value};
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

/// The context length that Llama 3.1's and 3.2's frequency scaling starts from
/// (`original_max_position_embeddings` of their configs), which mistralrs ignores in GGUF files.
const UNSCALED_TOKENS: usize = 8192;

/// Checks magic, tensor types, architecture, length and window of a GGUF file.
///
/// # Errors
/// Whatever would make the engine fail, panic or compute something else.
pub fn check(path: &Path, load: &Load) -> Result<(), MistralError> {
    let invalid = |message: String| MistralError::Weights { path: path.to_owned(), message };
    let file = File::open(path).map_err(FileError::io("read", path))?;
    let found = file.metadata().map_err(FileError::io("read", path))?.len();
    let mut file = BufReader::new(file);
    let mut magic = [0; 4];
    if file.read_exact(&mut magic).is_err() || magic != *b"GGUF" {
        return Err(invalid("it does not begin with `GGUF`".into()));
    }
    file.rewind().map_err(FileError::io("read", path))?;
    let content = Content::read(&mut file).map_err(|error| invalid(error.to_string()))?;
    check_architecture(path, &content, load)?;
    let expected = content
        .tensor_infos
        .values()
        .map(|tensor| {
            let blocks = tensor.shape.elem_count().div_ceil(tensor.ggml_dtype.block_size());
            let bytes = blocks as u64 * tensor.ggml_dtype.type_size() as u64;
            content.tensor_data_offset.saturating_add(tensor.offset).saturating_add(bytes)
        })
        .max()
        .ok_or_else(|| invalid("it holds no tensors".into()))?;
    if found < expected {
        return Err(MistralError::Cut { path: path.to_owned(), expected, found });
    }
    check_window(&content, load.context_tokens)
}

fn check_architecture(path: &Path, content: &Content, load: &Load) -> Result<(), MistralError> {
    let name = architecture(content).unwrap_or("none");
    let mut supported = GGUF.to_vec();
    if load.device == Device::Cuda {
        supported.push(GGUF_ON_GPU);
    }
    if supported.contains(&name) {
        return Ok(());
    }
    Err(MistralError::Architecture { path: path.to_owned(), found: name.to_owned(), supported })
}

fn architecture(content: &Content) -> Option<&str> {
    content.metadata.get("general.architecture")?.to_string().ok().map(String::as_str)
}

fn check_window(content: &Content, context_tokens: usize) -> Result<(), MistralError> {
    let key = |name: &str| format!("{}.{name}", architecture(content).unwrap_or_default());
    let tokens = |name: &str| content.metadata.get(&key(name)).and_then(tokens_of);
    let too_long = |window_tokens: usize, reason: &str| {
        (context_tokens > window_tokens).then(|| MistralError::Window {
            context_tokens,
            window_tokens,
            reason: reason.into(),
        })
    };
    if let Some(error) = tokens("context_length")
        .and_then(|window| too_long(window, "of the model's own window (`context_length`)"))
    {
        return Err(error);
    }
    let scaled = content.tensor_infos.contains_key("rope_freqs.weight")
        || content
            .metadata
            .get(&key("rope.scaling.type"))
            .and_then(|kind| kind.to_string().ok())
            .is_some_and(|kind| kind != "none");
    let original = tokens("rope.scaling.original_context_length").unwrap_or(UNSCALED_TOKENS);
    match too_long(
        original,
        "up to which mistralrs computes this GGUF file rightly: it ignores rope scaling",
    ) {
        Some(error) if scaled => Err(error),
        _ => Ok(()),
    }
}

fn tokens_of(value: &Value) -> Option<usize> {
    match value {
        Value::U64(tokens) => usize::try_from(*tokens).ok(),
        other => other.to_u32().ok().map(|tokens| tokens as usize),
    }
}
