//! The files of a report's folder that a run writes, trials and hits aside.

use super::Trial;
use super::error::RunError;
use super::loaded::Loaded;
use super::lock::Lock;
use super::planned::Planned;
use super::progress::{Voice, warn};
use super::provenance::Provenance;
use super::store::{self, Opened, StoreError, TrialStore};
use crate::config::Experiment;
use crate::corpus::Question;
use crate::file;
use crate::fingerprint::Fingerprint;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Finished trials that the plan wants.
pub(super) const TRIALS: &str = "trials.jsonl";
/// Finished trials that it does not want any more.
pub(super) const RETIRED: &str = "retired.jsonl";

/// `trials.jsonl` in the plan's order, with only what the plan wants; the rest goes to
/// `retired.jsonl`, where a setup that comes back finds it. Returns how many wanted trials failed.
pub(super) fn keep(
    folder: &Path,
    experiment: &Experiment,
    questions: &[&Question],
    planned: &[Planned],
    known: &HashMap<Fingerprint, Trial>,
) -> Result<usize, RunError> {
    let mut wanted = Vec::with_capacity(planned.len());
    for one in planned {
        if let Some(trial) = known.get(&one.fingerprint) {
            // The same answer may belong to several setups of the plan.
            wanted.push(Trial {
                setup: experiment.setups[one.setup].name.clone(),
                question: questions[one.question].id.clone(),
                ..trial.clone()
            });
        }
    }
    let used: HashSet<&Fingerprint> = planned.iter().map(|one| &one.fingerprint).collect();
    let mut left: Vec<&Trial> =
        known.values().filter(|trial| !used.contains(&trial.fingerprint)).collect();
    left.sort_by(|a, b| {
        (&a.setup, &a.question, a.repeat, &a.fingerprint).cmp(&(
            &b.setup,
            &b.question,
            b.repeat,
            &b.fingerprint,
        ))
    });
    let retired_path = folder.join(RETIRED);
    // First what is set aside, then what it is taken out of: a crash in between loses nothing.
    if !left.is_empty() || retired_path.exists() {
        store::rewrite(&retired_path, &left)?;
    }
    store::rewrite(&folder.join(TRIALS), &wanted.iter().collect::<Vec<_>>())?;
    Ok(wanted.iter().filter(|trial| trial.generation().is_none()).count())
}

/// Finished trials that an earlier plan wanted. They may have cost money: a file that cannot be read is an
/// error, and not one to be written over.
pub(super) fn retired(folder: &Path, voice: Voice) -> Result<Vec<Trial>, StoreError> {
    let path = folder.join(RETIRED);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let Opened { trials, repaired_bytes, .. } = TrialStore::open(&path)?;
    say_repaired(voice, &path, repaired_bytes);
    Ok(trials)
}

/// Says what was cut off the end of a file of trials, if something was.
pub(super) fn say_repaired(voice: Voice, path: &Path, bytes: usize) {
    if bytes > 0 {
        let path = path.display();
        warn(
            voice,
            &format!(
                "{path}: a half-written last line ({bytes} bytes) was cut off; its trial runs again"
            ),
        );
    }
}

/// What the last run wrote of itself.
pub(super) fn previous(folder: &Path) -> Option<Provenance> {
    serde_json::from_slice(&file::read(&folder.join("provenance.json")).ok()?).ok()
}

/// What a report needs besides hits and trials.
pub(super) fn write_inputs(
    folder: &Path,
    loaded: &Loaded,
    questions: &[&Question],
) -> Result<(), RunError> {
    let plan = folder.join("plan.toml");
    if !file::read(&plan).is_ok_and(|before| before == loaded.source.text.as_bytes()) {
        file::write_whole(&plan, loaded.source.text.as_bytes())?;
    }
    let stored: Vec<StoredQuestion> =
        questions.iter().map(|question| StoredQuestion::of(question)).collect();
    file::write_json_lines(&folder.join("questions.jsonl"), &stored)?;
    Ok(())
}

/// A question as a report needs it: with the places of its evidence, since the report is made
/// without the documents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StoredQuestion {
    /// As in the corpus.
    pub question: Question,
    /// First byte and byte after the last of each quote in its document.
    pub spans: Vec<(usize, usize)>,
}

impl StoredQuestion {
    fn of(question: &Question) -> Self {
        Self {
            spans: question
                .evidence
                .iter()
                .map(|evidence| (evidence.span.start, evidence.span.end))
                .collect(),
            question: question.clone(),
        }
    }

    /// The question with its evidence placed again.
    pub fn restore(self) -> Question {
        let mut question = self.question;
        for (evidence, (start, end)) in question.evidence.iter_mut().zip(self.spans) {
            evidence.span = start..end;
        }
        question
    }
}

pub(super) fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), RunError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|source| file::FileError::Json {
        path: path.to_owned(),
        line: 0,
        source,
    })?;
    bytes.push(b'\n');
    if file::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    Ok(file::write_whole(path, &bytes)?)
}

/// Renames a report's folder to the first free `NAME.N`: starting over loses nothing.
pub(super) fn set_aside(folder: &Path) -> Result<(), RunError> {
    if !folder.exists() {
        return Ok(());
    }
    // While it is locked, another run is writing there.
    drop(Lock::acquire(folder)?);
    let name =
        folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let free = (1..)
        .map(|number| folder.with_file_name(format!("{name}.{number}")))
        .find(|path| !path.exists());
    if let Some(free) = free {
        std::fs::rename(folder, &free).map_err(file::FileError::io("rename", folder))?;
    }
    Ok(())
}
