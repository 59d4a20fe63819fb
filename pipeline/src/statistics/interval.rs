//! A stretch of values that the data are compatible with.
//!
//! Enters: two bounds. Leaves: the type and its questions. Does not: say how it was found.

use serde::{Deserialize, Serialize};

/// From `low` to `high`, both included, in the unit of the quantity it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound, at least `low`.
    pub high: f64,
}

impl Interval {
    /// Whether `value` lies in it.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether it lies wholly in `-margin ..= margin`.
    pub fn within(&self, margin: f64) -> bool {
        -margin <= self.low && self.high <= margin
    }

    /// `high - low`.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_belong_to_it() {
        let interval = Interval { low: -0.03, high: 0.02 };
        assert!(interval.contains(-0.03) && interval.contains(0.02) && !interval.contains(0.021));
        assert!(interval.within(0.03) && !interval.within(0.029));
        assert!((interval.width() - 0.05).abs() < 1e-12);
    }
}
