//! Which trials an experiment wants, each with a fingerprint of everything that decides its answer.

use super::error::RunError;
use super::models::KnownModel;
use super::retrieval::AllHits;
use super::workspace::Workspace;
use crate::config::{Experiment, SetupPlan, StrategyPlan};
use crate::corpus::{Corpus, Question};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::prompt::{Passage, Template, choose};
use crate::retrieve::Hit;
use std::collections::HashMap;

/// Raised when the same inputs come to make another prompt.
const SCHEME: &str = "trial 1";

/// A trial that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Place in the experiment's list of setups.
    pub setup: usize,
    /// Place in the list of questions.
    pub question: usize,
    /// Counted from 0.
    pub repeat: u32,
    /// Of everything that decides the answer.
    pub fingerprint: Fingerprint,
}

/// Every trial of the experiment: by setup, question, repeat.
///
/// No prompt is rendered and no tokenizer loaded: when everything is done already, this is all the
/// work there is.
///
/// # Errors
/// When a prompt template cannot be read.
pub fn plan(
    experiment: &Experiment,
    workspace: &Workspace,
    corpus: &Corpus,
    questions: &[&Question],
    models: &HashMap<&str, KnownModel<'_>>,
    hits: &AllHits,
) -> Result<Vec<Planned>, RunError> {
    let texts: HashMap<&str, &Fingerprint> = corpus
        .documents_with_fingerprints()
        .map(|(document, text)| (document.id.as_str(), text))
        .collect();
    let mut planned = Vec::new();
    for (setup_index, setup) in experiment.setups.iter().enumerate() {
        let Some(model) = models.get(setup.model.as_str()) else { continue };
        let template = Template::load(&workspace.root, &setup.prompt)?;
        for (question_index, question) in questions.iter().enumerate() {
            let inputs = FingerprintBuilder::new()
                .part("scheme", SCHEME)
                .part("model", model.identity.as_str())
                .part("question", &question.text)
                .part("question id", &question.id)
                .part("template", template.source_for(question.schema.is_some()).as_bytes());
            let inputs = match &question.schema {
                Some(schema) => inputs.part("schema", schema.to_string()),
                None => inputs,
            };
            let inputs = if model.is_recorded() {
                inputs
            } else {
                let chosen =
                    choose(&setup.strategy, question, corpus, hits_of(hits, setup, question));
                with_passages(inputs, &setup.strategy, &chosen.passages, &texts)
            };
            // The stand-in knows the accepted answers: they decide what it says.
            let inputs = if model.facts.source == "scripted" {
                inputs.json("answers", &question.answers)
            } else {
                inputs
            };
            let inputs = inputs.finish();
            for repeat in 0..experiment.repeats {
                planned.push(Planned {
                    setup: setup_index,
                    question: question_index,
                    repeat,
                    fingerprint: FingerprintBuilder::new()
                        .part("inputs", inputs.as_str())
                        .json("repeat", &repeat)
                        .finish(),
                });
            }
        }
    }
    Ok(planned)
}

/// The hits of a setup's retriever for a question; none where it has none.
pub fn hits_of<'a>(hits: &'a AllHits, setup: &SetupPlan, question: &Question) -> &'a [Hit] {
    setup
        .strategy
        .retriever()
        .and_then(|retriever| hits.hits.get(retriever)?.get(&question.id))
        .map_or(&[], Vec::as_slice)
}

/// The strategy by what it does and the passages by their content: the retriever's name does not
/// matter, what it found does.
fn with_passages(
    mut inputs: FingerprintBuilder,
    strategy: &StrategyPlan,
    passages: &[Passage],
    texts: &HashMap<&str, &Fingerprint>,
) -> FingerprintBuilder {
    inputs = inputs.part("strategy", strategy.name()).json("citations", &strategy.citations());
    inputs = match strategy {
        StrategyPlan::Retrieval { budget_tokens, order, .. } => {
            inputs.json("budget", budget_tokens).json("order", order)
        }
        StrategyPlan::LongContext { budget_tokens, .. } => inputs.json("budget", budget_tokens),
        // What an oracle without distractors shows is its passages, in their order.
        StrategyPlan::Oracle { distractors: Some(plan), .. } => inputs
            .json("distractors", &plan.amount)
            .json("position", &plan.position)
            .json("place seed", &plan.seed),
        StrategyPlan::ClosedBook {} | StrategyPlan::Oracle { distractors: None, .. } => inputs,
    };
    for passage in passages {
        let text = texts.get(passage.document.as_str()).map_or("", |text| text.as_str());
        inputs = inputs
            .part("title", &passage.title)
            .part("text", text)
            .json("span", &(passage.span.start, passage.span.end));
    }
    inputs
}
