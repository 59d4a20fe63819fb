//! The card of a model of the lab: what it is, how it was made, what it was seen to do.
//!
//! Enters: a folder with `config.json` and `training.json`, the summaries of reports. Leaves: the text
//! of its `README.md`. Every number is read from these files. Does not: measure.

use crate::summary::{Cell, Setup, Summary};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The line that stands in every report on these weights.
pub const NOTE: &str = "Laboratory model, trained from scratch on an invented world: it shows the method and the \
mechanism. What a company should run is decided by an experiment with the models it would run.";

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
    /// Of everything drawn.
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
    architectures: Vec<String>,
    hidden_size: u64,
    intermediate_size: u64,
    num_hidden_layers: u64,
    num_attention_heads: u64,
    vocab_size: u64,
    max_position_embeddings: u64,
    #[serde(default)]
    num_local_experts: Option<u64>,
    #[serde(default)]
    num_experts_per_tok: Option<u64>,
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

/// One model.
pub struct Card<'a> {
    /// The folder's name.
    pub name: &'a str,
    /// How it was made.
    pub training: &'a Training,
    /// How it is built.
    pub layout: &'a Layout,
    /// Of the file of weights.
    pub bytes: u64,
    /// The reports, by name.
    pub reports: &'a BTreeMap<String, Summary>,
}

impl Card<'_> {
    /// The whole page.
    pub fn page(&self) -> String {
        format!(
            "# {}\n\n{NOTE}\n\n| | |\n|---|---|\n{}\n{}\n{}",
            self.name,
            self.facts(),
            self.scores(),
            self.limits()
        )
    }

    fn facts(&self) -> String {
        let (training, layout) = (self.training, self.layout);
        let mut facts = vec![
            ("layout", self.architecture()),
            ("parameters", self.parameters()),
            ("read in training", self.data()),
            ("seed", training.seed.to_string()),
            (
                "training",
                format!(
                    "{} steps, {:.0} minutes on {} of {} ({}), PyTorch {}",
                    thousands(training.steps),
                    training.seconds as f64 / 60.0,
                    counted(training.threads, "thread"),
                    training.processor,
                    training.device,
                    training.torch
                ),
            ),
        ];
        if let Some(tokens) = training.tokens {
            let petas = training.operations(layout, tokens) / 1e15;
            facts.push(("compute", format!("{petas:.3} PFLOP (6 × active parameters × tokens)")));
        }
        if let Some(grown) = training.grown {
            let begun = format!(
                "a model of {} parameters that had read {} of these tokens; it computed the same at first{}",
                thousands(grown.parameters),
                thousands(grown.tokens),
                if layout.num_local_experts.is_some() { ", nearly" } else { "" }
            );
            facts.push(("grown out of", begun));
        }
        if let Some(base) = &training.base {
            let how = match (&training.quantization, &training.adapter) {
                (Some(kind), _) => format!("a copy of [{base}](../{base}) in {kind}"),
                (None, Some(adapter)) => format!(
                    "[{base}](../{base}), by an adapter of rank {} (`adapter/`), merged here",
                    adapter.rank
                ),
                (None, None) => format!("[{base}](../{base}), all weights trained further"),
            };
            facts.push(("made from", how));
        }
        facts.push(("licence", "as this project".to_owned()));
        let mut table = String::new();
        for (name, value) in facts {
            let _ = writeln!(table, "| {name} | {value} |");
        }
        table
    }

    fn architecture(&self) -> String {
        let layout = self.layout;
        let experts = match (layout.num_local_experts, layout.num_experts_per_tok) {
            (Some(experts), Some(chosen)) => {
                format!(", {experts} experts of which {chosen} are asked")
            }
            _ => String::new(),
        };
        format!(
            "{}, {} of width {}, {} heads, feed-forward {}{experts}; vocabulary {}; window {}",
            layout.architectures.join(", "),
            counted(layout.num_hidden_layers, "layer"),
            layout.hidden_size,
            layout.num_attention_heads,
            layout.intermediate_size,
            thousands(layout.vocab_size),
            thousands(layout.max_position_embeddings)
        )
    }

    fn parameters(&self) -> String {
        let all = self.training.parameters;
        let active = self.layout.active(all);
        let of_these = match active == all {
            true => String::new(),
            false => format!(", {} of them active", thousands(active)),
        };
        let stored = self.training.quantization.as_deref().unwrap_or("f16");
        format!("{}{of_these}; {:.1} MB in {stored}", thousands(all), self.bytes as f64 / 1e6)
    }

    fn data(&self) -> String {
        let training = self.training;
        let streams = training.streams.join(", ");
        match (training.tokens, training.pairs) {
            (Some(tokens), _) => {
                let planned = training.tokens_planned.unwrap_or(tokens);
                let of = match tokens < planned {
                    true => format!(" of {} planned", thousands(planned)),
                    false => String::new(),
                };
                format!("{} tokens{of} of the project's own text: {streams}", thousands(tokens))
            }
            (None, Some(pairs)) => {
                format!("{} pairs of the project's own text: {streams}", thousands(pairs))
            }
            (None, None) => streams,
        }
    }

    fn limits(&self) -> String {
        let form = match self.training.pairs {
            Some(_) => "",
            None => " one form of prompt\n([prompt.j2](../prompt.j2)),",
        };
        format!(
            "## Limits\n\nIt knows the English of [the lab's world](../../../lab) and no other,{form} and \
             nothing of any real person, company or place.\nIt is not to be used for anything but the \
             experiments of this project.\n"
        )
    }

    /// What reports say about it.
    fn scores(&self) -> String {
        let weights = format!("models/lab/{}", self.name);
        let how = match self.training.pairs {
            Some(_) => "As the pipeline measured it through fastembed: recall with its interval.",
            None => {
                "As the pipeline measured it through mistralrs, greedy: share correct with its interval."
            }
        };
        let mut text = format!("## Scores\n\n{how}\n");
        for (report, summary) in self.reports {
            let setups = summary.setups_of(&weights);
            if !setups.is_empty() {
                let _ = write!(text, "\n{}", by_kind(report, &setups));
            }
            for retriever in &summary.retrievers {
                if retriever.embedder.as_deref() == Some(&*weights) {
                    let name = &retriever.name;
                    let _ = write!(text, "\n{}", recall(report, name, &retriever.kinds));
                }
            }
        }
        text
    }
}

