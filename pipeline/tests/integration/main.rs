//! Whole parts through their public interface, and the whole program from its command line; one
//! module a subject.
#![allow(missing_docs)]

mod adding;
mod architecture;
mod bad_corpus;
mod bad_disk;
#[cfg(feature = "formats")]
mod bad_documents;
mod bad_endpoint;
mod bad_experiment;
mod bad_model;
mod changed_documents;
mod corpus_check;
#[cfg(feature = "formats")]
mod document_formats;
#[cfg(feature = "formats")]
mod document_hostile;
#[cfg(unix)]
mod document_names;
#[cfg(feature = "formats")]
mod document_pages;
mod document_sizes;
mod drafting;
mod exchange;
#[cfg(feature = "formats")]
mod handbook;
#[cfg(unix)]
mod kill;
#[cfg(all(unix, feature = "engines"))]
mod lab_models;
mod oracle;
mod qdrant_server;
mod questions;
mod repeats;
mod report;
mod report_hostile;
mod report_sizes;
mod reports;
mod retrieve;
mod reviewing;
mod running;
#[cfg(unix)]
mod stopping;
#[cfg(feature = "formats")]
mod walk_through;
#[cfg(unix)]
mod worker;
#[cfg(all(unix, feature = "engines"))]
mod worker_engine;

#[cfg(feature = "formats")]
#[path = "../support/documents/mod.rs"]
mod documents;
#[path = "../../src/index/fake_server.rs"]
mod fake_server;
#[path = "../support/halls.rs"]
mod halls;
#[path = "../support/project.rs"]
mod project;
#[path = "../support/server.rs"]
mod server;
#[cfg(feature = "engines")]
#[path = "../support/tiny_model.rs"]
mod tiny_model;
#[path = "../support/xml.rs"]
mod xml;
