//! Hits of every retriever for every question, once, shared by all setups.
//!
//! Enters: the plan's retrievers, the corpus, the questions. Leaves: `hits.jsonl`. A line whose
//! fingerprint is still right is not made again; indexes are only opened when a line is missing.

use super::environment::Environment;
use super::error::RunError;
use super::hashes::FileHashes;
use super::hits::{AllHits, HITS, Known, hold, key_of, known, read};
use super::identity::of_question;
use super::progress::{Progress, Voice, note, warn};
use super::provenance::RetrieverRun;
use super::workspace::Workspace;
use crate::config::RetrieverPlan;
use crate::corpus::{Corpus, Question};
use crate::embed::EmbedError;
use crate::file;
use crate::fingerprint::Fingerprint;
use crate::retrieve::{Ranking, Retrieved, Retriever};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the stage needs.
pub struct RetrievalStage<'a> {
    /// Where things lie.
    pub workspace: &'a Workspace,
    /// The documents.
    pub corpus: &'a Corpus,
    /// The questions that are asked.
    pub questions: &'a [&'a Question],
    /// Hashes of model files.
    pub hashes: &'a FileHashes,
    /// Keys and places.
    pub environment: &'a Environment,
    /// How much is shown.
    pub voice: Voice,
    /// Set when the stage should end after the batch or the question that it is at.
    pub stopping: &'a Arc<AtomicBool>,
}

/// What came of one retriever.
struct Part {
    /// In the order of the questions; not all of them where it was asked to stop.
    lines: Vec<Retrieved>,
    /// None where it was asked to stop.
    run: Option<RetrieverRun>,
    /// How many lines were not there before.
    made: usize,
}

