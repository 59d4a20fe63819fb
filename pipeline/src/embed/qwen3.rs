//! Qwen3 embedders in safetensors, through fastembed's candle backend.
//!
//! Enters: a folder with `config.json`, `tokenizer.json` and `*.safetensors`. Leaves: an
//! [`Embedder`] that takes the last token's state. Does not: need ONNX Runtime, or cache vectors.

use super::limit::TokenLimit;
use super::source::{json, safetensors};
use super::unit::{first_axis, unit_vectors};
use super::{EmbedError, Embedder, Prefixes, Role};
use crate::config::EmbedderPlan;
use crate::file;
use crate::tokens::Tokens;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use fastembed::{Qwen3Config, Qwen3Model, Qwen3TextEmbedding};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tokenizers::{PaddingDirection, PaddingParams, Tokenizer, TruncationParams};

/// A model of the Qwen3 architecture on the CPU in f32.
pub struct Qwen3Embedder {
    name: String,
    model: Qwen3TextEmbedding,
    limit: TokenLimit,
    prefixes: Prefixes,
    batch: usize,
}

impl Qwen3Embedder {
    /// Loads the model of a folder.
    ///
    /// # Errors
    /// When a file is missing, unreadable or does not fit the architecture.
    pub fn load(plan: &EmbedderPlan, folder: &Path) -> Result<Self, EmbedError> {
        let failed = |source: candle_core::Error| EmbedError::Load {
            model: plan.model.clone(),
            source: Box::new(source),
        };
        let config = config(&folder.join("config.json"))?;
        let max_tokens = plan.max_tokens.min(config.max_position_embeddings);
        let (tokenizer, limit) = tokenizer(&folder.join("tokenizer.json"), max_tokens)?;
        let tensors = tensors(&safetensors(folder)?)?;
        // A model saved with its language head has everything else under `model.`.
        let below_model = tensors.contains_key("model.embed_tokens.weight");
        let variables = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let variables = if below_model { variables.pp("model") } else { variables };
        let model = Qwen3Model::new(config, variables).map_err(failed)?;
        Ok(Self {
            name: plan.model.clone(),
            model: Qwen3TextEmbedding::new(model, tokenizer),
            limit,
            prefixes: Prefixes::of_plan(plan),
            batch: plan.batch.max(1),
        })
    }
}

impl Embedder for Qwen3Embedder {
    fn dimensions(&self) -> usize {
        self.model.output_dim()
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        // A text without tokens has no last token. (Qwen's own tokenizer ends each text with one.)
        let prefixed: Vec<(usize, String)> = texts
            .iter()
            .map(|text| self.prefixes.apply(role, text))
            .enumerate()
            .filter(|(_, text)| self.limit.tokens(text) > 0)
            .collect();
        let mut vectors = vec![first_axis(self.dimensions()); texts.len()];
        for batch in prefixed.chunks(self.batch) {
            let texts: Vec<&str> = batch.iter().map(|(_, text)| text.as_str()).collect();
            let answer = self.model.embed(&texts).map_err(|source| EmbedError::Run {
                model: self.name.clone(),
                source: Box::new(source),
            })?;
            let answer = unit_vectors(&self.name, answer, texts.len(), self.dimensions())?;
            for ((index, _), vector) in batch.iter().zip(answer) {
                vectors[*index] = vector;
            }
        }
        Ok(vectors)
    }

    fn is_cut(&self, role: Role, text: &str) -> bool {
        self.limit.exceeds(&self.prefixes.apply(role, text))
    }

    fn tokens(&self) -> Option<Tokens> {
        Some(self.limit.counter())
    }
}

/// The configuration, checked where the engine would panic.
fn config(path: &Path) -> Result<Qwen3Config, EmbedError> {
    let invalid = |message: String| EmbedError::InvalidFile { path: path.to_owned(), message };
    let mut value = json(path)?;
    // Newer files keep the base of the rotary embedding in a table.
    if value["rope_theta"].is_null() && value["rope_parameters"]["rope_theta"].is_number() {
        value["rope_theta"] = value["rope_parameters"]["rope_theta"].clone();
    }
    let config: Qwen3Config =
        serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
    let (heads, groups) = (config.num_attention_heads, config.num_key_value_heads);
    if heads == 0 || groups == 0 || !heads.is_multiple_of(groups) {
        return Err(invalid(format!("{heads} attention heads over {groups} key-value heads")));
    }
    // It multiplies by values in an order that only repeating them makes whole.
    if heads == groups {
        return Err(invalid(format!(
            "as many key-value heads as attention heads ({heads}): fastembed runs a Qwen3 embedder \
             only where several attention heads share one"
        )));
    }
    let width = config.head_dim();
    if width == 0 || !width.is_multiple_of(2) {
        return Err(invalid(format!("attention heads of width {width}: an even number is needed")));
    }
    Ok(config)
}

/// The tokenizer with left padding and truncation, and one without for counting.
fn tokenizer(path: &Path, max_tokens: usize) -> Result<(Tokenizer, TokenLimit), EmbedError> {
    let invalid = |error: tokenizers::Error| EmbedError::InvalidFile {
        path: path.to_owned(),
        message: error.to_string(),
    };
    let mut tokenizer = Tokenizer::from_file(path).map_err(invalid)?;
    let limit = TokenLimit::new(tokenizer.clone(), max_tokens);
    // The last position must be a text's last token, whatever the lengths of its neighbours.
    tokenizer.with_padding(Some(PaddingParams {
        direction: PaddingDirection::Left,
        ..PaddingParams::default()
    }));
    tokenizer
        .with_truncation(Some(TruncationParams {
            max_length: max_tokens,
            ..TruncationParams::default()
        }))
        .map_err(invalid)?;
    Ok((tokenizer, limit))
}

/// All tensors of all files.
fn tensors(files: &[PathBuf]) -> Result<HashMap<String, Tensor>, EmbedError> {
    let mut tensors = HashMap::new();
    for path in files {
        let bytes = file::read(path)?;
        let part =
            candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| {
                EmbedError::InvalidFile { path: path.to_owned(), message: error.to_string() }
            })?;
        tensors.extend(part);
    }
    Ok(tensors)
}

#[cfg(test)]
#[path = "qwen3_tests.rs"]
mod tests;
