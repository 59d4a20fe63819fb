//! Hits of every retriever for every question, once, shared by all setups.
//!
//! Enters: the plan's retrievers, the corpus, the questions. Leaves: `hits.jsonl`. A line whose
//! fingerprint is still right is not made again; indexes are only opened when a line is missing.

use super::environment::Environment;
use super::error::RunError;
use super::hashes::FileHashes;
use super::progress::{Progress, Voice, note, warn};
use super::provenance::{CutCounts, RetrieverRun};
use super::workspace::Workspace;
use crate::chunk;
use crate::config::RetrieverPlan;
use crate::corpus::{Corpus, Question};
use crate::embed::{self, EmbedError, EmbedderSource};
use crate::file;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::index::Analysis;
use crate::retrieve::{Hit, Ranking, Retrieved, reranker_fingerprint, sameness};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Raised when the same inputs come to give other hits.
const SCHEME: &str = "retrieval 1";

/// First passages that are held against those of other questions.
const SAMENESS_PASSAGES: usize = 5;

/// Retriever, fingerprint and question of a line.
type Key = (String, Fingerprint, String);
/// Lines by fingerprint and question.
type Known = HashMap<(Fingerprint, String), Retrieved>;

fn key_of(line: &Retrieved) -> Key {
    (line.retriever.clone(), line.fingerprint.clone(), line.question.clone())
}

/// What the stage needs.
pub struct RetrievalStage<'a> {
    /// Where things lie.
    pub workspace: &'a Workspace,
    /// The documents.
    pub corpus: &'a Corpus,
    /// The questions that are asked.
    pub questions: &'a [&'a Question],
    /// Hashes of model files.
    pub hashes: &'a FileHashes,
    /// Keys and places.
    pub environment: &'a Environment,
    /// How much is shown.
    pub voice: Voice,
}

/// What counts the tokens of a retriever's chunks.
pub(super) enum Counter {
    /// The `tokenizer.json` of a folder.
    Folder(PathBuf),
    /// The tokenizer of the embedder of that name, which is not known before it is loaded.
    Embedder(String),
    /// No model's: words.
    Words,
}

/// What the stage gives.
#[derive(Default)]
pub struct AllHits {
    /// By retriever, then question.
    pub hits: BTreeMap<String, HashMap<String, Vec<Hit>>>,
    /// By retriever.
    pub runs: BTreeMap<String, RetrieverRun>,
    /// Things a reader has to know.
    pub warnings: Vec<String>,
}

