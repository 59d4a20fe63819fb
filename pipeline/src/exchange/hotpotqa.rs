//! HotpotQA in the distractor setting: each question with ten paragraphs, some of which answer it together.
//!
//! Enters: the JSON file. Leaves: a document a paragraph, called by its title; questions whose evidence is
//! the supporting facts, in several documents. Does not: take a paragraph twice.

use super::ExchangeError;
use super::intake::{
    BEYOND_LIMIT, Intake, NO_ANSWERS, NewQuestion, document_text, evidence, with_plain_ends,
};
use super::json::{self, Id};
use super::passages::Passages;
use super::quotation::quote;
use super::source::SourceFile;
use super::summary::SourceRecord;
use crate::corpus::{Evidence, KINDS_WITHOUT_EVIDENCE, RETRIEVAL};
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;

const NO_PARAGRAPH: &str = "supporting facts in paragraphs that are not there";
const NO_SENTENCE: &str =
    "numbers of sentences that are not there or stand twice: evidence is the whole paragraph";
const NO_FACTS: &str = "questions without a supporting fact";

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "_id")]
    id: Id,
    question: String,
    answer: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Title and number of the sentence, from 0.
    supporting_facts: Vec<(String, usize)>,
    /// Title and sentences.
    context: Vec<(String, Vec<String>)>,
}

/// A paragraph as one text.
struct Paragraph {
    document: Option<String>,
    text: String,
    /// Where its sentences begin in the text, below the title.
    body: usize,
    sentences: Vec<Range<usize>>,
}

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let mut passages = Passages::default();
    json::elements(&mut source, None, |at, entry: Entry| {
        if !intake.has_room() {
            intake.leave_out(BEYOND_LIMIT, 1);
            return Ok(());
        }
        let mut paragraphs: HashMap<&str, Paragraph> = HashMap::new();
        for (title, sentences) in &entry.context {
            let mut paragraph = paragraph(title, sentences);
            let text = paragraph.text.clone();
            paragraph.document = passages.document(intake, Some(title), text, at)?;
            paragraphs.entry(title).or_insert(paragraph);
        }
        let answers = intake.answers(vec![entry.answer]);
        let evidence = facts(&entry.supporting_facts, &paragraphs, intake);
        if answers.is_empty() || evidence.is_empty() {
            intake.leave_out(if answers.is_empty() { NO_ANSWERS } else { NO_FACTS }, 1);
            return Ok(());
        }
        let kind = match entry.kind.as_deref() {
            Some(kind) if is_own_kind(kind) => kind,
            _ => "two-documents",
        };
        let (id, text) = (entry.id.0, entry.question);
        intake.question(NewQuestion { id, text, answers, evidence, kind }, at)
    })?;
    source.finish()
}

/// Whether a type is told apart from `bridge`, and is no kind that a corpus has rules for.
fn is_own_kind(kind: &str) -> bool {
    let has_rules = kind == RETRIEVAL || KINDS_WITHOUT_EVIDENCE.contains(&kind);
    kind != "bridge" && !kind.trim().is_empty() && !has_rules
}

/// Sentences put one behind the other. In the releases they begin with the space between them.
fn paragraph(title: &str, sentences: &[String]) -> Paragraph {
    let mut body = String::new();
    let mut spans = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let sentence = with_plain_ends(sentence);
        let touches = |letter: Option<char>| letter.is_some_and(|letter| !letter.is_whitespace());
        if touches(body.chars().next_back()) && touches(sentence.chars().next()) {
            body.push(' ');
        }
        spans.push(body.len()..body.len() + sentence.len());
        body.push_str(&sentence);
    }
    let text = document_text(title, &body);
    // A paragraph without words is its title alone.
    let start = if text.ends_with(&body) { text.len() - body.len() } else { text.len() };
    let sentences = spans.into_iter().map(|span| start + span.start..start + span.end).collect();
    Paragraph { document: None, text, body: start, sentences }
}

fn facts(
    facts: &[(String, usize)],
    paragraphs: &HashMap<&str, Paragraph>,
    intake: &mut Intake,
) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for (title, number) in facts {
        let paragraph = paragraphs.get(title.as_str());
        let Some((paragraph, document)) =
            paragraph.and_then(|paragraph| Some((paragraph, paragraph.document.as_deref()?)))
        else {
            intake.leave_out(NO_PARAGRAPH, 1);
            continue;
        };
        let sentence = paragraph.sentences.get(*number).cloned();
        let quoted = sentence.and_then(|span| quote(&paragraph.text, paragraph.body, span));
        intake.leave_out(NO_SENTENCE, usize::from(quoted.is_none()));
        let fact = evidence(document, quoted);
        if !all.contains(&fact) {
            all.push(fact);
        }
    }
    all
}
