//! Which of the corpus's questions an experiment asks.
//!
//! Enters: the table. Leaves: a [`QuestionSelection`]. Does not: know the questions.

use super::fields::Fields;
use serde::Serialize;

/// `questions = { split = "test", sample = 200, seed = 7, kinds = ["fact"], drafts = true }`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct QuestionSelection {
    /// Only this split; all splits when absent.
    pub split: Option<String>,
    /// Only these kinds; all kinds when absent.
    pub kinds: Option<Vec<String>>,
    /// At most this many questions, drawn without replacement; all when absent.
    pub sample: Option<usize>,
    /// Seed of the draw.
    pub seed: u64,
    /// Whether drafts of a model that nobody has looked at are asked too; not unless the file says so.
    pub drafts: bool,
}

impl QuestionSelection {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let kinds = fields.texts("kinds");
        if kinds.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("kinds", "no kind is left to ask", "name kinds, or remove the key");
        }
        Some(Self {
            split: fields.text("split"),
            kinds,
            sample: fields.whole("sample", 1.., "how many questions are drawn"),
            seed: fields.whole("seed", 0.., "any whole number from 0").unwrap_or(0),
            drafts: fields.flag("drafts").unwrap_or(false),
        })
    }
}
