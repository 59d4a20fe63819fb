//! Chunks, vectors and indexes of one retriever, brought up to date.
//!
//! Enters: the corpus and a plan. Leaves: a retriever that can be asked. What has not changed is not
//! cut, embedded or indexed again.

use super::error::RunError;
use super::lock::Lock;
use super::provenance::RetrieverRun;
use super::retrieval::RetrievalStage;
use crate::chunk::{Chunk, Chunker, Chunks, CutFile};
use crate::config::RetrieverPlan;
use crate::embed::{self, EmbedError, Embedder, Host, Role};
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::index::{IndexError, LexicalIndex, Point, Scored, VectorIndex, open_vector_index};
use crate::retrieve::{ChunkTable, LexicalSearch, Parts, Retriever, assemble, open_reranker};
use crate::tokens::Tokens;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// An embedder and the index of what it embedded.
type DenseParts = (Arc<dyn Embedder>, Box<dyn VectorIndex>);

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
        let tokens = match self.tokenizer(plan) {
            Some(folder) => Tokens::from_folder(&folder)?,
            None => Tokens::Words,
        };
        let chunk_identity = self.chunk_identity(plan)?;
        let cut_file = self.workspace.cache_cuts(&self.corpus.name, &chunk_identity);
        let documents: Vec<_> = self.corpus.documents_with_fingerprints().collect();
        let Chunks { chunks, tokens: mut sizes, .. } =
            CutFile::open(cut_file).chunks(&Chunker::new(tokens, &plan.chunks)?, &documents)?;
        sizes.sort_unstable();
        let chunk_identity = chunk_identity.as_str();
        let mut parts = Parts::default();
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
            parts.lexical = Some(Box::new(index));
        }
        if plan.dense.is_some() {
            parts.dense = Some(self.open_dense(plan, &chunks, chunk_identity)?);
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
        };
        let table = Arc::new(ChunkTable::new(chunks)?);
        let retriever = assemble(plan, &table, parts)?;
        // In whole milliseconds: what is written is what is read again, to the last digit.
        let index_seconds = start.elapsed().as_millis() as f64 / 1000.0;
        let run = RetrieverRun { index_seconds, ..run };
        Ok(Opened { retriever, run })
    }

    fn open_dense(
        &self,
        plan: &RetrieverPlan,
        chunks: &[Chunk],
        chunk_identity: &str,
    ) -> Result<DenseParts, RunError> {
        let Some(dense) = &plan.dense else { return Err(RunError::NoDense) };
        // Before a model is loaded, which takes seconds.
        if self.is_stopping() {
            return Err(EmbedError::Stopped.into());
        }
        let hash = |path: &Path| self.hashes.of(path);
        let identity = embed::fingerprint(&dense.embedder, &self.workspace.root, &hash)?;
        let embedder: Arc<dyn Embedder> =
            Arc::from(embed::open(&dense.embedder, &identity, &self.host())?);
        let key = FingerprintBuilder::new()
            .part("corpus", &self.corpus.name)
            .part("chunks", chunk_identity)
            .part("embedder", identity.as_str())
            .json("hnsw", &dense.qdrant.as_ref().and_then(|qdrant| qdrant.hnsw.clone()))
            .finish();
        let api_key = self
            .environment
            .key(dense.qdrant.as_ref().and_then(|qdrant| qdrant.api_key_env.as_deref()));
        let mut index = open_vector_index(
            dense.qdrant.as_ref(),
            &self.index_folder("vectors", &key),
            &format!("ragscale_{}", key.short()),
            embedder.dimensions(),
            api_key,
        )?;
        let texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
        let vectors = embedder.embed(Role::Passage, &texts)?;
        let points: Vec<Point> = chunks
            .iter()
            .zip(vectors)
            .map(|(chunk, vector)| Point { chunk: chunk.id.clone(), vector })
            .collect();
        index.sync(&points)?;
        Ok((embedder, index))
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
