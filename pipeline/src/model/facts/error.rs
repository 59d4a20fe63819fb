//! Model files that cannot be described.

use crate::file::FileError;
use std::io;
use std::path::PathBuf;

/// The language models that `models/get.sh` makes, each a folder of that name.
const EXAMPLES: [&str; 2] = ["smollm2-135m-instruct", "smollm2-135m-instruct-q4_1"];

/// Why a model's files could not be described.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// The operating system said no.
    #[error(transparent)]
    File(#[from] FileError),
    /// No weights of a kind we read.
    #[error("no weights in {}: neither *.safetensors nor *.gguf", folder.display())]
    NoWeights {
        /// The model's folder.
        folder: PathBuf,
    },
    /// Safetensors without `config.json`.
    #[error("no config.json in {}", folder.display())]
    NoConfig {
        /// The model's folder.
        folder: PathBuf,
    },
    /// Several GGUF files, and the plan names none.
    #[error("{} holds several GGUF files: {}", folder.display(), files.join(", "))]
    SeveralGguf {
        /// The model's folder.
        folder: PathBuf,
        /// Their names, sorted.
        files: Vec<String>,
    },
    /// The plan or an index names a file that is not there.
    #[error("no file {}", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
        /// GGUF files that are there, sorted.
        found: Vec<String>,
    },
    /// A GGUF model in several parts.
    #[error("{} is one of {parts} parts", path.display())]
    SplitGguf {
        /// The file.
        path: PathBuf,
        /// How many parts the model has.
        parts: u64,
    },
    /// The header tells of more bytes than the file has.
    #[error("{} is cut off: its header tells of {expected_bytes} bytes, the file has {file_bytes}", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// Bytes by the header.
        expected_bytes: u64,
        /// Bytes of the file.
        file_bytes: u64,
    },
    /// The header is not of this format.
    #[error("{}: invalid header: {problem}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// `config.json` or an index is not the JSON expected.
    #[error("{} is not the JSON expected", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
}

impl FactsError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(FileError::Io { source, path, .. })
                if source.kind() == io::ErrorKind::NotFound
                    && EXAMPLES.iter().any(|name| path.ends_with(name)) =>
            {
                Some(format!(
                    "check the spelling of `{}`; `models/get.sh` gets the models of the examples",
                    path.display()
                ))
            }
            Self::File(error) => error.hint(),
            Self::NoWeights { folder } => Some(format!(
                "put the model's safetensors files or one GGUF file into `{}`; PyTorch's .bin files have to be converted",
                folder.display()
            )),
            Self::NoConfig { folder } => Some(format!(
                "copy the model's `config.json` into `{}`; it stands beside the weights where they came from",
                folder.display()
            )),
            Self::SeveralGguf { files, .. } => Some(format!(
                "name one: `file = \"{}\"`",
                files.first().map_or("", String::as_str)
            )),
            Self::NoFile { found, .. } if !found.is_empty() => {
                Some(format!("the folder holds: {}", found.join(", ")))
            }
            Self::NoFile { .. } => Some("copy it from where the model came from".into()),
            Self::SplitGguf { .. } => Some(
                "join the parts into one file with `llama-gguf-split --merge FIRST_PART WHOLE`"
                    .into(),
            ),
            Self::Cut { .. } | Self::Header { .. } | Self::Json { .. } => Some(
                "copy the file again from where the model came from; a pointer file of Git LFS needs `git lfs pull`"
                    .into(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_missing_model_of_the_examples_can_be_got() {
        let missing = |path: &str| {
            let source = io::Error::from(io::ErrorKind::NotFound);
            FactsError::from(FileError::io("read", Path::new(path))(source)).hint().unwrap()
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/get.sh");
        let script = std::fs::read_to_string(script).unwrap();
        for name in EXAMPLES {
            assert!(script.contains(&format!("\n  {name} ")), "models/get.sh does not make {name}");
            assert!(missing(&format!("/p/models/{name}")).contains("`models/get.sh` gets"));
        }
        assert_eq!(missing("/p/models/own"), "check the spelling of `/p/models/own`");
    }
}
