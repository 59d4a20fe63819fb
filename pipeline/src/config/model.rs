//! `[model.NAME]`: weights on this machine, an endpoint, recorded answers or the scripted stand-in.
//!
//! Enters: the table. Leaves: a [`ModelPlan`]. Does not: open or ask any model.

use super::fields::Fields;
use super::{MistralrsModel, OpenaiModel, Price, RecordedModel, Sampling, ScriptedModel};
use serde::Serialize;

/// One model and how it is sampled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelPlan {
    /// The table's name.
    pub name: String,
    /// What answers.
    pub source: ModelSource,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// What a token costs, where it costs something.
    pub price: Option<Price>,
}

/// What answers: exactly one of these keys stands in a `[model.NAME]` table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelSource {
    /// `mistralrs = { ... }`: weights, in worker processes on this machine.
    Mistralrs(MistralrsModel),
    /// `openai = { ... }`: an endpoint.
    Openai(OpenaiModel),
    /// `recorded = { path = ... }`: answers from a file.
    Recorded(RecordedModel),
    /// `scripted = { ... }`: the stand-in for tests.
    Scripted(ScriptedModel),
}

impl ModelPlan {
    /// Window in tokens that prompt and answer share; none for recorded answers.
    pub fn context_tokens(&self) -> Option<usize> {
        match &self.source {
            ModelSource::Mistralrs(model) => Some(model.context_tokens),
            ModelSource::Openai(model) => Some(model.context_tokens),
            ModelSource::Scripted(model) => Some(model.context_tokens),
            ModelSource::Recorded(_) => None,
        }
    }

    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let source = fields.one_of(
            "source",
            &[
                ("mistralrs", |table| MistralrsModel::read(table).map(ModelSource::Mistralrs)),
                ("openai", |table| OpenaiModel::read(table).map(ModelSource::Openai)),
                ("recorded", |table| RecordedModel::read(table).map(ModelSource::Recorded)),
                ("scripted", |table| ScriptedModel::read(table).map(ModelSource::Scripted)),
            ],
        );
        let sampling = fields.table("sampling", Sampling::read).unwrap_or_default();
        let price = fields.table("price", Price::read);
        Some(Self { name: fields.name.to_owned(), source: source?, sampling, price })
    }
}
