//! A model asked for questions, passage after passage.
//!
//! Enters: asks, a model. Leaves: lines of `drafts.jsonl`, each on the disk before the next is asked for: a
//! crash loses at most the one in flight, and the same command goes on behind it. Does not: accept a draft;
//! that is a person's to do.

use super::asking::{Ask, Asking, THREE_DOCUMENTS};
use super::draft_prompt::DraftPrompt;
use super::filter::Filter;
use super::judge::{Filters, Judged};
use super::likeness::Words;
use super::passage::Passages;
use super::{Ledger, QuestionsError};
use crate::config::Sampling;
use crate::corpus::{Corpus, Draft, DraftStatus, KINDS_WITHOUT_EVIDENCE, RETRIEVAL};
use crate::fingerprint::Fingerprint;
use crate::prompt::PromptError;
use crate::run::Respondent;
use crate::run::progress::{Progress, Voice, hint, warn};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// Longest reply in tokens: a question, a few answers and two sentences of quotes as JSON.
const REPLY_TOKENS: usize = 400;
/// Failures in a row after which the model is given up: a wrong key fails every request alike.
const HOPELESS: usize = 5;

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Of the passages that were to be asked about, those that an earlier run asked about.
    pub asked_before: usize,
    /// Asked about now.
    pub asked: usize,
    /// Of these, drafts that passed all filters.
    pub drafts: usize,
    /// Accepted answers that such drafts do not have, since no quote holds them.
    pub answers_left_out: usize,
    /// Of these, questions that did not pass, by the first filter; all filters are there.
    pub rejected: BTreeMap<Filter, usize>,
    /// Of these, without an answer from the model; the next run asks again.
    pub failed: usize,
}

/// The questions and drafts there are.
pub(super) struct Memory(Vec<(String, Words)>);

impl Memory {
    /// The id of the first that is the same, or at least as alike.
    pub fn nearest(&self, id: &str, words: &Words, least: f64) -> Option<&str> {
        let is_near =
            |(known_id, known): &&(String, Words)| known_id == id || known.likeness(words) >= least;
        self.0.iter().find(is_near).map(|(id, _)| id.as_str())
    }
}

/// Asks one model.
pub struct Drafting<'a> {
    corpus: &'a Corpus,
    passages: Passages,
    ledger: &'a Ledger,
}

impl<'a> Drafting<'a> {
    /// Draws the passages of a corpus.
    ///
    /// # Errors
    /// When the corpus has none, or a kind cannot be drafted.
    pub fn new(
        corpus: &'a Corpus,
        kinds: &[String],
        seed: u64,
        ledger: &'a Ledger,
    ) -> Result<Self, QuestionsError> {
        // Without a name, with no evidence, no answers or not enough passages: none would ever be a question of a
        // corpus.
        let cannot_be = |kind: &str| {
            let is_other = [RETRIEVAL, THREE_DOCUMENTS].contains(&kind);
            kind.trim().is_empty() || is_other || KINDS_WITHOUT_EVIDENCE.contains(&kind)
        };
        if let Some(kind) = kinds.iter().find(|kind| cannot_be(kind)) {
            return Err(QuestionsError::Kind { kind: kind.clone() });
        }
        let passages = Passages::of(corpus, seed)?;
        if passages.singles.is_empty() {
            let (corpus, too_short) = (corpus.name.clone(), passages.too_short);
            return Err(QuestionsError::NoPassages { corpus, too_short });
        }
        Ok(Self { corpus, passages, ledger })
    }

    /// Passages that are too short to be asked about.
    pub fn too_short(&self) -> usize {
        self.passages.too_short
    }

