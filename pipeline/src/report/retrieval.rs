//! Retrieval quality: every retriever over the questions that have evidence.

use super::material::Material;
use super::{ReportError, cluster};
use crate::config::Decision;
use crate::corpus::Question;
use crate::retrieve::Hit;
use crate::score::{RetrievalScore, score_retrieval};
use crate::statistics::{Interval, Support, mean_interval, quantile};

/// One retriever over all questions with evidence.
pub struct RetrievalRow {
    /// Retriever's name.
    pub name: String,
    /// Questions.
    pub questions: usize,
    /// Means and intervals by measure's printed name, such as `recall@5`.
    pub means: Vec<(String, f64, Interval)>,
    /// Median seconds of searching and fusing.
    pub search_seconds: Option<f64>,
    /// Median seconds of embedding the query; none for a lexical retriever.
    pub embed_seconds: Option<f64>,
    /// Chunks it searches.
    pub chunks: usize,
}

/// The measures of a table, by printed name.
const MEASURES: [&str; 7] =
    ["recall@1", "recall@5", "recall@10", "precision@5", "nDCG@10", "MRR", "MAP"];

/// One row a retriever, in the order of `hits.jsonl`.
///
/// # Errors
/// When the statistics cannot be made of the numbers.
pub fn rows(material: &Material) -> Result<Vec<RetrievalRow>, ReportError> {
    let mut names: Vec<&str> = Vec::new();
    for line in &material.hits {
        if !names.contains(&line.retriever.as_str()) {
            names.push(&line.retriever);
        }
    }
    names.into_iter().filter_map(|name| row(material, name, None).transpose()).collect()
}

/// A retriever over the questions of one kind, or over all; none where none of them has evidence.
///
/// # Errors
/// As [`rows`].
pub fn row(
    material: &Material,
    name: &str,
    kind: Option<&str>,
) -> Result<Option<RetrievalRow>, ReportError> {
    let mut ranked: Vec<(&Question, &[Hit])> = Vec::new();
    let (mut search, mut embed) = (Vec::new(), Vec::new());
    let asked = |question: &&Question| kind.is_none_or(|kind| question.kind == kind);
    for question in material.questions.iter().filter(asked) {
        let Some(line) = material.retrieved(name, &question.id) else { continue };
        search.push(line.seconds.search);
        embed.extend((line.seconds.embed > 0.0).then_some(line.seconds.embed));
        ranked.push((question, &line.hits));
    }
    let Some(means) = means(name, &ranked, &material.experiment.decision)? else {
        return Ok(None);
    };
    Ok(Some(RetrievalRow {
        name: name.to_owned(),
        questions: means.questions,
        means: means.means,
        search_seconds: quantile(&search, 0.5),
        embed_seconds: quantile(&embed, 0.5),
        chunks: material.provenance.retrievers.get(name).map_or(0, |run| run.chunks),
    }))
}

/// How well a retriever ranks, on average.
pub struct RetrievalMeans {
    /// Questions with evidence: the others have nothing to be found.
    pub questions: usize,
    /// Means and intervals by measure's printed name, such as `recall@5`.
    pub means: Vec<(String, f64, Interval)>,
}

/// The means over those questions that have evidence; none where none has.
///
/// # Errors
/// When the statistics cannot be made of the numbers.
pub fn means(
    retriever: &str,
    ranked: &[(&Question, &[Hit])],
    decision: &Decision,
) -> Result<Option<RetrievalMeans>, ReportError> {
    let mut scores: Vec<RetrievalScore> = Vec::new();
    let mut asked: Vec<&Question> = Vec::new();
    for (question, hits) in ranked {
        if let Some(score) = score_retrieval(retriever, question, hits) {
            scores.push(score);
            asked.push(*question);
        }
    }
    if scores.is_empty() {
        return Ok(None);
    }
    let clusters = cluster::labels(&asked);
    let means = MEASURES
        .iter()
        .map(|measure| {
            let values: Vec<f64> = scores.iter().map(|score| value(score, measure)).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let interval = mean_interval(measure, &values, &clusters, Support::Share, decision)?;
            Ok(((*measure).to_owned(), mean, interval))
        })
        .collect::<Result<_, ReportError>>()?;
    Ok(Some(RetrievalMeans { questions: scores.len(), means }))
}

fn value(score: &RetrievalScore, measure: &str) -> f64 {
    let at = |list: &[(usize, f64)], k: usize| {
        list.iter().find(|(depth, _)| *depth == k).map_or(0.0, |(_, value)| *value)
    };
    match measure {
        "recall@1" => at(&score.recall, 1),
        "recall@5" => at(&score.recall, 5),
        "recall@10" => at(&score.recall, 10),
        "precision@5" => at(&score.precision, 5),
        "nDCG@10" => at(&score.ndcg, 10),
        "MRR" => score.reciprocal_rank,
        _ => score.average_precision,
    }
}
