//! Asks one model everything its setups still want, and keeps each answer before it counts.
//!
//! Enters: wanted trials of one model. Leaves: lines of `trials.jsonl`. Answers are written by a
//! thread of its own, many with one sync, so that no worker waits for the disk.

use super::error::RunError;
use super::hits::AllHits;
use super::models::KnownModel;
use super::planned::{Planned, hits_of};
use super::progress::Progress;
use super::store::TrialStore;
use super::{Outcome, PassageRef, Trial};
use crate::config::SetupPlan;
use crate::corpus::{Corpus, Question};
use crate::fingerprint::FingerprintBuilder;
use crate::model::{LanguageModel, ModelError, Request};
use crate::prompt::{Prompt, PromptMaker, Template};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

/// Failures in a row, from the first trial on, after which a model is given up: a wrong key or a
/// dead server fails every trial alike, and what was not tried can be run later.
const HOPELESS: usize = 10;

/// What is asked of one model.
pub struct GenerationStage<'a> {
    /// The project root, for templates.
    pub root: &'a Path,
    /// All setups of the experiment.
    pub setups: &'a [SetupPlan],
    /// The model.
    pub model: &'a KnownModel<'a>,
    /// The documents.
    pub corpus: &'a Corpus,
    /// The questions that are asked.
    pub questions: &'a [&'a Question],
    /// Hits of all retrievers.
    pub hits: &'a AllHits,
    /// Set when the run should end after what is in flight.
    pub stopping: &'a Arc<AtomicBool>,
}

/// A trial with its prompt made.
pub struct Ready {
    request: Request,
    /// All but the outcome.
    trial: Trial,
}

/// What came of asking a model.
pub struct Answers {
    /// The trials that were finished, answered or failed.
    pub trials: Vec<Trial>,
    /// Holds them all.
    pub store: TrialStore,
    /// The remedy of the first failure.
    pub hint: Option<String>,
    /// Fields that the model's server did not take.
    pub rejected_fields: Vec<&'static str>,
}

