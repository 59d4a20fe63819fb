//! How much memory a setup's workers will need, before they run.
//!
//! A worker holds the weights, the KV cache of its window and an overhead:
//! `bytes = weights + KV bytes a token × window tokens × sequences + overhead`, times the number of
//! workers, since each loads its own copy.

use crate::config::DataType;

/// What a worker is assumed to need besides weights and cache: program, tokenizer, thread stacks,
/// activations. An assumption, not a measurement: where an earlier run has measured peak memory,
/// [`overhead_of`] gives the real figure.
pub const ASSUMED_OVERHEAD_BYTES: u64 = 256 << 20;

/// One worker's needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerMemory {
    /// From [`weights_bytes`].
    pub weights_bytes: u64,
    /// `ModelFacts::kv_bytes_per_token`.
    pub kv_bytes_per_token: u64,
    /// Window that prompt and answer share.
    pub context_tokens: u64,
    /// Sequences that one worker holds at once.
    pub sequences: u64,
    /// Everything else.
    pub overhead_bytes: u64,
}

impl WorkerMemory {
    /// The KV cache when every sequence fills its window:
    /// 2 × layers × key-value heads × head dimension × bytes × tokens × sequences.
    pub fn kv_bytes(&self) -> u64 {
        self.kv_bytes_per_token.saturating_mul(self.context_tokens).saturating_mul(self.sequences)
    }

    /// Bytes of one worker.
    pub fn bytes(&self) -> u64 {
        self.weights_bytes.saturating_add(self.kv_bytes()).saturating_add(self.overhead_bytes)
    }

    /// Bytes of so many workers.
    pub fn total_bytes(&self, workers: u64) -> u64 {
        self.bytes().saturating_mul(workers)
    }

    /// How many workers fit into so many bytes.
    pub fn workers_in(&self, available_bytes: u64) -> u64 {
        available_bytes.checked_div(self.bytes()).unwrap_or(0)
    }
}

/// Bytes of the weights in memory: `parameters` at the quantization asked for, else at the data
/// type. In-situ quantization leaves embeddings and norms as they are, so that the true figure lies
/// between the two. A quantization unknown here counts as none.
pub fn weights_bytes(parameters: u64, data_type: DataType, isq: Option<&str>) -> u64 {
    let bits_per_256 = isq.and_then(isq_bits_per_256).unwrap_or(256 * bits_of(data_type));
    let bits = u128::from(parameters) * u128::from(bits_per_256) / 256;
    u64::try_from(bits.div_ceil(8)).unwrap_or(u64::MAX)
}

/// The overhead that a measured peak shows.
pub fn overhead_of(peak_bytes: u64, weights_bytes: u64, kv_bytes: u64) -> u64 {
    peak_bytes.saturating_sub(weights_bytes).saturating_sub(kv_bytes)
}

/// Bits of a weight. `auto` on a CPU is f16 in mistral.rs.
fn bits_of(data_type: DataType) -> u64 {
    match data_type {
        DataType::F32 => 32,
        DataType::F16 | DataType::Bf16 | DataType::Auto => 16,
    }
}

/// Bits of 256 weights, from GGML's block structures: `Q4_0` holds 32 weights in 18 bytes, `Q4K` 256
/// in 144. Affine and half-quadratic quantization (AFQ, HQQ) keep a 16-bit scale and zero point for
/// 64 weights.
fn isq_bits_per_256(name: &str) -> Option<u64> {
    let name = name.to_ascii_uppercase().replace('_', "");
    let blocks_of_32 = |bytes: u64| bytes * 8 * 8;
    let grouped = |bits: u64| bits * 256 + 4 * 32;
    Some(match name.as_str() {
        "Q40" => blocks_of_32(18),
        "Q41" => blocks_of_32(20),
        "Q50" => blocks_of_32(22),
        "Q51" => blocks_of_32(24),
        "Q80" => blocks_of_32(34),
        "Q81" => blocks_of_32(36),
        "Q2K" => 84 * 8,
        "Q3K" => 110 * 8,
        "Q4K" => 144 * 8,
        "Q5K" => 176 * 8,
        "Q6K" => 210 * 8,
        "Q8K" => 292 * 8,
        "AFQ2" => grouped(2),
        "AFQ3" => grouped(3),
        "AFQ4" | "HQQ4" => grouped(4),
        "AFQ6" => grouped(6),
        "AFQ8" | "HQQ8" => grouped(8),
        "FP8" => 8 * 256,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_by_type_and_by_quantization() {
        assert_eq!(weights_bytes(1000, DataType::F32, None), 4000);
        assert_eq!(weights_bytes(1000, DataType::Auto, None), 2000);
        // 1,024 weights: 32 blocks of 18 bytes; 4 super-blocks of 144 bytes; 16 groups of 64 with
        // 32 bytes and 4 for scale and zero point.
        assert_eq!(weights_bytes(1024, DataType::F32, Some("Q4_0")), 576);
        assert_eq!(weights_bytes(1024, DataType::F32, Some("q4k")), 576);
        assert_eq!(weights_bytes(1024, DataType::F32, Some("AFQ4")), 576);
        assert_eq!(weights_bytes(1024, DataType::F32, Some("Q8_0")), 32 * 34);
        assert_eq!(weights_bytes(1024, DataType::F16, Some("unheard-of")), 2048);
    }

    #[test]
    fn a_worker_is_weights_cache_and_overhead() {
        // SmolLM2-135M: 30 layers, 3 key-value heads of 64, f32:
        // 2 × 30 × 3 × 64 × 4 = 46,080 bytes a token; 2,048 tokens: 94,371,840 bytes.
        let worker = WorkerMemory {
            weights_bytes: weights_bytes(134_515_008, DataType::F32, None),
            kv_bytes_per_token: 46_080,
            context_tokens: 2048,
            sequences: 1,
            overhead_bytes: 1_000_000,
        };
        assert_eq!(worker.kv_bytes(), 94_371_840);
        assert_eq!(worker.bytes(), 538_060_032 + 94_371_840 + 1_000_000);
        assert_eq!(worker.total_bytes(2), 2 * 633_431_872);
        assert_eq!(worker.workers_in(2 * 633_431_872), 2);
        assert_eq!(worker.workers_in(2 * 633_431_872 - 1), 1);
        assert_eq!(overhead_of(633_431_872, 538_060_032, 94_371_840), 1_000_000);
        assert_eq!(overhead_of(1, 2, 3), 0);
    }

    #[test]
    fn impossible_sizes_do_not_wrap() {
        assert_eq!(weights_bytes(u64::MAX, DataType::F32, None), u64::MAX);
        let worker = WorkerMemory {
            weights_bytes: 1,
            kv_bytes_per_token: u64::MAX,
            context_tokens: 2,
            sequences: 2,
            overhead_bytes: 1,
        };
        assert_eq!(worker.total_bytes(2), u64::MAX);
    }
}
