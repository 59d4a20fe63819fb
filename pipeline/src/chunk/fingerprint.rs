//! What the chunks of a document depend on.

use crate::config::ChunkPlan;
use crate::corpus::Document;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};

/// Moves when the same input may give other chunks: with our rules or the splitter's version.
const RULES: &str = "text-splitter 0.33.1, windows 1";

/// The fingerprint of a document's chunks: equal fingerprints, equal chunks.
///
/// `tokenizer` says what counts: the SHA-256 of `tokenizer.json`, else `words` or `estimate`. The
/// plan's path of the tokenizer does not enter, only what it holds. `text` is the fingerprint of
/// the document's text; its id enters because chunks carry it and its ending chooses the splitter.
pub fn fingerprint(
    plan: &ChunkPlan,
    tokenizer: &str,
    document: &Document,
    text: &Fingerprint,
) -> Fingerprint {
    FingerprintBuilder::new()
        .part("rules", RULES)
        .json("tokens", &plan.tokens)
        .json("overlap", &plan.overlap)
        .part("tokenizer", tokenizer)
        .part("document", &document.id)
        .part("text", text.as_str())
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_chunks_changes_the_fingerprint() {
        let plan = ChunkPlan { tokens: 100, overlap: 10, tokenizer: Some("models/a".into()) };
        let document = Document {
            id: "a.md".into(),
            title: String::new(),
            text: "x".into(),
            pages: Vec::new(),
        };
        let text = Fingerprint::of(b"x");
        let base = fingerprint(&plan, "words", &document, &text);

        let moved = ChunkPlan { tokenizer: Some("models/b".into()), ..plan.clone() };
        assert_eq!(fingerprint(&moved, "words", &document, &text), base);

        let longer = ChunkPlan { tokens: 101, ..plan.clone() };
        let overlapping = ChunkPlan { overlap: 11, ..plan.clone() };
        let renamed = Document { id: "a.txt".into(), ..document.clone() };
        for other in [
            fingerprint(&longer, "words", &document, &text),
            fingerprint(&overlapping, "words", &document, &text),
            fingerprint(&plan, "estimate", &document, &text),
            fingerprint(&plan, "words", &renamed, &text),
            fingerprint(&plan, "words", &document, &Fingerprint::of(b"y")),
        ] {
            assert_ne!(other, base);
        }
    }
}
