//! Hands a checked model to mistralrs.
//!
//! Enters: how a model shall be loaded. Leaves: the model, and the folder with its tokenizer. Does
//! not: let a path through that `folder` has not checked.

use super::error::MistralError;
use super::folder::{self, Format};
use crate::config::{DataType, Device, Weights};
use crate::model::worker::Load;
use crate::tokens::{Tokens, TokensError};
use mistralrs::{
    DeviceMapSetting, GgufModelBuilder, Model, ModelDType, TextModelBuilder, TokenSource,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokenizers::Tokenizer;
use tokio::runtime::Runtime;

/// Loads a model. Returns the folder that holds its tokenizer, too.
///
/// # Errors
/// What is wrong with the folder, or what the engine said.
pub fn load(runtime: &Runtime, load: &Load) -> Result<(Model, PathBuf), MistralError> {
    let (name, model, folder) = match &load.weights {
        Weights::Path(path) => {
            let folder = PathBuf::from(path);
            let format = folder::check(&folder, load)?;
            Tokens::from_folder(&folder)?;
            let model = match format {
                Format::Safetensors => runtime.block_on(text_builder(path, load)?.build()),
                Format::Gguf(file) => runtime.block_on(gguf_builder(path, file, load)?.build()),
            };
            (path, model, Some(folder))
        }
        Weights::Hub(hub) => {
            if let Some(file) = &load.file {
                return Err(MistralError::HubGguf { hub: hub.clone(), file: file.clone() });
            }
            let model = runtime.block_on(text_builder(hub, load)?.build());
            (hub, model, None)
        }
    };
    let model = model.map_err(|error| MistralError::Load {
        model: name.clone(),
        message: format!("{error:#}"),
    })?;
    let folder = match folder {
        Some(folder) => folder,
        None => hub_snapshot(name)
            .ok_or_else(|| TokensError::Missing { folder: PathBuf::from(name) })?,
    };
    Ok((model, folder))
}

fn text_builder(model: &str, load: &Load) -> Result<TextModelBuilder, MistralError> {
    let mut builder = TextModelBuilder::new(model)
        .with_dtype(match load.data_type {
            DataType::F32 => ModelDType::F32,
            DataType::F16 => ModelDType::F16,
            DataType::Bf16 => ModelDType::BF16,
            DataType::Auto => ModelDType::Auto,
        })
        .with_token_source(TokenSource::None)
        .with_prefix_cache_n(None)
        .with_max_num_seqs(1)
        // One device: nothing to lay out, and no guess at the memory that other workers take.
        .with_device_mapping(DeviceMapSetting::dummy());
    let device = device(load.device)?;
    if let Some(isq) = &load.isq {
        let kind = mistralrs::parse_isq_value(isq, Some(&device))
            .map_err(|message| MistralError::Isq { isq: isq.clone(), message })?;
        builder = builder.with_isq(kind);
    }
    Ok(match load.device {
        Device::Cpu => builder.with_force_cpu(),
        Device::Cuda => builder.with_device(device),
    })
}

/// There is no data type to choose: on a CPU mistralrs computes a GGUF file's attention in f16.
fn gguf_builder(folder: &str, file: String, load: &Load) -> Result<GgufModelBuilder, MistralError> {
    let builder = GgufModelBuilder::new(folder, vec![file])
        // The tokenizer inside a GGUF file would get Qwen2's regular expression.
        .with_tok_model_id(folder)
        .with_token_source(TokenSource::None)
        .with_prefix_cache_n(None)
        .with_max_num_seqs(1)
        .with_device_mapping(DeviceMapSetting::dummy());
    Ok(match load.device {
        Device::Cpu => builder.with_force_cpu(),
        Device::Cuda => builder.with_device(device(load.device)?),
    })
}

/// Whether the engine was built with CUDA. (Paged attention is built with it, or with Metal, where
/// there is no CUDA either way.)
pub fn has_cuda() -> bool {
    mistralrs::paged_attn_supported() && cfg!(not(target_vendor = "apple"))
}

/// Without this check mistralrs would compute on the CPU and not say so.
fn device(device: Device) -> Result<mistralrs::Device, MistralError> {
    match device {
        Device::Cpu => Ok(mistralrs::Device::Cpu),
        Device::Cuda => mistralrs::Device::new_cuda(0)
            .map_err(|error| MistralError::Device { message: error.to_string() }),
    }
}

/// The tokenizer in a model's folder, without truncation or padding.
pub fn tokenizer(folder: &Path) -> Result<Arc<Tokenizer>, MistralError> {
    match Tokens::from_folder(folder)? {
        Tokens::Model(tokenizer) => Ok(tokenizer),
        Tokens::Words | Tokens::Estimate => {
            Err(TokensError::Missing { folder: folder.to_owned() }.into())
        }
    }
}

/// Where the hub's client has put a model: `$HF_HOME/hub/models--org--name/snapshots/COMMIT`.
fn hub_snapshot(hub: &str) -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HF_HOME")?);
    let repository = home.join("hub").join(format!("models--{}", hub.replace('/', "--")));
    let commit = crate::file::read_text(&repository.join("refs").join("main")).ok()?;
    Some(repository.join("snapshots").join(commit.trim()))
}
