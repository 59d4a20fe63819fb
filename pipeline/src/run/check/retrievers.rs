//! What the retrievers of an experiment need: tokenizers, embedders, keys, rerankers.

use super::Checker;
use crate::config::{DensePlan, RetrieverPlan, Source};
use crate::embed::{self, EmbedderSource, Host, runtime};
use crate::index::IndexError;
use crate::retrieve::reranker_fingerprint;
use crate::tokens::Tokens;
use std::path::Path;

impl Checker<'_> {
    pub(super) fn retrievers(&mut self, is_wanted: impl Fn(&str) -> bool) {
        let loaded = self.loaded;
        let hash = |path: &Path| loaded.hashes.of(path);
        for plan in loaded.experiment.retrievers.iter().filter(|plan| is_wanted(&plan.name)) {
            let key = Source::key("retriever", &plan.name);
            if let Some(tokenizer) = &plan.chunks.tokenizer
                && let Err(error) = Tokens::from_folder(&loaded.workspace.path(tokenizer))
            {
                self.problem(&format!("{key}.chunks.tokenizer"), &error, error.hint());
            }
            if let Some(dense) = &plan.dense {
                let place = format!("{key}.dense.embedder");
                let root = &loaded.workspace.root;
                match embed::fingerprint(&dense.embedder, root, &hash) {
                    Err(error) => self.problem(&place, &error, error.hint()),
                    Ok(_) => {
                        self.runtime(&place, &dense.embedder.model);
                        self.chunks_fit(&place, plan, dense);
                    }
                }
                let is_embedded = dense.qdrant.as_ref().is_some_and(|qdrant| qdrant.url.is_none());
                if is_embedded && !cfg!(feature = "engines") {
                    let error = IndexError::EngineAbsent;
                    self.problem(&format!("{key}.dense.qdrant"), &error, error.hint());
                }
                if let Ok(EmbedderSource::Qwen3 { folder }) =
                    embed::resolve(&dense.embedder.model, root)
                    && let Ok(tokens) = Tokens::from_folder(&folder)
                {
                    self.vocabulary(&place, &folder, &tokens);
                }
                if let Some(name) = dense.qdrant.as_ref().and_then(|q| q.api_key_env.as_ref())
                    && loaded.environment.key(Some(name)).is_none()
                {
                    self.say(
                        &format!("{key}.dense.qdrant.api_key_env"),
                        format!("the environment variable `{name}` is not set"),
                        Some(format!("run `export {name}=...` first")),
                    );
                }
            }
            if let Some(rerank) = &plan.rerank
                && let Err(error) = reranker_fingerprint(rerank, &loaded.workspace.root, &hash)
            {
                self.problem(&format!("{key}.rerank.model"), &error, error.hint());
            }
        }
    }

    /// ONNX Runtime, where the embedder needs it.
    fn runtime(&mut self, place: &str, model: &str) {
        let root = &self.loaded.workspace.root;
        let Ok(EmbedderSource::Onnx { folder }) = embed::resolve(model, root) else { return };
        let host = Host {
            root,
            cache_folder: self.loaded.workspace.cache_vectors(),
            ort_dylib: self.loaded.environment.ort_dylib.as_deref(),
            hub_folder: None,
            threads: None,
            stopping: None,
        };
        if let Err(error) = runtime::locate(&host, Some(&folder)) {
            self.problem(place, &error, error.hint());
        }
    }

    /// Whether the embedder reads the longest chunk whole. A chunk that is as long as the embedder's
    /// `max_tokens` leaves no room for what stands around it, and a model may have fewer positions.
    fn chunks_fit(&mut self, place: &str, plan: &RetrieverPlan, dense: &DensePlan) {
        let room = match embed::room(&dense.embedder, &self.loaded.workspace.root) {
            Ok(Some(room)) => room,
            // Only the loaded model knows.
            Ok(None) => return,
            Err(error) => return self.problem(place, &error, error.hint()),
        };
        let chunk = plan.chunks.tokens;
        // Chunks above `max_tokens` are warned of where the file is read.
        if chunk <= room.passage() || chunk > dense.embedder.max_tokens {
            return;
        }
        let counted = match &plan.chunks.tokenizer {
            Some(tokenizer) if *tokenizer != dense.embedder.model => {
                format!(" as `{tokenizer}` counts them")
            }
            _ => String::new(),
        };
        self.warnings.push(format!(
            "retriever `{}`: an embedder that reads {} tokens, of which prefix and special tokens take {}, \
             cuts chunks of up to {chunk}{counted}; write `chunks = {{ tokens = {} }}` or less",
            plan.name,
            room.reads,
            room.around,
            room.passage(),
        ));
    }
}
