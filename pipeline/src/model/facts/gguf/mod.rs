//! The header of a GGUF file, versions 2 and 3, little-endian: metadata and tensor descriptions.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. Does not: read tensor data,
//! or keep what the facts do not need (vocabularies are passed over). Every length is held against
//! what is left of the file before anything is allocated.

mod reader;
#[cfg(test)]
pub(in crate::model) mod tests;

use super::error::FactsError;
use super::tensor::Tensor;
use crate::file::FileError;
use reader::{Problem, Reader, invalid};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// `general.alignment` where the file has none.
const DEFAULT_ALIGNMENT: u64 = 32;

/// A metadata value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(u64),
    Text(String),
    Numbers(Vec<u64>),
    /// A kind the facts do not need: floats, negative numbers, vocabularies, chat templates.
    Other,
}

/// Metadata by key.
pub(super) type Metadata = BTreeMap<String, Value>;

/// What stands before the tensor data.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) metadata: Metadata,
    pub(super) tensors: Vec<Tensor>,
    /// Bytes that the whole file needs.
    expected_bytes: u64,
}

/// Reads the header and holds it against the file's length.
pub(super) fn read_header(path: &Path) -> Result<Header, FactsError> {
    let io = |error| FactsError::File(FileError::io("read", path)(error));
    let file = File::open(path).map_err(io)?;
    let file_bytes = file.metadata().map_err(io)?.len();
    let header = parse(BufReader::new(file), file_bytes).map_err(|problem| match problem {
        Problem::Io(error) => io(error),
        Problem::Ends { expected_bytes } => {
            FactsError::Cut { path: path.to_owned(), expected_bytes, file_bytes }
        }
        Problem::Invalid(problem) => FactsError::Header { path: path.to_owned(), problem },
    })?;
    if header.expected_bytes > file_bytes {
        let expected_bytes = header.expected_bytes;
        return Err(FactsError::Cut { path: path.to_owned(), expected_bytes, file_bytes });
    }
    match header.metadata.get("split.count") {
        Some(Value::Number(parts)) if *parts > 1 => {
            Err(FactsError::SplitGguf { path: path.to_owned(), parts: *parts })
        }
        _ => Ok(header),
    }
}

fn parse(bytes: impl Read, file_bytes: u64) -> Result<Header, Problem> {
    let mut reader = Reader::new(bytes, file_bytes);
    if reader.take(4)? != b"GGUF" {
        return invalid("does not begin with GGUF");
    }
    match reader.u32()? {
        2 | 3 => {}
        1 => return invalid("version 1 is not supported"),
        version if version.swap_bytes() <= 3 => {
            return invalid("big-endian files are not supported");
        }
        version => return invalid(format!("version {version} is unknown")),
    }
    let tensor_count = reader.u64()?;
    let metadata_count = reader.u64()?;
    let mut metadata = Metadata::new();
    for _ in 0..metadata_count {
        let key = reader.text()?;
        let kind = reader.u32()?;
        let value = reader.value(kind, 0)?;
        if metadata.insert(key.clone(), value).is_some() {
            return invalid(format!("key `{key}` occurs twice"));
        }
    }
    let mut tensors = Vec::new();
    let mut data_bytes = 0_u64;
    for _ in 0..tensor_count {
        let (tensor, end) = reader.tensor()?;
        data_bytes = data_bytes.max(end);
        tensors.push(tensor);
    }
    let alignment = match metadata.get("general.alignment") {
        None => DEFAULT_ALIGNMENT,
        Some(Value::Number(alignment)) if alignment.is_power_of_two() => *alignment,
        Some(_) => return invalid("`general.alignment` is not a power of two"),
    };
    let expected_bytes = if tensors.is_empty() {
        Some(reader.position)
    } else {
        reader
            .position
            .checked_next_multiple_of(alignment)
            .and_then(|at| at.checked_add(data_bytes))
    };
    match expected_bytes {
        Some(expected_bytes) => Ok(Header { metadata, tensors, expected_bytes }),
        None => invalid("tensors reach beyond any file"),
    }
}
