//! Which hits a retriever gives: a fingerprint of everything that decides them.
//!
//! Enters: a plan, the corpus, hashes of model files. Leaves: a retriever's identity, and a line's. Does not:
//! open an index or load a tokenizer.

use super::error::RunError;
use super::retrieval::RetrievalStage;
use crate::chunk;
use crate::config::RetrieverPlan;
use crate::corpus::Question;
use crate::embed::{self, EmbedError, EmbedderSource};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::index::Analysis;
use crate::retrieve::reranker_fingerprint;
use std::path::{Path, PathBuf};

/// Raised when the same inputs come to give other hits.
const SCHEME: &str = "retrieval 1";

/// What counts the tokens of a retriever's chunks.
pub(super) enum Counter {
    /// The `tokenizer.json` of a folder.
    Folder(PathBuf),
    /// The tokenizer of the embedder of that name, which is not known before it is loaded.
    Embedder(String),
    /// No model's: words.
    Words,
}

impl RetrievalStage<'_> {
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

/// Of a line: a retriever's identity and the question's text.
pub(super) fn of_question(identity: &Fingerprint, question: &Question) -> Fingerprint {
    FingerprintBuilder::new()
        .part("retriever", identity.as_str())
        .part("question", &question.text)
        .finish()
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
