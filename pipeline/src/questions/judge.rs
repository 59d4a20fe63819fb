//! What a model's question has to pass.
//!
//! Enters: a reply, the passages that it was asked about, the model. Leaves: a question, or the first filter
//! that it does not pass, and why. Does not: keep anything.

use super::asking::{Ask, TWO_DOCUMENTS};
use super::filter::Filter;
use super::likeness::{NEAR, Words};
use super::passage::Passages;
use super::reply::{self, Reply};
use super::spans::Spans;
use super::{QuestionsError, drafting::Memory};
use crate::chunk::Chunk;
use crate::corpus::{Corpus, Evidence, Question, id_of};
use crate::fingerprint::Fingerprint;
use crate::index::LexicalIndex;
use crate::prompt::{Passage, PromptError, Template};
use crate::run::Respondent;
use crate::score::{declines, is_correct};
use std::collections::HashMap;
use std::path::Path;

/// Hits of other documents that the model is shown, as far as they fit.
const PASSAGES_ELSEWHERE: usize = 3;
/// Hits that are looked through for them: many may be of the question's own documents.
const DEPTH: usize = 50;
/// The split of a draft; a person may change it in `questions.jsonl`.
const SPLIT: &str = "test";

/// What came of a reply.
pub(super) enum Judged {
    /// It passed, with those of its accepted answers that a quote holds; how many others it had.
    Kept(Question, usize),
    /// It did not; the question as far as it could be read.
    Rejected(Question, Filter, String),
}

/// Everything that filters need.
pub(super) struct Filters<'a> {
    corpus: &'a Corpus,
    chunks: HashMap<&'a str, &'a Chunk>,
    index: LexicalIndex,
    template: Template,
    /// The index's files; gone when dropped.
    _folder: tempfile::TempDir,
}

impl<'a> Filters<'a> {
    /// Indexes the passages in a folder of its own.
    ///
    /// # Errors
    /// When they cannot be indexed.
    pub fn new(corpus: &'a Corpus, passages: &'a Passages) -> Result<Self, QuestionsError> {
        let folder = tempfile::tempdir().map_err(|source| crate::file::FileError::Io {
            action: "create a folder in",
            path: std::env::temp_dir(),
            source,
        })?;
        let chunks = &passages.chunks;
        let content = Fingerprint::of(b"passages");
        let (index, _) =
            LexicalIndex::open_or_build(folder.path(), chunks, &corpus.language, &content)?;
        Ok(Self {
            corpus,
            chunks: chunks.iter().map(|chunk| (chunk.id.as_str(), chunk)).collect(),
            index,
            // Built in: no folder is looked into.
            template: Template::load(Path::new("."), "default")?,
            _folder: folder,
        })
    }

    /// Applies the filters in their order; a model that fails ends it without a verdict.
    ///
    /// # Errors
    /// When the model does not answer.
    pub async fn judge(
        &self,
        ask: &Ask<'_>,
        text: &str,
        kinds: &[String],
        memory: &Memory,
        respondent: &Respondent,
    ) -> Result<Judged, QuestionsError> {
        let passages = ask.passages_sha256();
        let reply = match reply::read(text) {
            Ok(reply) => reply,
            Err(why) => {
                let question = unread(ask, &passages);
                return Ok(Judged::Rejected(question, Filter::Unparsed, why.to_owned()));
            }
        };
        let mut question = draft_of(ask, &reply, kinds);
        let rejected = |mut question: Question, filter, why| {
            // The same question may come again from other passages, and be right there.
            question.id = id_of(&format!("{passages}\n{}", question.text));
            Ok(Judged::Rejected(question, filter, why))
        };
        match self.evidence(ask, &reply.quotes) {
            Ok(evidence) => question.evidence = evidence,
            Err(why) => return rejected(question, Filter::QuoteMissing, why),
        }
        let (held, unquoted) = held_and_not(&question);
        if held.is_empty() {
            let why = "no answer stands in a quote".to_owned();
            return rejected(question, Filter::AnswerOutsideQuote, why);
        }
        question.answers = held;
        let said = self.ask_with(&question, &[], "closed", respondent).await?;
        if is_correct(&said, &question.answers) {
            return rejected(question, Filter::KnownWithout, format!("it says {:?}", said.trim()));
        }
        let others = self.elsewhere(&question)?;
        if !others.is_empty()
            && let Some(said) = self.say_elsewhere(&question, &others, respondent).await?
        {
            let is_same = is_correct(&said, &question.answers);
            if !is_same && !declines(&said) && !said.trim().is_empty() {
                let why = format!("with other documents it says {:?}", said.trim());
                return rejected(question, Filter::AnsweredElsewhere, why);
            }
        }
        if let Some(id) = memory.nearest(&question.id, &Words::of(&question.text), NEAR) {
            let why = format!("it repeats `{id}`");
            return rejected(question, Filter::Repeated, why);
        }
        Ok(Judged::Kept(question, unquoted.len()))
    }

    /// The quotes as their documents have them: each stands in one, and each document has one.
    fn evidence(&self, ask: &Ask<'_>, quotes: &[String]) -> Result<Vec<Evidence>, String> {
        let mut documents: Vec<&str> =
            ask.chunks.iter().map(|chunk| chunk.document.as_str()).collect();
        documents.dedup();
        let mut evidence: Vec<Evidence> = Vec::new();
        for quote in quotes {
            let found = documents.iter().find_map(|id| {
                let document = self.corpus.document(id)?;
                let span = document.find(quote)?;
                let quote = document.text.get(span.clone())?.to_owned();
                Some(Evidence { document: document.id.clone(), quote: Some(quote), span })
            });
            match found {
                None => return Err(format!("the document does not have the quote {quote:?}")),
                Some(one) if evidence.contains(&one) => {}
                Some(one) => evidence.push(one),
            }
        }
        match documents.iter().find(|id| !evidence.iter().any(|one| one.document == **id)) {
            Some(id) => Err(format!("no quote is of `{id}`")),
            None => Ok(evidence),
        }
    }

