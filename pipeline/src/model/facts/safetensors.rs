//! The headers of safetensors files, single or sharded.
//!
//! Format: eight bytes little-endian length, then that many bytes of JSON
//! (<https://github.com/huggingface/safetensors#format>).

use super::error::FactsError;
use super::is_safetensors;
use super::tensor::Tensor;
use crate::file::{self, FileError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Which file holds which tensor of a sharded model.
pub(super) const INDEX_FILE: &str = "model.safetensors.index.json";
/// The format's own limit for a header.
const LONGEST_HEADER_BYTES: u64 = 100_000_000;

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The weight files of a folder, sorted, and their tensors. An index decides which files count, else
/// `model.safetensors`, else all safetensors files. `names` are the folder's files, sorted.
pub(super) fn read_folder(
    folder: &Path,
    names: &[String],
) -> Result<(Vec<PathBuf>, Vec<Tensor>), FactsError> {
    let mut wanted: Option<BTreeMap<String, String>> = None;
    let files: Vec<PathBuf> = if names.iter().any(|name| name == INDEX_FILE) {
        let path = folder.join(INDEX_FILE);
        let index: Index = serde_json::from_slice(&file::read(&path)?)
            .map_err(|source| FactsError::Json { path, source })?;
        let shards: BTreeSet<&String> = index.weight_map.values().collect();
        if let Some(missing) = shards.iter().find(|shard| !names.contains(shard)) {
            return Err(FactsError::NoFile { path: folder.join(missing), found: Vec::new() });
        }
        let files = shards.into_iter().map(|shard| folder.join(shard)).collect();
        wanted = Some(index.weight_map);
        files
    } else if names.iter().any(|name| name == "model.safetensors") {
        vec![folder.join("model.safetensors")]
    } else {
        names.iter().filter(|name| is_safetensors(name)).map(|name| folder.join(name)).collect()
    };
    let mut tensors = Vec::new();
    for path in &files {
        let shard = path.file_name().unwrap_or_default().to_string_lossy();
        let held = read_header(path)?;
        // A tensor that lies in two shards is loaded, and counted, from the one the index names.
        tensors.extend(held.into_iter().filter(|tensor| {
            wanted
                .as_ref()
                .is_none_or(|map| map.get(&tensor.name).is_some_and(|name| *name == shard))
        }));
    }
    if tensors.is_empty() {
        return Err(FactsError::NoWeights { folder: folder.to_owned() });
    }
    Ok((files, tensors))
}

fn read_header(path: &Path) -> Result<Vec<Tensor>, FactsError> {
    let io = |error| FactsError::File(FileError::io("read", path)(error));
    let mut file = File::open(path).map_err(io)?;
    let file_bytes = file.metadata().map_err(io)?.len();
    let cut =
        |expected_bytes| FactsError::Cut { path: path.to_owned(), expected_bytes, file_bytes };
    let invalid = |problem: String| FactsError::Header { path: path.to_owned(), problem };
    if file_bytes < 8 {
        return Err(cut(8));
    }
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(io)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST_HEADER_BYTES {
        return Err(invalid(format!("a header of {length} bytes is no safetensors file's")));
    }
    let data_start = 8 + length;
    if data_start > file_bytes {
        return Err(cut(data_start));
    }
    let mut json = vec![0; length as usize];
    file.read_exact(&mut json).map_err(io)?;
    let entries: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&json).map_err(|error| invalid(error.to_string()))?;
    let mut tensors = Vec::with_capacity(entries.len());
    let mut data_bytes = 0;
    for (name, entry) in entries {
        if name == "__metadata__" {
            continue;
        }
        let entry: Entry = serde_json::from_value(entry)
            .map_err(|error| invalid(format!("tensor `{name}`: {error}")))?;
        let (tensor, end) = tensor_of(name, entry)
            .map_err(|(name, problem)| invalid(format!("tensor `{name}`: {problem}")))?;
        data_bytes = end.max(data_bytes);
        tensors.push(tensor);
    }
    match data_start.checked_add(data_bytes) {
        Some(expected) if expected <= file_bytes => Ok(tensors),
        expected => Err(cut(expected.unwrap_or(u64::MAX))),
    }
}

/// A tensor and the byte of the data section after its last.
fn tensor_of(name: String, entry: Entry) -> Result<(Tensor, u64), (String, &'static str)> {
    let (start, end) = entry.data_offsets;
    let Some(bytes) = end.checked_sub(start) else {
        return Err((name, "ends before it begins"));
    };
    let elements =
        entry.shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
    let Some(elements) = elements else {
        return Err((name, "is larger than any file"));
    };
    if let Some(bits) = bits_of(&entry.dtype)
        && u128::from(elements) * u128::from(bits) != u128::from(bytes) * 8
    {
        return Err((name, "has another number of bytes than its shape and type say"));
    }
    Ok((Tensor { name, kind: entry.dtype, elements, bytes: Some(bytes) }, end))
}

/// Bits of an element; none for types unknown here, whose size is not checked.
fn bits_of(dtype: &str) -> Option<u32> {
    Some(match dtype {
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" => 8,
        "U16" | "I16" | "F16" | "BF16" => 16,
        "U32" | "I32" | "F32" => 32,
        "U64" | "I64" | "F64" => 64,
        _ => return None,
    })
}
