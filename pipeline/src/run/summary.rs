//! What a run tells whoever asked for it.

use crate::config::Experiment;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The report's folder.
    pub folder: PathBuf,
    /// Trials the experiment wants.
    pub wanted: usize,
    /// Of these, finished before.
    pub reused: usize,
    /// Finished now; a prompt that several setups share is asked once.
    pub ran: usize,
    /// Wanted and not there yet.
    pub missing: usize,
    /// Finished and failed, now or before.
    pub failed: usize,
    /// Whether it was asked to stop.
    pub stopped: bool,
    /// Whether that was before all hits were there. Which trials are finished is not known then, and the
    /// report is as it was.
    pub while_retrieving: bool,
    /// Models that did not start or were given up, with the reason.
    pub broken_models: BTreeMap<String, String>,
}

impl Summary {
    /// Of a run that was asked to stop before all hits were there.
    pub(super) fn while_retrieving(
        folder: PathBuf,
        experiment: &Experiment,
        questions: usize,
    ) -> Self {
        let wanted = experiment.setups.len() * questions * experiment.repeats as usize;
        Self {
            folder,
            wanted,
            reused: 0,
            ran: 0,
            missing: wanted,
            failed: 0,
            stopped: true,
            while_retrieving: true,
            broken_models: BTreeMap::new(),
        }
    }
}