    /// Asks about the first `count` passages or pairs of the order, those apart that were asked about
    /// before. Ends early when `stopping` is set. What the model's window has no room for is passed over, with a
    /// warning.
    ///
    /// # Errors
    /// When a draft cannot be kept, nothing fits the window, or the model fails again and again.
    pub async fn run(
        &self,
        kinds: &[String],
        count: usize,
        respondent: &Respondent,
        voice: Voice,
        stopping: &AtomicBool,
    ) -> Result<Tally, QuestionsError> {
        let drafts = self.ledger.drafts()?;
        let asked: HashSet<&Fingerprint> =
            drafts.iter().filter_map(|draft| draft.passages_sha256.as_ref()).collect();
        let all: Vec<Ask<'_>> = Asking::new(&self.passages, kinds).take(count).collect();
        let wanted: Vec<&Ask<'_>> =
            all.iter().filter(|ask| !asked.contains(&ask.passages_sha256())).collect();
        let mut tally = Tally {
            asked_before: all.len() - wanted.len(),
            rejected: Filter::ALL.into_iter().map(|filter| (filter, 0)).collect(),
            ..Tally::default()
        };
        if wanted.is_empty() {
            return Ok(tally);
        }
        let known = self.corpus.questions.iter().map(|one| (&one.id, &one.text));
        // What a filter rejected was never a draft; what a person rejected is not to come again.
        let drafted = drafts.iter().filter(|draft| draft.filter.is_none());
        let drafted = drafted.map(|draft| (&draft.question.id, &draft.question.text));
        let mut memory =
            Memory(known.chain(drafted).map(|(id, text)| (id.clone(), Words::of(text))).collect());
        let filters = Filters::new(self.corpus, &self.passages)?;
        let prompt = DraftPrompt::new()?;
        let mut progress = Progress::start(voice, "drafting", wanted.len());
        let mut in_a_row = 0;
        let mut too_long: Vec<PromptError> = Vec::new();
        for ask in wanted {
            if stopping.load(Ordering::SeqCst) {
                break;
            }
            tally.asked += 1;
            let judged = match self.reply(ask, &prompt, respondent).await {
                Ok(text) => filters.judge(ask, &text, kinds, &memory, respondent).await,
                Err(error) => Err(error),
            };
            let judged = match judged {
                Ok(judged) => judged,
                Err(QuestionsError::Run(source)) if !source.is_input() => {
                    tally.failed += 1;
                    in_a_row += 1;
                    progress.advance(1, 1);
                    warn(voice, &error_line(&source));
                    if in_a_row >= HOPELESS {
                        let (model, failures) = (respondent.name.clone(), in_a_row);
                        let source = Box::new(source);
                        return Err(QuestionsError::GivenUp { model, failures, source });
                    }
                    continue;
                }
                Err(QuestionsError::Prompt(error @ PromptError::NoRoom { .. })) => {
                    tally.failed += 1;
                    too_long.push(error);
                    progress.advance(1, 1);
                    continue;
                }
                Err(error) => return Err(error),
            };
            in_a_row = 0;
            let (question, status, rejection) = match judged {
                Judged::Kept(question, unquoted) => {
                    tally.drafts += 1;
                    tally.answers_left_out += unquoted;
                    memory.0.push((question.id.clone(), Words::of(&question.text)));
                    (question, DraftStatus::Draft, None)
                }
                Judged::Rejected(question, filter, why) => {
                    *tally.rejected.entry(filter).or_default() += 1;
                    (question, DraftStatus::Rejected, Some((filter.name().to_owned(), why)))
                }
            };
            let (filter, why) = rejection.unzip();
            self.ledger.add(&Draft {
                question,
                status,
                model: respondent.name.clone(),
                filter,
                why,
                passages_sha256: Some(ask.passages_sha256()),
            })?;
            progress.advance(1, 0);
        }
        progress.finish();
        let passed_over = too_long.len();
        if let Some(error) = too_long.into_iter().next() {
            // Some in a row say nothing: those that did not fit come first in the next run.
            if passed_over == tally.asked {
                return Err(error.into());
            }
            let first = error_line(&error);
            warn(voice, &format!("{passed_over} passage(s) passed over, the first since {first}"));
            if let Some(remedy) = error.hint() {
                hint(voice, &remedy);
            }
        }
        Ok(tally)
    }

    async fn reply(
        &self,
        ask: &Ask<'_>,
        prompt: &DraftPrompt,
        respondent: &Respondent,
    ) -> Result<String, QuestionsError> {
        let messages = prompt.messages(ask, self.corpus, &respondent.chat)?;
        // What ends a short answer, such as a line's end, would end the JSON in its middle.
        let sampling = Sampling {
            answer_tokens: REPLY_TOKENS,
            stop: Vec::new(),
            ..respondent.sampling.clone()
        };
        let id = format!("draft-{}", ask.passages_sha256().short());
        let (needed, room) = respondent.size(&messages, REPLY_TOKENS)?;
        if needed > room {
            let with = "with its first passage";
            return Err(PromptError::NoRoom { question: id, needed, with, room }.into());
        }
        Ok(respondent.ask(&id, messages, &sampling).await?)
    }
}

/// An error with its causes, in one line.
fn error_line(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(&format!(": {error}"));
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Desk;
    use super::*;

    #[test]
    fn kinds_that_can_never_be_questions_are_refused() {
        let desk = Desk::with(&[]);
        let corpus = desk.corpus();
        let ledger = desk.ledger(&corpus);
        let refused = |kinds: &[&str]| {
            let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            match Drafting::new(&corpus, &kinds, 0, &ledger) {
                Err(QuestionsError::Kind { kind }) => Some(kind),
                _ => None,
            }
        };
        for kind in ["", " ", "retrieval", "unanswerable", "general", "three-documents"] {
            assert_eq!(refused(&["fact", kind]).as_deref(), Some(kind));
        }
        assert_eq!(refused(&["fact", "weight", "rarity-tail"]), None);
    }
}
