//! Which setups stay within the limits of a decision.
//!
//! A value that is unknown breaks no limit: an endpoint's memory is not ours to limit, and a model
//! without a price costs no money that anybody has written down. It is named instead, so that the
//! report can say what the limit was not held against.

use crate::config::Limits;
use std::fmt;

/// Bytes of a GiB.
const GIB: f64 = (1_u64 << 30) as f64;

/// What a setup was measured at.
#[derive(Debug, Clone, PartialEq)]
pub struct SetupCost {
    /// Setup's name.
    pub setup: String,
    /// Seconds a question at the 95th percentile.
    pub p95_seconds: Option<f64>,
    /// US dollars a thousand questions.
    pub usd_per_thousand: Option<f64>,
    /// Peak memory over all workers, bytes.
    pub memory_bytes: Option<u64>,
}

/// A limit of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// `p95_seconds`.
    P95Seconds,
    /// `usd_per_thousand`.
    UsdPerThousand,
    /// `memory_gib`.
    MemoryGib,
}

impl fmt::Display for Limit {
    /// The limit's key in the experiment file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P95Seconds => "p95_seconds",
            Self::UsdPerThousand => "usd_per_thousand",
            Self::MemoryGib => "memory_gib",
        })
    }
}

/// A limit, what it allows and what a setup needs, in the limit's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Breach {
    /// Which.
    pub limit: Limit,
    /// What it allows.
    pub allowed: f64,
    /// What the setup needs.
    pub needed: f64,
}

/// How a setup stands to the limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Setup's name.
    pub setup: String,
    /// Limits that it is beyond.
    pub breaches: Vec<Breach>,
    /// Limits that its unknown values could not be held against.
    pub unknown: Vec<Limit>,
}

impl Standing {
    /// Whether no limit is known to be broken. A value equal to its limit is within.
    pub fn is_within(&self) -> bool {
        self.breaches.is_empty()
    }
}

/// Each setup's standing, in the order given. A limit that is absent is not looked at.
pub fn standings(limits: &Limits, setups: &[SetupCost]) -> Vec<Standing> {
    setups.iter().map(|setup| standing(limits, setup)).collect()
}

fn standing(limits: &Limits, cost: &SetupCost) -> Standing {
    let memory_gib = cost.memory_bytes.map(|bytes| bytes as f64 / GIB);
    let rows = [
        (Limit::P95Seconds, limits.p95_seconds, cost.p95_seconds),
        (Limit::UsdPerThousand, limits.usd_per_thousand, cost.usd_per_thousand),
        (Limit::MemoryGib, limits.memory_gib, memory_gib),
    ];
    let mut standing =
        Standing { setup: cost.setup.clone(), breaches: Vec::new(), unknown: Vec::new() };
    for (limit, allowed, needed) in rows {
        match (allowed, needed) {
            (Some(allowed), Some(needed)) if needed > allowed => {
                standing.breaches.push(Breach { limit, allowed, needed });
            }
            (Some(_), None) => standing.unknown.push(limit),
            _ => {}
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(seconds: f64, usd: Option<f64>, memory_bytes: Option<u64>) -> SetupCost {
        SetupCost {
            setup: "s".into(),
            p95_seconds: Some(seconds),
            usd_per_thousand: usd,
            memory_bytes,
        }
    }

    fn limits() -> Limits {
        Limits { p95_seconds: Some(3.0), usd_per_thousand: Some(1.0), memory_gib: Some(2.0) }
    }

    #[test]
    fn at_the_limit_is_within_and_above_it_is_not() {
        let costs =
            [cost(3.0, Some(1.0), Some(2 << 30)), cost(3.1, Some(0.5), Some((2 << 30) + 1))];
        let [at, above] = standings(&limits(), &costs).try_into().unwrap();
        assert!(at.is_within() && at.unknown.is_empty());
        assert!(!above.is_within());
        let broken: Vec<Limit> = above.breaches.iter().map(|breach| breach.limit).collect();
        assert_eq!(broken, [Limit::P95Seconds, Limit::MemoryGib]);
        let seconds = Breach { limit: Limit::P95Seconds, allowed: 3.0, needed: 3.1 };
        assert_eq!(above.breaches[0], seconds);
    }

    #[test]
    fn the_unknown_is_named_and_breaks_nothing() {
        let standing = standings(&limits(), &[cost(1.0, None, None)]).remove(0);
        assert!(standing.is_within());
        assert_eq!(standing.unknown, [Limit::UsdPerThousand, Limit::MemoryGib]);
    }

    #[test]
    fn without_limits_everything_is_within() {
        let standing = standings(&Limits::default(), &[cost(1e9, Some(1e9), Some(u64::MAX))]);
        assert!(standing[0].is_within() && standing[0].unknown.is_empty());
    }
}
