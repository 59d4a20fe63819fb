//! `sampling = { ... }` and `price = { ... }` of a model.
//!
//! Enters: their tables. Leaves: a [`Sampling`] or a [`Price`]. Does not: sample or reckon.

use super::fields::Fields;
use super::findings::Objection;
use super::suggestion::quoted;
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// How tokens are chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 is greedy.
    pub temperature: f64,
    /// Nucleus share; 1 keeps everything.
    pub top_p: f64,
    /// Seed of sampling; a trial's own seed adds question and repeat.
    pub seed: u64,
    /// Longest answer in tokens.
    pub answer_tokens: usize,
    /// The answer ends before any of these.
    pub stop: Vec<String>,
    /// Whether to keep each answer token's natural-log probability.
    pub log_probabilities: bool,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_p: 1.0,
            seed: 0,
            answer_tokens: 64,
            stop: Vec::new(),
            log_probabilities: false,
        }
    }
}

/// Money a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// US dollars a million prompt tokens.
    pub usd_per_million_input: f64,
    /// US dollars a million answer tokens.
    pub usd_per_million_output: f64,
    /// Date of the price list, `YYYY-MM-DD`.
    pub as_of: String,
}

impl Sampling {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let default = Self::default();
        Some(Self {
            temperature: fields
                .number("temperature", 0.0..=5.0, "0 always takes the likeliest token")
                .unwrap_or(default.temperature),
            top_p: fields
                .number(
                    "top_p",
                    (Bound::Excluded(0.0), Bound::Included(1.0)),
                    "the share of probability to sample from; 1 keeps every token",
                )
                .unwrap_or(default.top_p),
            seed: fields.whole("seed", 0.., "any whole number from 0").unwrap_or(default.seed),
            answer_tokens: fields
                .whole("answer_tokens", 1.., "the longest answer in tokens")
                .unwrap_or(default.answer_tokens),
            stop: fields.texts("stop").unwrap_or(default.stop),
            log_probabilities: fields
                .flag("log_probabilities")
                .unwrap_or(default.log_probabilities),
        })
    }
}

impl Price {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        const MEANING: &str = "US dollars a million tokens";
        let input = fields.needs("usd_per_million_input", "usd_per_million_input = 0.40").number(
            "usd_per_million_input",
            0.0..,
            MEANING,
        );
        let output = fields
            .needs("usd_per_million_output", "usd_per_million_output = 1.20")
            .number("usd_per_million_output", 0.0.., MEANING);
        let as_of = fields.needs("as_of", "as_of = \"2026-11-01\"").checked("as_of", check_date);
        Some(Self { usd_per_million_input: input?, usd_per_million_output: output?, as_of: as_of? })
    }
}

/// A day of the Gregorian calendar, `YYYY-MM-DD`.
fn check_date(text: &str) -> Result<(), Objection> {
    if is_date(text) {
        return Ok(());
    }
    Err(Objection::new(
        format!("{} is not a date", quoted(text)),
        "write the day of the price list as year, month and day: `2026-11-01`",
    ))
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for good in ["2026-11-01", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert!(is_date(good), "{good}");
        }
        for bad in ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31"] {
            assert!(!is_date(bad), "{bad}");
        }
        for bad in ["2026-1-1", "01-11-2026", "2026-11-00", "", "2026-11-011", "２０２６"] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
