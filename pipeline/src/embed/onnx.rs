//! ONNX models through fastembed.
//!
//! Enters: a folder with `model.onnx` and four tokenizer files. Leaves: an [`Embedder`].
//! Does not: download, or cache vectors.

use super::limit::TokenLimit;
use super::source::{external_data, onnx_weights, position_limit, tokenizer_file_paths};
use super::unit::unit_vectors;
use super::{EmbedError, Embedder, Host, Prefixes, Role, runtime};
use crate::config::{EmbedderPlan, Pooling};
use crate::file;
use crate::tokens::Tokens;
use fastembed::{InitOptionsUserDefined, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Tokens that are computed at once, padding included; a longer text is computed alone. Attention
/// holds heads × tokens × tokens of the longest text: for 16 texts of 512 tokens 200 MB a layer in a
/// model of 12 heads, and a CPU is as fast with few texts as with many.
const TOKENS_AT_ONCE: usize = 512;

/// ONNX Runtime's setting for the folder of tensors that a graph names by file
/// (`onnxruntime_session_options_config_keys.h`).
const TENSORS_FOLDER: &str = "session.model_external_initializers_file_folder_path";

/// An ONNX session with its tokenizer.
pub struct OnnxEmbedder {
    name: String,
    session: Mutex<TextEmbedding>,
    limit: TokenLimit,
    prefixes: Prefixes,
    batch: usize,
    dimensions: usize,
}

impl OnnxEmbedder {
    /// Loads the model of a folder.
    ///
    /// # Errors
    /// When ONNX Runtime or a file is missing or unfit.
    pub fn load(plan: &EmbedderPlan, folder: &Path, host: &Host<'_>) -> Result<Self, EmbedError> {
        runtime::load(host, Some(folder))?;
        let weights_path = onnx_weights(folder).ok_or_else(|| EmbedError::MissingFile {
            folder: folder.to_owned(),
            file: "model.onnx".into(),
        })?;
        let whole = file::read(&weights_path)?;
        let neighbours_matter = quantizes_dynamically(&whole);
        let mut options = InitOptionsUserDefined::new();
        let beside = external_data(&weights_path);
        let weights = if beside.is_empty() {
            let (weights, tensors) = mapped(whole, &weights_path)?;
            if let Some(tensors) = tensors {
                options = options.with_session_config(TENSORS_FOLDER, tensors.to_string_lossy());
            }
            weights
        } else {
            whole
        };
        let mut model = UserDefinedEmbeddingModel::new(weights, tokenizer_files(folder)?)
            .with_pooling(match plan.pooling {
                Pooling::Mean => fastembed::Pooling::Mean,
                Pooling::Cls => fastembed::Pooling::Cls,
            });
        for path in beside {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            model = model.with_external_initializer(name, file::read(&path)?);
        }
        let limit = plan.max_tokens.min(position_limit(folder)?);
        options = options.with_max_length(limit);
        if let Some(threads) = host.threads {
            options = options.with_intra_threads(threads);
        }
        let session =
            TextEmbedding::try_new_from_user_defined(model, options).map_err(|source| {
                EmbedError::Load { model: plan.model.clone(), source: Box::new(source) }
            })?;
        Self::new(plan, session, neighbours_matter)
    }

    /// Around a session that is loaded. `neighbours_matter`: the model's numbers depend on the
    /// whole batch, so that each text has to be alone in its own.
    ///
    /// # Errors
    /// When the model fails on a first text.
    pub(super) fn new(
        plan: &EmbedderPlan,
        mut session: TextEmbedding,
        neighbours_matter: bool,
    ) -> Result<Self, EmbedError> {
        let max_tokens = session
            .tokenizer
            .get_truncation()
            .map_or(plan.max_tokens, |truncation| truncation.max_length);
        let limit = TokenLimit::new(session.tokenizer.clone(), max_tokens);
        // The graph's output shape may leave the dimensions open: the first vector tells them.
        let first = session.embed(["a"], Some(1)).map_err(|source| EmbedError::Load {
            model: plan.model.clone(),
            source: Box::new(source),
        })?;
        Ok(Self {
            name: plan.model.clone(),
            session: Mutex::new(session),
            limit,
            prefixes: Prefixes::of_plan(plan),
            batch: if neighbours_matter { 1 } else { plan.batch.max(1) },
            dimensions: first.first().map_or(0, Vec::len),
        })
    }
}

impl Embedder for OnnxEmbedder {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let prefixed: Vec<String> =
            texts.iter().map(|text| self.prefixes.apply(role, text)).collect();
        let mut vectors = Vec::with_capacity(texts.len());
        let mut left = prefixed.as_slice();
        while !left.is_empty() {
            let tokens = left.iter().take(self.batch).map(|text| self.limit.read(text));
            let (batch, after) = left.split_at(texts_at_once(tokens));
            left = after;
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            vectors.extend(session.embed(batch, Some(batch.len())).map_err(|source| {
                EmbedError::Run { model: self.name.clone(), source: Box::new(source) }
            })?);
        }
        unit_vectors(&self.name, vectors, texts.len(), self.dimensions)
    }

    fn is_cut(&self, role: Role, text: &str) -> bool {
        self.limit.exceeds(&self.prefixes.apply(role, text))
    }

    fn tokens(&self) -> Option<Tokens> {
        Some(self.limit.counter())
    }
}