impl RetrievalStage<'_> {
    /// Brings `hits.jsonl` in `folder` up to date for `plans`, in their order. `before` is what the
    /// last run said of its retrievers.
    ///
    /// # Errors
    /// When an index, an embedder or the file cannot be used. Retrievers that were finished before
    /// are kept.
    pub fn run(
        &self,
        plans: &[&RetrieverPlan],
        folder: &Path,
        before: &BTreeMap<String, RetrieverRun>,
    ) -> Result<AllHits, RunError> {
        if !plans.is_empty() && self.corpus.is_without_text() {
            return Err(RunError::NothingToRetrieve { corpus: self.corpus.name.clone() });
        }
        let path = folder.join("hits.jsonl");
        // Hits of thousands of questions are many megabytes: they are moved, never copied.
        let (old, mut known, damaged) = self.known(&path)?;
        if damaged > 0 {
            let lines = format!("lines that cannot be read are left out ({damaged})");
            warn(self.voice, &format!("{}: {lines}; their hits are made again", path.display()));
        }
        let mut lines: Vec<Retrieved> = Vec::new();
        let mut twins: HashMap<Fingerprint, (Range<usize>, RetrieverRun)> = HashMap::new();
        let mut all = AllHits::default();
        let mut anything_made = false;
        for (place, plan) in plans.iter().enumerate() {
            let identity = self.identity(plan)?;
            let (done, run, made) = match twins.get(&identity) {
                // Two names for one retriever share its work, not its name.
                Some((twin, run)) => (lines[twin.clone()].to_vec(), run.clone(), 0),
                None => self.one(plan, &identity, &mut known, before.get(&plan.name))?,
            };
            let start = lines.len();
            lines.extend(
                done.into_iter().map(|line| Retrieved { retriever: plan.name.clone(), ..line }),
            );
            let run = RetrieverRun {
                sameness: warning(&plan.name, &lines[start..]),
                cut: run.cut.map(|cut| cut_texts(cut.chunks, &lines[start..])),
                ..run
            };
            all.warnings.extend(run.sameness.clone());
            all.warnings.extend(run.cut_caveat(&plan.name, lines.len() - start));
            twins.insert(identity, (start..lines.len(), run.clone()));
            all.runs.insert(plan.name.clone(), run);
            anything_made |= made > 0;
            if made > 0 && place + 1 < plans.len() {
                // A crash in the next retriever costs only that one: what is there of it stays.
                let next: Vec<&str> = plans[place + 1..].iter().map(|plan| &*plan.name).collect();
                let rest = old.iter().filter(|key| next.contains(&key.0.as_str())).filter_map(
                    |(_, fingerprint, question)| {
                        known.get(&(fingerprint.clone(), question.clone()))
                    },
                );
                file::write_json_lines(&path, &lines.iter().chain(rest).collect::<Vec<_>>())?;
            }
            all.hits.entry(plan.name.clone()).or_default();
        }
        // By name and fingerprint: a number that was read may be written with another last digit.
        if anything_made || damaged > 0 || old != lines.iter().map(key_of).collect::<Vec<_>>() {
            file::write_json_lines(&path, &lines)?;
        }
        for line in lines {
            all.hits.entry(line.retriever).or_default().insert(line.question, line.hits);
        }
        for text in &all.warnings {
            warn(self.voice, text);
        }
        Ok(all)
    }

    /// The lines that are there: their keys in order, each by its fingerprint and question, and how
    /// many more cannot be read.
    fn known(&self, path: &Path) -> Result<(Vec<Key>, Known, usize), RunError> {
        if !path.exists() {
            return Ok(Default::default());
        }
        let (lines, damaged): (Vec<Retrieved>, _) = file::read_sound_json_lines(path)?;
        let keys = lines.iter().map(key_of).collect();
        let known =
            lines.into_iter().map(|line| ((line.fingerprint.clone(), line.question.clone()), line));
        Ok((keys, known.collect(), damaged))
    }

    /// One retriever's lines, in the order of the questions, what it indexed, and how many lines were
    /// made. Takes out of `known` what it needs.
    fn one(
        &self,
        plan: &RetrieverPlan,
        identity: &Fingerprint,
        known: &mut Known,
        before: Option<&RetrieverRun>,
    ) -> Result<(Vec<Retrieved>, RetrieverRun, usize), RunError> {
        let of_question = |question: &Question| {
            FingerprintBuilder::new()
                .part("retriever", identity.as_str())
                .part("question", &question.text)
                .finish()
        };
        let missing: Vec<&Question> = self
            .questions
            .iter()
            .filter(|question| !known.contains_key(&(of_question(question), question.id.clone())))
            .copied()
            .collect();
        let made = missing.len();
        let run = match before {
            Some(run) if missing.is_empty() && run.fingerprint == *identity => run.clone(),
            _ => {
                let opened = self.open(plan, identity)?;
                note(
                    self.voice,
                    &format!("retriever {}: {} chunks indexed", plan.name, opened.run.chunks),
                );
                let mut progress =
                    Progress::start(self.voice, &format!("retrieve {}", plan.name), missing.len());
                for question in &missing {
                    let Ranking { hits, seconds, cut } =
                        opened.retriever.retrieve(&question.text, plan.depth)?;
                    let fingerprint = of_question(question);
                    known.insert(
                        (fingerprint.clone(), question.id.clone()),
                        Retrieved {
                            retriever: plan.name.clone(),
                            question: question.id.clone(),
                            fingerprint,
                            hits,
                            seconds,
                            cut,
                        },
                    );
                    progress.advance(1, 0);
                }
                progress.finish();
                opened.run
            }
        };
        let lines = self
            .questions
            .iter()
            .filter_map(|question| known.remove(&(of_question(question), question.id.clone())))
            .collect();
        Ok((lines, run, made))
    }

    /// Of everything that decides the hits, but the question.
    ///
    /// # Errors
    /// When a tokenizer or a model's file cannot be read.
    pub fn identity(&self, plan: &RetrieverPlan) -> Result<Fingerprint, RunError> {
        let hash = |path: &Path| self.hashes.of(path);
        let mut builder = FingerprintBuilder::new()
            .part("scheme", SCHEME)
            .part("documents", self.corpus.manifest_fingerprint().as_str())
            .part("chunks", self.chunk_identity(plan)?.as_str())
            .json("depth", &plan.depth);
        if plan.lexical.is_some() {
            builder = builder.part("lexical", Analysis::for_language(&self.corpus.language).name());
        }
        if let Some(dense) = &plan.dense {
            builder = builder
                .part(
                    "embedder",
                    embed::fingerprint(&dense.embedder, &self.workspace.root, &hash)?.as_str(),
                )
                .json("hnsw", &dense.qdrant.as_ref().and_then(|qdrant| qdrant.hnsw.clone()))
                // Exact search gives the same order everywhere, to rounding: where vectors are kept
                // enters, so that two places can be compared.
                .part("place", place(plan));
        }
        if plan.lexical.is_some() && plan.dense.is_some() {
            builder = builder.json("fusion", &plan.fusion);
        }
        if let Some(rerank) = &plan.rerank {
            builder = builder.json("rerank depth", &rerank.depth).part(
                "reranker",
                reranker_fingerprint(rerank, &self.workspace.root, &hash)?.as_str(),
            );
        }
        Ok(builder.finish())
    }

    /// What sizes a retriever's chunks: the tokenizer that the plan names, else its embedder's.
    pub(super) fn counter(&self, plan: &RetrieverPlan) -> Result<Counter, EmbedError> {
        Ok(match (&plan.chunks.tokenizer, &plan.dense) {
            (Some(path), _) => Counter::Folder(self.workspace.path(path)),
            (None, Some(dense)) => {
                match embed::resolve(&dense.embedder.model, &self.workspace.root)? {
                    EmbedderSource::Onnx { folder } | EmbedderSource::Qwen3 { folder } => {
                        Counter::Folder(folder)
                    }
                    EmbedderSource::Catalogue { name } => Counter::Embedder(name),
                    EmbedderSource::Hashed { .. } => Counter::Words,
                }
            }
            (None, None) => Counter::Words,
        })
    }

    pub(super) fn chunk_identity(&self, plan: &RetrieverPlan) -> Result<Fingerprint, RunError> {
        let tokenizer = match self.counter(plan)? {
            Counter::Folder(folder) => self.hashes.of(&folder.join("tokenizer.json"))?.to_string(),
            Counter::Embedder(name) => format!("embedder {name}"),
            Counter::Words => "words".to_owned(),
        };
        Ok(chunk::fingerprint(&plan.chunks, &tokenizer))
    }
}

/// Where vectors are kept, in a word.
fn place(plan: &RetrieverPlan) -> &'static str {
    match plan.dense.as_ref().map(|dense| dense.qdrant.as_ref()) {
        Some(Some(qdrant)) if qdrant.url.is_some() => "qdrant server",
        Some(Some(_)) => "qdrant embedded",
        Some(None) => "memory",
        None => "",
    }
}

/// What a retriever did not read whole, over the questions that it is asked now.
fn cut_texts(chunks: usize, lines: &[Retrieved]) -> CutCounts {
    CutCounts {
        chunks,
        questions: lines.iter().filter(|line| line.cut.query).count(),
        pairs: lines.iter().map(|line| line.cut.pairs).sum(),
    }
}

/// What to know when a retriever finds much the same for all questions.
fn warning(retriever: &str, lines: &[Retrieved]) -> Option<String> {
    sameness(lines, SAMENESS_PASSAGES)
        .warning(retriever, SAMENESS_PASSAGES)
        .map(|warning| warning.to_string())
}
