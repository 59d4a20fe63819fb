//! What can go wrong with an embedder or a reranker, and what to do about it.

use crate::file::FileError;
use std::error::Error;
use std::path::PathBuf;

/// An engine's own error.
type Source = Box<dyn Error + Send + Sync>;

/// An embedder that could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// `hashed:N` with an N that is no positive number.
    #[error("`{model}` is not a stand-in embedder")]
    Hashed {
        /// As the experiment names it.
        model: String,
    },
    /// The name is neither a folder nor in the catalogue.
    #[error("`{model}` is neither a folder below {} nor a name of fastembed's catalogue", root.display())]
    Unknown {
        /// As the experiment names it.
        model: String,
        /// The project root.
        root: PathBuf,
        /// The catalogue's most similar name, where one is similar.
        nearest: Option<String>,
    },
    /// The folder holds no layout that is known here.
    #[error("{} holds neither `model.onnx` nor a Qwen3 model (config.json with model_type qwen3)", folder.display())]
    Layout {
        /// The model's folder.
        folder: PathBuf,
    },
    /// A file that the layout needs is not there.
    #[error("no {file} in {}", folder.display())]
    MissingFile {
        /// The model's folder.
        folder: PathBuf,
        /// The file's name.
        file: String,
    },
    /// A file is there and cannot be used.
    #[error("cannot use {}: {message}", path.display())]
    InvalidFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// ONNX Runtime is nowhere it is looked for.
    #[error("ONNX Runtime is missing; looked for {}", list(searched))]
    RuntimeMissing {
        /// Every path that was tried.
        searched: Vec<PathBuf>,
    },
    /// The file is there, and is not an ONNX Runtime that works here.
    #[error("cannot load ONNX Runtime from {}", path.display())]
    RuntimeInvalid {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        #[source]
        source: Source,
    },
    /// The binary was built without engines.
    #[error("`{model}` needs an engine that this build leaves out")]
    NoEngines {
        /// As the experiment names it.
        model: String,
    },
    /// The hub gave an error, or there is none.
    #[error("cannot get `{model}` from its hub")]
    Hub {
        /// Name in the catalogue.
        model: String,
        /// What the engine said.
        #[source]
        source: Source,
    },
    /// The hub gave nothing at all for a while.
    #[error("the hub sent nothing of `{model}` for {seconds} seconds")]
    HubSilent {
        /// Name in the catalogue.
        model: String,
        /// How long nothing came.
        seconds: u32,
    },
    /// The engine does not take the model.
    #[error("cannot load `{model}`")]
    Load {
        /// Folder or name.
        model: String,
        /// What the engine said.
        #[source]
        source: Source,
    },
    /// The engine failed on a text.
    #[error("`{model}` failed")]
    Run {
        /// Folder or name.
        model: String,
        /// What the engine said.
        #[source]
        source: Source,
    },
    /// The engine's answer breaks the contract.
    #[error("`{model}` gave {problem}")]
    Answer {
        /// Folder or name.
        model: String,
        /// For example `a vector with a number that is not finite`.
        problem: String,
    },
    /// The work was asked to stop; what is finished is kept.
    #[error("embedding was asked to stop")]
    Stopped,
    /// A file of cached vectors belongs to something else.
    #[error("{} is not a cache of vectors of {dimensions} numbers", path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// Numbers in a vector of this embedder.
        dimensions: usize,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl EmbedError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Hashed { .. } => {
                "write `hashed:256`, or another number of dimensions between 1 and 65536".into()
            }
            Self::Unknown { model, nearest, .. } => match nearest {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("check the spelling of `{model}`; `models/get.sh` gets the models of the examples"),
            },
            Self::Layout { folder } => format!(
                "export the model to ONNX as `{}`, or use a Qwen3 embedder in safetensors",
                folder.join("model.onnx").display()
            ),
            Self::MissingFile { folder, file } => format!(
                "copy the model's `{file}` into `{}`; it stands beside the weights where they came from",
                folder.display()
            ),
            Self::InvalidFile { path, .. } => {
                format!("copy `{}` again from where the model came from", path.display())
            }
            Self::RuntimeMissing { .. } => {
                "run `models/get.sh onnxruntime`, or set ORT_DYLIB_PATH to the library file".into()
            }
            Self::RuntimeInvalid { .. } => {
                "run `models/get.sh onnxruntime` for a version that fits, or set ORT_DYLIB_PATH to one (1.24 or later, for this processor and system)".into()
            }
            Self::NoEngines { .. } => {
                "build with the default features, or use `hashed:256` (a stand-in)".into()
            }
            Self::Hub { .. } | Self::HubSilent { .. } => {
                "name a local folder instead (`models/get.sh` gets one), or make the hub reachable (HF_ENDPOINT, HF_TOKEN)".into()
            }
            Self::Load { .. } => {
                "copy the model again from where it came from; the engine's message names the part it stumbled over".into()
            }
            Self::Cache { path, .. } => format!("delete `{}`; it is made again", path.display()),
            Self::File(error) => return error.hint(),
            Self::Stopped => "run the same command again: it goes on where it stopped".into(),
            Self::Run { .. } | Self::Answer { .. } => return None,
        })
    }
}

/// Paths with commas between them.
fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
