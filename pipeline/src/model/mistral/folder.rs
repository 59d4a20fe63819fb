//! A model's folder, checked before the engine sees it.
//!
//! Enters: an absolute folder and how it shall be loaded. Leaves: what is in it, or what is wrong
//! with it. Does not: load weights, or touch a network.

use super::error::MistralError;
use super::gguf;
use crate::file::{self, FileError};
use crate::model::architectures::SAFETENSORS;
use crate::model::worker::Load;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The longest safetensors header that the format allows (safetensors' `MAX_HEADER_SIZE`).
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// How a folder's weights are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// `config.json` and `*.safetensors`.
    Safetensors,
    /// The named GGUF file.
    Gguf(String),
}

/// Checks a folder against what [`Load`] asks of it.
///
/// # Errors
/// Whatever would make the engine fail, hang or compute something else.
pub fn check(folder: &Path, load: &Load) -> Result<Format, MistralError> {
    if !folder.is_dir() {
        return Err(MistralError::NoFolder { folder: folder.to_owned() });
    }
    let names = file_names(folder)?;
    let with_end = |end: &str| -> Vec<String> {
        names.iter().filter(|name| name.ends_with(end)).cloned().collect()
    };
    let format = match &load.file {
        Some(name) if name.ends_with(".gguf") => Format::Gguf(name.clone()),
        Some(name) => return Err(MistralError::NotGguf { path: folder.join(name) }),
        None if !with_end(".safetensors").is_empty() => Format::Safetensors,
        None => match <[String; 1]>::try_from(with_end(".gguf")) {
            Ok([name]) => Format::Gguf(name),
            Err(files) if files.is_empty() => {
                return Err(MistralError::NoWeights { folder: folder.to_owned() });
            }
            Err(files) => {
                return Err(MistralError::SeveralGguf { folder: folder.to_owned(), files });
            }
        },
    };
    match &format {
        Format::Safetensors => {
            check_config(folder, load.context_tokens)?;
            for name in with_end(".safetensors") {
                check_safetensors(&folder.join(name))?;
            }
            check_index(folder)?;
        }
        Format::Gguf(name) => {
            if let Some(isq) = &load.isq {
                let message = "a GGUF file is already quantized".into();
                return Err(MistralError::Isq { isq: isq.clone(), message });
            }
            gguf::check(&folder.join(name), load)?;
        }
    }
    Ok(format)
}

fn file_names(folder: &Path) -> Result<BTreeSet<String>, FileError> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(FileError::io("list", folder))? {
        let entry = entry.map_err(FileError::io("list", folder))?;
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

fn check_config(folder: &Path, context_tokens: usize) -> Result<(), MistralError> {
    let path = folder.join("config.json");
    if !path.is_file() {
        return Err(MistralError::NoConfig { folder: folder.to_owned() });
    }
    let config = read_object(&path)?;
    let wrong =
        |message: &str| MistralError::Config { path: path.clone(), message: message.into() };
    let names: Vec<&str> = config
        .get("architectures")
        .and_then(Value::as_array)
        .ok_or_else(|| wrong("has no list `architectures`"))?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let [name] = names[..] else { return Err(wrong("must name one architecture")) };
    if !SAFETENSORS.contains(&name) {
        return Err(MistralError::Architecture {
            path,
            found: name.to_owned(),
            supported: SAFETENSORS.to_vec(),
        });
    }
    let window = config.get("max_position_embeddings").and_then(Value::as_u64);
    match window.map(|tokens| tokens as usize) {
        Some(window_tokens) if context_tokens > window_tokens => Err(MistralError::Window {
            context_tokens,
            window_tokens,
            reason: "of the model's own window (`max_position_embeddings`)".into(),
        }),
        _ => Ok(()),
    }
}

fn read_object(path: &Path) -> Result<serde_json::Map<String, Value>, MistralError> {
    serde_json::from_str(&file::read_text(path)?).map_err(|error| MistralError::Config {
        path: path.to_owned(),
        message: format!("is not a JSON object: {error}"),
    })
}

/// Every file that a sharded model's index names must be there.
fn check_index(folder: &Path) -> Result<(), MistralError> {
    let path = folder.join("model.safetensors.index.json");
    if !path.is_file() {
        return Ok(());
    }
    let index = read_object(&path)?;
    let shards: BTreeSet<&str> = index
        .get("weight_map")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|map| map.values().filter_map(Value::as_str))
        .collect();
    for shard in shards {
        let shard = folder.join(shard);
        // Its length was checked with all the others of the folder.
        File::open(&shard).map_err(FileError::io("read", &shard))?;
    }
    Ok(())
}

/// Holds a safetensors file's length against its header: 8 bytes of header length (little endian),
/// a JSON object, then the tensors, whose last `data_offsets` end is where the file must end.
/// (<https://github.com/huggingface/safetensors#format>)
fn check_safetensors(path: &PathBuf) -> Result<(), MistralError> {
    let invalid = |message: String| MistralError::Weights { path: path.clone(), message };
    let mut file = File::open(path).map_err(FileError::io("read", path))?;
    let found = file.metadata().map_err(FileError::io("read", path))?.len();
    let cut = |expected| MistralError::Cut { path: path.clone(), expected, found };
    if found < 8 {
        return Err(cut(8));
    }
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(FileError::io("read", path))?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER_BYTES {
        return Err(invalid(format!("its header would have {length} bytes")));
    }
    if found < 8 + length {
        return Err(cut(8 + length));
    }
    let mut header = vec![0; length as usize];
    file.read_exact(&mut header).map_err(FileError::io("read", path))?;
    let header: serde_json::Map<String, Value> = serde_json::from_slice(&header)
        .map_err(|error| invalid(format!("its header is not JSON: {error}")))?;
    let mut end = 0;
    for (name, tensor) in header.iter().filter(|(name, _)| *name != "__metadata__") {
        let last = tensor.get("data_offsets").and_then(|offsets| offsets.get(1)?.as_u64());
        end = end.max(last.ok_or_else(|| invalid(format!("tensor `{name}` has no offsets")))?);
    }
    let expected = 8_u64.saturating_add(length).saturating_add(end);
    match found.cmp(&expected) {
        std::cmp::Ordering::Less => Err(cut(expected)),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => {
            Err(invalid(format!("it has {found} bytes, its header says {expected}")))
        }
    }
}
