//! `[decision]`: what wins, by how much, how surely, within which limits.
//!
//! Enters: the table. Leaves: a [`Decision`]. Does not: decide.

use super::fields::Fields;
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// Fixed before the run, so that nobody chooses the test after seeing the numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What wins.
    pub measure: Measure,
    /// Differences smaller than this are a tie; a share between 0 and 1.
    pub margin: f64,
    /// Of the intervals, for example 0.95.
    pub confidence: f64,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// A winner is named within these too.
    pub limits: Limits,
}

impl Default for Decision {
    fn default() -> Self {
        Self {
            measure: Measure::Correct,
            margin: 0.03,
            confidence: 0.95,
            resamples: 10_000,
            seed: 0,
            limits: Limits::default(),
        }
    }
}

/// The measure of a trial that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// An accepted answer occurs and the answer does not decline.
    Correct,
    /// The answer is an accepted answer, normalized.
    ExactMatch,
    /// Token F1 against the best accepted answer.
    TokenF1,
}

/// Setups beyond a limit cannot win under it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds a question at the 95th percentile.
    pub p95_seconds: Option<f64>,
    /// US dollars a thousand questions.
    pub usd_per_thousand: Option<f64>,
    /// GiB of peak memory over all workers.
    pub memory_gib: Option<f64>,
}

impl Decision {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let default = Self::default();
        Some(Self {
            measure: fields.variant("measure", &Measure::NAMES).unwrap_or(default.measure),
            margin: fields
                .number("margin", 0.0..1.0, "a share: 0.03 is three questions in a hundred")
                .unwrap_or(default.margin),
            confidence: fields
                .number(
                    "confidence",
                    (Bound::Excluded(0.5), Bound::Excluded(1.0)),
                    "a share: 0.95 for 95 % intervals",
                )
                .unwrap_or(default.confidence),
            resamples: fields
                .whole(
                    "resamples",
                    1_000..=1_000_000,
                    "bootstrap resamples; fewer make the interval's ends shake",
                )
                .unwrap_or(default.resamples),
            seed: fields.whole("seed", 0.., "any whole number from 0").unwrap_or(default.seed),
            limits: fields.table("limits", Limits::read).unwrap_or(default.limits),
        })
    }
}

impl Measure {
    const NAMES: [(&'static str, Self); 3] = [
        ("correct", Self::Correct),
        ("exact-match", Self::ExactMatch),
        ("token-f1", Self::TokenF1),
    ];
}

impl Limits {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let limit =
            |key, meaning| fields.number(key, (Bound::Excluded(0.0), Bound::Unbounded), meaning);
        Some(Self {
            p95_seconds: limit("p95_seconds", "seconds a question at the 95th percentile"),
            usd_per_thousand: limit("usd_per_thousand", "US dollars a thousand questions"),
            memory_gib: limit("memory_gib", "GiB over all worker processes"),
        })
    }
}
