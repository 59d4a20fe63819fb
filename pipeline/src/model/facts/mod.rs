//! What is known about a model without running it, from the headers of its files.
//!
//! Enters: a model's folder. Leaves: [`ModelFacts`]: parameters (total and active), quantization,
//! bytes, window, KV cache, hash. Does not: read a weight; only the hash reads whole files, and the
//! caller brings the hasher (and its cache).

mod architecture;
mod error;
mod ggml;
mod gguf;
mod head;
mod safetensors;
mod tensor;

pub use error::FactsError;
pub use head::{GgufHead, gguf_head};

use super::{ModelError, ModelFacts};
use crate::file::{self, FileError};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use architecture::{Architecture, Experts};
use std::fs;
use std::path::{Path, PathBuf};
use tensor::Tensor;

/// Hashes a file's bytes.
pub type HashFile<'a> = &'a dyn Fn(&Path) -> Result<Fingerprint, FileError>;

/// Describes the model in `folder`; `file` names one GGUF file where the folder holds several.
/// Safetensors are taken where both kinds lie side by side and `file` is absent.
/// `kv_element_bytes` is the size of a number in the KV cache: 4 for f32, 2 for f16 and bf16.
///
/// # Errors
/// [`ModelError::Facts`] when files are missing, cut or malformed.
pub fn inspect(
    folder: &Path,
    file: Option<&str>,
    kv_element_bytes: u64,
    hash_of_file: HashFile<'_>,
) -> Result<ModelFacts, ModelError> {
    Ok(describe(folder, file, kv_element_bytes, hash_of_file)?)
}

fn describe(
    folder: &Path,
    file: Option<&str>,
    kv_element_bytes: u64,
    hash_of_file: HashFile<'_>,
) -> Result<ModelFacts, FactsError> {
    let names = file_names(folder)?;
    let (files, architecture, tensors) = match chosen(folder, file, &names)? {
        Some(path) => {
            let header = gguf::read_header(&path)?;
            (vec![path], Architecture::of_gguf(&header.metadata), header.tensors)
        }
        None => {
            let config = folder.join("config.json");
            if !config.is_file() {
                return Err(FactsError::NoConfig { folder: folder.to_owned() });
            }
            let json = serde_json::from_slice(&file::read(&config)?)
                .map_err(|source| FactsError::Json { path: config, source })?;
            let (files, tensors) = safetensors::read_folder(folder, &names)?;
            (files, Architecture::of_config(&json), tensors)
        }
    };
    let counts = Counts::of(&tensors, &architecture);
    Ok(ModelFacts {
        source: "mistralrs".into(),
        parameters: counts.total,
        active_parameters: counts.active,
        quantization: architecture
            .quantization
            .clone()
            .or_else(|| tensor::most_common_type(&tensors)),
        weight_bytes: Some(size_of(&files)?),
        window_tokens: architecture.window_tokens.and_then(|tokens| tokens.try_into().ok()),
        kv_bytes_per_token: architecture
            .kv_numbers_per_token
            .and_then(|numbers| numbers.checked_mul(kv_element_bytes)),
        architecture: architecture.name,
        sha256: Some(hash_of(files, folder, hash_of_file)?),
    })
}

/// The GGUF file that [`inspect`] would describe; none where it takes the safetensors.
///
/// # Errors
/// When the file is missing, or several could be meant.
pub fn gguf_file(folder: &Path, file: Option<&str>) -> Result<Option<PathBuf>, FactsError> {
    chosen(folder, file, &file_names(folder)?)
}

fn chosen(
    folder: &Path,
    file: Option<&str>,
    names: &[String],
) -> Result<Option<PathBuf>, FactsError> {
    let name = match file {
        Some(name) if names.iter().any(|other| other == name) => Some(name.to_owned()),
        Some(name) => {
            return Err(FactsError::NoFile { path: folder.join(name), found: gguf_of(names) });
        }
        None if names.iter().any(|name| is_safetensors(name)) => None,
        None => match gguf_of(names).as_slice() {
            [] => return Err(FactsError::NoWeights { folder: folder.to_owned() }),
            [only] => Some(only.clone()),
            several => {
                return Err(FactsError::SeveralGguf {
                    folder: folder.to_owned(),
                    files: several.to_vec(),
                });
            }
        },
    };
    Ok(name.map(|name| folder.join(name)))
}

/// Parameters; none where tensors hold packed numbers whose count the shape does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    total: Option<u64>,
    active: Option<u64>,
}

impl Counts {
    fn of(tensors: &[Tensor], architecture: &Architecture) -> Self {
        let is_tied_copy = |tensor: &Tensor| {
            architecture.ties_embeddings && tensor.name.ends_with("lm_head.weight")
        };
        // A tied model whose file holds only the head keeps its one copy.
        let has_input = tensors.iter().any(|tensor| tensor.name.ends_with("embed_tokens.weight"));
        let counted = || {
            tensors
                .iter()
                .filter(|tensor| tensor.is_parameter() && !(has_input && is_tied_copy(tensor)))
        };
        if counted().any(Tensor::is_packed) {
            return Self { total: None, active: None };
        }
        let sum = |wanted: fn(&Tensor) -> bool| {
            counted()
                .filter(|tensor| wanted(tensor))
                .try_fold(0_u64, |sum, tensor| sum.checked_add(tensor.parameters()?))
        };
        let total = sum(|_| true);
        let active = match architecture.experts {
            None => total,
            Some(Experts { count, chosen }) => match (total, sum(Tensor::is_routed_expert)) {
                // Experts that no tensor is named for: the layout is one we do not know.
                (_, Some(0)) => None,
                (Some(total), Some(routed)) => {
                    // Active = total − routed × (1 − chosen / experts).
                    let idle = u128::from(routed) * u128::from(count - chosen) / u128::from(count);
                    u64::try_from(idle).ok().and_then(|idle| total.checked_sub(idle))
                }
                _ => None,
            },
        };
        Self { total, active }
    }
}

fn is_safetensors(name: &str) -> bool {
    // An adapter changes weights; it is none.
    name.ends_with(".safetensors") && !name.starts_with("adapter_")
        || name == safetensors::INDEX_FILE
}

fn gguf_of(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| name.ends_with(".gguf")).cloned().collect()
}

/// Names of the files in a folder, sorted; names that are not UTF-8 cannot be written in a plan and
/// are passed over.
fn file_names(folder: &Path) -> Result<Vec<String>, FactsError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(FileError::io("read", folder))? {
        let entry = entry.map_err(FileError::io("read", folder))?;
        if let Ok(name) = entry.file_name().into_string()
            && entry.path().is_file()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn size_of(files: &[PathBuf]) -> Result<u64, FactsError> {
    files.iter().try_fold(0, |sum: u64, path| {
        let metadata = fs::metadata(path).map_err(FileError::io("read", path))?;
        Ok(sum.saturating_add(metadata.len()))
    })
}

/// Weights decide an answer together with the tokenizer and, for safetensors, `config.json` and the
/// index.
fn hash_of(
    mut files: Vec<PathBuf>,
    folder: &Path,
    hash_of_file: HashFile<'_>,
) -> Result<Fingerprint, FactsError> {
    files.extend(
        ["config.json", "tokenizer.json", safetensors::INDEX_FILE]
            .into_iter()
            .map(|name| folder.join(name))
            .filter(|path| path.is_file()),
    );
    files.sort();
    let mut builder = FingerprintBuilder::new();
    for path in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        builder = builder.part(&name, hash_of_file(path)?.as_str());
    }
    Ok(builder.finish())
}

#[cfg(test)]
pub(super) mod tests;
