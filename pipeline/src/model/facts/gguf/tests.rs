//! Tiny GGUF files, whole, cut and damaged.

use super::*;
use proptest::prelude::*;

/// Name, dimensions, type, bytes.
pub(in crate::model) type GgufTensor<'a> = (&'a str, &'a [u64], u32, u64);

/// Writes a GGUF file: metadata values are `(key, kind, bytes)`, tensors `(name, dimensions,
/// type, bytes)`; the data is zeros.
pub(in crate::model) fn gguf(
    metadata: &[(&str, u32, Vec<u8>)],
    tensors: &[GgufTensor<'_>],
) -> Vec<u8> {
    let mut out = b"GGUF".to_vec();
    out.extend(3_u32.to_le_bytes());
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend((metadata.len() as u64).to_le_bytes());
    for (key, kind, bytes) in metadata {
        out.extend(text(key));
        out.extend(kind.to_le_bytes());
        out.extend(bytes);
    }
    let mut offset = 0;
    for (name, dimensions, kind, bytes) in tensors {
        out.extend(text(name));
        out.extend((dimensions.len() as u32).to_le_bytes());
        for length in *dimensions {
            out.extend(length.to_le_bytes());
        }
        out.extend(kind.to_le_bytes());
        out.extend(u64::to_le_bytes(offset));
        offset += bytes.next_multiple_of(32);
    }
    out.resize(out.len().next_multiple_of(32) + offset as usize, 0);
    out
}

pub(in crate::model) fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

pub(in super::super) fn small() -> Vec<u8> {
    let words = [8_u32.to_le_bytes().to_vec(), 2_u64.to_le_bytes().to_vec(), text("a"), text("b")];
    let heads =
        [4_u32.to_le_bytes().to_vec(), 2_u64.to_le_bytes().to_vec(), vec![2, 0, 0, 0, 1, 0, 0, 0]];
    gguf(
        &[
            ("general.architecture", 8, text("llama")),
            ("tokenizer.ggml.tokens", 9, words.concat()),
            ("llama.attention.head_count_kv", 9, heads.concat()),
            ("llama.rope.freq_base", 6, 1e4_f32.to_le_bytes().to_vec()),
            ("x.negative", 5, (-1_i32).to_le_bytes().to_vec()),
        ],
        &[("token_embd.weight", &[64, 2], 3, 80), ("output_norm.weight", &[64], 0, 256)],
    )
}

fn parsed(bytes: &[u8]) -> Result<Header, Problem> {
    parse(bytes, bytes.len() as u64)
}

#[test]
fn a_small_header_is_read() {
    let bytes = small();
    let header = parsed(&bytes).unwrap();
    assert_eq!(header.metadata["general.architecture"], Value::Text("llama".into()));
    assert_eq!(header.metadata["llama.attention.head_count_kv"], Value::Numbers(vec![2, 1]));
    for key in ["tokenizer.ggml.tokens", "llama.rope.freq_base", "x.negative"] {
        assert_eq!(header.metadata[key], Value::Other, "{key}");
    }
    // 128 elements of Q4_1: 4 blocks of 20 bytes.
    let embedding = &header.tensors[0];
    assert_eq!((embedding.elements, embedding.bytes), (128, Some(80)));
    assert_eq!(embedding.kind, "Q4_1");
    // The second tensor begins at 96 (80 rounded up to 32) and has 256 bytes.
    assert_eq!(header.expected_bytes, bytes.len() as u64);
}

#[test]
fn every_cut_is_seen() {
    let bytes = small();
    for length in 0..bytes.len() {
        let cut = &bytes[..length];
        match parsed(cut) {
            Err(Problem::Ends { expected_bytes }) => assert!(expected_bytes > length as u64),
            Ok(header) => assert!(header.expected_bytes > length as u64, "{length}"),
            Err(problem) => panic!("{length}: {problem:?}"),
        }
    }
}

#[test]
fn lengths_beyond_reason_are_refused_before_they_are_allocated() {
    let mut bytes = small();
    bytes[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(parsed(&bytes).is_err());
    let mut bytes = small();
    bytes[24..32].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(parsed(&bytes), Err(Problem::Invalid(_))));
    assert!(matches!(parsed(b"PK\x03\x04"), Err(Problem::Invalid(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_change_of_bytes_makes_it_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = small();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(length.index(bytes.len()) + 1);
        let _ = parsed(&bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [&b"GGUF\x03\0\0\0"[..], &tail].concat();
        let _ = parsed(&bytes);
    }
}
