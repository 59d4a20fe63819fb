//! The engine against a plain forward pass of the same weights, and the folder checks.

use super::tiny_model::{END, START, TinyModel, VOCABULARY, WINDOW};
use super::{Mistral, MistralError};
use crate::config::{DataType, Device, Sampling, Weights};
use crate::model::worker::{Answerer as _, Load, PROTOCOL, Refusal};
use crate::model::{Finish, Generation};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokenizers::Tokenizer;

const PROMPT: &str = "<|im_start|>user\nWhat is the torque?<|im_end|>\n<|im_start|>assistant\n";

fn safetensors() -> (TinyModel, TempDir) {
    let (model, folder) = (TinyModel::new(5), tempfile::tempdir().unwrap());
    model.write_safetensors(folder.path());
    (model, folder)
}

fn gguf() -> (TinyModel, TempDir) {
    let (model, folder) = (TinyModel::new(5), tempfile::tempdir().unwrap());
    model.write_gguf(folder.path(), "tiny.gguf", "llama");
    (model, folder)
}

fn settings(folder: &Path) -> Load {
    Load {
        protocol: PROTOCOL,
        weights: Weights::Path(folder.to_string_lossy().into_owned()),
        file: None,
        isq: None,
        data_type: DataType::F32,
        device: Device::Cpu,
        context_tokens: WINDOW,
    }
}

fn load(folder: &Path) -> Mistral {
    Mistral::load(&settings(folder)).unwrap()
}

fn refused(load: &Load) -> MistralError {
    match Mistral::load(load) {
        Ok(_) => panic!("loaded"),
        Err(error) => error,
    }
}

fn greedy(answer_tokens: usize) -> Sampling {
    Sampling { answer_tokens, log_probabilities: true, ..Sampling::default() }
}

fn sampled(seed: u64) -> Sampling {
    Sampling { temperature: 1.0, seed, ..greedy(24) }
}

fn ask(model: &mut Mistral, text: &str, sampling: &Sampling) -> Generation {
    model.answer(text, sampling).unwrap()
}

fn tokenizer(folder: &Path) -> Tokenizer {
    Tokenizer::from_file(folder.join("tokenizer.json")).unwrap()
}

/// Tokens, text and natural-log probabilities that the weights themselves give.
fn expected(
    oracle: &TinyModel,
    folder: &Path,
    prompt: &str,
    length: usize,
) -> (usize, String, Vec<f64>) {
    let tokenizer = tokenizer(folder);
    let prompt = tokenizer.encode_fast(prompt, false).unwrap().get_ids().to_vec();
    let (mut tokens, log_probabilities) = oracle.greedy(&prompt, length);
    tokens.retain(|token| *token != END);
    (prompt.len(), tokenizer.decode(&tokens, true).unwrap(), log_probabilities)
}

fn agrees(oracle: &TinyModel, folder: &Path, tolerance: f64) {
    let mut model = load(folder);
    for prompt in [PROMPT, "a", "<|start|>The band and the ring are on the rein"] {
        let (prompt_tokens, text, log_probabilities) = expected(oracle, folder, prompt, 20);
        let generation = ask(&mut model, prompt, &greedy(20));
        assert_eq!(generation.text, text, "{prompt:?}");
        assert_eq!(generation.prompt_tokens.count, prompt_tokens, "nothing added, nothing cut");
        assert_eq!(generation.answer_tokens.count, log_probabilities.len());
        let found = generation.log_probabilities.unwrap();
        for (found, expected) in found.iter().zip(&log_probabilities) {
            assert!((found - expected).abs() < tolerance, "{found} for {expected}");
        }
        assert_eq!(found.len(), log_probabilities.len());
    }
}

/// Catches base-10 or raw-logit log-probabilities, temperature 1 instead of greedy, a second BOS, a
/// date in the prompt, and any wrong arithmetic.
#[test]
fn safetensors_agree_with_a_plain_forward_pass() {
    let (oracle, folder) = safetensors();
    agrees(&oracle, folder.path(), 1e-4);
}

#[test]
fn gguf_agrees_with_the_same_forward_pass() {
    let (oracle, folder) = gguf();
    // Its attention runs in f16 on a CPU: 11 bits of logits up to about 10.
    agrees(&oracle, folder.path(), 1e-2);
}

