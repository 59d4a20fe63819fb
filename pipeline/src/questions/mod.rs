//! A corpus's questions before they are asked: how good they are, new ones by a model, and what a person says
//! of those.
//!
//! Enters: a corpus, a model. Leaves: [`Finding`]s; lines of `drafts.jsonl`, and of `questions.jsonl` where a
//! person accepted a draft. Does not: run an experiment.

mod answer_check;
mod asking;
mod census;
mod draft_prompt;
mod drafting;
mod error;
mod excerpt;
mod filter;
mod finding;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod fuzz_tests;
mod judge;
mod ledger;
mod likeness;
mod passage;
mod reply;
mod review;
mod set_check;
mod sheet;
mod spans;

pub use asking::{Ask, Asking, TWO_DOCUMENTS};
pub use census::Census;
pub use drafting::{Drafting, Tally};
pub use error::QuestionsError;
pub use filter::Filter;
pub use finding::{Finding, Weakness};
pub use ledger::Ledger;
pub use review::{Reviewed, review};
pub use sheet::{export, import};

use crate::corpus::Corpus;

/// Everything that is odd about a corpus's questions, in the order of [`Weakness`] and then of the questions.
pub fn findings(corpus: &Corpus) -> Vec<Finding> {
    [
        answer_check::outside_evidence(corpus),
        answer_check::unquoted(corpus),
        answer_check::common(corpus),
        answer_check::in_titles(corpus),
        set_check::repeated_quotes(corpus),
        set_check::few_documents(&corpus.questions),
        set_check::near_duplicates(&corpus.questions),
        set_check::lonely_groups(&corpus.questions),
        set_check::small_kinds(&corpus.questions),
        set_check::splits(&corpus.questions),
    ]
    .concat()
}
