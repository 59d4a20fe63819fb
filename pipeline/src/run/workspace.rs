//! Where things lie.

use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What can be made again lies here, below the root.
const CACHE: &str = ".ragscale";

/// What tells a project from others, in `project.json` of the cache.
#[derive(Serialize, Deserialize)]
struct ProjectId {
    id: String,
    /// A copy of the folder is another project.
    root: String,
}

/// The folders of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Holds `corpora/`, `models/`, `reports/`; paths of an experiment file start here.
    pub root: PathBuf,
    vectors: PathBuf,
}

impl Workspace {
    /// The nearest folder above an experiment file that holds `corpora/`; the current folder when
    /// there is none.
    pub fn of_experiment(experiment: &Path, current: &Path) -> Self {
        let absolute = current.join(experiment);
        Self::below(absolute.ancestors().skip(1), current)
    }

    /// The nearest folder from `current` upwards that holds `corpora/`; `current` when there is none.
    pub fn around(current: &Path) -> Self {
        Self::below(current.ancestors(), current)
    }

    fn below<'a>(mut folders: impl Iterator<Item = &'a Path>, otherwise: &'a Path) -> Self {
        let root = folders.find(|folder| folder.join("corpora").is_dir());
        Self::at(root.unwrap_or(otherwise))
    }

    /// The project whose folders lie below `root`.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), vectors: root.join(CACHE).join("vectors") }
    }

    /// A path of the experiment file: absolute, or below the root.
    pub fn path(&self, written: &str) -> PathBuf {
        self.root.join(written)
    }

    /// Where an experiment's report and trials go.
    pub fn report(&self, experiment: &str) -> PathBuf {
        self.root.join("reports").join(experiment)
    }

    /// What can be made again: indexes, vectors, hashes of large files.
    pub fn cache(&self) -> PathBuf {
        self.root.join(CACHE)
    }

    /// Texts of files that are not text, by content.
    pub fn cache_texts(&self) -> PathBuf {
        self.cache().join("texts")
    }

    /// Where a corpus's documents were cut, in one way.
    pub fn cache_cuts(&self, corpus: &str, cut: &Fingerprint) -> PathBuf {
        self.cache().join("cuts").join(format!("{corpus}-{}.jsonl", cut.short()))
    }

    /// What tells this project from others that keep vectors on the same server: drawn once, and again
    /// when the folder was copied or moved.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn project_id(&self) -> Result<String, FileError> {
        let path = self.cache().join("project.json");
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let root = root.to_string_lossy().into_owned();
        let kept = file::read_json_lines::<ProjectId>(&path).unwrap_or_default();
        if let Some((_, kept)) = kept.into_iter().find(|(_, kept)| kept.root == root) {
            return Ok(kept.id);
        }
        let drawn = ProjectId { id: format!("{:032x}", rand::random::<u128>()), root };
        file::write_json_lines(&path, std::slice::from_ref(&drawn))?;
        Ok(drawn.id)
    }

    /// Vectors of texts, by embedder.
    pub fn cache_vectors(&self) -> &Path {
        &self.vectors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_above_the_experiment() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("corpora")).unwrap();
        std::fs::create_dir_all(folder.path().join("experiments/deep")).unwrap();
        let found = Workspace::of_experiment(
            &folder.path().join("experiments/deep/x.toml"),
            Path::new("/elsewhere"),
        );
        assert_eq!(found.root, folder.path());
    }

    #[test]
    fn the_current_folder_may_be_the_root_or_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("corpora/lab");
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(Workspace::around(folder.path()).root, folder.path());
        assert_eq!(Workspace::around(&deep).root, folder.path());
    }

    #[test]
    fn a_project_keeps_its_id_and_a_copy_gets_another() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (Workspace::at(one.path()), Workspace::at(other.path()));
        let id = one.project_id().unwrap();
        assert_eq!(one.project_id().unwrap(), id);
        assert_ne!(other.project_id().unwrap(), id);
        std::fs::copy(one.cache().join("project.json"), other.cache().join("project.json"))
            .unwrap();
        assert_ne!(other.project_id().unwrap(), id);
    }

    #[test]
    fn without_corpora_it_is_the_current_folder() {
        let folder = tempfile::tempdir().unwrap();
        let found = Workspace::of_experiment(Path::new("x.toml"), folder.path());
        assert_eq!(found.root, folder.path());
    }
}
