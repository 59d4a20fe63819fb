//! What is in a corpus, and what is wrong with it.
//!
//! Enters: a [`Corpus`](crate::corpus::Corpus). Leaves: a [`Survey`]: sizes, languages, findings with their
//! places and remedies, counts of names and questions. Each document is read once, in parallel; the result
//! does not depend on the number of threads. Does not: change a document, run a model, or print.

mod asked;
mod candidate;
mod checksum;
mod directive;
mod duplicate;
mod entity;
mod facts;
mod finding;
mod group;
mod hidden;
mod language;
mod length;
mod likeness;
mod minhash;
mod page;
mod pattern;
mod personal;
mod problem;
mod repeated;
mod secret;
mod shingle;
mod size;
mod spoken;
mod veil;
mod version;

pub use asked::{Asked, KindCount};
pub use entity::Rarity;
pub use finding::{Finding, FindingKind, Item, Place};
pub use likeness::LeftOut;
pub use problem::Problem;
pub use size::{Chunks, Lengths, Size};
pub use spoken::Spoken;

use crate::chunk::{ChunkError, Chunker};
use crate::config::ChunkPlan;
use crate::corpus::{Corpus, CorpusWarning, QuestionProblem};
use crate::questions;
use crate::tokens::Tokens;
use facts::Facts;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is in a corpus, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Survey {
    /// The corpus's folder.
    pub corpus: String,
    /// `title` of `corpus.toml`.
    pub title: String,
    /// `language` of `corpus.toml`.
    pub language: String,
    /// `licence` of `corpus.toml`.
    pub licence: String,
    /// How much there is.
    pub size: Size,
    /// Which languages documents are in.
    pub languages: Spoken,
    /// In how many documents names and codes stand.
    pub names: Rarity,
    /// What is asked.
    pub questions: Asked,
    /// What is wrong or looks so, at most one a kind, in the order of [`FindingKind`].
    pub findings: Vec<Finding>,
    /// What is wrong with questions; those that it is wrong with are in no count.
    pub problems: Vec<Problem>,
    /// What is odd about the others.
    pub questions_found: Vec<questions::Finding>,
    /// What was not compared.
    pub left_out: LeftOut,
    /// What was said when the corpus was read, but for what is a finding.
    pub warnings: Vec<Warning>,
}

/// A warning of the corpus as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What is wrong.
    pub text: String,
    /// What can be done about it.
    pub hint: String,
}

/// How tokens and chunks are counted.
#[derive(Debug, Clone, Default)]
pub struct Counting {
    /// A model's tokenizer; without one, words are counted in its place, and tokens are estimated.
    pub tokens: Option<Tokens>,
    /// How documents are cut.
    pub plan: ChunkPlan,
}

/// Surveys a corpus of sound questions; `problems` are those of the others.
///
/// # Errors
/// When documents cannot be cut as the plan says.
pub fn survey(
    corpus: &Corpus,
    problems: &[QuestionProblem],
    counting: &Counting,
) -> Result<Survey, ChunkError> {
    let chunker = Chunker::new(counting.tokens.clone().unwrap_or(Tokens::Words), &counting.plan)?;
    let tokens = counting.tokens.as_ref();
    let documents = &corpus.documents;
    let facts: Vec<Facts> = documents
        .par_iter()
        .map(|document| Facts::of(document, &corpus.language, &chunker, tokens))
        .collect();
    let (languages, of_language) = spoken::spoken(documents, &facts, &corpus.language);
    let (of_likeness, left_out) = likeness::likeness(corpus, &facts);
    let boilerplate = Finding::of(FindingKind::Boilerplate, repeated_lines(corpus, &facts));
    let entities: Vec<&[u64]> = facts.iter().map(|facts| facts.entities.as_slice()).collect();
    let (size, names) = (size_of(corpus, &facts, counting), Rarity::of(&entities));
    let of_length = length::findings(documents, &corpus.manifest.documents, &facts);
    let mut findings = of_text(facts);
    findings.extend(of_length.into_iter().chain(of_likeness).chain(of_language).chain(boilerplate));
    findings.sort_by_key(|finding| finding.kind);
    Ok(Survey {
        corpus: corpus.name.clone(),
        title: corpus.title.clone(),
        language: corpus.language.clone(),
        licence: corpus.licence.clone(),
        size,
        languages,
        names,
        questions: Asked::of(&corpus.questions, documents.len()),
        findings,
        problems: problems.iter().map(Problem::of).collect(),
        questions_found: questions::findings(corpus),
        left_out,
        warnings: warnings(corpus),
    })
}