#[test]
fn the_tokenizer_would_add_a_start_token_and_the_prompt_gets_none() {
    let (_oracle, folder) = safetensors();
    let tokenizer = tokenizer(folder.path());
    let with = tokenizer.encode_fast("a", true).unwrap();
    assert_eq!(with.get_ids()[0], START, "the test's tokenizer adds one");
    assert!(tokenizer.get_vocab_size(true) == VOCABULARY);
    let mut model = load(folder.path());
    assert_eq!(ask(&mut model, "a", &greedy(1)).prompt_tokens.count, 1);
    assert_eq!(ask(&mut model, "<|start|>a", &greedy(1)).prompt_tokens.count, 2);
}

#[test]
fn answers_do_not_depend_on_what_was_asked_before() {
    let (_oracle, folder) = safetensors();
    let first = |model: &mut Mistral, sampling: &Sampling| ask(model, PROMPT, sampling).text;
    let mut model = load(folder.path());
    let (alone, drawn) = (first(&mut model, &greedy(24)), first(&mut model, &sampled(3)));
    assert_eq!(first(&mut model, &greedy(24)), alone);
    for other in ["the the the", PROMPT, "x"] {
        ask(&mut model, other, &sampled(9));
        assert_eq!(first(&mut model, &sampled(3)), drawn);
        assert_eq!(first(&mut model, &greedy(24)), alone);
    }
    let mut fresh = load(folder.path());
    assert_eq!(first(&mut fresh, &sampled(3)), drawn);
}

#[test]
fn seeds_choose_the_answer() {
    let (_oracle, folder) = safetensors();
    let mut model = load(folder.path());
    let texts: Vec<String> =
        (0..6).map(|seed| ask(&mut model, PROMPT, &sampled(seed)).text).collect();
    let different: std::collections::BTreeSet<_> = texts.iter().collect();
    assert_eq!(different.len(), 6, "{texts:?}");
    let cold = Sampling { temperature: 1e-3, ..sampled(1) };
    assert_eq!(ask(&mut model, PROMPT, &cold).text, ask(&mut model, PROMPT, &greedy(24)).text);
    let narrow = Sampling { top_p: 1e-9, ..sampled(1) };
    assert_eq!(ask(&mut model, PROMPT, &narrow).text, ask(&mut model, PROMPT, &greedy(24)).text);
}

#[test]
fn log_probabilities_are_those_of_the_model_whatever_the_temperature() {
    let (oracle, folder) = safetensors();
    let mut model = load(folder.path());
    let generation = ask(&mut model, "ab", &Sampling { temperature: 2.0, ..sampled(4) });
    let found = generation.log_probabilities.unwrap();
    assert_eq!(found.len(), generation.answer_tokens.count);
    assert!(found.iter().all(|value| *value <= 0.0 && value.is_finite()));
    // The first token's is one of the distribution's.
    let prompt = tokenizer(folder.path()).encode_fast("ab", false).unwrap().get_ids().to_vec();
    let logits = oracle.logits(&prompt);
    let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
    let nearest = logits.iter().map(|logit| (logit - total.ln() - found[0]).abs());
    assert!(nearest.fold(f64::INFINITY, f64::min) < 1e-4);
    let without = Sampling { log_probabilities: false, ..greedy(2) };
    assert_eq!(ask(&mut model, "ab", &without).log_probabilities, None);
}

#[test]
fn answers_end_before_the_first_stop_string_and_at_once() {
    let (_oracle, folder) = safetensors();
    let mut model = load(folder.path());
    let (prompt, whole) = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .map(|prompt| (prompt, ask(&mut model, prompt, &greedy(40))))
        .into_iter()
        .find(|(_, whole)| whole.finish == Finish::Length)
        .expect("most answers are longer than 40 tokens");
    assert_eq!(whole.answer_tokens.count, 40);
    // Two neighbouring printable characters in the middle of the answer.
    let (at, stop) = whole
        .text
        .char_indices()
        .skip(8)
        .find_map(|(at, _)| {
            let stop: String = whole.text[at..].chars().take(2).collect();
            (stop.chars().all(|c| c.is_ascii_graphic()) && whole.text.find(&stop) == Some(at))
                .then_some((at, stop))
        })
        .expect("the answer has printable text");
    let stopping = Sampling { stop: vec!["never, ever".into(), stop], ..greedy(40) };
    for _ in 0..3 {
        let stopped = ask(&mut model, prompt, &stopping);
        assert_eq!(stopped.text, whole.text[..at]);
        assert_eq!(stopped.finish, Finish::Stop);
        assert!(stopped.answer_tokens.count < 40);
        let log_probabilities = stopped.log_probabilities.unwrap();
        assert_eq!(log_probabilities.len(), stopped.answer_tokens.count);
        // No token after the one that completes the stop string.
        let shorter = greedy(stopped.answer_tokens.count - 1);
        let before = ask(&mut model, prompt, &shorter).text;
        assert!(!stopping.stop.iter().any(|stop| before.contains(stop)), "{before:?}");
        // The request after a stopped one is not touched by it.
        assert_eq!(ask(&mut model, prompt, &greedy(40)).text, whole.text);
    }
}

