//! A prompt that fits: passages are left out whole, and counted, until it does.

use super::place::place;
use super::{Candidate, Candidates, Chat, Distraction, Passage, PromptError, Template, choose};
use crate::config::{PassageOrder, StrategyPlan};
use crate::corpus::{Corpus, Question};
use crate::model::Message;
use crate::retrieve::Hit;
use crate::tokens::Tokens;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Tokens that a heading such as `[12] ` and the line breaks around a passage may take. Only a
/// first guess: the finished prompt is counted exactly.
const HEADING_TOKENS: usize = 8;

/// Makes the prompts of one setup.
pub struct PromptMaker {
    /// The setup's template.
    pub template: Template,
    /// The model's chat template.
    pub chat: Arc<Chat>,
    /// The model's tokenizer.
    pub tokens: Tokens,
    /// Tokens that prompt and answer share.
    pub window_tokens: usize,
    /// Longest answer in tokens.
    pub answer_tokens: usize,
    /// How the prompt gets its context.
    pub strategy: StrategyPlan,
    counts: Mutex<HashMap<(String, usize, usize), usize>>,
}

/// A prompt that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The conversation, for endpoints.
    pub messages: Vec<Message>,
    /// What a local model reads.
    pub text: String,
    /// Tokens of `text`.
    pub tokens: usize,
    /// What stands in it, in its order.
    pub passages: Vec<Passage>,
    /// Where each passage's text stands in `text`, in bytes; none where a template did more than add to
    /// it.
    pub places: Vec<Option<(usize, usize)>>,
    /// Passages that the strategy wanted and that did not fit.
    pub cut_passages: usize,
    /// What distracts in it, where the strategy asks for distractors.
    pub distraction: Option<Distraction>,
}

impl PromptMaker {
    /// A maker for one setup.
    pub fn new(
        template: Template,
        chat: Arc<Chat>,
        tokens: Tokens,
        window_tokens: usize,
        answer_tokens: usize,
        strategy: StrategyPlan,
    ) -> Self {
        Self {
            template,
            chat,
            tokens,
            window_tokens,
            answer_tokens,
            strategy,
            counts: Mutex::default(),
        }
    }

    /// The prompt for one question.
    ///
    /// # Errors
    /// When the question alone or with its first passage is over the window, or a template fails.
    pub fn make(
        &self,
        question: &Question,
        corpus: &Corpus,
        hits: &[Hit],
    ) -> Result<Prompt, PromptError> {
        let mut candidates = choose(&self.strategy, question, corpus, hits);
        let mixture = candidates.mixture.take();
        let missing = mixture.as_ref().map_or(0, |mixture| {
            mixture.limit(&mut candidates.passages, |passage| self.count(passage))
        });
        let distraction = |chosen: &[Candidate<'_>]| {
            let distractors = chosen.get(mixture.as_ref()?.evidence..).unwrap_or_default();
            let tokens = distractors.iter().map(|passage| self.count(passage)).sum();
            Some(Distraction { passages: distractors.len(), tokens, missing })
        };
        let wanted = candidates.passages.len();
        let room = self.window_tokens.saturating_sub(self.answer_tokens);
        let mut bare = self.render(question, &[])?;
        if bare.tokens > room {
            return Err(no_room(question, bare.tokens, "without any passage", room));
        }
        if wanted == 0 {
            bare.distraction = distraction(&[]);
            return Ok(bare);
        }
        if let Some(prompt) = self.whole_corpus(question, &candidates, room)? {
            return Ok(prompt);
        }
        let text_room = room - bare.tokens;
        let mut left = candidates.passages.as_slice();
        let mut chosen = self.first_choice(left, &candidates, text_room);
        loop {
            let shown = match &mixture {
                Some(mixture) => mixture.arranged(&chosen),
                None => in_order(&chosen, candidates.order),
            };
            let mut prompt = self.render(question, &shown)?;
            if prompt.tokens <= room {
                prompt.distraction = distraction(&chosen);
                prompt.cut_passages = wanted - chosen.len();
                return Ok(prompt);
            }
            let last = chosen.pop();
            if !chosen.is_empty() {
                continue;
            }
            let Some(last) = last.filter(|_| candidates.whole_documents) else {
                return Err(no_room(question, prompt.tokens, "with its first passage", room));
            };
            // Its title and the template's wording take more than was guessed: not even alone does it fit.
            let place = left.iter().position(|passage| *passage == last);
            left = left.get(place.map_or(left.len(), |place| place + 1)..).unwrap_or_default();
            chosen = self.first_choice(left, &candidates, text_room);
        }
    }

