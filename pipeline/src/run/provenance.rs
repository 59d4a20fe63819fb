//! What made the numbers: machine, build, versions, settings, hashes.

use crate::corpus::Manifest;
use crate::fingerprint::Fingerprint;
use crate::model::ModelFacts;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use sysinfo::CGroupLimits;

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
    /// Things a reader has to know: documents that were passed over, texts that were cut, fields that
    /// a server did not take. What was damaged and made again is not among them: no number shows it.
    pub warnings: Vec<String>,
    /// What the folders of the weights in use say of themselves (`NOTE`), each note once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Provenance {
    /// Notes what a model's server did not take. Leaves what a reader has to know of it, where that is
    /// new.
    pub fn reject(&mut self, model: &str, fields: &[&str]) -> Option<String> {
        let run = self.models.get_mut(model)?;
        let before = run.caveat(model);
        run.rejected_fields.extend(fields.iter().map(|field| (*field).to_owned()));
        let now = run.caveat(model).filter(|now| before.as_ref() != Some(now))?;
        self.warnings.retain(|warning| before.as_ref() != Some(warning));
        self.warnings.push(now.clone());
        Some(now)
    }
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
    /// Memory in bytes; a container's share of it where this is less.
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
    /// Of everything that decides its answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Fingerprint>,
    /// Fields of requests that its server did not take, so that answers came without them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rejected_fields: BTreeSet<String>,
}

impl ModelRun {
    /// What to know of a model whose server did not take all fields.
    pub fn caveat(&self, name: &str) -> Option<String> {
        let missed: Vec<&str> = [
            ("seed", "`seed` (answers are drawn by the server's own seeds and do not repeat)"),
            ("logprobs", "`logprobs` (answers have no log-probabilities)"),
            (
                "max_tokens",
                "`max_tokens` (sent as `max_completion_tokens`, which counts reasoning too)",
            ),
        ]
        .into_iter()
        .filter(|(field, _)| self.rejected_fields.contains(*field))
        .map(|(_, text)| text)
        .collect();
        (!missed.is_empty())
            .then(|| format!("model `{name}`: its server does not take {}", missed.join(", ")))
    }
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
    /// What its models did not read to the end; none without a model, or where it was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutCounts>,
    /// The collection on a server that holds its vectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
}

/// Texts that a retriever's models did not read to their ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutCounts {
    /// Chunks longer than the embedder reads.
    pub chunks: usize,
    /// Questions longer than the embedder reads.
    pub questions: usize,
    /// Pairs of question and chunk longer than the reranker reads.
    pub pairs: usize,
}

impl RetrieverRun {
    /// What to know of a retriever that did not read everything; `questions` are those it was asked.
    pub fn cut_caveat(&self, name: &str, questions: usize) -> Option<String> {
        let CutCounts { chunks, questions: cut_questions, pairs } = self.cut?;
        let mut parts = Vec::new();
        for (count, of, what) in
            [(chunks, self.chunks, "chunks"), (cut_questions, questions, "questions")]
        {
            if count > 0 {
                parts.push(format!("{count} of {of} {what} are longer than its embedder reads"));
            }
        }
        if pairs > 0 {
            parts.push(format!(
                "{pairs} pairs of question and chunk are longer than its reranker reads"
            ));
        }
        (!parts.is_empty())
            .then(|| format!("retriever `{name}`: {}; their ends play no part", parts.join(", ")))
    }
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
            memory_bytes: limited(
                system.total_memory(),
                system.cgroup_limits().map(|limits| limits.total_memory),
            ),
            system: sysinfo::System::long_os_version().unwrap_or_default(),
        }
    }

    /// Bytes that a new process could take now.
    pub fn available_bytes() -> u64 {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        limited(system.available_memory(), system.cgroup_limits().as_ref().map(left))
    }
}

/// A container is ended when it takes more than its share, whatever the machine has.
fn limited(bytes: u64, container_bytes: Option<u64>) -> u64 {
    container_bytes.map_or(bytes, |limit| bytes.min(limit))
}

/// What is left of a container's share. Files that are kept in memory count against it, but make way;
/// `free_memory` takes them for used.
fn left(limits: &CGroupLimits) -> u64 {
    limits.total_memory.saturating_sub(limits.rss)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_containers_share_bounds_the_machines_memory() {
        const GIB: u64 = 1 << 30;
        let share = CGroupLimits { total_memory: 4 * GIB, free_memory: 0, free_swap: 0, rss: GIB };
        assert_eq!(limited(64 * GIB, Some(left(&share))), 3 * GIB);
        assert_eq!(limited(2 * GIB, Some(left(&share))), 2 * GIB);
        assert_eq!(limited(64 * GIB, None), 64 * GIB);
        let over = CGroupLimits { rss: 5 * GIB, ..share };
        assert_eq!(left(&over), 0);
        assert!(Machine::available_bytes() <= Machine::current().memory_bytes);
    }

    fn retriever(cut: Option<CutCounts>) -> RetrieverRun {
        RetrieverRun {
            chunks: 230,
            median_chunk_tokens: 100,
            fingerprint: Fingerprint::of(b""),
            index_seconds: 1.0,
            sameness: None,
            cut,
            collection: None,
        }
    }

    #[test]
    fn what_was_cut_is_told_by_what_cut_it() {
        assert_eq!(retriever(None).cut_caveat("r", 24), None);
        assert_eq!(retriever(Some(CutCounts::default())).cut_caveat("r", 24), None);
        let cut = CutCounts { chunks: 12, questions: 0, pairs: 3 };
        assert_eq!(
            retriever(Some(cut)).cut_caveat("r", 24).unwrap(),
            "retriever `r`: 12 of 230 chunks are longer than its embedder reads, \
             3 pairs of question and chunk are longer than its reranker reads; their ends play no part"
        );
        let cut = CutCounts { chunks: 0, questions: 2, pairs: 0 };
        let caveat = retriever(Some(cut)).cut_caveat("r", 24).unwrap();
        assert!(caveat.contains(": 2 of 24 questions are longer"), "{caveat}");
    }

    #[test]
    fn files_of_before_are_read_and_what_is_not_there_is_not_written() {
        let old = r#"{"chunks":1,"median_chunk_tokens":2,"fingerprint":"a","index_seconds":0.5,"sameness":null}"#;
        let read: RetrieverRun = serde_json::from_str(old).unwrap();
        assert_eq!((read.cut, &read.collection), (None, &None));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
        let old = r#"{"facts":{"source":"openai","architecture":null,"parameters":null,"active_parameters":null,"quantization":null,"weight_bytes":null,"window_tokens":null,"kv_bytes_per_token":null,"sha256":null},"concurrency":1,"threads":null,"context_tokens":null,"failure":null}"#;
        let mut read: ModelRun = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
        assert_eq!(read.caveat("m"), None);
        read.rejected_fields = ["stream_options".to_owned()].into();
        assert_eq!(read.caveat("m"), None, "an answer without its usage is the same answer");
        read.rejected_fields.extend(["seed".to_owned(), "max_tokens".to_owned()]);
        let caveat = read.caveat("m").unwrap();
        assert!(caveat.starts_with("model `m`: its server does not take `seed` ("), "{caveat}");
        assert!(caveat.contains(", `max_tokens` (sent as `max_completion_tokens`"), "{caveat}");
    }
}
