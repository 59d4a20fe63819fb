//! What a setup costs: money, memory, and whether that is within the limits.
//!
//! Enters: token counts, prices, model facts, measured quantiles. Leaves: dollars, predicted bytes,
//! who stays within which limit. Does not: read files or clocks; everything here is arithmetic.

pub mod budget;
pub mod memory;
pub mod money;