    /// Whole documents in the corpus's order, where all of them fit.
    fn whole_corpus(
        &self,
        question: &Question,
        candidates: &Candidates<'_>,
        room: usize,
    ) -> Result<Option<Prompt>, PromptError> {
        if !candidates.whole_documents || !candidates.may_all_fit(room) {
            return Ok(None);
        }
        let tokens: usize = candidates.passages.iter().map(|passage| self.count(passage)).sum();
        if tokens > room.min(candidates.budget_tokens.unwrap_or(usize::MAX)) {
            return Ok(None);
        }
        let all = in_order(&candidates.passages, PassageOrder::Document);
        let prompt = self.render(question, &all)?;
        Ok((prompt.tokens <= room).then_some(prompt))
    }

    /// Those of `passages` that fit by the sum of their own counts. The first ranked passage may be over
    /// the room, so that its prompt says by how much, and never over the budget.
    fn first_choice<'a>(
        &self,
        passages: &[Candidate<'a>],
        candidates: &Candidates<'_>,
        room: usize,
    ) -> Vec<Candidate<'a>> {
        let budget = candidates.budget_tokens.unwrap_or(usize::MAX);
        let (mut text_tokens, mut all_tokens) = (0, 0);
        let mut chosen = Vec::new();
        for passage in passages {
            let tokens = self.count(passage);
            let is_paid = text_tokens + tokens <= budget;
            let is_tried = chosen.is_empty() && !candidates.whole_documents;
            if is_paid && (is_tried || all_tokens + tokens + HEADING_TOKENS <= room) {
                text_tokens += tokens;
                all_tokens += tokens + HEADING_TOKENS;
                chosen.push(passage.clone());
            } else if !candidates.whole_documents {
                break;
            }
        }
        chosen
    }

    /// Tokens of the prompt with so many passages that have no text, each under the longest title of the
    /// corpus: what the template's wording and the headings take at most.
    ///
    /// # Errors
    /// When a template fails.
    pub fn frame_tokens(
        &self,
        question: &Question,
        corpus: &Corpus,
        passages: usize,
    ) -> Result<usize, PromptError> {
        let longest = corpus.documents.iter().max_by_key(|document| document.title.len());
        let empty = longest.and_then(|document| Candidate::of(document, 0..0));
        let shown: Vec<_> = std::iter::repeat_n(empty, passages).flatten().collect();
        Ok(self.render(question, &shown)?.tokens)
    }

    /// Tokens of a passage's text; each span is counted once.
    fn count(&self, passage: &Candidate<'_>) -> usize {
        let key = (passage.document.id.clone(), passage.span.start, passage.span.end);
        if let Ok(counts) = self.counts.lock()
            && let Some(count) = counts.get(&key)
        {
            return *count;
        }
        let count = self.tokens.count(&passage.text());
        if let Ok(mut counts) = self.counts.lock() {
            counts.insert(key, count);
        }
        count
    }

    fn render(
        &self,
        question: &Question,
        passages: &[Candidate<'_>],
    ) -> Result<Prompt, PromptError> {
        let shown: Vec<Passage> = passages
            .iter()
            .map(|passage| Passage {
                document: passage.document.id.clone(),
                title: self.chat.neutralize(&passage.document.title),
                span: passage.span.clone(),
                text: self.chat.neutralize(&passage.text()),
            })
            .collect();
        let asked = self.chat.neutralize(&question.text);
        let schema =
            question.schema.as_ref().map(|schema| self.chat.neutralize(&schema.to_string()));
        let citations = self.strategy.citations();
        let messages = self.template.messages(&asked, &shown, citations, schema.as_deref())?;
        let text = self.chat.render(&messages)?;
        let tokens = self.tokens.count(&text);
        let mut from = 0;
        let places = shown
            .iter()
            .map(|passage| {
                let span = place(&text, &passage.text, from)?;
                from = span.end;
                Some((span.start, span.end))
            })
            .collect();
        let passages = passages.iter().map(Candidate::passage).collect();
        Ok(Prompt { messages, text, tokens, passages, places, cut_passages: 0, distraction: None })
    }
}

fn in_order<'a>(chosen: &[Candidate<'a>], order: PassageOrder) -> Vec<Candidate<'a>> {
    let mut passages = chosen.to_vec();
    match order {
        PassageOrder::BestFirst => {}
        PassageOrder::BestLast => passages.reverse(),
        PassageOrder::Document => passages.sort_by(|a, b| {
            (&a.document.id, a.span.start, a.span.end).cmp(&(
                &b.document.id,
                b.span.start,
                b.span.end,
            ))
        }),
    }
    passages
}

fn no_room(question: &Question, needed: usize, with: &'static str, room: usize) -> PromptError {
    PromptError::NoRoom { question: question.id.clone(), needed, with, room }
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