impl GenerationStage<'_> {
    /// Makes the prompts of `wanted`, in an order that puts equal beginnings side by side.
    ///
    /// # Errors
    /// When a question does not fit, or a template or tokenizer cannot be used.
    pub fn prepare(&self, wanted: &[Planned]) -> Result<Vec<Ready>, RunError> {
        let mut makers: HashMap<usize, PromptMaker> = HashMap::new();
        let mut ready = Vec::with_capacity(wanted.len());
        for planned in wanted {
            // Nothing of it will be asked then.
            if self.stopping.load(Ordering::SeqCst) {
                break;
            }
            let setup = &self.setups[planned.setup];
            let question = self.questions[planned.question];
            let prompt = if self.model.is_recorded() {
                None
            } else {
                let maker = match makers.entry(planned.setup) {
                    std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(self.maker(setup)?)
                    }
                };
                let hits = hits_of(self.hits, setup, question);
                Some(maker.make(question, self.corpus, hits)?)
            };
            ready.push(self.ready(planned, setup, question, prompt));
        }
        ready.sort_by(|a, b| {
            (&a.request.text, &a.trial.setup, &a.trial.question, a.trial.repeat).cmp(&(
                &b.request.text,
                &b.trial.setup,
                &b.trial.question,
                b.trial.repeat,
            ))
        });
        Ok(ready)
    }

    fn maker(&self, setup: &SetupPlan) -> Result<PromptMaker, RunError> {
        Ok(PromptMaker::new(
            Template::load(self.root, &setup.prompt)?,
            self.model.chat()?,
            self.model.tokens()?,
            self.model.window_tokens(),
            self.model.plan.sampling.answer_tokens,
            setup.strategy.clone(),
        ))
    }

    fn ready(
        &self,
        planned: &Planned,
        setup: &SetupPlan,
        question: &Question,
        prompt: Option<Prompt>,
    ) -> Ready {
        let prompt = prompt.unwrap_or(Prompt {
            messages: Vec::new(),
            text: String::new(),
            tokens: 0,
            passages: Vec::new(),
            places: Vec::new(),
            cut_passages: 0,
            distraction: None,
        });
        let mut sampling = self.model.plan.sampling.clone();
        sampling.seed = trial_seed(sampling.seed, &question.id, planned.repeat);
        let passages = prompt
            .passages
            .iter()
            .zip(&prompt.places)
            .map(|(passage, place)| PassageRef {
                document: passage.document.clone(),
                start: passage.span.start,
                end: passage.span.end,
                pages: self
                    .corpus
                    .document(&passage.document)
                    .and_then(|document| document.pages_of(&passage.span)),
                place: *place,
            })
            .collect();
        Ready {
            trial: Trial {
                setup: setup.name.clone(),
                question: question.id.clone(),
                repeat: planned.repeat,
                fingerprint: planned.fingerprint.clone(),
                prompt: prompt.text.clone(),
                passages,
                cut_passages: prompt.cut_passages,
                distraction: prompt.distraction,
                outcome: Outcome::Failed { reason: String::new(), tries: 0 },
            },
            request: Request {
                question: question.id.clone(),
                repeat: planned.repeat,
                messages: prompt.messages,
                text: prompt.text,
                sampling,
            },
        }
    }

    /// Asks everything in `ready`.
    ///
    /// # Errors
    /// When a trial cannot be kept; a model that fails is no error of the run.
    pub async fn run(
        &self,
        ready: Vec<Ready>,
        model: Arc<dyn LanguageModel>,
        store: TrialStore,
        progress: Progress,
    ) -> Result<Answers, RunError> {
        let (sender, receiver) = mpsc::channel::<Trial>();
        let writer = tokio::task::spawn_blocking(move || write(receiver, store, progress));
        let queue = Arc::new(Mutex::new(ready.into_iter()));
        let failures = Arc::new(AtomicUsize::new(0));
        let answered = Arc::new(AtomicBool::new(false));
        let hint = Arc::new(Mutex::new(None));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..model.concurrency().max(1) {
            let (queue, model, sender) = (Arc::clone(&queue), Arc::clone(&model), sender.clone());
            let (failures, answered) = (Arc::clone(&failures), Arc::clone(&answered));
            let (stopping, hint) = (Arc::clone(self.stopping), Arc::clone(&hint));
            tasks.spawn(async move {
                while !stopping.load(Ordering::SeqCst) {
                    let hopeless = failures.load(Ordering::SeqCst) >= HOPELESS
                        && !answered.load(Ordering::SeqCst);
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let (false, Some(Ready { request, mut trial })) = (hopeless, next) else {
                        break;
                    };
                    trial.outcome = match model.generate(&request).await {
                        Ok(generation) => {
                            answered.store(true, Ordering::SeqCst);
                            Outcome::Answered(generation.rounded())
                        }
                        Err(error) => {
                            if failures.fetch_add(1, Ordering::SeqCst) == 0 {
                                *hint.lock().unwrap_or_else(PoisonError::into_inner) = error.hint();
                            }
                            Outcome::Failed { reason: chain(&error), tries: error.tries() }
                        }
                    };
                    if sender.send(trial).is_err() {
                        // The writer has ended: it could not write, and says so below.
                        break;
                    }
                }
            });
        }
        drop(sender);
        while let Some(result) = tasks.join_next().await {
            result?;
        }
        let (trials, store) = writer.await??;
        let hint = hint.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Answers { trials, store, hint, rejected_fields: model.rejected_fields() })
    }
}

/// Writes what comes, as much as has gathered with one sync.
fn write(
    receiver: mpsc::Receiver<Trial>,
    mut store: TrialStore,
    mut progress: Progress,
) -> Result<(Vec<Trial>, TrialStore), RunError> {
    let mut finished = Vec::new();
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        batch.extend(receiver.try_iter());
        store.append(&batch)?;
        let failed =
            batch.iter().filter(|trial| matches!(trial.outcome, Outcome::Failed { .. })).count();
        progress.advance(batch.len(), failed);
        finished.extend(batch);
    }
    progress.finish();
    Ok((finished, store))
}

/// A trial's own seed: the same whatever runs before or beside it.
pub(super) fn trial_seed(seed: u64, question: &str, repeat: u32) -> u64 {
    let digest = FingerprintBuilder::new()
        .json("seed", &seed)
        .part("question", question)
        .json("repeat", &repeat)
        .finish();
    u64::from_str_radix(&digest.as_str()[..16], 16).unwrap_or(seed)
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &ModelError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_trial_has_a_seed_of_its_own() {
        let mut seeds = HashSet::new();
        for seed in 0..4 {
            for question in ["a", "b", "ab"] {
                for repeat in 0..4 {
                    assert!(seeds.insert(trial_seed(seed, question, repeat)));
                    assert_eq!(
                        trial_seed(seed, question, repeat),
                        trial_seed(seed, question, repeat)
                    );
                }
            }
        }
        // 48 numbers of 64 bits: had they fewer, some would share their upper half.
        let halves: HashSet<u64> = seeds.iter().map(|seed| seed >> 32).collect();
        assert_eq!((seeds.len(), halves.len()), (48, 48));
    }
}
