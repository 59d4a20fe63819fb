//! From a plan to an embedder that is ready.

use super::{EmbedError, Embedder, EmbedderSource, HashedEmbedder, Prefixes, resolve};
use crate::config::EmbedderPlan;
use crate::fingerprint::Fingerprint;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What the machine offers to embedders and rerankers.
#[derive(Debug, Clone, Copy)]
pub struct Host<'a> {
    /// The project root: paths in an experiment start here.
    pub root: &'a Path,
    /// Where vectors are kept between runs.
    pub cache_folder: &'a Path,
    /// Value of `ORT_DYLIB_PATH`.
    pub ort_dylib: Option<&'a Path>,
    /// Value of `HF_HOME`: where a hub's files are kept; below `cache_folder` when absent.
    pub hub_folder: Option<&'a Path>,
    /// Threads of an ONNX session; all cores when absent. Candle has no such limit.
    pub threads: Option<usize>,
    /// Set when passages should be embedded no further than to the end of a batch.
    pub stopping: Option<&'a Arc<AtomicBool>>,
}

/// Loads the plan's embedder. Loading takes seconds and memory: only call this when something has
/// to be embedded. `identity` is the embedder's [`super::fingerprint`]; it names the file of cached
/// vectors. The stand-in has no such file, since it is faster than one.
///
/// # Errors
/// When the name stands for nothing, a file or ONNX Runtime is missing or unfit, the hub does not
/// give the model, or the cache cannot be used.
pub fn open(
    plan: &EmbedderPlan,
    identity: &Fingerprint,
    host: &Host<'_>,
) -> Result<Box<dyn Embedder>, EmbedError> {
    match resolve(&plan.model, host.root)? {
        EmbedderSource::Hashed { dimensions } => {
            Ok(Box::new(HashedEmbedder::new(dimensions, Prefixes::of_plan(plan), plan.max_tokens)))
        }
        source => engine(plan, &source, identity, host),
    }
}

#[cfg(feature = "engines")]
fn engine(
    plan: &EmbedderPlan,
    source: &EmbedderSource,
    identity: &Fingerprint,
    host: &Host<'_>,
) -> Result<Box<dyn Embedder>, EmbedError> {
    use super::{CachedEmbedder, VectorFile, catalogue, onnx::OnnxEmbedder, qwen3::Qwen3Embedder};
    let engine: Box<dyn Embedder> = match source {
        EmbedderSource::Qwen3 { folder } => Box::new(Qwen3Embedder::load(plan, folder)?),
        EmbedderSource::Onnx { folder } => Box::new(OnnxEmbedder::load(plan, folder, host)?),
        _ => Box::new(catalogue::load(plan, host)?),
    };
    let path = host.cache_folder.join(format!("{identity}.vectors"));
    let file = VectorFile::open(&path, engine.dimensions())?;
    let embedder = CachedEmbedder::new(engine, plan, file);
    Ok(Box::new(match host.stopping {
        Some(stopping) => embedder.stopped_by(Arc::clone(stopping)),
        None => embedder,
    }))
}

#[cfg(not(feature = "engines"))]
fn engine(
    plan: &EmbedderPlan,
    _: &EmbedderSource,
    _: &Fingerprint,
    _: &Host<'_>,
) -> Result<Box<dyn Embedder>, EmbedError> {
    Err(EmbedError::NoEngines { model: plan.model.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pooling;
    use crate::embed::Role;

    #[test]
    fn the_stand_in_opens_without_engines_or_files() {
        let root = tempfile::tempdir().unwrap();
        let plan = EmbedderPlan {
            model: "hashed:32".into(),
            query_prefix: String::new(),
            passage_prefix: String::new(),
            pooling: Pooling::Mean,
            max_tokens: 64,
            batch: 4,
        };
        let host = Host {
            root: root.path(),
            cache_folder: &root.path().join("cache"),
            ort_dylib: None,
            hub_folder: None,
            threads: None,
            stopping: None,
        };
        let embedder = open(&plan, &Fingerprint::of(b""), &host).unwrap();
        assert_eq!(embedder.dimensions(), 32);
        assert_eq!(embedder.embed(Role::Query, &["a", "b"]).unwrap().len(), 2);
        assert!(!root.path().join("cache").exists());
    }
}
