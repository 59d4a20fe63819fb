//! The experiment file: TOML as written, then a checked [`Experiment`].
//!
//! Enters: the text of an experiment file. Leaves: an [`Experiment`] in which every name resolves
//! and every value is possible by itself, or all of the file's errors at once, each with line,
//! column, caret and hint. Does not: open the paths that the file names (that is `run::check`).
//!
//! Text becomes values (`syntax`), values become types (`fields` and `tables`, used by each type's
//! `read` beside the type), and types are held against one another (`resolve`). `findings` gathers
//! what is wrong on the way, `diagnostic` shows it.

mod address;
mod corpus_file;
mod decision;
mod dense;
mod diagnostic;
mod distractors;
mod embedder;
mod experiment;
mod fields;
mod findings;
mod mistralrs;
mod model;
mod name;
mod openai;
mod questions;
mod resolve;
mod retriever;
mod sampling;
mod scripted;
mod secret;
mod setup;
mod source;
mod suggestion;
mod syntax;
mod tables;
#[cfg(test)]
mod tests;

pub use corpus_file::{CorpusFile, parse_corpus_file};
pub use decision::{Decision, Limits, Measure};
pub use dense::{DensePlan, HnswPlan, QdrantPlan};
pub use diagnostic::{ConfigErrors, Problem};
pub use distractors::{DistractorAmount, DistractorPlan, EvidencePosition};
pub use embedder::{EmbedderPlan, Pooling};
pub use experiment::{ConfigError, Experiment, load, parse};
pub use mistralrs::{DataType, Device, MistralrsModel, Weights};
pub use model::{ModelPlan, ModelSource};
pub use name::{NAME_RULE, is_name};
pub use openai::OpenaiModel;
pub use questions::QuestionSelection;
pub use retriever::{ChunkPlan, FusionPlan, LexicalPlan, RerankPlan, RetrieverPlan};
pub use sampling::{Price, Sampling};
pub use scripted::{RecordedModel, ScriptedModel};
pub use setup::{PassageOrder, SetupPlan, StrategyPlan};
pub use source::Source;

/// Smallest window in tokens that holds a question and a short answer.
const SMALLEST_WINDOW_TOKENS: usize = 64;
