//! What a pool needs to know about a model and its workers' limits.

use super::protocol::{Load, PROTOCOL};
use crate::config::{MistralrsModel, Weights};
use std::path::{Path, PathBuf};

/// Seconds that loading a local model may take. A disk that gives 50 MB a second loads 90 GB in it;
/// a worker that takes longer hangs.
const LOAD_SECONDS_LIMIT: f64 = 1800.0;

/// One model and the limits of its workers.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerSpec {
    /// The model's name, for messages.
    pub model: String,
    /// What a worker loads.
    pub load: Load,
    /// Threads a worker computes with.
    pub threads: usize,
    /// Seconds after which a request counts as hung.
    pub seconds_limit: f64,
    /// Seconds after which a load counts as hung; none for a hub, which may have much to send.
    pub load_seconds_limit: Option<f64>,
    /// Resident bytes after which a worker is replaced.
    pub memory_limit_bytes: Option<u64>,
    /// Home and hub cache of the workers; a temporary folder when absent.
    pub cache_folder: Option<PathBuf>,
}

impl WorkerSpec {
    /// The workers of a `[model.NAME]` table; its path stands below `root`.
    pub fn new(name: &str, model: &MistralrsModel, root: &Path) -> Self {
        let (weights, load_seconds_limit) = match &model.weights {
            Weights::Path(path) => (
                Weights::Path(absolute(&root.join(path)).to_string_lossy().into_owned()),
                Some(LOAD_SECONDS_LIMIT),
            ),
            Weights::Hub(hub) => (Weights::Hub(hub.clone()), None),
        };
        Self {
            model: name.to_owned(),
            load: Load {
                protocol: PROTOCOL,
                weights,
                file: model.file.clone(),
                isq: model.isq.clone(),
                data_type: model.data_type,
                device: model.device,
                context_tokens: model.context_tokens,
            },
            threads: model.threads.max(1),
            seconds_limit: model.seconds_limit,
            load_seconds_limit,
            memory_limit_bytes: model
                .memory_limit_gib
                .map(|gib| (gib * (1_u64 << 30) as f64) as u64),
            cache_folder: None,
        }
    }
}

/// The path from the root of the file system; as it is where the current folder is unknown.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DataType, Device};

    #[test]
    fn paths_are_absolute_and_limits_in_bytes() {
        let model = MistralrsModel {
            weights: Weights::Path("models/x".into()),
            file: None,
            context_tokens: 512,
            isq: None,
            data_type: DataType::F32,
            device: Device::Cpu,
            threads: 1,
            replicas: None,
            seconds_limit: 9.0,
            memory_limit_gib: Some(0.5),
        };
        let spec = WorkerSpec::new("x", &model, Path::new("/lab"));
        assert_eq!(spec.load.weights, Weights::Path("/lab/models/x".into()));
        assert_eq!(spec.memory_limit_bytes, Some(512 << 20));
    }
}
