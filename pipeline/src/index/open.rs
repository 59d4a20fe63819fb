//! From a plan to a vector index.

use super::{IndexError, MemoryIndex, ServerIndex, VectorIndex};
use crate::config::QdrantPlan;
use std::path::Path;

/// The vector index that `plan` asks for: in memory when it is `None`, a Qdrant server when it names
/// a `url`, else Qdrant embedded in `folder`.
///
/// `collection` is the server's collection (`ragscale_` and the short fingerprint of what the vectors
/// depend on and of the project); `api_key` is the server's key, read by the caller.
///
/// # Errors
/// When the folder is in use, the server does not answer or refuses, its collection is of other
/// dimensions, or the build has no embedded engine.
pub fn open_vector_index(
    plan: Option<&QdrantPlan>,
    folder: &Path,
    collection: &str,
    dimensions: usize,
    api_key: Option<String>,
) -> Result<Box<dyn VectorIndex>, IndexError> {
    match plan {
        None => Ok(Box::new(MemoryIndex::new(dimensions))),
        Some(plan) => match &plan.url {
            Some(url) => {
                Ok(Box::new(ServerIndex::open(plan, url, collection, dimensions, api_key)?))
            }
            None => open_embedded(plan, folder, dimensions),
        },
    }
}

#[cfg(feature = "engines")]
fn open_embedded(
    plan: &QdrantPlan,
    folder: &Path,
    dimensions: usize,
) -> Result<Box<dyn VectorIndex>, IndexError> {
    Ok(Box::new(super::EdgeIndex::open(folder, dimensions, plan.hnsw.as_ref())?))
}

#[cfg(not(feature = "engines"))]
fn open_embedded(
    _plan: &QdrantPlan,
    _folder: &Path,
    _dimensions: usize,
) -> Result<Box<dyn VectorIndex>, IndexError> {
    Err(IndexError::EngineAbsent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> QdrantPlan {
        QdrantPlan {
            url: None,
            api_key_env: None,
            hnsw: None,
            shards: None,
            replicas: None,
            seconds_limit: 5.0,
        }
    }

    #[test]
    fn no_plan_is_the_index_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never-made");
        let mut index = open_vector_index(None, &path, "c", 2, None).unwrap();
        assert_eq!(index.sync(&[]).unwrap().written, 0);
        assert!(!path.exists());
    }

    #[cfg(not(feature = "engines"))]
    #[test]
    fn a_build_without_engines_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = open_vector_index(Some(&plan()), folder.path(), "c", 2, None).err().unwrap();
        assert!(matches!(error, IndexError::EngineAbsent));
        assert!(error.hint().unwrap().contains("--features engines"));
    }

    #[cfg(feature = "engines")]
    #[test]
    fn a_plan_without_url_is_embedded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors");
        open_vector_index(Some(&plan()), &path, "c", 2, None).unwrap();
        assert!(path.is_dir());
    }
}
