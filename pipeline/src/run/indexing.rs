//! Chunks, vectors and indexes of one retriever, brought up to date.
//!
//! Enters: the corpus and a plan. Leaves: a retriever that can be asked. What has not changed is not
//! cut, embedded or indexed again.

use super::error::RunError;
use super::identity::Counter;
use super::lock::Lock;
use super::progress::{note, warn};
use super::provenance::{CutCounts, RetrieverRun};
use super::retrieval::RetrievalStage;
use crate::chunk::{Chunk, Chunker, Chunks, CutFile};
use crate::config::{DensePlan, RetrieverPlan};
use crate::embed::{self, EmbedError, Embedder, Host, Role};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::index::{IndexError, LexicalIndex, Point, Scored, VectorIndex, open_vector_index};
use crate::retrieve::{ChunkTable, LexicalSearch, Parts, Retriever, assemble, open_reranker};
use crate::tokens::Tokens;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// An index of what an embedder embedded.
struct Embedded {
    index: Box<dyn VectorIndex>,
    /// Chunks longer than the embedder reads.
    cut_chunks: usize,
    /// On a server.
    collection: Option<String>,
}

/// A retriever that can be asked, and what it indexed.
pub(super) struct Opened {
    pub(super) retriever: Box<dyn Retriever>,
    pub(super) run: RetrieverRun,
}

