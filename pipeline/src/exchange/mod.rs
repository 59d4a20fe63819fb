//! Question sets in public formats, brought in and taken out.
//!
//! Enters: a file or folder in a public format, or a corpus and perhaps a report. Leaves: a folder below
//! `corpora/`, or files in a public format, and counts of all that was left out. Does not: fetch anything,
//! cut a document, or guess at a relevance that the source does not state.
//!
//! A format is one file: what its records look like, and what becomes of them. What all of them need is
//! beside: files read once with their lines counted (`source`, `json`, `table`), documents' names
//! (`names`), and a corpus that appears whole or not at all (`intake`, `writer`).

mod beir;
mod dpr;
mod error;
mod export;
mod fault;
mod flashrag;
mod format;
mod hotpotqa;
mod import;
mod intake;
mod json;
mod list_cell;
mod names;
mod nq_open;
mod passages;
mod popqa;
mod quotation;
mod ragas;
mod source;
mod squad;
mod summary;
mod table;
mod writer;

#[cfg(test)]
mod tests;

pub use error::ExchangeError;
pub use export::{ExportFormat, ExportOptions, ExportSummary, export};
pub use fault::RecordFault;
pub use format::ImportFormat;
pub use import::{ImportOptions, import};
pub use summary::{ImportSummary, LeftOut, SOURCE_FILE, SourceRecord};
