//! TREC: judgements and runs over whole documents, for trec_eval and its like.
//!
//! Enters: a corpus, perhaps a report's rankings. Leaves: a folder with `qrels.txt`, and `RETRIEVER.run` a
//! retriever. Does not: write chunks: a document stands where its best chunk does, since judgements and runs
//! have to name the same things. `ragscale retrieve --trec` writes chunks.

use super::answered::Answered;
use super::{ExportFormat, Exported, output};
use crate::corpus::Question;
use crate::exchange::ExchangeError;
use crate::file;
use crate::retrieve::{Hit, Retrieved, trec};
use std::collections::{BTreeMap, HashSet};

const NO_EVIDENCE: &str = "questions without evidence";
const FURTHER_CHUNKS: &str = "further chunks of documents in a ranking";

/// Writes the folder, and says how many questions it judges.
pub(super) fn write(
    exported: &mut Exported<'_>,
    report: Option<&Answered>,
    setup: Option<&str>,
) -> Result<usize, ExchangeError> {
    let corpus = exported.corpus;
    // Those that were asked, where a report is named: its ranking is held against them alone.
    let questions: &[Question] =
        report.map_or(&corpus.questions, |report| &report.material.questions);
    let mut judged = 0;
    let mut grades: Vec<(&str, String, i64)> = Vec::new();
    for question in questions {
        let mut seen = HashSet::new();
        for evidence in &question.evidence {
            let id = exported.ids.id(&evidence.document).into_owned();
            if seen.insert(id.clone()) {
                grades.push((&question.id, id, 1));
            }
        }
        judged += usize::from(!seen.is_empty());
        exported.left_out.add(NO_EVIDENCE, usize::from(seen.is_empty()));
    }
    let judged = exported.some(judged, ExportFormat::Trec)?;
    let qrels = trec::qrels(grades.iter().map(|(question, id, grade)| (*question, &**id, *grade)));
    let mut runs: BTreeMap<&str, Vec<Retrieved>> = BTreeMap::new();
    if let Some(report) = report {
        let wanted = wanted(report, setup)?;
        for line in &report.material.hits {
            if wanted.is_none_or(|wanted| wanted == line.retriever) {
                let documents = documents(line, exported);
                runs.entry(&line.retriever).or_default().push(documents);
            }
        }
    }
    output::folder(exported.out, |folder| {
        file::write_whole(&folder.join("qrels.txt"), qrels.as_bytes())?;
        for (retriever, lines) in &runs {
            let path = folder.join(format!("{retriever}.run"));
            file::write_whole(&path, trec::run(lines, retriever).as_bytes())?;
        }
        Ok(())
    })?;
    Ok(judged)
}

/// The retriever of the named setup; none where all are wanted.
fn wanted<'a>(report: &'a Answered, setup: Option<&str>) -> Result<Option<&'a str>, ExchangeError> {
    let Some(named) = setup else { return Ok(None) };
    let name = report.setup(Some(named))?;
    let setups = &report.material.experiment.setups;
    let plan = setups.iter().find(|plan| plan.name == name);
    match plan.and_then(|plan| plan.strategy.retriever()) {
        Some(retriever) => Ok(Some(retriever)),
        None => Err(ExchangeError::NoRetriever { setup: name.to_owned() }),
    }
}

/// The ranking of documents: each where its first chunk stands.
fn documents(line: &Retrieved, exported: &mut Exported<'_>) -> Retrieved {
    let mut seen = HashSet::new();
    let hits: Vec<Hit> = line
        .hits
        .iter()
        .filter(|hit| seen.insert(hit.document.clone()))
        .map(|hit| Hit { chunk: exported.ids.id(&hit.document).into(), ..hit.clone() })
        .collect();
    exported.left_out.add(FURTHER_CHUNKS, line.hits.len() - hits.len());
    Retrieved { hits, ..line.clone() }
}
