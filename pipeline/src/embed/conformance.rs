//! The contract of [`Embedder`], held against each implementation.

use super::{Embedder, Role};

/// Texts of different lengths, with one empty, one of white space, and one in another script.
const TEXTS: [&str; 6] = [
    "The pump stops when the float switch opens.",
    "",
    "Holidays",
    "   ",
    "Ölpumpe für 日本 und Ελλάδα",
    "The night shift starts at ten, and the foreman signs the log before the first machine runs; \
     whoever comes late signs below the line.",
];

/// Runs the whole contract. `max_tokens` is the embedder's limit.
pub(crate) fn check(embedder: &dyn Embedder, max_tokens: usize) {
    assert!(embedder.embed(Role::Passage, &[]).unwrap().is_empty(), "no texts, no vectors");
    for role in [Role::Query, Role::Passage] {
        let together = embedder.embed(role, &TEXTS).unwrap();
        assert_eq!(together.len(), TEXTS.len());
        for vector in &together {
            unit_length(vector, embedder.dimensions());
        }
        assert_eq!(
            together,
            embedder.embed(role, &TEXTS).unwrap(),
            "the same call, the same answer"
        );
        for (text, vector) in TEXTS.iter().zip(&together) {
            let alone = embedder.embed(role, &[text]).unwrap();
            near(&alone[0], vector, text);
        }
        let reversed: Vec<&str> = TEXTS.iter().rev().copied().collect();
        let mut answer = embedder.embed(role, &reversed).unwrap();
        answer.reverse();
        for ((text, one), other) in TEXTS.iter().zip(&together).zip(&answer) {
            near(one, other, text);
        }
    }
    assert!(distance(embedder, TEXTS[0], TEXTS[2]) > 1e-3, "different texts, different vectors");
    long_texts_are_cut(embedder, max_tokens);
}

/// Twice the limit and ten times the limit agree on their first words, so their vectors agree.
fn long_texts_are_cut(embedder: &dyn Embedder, max_tokens: usize) {
    let long = "pump ".repeat(2 * max_tokens);
    let longer = "pump ".repeat(10 * max_tokens);
    assert!(embedder.is_cut(Role::Passage, &long));
    assert!(embedder.is_cut(Role::Passage, &longer));
    assert!(!embedder.is_cut(Role::Passage, TEXTS[0]));
    assert!(!embedder.is_cut(Role::Passage, ""));
    assert!(distance(embedder, &long, &longer) < 1e-5);
}

fn unit_length(vector: &[f32], dimensions: usize) {
    assert_eq!(vector.len(), dimensions);
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    assert!((length - 1.0).abs() < 1e-5, "length {length}");
}

fn near(one: &[f32], other: &[f32], text: &str) {
    for (a, b) in one.iter().zip(other) {
        assert!((a - b).abs() < 1e-5, "{a} and {b} for {text:?}");
    }
}

fn distance(embedder: &dyn Embedder, one: &str, other: &str) -> f64 {
    let vectors = embedder.embed(Role::Passage, &[one, other]).unwrap();
    let squares = vectors[0].iter().zip(&vectors[1]).map(|(a, b)| f64::from(a - b).powi(2));
    squares.sum::<f64>().sqrt()
}
