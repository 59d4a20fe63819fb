//! What values can be, and whether those given are.
//!
//! Enters: values and settings. Leaves: nothing, or the error that names the first wrong one. Does
//! not: repair or clip.

use super::{Interval, StatisticsError};
use crate::config::Decision;

/// What a question's value can be at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// 0 to 1: accuracies, recalls, F1.
    Share,
    /// -1 to 1: differences of two shares.
    Difference,
    /// Any number: seconds, tokens. No pseudo-questions can be added.
    Open,
}

impl Support {
    /// The least and the largest value; `None` where there are none.
    pub fn bounds(self) -> Option<Interval> {
        match self {
            Self::Share => Some(Interval { low: 0.0, high: 1.0 }),
            Self::Difference => Some(Interval { low: -1.0, high: 1.0 }),
            Self::Open => None,
        }
    }
}

pub(super) fn check_settings(decision: &Decision) -> Result<(), StatisticsError> {
    let setting = |key, value| Err(StatisticsError::Setting { key, value });
    if !(decision.confidence > 0.0 && decision.confidence < 1.0) {
        return setting("confidence", decision.confidence);
    }
    if !(0.0..=1.0).contains(&decision.margin) {
        return setting("margin", decision.margin);
    }
    if decision.resamples == 0 {
        return setting("resamples", 0.0);
    }
    Ok(())
}

pub(super) fn check_values(
    setup: &str,
    values: &[f64],
    questions: usize,
    support: Support,
) -> Result<(), StatisticsError> {
    if questions == 0 {
        return Err(StatisticsError::NoQuestions);
    }
    if values.len() != questions {
        return Err(StatisticsError::Length {
            setup: setup.to_owned(),
            values: values.len(),
            questions,
        });
    }
    let possible =
        |value: f64| value.is_finite() && support.bounds().is_none_or(|all| all.contains(value));
    match values.iter().position(|value| !possible(*value)) {
        None => Ok(()),
        Some(index) => Err(StatisticsError::Value {
            setup: setup.to_owned(),
            question: index + 1,
            value: values[index],
        }),
    }
}
