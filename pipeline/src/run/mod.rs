//! Walks the plan: hits, prompts, generations, trials.
//!
//! Enters: an experiment file. Leaves, in `reports/NAME/`: `plan.toml`, `questions.jsonl`,
//! `hits.jsonl`, `trials.jsonl`, `provenance.json`. Does not: score.

pub mod check;
mod checksums;
pub mod environment;
mod error;
pub mod estimate;
mod folder;
mod generation;
pub mod hashes;
mod hits;
mod identity;
mod indexing;
mod kept;
mod loaded;
pub mod lock;
pub mod models;
mod planned;
pub mod progress;
pub mod provenance;
mod respondent;
mod retrieval;
mod speed;
mod standing;
pub mod store;
mod summary;
mod trial;
mod weights;
pub mod workspace;

pub use error::RunError;
pub use folder::StoredQuestion;
pub use hits::AllHits;
pub use loaded::Loaded;
pub use respondent::Respondent;
pub use retrieval::RetrievalStage;
pub use summary::Summary;
pub use trial::{Outcome, PassageRef, Trial};

use crate::fingerprint::Fingerprint;
use folder::{TRIALS, keep, previous, retired, say_repaired, set_aside, write_inputs, write_json};
use generation::{Answers, GenerationStage, Ready, chain};
use lock::Lock;
use planned::Planned;
use progress::{Progress, Voice, hint, note, warn};
use standing::Standing;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Opened, TrialStore};

/// How a run is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The experiment file.
    pub experiment: PathBuf,
    /// Set the old folder aside and start over.
    pub fresh: bool,
    /// Ask again what failed before.
    pub retry_failed: bool,
    /// How much is shown.
    pub voice: Voice,
}

