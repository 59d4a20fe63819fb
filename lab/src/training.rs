//! The record of a training, and what its model is: the files beside the weights.
//!
//! Enters: `training.json` and `config.json` of a model's folder. Leaves: typed numbers, and what a
//! training cost. Does not: say anything in words.

use serde::Deserialize;
use std::collections::BTreeMap;

/// `training.json`, as the trainer writes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Training {
    /// The folder it started from.
    #[serde(default)]
    pub base: Option<String>,
    /// The smaller model that it began as.
    #[serde(default)]
    pub grown: Option<Grown>,
    /// What was trained, where not all weights were.
    #[serde(default)]
    pub adapter: Option<Adapter>,
    /// The type of a copy's matrices.
    #[serde(default)]
    pub quantization: Option<String>,
    /// All of them.
    pub parameters: u64,
    /// Read in training.
    #[serde(default)]
    pub tokens: Option<u64>,
    /// Where there were several.
    #[serde(default)]
    pub courses: Vec<Course>,
    /// Of the weights that the last course began with, in these ones.
    #[serde(default)]
    pub start_share: f64,
    /// To be read, had the training gone to its end.
    #[serde(default)]
    pub tokens_planned: Option<u64>,
    /// Read in training, for an embedder.
    #[serde(default)]
    pub pairs: Option<u64>,
    /// Updates.
    pub steps: u64,
    /// Of training.
    pub seconds: u64,
    /// Of everything drawn, in the last course.
    pub seed: u64,
    /// What was read.
    pub streams: Vec<String>,
    /// `cpu` or `cuda`.
    pub device: String,
    /// Its name.
    pub processor: String,
    /// Of the trainer.
    pub threads: u64,
    /// PyTorch's version.
    pub torch: String,
    /// Answers on the way, to questions that were never trained on.
    #[serde(default)]
    pub asked: Vec<Asked>,
}

/// Where a larger model took a smaller one over.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Grown {
    /// Of the smaller one.
    pub parameters: u64,
    /// That it had read by then.
    pub tokens: u64,
}

/// A part of a training, with texts and rates of its own.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Course {
    /// Read in it.
    pub tokens: u64,
    /// Of everything drawn in it.
    pub seed: u64,
}

/// A low-rank adapter.
#[derive(Debug, Clone, Deserialize)]
pub struct Adapter {
    /// Its rank.
    pub rank: u64,
}

/// What a model answered on the way.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    /// Read until then.
    pub tokens: u64,
    /// By stream: share of answers that were right.
    pub exact: BTreeMap<String, f64>,
}

/// What a card needs of `config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Layout {
    /// The class of the model.
    pub architectures: Vec<String>,
    /// Width.
    pub hidden_size: u64,
    /// Width between the two matrices of a feed-forward part; of one expert's, where there are experts.
    pub intermediate_size: u64,
    /// Layers.
    pub num_hidden_layers: u64,
    /// Heads of attention.
    pub num_attention_heads: u64,
    /// Tokens that there are.
    pub vocab_size: u64,
    /// Tokens that it reads at once.
    pub max_position_embeddings: u64,
    /// Experts of a layer.
    #[serde(default)]
    pub num_local_experts: Option<u64>,
    /// Experts that a token asks.
    #[serde(default)]
    pub num_experts_per_tok: Option<u64>,
}

impl Layout {
    /// Parameters that one token passes through: a router leaves experts out.
    pub fn active(&self, parameters: u64) -> u64 {
        let (Some(experts), Some(chosen)) = (self.num_local_experts, self.num_experts_per_tok)
        else {
            return parameters;
        };
        let expert = 3 * self.hidden_size * self.intermediate_size;
        parameters - self.num_hidden_layers * (experts - chosen) * expert
    }
}

impl Training {
    /// Floating-point operations of the training: 6 a parameter and token (Kaplan et al. 2020,
    /// arXiv:2001.08361, section 2.1), of those parameters that a token passes through. Tokens that a
    /// smaller model read count with its parameters.
    pub fn operations(&self, layout: &Layout, tokens: u64) -> f64 {
        let before = self.grown.map_or(0, |grown| grown.tokens.min(tokens));
        let small = self.grown.map_or(0, |grown| grown.parameters);
        let products = small as f64 * before as f64
            + layout.active(self.parameters) as f64 * (tokens - before) as f64;
        6.0 * products
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A dense rung of that many parameters that read 10 million tokens, asked at 1 and 10 million.
    pub fn training(model: &str, parameters: u64) -> Training {
        serde_json::from_value(serde_json::json!({
            "model": model, "parameters": parameters, "tokens": 10_000_000, "tokens_planned": 20_000_000,
            "steps": 2_000, "seconds": 600, "seed": 1, "streams": ["closed", "text"],
            "device": "cpu", "processor": "a processor", "threads": 1, "torch": "2.0",
            "asked": [
                {"tokens": 1_000_000, "exact": {"dev-head": 0.25}},
                {"tokens": 10_000_000, "exact": {"dev-head": 0.75}},
            ],
        }))
        .unwrap()
    }

    /// Two layers of width 8; with experts, four of which two are asked.
    pub fn layout(experts: bool) -> Layout {
        let mut layout = serde_json::json!({
            "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "intermediate_size": 16,
            "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 2048,
            "max_position_embeddings": 1024,
        });
        if experts {
            layout["num_local_experts"] = 4.into();
            layout["num_experts_per_tok"] = 2.into();
        }
        serde_json::from_value(layout).unwrap()
    }

    #[test]
    fn experts_that_are_not_asked_are_not_active() {
        assert_eq!(layout(false).active(5_000), 5_000);
        // 2 layers x 2 experts x 3 matrices of 8 x 16.
        assert_eq!(layout(true).active(5_000), 5_000 - 1_536);
        // 6 x 3,464 x 1,000.
        let mut training = training("x", 5_000);
        let operations = training.operations(&layout(true), 1_000);
        assert!((operations - 20_784_000.0).abs() < 1e-6);
        // 6 x (100 x 400 + 3,464 x 600), then 6 x 100 x 300.
        training.grown = Some(Grown { parameters: 100, tokens: 400 });
        let operations = [1_000, 300].map(|tokens| training.operations(&layout(true), tokens));
        assert!((operations[0] - 12_710_400.0).abs() < 1e-6, "{operations:?}");
        assert!((operations[1] - 180_000.0).abs() < 1e-6, "{operations:?}");
    }
}