fn size_of(corpus: &Corpus, facts: &[Facts], counting: &Counting) -> Size {
    let records = &corpus.manifest.documents;
    let mut formats: BTreeMap<String, usize> = BTreeMap::new();
    for document in &corpus.documents {
        *formats.entry(size::format_of(&document.id)).or_default() += 1;
    }
    let mut encodings: BTreeMap<String, usize> = BTreeMap::new();
    for encoding in records.iter().filter_map(|record| record.encoding.clone()) {
        *encodings.entry(encoding).or_default() += 1;
    }
    let text_bytes = records.iter().map(|record| record.text_bytes).sum();
    Size {
        documents: corpus.documents.len(),
        files_not_read: corpus.skipped.len(),
        file_bytes: records.iter().map(|record| record.file_bytes).sum(),
        text_bytes,
        words: facts.iter().map(|facts| facts.words).sum(),
        tokens: match counting.tokens {
            Some(_) => facts.iter().filter_map(|facts| facts.tokens).sum(),
            None => Tokens::estimated(text_bytes),
        },
        tokens_are_estimated: counting.tokens.is_none(),
        chunks: Chunks {
            count: facts.iter().map(|facts| facts.chunks).sum(),
            longest: counting.plan.tokens,
            overlap: counting.plan.overlap,
            unit: if counting.tokens.is_some() { "tokens" } else { "words" },
        },
        document_words: Lengths::of(facts.iter().map(|facts| facts.words).collect()),
        dropped_lines: records.iter().map(|record| record.dropped_lines).sum(),
        encodings,
        formats,
    }
}

/// What stands at a line of some document.
fn of_text(facts: Vec<Facts>) -> Vec<Finding> {
    let mut by_kind: BTreeMap<FindingKind, Vec<Item>> = BTreeMap::new();
    for facts in facts {
        for (kind, items) in [
            (FindingKind::Secrets, facts.secrets),
            (FindingKind::PersonalNumbers, facts.numbers),
            (FindingKind::Contacts, facts.contacts.into_iter().collect()),
            (FindingKind::Directives, facts.directives),
            (FindingKind::HiddenText, facts.hidden),
            (FindingKind::TerminalEscapes, facts.escapes),
        ] {
            by_kind.entry(kind).or_default().extend(items);
        }
    }
    by_kind.into_iter().filter_map(|(kind, items)| Finding::of(kind, items)).collect()
}

fn repeated_lines(corpus: &Corpus, facts: &[Facts]) -> Vec<Item> {
    let lines: Vec<&[u64]> = facts.iter().map(|facts| facts.lines.as_slice()).collect();
    let with_text = corpus.documents.iter().filter(|document| !document.is_empty()).count();
    repeated::repeated(&corpus.documents, &lines, with_text)
        .into_iter()
        .map(|line| {
            let shown = veil::shown_line(&line.text);
            let detail = format!("in {} of {with_text} documents: {shown}", line.documents);
            Item::line(&corpus.documents[line.first].id, line.line, detail)
        })
        .collect()
}

fn warnings(corpus: &Corpus) -> Vec<Warning> {
    corpus
        .warnings
        .iter()
        .filter(|warning| !matches!(warning, CorpusWarning::EmptyDocument { .. }))
        .map(|warning| Warning { text: warning.to_string(), hint: warning.hint() })
        .collect()
}
