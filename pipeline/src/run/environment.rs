//! Everything that is read from the environment, read once and passed on.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Keys and places that an experiment file does not hold. Keys stay in memory: this type has no
/// `Debug` and is never written.
#[derive(Clone, Default)]
pub struct Environment {
    /// `ORT_DYLIB_PATH`: ONNX Runtime's library.
    pub ort_dylib: Option<PathBuf>,
    /// `HF_HOME`: where a hub's files are kept.
    pub hub_folder: Option<PathBuf>,
    /// This program, to start workers with.
    pub program: PathBuf,
    /// The folder the command was given in.
    pub current_folder: PathBuf,
    keys: BTreeMap<String, String>,
}

impl Environment {
    /// Of this process. `key_names` are the variables that an experiment names.
    ///
    /// # Errors
    /// When the operating system does not say where this program or the current folder is.
    pub fn current(key_names: impl IntoIterator<Item = String>) -> std::io::Result<Self> {
        let keys = key_names
            .into_iter()
            .filter_map(|name| std::env::var(&name).ok().map(|key| (name, key)))
            .collect();
        Ok(Self {
            ort_dylib: std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from),
            hub_folder: std::env::var_os("HF_HOME").map(PathBuf::from),
            program: std::env::current_exe()?,
            current_folder: std::env::current_dir()?,
            keys,
        })
    }

    /// The key that a variable holds; none when it is unset or empty.
    pub fn key(&self, name: Option<&str>) -> Option<String> {
        self.keys.get(name?).filter(|key| !key.is_empty()).cloned()
    }
}
