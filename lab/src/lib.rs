//! The lab: a small invented world, and the texts that the models in `models/lab` are trained on.
//!
//! Enters: seeds. Leaves: `corpora/lab` and training data. Does not: train (`models/lab/train`) or run
//! a model (`ragscale`).

pub mod closed_book;
pub mod corpus;
pub mod data;
pub mod dev;
pub mod example;
pub mod inquiry;
pub mod language;
pub mod name;
pub mod open_book;
pub mod page;
pub mod plan;
pub mod scene;
pub mod sentence;
pub mod source;
pub mod stream;
pub mod tokenizer;
pub mod world;
