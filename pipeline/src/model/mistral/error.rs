//! Why a model cannot be loaded, or a prompt not answered.

use crate::file::FileError;
use crate::model::worker::Refusal;
use crate::tokens::TokensError;
use std::path::PathBuf;

/// A model or prompt that was refused, or an engine that failed.
#[derive(Debug, thiserror::Error)]
pub enum MistralError {
    /// The path is not a folder. It is never tried as a hub name.
    #[error("no folder `{}`", folder.display())]
    NoFolder {
        /// The path.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// `tokenizer.json` is missing or broken.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The folder has no `config.json`.
    #[error("no config.json in {}", folder.display())]
    NoConfig {
        /// The model's folder.
        folder: PathBuf,
    },
    /// `config.json` is not what it should be.
    #[error("{} {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong, as the rest of a sentence.
        message: String,
    },
    /// mistralrs cannot run the architecture.
    #[error("{}: architecture `{found}` is not supported", path.display())]
    Architecture {
        /// The file that names it.
        path: PathBuf,
        /// Its name.
        found: String,
        /// Those that are.
        supported: Vec<&'static str>,
    },
    /// The folder has no weights.
    #[error("no .safetensors or .gguf file in {}", folder.display())]
    NoWeights {
        /// The model's folder.
        folder: PathBuf,
    },
    /// The folder has several GGUF files and none is named.
    #[error("{} holds {} GGUF files: {}", folder.display(), files.len(), files.join(", "))]
    SeveralGguf {
        /// The model's folder.
        folder: PathBuf,
        /// Their names, sorted.
        files: Vec<String>,
    },
    /// `file` names something else than a GGUF file.
    #[error("`{}` is not a GGUF file", path.display())]
    NotGguf {
        /// The file.
        path: PathBuf,
    },
    /// A weights file is shorter than its header says.
    #[error("{} is cut: {found} bytes of {expected}", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// Bytes it should have.
        expected: u64,
        /// Bytes it has.
        found: u64,
    },
    /// A weights file is not of its format.
    #[error("{} is not a valid weights file: {message}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The window asked for is larger than what the model computes rightly.
    #[error("context_tokens = {context_tokens} is more than the {window_tokens} tokens {reason}")]
    Window {
        /// Asked for.
        context_tokens: usize,
        /// Possible.
        window_tokens: usize,
        /// Whose limit it is, as the rest of a sentence.
        reason: String,
    },
    /// The quantization is unknown, or does not go with the file.
    #[error("isq = \"{isq}\": {message}")]
    Isq {
        /// As written.
        isq: String,
        /// Why not.
        message: String,
    },
    /// GGUF files are loaded from a folder only.
    #[error("GGUF file `{file}` of the hub's `{hub}` has no tokenizer that can be trusted")]
    HubGguf {
        /// Hub name.
        hub: String,
        /// The file.
        file: String,
    },
    /// What should compute is not there.
    #[error("device = \"cuda\" is not available: {message}")]
    Device {
        /// What the engine said.
        message: String,
    },
    /// The engine would not load the model.
    #[error("mistralrs cannot load `{model}`: {message}")]
    Load {
        /// Folder or hub name.
        model: String,
        /// What the engine said, with causes.
        message: String,
    },
    /// The prompt has no tokens, or no answer is asked for.
    #[error("nothing to do: {prompt_tokens} prompt tokens, at most {answer_tokens} answer tokens")]
    Nothing {
        /// Tokens of the prompt.
        prompt_tokens: usize,
        /// Longest answer.
        answer_tokens: usize,
    },
    /// Prompt and longest answer do not fit the window. Nothing is ever cut here.
    #[error(
        "{prompt_tokens} prompt tokens and up to {answer_tokens} answer tokens do not fit a window of {context_tokens}"
    )]
    OverWindow {
        /// Tokens of the prompt.
        prompt_tokens: usize,
        /// Longest answer.
        answer_tokens: usize,
        /// The window.
        context_tokens: usize,
    },
    /// Text and tokens could not be turned into each other.
    #[error("the tokenizer failed: {message}")]
    Tokenizer {
        /// What the library said.
        message: String,
    },
    /// The engine failed in the middle of an answer.
    #[error("mistralrs failed: {message}")]
    Engine {
        /// What it said.
        message: String,
    },
}

impl MistralError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        let again = "copy the file again from where the model came from";
        Some(match self {
            Self::NoFolder { .. } => {
                "check the spelling; to load from a hub write `hub = \"org/name\"` instead of `path`"
                    .into()
            }
            Self::File(error) => return error.hint(),
            Self::Tokens(error) => return error.hint(),
            Self::NoConfig { folder } => format!(
                "copy the model's `config.json` into `{}`; it stands beside the weights where they came from",
                folder.display()
            ),
            Self::Config { .. } => again.into(),
            Self::Architecture { supported, .. } => {
                format!("supported: {}; serve others by an `openai` endpoint", supported.join(", "))
            }
            Self::NoWeights { folder } => format!(
                "put the weights into `{}`: model.safetensors, or a .gguf file with its tokenizer.json",
                folder.display()
            ),
            Self::SeveralGguf { files, .. } => {
                format!("choose one: `file = \"{}\"`", files.first().map_or("", String::as_str))
            }
            Self::NotGguf { .. } => {
                "`file` chooses among GGUF files; leave it out for safetensors".into()
            }
            Self::Cut { .. } | Self::Weights { .. } => {
                format!("the copy or download was not finished: {again} and compare its checksum")
            }
            Self::Window { window_tokens, .. } => {
                format!("set `context_tokens = {window_tokens}` or less")
            }
            Self::Isq { .. } => {
                "use one of Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2K to Q8K on safetensors, none on GGUF"
                    .into()
            }
            Self::HubGguf { .. } => {
                "put the GGUF file and its model's tokenizer.json into a folder and name it by `path`"
                    .into()
            }
            Self::Device { .. } => {
                "set `device = \"cpu\"`, or build with mistralrs's `cuda` feature where CUDA is".into()
            }
            Self::OverWindow { .. } => {
                "give fewer or shorter passages, a smaller `answer_tokens`, or a larger `context_tokens`"
                    .into()
            }
            Self::Load { .. }
            | Self::Nothing { .. }
            | Self::Tokenizer { .. }
            | Self::Engine { .. } => return None,
        })
    }
}

impl From<MistralError> for Refusal {
    fn from(error: MistralError) -> Self {
        let retry = matches!(error, MistralError::Engine { .. });
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self { message, hint: error.hint(), retry }
    }
}
