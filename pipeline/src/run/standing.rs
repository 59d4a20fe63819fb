//! What an earlier run left of which nothing has to be made again.
//!
//! Enters: an experiment and its report's folder, which is locked. Leaves: the hits, the trials that the plan
//! wants, and the setups of which nothing is to be asked. Does not: make or write anything, or load a
//! tokenizer.

use super::folder::{RETIRED, TRIALS};
use super::hits::AllHits;
use super::kept;
use super::loaded::Loaded;
use super::models::KnownModel;
use super::planned::{self, Planned};
use super::progress::Voice;
use super::provenance::Provenance;
use crate::fingerprint::Fingerprint;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// Hits that are all there, and what follows from them.
pub(super) struct Standing {
    /// Of every retriever in use.
    pub hits: AllHits,
    /// Every trial of the experiment.
    pub planned: Vec<Planned>,
    /// Names of setups whose trials are all finished.
    settled: HashSet<String>,
}

impl Standing {
    /// None where hits are missing, or where something cannot be read: who needs it finds out why. With
    /// `retry_failed`, a trial that failed is none that is finished.
    pub fn find(
        loaded: &Loaded,
        models: &HashMap<&str, KnownModel<'_>>,
        folder: &Path,
        before: &Provenance,
        retry_failed: bool,
    ) -> Option<Self> {
        let questions = loaded.questions().ok()?;
        let stopping = Arc::default();
        let hits = loaded
            .retrieval(&questions, Voice::Quiet, &stopping)
            .standing(&loaded.retrievers_in_use(), folder, &before.retrievers)
            .ok()??;
        let (experiment, corpus) = (&loaded.experiment, &loaded.corpus);
        let planned =
            planned::plan(experiment, &loaded.workspace, corpus, &questions, models, &hits).ok()?;
        let mut finished: HashSet<Fingerprint> = HashSet::new();
        for name in [TRIALS, RETIRED] {
            let path = folder.join(name);
            if path.exists() {
                let kept = kept::read(&path).ok()?;
                finished.extend(
                    kept.into_iter()
                        .filter(|trial| trial.is_answered() || !retry_failed)
                        .map(|trial| trial.fingerprint),
                );
            }
        }
        let open: HashSet<usize> = planned
            .iter()
            .filter(|one| !finished.contains(&one.fingerprint))
            .map(|one| one.setup)
            .collect();
        let settled = experiment
            .setups
            .iter()
            .enumerate()
            .filter(|(place, _)| !open.contains(place))
            .map(|(_, setup)| setup.name.clone())
            .collect();
        Some(Self { hits, planned, settled })
    }

    /// Whether nothing of that setup is to be asked.
    pub fn is_settled(&self, setup: &str) -> bool {
        self.settled.contains(setup)
    }
}