impl RetrievalStage<'_> {
    /// Brings `hits.jsonl` in `folder` up to date for `plans`, in their order. `before` is what the
    /// last run said of its retrievers.
    ///
    /// # Errors
    /// When an index, an embedder or the file cannot be used. Retrievers that were finished before
    /// are kept.
    pub fn run(
        &self,
        plans: &[&RetrieverPlan],
        folder: &Path,
        before: &BTreeMap<String, RetrieverRun>,
    ) -> Result<AllHits, RunError> {
        if !plans.is_empty() && self.corpus.is_without_text() {
            return Err(RunError::NothingToRetrieve { corpus: self.corpus.name.clone() });
        }
        let path = folder.join(HITS);
        // Hits of thousands of questions are many megabytes: they are moved, never copied.
        let (old, mut known, damaged) = known(&path)?;
        if damaged > 0 {
            let lines = format!("lines that cannot be read are left out ({damaged})");
            warn(self.voice, &format!("{}: {lines}; their hits are made again", path.display()));
        }
        let mut lines: Vec<Retrieved> = Vec::new();
        let mut twins: HashMap<Fingerprint, (Range<usize>, RetrieverRun)> = HashMap::new();
        let mut all = AllHits::default();
        let mut anything_made = false;
        for (place, plan) in plans.iter().enumerate() {
            let identity = self.identity(plan)?;
            let part = match twins.get(&identity) {
                // Two names for one retriever share its work, not its name.
                Some((twin, run)) => {
                    Part { lines: lines[twin.clone()].to_vec(), run: Some(run.clone()), made: 0 }
                }
                None => self.one(plan, &identity, &mut known, before.get(&plan.name))?,
            };
            let start = lines.len();
            lines.extend(
                part.lines
                    .into_iter()
                    .map(|line| Retrieved { retriever: plan.name.clone(), ..line }),
            );
            anything_made |= part.made > 0;
            if part.made > 0 && (place + 1 < plans.len() || part.run.is_none()) {
                // A crash in the next retriever costs only that one: what is there of it stays.
                let next: Vec<&str> = plans[place + 1..].iter().map(|plan| &*plan.name).collect();
                let rest = old.iter().filter(|key| next.contains(&key.0.as_str())).filter_map(
                    |(_, fingerprint, question)| {
                        known.get(&(fingerprint.clone(), question.clone()))
                    },
                );
                file::write_json_lines(&path, &lines.iter().chain(rest).collect::<Vec<_>>())?;
            }
            let Some(run) = part.run else { return Ok(AllHits { stopped: true, ..all }) };
            for line in &lines[start..] {
                hold(line, self.corpus, &path)?;
            }
            let run = all.add(plan, run, &lines[start..]);
            twins.insert(identity, (start..lines.len(), run));
        }
        // By name and fingerprint: a number that was read may be written with another last digit.
        if anything_made || damaged > 0 || old != lines.iter().map(key_of).collect::<Vec<_>>() {
            file::write_json_lines(&path, &lines)?;
        }
        all.take(lines);
        for text in &all.warnings {
            warn(self.voice, text);
        }
        Ok(all)
    }

    /// What [`Self::run`] would give where `hits.jsonl` holds just that already, and else none. Nothing is
    /// opened, made or written.
    ///
    /// # Errors
    /// When the file cannot be read, or not what decides hits.
    pub fn standing(
        &self,
        plans: &[&RetrieverPlan],
        folder: &Path,
        before: &BTreeMap<String, RetrieverRun>,
    ) -> Result<Option<AllHits>, RunError> {
        let path = folder.join(HITS);
        let (kept, damaged) = read(&path)?;
        if damaged > 0 {
            return Ok(None);
        }
        let mut kept = kept.into_iter();
        let mut lines: Vec<Retrieved> = Vec::new();
        let mut all = AllHits::default();
        for plan in plans {
            let identity = self.identity(plan)?;
            let Some(run) = before.get(&plan.name).filter(|run| run.fingerprint == identity) else {
                return Ok(None);
            };
            let start = lines.len();
            for question in self.questions {
                let key =
                    (plan.name.clone(), of_question(&identity, question), question.id.clone());
                let Some(line) = kept.next().filter(|line| key_of(line) == key) else {
                    return Ok(None);
                };
                hold(&line, self.corpus, &path)?;
                lines.push(line);
            }
            all.add(plan, run.clone(), &lines[start..]);
        }
        all.take(lines);
        Ok(kept.next().is_none().then_some(all))
    }

    /// One retriever's lines, and what it indexed. Takes out of `known` what it needs.
    fn one(
        &self,
        plan: &RetrieverPlan,
        identity: &Fingerprint,
        known: &mut Known,
        before: Option<&RetrieverRun>,
    ) -> Result<Part, RunError> {
        let missing: Vec<&Question> = self
            .questions
            .iter()
            .filter(|question| {
                !known.contains_key(&(of_question(identity, question), question.id.clone()))
            })
            .copied()
            .collect();
        let (run, made) = match before {
            Some(run) if missing.is_empty() && run.fingerprint == *identity => {
                (Some(run.clone()), 0)
            }
            _ => self.make(plan, identity, &missing, known)?,
        };
        let lines = self
            .questions
            .iter()
            .filter_map(|question| {
                known.remove(&(of_question(identity, question), question.id.clone()))
            })
            .collect();
        Ok(Part { lines, run, made })
    }

    /// Opens a retriever and asks it for `missing`: what it indexed, none where it was asked to stop, and
    /// how many lines came to `known`.
    fn make(
        &self,
        plan: &RetrieverPlan,
        identity: &Fingerprint,
        missing: &[&Question],
        known: &mut Known,
    ) -> Result<(Option<RetrieverRun>, usize), RunError> {
        if self.is_stopping() {
            return Ok((None, 0));
        }
        let opened = match self.open(plan, identity) {
            Err(RunError::Embed(EmbedError::Stopped)) => return Ok((None, 0)),
            opened => opened?,
        };
        note(self.voice, &format!("retriever {}: {} chunks indexed", plan.name, opened.run.chunks));
        let made = self.ask(plan, &*opened.retriever, identity, missing, known)?;
        Ok(((made == missing.len()).then_some(opened.run), made))
    }

    /// Asks until it is asked to stop; how many questions it came to.
    pub(super) fn ask(
        &self,
        plan: &RetrieverPlan,
        retriever: &dyn Retriever,
        identity: &Fingerprint,
        missing: &[&Question],
        known: &mut Known,
    ) -> Result<usize, RunError> {
        let mut progress =
            Progress::start(self.voice, &format!("retrieve {}", plan.name), missing.len());
        let mut made = 0;
        for question in missing.iter().take_while(|_| !self.is_stopping()) {
            let Ranking { hits, seconds, cut } = retriever.retrieve(&question.text, plan.depth)?;
            let fingerprint = of_question(identity, question);
            known.insert(
                (fingerprint.clone(), question.id.clone()),
                Retrieved {
                    retriever: plan.name.clone(),
                    question: question.id.clone(),
                    fingerprint,
                    hits,
                    seconds,
                    cut,
                },
            );
            made += 1;
            progress.advance(1, 0);
        }
        progress.finish();
        Ok(made)
    }

    /// Whether the stage was asked to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