#[test]
fn an_end_of_sequence_token_ends_the_answer_and_is_not_text() {
    let (_oracle, folder) = safetensors();
    let mut model = load(folder.path());
    let hot = |seed| Sampling { temperature: 3.0, seed, ..greedy(200) };
    let ended = (0..40)
        .map(|seed| ask(&mut model, PROMPT, &hot(seed)))
        .find(|generation| generation.finish == Finish::Stop)
        .expect("at nearly uniform probabilities one of 8,000 tokens is the end");
    assert!(ended.answer_tokens.count < 200);
    assert!(!ended.text.contains("<|end|>"));
}

#[test]
fn the_first_token_comes_before_the_last() {
    let (_oracle, folder) = safetensors();
    let clock = ask(&mut load(folder.path()), PROMPT, &greedy(60)).clock;
    let (first, all) = (clock.first_token_seconds.unwrap(), clock.seconds.unwrap());
    assert!(first > 0.0 && first < all, "{first} of {all} s");
}

#[test]
fn a_prompt_over_the_window_is_refused_not_cut() {
    let (_oracle, folder) = safetensors();
    let mut model = load(folder.path());
    let refusal = model.answer(&"x".repeat(WINDOW - 10), &greedy(11)).unwrap_err();
    assert!(refusal.message.contains("502 prompt tokens and up to 11 answer tokens"));
    assert!(refusal.hint.is_some() && !refusal.retry);
    let fitting = ask(&mut model, &"x".repeat(WINDOW - 10), &greedy(10));
    assert_eq!((fitting.prompt_tokens.count, fitting.answer_tokens.count), (WINDOW - 10, 10));
    let mut narrow =
        Mistral::load(&Load { context_tokens: 64, ..settings(folder.path()) }).unwrap();
    assert!(narrow.answer(&"x".repeat(60), &greedy(5)).is_err());
}

#[test]
fn nothing_is_refused() {
    let (_oracle, folder) = safetensors();
    let mut model = load(folder.path());
    assert!(model.answer("", &greedy(5)).is_err());
    assert!(model.answer("x", &greedy(0)).is_err());
}