/// A model's bytes as the engine gets them: the graph alone, and the folder of the file that its
/// tensors stay in; all bytes where they cannot be taken apart.
fn mapped(whole: Vec<u8>, path: &Path) -> Result<(Vec<u8>, Option<PathBuf>), EmbedError> {
    // Tensors must not lie outside the folder, where a link may lead.
    let path = std::fs::canonicalize(path).map_err(file::FileError::io("read", path))?;
    let parts = path.parent().zip(path.file_name().and_then(std::ffi::OsStr::to_str));
    let graph = parts.and_then(|(folder, name)| {
        Some((super::mapped::without_tensors(&whole, name)?, Some(folder.to_owned())))
    });
    Ok(graph.unwrap_or((whole, None)))
}

/// How many of the first texts are computed at once, given their tokens: at least one.
fn texts_at_once(tokens: impl IntoIterator<Item = usize>) -> usize {
    let mut longest = 0;
    let mut texts = 0;
    for tokens in tokens {
        longest = longest.max(tokens);
        if (texts + 1) * longest > TOKENS_AT_ONCE {
            break;
        }
        texts += 1;
    }
    texts.max(1)
}

/// The four files as fastembed takes them.
///
/// # Errors
/// When one is missing or unreadable.
pub fn tokenizer_files(folder: &Path) -> Result<TokenizerFiles, EmbedError> {
    let [tokenizer, config, special_tokens_map, tokenizer_config] = tokenizer_file_paths(folder)?;
    Ok(TokenizerFiles {
        tokenizer_file: file::read(&tokenizer)?,
        config_file: file::read(&config)?,
        special_tokens_map_file: file::read(&special_tokens_map)?,
        tokenizer_config_file: file::read(&tokenizer_config)?,
    })
}

/// Whether the graph scales activations by what stands in the batch: then a text's vector depends
/// on its neighbours. The operator's name stands in the file as plain text.
fn quantizes_dynamically(onnx: &[u8]) -> bool {
    const OPERATOR: &[u8] = b"DynamicQuantizeLinear";
    onnx.windows(OPERATOR.len()).any(|window| window == OPERATOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::conformance;
    use crate::fingerprint::Fingerprint;

    fn plan(model: &str) -> EmbedderPlan {
        EmbedderPlan {
            model: model.into(),
            query_prefix: String::new(),
            passage_prefix: String::new(),
            pooling: Pooling::Mean,
            max_tokens: 128,
            batch: 8,
        }
    }

    /// The real models' folder, where it is given and filled.
    fn models() -> Option<PathBuf> {
        let models = PathBuf::from(std::env::var_os("RAGSCALE_MODELS")?);
        let all = [models.join("all-minilm-l6-v2/model.onnx"), models.join("onnxruntime")];
        all.iter().all(|path| path.exists()).then_some(models)
    }

    #[test]
    fn all_minilm_holds_the_contract_and_knows_what_belongs_together() {
        let Some(models) = models() else {
            println!("skipped: set RAGSCALE_MODELS to a folder that models/get.sh filled");
            return;
        };
        let cache = tempfile::tempdir().unwrap();
        let host = Host {
            root: &models,
            cache_folder: cache.path(),
            ort_dylib: None,
            hub_folder: None,
            threads: Some(1),
            stopping: None,
        };
        let plan = plan("all-minilm-l6-v2");
        let bare = OnnxEmbedder::load(&plan, &models.join(&plan.model), &host).unwrap();
        conformance::check(&bare, 128);
        let embedder = crate::embed::open(&plan, &Fingerprint::of(b"test"), &host).unwrap();
        conformance::check(&embedder, 128);
        assert_eq!(embedder.dimensions(), 384);
        assert!(embedder.tokens().unwrap().is_exact(), "chunks are sized by it");
        let texts =
            ["How do I reset my password?", "Changing a forgotten password", "Cake recipes"];
        let vectors = embedder.embed(Role::Passage, &texts).unwrap();
        let cosine = |a: usize, b: usize| -> f32 {
            vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum()
        };
        assert!(cosine(0, 1) > 0.5 && cosine(0, 2) < 0.2, "{} {}", cosine(0, 1), cosine(0, 2));
    }

    #[test]
    fn a_damaged_model_is_an_error() {
        let Some(models) = models() else {
            println!("skipped: set RAGSCALE_MODELS to a folder that models/get.sh filled");
            return;
        };
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("m");
        for path in tokenizer_file_paths(&models.join("all-minilm-l6-v2")).unwrap() {
            let name = path.file_name().unwrap().to_owned();
            file::write_whole(&folder.join(name), &file::read(&path).unwrap()).unwrap();
        }
        let whole = file::read(&models.join("all-minilm-l6-v2/model.onnx")).unwrap();
        file::write_whole(&folder.join("model.onnx"), &whole[..whole.len() / 2]).unwrap();
        let dylib = models.join("onnxruntime").join(runtime::library_name());
        let host = Host {
            root: root.path(),
            cache_folder: root.path(),
            ort_dylib: Some(&dylib),
            hub_folder: None,
            threads: Some(1),
            stopping: None,
        };
        let error = OnnxEmbedder::load(&plan("m"), &folder, &host).err().unwrap();
        assert!(matches!(error, EmbedError::Load { .. }), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn a_batch_is_bounded_by_its_tokens_with_padding() {
        assert_eq!(texts_at_once([512, 1]), 1);
        // 2 × 256 fit, 3 × 256 do not.
        assert_eq!(texts_at_once([256, 256, 256]), 2);
        // The fourth would pad the three before it to 150: 4 × 150 > 512.
        assert_eq!(texts_at_once([10, 20, 30, 150]), 3);
        assert_eq!(texts_at_once([32; 16]), 16);
        assert_eq!(texts_at_once([5000]), 1);
    }

    #[test]
    fn dynamic_quantization_is_seen_in_the_file() {
        assert!(quantizes_dynamically(b"...\x15DynamicQuantizeLinear..."));
        assert!(!quantizes_dynamically(b"...QuantizeLinear..."));
    }
}
