//! A GGUF file, checked before the engine sees it.
//!
//! Enters: a path. Leaves: nothing, or what is wrong. Does not: load weights.

use super::error::MistralError;
use crate::config::Device;
use crate::file::FileError;
use crate::model::architectures::{GGUF, GGUF_ON_GPU};
use crate::model::facts::{self, GgufHead};
use crate::model::loadable::right_window;
use crate::model::worker::Load;
use candle_core::quantized::gguf_file::Content;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

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
    let head = facts::gguf_head(path).map_err(|error| invalid(error.to_string()))?;
    check_window(&head, load.context_tokens)
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

fn check_window(head: &GgufHead, context_tokens: usize) -> Result<(), MistralError> {
    let too_long = |window_tokens: usize, reason: &str| MistralError::Window {
        context_tokens,
        window_tokens,
        reason: reason.into(),
    };
    if let Some(window) = head.window_tokens.filter(|window| context_tokens > *window) {
        return Err(too_long(window, "of the model's own window (`context_length`)"));
    }
    match right_window(head, context_tokens) {
        Some(window) => Err(too_long(
            window,
            "up to which mistralrs computes this GGUF file rightly: it ignores rope scaling",
        )),
        None => Ok(()),
    }
}
