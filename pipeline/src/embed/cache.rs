//! An embedder that asks its engine only for passages it has not seen.
//!
//! Enters: texts with their role. Leaves: the engine's vectors, from disk where they are there.
//! Does not: know the engine.

use super::vector_file::{Key, Record};
use super::{EmbedError, Embedder, Prefixes, Role, VectorFile};
use crate::config::EmbedderPlan;
use crate::tokens::Tokens;
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// `E` with a file of passages' vectors beside it. Queries go to the engine each time: what they find
/// is kept in `hits.jsonl`, and the seconds they take are a reading that a cache would falsify.
///
/// The file belongs to one fingerprint of the embedder; in it
/// a vector's key is the SHA-256 of the role's prefix and the text.
///
/// New texts are embedded longest first in batches: neighbours in a batch are of about one length,
/// so that little is padding, and a batch too large for the memory shows at once. The batches do not
/// depend on the order of the texts; each is kept as soon as it is done.
pub struct CachedEmbedder<E> {
    engine: E,
    prefixes: Prefixes,
    batch: usize,
    file: Mutex<VectorFile>,
    stopping: Option<Arc<AtomicBool>>,
}

impl<E: Embedder> CachedEmbedder<E> {
    /// `engine` with the plan's prefixes and batch size. The engine adds the prefixes itself; here
    /// they only enter the key.
    pub fn new(engine: E, plan: &EmbedderPlan, file: VectorFile) -> Self {
        Self {
            engine,
            prefixes: Prefixes::of_plan(plan),
            batch: plan.batch.max(1),
            file: Mutex::new(file),
            stopping: None,
        }
    }

    /// With a flag that is looked at before each batch; once it is set, [`EmbedError::Stopped`] is the
    /// answer, and the batches before are kept.
    #[must_use]
    pub fn stopped_by(mut self, stopping: Arc<AtomicBool>) -> Self {
        self.stopping = Some(stopping);
        self
    }

    fn is_stopping(&self) -> bool {
        self.stopping.as_ref().is_some_and(|stopping| stopping.load(Ordering::SeqCst))
    }

    fn key(&self, role: Role, text: &str) -> Key {
        let prefix = self.prefixes.of(role);
        Sha256::new()
            .chain_update((prefix.len() as u64).to_le_bytes())
            .chain_update(prefix)
            .chain_update(text)
            .finalize()
            .into()
    }

    /// The file; a thread that panicked while it held the lock left nothing half done that the next
    /// append would not repair.
    fn file(&self) -> std::sync::MutexGuard<'_, VectorFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Embedder> Embedder for CachedEmbedder<E> {
    fn dimensions(&self) -> usize {
        self.engine.dimensions()
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if role == Role::Query {
            return self.engine.embed(role, texts);
        }
        let keys: Vec<Key> = texts.iter().map(|text| self.key(role, text)).collect();
        let mut vectors: HashMap<Key, Vec<f32>> = HashMap::new();
        let mut missing = Vec::new();
        let mut seen = HashSet::new();
        for (key, text) in keys.iter().zip(texts) {
            if !seen.insert(*key) {
                continue;
            }
            match self.file().get(key)? {
                Some((vector, _)) => drop(vectors.insert(*key, vector)),
                None => missing.push((*key, *text)),
            }
        }
        missing.sort_by_key(|(_, text)| (Reverse(text.len()), *text));
        for batch in missing.chunks(self.batch) {
            if self.is_stopping() {
                return Err(EmbedError::Stopped);
            }
            let texts: Vec<&str> = batch.iter().map(|(_, text)| *text).collect();
            let records: Vec<Record> = batch
                .iter()
                .zip(self.engine.embed(role, &texts)?)
                .map(|((key, text), vector)| Record {
                    key: *key,
                    vector,
                    cut: self.engine.is_cut(role, text),
                })
                .collect();
            self.file().append(&records)?;
            vectors.extend(records.into_iter().map(|record| (record.key, record.vector)));
        }
        keys.iter()
            .map(|key| {
                vectors.get(key).cloned().ok_or_else(|| EmbedError::Answer {
                    model: "the embedder".into(),
                    problem: "fewer vectors than texts".into(),
                })
            })
            .collect()
    }

    fn is_cut(&self, role: Role, text: &str) -> bool {
        let known = self.file().is_cut(&self.key(role, text));
        known.unwrap_or_else(|| self.engine.is_cut(role, text))
    }

    fn tokens(&self) -> Option<Tokens> {
        self.engine.tokens()
    }

