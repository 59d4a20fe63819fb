//! Architectures that the local engine runs, by the names that a model's files give them.
//!
//! Known without the engine, so that a check without it finds what it would refuse.

use crate::config::Device;

/// Text architectures of `TextModelBuilder` in mistralrs 0.8.1 (`NormalLoaderType::from_causal_lm_name`).
pub const SAFETENSORS: [&str; 21] = [
    "DeepseekV2ForCausalLM",
    "DeepseekV3ForCausalLM",
    "Gemma2ForCausalLM",
    "GemmaForCausalLM",
    "Glm4ForCausalLM",
    "Glm4MoeForCausalLM",
    "Glm4MoeLiteForCausalLM",
    "GptOssForCausalLM",
    "GraniteMoeHybridForCausalLM",
    "LlamaForCausalLM",
    "MistralForCausalLM",
    "MixtralForCausalLM",
    "Phi3ForCausalLM",
    "PhiForCausalLM",
    "PhiMoEForCausalLM",
    "Qwen2ForCausalLM",
    "Qwen3ForCausalLM",
    "Qwen3MoeForCausalLM",
    "Qwen3NextForCausalLM",
    "SmolLM3ForCausalLM",
    "Starcoder2ForCausalLM",
];
/// Architectures that mistralrs 0.8.1 loads from GGUF; its own list is longer, the others fail or
/// panic.
pub const GGUF: [&str; 7] = ["llama", "mistral3", "phi2", "phi3", "qwen2", "qwen3", "starcoder2"];
/// Runs on a GPU only: its experts' kernel panics on a CPU.
pub const GGUF_ON_GPU: &str = "qwen3moe";

/// What runs on `device`: names of `config.json`, then of GGUF files.
pub fn supported(device: Device) -> Vec<&'static str> {
    let gpu = (device == Device::Cuda).then_some(GGUF_ON_GPU);
    SAFETENSORS.into_iter().chain(GGUF).chain(gpu).collect()
}

/// Whether an architecture of that name runs on `device`. The two kinds of files have names that do
/// not meet: `LlamaForCausalLM` and `llama`.
pub fn is_supported(name: &str, device: Device) -> bool {
    supported(device).contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both_kinds_are_known_and_do_not_meet() {
        for name in ["LlamaForCausalLM", "Qwen3ForCausalLM", "llama", "qwen3"] {
            assert!(is_supported(name, Device::Cpu), "{name}");
        }
        for name in ["MambaForCausalLM", "LLAMA", "", GGUF_ON_GPU] {
            assert!(!is_supported(name, Device::Cpu), "{name}");
        }
        assert!(is_supported(GGUF_ON_GPU, Device::Cuda));
        assert!(SAFETENSORS.iter().all(|name| !GGUF.contains(name)));
    }
}
