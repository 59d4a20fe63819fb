//! What made the numbers: machine, build, versions, settings, hashes.

use crate::corpus::Manifest;
use crate::fingerprint::Fingerprint;
use crate::model::ModelFacts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `provenance.json`. Everything a report says about where it comes from is read from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// This program.
    pub build: Build,
    /// Where it ran.
    pub machine: Machine,
    /// Name, title, language, licence.
    pub corpus: CorpusFacts,
    /// By model name.
    pub models: BTreeMap<String, ModelRun>,
    /// By retriever name.
    pub retrievers: BTreeMap<String, RetrieverRun>,
    /// SHA-256 of the experiment file.
    pub experiment_sha256: Fingerprint,
    /// Things a reader has to know: repaired files, skipped documents, cut embeddings.
    pub warnings: Vec<String>,
    /// What the folders of the weights in use say of themselves (`NOTE`), each note once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The program that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of `ragscale`.
    pub version: String,
    /// `debug` or `release`.
    pub profile: String,
    /// Instruction set the program was compiled for.
    pub target: String,
    /// Engines and their versions.
    pub engines: BTreeMap<String, String>,
}

/// The machine that ran it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Processor's name.
    pub processor: String,
    /// Logical cores.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Operating system.
    pub system: String,
}

/// The corpus as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusFacts {
    /// Folder name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Language.
    pub language: String,
    /// Licence.
    pub licence: String,
    /// Hashes and counts.
    pub manifest: Manifest,
}

/// A model and how it ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRun {
    /// From its files.
    pub facts: ModelFacts,
    /// Requests in flight, or worker processes.
    pub concurrency: usize,
    /// Threads a worker.
    pub threads: Option<usize>,
    /// Window that the experiment gives it.
    pub context_tokens: Option<usize>,
    /// Why it did not run, if it did not.
    pub failure: Option<String>,
}

/// A retriever and what it indexed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetrieverRun {
    /// Chunks of the corpus.
    pub chunks: usize,
    /// Median tokens of a chunk.
    pub median_chunk_tokens: usize,
    /// Of everything that decides its hits but the question.
    pub fingerprint: Fingerprint,
    /// Seconds to open or build its indexes; a clock reading.
    pub index_seconds: f64,
    /// Questions that got the same passages as many others, if so.
    pub sameness: Option<String>,
}

impl Build {
    /// This build.
    pub fn current() -> Self {
        let engines = env!("RAGSCALE_ENGINES")
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .collect();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: env!("RAGSCALE_PROFILE").to_owned(),
            target: env!("RAGSCALE_TARGET").to_owned(),
            engines,
        }
    }
}

impl Machine {
    /// This machine.
    pub fn current() -> Self {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        system.refresh_cpu_list(sysinfo::CpuRefreshKind::nothing());
        Self {
            processor: system
                .cpus()
                .first()
                .map(|cpu| cpu.brand().trim().to_owned())
                .unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: system.total_memory(),
            system: sysinfo::System::long_os_version().unwrap_or_default(),
        }
    }

    /// Bytes that a new process could take now.
    pub fn available_bytes() -> u64 {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        system.available_memory()
    }
}
