//! What chunks depend on beside the text.

use crate::config::ChunkPlan;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};

/// Moves when the same input may give other chunks: with our rules or the splitter's version.
const RULES: &str = "text-splitter 0.33.1, windows 1";

/// The fingerprint of a way to cut: equal fingerprints, equal chunks of equal texts.
///
/// `tokenizer` says what counts: the SHA-256 of `tokenizer.json`, else `words` or `estimate`. The
/// plan's path of the tokenizer does not enter, only what it holds.
pub fn fingerprint(plan: &ChunkPlan, tokenizer: &str) -> Fingerprint {
    FingerprintBuilder::new()
        .part("rules", RULES)
        .json("tokens", &plan.tokens)
        .json("overlap", &plan.overlap)
        .part("tokenizer", tokenizer)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_chunks_changes_the_fingerprint() {
        let plan = ChunkPlan { tokens: 100, overlap: 10, tokenizer: Some("models/a".into()) };
        let base = fingerprint(&plan, "words");
        let moved = ChunkPlan { tokenizer: Some("models/b".into()), ..plan.clone() };
        assert_eq!(fingerprint(&moved, "words"), base);
        let longer = ChunkPlan { tokens: 101, ..plan.clone() };
        let overlapping = ChunkPlan { overlap: 11, ..plan.clone() };
        for other in [
            fingerprint(&longer, "words"),
            fingerprint(&overlapping, "words"),
            fingerprint(&plan, "estimate"),
        ] {
            assert_ne!(other, base);
        }
    }
}
