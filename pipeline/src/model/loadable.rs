//! What the local engine would refuse of a model, or compute wrongly, found in the headers of its
//! files: before a run begins, and in a build without the engine.
//!
//! Enters: a folder and how it shall be run. Leaves: every objection. Does not: repeat what
//! [`super::facts`] finds wrong with the files themselves.

use super::facts::{self, FactsError, GgufHead};
use crate::config::MistralrsModel;
use crate::file;
use std::path::{Path, PathBuf};

/// Types of GGUF tensors that mistralrs 0.8.1 reads: those of candle-core 0.10
/// (`quantized::GgmlDType::from_u32`). `type 9` is Q8_1, which no file uses.
const GGUF_TYPES: [&str; 15] = [
    "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "type 9", "Q2_K", "Q3_K", "Q4_K",
    "Q5_K", "Q6_K", "Q8_K",
];

/// Why a model cannot be run as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// GGUF weights are quantized already, or were not meant to be.
    #[error("isq = \"{isq}\" on {}: a GGUF file is not quantized again", path.display())]
    Isq {
        /// The file.
        path: PathBuf,
        /// As written.
        isq: String,
    },
    /// The engine chooses by the name, and does not take `model_type` for it.
    #[error("{} has no list `architectures` of one name", path.display())]
    Architectures {
        /// `config.json`.
        path: PathBuf,
    },
    /// A type of tensors that the engine does not know.
    #[error("{}: tensor `{tensor}` is of type {kind}, which mistralrs does not read", path.display())]
    TensorType {
        /// The file.
        path: PathBuf,
        /// One that has the type.
        tensor: String,
        /// Its type.
        kind: String,
    },
    /// Beyond it the engine's positions are not the model's.
    #[error(
        "mistralrs computes {} rightly up to {window_tokens} tokens: it ignores rope scaling in GGUF files",
        path.display()
    )]
    Window {
        /// The file.
        path: PathBuf,
        /// Up to here.
        window_tokens: usize,
    },
}

impl Objection {
    /// The key of the model's table that it is about.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Isq { .. } => "isq",
            Self::Architectures { .. } | Self::TensorType { .. } => "path",
            Self::Window { .. } => "context_tokens",
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Isq { .. } => {
                "remove `isq`, or name a folder with the model's safetensors".into()
            }
            Self::Architectures { .. } => {
                "copy `config.json` again from where the model came from, or add the line, such as `\"architectures\": [\"LlamaForCausalLM\"]`"
                    .into()
            }
            Self::TensorType { .. } => {
                "get the model with another quantization, such as Q4_K_M, Q5_K_M or Q8_0".into()
            }
            Self::Window { window_tokens, .. } => format!(
                "write `context_tokens = {window_tokens}`, or run the model's safetensors"
            ),
        }
    }
}

/// Everything that speaks against running the model of `folder` as `plan` says.
///
/// # Errors
/// When the files cannot be described.
pub fn objections(folder: &Path, plan: &MistralrsModel) -> Result<Vec<Objection>, FactsError> {
    let Some(path) = facts::gguf_file(folder, plan.file.as_deref())? else {
        return Ok(architectures(folder)?.into_iter().collect());
    };
    let head = facts::gguf_head(&path)?;
    let isq = plan.isq.clone().map(|isq| Objection::Isq { path: path.clone(), isq });
    let types = head
        .types
        .iter()
        .filter(|(kind, _)| !GGUF_TYPES.contains(&kind.as_str()))
        .map(|(kind, tensor)| (kind.clone(), tensor.clone()))
        .map(|(kind, tensor)| Objection::TensorType { path: path.clone(), tensor, kind });
    let window = right_window(&head, plan.context_tokens)
        .map(|window_tokens| Objection::Window { path: path.clone(), window_tokens });
    Ok(isq.into_iter().chain(types).chain(window).collect())
}

/// Up to which window mistralrs computes a GGUF model rightly, where `context_tokens` is more:
/// version 0.8.1 takes no notice of `rope_freqs` and the keys of `rope.scaling`.
pub fn right_window(head: &GgufHead, context_tokens: usize) -> Option<usize> {
    head.unscaled_tokens.filter(|unscaled| context_tokens > *unscaled)
}

