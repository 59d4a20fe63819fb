//! What decides an embedder's vectors, as one fingerprint.

use super::{EmbedError, EmbedderSource, resolve};
use crate::config::EmbedderPlan;
use crate::file::FileError;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use std::path::{Path, PathBuf};

/// Raised when the same files and settings come to give other vectors.
const SCHEME: &str = "1";

/// Of the model's files and the settings that decide its vectors; the batch size does not. No
/// engine is loaded. `hash_of_file` is the caller's, so that it can keep the hashes of large files.
///
/// # Errors
/// When the name stands for nothing, a file is missing, or cannot be read.
pub fn fingerprint(
    plan: &EmbedderPlan,
    root: &Path,
    hash_of_file: &dyn Fn(&Path) -> Result<Fingerprint, FileError>,
) -> Result<Fingerprint, EmbedError> {
    let source = resolve(&plan.model, root)?;
    let mut builder = FingerprintBuilder::new()
        .part("embedder", SCHEME)
        .json("max_tokens", &plan.max_tokens)
        .part("query_prefix", &plan.query_prefix)
        .part("passage_prefix", &plan.passage_prefix);
    builder = match &source {
        EmbedderSource::Hashed { .. } => builder.part("hashed", &plan.model),
        EmbedderSource::Catalogue { name } => builder.part("catalogue", name),
        EmbedderSource::Onnx { .. } => builder.json("onnx", &plan.pooling),
        EmbedderSource::Qwen3 { .. } => builder.part("qwen3", ""),
    };
    let folder = source.folder().unwrap_or(root);
    Ok(folder_fingerprint(builder, folder, &source.files()?, hash_of_file)?.finish())
}

/// Adds each file by its path below `folder` and its content: where the folder stands does not
/// matter.
///
/// # Errors
/// When a file cannot be read.
pub fn folder_fingerprint(
    mut builder: FingerprintBuilder,
    folder: &Path,
    files: &[PathBuf],
    hash_of_file: &dyn Fn(&Path) -> Result<Fingerprint, FileError>,
) -> Result<FingerprintBuilder, FileError> {
    for path in files {
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        builder = builder.part(&name, hash_of_file(path)?.as_str());
    }
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pooling;
    use crate::file;

    fn plan(model: &str) -> EmbedderPlan {
        EmbedderPlan {
            model: model.into(),
            query_prefix: String::new(),
            passage_prefix: String::new(),
            pooling: Pooling::Mean,
            max_tokens: 256,
            batch: 8,
        }
    }

    fn onnx_folder(weights: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in
            ["tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"]
        {
            file::write_whole(&root.path().join("m").join(name), b"{}").unwrap();
        }
        file::write_whole(&root.path().join("m/model.onnx"), weights.as_bytes()).unwrap();
        root
    }

    fn of(plan: &EmbedderPlan, root: &Path) -> Fingerprint {
        fingerprint(plan, root, &|path| Ok(Fingerprint::of(&file::read(path)?))).unwrap()
    }

    #[test]
    fn follows_content_and_settings_and_nothing_else() {
        let (one, same, other) = (onnx_folder("a"), onnx_folder("a"), onnx_folder("b"));
        let base = of(&plan("m"), one.path());
        assert_eq!(base, of(&plan("m"), same.path()));
        assert_ne!(base, of(&plan("m"), other.path()));
        assert_eq!(base, of(&EmbedderPlan { batch: 9, ..plan("m") }, one.path()));
        for changed in [
            EmbedderPlan { max_tokens: 255, ..plan("m") },
            EmbedderPlan { pooling: Pooling::Cls, ..plan("m") },
            EmbedderPlan { query_prefix: "query: ".into(), ..plan("m") },
            EmbedderPlan { passage_prefix: "query: ".into(), ..plan("m") },
        ] {
            assert_ne!(base, of(&changed, one.path()));
        }
        assert_ne!(of(&plan("hashed:8"), one.path()), of(&plan("hashed:9"), one.path()));
    }
}
