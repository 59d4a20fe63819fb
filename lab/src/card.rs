//! The card of a model of the lab: what it is, how it was made, what it was seen to do.
//!
//! Enters: a folder with `config.json` and `training.json`, the summaries of reports. Leaves: the text
//! of its `README.md`. Every number is read from these files. Does not: measure.

use crate::plan;
use crate::summary::{Cell, Setup, Summary};
use crate::training::{Layout, Training};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The line that stands in every report on these weights.
pub const NOTE: &str = "Laboratory model, trained from scratch on an invented world: it shows the method and the \
mechanism. What a company should run is decided by an experiment with the models it would run.";

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

    fn seeds(&self) -> String {
        let courses: Vec<_> = self.training.courses.iter().map(|c| c.seed.to_string()).collect();
        if courses.is_empty() { self.training.seed.to_string() } else { courses.join(", then ") }
    }

    fn facts(&self) -> String {
        let (training, layout) = (self.training, self.layout);
        let mut facts = vec![
            ("layout", self.architecture()),
            ("parameters", self.parameters()),
            ("read in training", self.data()),
            ("seed", self.seeds()),
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
                "a model of {} parameters that had read {} of these tokens; it computed {} at first",
                thousands(grown.parameters),
                thousands(grown.tokens),
                if layout.num_local_experts.is_some() { "something near it" } else { "the same" }
            );
            facts.push(("grown out of", begun));
        }
        if let [first, second] = training.courses[..] {
            let mut courses = format!(
                "two: {} tokens, then {} in which passages are as a retriever finds them and wordings are \
                 put together anew; the learning rate rose and fell in each",
                thousands(first.tokens),
                thousands(second.tokens)
            );
            if training.start_share > 0.0 {
                let share = 100.0 * training.start_share;
                let _ = write!(
                    courses,
                    "; the weights are a mean of both courses', {share:.0} % of the first's"
                );
            }
            facts.push(("courses", courses));
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
        let (passages, tokens) = match self.training.streams.iter().any(|name| name == "long") {
            true => (plan::LONG_PASSAGES, plan::LONG_WINDOW),
            false => (plan::PASSAGES, plan::WINDOW),
        };
        let read = match self.training.pairs {
            Some(_) => String::new(),
            None => format!(
                "It was trained on at most {passages} passages and {} tokens at once: what it does with \
                 more was never taught.\n",
                thousands(tokens as u64)
            ),
        };
        let told = match self.training.streams.iter().any(|name| name == "company") {
            true => {
                "Its further training asked for the company's facts, in other words than the test does, \
                 and told its pages in trained wordings: what it shows closed book is a bound of what fine-tuning \
                 on documents can do, and it forgot most of the public world for it.\n"
            }
            false => "",
        };
        format!(
            "## Limits\n\nIt knows the English of [the lab's world](../../../lab) and no other,{form} and \
             nothing of any real person, company or place.\n{read}{told}It is not to be used for anything but the \
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
mod tests {
    use super::*;
    use crate::training::tests::{layout, training};
    use crate::training::{Course, Grown};

    #[test]
    fn a_card_says_how_far_a_training_got() {
        let (mut training, layout) = (training("x", 1_234_567), layout(false));
        training.grown = Some(Grown { parameters: 100_000, tokens: 10_000_000 });
        training.courses =
            vec![Course { tokens: 8_000_000, seed: 1 }, Course { tokens: 2_000_000, seed: 2 }];
        training.start_share = 0.3;
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
            "| seed | 1, then 2 |",
            "| training | 2,000 steps, 10 minutes on 1 thread of a processor (cpu), PyTorch 2.0 |",
            "| compute | 0.006 PFLOP (6 × active parameters × tokens) |",
            "| grown out of | a model of 100,000 parameters that had read 10,000,000 of these tokens; it computed the same at first |",
            "| courses | two: 8,000,000 tokens, then 2,000,000 in which passages are as a retriever finds them and wordings are put together anew; the learning rate rose and fell in each; the weights are a mean of both courses', 30 % of the first's |",
            "| layout | LlamaForCausalLM, 2 layers of width 8, 2 heads, feed-forward 16; vocabulary 2,048; window 1,024 |",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
