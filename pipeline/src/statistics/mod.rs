//! What the scores say: intervals, tests, verdicts, the frontier.
//!
//! Enters: one value for each question and setup, a cluster label for each question, the decision's
//! settings. Leaves: verdicts over all pairs of setups, intervals of means and shares, quantiles,
//! the Pareto frontier. Does not: read files or a clock, know what a measure measures, round.
//!
//! The same input and seed give the same bits, whatever the number of threads.

pub mod bootstrap;
pub mod bounds;
pub mod cluster;
pub mod comparison;
mod error;
pub mod frontier;
pub mod holm;
pub mod interval;
pub mod mcnemar;
pub mod mean;
pub mod power;
pub mod quantile;
pub mod sample_size;
pub mod sign_flip;
pub mod support;
pub mod verdict;
pub mod wilson;

#[cfg(test)]
mod simulation;

pub use bounds::share_bounds;
pub use comparison::{Answers, compare_all};
pub use error::StatisticsError;
pub use frontier::{Candidate, Standing, frontier};
pub use interval::Interval;
pub use mean::mean_interval;
pub use power::Expected;
pub use quantile::quantile;
pub use support::Support;
pub use verdict::{Outcome, Verdict};
pub use wilson::share_interval;
