//! The first candidates scored again by a model that reads query and passage together.

use super::{ChunkTable, Overlap, Ranking, RetrieveError, Retriever, ranking};
use crate::config::RerankPlan;
use crate::embed::{EmbedError, Host, folder_fingerprint, onnx_weights};
use crate::file::FileError;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use crate::index::Scored;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Scores passages for a query.
///
/// Contract: one finite score for each passage, in the passages' order, higher is better; the same
/// pair gets the same score, whatever stands beside it (to 1e-4).
pub trait Reranker: Send + Sync {
    /// `[passages]`.
    fn scores(&self, query: &str, passages: &[&str]) -> Result<Vec<f64>, RetrieveError>;

    /// How many of the pairs are longer than the model reads, so that the ends of their passages have
    /// no part in the scores.
    fn cut(&self, query: &str, passages: &[&str]) -> usize {
        let _ = (query, passages);
        0
    }
}

/// A retriever whose first hits are put in the reranker's order. The hits after them keep theirs;
/// their scores continue below the lowest reranked one in steps of 1, since scores of two models
/// cannot be compared.
pub struct Reranked {
    retriever: Box<dyn Retriever>,
    reranker: Box<dyn Reranker>,
    candidates: usize,
    table: Arc<ChunkTable>,
}

impl Reranked {
    /// Scores the first `candidates` hits of `retriever` again.
    pub fn new(
        retriever: Box<dyn Retriever>,
        reranker: Box<dyn Reranker>,
        candidates: usize,
        table: Arc<ChunkTable>,
    ) -> Self {
        Self { retriever, reranker, candidates, table }
    }
}

impl Retriever for Reranked {
    fn retrieve(&self, query: &str, depth: usize) -> Result<Ranking, RetrieveError> {
        let Ranking { hits, mut seconds, mut cut } =
            self.retriever.retrieve(query, depth.max(self.candidates))?;
        let start = Instant::now();
        let (first, rest) = hits.split_at(self.candidates.min(hits.len()));
        let passages = first
            .iter()
            .map(|hit| match self.table.get(&hit.chunk) {
                Some(chunk) => Ok(chunk.text.as_str()),
                None => Err(RetrieveError::UnknownChunk { chunk: hit.chunk.to_string() }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let scores = self.reranker.scores(query, &passages)?;
        if scores.len() != passages.len() {
            return Err(RetrieveError::RerankerAnswer {
                scores: scores.len(),
                passages: passages.len(),
            });
        }
        let lowest = scores.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let mut scored: Vec<Scored> = first
            .iter()
            .zip(scores)
            .map(|(hit, score)| Scored { chunk: hit.chunk.to_string(), score })
            .collect();
        scored.extend(rest.iter().enumerate().map(|(index, hit)| Scored {
            chunk: hit.chunk.to_string(),
            score: lowest - (index + 1) as f64,
        }));
        let hits = ranking::hits(&self.table, scored, depth)?;
        seconds.rerank += start.elapsed().as_secs_f64();
        cut.pairs += self.reranker.cut(query, &passages);
        Ok(Ranking { hits, seconds, cut })
    }
}

/// What a reranker's name stands for.
enum Source {
    Overlap,
    Folder(PathBuf),
    #[cfg(feature = "engines")]
    Catalogue,
}

fn resolve(model: &str, root: &Path) -> Result<Source, EmbedError> {
    let folder = root.join(model);
    if model == Overlap::NAME {
        Ok(Source::Overlap)
    } else if !folder.is_dir() {
        in_catalogue(model, root)
    } else if onnx_weights(&folder).is_some() {
        Ok(Source::Folder(folder))
    } else {
        Err(EmbedError::MissingFile { folder, file: "model.onnx".into() })
    }
}

#[cfg(feature = "engines")]
fn in_catalogue(model: &str, root: &Path) -> Result<Source, EmbedError> {
    super::cross_encoder::find(model, root)?;
    Ok(Source::Catalogue)
}

/// Without engines there is no catalogue to look into.
#[cfg(not(feature = "engines"))]
fn in_catalogue(model: &str, _: &Path) -> Result<Source, EmbedError> {
    Err(EmbedError::NoEngines { model: model.to_owned() })
}

/// Of everything that decides a reranker's scores; no engine is loaded.
///
/// # Errors
/// When the name stands for nothing, a file is missing, or cannot be read.
pub fn reranker_fingerprint(
    plan: &RerankPlan,
    root: &Path,
    hash_of_file: &dyn Fn(&Path) -> Result<Fingerprint, FileError>,
) -> Result<Fingerprint, RetrieveError> {
    let builder = FingerprintBuilder::new().json("rerank", &plan.depth);
    Ok(match resolve(&plan.model, root)? {
        Source::Folder(folder) => {
            let files = crate::embed::onnx_files(&folder)?;
            folder_fingerprint(builder, &folder, &files, hash_of_file)?
        }
        Source::Overlap => builder.part("name", &plan.model),
        #[cfg(feature = "engines")]
        Source::Catalogue => builder.part("name", &plan.model),
    }
    .finish())
}

/// Loads the plan's reranker.
///
/// # Errors
/// When the name stands for nothing, or the model or ONNX Runtime is missing or unfit.
pub fn open_reranker(
    plan: &RerankPlan,
    host: &Host<'_>,
) -> Result<Box<dyn Reranker>, RetrieveError> {
    match resolve(&plan.model, host.root)? {
        Source::Overlap => Ok(Box::new(Overlap)),
        Source::Folder(folder) => engine(plan, Some(&folder), host),
        #[cfg(feature = "engines")]
        Source::Catalogue => engine(plan, None, host),
    }
}

#[cfg(feature = "engines")]
fn engine(
    plan: &RerankPlan,
    folder: Option<&Path>,
    host: &Host<'_>,
) -> Result<Box<dyn Reranker>, RetrieveError> {
    use super::cross_encoder::CrossEncoder;
    Ok(Box::new(match folder {
        Some(folder) => CrossEncoder::load(&plan.model, folder, host)?,
        None => CrossEncoder::from_catalogue(&plan.model, host)?,
    }))
}

#[cfg(not(feature = "engines"))]
fn engine(
    plan: &RerankPlan,
    _: Option<&Path>,
    _: &Host<'_>,
) -> Result<Box<dyn Reranker>, RetrieveError> {
    Err(EmbedError::NoEngines { model: plan.model.clone() }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_resolve_and_fingerprints_follow_content() {
        let root = tempfile::tempdir().unwrap();
        let hash = |path: &Path| Ok(Fingerprint::of(&crate::file::read(path)?));
        let of = |model: &str, depth| {
            reranker_fingerprint(&RerankPlan { model: model.into(), depth }, root.path(), &hash)
        };
        assert_ne!(of("overlap", 5).unwrap(), of("overlap", 6).unwrap());
        let write = |name: &str, text: &str| {
            crate::file::write_whole(&root.path().join("m").join(name), text.as_bytes()).unwrap();
        };
        write("config.json", "{}");
        assert!(matches!(
            of("m", 5),
            Err(RetrieveError::Model(EmbedError::MissingFile { file, .. })) if file == "model.onnx"
        ));
        for name in
            ["model.onnx", "tokenizer.json", "special_tokens_map.json", "tokenizer_config.json"]
        {
            write(name, "{}");
        }
        let one = of("m", 5).unwrap();
        write("model.onnx", "other");
        assert_ne!(one, of("m", 5).unwrap());
        assert!(of("models/qqq", 5).unwrap_err().hint().is_some());
    }
}
