//! Setups and measurements for the tests of this module.

use super::measured::{Cut, Measured, SetupMeasured};
use crate::config::{self, SetupPlan};
use crate::model::ModelFacts;
use crate::statistics::{Interval, share_interval};
use std::collections::BTreeMap;
use std::path::Path;

/// Setups `s0`, `s1`, ... of (model, strategy); retrievers are all called `r` or `hybrid`.
pub fn setups(of: &[(&str, &str)]) -> Vec<SetupPlan> {
    let mut text = "title = \"t\"\ncorpus = \"c\"\n".to_owned();
    let mut models: Vec<&str> = of.iter().map(|(model, _)| *model).collect();
    models.sort_unstable();
    models.dedup();
    for model in models {
        text += &format!("[model.{model}]\nscripted = {{}}\n");
    }
    for retriever in ["r", "hybrid"] {
        text += &format!("[retriever.{retriever}]\nlexical = {{ tantivy = {{}} }}\n");
    }
    for (number, (model, strategy)) in of.iter().enumerate() {
        text += &format!("[setup.s{number}]\nmodel = \"{model}\"\nstrategy.{strategy}\n");
    }
    config::parse("x", Path::new("x.toml"), &text).unwrap().0.setups
}

/// A dense model of this many parameters.
pub fn model(parameters: u64) -> ModelFacts {
    ModelFacts {
        parameters: Some(parameters),
        active_parameters: Some(parameters),
        ..Default::default()
    }
}

/// The setups over 100 questions, of which they get this share, the first ones, right. Prompts have
/// 100 tokens.
pub fn measured(setups: &[SetupPlan], shares: &[f64]) -> Measured {
    const QUESTIONS: usize = 100;
    let one = |(setup, share): (&SetupPlan, &f64)| {
        let right = (share * QUESTIONS as f64).round() as usize;
        SetupMeasured {
            name: setup.name.clone(),
            strategy: setup.strategy.name(),
            model: setup.model.clone(),
            facts: ModelFacts::default(),
            scripted: false,
            scores: Vec::new(),
            values: (0..QUESTIONS).map(|place| f64::from(u8::from(place < right))).collect(),
            value: *share,
            interval: share_interval(right, QUESTIONS, 0.95),
            bounds: Interval { low: *share, high: *share },
            results: BTreeMap::new(),
            exact_match: 0.0,
            token_f1: 0.0,
            citation: None,
            first_token_seconds: None,
            p50_seconds: None,
            p95_seconds: None,
            prompt_tokens: Some(100.0),
            answer_tokens: 10.0,
            tokens_exact: true,
            memory_bytes: None,
            usd_per_thousand: None,
            cut: Cut::default(),
            valid_json: None,
            distraction: None,
        }
    };
    Measured {
        setups: setups.iter().zip(shares).map(one).collect(),
        clusters: (0..QUESTIONS).map(|place| place.to_string()).collect(),
    }
}
