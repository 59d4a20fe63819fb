//! The folders of the lab's models: their records read, their cards and check sums written.
//!
//! Enters: `models/lab`, the folder of reports. Leaves, in each folder with a `training.json`:
//! `README.md`, `NOTE`, `SHA256SUMS`; beside them `SCORES.md`. Does not: train or measure.

use crate::card::{Card, NOTE};
use crate::score_sheet;
use crate::summary::Summary;
use crate::training::{Layout, Training};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Cards that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// A file or folder.
    #[error("{path}: cannot be read or written")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A record.
    #[error("{path}: is not what the trainer or a report writes")]
    Json {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A folder without weights.
    #[error("{folder}: holds neither model.safetensors nor model.gguf")]
    NoWeights {
        /// Which.
        folder: PathBuf,
    },
}

/// One model.
pub struct Folder {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How it was made.
    pub training: Training,
    /// How it is built.
    pub layout: Layout,
    /// Of its weights.
    pub bytes: u64,
}

impl Folder {
    /// As experiment files name it.
    pub fn weights(&self) -> String {
        format!("models/lab/{}", self.name)
    }
}

/// All files of cards, by path: what is written, or held against what is there.
///
/// # Errors
/// When a record or a file of weights cannot be read.
pub fn files(models: &Path, reports: &Path) -> Result<BTreeMap<PathBuf, String>, ModelsError> {
    let folders = folders(models)?;
    let summaries = summaries(reports)?;
    let mut files = BTreeMap::new();
    for folder in &folders {
        let card = Card {
            name: &folder.name,
            training: &folder.training,
            layout: &folder.layout,
            bytes: folder.bytes,
            reports: &summaries,
        };
        files.insert(folder.path.join("README.md"), card.page());
        files.insert(folder.path.join("NOTE"), format!("{NOTE}\n"));
        files.insert(folder.path.join("SHA256SUMS"), sums(&folder.path)?);
    }
    files.insert(models.join("SCORES.md"), score_sheet::page(&folders, &summaries));
    Ok(files)
}

/// Writes all of [`files`], and says how many.
///
/// # Errors
/// As [`files`], and when one cannot be written.
pub fn write(models: &Path, reports: &Path) -> Result<usize, ModelsError> {
    let files = files(models, reports)?;
    for (path, text) in &files {
        std::fs::write(path, text).map_err(disk(path))?;
    }
    Ok(files.len())
}

fn disk(path: &Path) -> impl FnOnce(std::io::Error) -> ModelsError {
    let path = path.to_owned();
    |source| ModelsError::Disk { path, source }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ModelsError> {
    let bytes = std::fs::read(path).map_err(disk(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|source| ModelsError::Json { path: path.to_owned(), source })
}

/// The folders in `parent` that hold `file`, by name.
fn holding(parent: &Path, file: &str) -> Result<BTreeMap<String, PathBuf>, ModelsError> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(parent).map_err(disk(parent))? {
        let path = entry.map_err(disk(parent))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        if let (Some(name), true) = (name, path.join(file).is_file()) {
            found.insert(name, path);
        }
    }
    Ok(found)
}

fn folders(models: &Path) -> Result<Vec<Folder>, ModelsError> {
    let read = |(name, path): (String, PathBuf)| {
        let bytes = ["model.safetensors", "model.gguf"]
            .iter()
            .find_map(|file| std::fs::metadata(path.join(file)).ok())
            .ok_or_else(|| ModelsError::NoWeights { folder: path.clone() })?
            .len();
        let training = json(&path.join("training.json"))?;
        let layout = json(&path.join("config.json"))?;
        Ok(Folder { name, path, training, layout, bytes })
    };
    holding(models, "training.json")?.into_iter().map(read).collect()
}

fn summaries(reports: &Path) -> Result<BTreeMap<String, Summary>, ModelsError> {
    holding(reports, "summary.json")?
        .into_iter()
        // `NAME.1` is one that a fresh run has set aside.
        .filter(|(name, _)| !name.contains('.'))
        .map(|(name, path)| Ok((name, json(&path.join("summary.json"))?)))
        .collect()
}

/// What an engine loads of a folder.
const LOADED: [&str; 6] = [
    "config.json",
    "generation_config.json",
    "model.gguf",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
];

/// As `sha256sum` writes them.
fn sums(folder: &Path) -> Result<String, ModelsError> {
    let mut text = String::new();
    for name in LOADED {
        let path = folder.join(name);
        if path.is_file() {
            let bytes = std::fs::read(&path).map_err(disk(&path))?;
            for byte in Sha256::digest(&bytes) {
                let _ = write!(text, "{byte:02x}");
            }
            let _ = writeln!(text, "  {name}");
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All weights together may weigh so much.
    const BYTES_MAX: u64 = 64_000_000;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn the_committed_cards_are_those_that_are_made() {
        for (path, text) in files(&root().join("models/lab"), &root().join("reports")).unwrap() {
            let found = std::fs::read_to_string(&path).unwrap();
            assert!(found == text, "{}: run `ragscale-lab cards`", path.display());
        }
    }

    #[test]
    fn all_weights_together_are_small() {
        let folders = folders(&root().join("models/lab")).unwrap();
        let bytes: u64 = folders.iter().map(|folder| folder.bytes).sum();
        assert!(!folders.is_empty() && bytes <= BYTES_MAX, "{bytes} bytes");
    }

    #[test]
    fn a_folder_without_weights_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("x");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("training.json"), "{}").unwrap();
        let error = files(parent.path(), parent.path()).unwrap_err();
        assert!(error.to_string().contains("neither"), "{error}");
        std::fs::write(folder.join("model.gguf"), "").unwrap();
        let error = files(parent.path(), parent.path()).unwrap_err();
        assert!(error.to_string().contains("training.json"), "{error}");
    }
}
