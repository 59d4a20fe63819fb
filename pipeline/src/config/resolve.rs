//! What one table of an experiment file says about another.
//!
//! Enters: the tables as read. Leaves: problems for names that do not exist and budgets that do not
//! fit, warnings for what nothing uses. Does not: look outside the file.

use super::diagnostic::Problem;
use super::experiment::Draft;
use super::findings::Findings;
use super::source::joined;
use super::suggestion::{hint, quoted};
use super::tables::Named;
use super::{ModelPlan, RetrieverPlan, SetupPlan, Source, StrategyPlan};

/// Hits that may be no distractors, at least: chunks overlap, so that two of them hold a quote that
/// lies on their border.
const EVIDENCE_CHUNKS: usize = 2;

/// Adds problems to `findings` and returns the warnings, in the file's order.
pub(super) fn check(draft: &Draft, source: &Source, findings: &Findings<'_>) -> Vec<Problem> {
    let check = Check { draft, source, findings };
    for (name, model) in &draft.models {
        if let Some(model) = model {
            check.answer_fits(name, model);
        }
    }
    for (name, setup) in &draft.setups {
        if let Some(setup) = setup {
            check.names_exist(name, setup);
            check.budget_fits(name, setup);
            check.depth_suffices(name, setup);
            check.distractors_suffice(name, setup);
        }
    }
    check.warnings()
}

struct Check<'a> {
    draft: &'a Draft,
    source: &'a Source,
    findings: &'a Findings<'a>,
}

