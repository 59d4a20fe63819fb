//! Tests of the cross-encoder: names, and a tiny ONNX model whose scores follow by hand.

use super::*;
use crate::file;
use serde_json::json;
use std::path::PathBuf;

#[test]
fn names_are_found_with_and_without_organisation() {
    let root = Path::new("/project");
    assert_eq!(find("BAAI/bge-reranker-base", root).unwrap(), RerankerModel::BGERerankerBase);
    assert_eq!(find("bge-reranker-v2-m3", root).unwrap(), RerankerModel::BGERerankerV2M3);
    let error = find("bge-reranker-bas", root).unwrap_err();
    assert!(error.hint().unwrap().contains("bge-reranker-base"));
}

/// A field of a protocol buffer that holds bytes, by its number.
fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 128 {
        field.push(length as u8 | 128);
        length >>= 7;
    }
    field.push(length as u8);
    field.extend(content);
    field
}

/// A field that holds a number below 128. Numbers of fields from 16 take two bytes.
fn number(field: u8, value: u8) -> Vec<u8> {
    if field < 16 {
        vec![field << 3, value]
    } else {
        vec![(field & 15) << 3 | 128, field >> 4, value]
    }
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut node: Vec<u8> = inputs.iter().flat_map(|name| bytes(1, name.as_bytes())).collect();
    node.extend(bytes(2, output.as_bytes()));
    node.extend(bytes(4, operator.as_bytes()));
    node.extend(attributes.iter().flat_map(|attribute| bytes(5, attribute)));
    bytes(1, &node)
}

/// A tensor of two dimensions of any length.
fn tensor(field: u8, name: &str, element: u8) -> Vec<u8> {
    let dimension = |name: &str| bytes(1, &bytes(2, name.as_bytes()));
    let shape = [dimension("batch"), dimension(name)].concat();
    let kind = bytes(1, &[number(1, element), bytes(2, &shape)].concat());
    bytes(field, &[bytes(1, name.as_bytes()), bytes(2, &kind)].concat())
}

/// `logits = sum(input_ids × attention_mask)` over a row, in ONNX's protocol buffers (opset 11).
fn sum_of_ids() -> Vec<u8> {
    let to_float = [bytes(1, b"to"), number(3, 1), number(20, 2)].concat();
    let axes = [bytes(1, b"axes"), number(8, 1), number(20, 7)].concat();
    let graph = [
        node("Cast", &["input_ids"], "ids", std::slice::from_ref(&to_float)),
        node("Cast", &["attention_mask"], "mask", &[to_float]),
        node("Mul", &["ids", "mask"], "product", &[]),
        node("ReduceSum", &["product"], "logits", &[axes]),
        bytes(2, b"sum"),
        tensor(11, "input_ids", 7),
        tensor(11, "attention_mask", 7),
        tensor(12, "logits", 1),
    ]
    .concat();
    [number(1, 6), bytes(7, &graph), bytes(8, &number(2, 11))].concat()
}

/// Words whose ids are their values; the pad has an id that would show in a sum.
fn write_model(folder: &Path) {
    let write = |name: &str, text: String| {
        file::write_whole(&folder.join(name), text.as_bytes()).unwrap();
    };
    file::write_whole(&folder.join("model.onnx"), &sum_of_ids()).unwrap();
    write("config.json", json!({"pad_token_id": 9}).to_string());
    write("special_tokens_map.json", json!({"pad_token": "[PAD]"}).to_string());
    write(
        "tokenizer_config.json",
        json!({"model_max_length": 16, "pad_token": "[PAD]"}).to_string(),
    );
    let vocabulary = json!({"[UNK]": 0, "one": 1, "two": 2, "five": 5, "[PAD]": 9});
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
        "decoder": null,
        "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": vocabulary},
    });
    write("tokenizer.json", tokenizer.to_string());
}

#[test]
fn scores_come_back_in_the_order_of_the_passages() {
    let Some(models) = std::env::var_os("RAGSCALE_MODELS").map(PathBuf::from) else {
        println!("skipped: set RAGSCALE_MODELS to a folder that models/get.sh filled");
        return;
    };
    let dylib = models.join("onnxruntime").join(runtime::library_name());
    let root = tempfile::tempdir().unwrap();
    write_model(root.path());
    let host = Host {
        root: root.path(),
        cache_folder: root.path(),
        ort_dylib: Some(&dylib),
        hub_folder: None,
        threads: Some(1),
        stopping: None,
    };
    let encoder = CrossEncoder::load("m", root.path(), &host).unwrap();
    // The query's two, and each passage's words: more passages than a batch, of mixed lengths.
    let passages = [
        "one",
        "five five five",
        "",
        "two one",
        "five",
        "one one one one",
        "two",
        "five one",
        "two two",
    ];
    let scores = encoder.scores("two", &passages).unwrap();
    assert_eq!(scores, [3.0, 17.0, 2.0, 5.0, 7.0, 6.0, 4.0, 8.0, 6.0]);
    for (passage, score) in passages.iter().zip(scores) {
        assert_eq!(encoder.scores("two", &[passage]).unwrap(), [score]);
    }
    assert!(encoder.scores("two", &[]).unwrap().is_empty());
    // 16 tokens are read: of the pair's longer text, the end is cut.
    let long = "one ".repeat(40);
    assert_eq!(encoder.scores("two", &[long.as_str()]).unwrap(), [2.0 + 15.0]);
    let just_fits = "one ".repeat(15);
    assert_eq!(encoder.cut("two", &["one", just_fits.as_str(), long.as_str()]), 1);
}
