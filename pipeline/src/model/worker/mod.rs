//! Models in processes of their own: one `ragscale worker` a model copy, JSON lines between.
//!
//! Enters: a [`WorkerSpec`] and requests. Leaves: generations with peak memory, or what went wrong
//! with the last lines that the process wrote. Does not: run a model itself (`model::mistral` does,
//! inside the worker).
//!
//! A model in a process of its own cannot take the run down with it, gives all its memory back when
//! it ends, and shows its own peak memory.

mod error;
mod pool;
mod process;
mod protocol;
mod replicas;
mod resident;
mod serve;
mod spec;
mod tail;

pub use error::WorkerError;
pub use pool::WorkerPool;
pub use protocol::{Ask, FromWorker, Load, PROTOCOL, Ready, Refusal, ToWorker};
pub use replicas::default_replicas;
pub use serve::{Answerer, run, serve};
pub use spec::WorkerSpec;
