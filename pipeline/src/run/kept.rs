//! Which trials are there, without their texts.
//!
//! Enters: a file of trials. Leaves: fingerprints, and which have an answer. Does not: repair the file.

use super::store::{self, StoreError};
use crate::file;
use crate::fingerprint::Fingerprint;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::path::Path;

/// A finished trial without its texts.
#[derive(Debug, Deserialize)]
pub(super) struct Kept {
    /// As in the trial.
    pub fingerprint: Fingerprint,
    outcome: BTreeMap<String, IgnoredAny>,
}

impl Kept {
    /// Whether there is an answer.
    pub fn is_answered(&self) -> bool {
        self.outcome.contains_key("answered")
    }
}

/// The finished trials of a file, in its order.
///
/// # Errors
/// As [`store::read`].
pub(super) fn read(path: &Path) -> Result<Vec<Kept>, StoreError> {
    let bytes = file::read(path)?;
    store::parse(&bytes[..store::whole_lines(&bytes)], path)
}

#[cfg(test)]
mod tests {
    use super::super::store::TrialStore;
    use super::super::{Outcome, Trial};
    use super::*;

    fn trial(question: &str, outcome: Outcome) -> Trial {
        Trial {
            setup: "s".into(),
            question: question.into(),
            repeat: 0,
            fingerprint: Fingerprint::of(question.as_bytes()),
            prompt: "x".into(),
            passages: Vec::new(),
            cut_passages: 0,
            distraction: None,
            outcome,
        }
    }

    #[test]
    fn what_is_kept_is_known_without_its_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        let generation = serde_json::json!({
            "text": "x", "finish": "stop", "clock": {},
            "prompt_tokens": {"count": 1, "by": "engine"}, "answer_tokens": {"count": 1, "by": "engine"},
        });
        let outcome = Outcome::Answered(serde_json::from_value(generation).unwrap());
        let failed = Outcome::Failed { reason: "r".into(), tries: 2 };
        let trials = [trial("a", failed), trial("b", outcome)];
        TrialStore::open(&path).unwrap().store.append(&trials).unwrap();
        let kept: Vec<_> = read(&path)
            .unwrap()
            .into_iter()
            .map(|kept| (kept.is_answered(), kept.fingerprint))
            .collect();
        assert_eq!(kept, [(false, Fingerprint::of(b"a")), (true, Fingerprint::of(b"b"))]);
    }
}
