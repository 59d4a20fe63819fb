//! What an embedder's name in an experiment stands for.
//!
//! Enters: the name, the project root. Leaves: an [`EmbedderSource`] whose files are all there.
//! Does not: read weights or load an engine.

use super::{EmbedError, HashedEmbedder};
use crate::file;
use std::path::{Path, PathBuf};

/// Where vectors come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmbedderSource {
    /// `hashed:256`: the stand-in.
    Hashed {
        /// Numbers in a vector.
        dimensions: usize,
    },
    /// A folder with an ONNX model.
    Onnx {
        /// The model's folder.
        folder: PathBuf,
    },
    /// A folder with a Qwen3 model in safetensors.
    Qwen3 {
        /// The model's folder.
        folder: PathBuf,
    },
    /// A name of fastembed's catalogue.
    Catalogue {
        /// As the experiment names it.
        name: String,
    },
}

impl EmbedderSource {
    /// The folder whose `tokenizer.json` counts this embedder's tokens.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Onnx { folder } | Self::Qwen3 { folder } => Some(folder),
            Self::Hashed { .. } | Self::Catalogue { .. } => None,
        }
    }

    /// The files that decide the vectors, ordered.
    ///
    /// # Errors
    /// When one that the layout needs is missing.
    pub fn files(&self) -> Result<Vec<PathBuf>, EmbedError> {
        match self {
            Self::Onnx { folder } => onnx_files(folder),
            Self::Qwen3 { folder } => {
                let mut files = safetensors(folder)?;
                files.extend([needed(folder, "config.json")?, needed(folder, "tokenizer.json")?]);
                files.sort();
                Ok(files)
            }
            Self::Hashed { .. } | Self::Catalogue { .. } => Ok(Vec::new()),
        }
    }
}

/// What `model` stands for: `hashed:N`, else a folder below `root` (or absolute), else a name of
/// the catalogue.
///
/// # Errors
/// When it is none of them, or a folder in which a file is missing.
pub fn resolve(model: &str, root: &Path) -> Result<EmbedderSource, EmbedError> {
    if let Some(dimensions) = HashedEmbedder::dimensions_of(model) {
        return Ok(EmbedderSource::Hashed { dimensions: dimensions? });
    }
    let folder = root.join(model);
    if !folder.is_dir() {
        return in_catalogue(model, root);
    }
    let source = if onnx_weights(&folder).is_some() {
        EmbedderSource::Onnx { folder }
    } else if is_qwen3(&folder)? {
        EmbedderSource::Qwen3 { folder }
    } else {
        return Err(EmbedError::Layout { folder });
    };
    source.files()?;
    Ok(source)
}

#[cfg(feature = "engines")]
fn in_catalogue(model: &str, root: &Path) -> Result<EmbedderSource, EmbedError> {
    super::catalogue::find(model, root)?;
    Ok(EmbedderSource::Catalogue { name: model.to_owned() })
}

/// Without engines there is no catalogue to look into; what looks like a path was meant as one.
#[cfg(not(feature = "engines"))]
fn in_catalogue(model: &str, root: &Path) -> Result<EmbedderSource, EmbedError> {
    let path_like = model.starts_with(['.', '/']) || model.starts_with("models/");
    Err(if path_like {
        EmbedError::Unknown { model: model.to_owned(), root: root.to_owned(), nearest: None }
    } else {
        EmbedError::NoEngines { model: model.to_owned() }
    })
}

/// The ONNX file of a folder: `model.onnx`, or `onnx/model.onnx` as hubs lay it out.
pub fn onnx_weights(folder: &Path) -> Option<PathBuf> {
    ["model.onnx", "onnx/model.onnx"]
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

/// The four tokenizer files that fastembed reads.
///
/// # Errors
/// When one is missing.
pub fn tokenizer_file_paths(folder: &Path) -> Result<[PathBuf; 4], EmbedError> {
    Ok([
        needed(folder, "tokenizer.json")?,
        needed(folder, "config.json")?,
        needed(folder, "special_tokens_map.json")?,
        needed(folder, "tokenizer_config.json")?,
    ])
}

/// Weights, their external data and the tokenizer files of an ONNX folder, ordered.
pub(crate) fn onnx_files(folder: &Path) -> Result<Vec<PathBuf>, EmbedError> {
    let weights = onnx_weights(folder).ok_or_else(|| EmbedError::MissingFile {
        folder: folder.to_owned(),
        file: "model.onnx".into(),
    })?;
    let mut files = external_data(&weights);
    files.push(weights);
    files.extend(tokenizer_file_paths(folder)?);
    files.sort();
    Ok(files)
}

/// Files beside an ONNX model of more than 2 GB that hold its tensors, by the two names in use.
pub(crate) fn external_data(weights: &Path) -> Vec<PathBuf> {
    ["model.onnx_data", "model.onnx.data"]
        .iter()
        .map(|name| weights.with_file_name(name))
        .filter(|path| path.is_file())
        .collect()
}

/// The folder's safetensors files, ordered by name.
pub(super) fn safetensors(folder: &Path) -> Result<Vec<PathBuf>, EmbedError> {
    let entries = std::fs::read_dir(folder).map_err(file::FileError::io("read", folder))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(file::FileError::io("read", folder))?.path();
        if path.extension().is_some_and(|extension| extension == "safetensors") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(EmbedError::MissingFile {
            folder: folder.to_owned(),
            file: "model.safetensors".into(),
        });
    }
    files.sort();
    Ok(files)
}

