//! SQuAD v1.1 and v2.0: articles of paragraphs, each with questions.
//!
//! Enters: the JSON file. Leaves: a document a paragraph; questions of the kind `fact` whose evidence is the
//! sentence of the first answer, and of v2.0 those of the kind `unanswerable`. Does not: look for an answer
//! elsewhere; one that does not stand where the file says has the whole paragraph as evidence.

use super::ExchangeError;
use super::intake::{
    BEYOND_LIMIT, Intake, NO_ANSWERS, NewQuestion, document_text, evidence, with_plain_ends,
};
use super::json::{self, Id};
use super::quotation::{quote, sentences_around};
use super::source::{Place, SourceFile};
use super::summary::SourceRecord;
use crate::corpus::UNANSWERABLE;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;

const MISPLACED: &str = "places of answers, which are elsewhere: evidence is the whole paragraph";
const NOT_QUOTED: &str = "quotes of sentences that stand twice: evidence is the whole paragraph";
const PLAUSIBLE: &str = "plausible answers to unanswerable questions";
const OTHER_PARAGRAPHS: &str = "paragraphs beyond --limit";

#[derive(Deserialize)]
struct Article {
    #[serde(default)]
    title: String,
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    context: String,
    qas: Vec<Qa>,
}

#[derive(Deserialize)]
struct Qa {
    id: Id,
    question: String,
    #[serde(default)]
    answers: Vec<Answer>,
    #[serde(default)]
    is_impossible: bool,
    #[serde(default)]
    plausible_answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
    /// In Unicode code points from the start of the context.
    answer_start: usize,
}

/// Reads the file.
pub(super) fn read(
    mut source: SourceFile,
    intake: &mut Intake,
) -> Result<SourceRecord, ExchangeError> {
    let mut paragraphs: HashMap<String, usize> = HashMap::new();
    json::elements(&mut source, Some("data"), |at, article: Article| {
        let number = paragraphs.entry(article.title.clone()).or_default();
        for paragraph in article.paragraphs {
            if !intake.has_room() {
                intake.leave_out(OTHER_PARAGRAPHS, 1);
                intake.leave_out(BEYOND_LIMIT, paragraph.qas.len());
                continue;
            }
            *number += 1;
            let id = format!("{}-{number:03}", article.title);
            let text = document_text(&article.title, &paragraph.context);
            let Some(document) = intake.document(&id, text.clone(), at)? else {
                intake.leave_out(NO_ANSWERS, paragraph.qas.len());
                continue;
            };
            for qa in paragraph.qas {
                question(qa, &document, &text, &paragraph.context, intake, at)?;
            }
        }
        Ok(())
    })?;
    source.finish()
}

fn question(
    qa: Qa,
    document: &str,
    text: &str,
    context: &str,
    intake: &mut Intake,
    at: Place<'_>,
) -> Result<(), ExchangeError> {
    let (id, question) = (qa.id.0, qa.question);
    if qa.is_impossible {
        intake.leave_out(PLAUSIBLE, qa.plausible_answers.len());
        let question =
            NewQuestion { id, text: question, kind: UNANSWERABLE, ..NewQuestion::default() };
        return intake.question(question, at);
    }
    let place = qa.answers.first().map(|answer| place(answer, context, text));
    let answers = intake.answers(qa.answers.into_iter().map(|answer| answer.text).collect());
    if answers.is_empty() {
        intake.leave_out(NO_ANSWERS, 1);
        return Ok(());
    }
    let body = text.len() - with_plain_ends(context).len().min(text.len());
    let quoted = match place.flatten() {
        None => {
            intake.leave_out(MISPLACED, 1);
            None
        }
        Some(span) => {
            let quoted = quote(text, body, sentences_around(text, body, &span));
            intake.leave_out(NOT_QUOTED, usize::from(quoted.is_none()));
            quoted
        }
    };
    let evidence = vec![evidence(document, quoted)];
    intake.question(NewQuestion { id, text: question, answers, evidence, kind: "fact" }, at)
}

/// Where the answer stands in the document's text, in bytes; none where other words stand there.
fn place(answer: &Answer, context: &str, text: &str) -> Option<Range<usize>> {
    let start = match context.char_indices().nth(answer.answer_start) {
        Some((start, _)) => start,
        None => return None,
    };
    let end = start + answer.text.len();
    if answer.text.is_empty() || context.get(start..end)? != answer.text {
        return None;
    }
    // The text has the context at its end, with other line ends.
    let before = with_plain_ends(&context[..start]).len();
    let body = text.len().checked_sub(with_plain_ends(context).len())?;
    let span = body + before..body + before + with_plain_ends(&answer.text).len();
    text.get(span.clone()).map(|_| span)
}
