//! mistralrs, made safe to measure with: what it gets wrong silently is checked, replaced or
//! refused here. It runs inside `ragscale worker`.
//!
//! Enters: a model folder (or hub name) and rendered prompts. Leaves: generations whose tokens this
//! module chose itself from the engine's logits. Does not: template prompts, run two requests at
//! once, or start processes.
//!
//! What is taken out of the engine's hands, and why (mistralrs 0.8.1):
//!
//! | the engine | here |
//! |---|---|
//! | decodes two sequences in one batch wrongly on a CPU, whatever `max_num_seqs` says | one request at a time by `&mut self` |
//! | keeps prefix caches without end on a CPU | no prefix cache |
//! | has one generator for all requests; log-probabilities in base 10, of raw logits when greedy | `choice` picks each token and its natural-log probability |
//! | adds a second BOS, today's date, "thinking" | the prompt goes in as token ids, checked when they come back |
//! | cuts a long prompt at its start | refused before it is sent |
//! | finds stop strings a token late, trims white space | the answer is decoded here, the stream closed at the stop |
//! | takes a mistyped path for a hub name | `folder` checks first |

mod choice;
mod engine;
mod error;
mod folder;
mod gguf;
mod loader;
mod overseer;

pub use engine::Mistral;
pub use error::MistralError;
pub use loader::has_cuda;

#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "../../../tests/support/tiny_model.rs"]
mod tiny_model;
