//! BEIR: a folder with `corpus.jsonl`, `queries.jsonl` and a file of judgements a split.
//!
//! Enters: a corpus. Leaves: the folder. Each document that holds evidence of a question is relevant to it.
//! Does not: keep answers, kinds or quotes, for which the format has no place.

use super::{ExportFormat, Exported, output};
use crate::corpus;
use crate::exchange::ExchangeError;
use crate::exchange::names::{END, encoded};
use crate::extract::Format;
use crate::file;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

const NO_EVIDENCE: &str = "questions without evidence";
const ANSWERS: &str = "questions' accepted answers";
const QUOTES: &str = "quotes";

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "_id")]
    id: Cow<'a, str>,
    title: &'a str,
    text: &'a str,
    metadata: BTreeMap<(), ()>,
}

#[derive(Serialize)]
struct Query<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    text: &'a str,
    metadata: BTreeMap<(), ()>,
}

/// Writes the folder, and says how many questions it has.
pub(super) fn write(exported: &mut Exported<'_>) -> Result<usize, ExchangeError> {
    let corpus = exported.corpus;
    // Of ids that differ by case alone an importer leaves the first as it is: the one whose name is that.
    let is_escaped = |document: &&corpus::Document| {
        let id = exported.ids.id(&document.id);
        document.id.strip_suffix(END).is_some_and(|name| name != encoded(&id, false))
    };
    let mut ordered: Vec<&corpus::Document> = corpus.documents.iter().collect();
    ordered.sort_by_key(is_escaped);
    let documents: Vec<Document<'_>> = ordered
        .into_iter()
        .map(|document| Document {
            id: exported.ids.id(&document.id),
            // A text file's title is its name, or stands above the text already.
            title: match Format::of(&document.id) {
                Some(Format::Text) => "",
                _ => &document.title,
            },
            text: &document.text,
            metadata: BTreeMap::new(),
        })
        .collect();
    let mut queries: Vec<Query<'_>> = Vec::new();
    let mut judgements: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for question in &corpus.questions {
        let mut relevant: Vec<Cow<'_, str>> = Vec::new();
        for evidence in &question.evidence {
            let id = exported.ids.id(&evidence.document);
            exported.left_out.add(QUOTES, usize::from(evidence.quote.is_some()));
            if !relevant.contains(&id) {
                relevant.push(id);
            }
        }
        if relevant.is_empty() {
            exported.left_out.add(NO_EVIDENCE, 1);
            continue;
        }
        exported.left_out.add(ANSWERS, usize::from(!question.answers.is_empty()));
        queries.push(Query { id: &question.id, text: &question.text, metadata: BTreeMap::new() });
        let rows = judgements.entry(&question.split).or_insert_with(|| {
            vec![["query-id", "corpus-id", "score"].map(str::to_owned).to_vec()]
        });
        rows.extend(
            relevant.into_iter().map(|id| vec![question.id.clone(), id.into_owned(), "1".into()]),
        );
    }
    let written = exported.some(queries.len(), ExportFormat::Beir)?;
    output::folder(exported.out, |folder| {
        file::write_json_lines(&folder.join("corpus.jsonl"), &documents)?;
        file::write_json_lines(&folder.join("queries.jsonl"), &queries)?;
        for (split, rows) in judgements {
            let path = folder.join("qrels").join(format!("{}.tsv", encoded(split, false)));
            output::table(&path, b'\t', rows)?;
        }
        Ok(())
    })?;
    Ok(written)
}
