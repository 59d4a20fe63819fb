//! ONNX cross-encoders through fastembed.
//!
//! Enters: a folder with `model.onnx` (output `logits`) and four tokenizer files, or a name of the
//! catalogue. Leaves: a [`Reranker`] whose scores are the first logit. Does not: scale them.

use super::{Reranker, RetrieveError};
use crate::embed::{
    EmbedError, Host, TokenLimit, catalogue, hub, onnx, onnx_weights, position_limit, runtime,
};
use fastembed::{
    RerankInitOptions, RerankInitOptionsUserDefined, RerankerModel, TextRerank,
    UserDefinedRerankingModel,
};
use std::cmp::Reverse;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Tokens of query and passage together: what the common cross-encoders are trained with.
const MAX_TOKENS: usize = 512;

/// Pairs a batch. Small ones waste less on padding; on a CPU larger ones gain nothing.
const BATCH: usize = 8;

/// A session with its tokenizer.
pub(super) struct CrossEncoder {
    name: String,
    session: Mutex<TextRerank>,
    limit: TokenLimit,
}

/// The catalogue's reranker of that name, with or without its organisation.
pub(super) fn find(name: &str, root: &Path) -> Result<RerankerModel, EmbedError> {
    let models = TextRerank::list_supported_models();
    let bare = |code: &str| code.rsplit('/').next().unwrap_or(code).to_lowercase();
    let found = models
        .iter()
        .find(|info| info.model_code.eq_ignore_ascii_case(name))
        .or_else(|| models.iter().find(|info| bare(&info.model_code) == bare(name)));
    found.map(|info| info.model.clone()).ok_or_else(|| EmbedError::Unknown {
        model: name.to_owned(),
        root: root.to_owned(),
        nearest: catalogue::nearest(name, models.iter().map(|info| info.model_code.as_str())),
    })
}

impl CrossEncoder {
    /// Loads the model of a folder.
    pub(super) fn load(name: &str, folder: &Path, host: &Host<'_>) -> Result<Self, EmbedError> {
        runtime::load(host, Some(folder))?;
        let weights = onnx_weights(folder).ok_or_else(|| EmbedError::MissingFile {
            folder: folder.to_owned(),
            file: "model.onnx".into(),
        })?;
        // Given as a path, the engine finds external data beside it by itself.
        let model = UserDefinedRerankingModel::new(weights, onnx::tokenizer_files(folder)?);
        let mut options = RerankInitOptionsUserDefined::new()
            .with_max_length(MAX_TOKENS.min(position_limit(folder)?));
        if let Some(threads) = host.threads {
            options = options.with_intra_threads(threads);
        }
        let session = TextRerank::try_new_from_user_defined(model, options).map_err(|source| {
            EmbedError::Load { model: name.to_owned(), source: Box::new(source) }
        })?;
        Ok(Self::of(name, session))
    }

    /// Loads a catalogue model, from the hub or from what an earlier run got from it.
    pub(super) fn from_catalogue(name: &str, host: &Host<'_>) -> Result<Self, EmbedError> {
        let model = find(name, host.root)?;
        runtime::load(host, None)?;
        let folder = hub::folder(host);
        let mut options = RerankInitOptions::new(model)
            .with_max_length(MAX_TOKENS)
            .with_cache_dir(folder.clone())
            .with_show_download_progress(false);
        if let Some(threads) = host.threads {
            options = options.with_intra_threads(threads);
        }
        let session =
            hub::load(name, &folder, hub::SILENT_SECONDS, || TextRerank::try_new(options))?;
        Ok(Self::of(name, session))
    }

    fn of(name: &str, session: TextRerank) -> Self {
        let max_tokens = session
            .tokenizer
            .get_truncation()
            .map_or(MAX_TOKENS, |truncation| truncation.max_length);
        let limit = TokenLimit::new(session.tokenizer.clone(), max_tokens);
        Self { name: name.to_owned(), session: Mutex::new(session), limit }
    }
}

impl Reranker for CrossEncoder {
    fn scores(&self, query: &str, passages: &[&str]) -> Result<Vec<f64>, RetrieveError> {
        let mut order: Vec<usize> = (0..passages.len()).collect();
        order.sort_by_key(|index| (Reverse(passages[*index].len()), *index));
        let mut scores = vec![f64::NAN; passages.len()];
        for batch in order.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().map(|index| passages[*index]).collect();
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            let results = session.rerank(query, &texts, false, Some(BATCH)).map_err(|source| {
                EmbedError::Run { model: self.name.clone(), source: Box::new(source) }
            })?;
            for result in results {
                scores[batch[result.index]] = f64::from(result.score);
            }
        }
        // A score that is missing or not a number.
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(EmbedError::Answer {
                model: self.name.clone(),
                problem: "a score that is not finite".into(),
            }
            .into());
        }
        Ok(scores)
    }

    fn cut(&self, query: &str, passages: &[&str]) -> usize {
        passages.iter().filter(|passage| self.limit.exceeds_pair(query, passage)).count()
    }
}

#[cfg(test)]
#[path = "cross_encoder_tests.rs"]
mod tests;