/// `config.json` is there and is JSON, else the folder could not be described.
fn architectures(folder: &Path) -> Result<Option<Objection>, FactsError> {
    let path = folder.join("config.json");
    let config: serde_json::Value = serde_json::from_slice(&file::read(&path)?)
        .map_err(|source| FactsError::Json { path: path.clone(), source })?;
    let names = config["architectures"].as_array().map_or(&[][..], Vec::as_slice);
    let is_one = matches!(names, [name] if name.is_string());
    Ok((!is_one).then_some(Objection::Architectures { path }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DataType, Device, Weights};
    use crate::model::facts::tests::{GgufTensor, gguf, text};

    fn plan(isq: Option<&str>, context_tokens: usize) -> MistralrsModel {
        MistralrsModel {
            weights: Weights::Path("models/m".into()),
            file: None,
            context_tokens,
            isq: isq.map(Into::into),
            data_type: DataType::F32,
            device: Device::Cpu,
            threads: 1,
            replicas: None,
            seconds_limit: 1.0,
            memory_limit_gib: None,
        }
    }

    fn folder(name: &str, bytes: impl AsRef<[u8]>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder
    }

    fn gguf_folder(tensors: &[GgufTensor<'_>]) -> tempfile::TempDir {
        let window = ("llama.context_length", 4, 131_072_u32.to_le_bytes().to_vec());
        let metadata = [("general.architecture", 8, text("llama")), window];
        folder("m.gguf", gguf(&metadata, tensors))
    }

    const WEIGHT: GgufTensor<'_> = ("token_embd.weight", &[256, 2], 12, 288);

    fn keys(folder: &Path, plan: &MistralrsModel) -> Vec<&'static str> {
        objections(folder, plan).unwrap().iter().map(Objection::key).collect()
    }

    #[test]
    fn a_sound_gguf_file_meets_no_objection() {
        let folder = gguf_folder(&[WEIGHT, ("norm", &[64], 0, 256), ("x", &[64], 30, 128)]);
        assert!(keys(folder.path(), &plan(None, 131_072)).is_empty());
    }

    #[test]
    fn a_gguf_file_is_not_quantized_again() {
        let folder = gguf_folder(&[WEIGHT]);
        let found = objections(folder.path(), &plan(Some("Q4K"), 512)).unwrap();
        assert!(matches!(&found[..], [Objection::Isq { isq, .. }] if isq == "Q4K"), "{found:?}");
        assert!(found[0].hint().contains("remove `isq`"));
    }

    #[test]
    fn types_that_the_engine_does_not_read_are_named_with_a_tensor() {
        // IQ2_XXS, IQ4_XS, MXFP4 and one that is unknown here, whose bytes are not checked.
        for (kind, bytes, name) in
            [(16, 66, "IQ2_XXS"), (23, 136, "IQ4_XS"), (39, 136, "MXFP4"), (99, 0, "type 99")]
        {
            let folder = gguf_folder(&[WEIGHT, ("blk.0.x", &[256], kind, bytes)]);
            let found = objections(folder.path(), &plan(None, 512)).unwrap();
            assert_eq!(found.len(), 1, "{found:?}");
            let text = found[0].to_string();
            assert!(text.contains("`blk.0.x`") && text.contains(name), "{text}");
        }
    }

    #[test]
    fn a_window_beyond_what_is_computed_rightly() {
        let folder = gguf_folder(&[WEIGHT, ("rope_freqs.weight", &[16], 0, 64)]);
        assert!(keys(folder.path(), &plan(None, 8192)).is_empty());
        let found = objections(folder.path(), &plan(None, 8704)).unwrap();
        assert!(matches!(found[..], [Objection::Window { window_tokens: 8192, .. }]), "{found:?}");
        assert!(found[0].hint().contains("context_tokens = 8192"));
    }

    #[test]
    fn safetensors_need_the_name_of_their_architecture() {
        let with = |config: &str| {
            let folder = folder("config.json", config);
            std::fs::write(folder.path().join("model.safetensors"), "").unwrap();
            keys(folder.path(), &plan(Some("Q4K"), 512))
        };
        assert!(with(r#"{"architectures": ["LlamaForCausalLM"]}"#).is_empty());
        for config in [
            r#"{"model_type": "llama"}"#,
            r#"{"architectures": []}"#,
            r#"{"architectures": ["A", "B"]}"#,
            r#"{"architectures": "LlamaForCausalLM"}"#,
        ] {
            assert_eq!(with(config), ["path"], "{config}");
        }
    }
}
