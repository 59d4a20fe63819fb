//! Retrievers: tokenizers, embedders, rerankers and what runs them.

use super::Checker;
use crate::embed::{self, EmbedderSource, Host, runtime};
use crate::retrieve::reranker_fingerprint;
use crate::tokens::Tokens;
use std::path::Path;

impl Checker<'_> {
    pub(super) fn retrievers(&mut self) {
        let loaded = self.loaded;
        let hash = |path: &Path| loaded.hashes.of(path);
        for plan in &loaded.experiment.retrievers {
            let setups = &loaded.experiment.setups;
            let used = setups.is_empty()
                || setups
                    .iter()
                    .any(|setup| setup.strategy.retriever() == Some(plan.name.as_str()));
            if !used {
                continue;
            }
            let key = format!("retriever.{}", plan.name);
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
                    Ok(_) => self.runtime(&place, &dense.embedder.model),
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
}