/// Brings a report's folder up to date. Ends early, with everything finished kept, when `stopping`
/// is set.
///
/// # Errors
/// When the input is wrong, or hits or trials cannot be made or kept.
pub async fn run(options: &Options, stopping: Arc<AtomicBool>) -> Result<Summary, RunError> {
    let loaded = Loaded::open(&options.experiment)?;
    let folder = loaded.workspace.report(&loaded.experiment.name);
    let models = loaded.models();
    let (mut lock, mut before, mut standing) = (None, None, None);
    if !options.fresh && folder.is_dir() {
        // Nobody writes while it is looked into.
        lock = Some(Lock::acquire(&folder)?);
        before = previous(&folder);
        if let (Ok(models), Some(before)) = (&models, &before) {
            standing = Standing::find(&loaded, models, &folder, before, options.retry_failed);
        }
    }
    check::check_open(&loaded, models.as_ref().ok(), standing.as_ref()).into_result()?;
    if loaded.experiment.setups.is_empty() {
        return Err(RunError::NoSetups);
    }
    let models = models?;
    loaded.say_caveats(options.voice);
    if options.fresh {
        set_aside(&folder)?;
    }
    let _lock = match lock {
        Some(lock) => lock,
        None => Lock::acquire(&folder)?,
    };
    let questions = loaded.questions()?;
    let (hits, planned) = match standing {
        Some(Standing { hits, planned, .. }) => (hits, planned),
        None => {
            let known = before.as_ref().map(|before| before.retrievers.clone()).unwrap_or_default();
            // Blocking work of seconds to hours, with a runtime of its own for a server: not on this one.
            let hits = tokio::task::block_in_place(|| {
                let stage = loaded.retrieval(&questions, options.voice, &stopping);
                stage.run(&loaded.retrievers_in_use(), &folder, &known)
            })?;
            if hits.stopped {
                return Ok(Summary::while_retrieving(folder, &loaded.experiment, questions.len()));
            }
            let (experiment, corpus) = (&loaded.experiment, &loaded.corpus);
            let planned =
                planned::plan(experiment, &loaded.workspace, corpus, &questions, &models, &hits)?;
            (hits, planned)
        }
    };
    let trials_path = folder.join(TRIALS);
    let Opened { mut store, trials, repaired_bytes } = TrialStore::open(&trials_path)?;
    say_repaired(options.voice, &trials_path, repaired_bytes);
    let retired = retired(&folder, options.voice)?;
    // What comes back stands here before `keep` takes it out of `retired.jsonl`: a crash in between
    // loses nothing.
    let there: HashSet<&Fingerprint> = trials.iter().map(|trial| &trial.fingerprint).collect();
    let wanted: HashSet<&Fingerprint> = planned.iter().map(|one| &one.fingerprint).collect();
    let back: Vec<Trial> = retired
        .iter()
        .filter(|trial| wanted.contains(&trial.fingerprint))
        .filter(|trial| !there.contains(&trial.fingerprint))
        .cloned()
        .collect();
    if !back.is_empty() {
        store.append(&back)?;
    }
    let mut known: HashMap<Fingerprint, Trial> =
        retired.into_iter().chain(trials).map(|trial| (trial.fingerprint.clone(), trial)).collect();
    // What failed stays known until a new outcome takes its place: a stop in between loses nothing.
    let is_open = |known: Option<&Trial>| {
        known.is_none_or(|trial| options.retry_failed && trial.generation().is_none())
    };
    let open: HashSet<Fingerprint> = planned
        .iter()
        .filter(|one| is_open(known.get(&one.fingerprint)))
        .map(|one| one.fingerprint.clone())
        .collect();
    let reused = planned.iter().filter(|one| !open.contains(&one.fingerprint)).count();
    note(options.voice, &format!("{} trials wanted, {reused} finished before", planned.len()));
    // A half-finished run can be reported too: what it needs is written before the first answer.
    let mut provenance = loaded.provenance(&models, &hits, before.as_ref())?;
    if reused == planned.len()
        && let Some(before) = before
    {
        // Nothing will be asked: the answers are from where and what they were before.
        (provenance.machine, provenance.build) = (before.machine, before.build);
    }
    let provenance_path = folder.join("provenance.json");
    write_json(&provenance_path, &provenance)?;
    write_inputs(&folder, &loaded, &questions)?;

    // Every prompt is made before the first model is loaded: one that does not fit ends the run
    // before an hour of work is spent.
    let mut stages: Vec<(&str, GenerationStage<'_>, Vec<Ready>)> = Vec::new();
    for plan in &loaded.experiment.models {
        let Some(model) = models.get(plan.name.as_str()) else { continue };
        if stopping.load(Ordering::SeqCst) {
            break;
        }
        let mut taken = HashSet::new();
        let wanted: Vec<Planned> = planned
            .iter()
            .filter(|one| loaded.experiment.setups[one.setup].model == plan.name)
            .filter(|one| open.contains(&one.fingerprint))
            // Two setups may want the very same prompt of the very same model.
            .filter(|one| taken.insert(one.fingerprint.clone()))
            .cloned()
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let stage = GenerationStage {
            root: &loaded.workspace.root,
            setups: &loaded.experiment.setups,
            model,
            corpus: &loaded.corpus,
            questions: &questions,
            hits: &hits,
            stopping: &stopping,
        };
        let ready = tokio::task::block_in_place(|| stage.prepare(&wanted))?;
        stages.push((plan.name.as_str(), stage, ready));
    }

    let mut ran = 0;
    let mut broken_models = BTreeMap::new();
    for (name, stage, ready) in stages {
        if stopping.load(Ordering::SeqCst) {
            break;
        }
        let total = ready.len();
        note(options.voice, &format!("model {name}: loading"));
        let model =
            match stage.model.start(&loaded.workspace, &loaded.environment, &questions).await {
                Ok(model) => model,
                Err(error) => {
                    let reason = chain(&error);
                    warn(options.voice, &format!("model `{name}` does not start: {reason}"));
                    if let Some(text) = error.hint() {
                        hint(options.voice, &text);
                    }
                    broken_models.insert(name.to_owned(), reason);
                    continue;
                }
            };
        if let Some(run) = provenance.models.get_mut(name) {
            run.concurrency = model.concurrency();
        }
        // Before the first answer: a run that ends here is reported as it ran, and the run that goes
        // on with it may find nothing left to ask.
        write_json(&provenance_path, &provenance)?;
        let progress = Progress::start(options.voice, &format!("model {name}"), total);
        let Answers { trials: finished, store: back, hint: remedy, rejected_fields } =
            stage.run(ready, model, store, progress).await?;
        store = back;
        if let Some(text) = provenance.reject(name, &rejected_fields) {
            warn(options.voice, &text);
        }
        ran += finished.len();
        let reason = finished.iter().find_map(|trial| match &trial.outcome {
            Outcome::Failed { reason, .. } => Some(reason.clone()),
            Outcome::Answered(_) => None,
        });
        let given_up = finished.len() < total && !stopping.load(Ordering::SeqCst);
        // A few trials that fail after many that did not are no fault of the whole model.
        let answers = planned
            .iter()
            .filter(|one| loaded.experiment.setups[one.setup].model == name)
            .filter_map(|one| known.get(&one.fingerprint))
            .chain(&finished)
            .any(|trial| trial.generation().is_some());
        if let Some(reason) = reason.filter(|_| given_up || !answers) {
            // An earlier run may have answers of a model that is given up now.
            let (what, failure) = match given_up {
                true => ("is given up", "given up after failing every trial of a run"),
                false => ("failed every trial", "failed every trial"),
            };
            warn(options.voice, &format!("model `{name}` {what}: {reason}"));
            if let Some(text) = remedy {
                hint(options.voice, &text);
            }
            broken_models.insert(name.to_owned(), format!("{failure}: {reason}"));
        }
        known.extend(finished.into_iter().map(|trial| (trial.fingerprint.clone(), trial)));
    }
    drop(store);

    for (name, reason) in &broken_models {
        if let Some(run) = provenance.models.get_mut(name) {
            run.failure = Some(reason.clone());
        }
    }
    let failed = keep(&folder, &loaded.experiment, &questions, &planned, &known)?;
    write_json(&provenance_path, &provenance)?;
    Ok(Summary {
        folder,
        wanted: planned.len(),
        reused,
        ran,
        missing: planned.iter().filter(|one| !known.contains_key(&one.fingerprint)).count(),
        failed,
        stopped: stopping.load(Ordering::SeqCst),
        while_retrieving: false,
        broken_models,
    })
}

#[cfg(test)]
mod tests;
