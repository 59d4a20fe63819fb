//! The lab: a small invented world, and the texts that the models in `models/lab` are trained on.
//!
//! Enters: seeds, the records of trainings and reports. Leaves: `corpora/lab`, training data, the cards of
//! the models. Does not: train (`models/lab/train`) or run a model (`ragscale`).

pub mod card;
pub mod closed_book;
pub mod corpus;
pub mod data;
pub mod dev;
pub mod example;
pub mod inquiry;
pub mod language;
pub mod models;
pub mod name;
pub mod open_book;
pub mod page;
pub mod plan;
pub mod relation;
pub mod scene;
pub mod score_sheet;
pub mod sentence;
pub mod source;
pub mod stream;
pub mod summary;
pub mod tokenizer;
pub mod training;
pub mod wording;
pub mod world;