impl RetrievalStage<'_> {
    /// Cuts, embeds and indexes what has changed.
    pub(super) fn open(
        &self,
        plan: &RetrieverPlan,
        identity: &Fingerprint,
    ) -> Result<Opened, RunError> {
        let start = Instant::now();
        let embedder = plan.dense.as_ref().map(|dense| self.embedder(dense)).transpose()?;
        let tokens = self.tokens(plan, embedder.as_deref())?;
        let chunk_identity = self.chunk_identity(plan)?;
        let cut_file = self.workspace.cache_cuts(&self.corpus.name, &chunk_identity);
        let documents: Vec<_> = self.corpus.documents_with_fingerprints().collect();
        let Chunks { chunks, tokens: mut sizes, .. } =
            CutFile::open(cut_file).chunks(&Chunker::new(tokens, &plan.chunks)?, &documents)?;
        sizes.sort_unstable();
        let chunk_identity = chunk_identity.as_str();
        let mut parts = Parts::default();
        let mut cut = (plan.dense.is_some() || plan.rerank.is_some()).then(CutCounts::default);
        let mut collection = None;
        let cut_key = FingerprintBuilder::new()
            .part("chunks", chunk_identity)
            .part("language", &self.corpus.language)
            .finish();
        if plan.lexical.is_some() {
            let folder = self.index_folder("lexical", &cut_key);
            let _lock = Lock::acquire(&folder)?;
            let content = FingerprintBuilder::new()
                .part("chunks", chunk_identity)
                .part("documents", self.corpus.manifest_fingerprint().as_str())
                .finish();
            let (index, _) =
                LexicalIndex::open_or_build(&folder, &chunks, &self.corpus.language, &content)?;
            self.say_rebuilt(plan, "lexical", index.rebuilt());
            parts.lexical = Some(Box::new(index));
        }
        if let (Some(dense), Some(embedder)) = (&plan.dense, embedder) {
            let embedded = self.embedded(plan, dense, &*embedder, &chunks, chunk_identity)?;
            cut = cut.map(|cut| CutCounts { chunks: embedded.cut_chunks, ..cut });
            collection = embedded.collection;
            parts.dense = Some((embedder, embedded.index));
        }
        if let Some(rerank) = &plan.rerank {
            parts.reranker = Some(open_reranker(rerank, &self.host())?);
        }
        let run = RetrieverRun {
            chunks: chunks.len(),
            median_chunk_tokens: sizes.get(sizes.len() / 2).copied().unwrap_or(0),
            fingerprint: identity.clone(),
            index_seconds: 0.0,
            sameness: None,
            cut,
            collection,
        };
        let table = Arc::new(ChunkTable::new(chunks)?);
        let retriever = assemble(plan, &table, parts)?;
        // In whole milliseconds: what is written is what is read again, to the last digit.
        let index_seconds = start.elapsed().as_millis() as f64 / 1000.0;
        let run = RetrieverRun { index_seconds, ..run };
        Ok(Opened { retriever, run })
    }

    fn embedder(&self, dense: &DensePlan) -> Result<Arc<dyn Embedder>, RunError> {
        // Before a model is loaded, which takes seconds.
        if self.is_stopping() {
            return Err(EmbedError::Stopped.into());
        }
        let identity = self.embedder_identity(dense)?;
        Ok(Arc::from(embed::open(&dense.embedder, &identity, &self.host())?))
    }

    fn embedder_identity(&self, dense: &DensePlan) -> Result<Fingerprint, RunError> {
        let hash = |path: &Path| self.hashes.of(path);
        Ok(embed::fingerprint(&dense.embedder, &self.workspace.root, &hash)?)
    }

    /// What counts the chunks' tokens.
    fn tokens(
        &self,
        plan: &RetrieverPlan,
        embedder: Option<&dyn Embedder>,
    ) -> Result<Tokens, RunError> {
        Ok(match self.counter(plan)? {
            Counter::Folder(folder) => Tokens::from_folder(&folder)?,
            Counter::Words => Tokens::Words,
            Counter::Embedder(name) => embedder.and_then(|one| one.tokens()).unwrap_or_else(|| {
                warn(
                    self.voice,
                    &format!(
                        "retriever {}: `{name}` does not show its tokenizer; chunks are sized in words",
                        plan.name
                    ),
                );
                Tokens::Words
            }),
        })
    }

    /// Embeds the chunks, and makes the index hold them.
    fn embedded(
        &self,
        plan: &RetrieverPlan,
        dense: &DensePlan,
        embedder: &dyn Embedder,
        chunks: &[Chunk],
        chunk_identity: &str,
    ) -> Result<Embedded, RunError> {
        let key = FingerprintBuilder::new()
            .part("corpus", &self.corpus.name)
            .part("chunks", chunk_identity)
            .part("embedder", self.embedder_identity(dense)?.as_str())
            .json("hnsw", &dense.qdrant.as_ref().and_then(|qdrant| qdrant.hnsw.clone()));
        let folder = self.index_folder("vectors", &key.clone().finish());
        let server = dense.qdrant.as_ref().filter(|qdrant| qdrant.url.is_some());
        let collection = match server {
            Some(_) => {
                // Folders lie below the project; collections of all projects lie side by side.
                let key = key.part("project", self.workspace.project_id()?).finish();
                Some(format!("ragscale_{}", key.short()))
            }
            None => None,
        };
        let mut index = open_vector_index(
            dense.qdrant.as_ref(),
            &folder,
            collection.as_deref().unwrap_or_default(),
            embedder.dimensions(),
            self.environment.key(server.and_then(|qdrant| qdrant.api_key_env.as_deref())),
        )?;
        self.say_rebuilt(plan, "vector", index.rebuilt());
        if let Some(collection) = &collection {
            let text = format!("retriever {}: vectors in collection {collection}", plan.name);
            note(self.voice, &text);
        }
        let texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
        let vectors = embedder.embed(Role::Passage, &texts)?;
        if let Some(repaired) = embedder.repaired() {
            warn(self.voice, &repaired);
        }
        let points: Vec<Point> = chunks
            .iter()
            .zip(vectors)
            .map(|(chunk, vector)| Point { chunk: chunk.id.clone(), vector })
            .collect();
        index.sync(&points)?;
        let cut_chunks = texts.iter().filter(|text| embedder.is_cut(Role::Passage, text)).count();
        Ok(Embedded { index, cut_chunks, collection })
    }

    /// An index that was thrown away took time to make again, and may tell of a failing disk.
    fn say_rebuilt(&self, plan: &RetrieverPlan, kind: &str, reason: Option<&str>) {
        if let Some(reason) = reason {
            warn(
                self.voice,
                &format!("retriever {}: its {kind} index is built anew: {reason}", plan.name),
            );
        }
    }

    fn host(&self) -> Host<'_> {
        Host {
            root: &self.workspace.root,
            cache_folder: self.workspace.cache_vectors(),
            ort_dylib: self.environment.ort_dylib.as_deref(),
            hub_folder: self.environment.hub_folder.as_deref(),
            threads: None,
            stopping: Some(self.stopping),
        }
    }

    /// One folder a corpus and key: a changed document is indexed again in place.
    fn index_folder(&self, kind: &str, key: &Fingerprint) -> PathBuf {
        self.workspace.cache().join("index").join(format!(
            "{}-{kind}-{}",
            self.corpus.name,
            key.short()
        ))
    }
}

impl LexicalSearch for LexicalIndex {
    fn search(&self, query: &str, depth: usize) -> Result<Vec<Scored>, IndexError> {
        Self::search(self, query, depth)
    }
}
