//! Which trials an experiment wants, each with a fingerprint of everything that decides its answer.

use super::error::RunError;
use super::hits::AllHits;
use super::models::KnownModel;
use super::workspace::Workspace;
use crate::config::{Experiment, SetupPlan, StrategyPlan};
use crate::corpus::{Corpus, Question};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::prompt::{Candidates, Template, choose};
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
                let answer_tokens = model.plan.sampling.answer_tokens;
                let room = model.window_tokens().saturating_sub(answer_tokens);
                with_passages(inputs, &setup.strategy, &chosen, room, &texts)
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
/// matter, what it found does. `room` is the window less the longest answer.
fn with_passages(
    mut inputs: FingerprintBuilder,
    strategy: &StrategyPlan,
    chosen: &Candidates<'_>,
    room: usize,
    texts: &HashMap<&str, &Fingerprint>,
) -> FingerprintBuilder {
    inputs = inputs.part("strategy", strategy.name()).json("citations", &strategy.citations());
    inputs = match strategy {
        StrategyPlan::Retrieval { budget_tokens, order, .. } => {
            let inputs = inputs.json("budget", budget_tokens).json("order", order);
            match budget_tokens {
                // The first passage was once shown whatever the budget said.
                Some(_) => inputs.part("budget of", "all passages"),
                None => inputs,
            }
        }
        StrategyPlan::LongContext { budget_tokens, retriever, .. } => {
            let inputs = inputs.json("budget", budget_tokens);
            // A corpus that fits was once shown by rank. One that surely does not was always, and its trials
            // stay found.
            match retriever.is_some() && chosen.may_all_fit(room) {
                true => inputs.part("order where all fit", "of the corpus"),
                false => inputs,
            }
        }
        // What an oracle without distractors shows is its passages, in their order.
        StrategyPlan::Oracle { distractors: Some(plan), .. } => inputs
            .json("distractors", &plan.amount)
            .json("position", &plan.position)
            .json("place seed", &plan.seed),
        StrategyPlan::ClosedBook {} | StrategyPlan::Oracle { distractors: None, .. } => inputs,
    };
    for passage in &chosen.passages {
        let text = texts.get(passage.document.id.as_str()).map_or("", |text| text.as_str());
        inputs = inputs
            .part("title", &passage.document.title)
            .part("text", text)
            .json("span", &(passage.span.start, passage.span.end));
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::Project;

    /// Trials of long contexts and of retrieval without a budget that were made before are found again;
    /// where prompts have changed, they are not.
    #[test]
    fn only_prompts_that_changed_have_another_fingerprint() {
        let project = Project::with(
            "title = \"x\"\ncorpus = \"tiny\"\n[model.m]\nscripted = {}\n[setup.s]\nmodel = \"m\"\nstrategy.closed-book = {}\n",
        );
        let loaded = project.loaded();
        let (corpus, question) = (&loaded.corpus, &loaded.corpus.questions[0]);
        let texts: HashMap<&str, &Fingerprint> = corpus
            .documents_with_fingerprints()
            .map(|(document, text)| (document.id.as_str(), text))
            .collect();
        let long = |budget_tokens, retriever: Option<&str>| StrategyPlan::LongContext {
            budget_tokens,
            retriever: retriever.map(str::to_owned),
            citations: false,
        };
        let made = |strategy: &StrategyPlan, room| {
            let chosen = choose(strategy, question, corpus, &[]);
            with_passages(FingerprintBuilder::new(), strategy, &chosen, room, &texts).finish()
        };
        let before = |strategy: &StrategyPlan| {
            let chosen = choose(strategy, question, corpus, &[]);
            let inputs = FingerprintBuilder::new()
                .part("strategy", strategy.name())
                .json("citations", &strategy.citations())
                .json("budget", &strategy.budget_tokens());
            let inputs = match strategy {
                StrategyPlan::Retrieval { order, .. } => inputs.json("order", order),
                _ => inputs,
            };
            let with = |inputs: FingerprintBuilder, document: &crate::corpus::Document| {
                inputs
                    .part("title", &document.title)
                    .part("text", texts[document.id.as_str()].as_str())
                    .json("span", &(0, document.text.len()))
            };
            chosen.passages.iter().fold(inputs, |inputs, one| with(inputs, one.document)).finish()
        };
        // The corpus has some thousand bytes, and a token at most 128.
        let small = long(Some(5), Some("r"));
        assert_eq!(made(&small, 4000), before(&small));
        let large = long(None, Some("r"));
        assert_eq!(made(&large, 5), before(&large));
        assert_ne!(made(&large, 4000), before(&large));
        let unranked = long(None, None);
        assert_eq!(made(&unranked, 4000), before(&unranked));
        let retrieval = |budget_tokens| StrategyPlan::Retrieval {
            retriever: "r".into(),
            passages: 3,
            budget_tokens,
            order: crate::config::PassageOrder::BestFirst,
            citations: false,
        };
        assert_eq!(made(&retrieval(None), 4000), before(&retrieval(None)));
        assert_ne!(made(&retrieval(Some(9)), 4000), before(&retrieval(Some(9))));
    }
}
