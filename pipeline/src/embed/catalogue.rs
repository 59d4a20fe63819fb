//! fastembed's catalogue of models, for machines that reach a hub.
//!
//! Enters: a name, with or without its organisation. Leaves: an [`OnnxEmbedder`]. Does not: guess at
//! names outside the catalogue; those are errors before anything is asked for.

use super::onnx::OnnxEmbedder;
use super::{EmbedError, Host, hub, runtime};
use crate::config::EmbedderPlan;
use fastembed::{EmbeddingModel, QuantizationMode, TextEmbedding, TextInitOptions};
use std::path::Path;

/// Jaro-Winkler similarity from which a name is offered as what was meant.
const SIMILAR: f64 = 0.8;

/// Whether a code and a model of the catalogue are what a name stands for.
type Way<'a> = dyn Fn(&str, &EmbeddingModel) -> bool + 'a;

/// The model of a name: a code (`Xenova/bge-small-en-v1.5`), fastembed's own name
/// (`BGESmallENV15Q`), or a code with another organisation or none (`bge-small-en-v1.5`). Where
/// several have the code, the one that is not quantized.
///
/// # Errors
/// When the catalogue has no such name; with the most similar one.
pub fn find(name: &str, root: &Path) -> Result<EmbeddingModel, EmbedError> {
    let models: Vec<_> = TextEmbedding::list_supported_models();
    let ways: [&Way<'_>; 3] = [
        &|code, _| code.eq_ignore_ascii_case(name),
        &|_, model| format!("{model:?}").eq_ignore_ascii_case(name),
        &|code, _| bare(code).eq_ignore_ascii_case(bare(name)),
    ];
    for way in ways {
        // fastembed marks a quantized variant by a longer name.
        let found = models
            .iter()
            .filter(|info| way(&info.model_code, &info.model))
            .min_by_key(|info| format!("{:?}", info.model).len());
        if let Some(info) = found {
            return Ok(info.model.clone());
        }
    }
    let codes = models.iter().map(|info| info.model_code.as_str());
    Err(EmbedError::Unknown {
        model: name.to_owned(),
        root: root.to_owned(),
        nearest: nearest(name, codes),
    })
}

/// The most similar of `codes` without regard to organisations, where one is similar.
pub fn nearest<'a>(name: &str, codes: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted = bare(name).to_lowercase();
    codes
        .map(|code| (strsim::jaro_winkler(&wanted, &bare(code).to_lowercase()), code))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(one.1)))
        .map(|(_, code)| code.to_owned())
}

/// A code without organisation and without the ending that says it is ONNX.
fn bare(code: &str) -> &str {
    let code = code.rsplit('/').next().unwrap_or(code);
    code.strip_suffix("-onnx").or_else(|| code.strip_suffix("-ONNX")).unwrap_or(code)
}

/// Loads a catalogue model, from the hub or from what an earlier run got from it.
///
/// # Errors
/// When the name is unknown, ONNX Runtime is missing, or the hub does not give the model.
pub fn load(plan: &EmbedderPlan, host: &Host<'_>) -> Result<OnnxEmbedder, EmbedError> {
    let model = find(&plan.model, host.root)?;
    runtime::load(host, None)?;
    let neighbours_matter =
        matches!(TextEmbedding::get_quantization_mode(&model), QuantizationMode::Dynamic);
    let folder = hub::folder(host);
    let mut options = TextInitOptions::new(model)
        .with_max_length(plan.max_tokens)
        .with_cache_dir(folder.clone())
        .with_show_download_progress(false);
    if let Some(threads) = host.threads {
        options = options.with_intra_threads(threads);
    }
    let session =
        hub::load(&plan.model, &folder, hub::SILENT_SECONDS, || TextEmbedding::try_new(options))?;
    OnnxEmbedder::new(plan, session, neighbours_matter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> EmbeddingModel {
        find(name, Path::new("/project")).unwrap()
    }

    #[test]
    fn names_are_found_with_and_without_organisation() {
        assert_eq!(found("Xenova/bge-small-en-v1.5"), EmbeddingModel::BGESmallENV15);
        assert_eq!(found("BAAI/bge-small-en-v1.5"), EmbeddingModel::BGESmallENV15);
        assert_eq!(found("bge-small-en-v1.5"), EmbeddingModel::BGESmallENV15);
        assert_eq!(found("BGESmallENV15Q"), EmbeddingModel::BGESmallENV15Q);
        assert_eq!(found("sentence-transformers/all-MiniLM-L6-v2"), EmbeddingModel::AllMiniLML6V2);
        assert_eq!(found("Xenova/all-MiniLM-L6-v2"), EmbeddingModel::AllMiniLML6V2Q);
        assert_eq!(found("nomic-embed-text-v1.5"), EmbeddingModel::NomicEmbedTextV15);
    }

    #[test]
    fn every_code_of_the_catalogue_is_found() {
        for info in TextEmbedding::list_supported_models() {
            let model = found(&info.model_code);
            assert_eq!(TextEmbedding::get_model_info(&model).unwrap().model_code, info.model_code);
            assert_eq!(found(&format!("{:?}", info.model)), info.model);
        }
    }

    #[test]
    fn a_mistyped_name_gets_the_one_that_was_meant() {
        let error = find("bge-smal-en-v1.5", Path::new("/project")).unwrap_err();
        assert!(error.hint().unwrap().contains("bge-small-en-v1.5"), "{:?}", error.hint());
        let error = find("models/qqq", Path::new("/project")).unwrap_err();
        assert!(matches!(error, EmbedError::Unknown { nearest: None, .. }));
    }
}
