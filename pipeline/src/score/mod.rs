//! Trials and retrievals measured.
//!
//! Enters: questions, trials, hits. Leaves: a [`TrialScore`] a trial and a [`RetrievalScore`] a
//! retriever and question. Pure: does not run a model, read a clock or average anything.
//!
//! A file a measure. The measures of answers follow SQuAD's official scorers; the measures of
//! rankings follow trec_eval's conventions: binary measures count a gain above 0 as relevant, and
//! all that is judged counts, retrieved or not.

mod average_precision;
mod citation;
mod correct;
mod declined;
mod exact_match;
mod json_answer;
mod ndcg;
mod normalize;
mod precision;
mod recall;
mod reciprocal_rank;
mod retrieval;
mod sentence;
mod token_f1;
mod trial;

#[cfg(test)]
mod reference_tests;

pub use average_precision::{average_precision, average_precision_at};
pub use citation::{cited_passages, score_citations, without_citations};
pub use correct::{contains_accepted_answer, is_correct};
pub use declined::declines;
pub use exact_match::exact_match;
pub use json_answer::{JsonScore, score_json};
pub use ndcg::ndcg_at;
pub use normalize::normalize;
pub use precision::precision_at;
pub use recall::recall_at;
pub use reciprocal_rank::reciprocal_rank;
pub use retrieval::{DEPTHS, score_retrieval};
pub use token_f1::token_f1;
pub use trial::score_trial;

use serde::Serialize;
use std::collections::BTreeMap;

/// Judged ids of one question with their gains; an id that is not judged gains 0.
pub type Gains = BTreeMap<String, i64>;

/// What one trial is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialScore {
    /// Setup's name.
    pub setup: String,
    /// Question id.
    pub question: String,
    /// Counted from 0.
    pub repeat: u32,
    /// Right, wrong, declined, failed or missing.
    pub result: TrialResult,
    /// 1 if [`TrialResult::Right`], else 0.
    pub correct: f64,
    /// 1 if the normalized answer equals an accepted answer, else 0. Where nothing is to be found:
    /// the same as `correct` (SQuAD 2.0's convention).
    pub exact_match: f64,
    /// Token F1 against the best accepted answer. Where nothing is to be found: the same as
    /// `correct` (SQuAD 2.0's convention).
    pub token_f1: f64,
    /// Where citations were asked for and the question has evidence; both 0 for a trial without an
    /// answer.
    pub citation: Option<CitationScore>,
    /// Whether the answer is JSON that satisfies the question's schema; where it has one and an answer
    /// is to be found. No answer is no JSON.
    pub valid_json: Option<bool>,
}

/// The five things that can come of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialResult {
    /// An accepted answer occurs and the answer does not decline; or nothing is to be found and it
    /// declines; or the question has a JSON Schema, and the answer satisfies it and equals an accepted
    /// one.
    Right,
    /// It answers, and no accepted answer occurs.
    Wrong,
    /// It declines, and an answer is to be found.
    Declined,
    /// The model did not answer, after all tries.
    Failed,
    /// The trial did not run. Counts as wrong.
    Missing,
}

/// How well an answer's citations fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CitationScore {
    /// Cited passages that hold evidence ÷ cited passages; 0 when none is cited. A number without
    /// a passage counts as cited.
    pub precision: f64,
    /// Evidence spans in cited passages ÷ evidence spans in the prompt; 0 when none of them is
    /// cited, and when none stands in the prompt.
    pub recall: f64,
}

/// What one ranking is worth for one question with evidence. [`score_retrieval`] says when a hit is
/// relevant and what the units of nDCG and average precision are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetrievalScore {
    /// Retriever's name.
    pub retriever: String,
    /// Question id.
    pub question: String,
    /// Share of the evidence spans held by the first k hits: `(k, recall)`, for [`DEPTHS`].
    pub recall: Vec<(usize, f64)>,
    /// Hits among the first k that hold any evidence ÷ k.
    pub precision: Vec<(usize, f64)>,
    /// nDCG of the first k hits over units, gains 0 or 1.
    pub ndcg: Vec<(usize, f64)>,
    /// 1 ÷ rank of the first hit that holds evidence; 0 when there is none.
    pub reciprocal_rank: f64,
    /// Average precision over units.
    pub average_precision: f64,
}
