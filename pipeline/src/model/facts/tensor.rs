//! A tensor as a header describes it, and what its name says.

use std::collections::BTreeMap;

/// One tensor of a weights file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) name: String,
    /// `F32`, `BF16`, `Q4_1`, ...
    pub(super) kind: String,
    pub(super) elements: u64,
    /// Bytes in the file; none where the type's size is unknown.
    pub(super) bytes: Option<u64>,
}

impl Tensor {
    /// Whether its numbers were learned: rotary tables, masks and quantization scales were not.
    pub(super) fn is_parameter(&self) -> bool {
        let name = &self.name;
        !(name.starts_with("rope_")
            || [
                ".inv_freq",
                ".masked_bias",
                "_scale",
                "_scale_inv",
                ".g_idx",
                ".qzeros",
                ".scales",
            ]
            .iter()
            .any(|end| name.ends_with(end))
            // Of MXFP4, one exponent for 32 weights.
            || self.kind == "U8" && name.ends_with("_scales"))
    }

    /// Parameters that it holds: GPT-OSS packs two of four bits (MXFP4) into each byte of its blocks.
    /// None where they are too many to count.
    pub(super) fn parameters(&self) -> Option<u64> {
        match self.kind == "U8" && self.name.ends_with("_blocks") {
            true => self.elements.checked_mul(2),
            false => Some(self.elements),
        }
    }

    /// Whether an element holds several parameters, the type does not tell how many (GPTQ, AWQ,
    /// compressed tensors).
    pub(super) fn is_packed(&self) -> bool {
        ["qweight", "weight_packed"].iter().any(|end| self.name.ends_with(end))
            || (self.name.ends_with(".weight")
                && matches!(self.kind.as_str(), "U8" | "U32" | "I32"))
    }

    /// Whether it belongs to experts among which a router chooses: `...experts.0.w1.weight` in
    /// safetensors, `blk.0.ffn_up_exps.weight` in GGUF. Shared experts (`shared_experts`, `shexp`)
    /// always run.
    pub(super) fn is_routed_expert(&self) -> bool {
        self.name.contains(".experts.") || self.name.contains("_exps.")
    }
}

/// The type that holds the most bytes; ties by name.
pub(super) fn most_common_type(tensors: &[Tensor]) -> Option<String> {
    let mut bytes: BTreeMap<&str, u64> = BTreeMap::new();
    for tensor in tensors.iter().filter(|tensor| tensor.is_parameter()) {
        let sum = bytes.entry(&tensor.kind).or_default();
        *sum = sum.saturating_add(tensor.bytes.unwrap_or(tensor.elements));
    }
    let most = *bytes.values().max()?;
    bytes.into_iter().find(|(_, bytes)| *bytes == most).map(|(kind, _)| kind.to_owned())
}