    /// The best hits for the question outside of its own documents.
    fn elsewhere(&self, question: &Question) -> Result<Vec<Passage>, QuestionsError> {
        let is_own = |document: &str| question.evidence.iter().any(|one| one.document == document);
        let hits = self.index.search(&question.text, DEPTH)?;
        Ok(hits
            .iter()
            .filter_map(|hit| self.chunks.get(hit.chunk.as_str()))
            .filter(|chunk| !is_own(&chunk.document))
            .take(PASSAGES_ELSEWHERE)
            .filter_map(|chunk| {
                Some(Passage {
                    document: chunk.document.clone(),
                    title: self.corpus.document(&chunk.document)?.title.clone(),
                    span: chunk.span.clone(),
                    text: chunk.text.clone(),
                })
            })
            .collect())
    }

    /// What the model answers to the question with passages of other documents; none where not even the first fits,
    /// since there is nothing to compare with then.
    async fn say_elsewhere(
        &self,
        question: &Question,
        others: &[Passage],
        respondent: &Respondent,
    ) -> Result<Option<String>, QuestionsError> {
        match self.ask_with(question, others, "elsewhere", respondent).await {
            Err(QuestionsError::Prompt(PromptError::NoRoom { .. })) => Ok(None),
            said => said.map(Some),
        }
    }

    /// What the model answers to the question with as many of the passages as fit, the first ones.
    async fn ask_with(
        &self,
        question: &Question,
        passages: &[Passage],
        what: &str,
        respondent: &Respondent,
    ) -> Result<String, QuestionsError> {
        let shown: Vec<Passage> = passages
            .iter()
            .map(|passage| Passage {
                title: respondent.chat.neutralize(&passage.title),
                text: respondent.chat.neutralize(&passage.text),
                ..passage.clone()
            })
            .collect();
        let asked = respondent.chat.neutralize(&question.text);
        let sampling = &respondent.sampling;
        let mut count = shown.len();
        loop {
            let messages =
                self.template.messages(&asked, shown.get(..count).unwrap_or(&[]), false, None)?;
            let (needed, room) = respondent.size(&messages, sampling.answer_tokens)?;
            if needed <= room {
                let id = format!("{what}-{}", question.id);
                return Ok(respondent.ask(&id, messages, sampling).await?);
            }
            if count <= shown.len().min(1) {
                let with = match count {
                    0 => "without any passage",
                    _ => "with its first passage",
                };
                let question = question.id.clone();
                return Err(PromptError::NoRoom { question, needed, with, room }.into());
            }
            count -= 1;
        }
    }
}

/// The accepted answers that a quote holds, and those that none does: what a model adds to what it copied would
/// count as right wherever a setup says the same.
fn held_and_not(question: &Question) -> (Vec<String>, Vec<String>) {
    let quotes = question.evidence.iter().filter_map(|evidence| evidence.quote.as_deref());
    let spans = Spans::of(quotes);
    question.answers.iter().cloned().partition(|answer| spans.hold(&question.kind, answer))
}

/// The question as the model wrote it, without evidence.
fn draft_of(ask: &Ask<'_>, reply: &Reply, kinds: &[String]) -> Question {
    // A passage without a number may give a question of another kind that is wanted too.
    let other = reply
        .kind
        .as_ref()
        .filter(|kind| ask.kind != TWO_DOCUMENTS && *kind != TWO_DOCUMENTS && kinds.contains(kind));
    Question {
        id: id_of(&reply.question),
        text: reply.question.clone(),
        answers: reply.answers.clone(),
        evidence: Vec::new(),
        kind: other.map_or_else(|| ask.kind.to_owned(), Clone::clone),
        split: SPLIT.to_owned(),
        group: None,
        schema: None,
        origin: None,
    }
}

/// What is kept of a reply that cannot be read: which documents it was about.
fn unread(ask: &Ask<'_>, passages: &Fingerprint) -> Question {
    let evidence = ask
        .chunks
        .iter()
        .map(|chunk| Evidence { document: chunk.document.clone(), quote: None, span: 0..0 })
        .collect();
    Question {
        id: id_of(passages.as_str()),
        text: String::new(),
        answers: Vec::new(),
        evidence,
        kind: ask.kind.to_owned(),
        split: SPLIT.to_owned(),
        group: None,
        schema: None,
        origin: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::question;
    use super::*;

    #[test]
    fn an_answer_that_no_quote_holds_is_left_out_of_the_draft() {
        let quotes = [("a.md", "The pump weighs 40 kg."), ("b.md", "The lid is blue.")];
        let of = |answers: &[&str]| held_and_not(&question("q", answers, &quotes));
        assert_eq!(
            of(&["40 kg", "41 kg", "blue"]),
            (vec!["40 kg".to_owned(), "blue".to_owned()], vec!["41 kg".to_owned()],)
        );
        assert_eq!(of(&["41 kg"]).0, [""; 0]);
        // Its parts stand in two quotes.
        assert_eq!(of(&["40 kg and blue"]).1, [""; 0]);
    }
}
