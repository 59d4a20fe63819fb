//! `ragscale` compares setups of language models over a team's own documents.
//!
//! The flow, left to right; a module imports only from modules before it:
//!
//! ```text
//! experiment ─ plan ─ corpus ─ chunks ─ index ─ hits │ prompt ─ generation ─ trials │ scores ─ statistics ─ report
//!                                         hits.jsonl │                trials.jsonl  │ pure, seconds, offline
//! ```

pub mod file;
pub mod fingerprint;
mod hash;
pub mod tokens;

#[cfg(test)]
mod fuzz;

pub mod config;

pub mod extract;

pub mod corpus;

pub mod intake;

pub mod chunk;

pub mod embed;
pub mod index;
pub mod retrieve;

pub mod model;
pub mod prompt;

pub mod cost;

pub mod run;

pub mod score;

pub mod statistics;

pub mod questions;

pub mod survey;

pub mod report;

pub mod exchange;

pub mod cli;
