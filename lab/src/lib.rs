//! The lab: a small invented world, and the texts that the models in `models/lab` are trained on.
//!
//! Enters: seeds. Leaves: `corpora/lab` and training data. Does not: train (`models/lab/train`) or run
//! a model (`ragscale`).

pub mod language;
pub mod name;
pub mod world;
pub mod sentence;
pub mod page;
pub mod example;
pub mod closed_book;
pub mod scene;
pub mod open_book;
pub mod tokenizer;
pub mod stream;
pub mod plan;
pub mod data;