fn needed(folder: &Path, name: &str) -> Result<PathBuf, EmbedError> {
    let path = folder.join(name);
    if path.is_file() {
        return Ok(path);
    }
    Err(EmbedError::MissingFile { folder: folder.to_owned(), file: name.to_owned() })
}

fn is_qwen3(folder: &Path) -> Result<bool, EmbedError> {
    let path = folder.join("config.json");
    if !path.is_file() {
        return Ok(false);
    }
    Ok(json(&path)?["model_type"] == "qwen3")
}

/// Positions that the model has been trained with; a longer input fails inside the graph. Without
/// the key there is no limit but the plan's.
pub(crate) fn position_limit(folder: &Path) -> Result<usize, EmbedError> {
    let config = json(&folder.join("config.json"))?;
    let positions = config["max_position_embeddings"].as_u64();
    Ok(positions.and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX))
}

/// A JSON file.
pub(super) fn json(path: &Path) -> Result<serde_json::Value, EmbedError> {
    serde_json::from_slice(&file::read(path)?).map_err(|error| EmbedError::InvalidFile {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            file::write_whole(&root.path().join("m").join(name), text.as_bytes()).unwrap();
        }
        root
    }

    #[test]
    fn layouts_are_told_apart() {
        let tokenizer = [
            ("tokenizer.json", "{}"),
            ("special_tokens_map.json", "{}"),
            ("tokenizer_config.json", "{}"),
        ];
        let mut files = vec![("config.json", "{}"), ("model.onnx", "")];
        files.extend(tokenizer);
        let root = folder(&files);
        let source = resolve("m", root.path()).unwrap();
        assert_eq!(source, EmbedderSource::Onnx { folder: root.path().join("m") });
        assert_eq!(source.files().unwrap().len(), 5);
        let root = folder(&[
            ("config.json", r#"{"model_type": "qwen3"}"#),
            ("tokenizer.json", "{}"),
            ("model.safetensors", ""),
        ]);
        let source = resolve("m", root.path()).unwrap();
        assert_eq!(source, EmbedderSource::Qwen3 { folder: root.path().join("m") });
        assert_eq!(
            resolve("hashed:16", root.path()).unwrap(),
            EmbedderSource::Hashed { dimensions: 16 }
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let root = folder(&[("model.onnx", ""), ("tokenizer.json", "{}")]);
        let error = resolve("m", root.path()).unwrap_err();
        assert!(matches!(&error, EmbedError::MissingFile { file, .. } if file == "config.json"));
        let root = folder(&[("config.json", r#"{"model_type": "qwen3"}"#)]);
        let error = resolve("m", root.path()).unwrap_err();
        assert!(
            matches!(&error, EmbedError::MissingFile { file, .. } if file == "model.safetensors")
        );
        assert!(error.hint().unwrap().contains("model.safetensors"));
        let root = folder(&[("config.json", r#"{"model_type": "bert"}"#)]);
        assert!(matches!(resolve("m", root.path()), Err(EmbedError::Layout { .. })));
        let root = folder(&[("config.json", "not json")]);
        assert!(matches!(resolve("m", root.path()), Err(EmbedError::InvalidFile { .. })));
    }

    #[test]
    fn a_mistyped_folder_is_unknown() {
        let root = folder(&[]);
        let error = resolve("models/al-minilm", root.path()).unwrap_err();
        assert!(matches!(error, EmbedError::Unknown { .. }), "{error}");
        assert!(error.hint().is_some());
    }
}