    fn repaired(&self) -> Option<String> {
        let file = self.file();
        let bytes = Some(file.dropped_bytes()).filter(|bytes| *bytes > 0)?;
        Some(format!(
            "{}: {bytes} damaged bytes were cut off; the texts of their vectors are embedded again",
            file.path().display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pooling;
    use crate::embed::{HashedEmbedder, conformance};
    use std::path::Path;

    /// Notes the batches it is asked for.
    struct Noting(HashedEmbedder, Mutex<Vec<Vec<String>>>);

    impl Embedder for Noting {
        fn dimensions(&self) -> usize {
            self.0.dimensions()
        }

        fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
            self.1.lock().unwrap().push(texts.iter().map(|text| (*text).to_owned()).collect());
            self.0.embed(role, texts)
        }

        fn is_cut(&self, role: Role, text: &str) -> bool {
            self.0.is_cut(role, text)
        }

        fn tokens(&self) -> Option<Tokens> {
            self.0.tokens()
        }
    }

    fn plan() -> EmbedderPlan {
        EmbedderPlan {
            model: "hashed:8".into(),
            query_prefix: "query: ".into(),
            passage_prefix: String::new(),
            pooling: Pooling::Mean,
            max_tokens: 50,
            batch: 2,
        }
    }

    fn cached(path: &Path) -> CachedEmbedder<Noting> {
        let plan = plan();
        let engine = HashedEmbedder::new(8, Prefixes::of_plan(&plan), plan.max_tokens);
        let file = VectorFile::open(path, 8).unwrap();
        CachedEmbedder::new(Noting(engine, Mutex::default()), &plan, file)
    }

    #[test]
    fn holds_the_contract() {
        let folder = tempfile::tempdir().unwrap();
        let embedder = cached(&folder.path().join("x"));
        conformance::check(&embedder, 50);
        assert!(matches!(embedder.tokens(), Some(Tokens::Words)), "the engine's own");
    }

    #[test]
    fn only_new_texts_reach_the_engine_longest_first_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let embedder = cached(&path);
        let texts = ["bb", "a", "dddd", "ccc", "a", "AA"];
        let vectors = embedder.embed(Role::Passage, &texts).unwrap();
        assert_eq!(
            *embedder.engine.1.lock().unwrap(),
            [vec!["dddd", "ccc"], vec!["AA", "bb"], vec!["a"]]
        );
        for (text, vector) in texts.iter().zip(&vectors) {
            assert_eq!(*vector, embedder.engine.0.embed(Role::Passage, &[text]).unwrap()[0]);
        }
        let again = cached(&path);
        assert_eq!(again.embed(Role::Passage, &texts).unwrap(), vectors);
        assert!(again.engine.1.lock().unwrap().is_empty());
        // Queries are timed, not kept.
        for _ in 0..2 {
            again.embed(Role::Query, &["a"]).unwrap();
        }
        assert_eq!(*again.engine.1.lock().unwrap(), [vec!["a"], vec!["a"]]);
    }

    #[test]
    fn batches_do_not_depend_on_the_order_of_the_texts_or_on_an_interruption() {
        let folder = tempfile::tempdir().unwrap();
        let whole = cached(&folder.path().join("x"));
        let texts = ["e", "dd", "ccc", "bbbb", "aaaaa"];
        whole.embed(Role::Passage, &texts).unwrap();
        let first_batch = cached(&folder.path().join("y"));
        first_batch.embed(Role::Passage, &["aaaaa", "bbbb"]).unwrap();
        first_batch.embed(Role::Passage, &["bbbb", "e", "aaaaa", "ccc", "dd"]).unwrap();
        assert_eq!(*whole.engine.1.lock().unwrap(), *first_batch.engine.1.lock().unwrap());
    }

    /// Sets the flag while it embeds its second batch.
    struct Interrupted(HashedEmbedder, Mutex<usize>, Arc<AtomicBool>);

    impl Embedder for Interrupted {
        fn dimensions(&self) -> usize {
            self.0.dimensions()
        }

        fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
            let mut batches = self.1.lock().unwrap();
            *batches += 1;
            self.2.store(*batches == 2, Ordering::SeqCst);
            self.0.embed(role, texts)
        }
    }

    #[test]
    fn a_stop_ends_after_the_batch_and_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let texts = ["e", "dd", "ccc", "bbbb", "aaaaa"];
        let stopping = Arc::new(AtomicBool::new(false));
        let plan = plan();
        let engine = Interrupted(
            HashedEmbedder::new(8, Prefixes::of_plan(&plan), plan.max_tokens),
            Mutex::default(),
            Arc::clone(&stopping),
        );
        let file = VectorFile::open(&path, 8).unwrap();
        let embedder = CachedEmbedder::new(engine, &plan, file).stopped_by(stopping);
        let stopped = embedder.embed(Role::Passage, &texts);
        assert!(matches!(stopped, Err(EmbedError::Stopped)));
        assert_eq!(embedder.file().len(), 4);
        let again = cached(&path);
        again.embed(Role::Passage, &texts).unwrap();
        assert_eq!(*again.engine.1.lock().unwrap(), [vec!["e"]]);
    }

    #[test]
    fn damage_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let embedder = cached(&path);
        embedder.embed(Role::Passage, &["a"]).unwrap();
        assert_eq!(embedder.repaired(), None);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let repaired = cached(&path).repaired().unwrap();
        // The file's header has 12 bytes, and is whole.
        let damaged = format!("x: {} damaged bytes were cut off", whole.len() - 1 - 12);
        assert!(repaired.contains(&damaged), "{repaired}");
        assert_eq!(cached(&path).repaired(), None);
    }

    #[test]
    fn cut_texts_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let long = "word ".repeat(51);
        assert!(cached(&path).is_cut(Role::Passage, &long));
        cached(&path).embed(Role::Passage, &[&long, "short"]).unwrap();
        let again = cached(&path);
        assert!(again.is_cut(Role::Passage, &long));
        assert!(!again.is_cut(Role::Passage, "short"));
    }
}
