//! Whole parts through their public interface, and the whole program from its command line; one
//! module a subject.
#![allow(missing_docs)]

mod architecture;
mod bad_corpus;
mod bad_disk;
mod bad_endpoint;
mod bad_experiment;
mod bad_model;
mod corpus_check;
mod drafting;
mod exchange;
#[cfg(unix)]
mod kill;
#[cfg(all(unix, feature = "engines"))]
mod lab_models;
mod oracle;
mod questions;
mod report;
mod report_hostile;
mod report_sizes;
mod reports;
mod retrieve;
mod running;
#[cfg(unix)]
mod stopping;
#[cfg(unix)]
mod worker;
#[cfg(all(unix, feature = "engines"))]
mod worker_engine;

#[path = "../support/project.rs"]
mod project;
#[path = "../support/server.rs"]
mod server;
#[cfg(feature = "engines")]
#[path = "../support/tiny_model.rs"]
mod tiny_model;
#[path = "../support/xml.rs"]
mod xml;
