//! How retrieval helped and harmed: each setup with passages against closed book of the same model.

use super::material::Material;
use super::measured::{Measured, SetupMeasured};

/// Questions by who was right, over repeats: a question counts as right when most repeats are.
pub struct Effect {
    /// The setup with passages.
    pub setup: String,
    /// The same model without.
    pub closed_book: String,
    /// Wrong without, right with.
    pub helped: usize,
    /// Right without, wrong with.
    pub harmed: usize,
    /// Right both times.
    pub both: usize,
    /// Wrong both times.
    pub neither: usize,
    /// Of `helped`, `harmed`, `both`, `neither`: whose evidence stood in the prompt, of how many that
    /// have evidence.
    pub evidence_shown: [(usize, usize); 4],
}

/// The setup that asks the same model closed book.
pub fn closed_book_of<'a>(
    measured: &'a Measured,
    setup: &SetupMeasured,
) -> Option<&'a SetupMeasured> {
    let is_it = |other: &&SetupMeasured| {
        other.strategy == "closed-book" && other.model == setup.model && other.name != setup.name
    };
    measured.setups.iter().find(is_it)
}

/// One row a setup whose model also runs closed book.
pub fn effects(material: &Material, measured: &Measured) -> Vec<Effect> {
    measured
        .setups
        .iter()
        .filter(|setup| setup.strategy != "closed-book")
        .filter_map(|setup| Some(effect(material, setup, closed_book_of(measured, setup)?)))
        .collect()
}

fn effect(material: &Material, setup: &SetupMeasured, closed: &SetupMeasured) -> Effect {
    let mut counts = [0; 4];
    let mut shown = [(0, 0); 4];
    for (place, question) in material.questions.iter().enumerate() {
        let with = setup.values[place] > 0.5;
        let without = closed.values[place] > 0.5;
        let cell = match (without, with) {
            (false, true) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, false) => 3,
        };
        counts[cell] += 1;
        if question.evidence.is_empty() {
            continue;
        }
        let in_prompt = material
            .trial(&setup.name, &question.id, 0)
            .is_some_and(|trial| super::cause::evidence_in_prompt(question, trial));
        shown[cell].0 += usize::from(in_prompt);
        shown[cell].1 += 1;
    }
    Effect {
        setup: setup.name.clone(),
        closed_book: closed.name.clone(),
        helped: counts[0],
        harmed: counts[1],
        both: counts[2],
        neither: counts[3],
        evidence_shown: shown,
    }
}