impl Check<'_> {
    fn refuse(&self, key: String, message: String, hint: String) {
        let problem = self.source.problem(&key, message, Some(hint));
        self.findings.add(key, problem);
    }

    /// The model of that name, where nothing is wrong with its table.
    fn model(&self, name: &str) -> Option<&ModelPlan> {
        let model = found(&self.draft.models, name)?;
        self.findings.sound(&joined("model", name)).then_some(model)
    }

    /// The retriever of that name, where nothing is wrong with its table.
    fn retriever(&self, name: &str) -> Option<&RetrieverPlan> {
        let retriever = found(&self.draft.retrievers, name)?;
        self.findings.sound(&joined("retriever", name)).then_some(retriever)
    }

    /// An answer must leave room for a prompt.
    fn answer_fits(&self, name: &str, model: &ModelPlan) {
        let answer = model.sampling.answer_tokens;
        if let Some(window) = model.context_tokens()
            && answer >= window
            && self.model(name).is_some()
        {
            self.refuse(
                format!("{}.sampling.answer_tokens", joined("model", name)),
                format!("an answer of {answer} tokens leaves no room for a prompt in a window of {window}"),
                format!("the window holds prompt and answer: write `answer_tokens = {}` or less", window / 2),
            );
        }
    }

    fn names_exist(&self, name: &str, setup: &SetupPlan) {
        let table = joined("setup", name);
        self.name_exists(format!("{table}.model"), "model", &setup.model, &self.draft.models);
        if let Some(retriever) = setup.strategy.retriever() {
            let key = format!("{table}.strategy.{}.retriever", setup.strategy.name());
            self.name_exists(key, "retriever", retriever, &self.draft.retrievers);
        }
    }

    fn name_exists<T>(&self, key: String, table: &str, name: &str, tables: &[Named<T>]) {
        let known: Vec<&str> = tables.iter().map(|(known, _)| known.as_str()).collect();
        if known.contains(&name) {
            return;
        }
        let remedy = if known.is_empty() {
            format!("add a table `[{table}.NAME]`")
        } else {
            hint(name, &known, &format!("{table}s of this file"))
        };
        self.refuse(key, format!("there is no {table} {}", quoted(name)), remedy);
    }

    /// Context and answer share the model's window.
    fn budget_fits(&self, name: &str, setup: &SetupPlan) {
        let Some(budget) = setup.strategy.budget_tokens() else { return };
        let Some(model) = self.model(&setup.model) else { return };
        let Some(window) = model.context_tokens() else { return };
        let answer = model.sampling.answer_tokens;
        if budget.saturating_add(answer) > window {
            self.refuse(
                format!("{}.strategy.{}.budget_tokens", joined("setup", name), setup.strategy.name()),
                format!(
                    "{budget} tokens of context and {answer} of answer do not fit the window of {}, {window}",
                    quoted(&model.name),
                ),
                format!(
                    "write {} or less, which must hold the question too, or raise `context_tokens`",
                    window.saturating_sub(answer),
                ),
            );
        }
    }

    /// A budget that a retriever's longest chunk is over may leave prompts without any passage. The two may be
    /// counted by different tokenizers, and chunks may be shorter: no more can be said.
    fn budget_below_a_chunk(&self, name: &str, setup: &SetupPlan) -> Option<Problem> {
        if matches!(setup.strategy, StrategyPlan::LongContext { .. }) {
            return None;
        }
        let budget = setup.strategy.budget_tokens()?;
        let retriever = self.retriever(setup.strategy.retriever()?)?;
        let chunk = retriever.chunks.tokens;
        (budget < chunk).then(|| {
            self.source.problem(
                &format!("setup.{name}.strategy.{}.budget_tokens", setup.strategy.name()),
                format!(
                    "a budget of {budget} tokens does not hold one whole chunk of {}, {chunk} tokens: such a chunk is cut",
                    quoted(&retriever.name),
                ),
                Some(format!(
                    "write `budget_tokens = {chunk}` or more, or cut smaller chunks in `[retriever.{}]`",
                    retriever.name
                )),
            )
        })
    }

    /// A retriever must keep as many hits as there are distractors, and those that hold evidence.
    fn distractors_suffice(&self, name: &str, setup: &SetupPlan) {
        let Some(plan) = setup.strategy.distractors() else { return };
        let Some(passages) = plan.amount.passages() else { return };
        let Some(retriever) = self.retriever(&plan.retriever) else { return };
        let depth = passages + EVIDENCE_CHUNKS;
        if retriever.depth < depth {
            self.refuse(
                format!("{}.strategy.oracle.distractors", joined("setup", name)),
                format!(
                    "{passages} distractors from retriever {}, which keeps {} hits, the evidence among them",
                    quoted(&retriever.name),
                    retriever.depth
                ),
                format!("write `depth = {depth}` or more in `[retriever.{}]`", retriever.name),
            );
        }
    }

    /// A retriever must keep as many hits as a prompt takes.
    fn depth_suffices(&self, name: &str, setup: &SetupPlan) {
        let StrategyPlan::Retrieval { retriever, passages, .. } = &setup.strategy else { return };
        let Some(retriever) = self.retriever(retriever) else { return };
        if retriever.depth < *passages {
            self.refuse(
                format!("{}.strategy.retrieval.passages", joined("setup", name)),
                format!(
                    "{passages} passages from retriever {}, which keeps {}",
                    quoted(&retriever.name),
                    retriever.depth
                ),
                format!("write `depth = {passages}` or more in `[retriever.{}]`", retriever.name),
            );
        }
    }

    fn warnings(&self) -> Vec<Problem> {
        let setups = || self.draft.setups.iter().filter_map(|(_, setup)| setup.as_ref());
        // A setup that could not be read may use anything.
        let all_read = setups().count() == self.draft.setups.len();
        let any = !self.draft.setups.is_empty();
        let mut warnings = Vec::new();
        let mut unused = |table: &str, name: &str| {
            warnings.push(self.source.problem(
                &joined(table, name),
                format!("no setup uses the {table} {}", quoted(name)),
                Some("name it in a setup, or remove its table".into()),
            ));
        };
        for (name, _) in self.draft.models.iter().filter(|_| all_read) {
            if !setups().any(|setup| setup.model == *name) {
                unused("model", name);
            }
        }
        for (name, _) in self.draft.retrievers.iter().filter(|_| all_read && any) {
            if !setups().any(|setup| setup.strategy.retriever() == Some(name)) {
                unused("retriever", name);
            }
        }
        warnings.extend(
            self.draft
                .setups
                .iter()
                .filter_map(|(name, setup)| self.budget_below_a_chunk(name, setup.as_ref()?)),
        );
        for (name, retriever) in &self.draft.retrievers {
            let Some(retriever) = retriever else { continue };
            let Some(dense) = &retriever.dense else { continue };
            let (chunk, read) = (retriever.chunks.tokens, dense.embedder.max_tokens);
            if chunk > read {
                warnings.push(self.source.problem(
                    &format!("{}.chunks.tokens", joined("retriever", name)),
                    format!("chunks of {chunk} tokens are cut by an embedder that reads {read}"),
                    Some("shorten the chunks, or raise the embedder's `max_tokens`".into()),
                ));
            }
        }
        warnings.sort_by_key(|warning| warning.span.start);
        warnings
    }
}

fn found<'a, T>(tables: &'a [Named<T>], name: &str) -> Option<&'a T> {
    tables.iter().find(|(known, _)| known == name)?.1.as_ref()
}