fn title(report: &str, of: &str) -> String {
    format!("### {of} [{report}](../../../reports/{report}/README.md)\n\n")
}

fn by_kind(report: &str, setups: &[&Setup]) -> String {
    let mut text = title(report, "In");
    let names: Vec<&str> = setups.iter().map(|setup| setup.name.as_str()).collect();
    let _ = writeln!(text, "| kind | n | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|---|{}", "---|".repeat(names.len()));
    let kinds = setups.first().map(|setup| &setup.kinds).into_iter().flatten();
    for (kind, first) in kinds {
        let cells: Vec<String> = setups
            .iter()
            .map(|setup| setup.kinds.get(kind).map_or_else(|| "–".to_owned(), Cell::percent))
            .collect();
        let _ = writeln!(text, "| {kind} | {} | {} |", first.n, cells.join(" | "));
    }
    text
}

fn recall(
    report: &str,
    retriever: &str,
    kinds: &BTreeMap<String, BTreeMap<String, Cell>>,
) -> String {
    let mut text = title(report, &format!("Retriever {retriever} in"));
    text += "| kind | n | recall@1 | recall@5 | recall@10 |\n|---|---|---|---|---|\n";
    for (kind, measures) in kinds {
        let cell = |name: &str| measures.get(name).map_or_else(|| "–".to_owned(), Cell::percent);
        let n = measures.values().next().map_or(0, |cell| cell.n);
        let (one, five, ten) = (cell("recall@1"), cell("recall@5"), cell("recall@10"));
        let _ = writeln!(text, "| {kind} | {n} | {one} | {five} | {ten} |");
    }
    text
}

/// `1234567` as `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
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

    #[test]
    fn a_card_says_how_far_a_training_got() {
        let (mut training, layout) = (training("x", 1_234_567), layout(false));
        training.grown = Some(Grown { parameters: 100_000, tokens: 10_000_000 });
        let card = Card {
            name: "x",
            training: &training,
            layout: &layout,
            bytes: 2_500_000,
            reports: &BTreeMap::new(),
        };
        let page = card.page();
        for line in [
            "| parameters | 1,234,567; 2.5 MB in f16 |",
            "| read in training | 10,000,000 tokens of 20,000,000 planned of the project's own text: closed, text |",
            "| training | 2,000 steps, 10 minutes on 1 thread of a processor (cpu), PyTorch 2.0 |",
            "| compute | 0.006 PFLOP (6 × active parameters × tokens) |",
            "| grown out of | a model of 100,000 parameters that had read 10,000,000 of these tokens; it computed the same at first |",
            "| layout | LlamaForCausalLM, 2 layers of width 8, 2 heads, feed-forward 16; vocabulary 2,048; window 1,024 |",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
