//! How many worker processes a model gets when the experiment file does not say.

/// Resident memory of a worker besides weights and KV cache: program, tokenizer, activations.
/// A rounded-up estimate; the measured peak stands in every trial.
const OVERHEAD_BYTES: u64 = 512 << 20;

/// Worker processes for one model: as many as there are groups of `threads` cores, while their
/// weights, KV caches and overhead fill at most nine tenths of the memory; at least 1.
///
/// `weight_bytes_in_memory` is the weights' size in the type they have in memory, `kv_bytes` the
/// KV cache of one full window.
pub fn default_replicas(
    cores: usize,
    threads: usize,
    memory_available_bytes: u64,
    weight_bytes_in_memory: u64,
    kv_bytes: u64,
) -> usize {
    let by_cores = cores / threads.max(1);
    let each = weight_bytes_in_memory.saturating_add(kv_bytes).saturating_add(OVERHEAD_BYTES);
    let usable = memory_available_bytes - memory_available_bytes / 10;
    let by_memory = usize::try_from(usable / each).unwrap_or(usize::MAX);
    by_cores.min(by_memory).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn cores_are_shared_out_in_groups_of_threads() {
        assert_eq!(default_replicas(8, 1, 64 * GIB, GIB / 2, 0), 8);
        assert_eq!(default_replicas(8, 3, 64 * GIB, GIB / 2, 0), 2);
        assert_eq!(default_replicas(8, 0, 64 * GIB, GIB / 2, 0), 8);
    }

    /// 16 GiB give 14.4 GiB to use; a worker takes 3 + 1 + 0.5 = 4.5 GiB: three fit in 13.5.
    #[test]
    fn memory_is_the_other_bound() {
        assert_eq!(default_replicas(8, 1, 16 * GIB, 3 * GIB, GIB), 3);
    }

    #[test]
    fn there_is_always_one() {
        assert_eq!(default_replicas(1, 4, GIB, 100 * GIB, 0), 1);
        assert_eq!(default_replicas(4, 1, GIB, u64::MAX, u64::MAX), 1);
    }
}