#[test]
fn a_mistyped_path_fails_at_once_and_is_no_hub_name() {
    let started = Instant::now();
    let wrong = Path::new("/no/such/model");
    let error = refused(&settings(wrong));
    assert!(matches!(&error, MistralError::NoFolder { folder } if folder == wrong));
    assert!(error.hint().unwrap().contains("hub"));
    let relative = settings(Path::new("smollm2/instruct"));
    assert!(matches!(refused(&relative), MistralError::NoFolder { .. }));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn folders_that_lack_a_part_are_refused_with_a_remedy() {
    for part in ["tokenizer.json", "config.json", "model.safetensors"] {
        let (_oracle, folder) = safetensors();
        std::fs::remove_file(folder.path().join(part)).unwrap();
        let refusal = Refusal::from(refused(&settings(folder.path())));
        assert!(refusal.hint.is_some(), "{part}: {refusal:?}");
        let name = if part == "model.safetensors" { ".safetensors" } else { part };
        assert!(refusal.message.contains(name), "{part}: {refusal:?}");
    }
}

#[test]
fn cut_weights_are_refused() {
    for keep in [1.0, 0.9, 0.05, 0.0001] {
        let (_oracle, folder) = safetensors();
        let path = folder.path().join("model.safetensors");
        let whole = std::fs::metadata(&path).unwrap().len();
        let kept = (whole as f64 * keep) as u64 - 1;
        std::fs::File::options().write(true).open(&path).unwrap().set_len(kept).unwrap();
        match refused(&settings(folder.path())) {
            MistralError::Cut { found, expected, .. } => {
                assert!(found == kept && expected > kept && expected <= whole);
            }
            other => panic!("{other}"),
        }
    }
    for keep in [1.0, 0.5, 0.001] {
        let (_oracle, folder) = gguf();
        let path = folder.path().join("tiny.gguf");
        // The last tensor is followed by padding of less than 32 bytes.
        let kept = (std::fs::metadata(&path).unwrap().len() as f64 * keep) as u64 - 33;
        std::fs::File::options().write(true).open(&path).unwrap().set_len(kept).unwrap();
        let error = refused(&settings(folder.path()));
        let told = matches!(error, MistralError::Cut { .. } | MistralError::Weights { .. });
        assert!(told, "{error}");
    }
}

#[test]
fn what_is_not_a_weights_file_is_refused() {
    let (_oracle, folder) = safetensors();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\n").unwrap();
    assert!(matches!(refused(&settings(folder.path())), MistralError::Weights { .. }));
    let (_oracle, folder) = gguf();
    std::fs::write(folder.path().join("tiny.gguf"), "<html>not found</html>").unwrap();
    assert!(matches!(refused(&settings(folder.path())), MistralError::Weights { .. }));
}

#[test]
fn a_missing_shard_is_refused() {
    let (_oracle, folder) = safetensors();
    let index = r#"{ "weight_map": { "a": "model.safetensors", "b": "model-2.safetensors" } }"#;
    std::fs::write(folder.path().join("model.safetensors.index.json"), index).unwrap();
    let error = refused(&settings(folder.path()));
    assert!(error.to_string().contains("model-2.safetensors"), "{error}");
}

#[test]
fn unknown_architectures_are_refused_with_the_known_ones() {
    let (model, folder) = safetensors();
    let path = folder.path().join("config.json");
    let config = std::fs::read_to_string(&path).unwrap().replace("LlamaForCausalLM", "BertModel");
    std::fs::write(&path, config).unwrap();
    let error = refused(&settings(folder.path()));
    assert!(matches!(&error, MistralError::Architecture { found, .. } if found == "BertModel"));
    assert!(error.hint().unwrap().contains("LlamaForCausalLM"));
    for name in ["bloom", "qwen3moe"] {
        let folder = tempfile::tempdir().unwrap();
        model.write_gguf(folder.path(), "tiny.gguf", name);
        let error = refused(&settings(folder.path()));
        assert!(matches!(&error, MistralError::Architecture { found, .. } if found == name));
    }
}

#[test]
fn which_gguf_file_must_be_clear() {
    let (model, folder) = gguf();
    model.write_gguf(folder.path(), "other.gguf", "llama");
    let error = refused(&settings(folder.path()));
    assert!(error.hint().unwrap().contains("file = \"other.gguf\""), "{error}");
    let named = |file: &str| Load { file: Some(file.into()), ..settings(folder.path()) };
    assert!(Mistral::load(&named("tiny.gguf")).is_ok());
    assert!(matches!(refused(&named("missing.gguf")), MistralError::File(_)));
    assert!(matches!(refused(&named("tokenizer.json")), MistralError::NotGguf { .. }));
}

#[test]
fn windows_and_quantizations_that_cannot_be_are_refused() {
    let (_oracle, folder) = safetensors();
    let wide = Load { context_tokens: WINDOW * 2, ..settings(folder.path()) };
    assert!(matches!(refused(&wide), MistralError::Window { window_tokens: WINDOW, .. }));
    let odd = Load { isq: Some("Q99".into()), ..settings(folder.path()) };
    assert!(matches!(refused(&odd), MistralError::Isq { .. }));
    let (_oracle, folder) = gguf();
    let wide = Load { context_tokens: WINDOW * 2, ..settings(folder.path()) };
    assert!(matches!(refused(&wide), MistralError::Window { window_tokens: WINDOW, .. }));
    let twice = Load { isq: Some("Q8_0".into()), ..settings(folder.path()) };
    assert!(matches!(refused(&twice), MistralError::Isq { .. }));
}

#[test]
fn a_device_that_is_not_there_is_refused_not_replaced() {
    let (_oracle, folder) = safetensors();
    let cuda = Load { device: Device::Cuda, ..settings(folder.path()) };
    if mistralrs::Device::new_cuda(0).is_err() {
        assert!(matches!(refused(&cuda), MistralError::Device { .. }));
    }
}

#[test]
fn quantization_at_load_changes_the_numbers_a_little() {
    let (oracle, folder) = safetensors();
    let quantized = Load { isq: Some("Q8_0".into()), ..settings(folder.path()) };
    let mut model = Mistral::load(&quantized).unwrap();
    let found = ask(&mut model, PROMPT, &greedy(1)).log_probabilities.unwrap()[0];
    let (_, _, expected) = expected(&oracle, folder.path(), PROMPT, 1);
    assert!((found - expected[0]).abs() < 0.5, "{found} for {}", expected[0]);
    assert!((found - expected[0]).abs() > 1e-6, "the weights are quantized");
}
