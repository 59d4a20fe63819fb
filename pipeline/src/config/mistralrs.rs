//! `mistralrs = { ... }`: weights that run in worker processes on this machine.
//!
//! Enters: the table. Leaves: a [`MistralrsModel`]. Does not: look at the weights.

use super::fields::Fields;
use super::findings::Objection;
use super::name;
use super::suggestion::{hint, quoted};
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// Where weights come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// `path = "models/x"`: a folder below the project root (or absolute) in Hugging Face layout,
    /// or one that holds a GGUF file and a `tokenizer.json`.
    Path(String),
    /// `hub = "org/name"`: a hub name, where a hub is reachable.
    Hub(String),
}

/// Weights that mistralrs runs in worker processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MistralrsModel {
    /// `path` or `hub`.
    pub weights: Weights,
    /// `file = "x.gguf"`: which file of the folder, where it holds several GGUF files.
    pub file: Option<String>,
    /// Window in tokens that prompt and answer share; at most the model's own, a multiple of 512.
    pub context_tokens: usize,
    /// In-situ quantization at load: `Q4K`, `Q8_0`, ...
    pub isq: Option<String>,
    /// Type of the weights in memory; `f32` when absent, the fastest on a CPU.
    pub data_type: DataType,
    /// `cpu` or `cuda`.
    pub device: Device,
    /// Threads a worker process computes with; 1 when absent.
    pub threads: usize,
    /// Worker processes; as many as cores and memory allow when absent.
    pub replicas: Option<usize>,
    /// Seconds after which a trial counts as hung and its worker is replaced.
    pub seconds_limit: f64,
    /// GiB of resident memory after which a worker is replaced; none when absent.
    pub memory_limit_gib: Option<f64>,
}

/// Type of the weights in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum DataType {
    F32,
    F16,
    Bf16,
    Auto,
}

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Device {
    Cpu,
    Cuda,
}

/// Tokens a page of the engine's cache holds on a CPU: capacities are rounded up to a multiple of
/// it, so that any other window would not be the one that was asked for.
const PAGE_TOKENS: usize = 512;

/// In-situ quantizations that mistralrs 0.8.1 reads (`parse_isq_value`), whatever their case. A
/// plain number is the best of that many bits.
const ISQ: [&str; 28] = [
    "2", "3", "4", "5", "6", "8", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2K", "Q3K",
    "Q4K", "Q5K", "Q6K", "Q8K", "HQQ8", "HQQ4", "FP8", "AFQ8", "AFQ6", "AFQ4", "AFQ3", "AFQ2",
    "F8Q8", "MXFP4",
];

impl MistralrsModel {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let chosen = fields.chosen("weights", &["path", "hub"]);
        let path = fields.text("path");
        let hub = fields.text("hub");
        let file = fields.checked("file", name::check_file);
        let context_tokens = fields.needs("context_tokens", "context_tokens = 2048").whole(
            "context_tokens",
            super::SMALLEST_WINDOW_TOKENS..,
            "tokens that prompt and answer share",
        );
        let isq = fields.checked("isq", check_isq);
        let data_type = fields.variant("data_type", &DataType::NAMES);
        let device = fields.variant("device", &Device::NAMES);
        let threads = fields.whole("threads", 1..=1024, "threads of one worker process");
        let replicas = fields.whole("replicas", 1..=1024, "worker processes");
        let positive = || (Bound::Excluded(0.0), Bound::Unbounded);
        let seconds_limit =
            fields.number("seconds_limit", positive(), "seconds one trial may take");
        let memory_limit_gib =
            fields.number("memory_limit_gib", positive(), "GiB one worker process may take");

        if let Some(tokens) = context_tokens
            && !tokens.is_multiple_of(PAGE_TOKENS)
        {
            let below = tokens / PAGE_TOKENS * PAGE_TOKENS;
            let above = below.saturating_add(PAGE_TOKENS);
            let nearest =
                if below == 0 { format!("{above}") } else { format!("{below} or {above}") };
            fields.refuse(
                "context_tokens",
                format!("`context_tokens` must be a multiple of {PAGE_TOKENS}, found {tokens}"),
                format!("the engine rounds windows up to {PAGE_TOKENS} tokens: write {nearest}"),
            );
            return None;
        }
        let weights = match chosen? {
            "path" => Weights::Path(path?),
            _ => Weights::Hub(hub?),
        };
        Some(Self {
            weights,
            file,
            context_tokens: context_tokens?,
            isq,
            data_type: data_type.unwrap_or(DataType::F32),
            device: device.unwrap_or(Device::Cpu),
            threads: threads.unwrap_or(1),
            replicas,
            seconds_limit: seconds_limit.unwrap_or(600.0),
            memory_limit_gib,
        })
    }
}

impl DataType {
    const NAMES: [(&'static str, Self); 4] =
        [("f32", Self::F32), ("f16", Self::F16), ("bf16", Self::Bf16), ("auto", Self::Auto)];
}

impl Device {
    const NAMES: [(&'static str, Self); 2] = [("cpu", Self::Cpu), ("cuda", Self::Cuda)];
}

fn check_isq(name: &str) -> Result<(), Objection> {
    if ISQ.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(Objection::new(
        format!("unknown quantization {}", quoted(name)),
        hint(name, &ISQ, "known here"),
    ))
}
