//! What a model is asked about, one after another.
//!
//! Enters: passages, kinds. Leaves: [`Ask`]s that take the kinds in turn. Does not: ask.

use super::passage::Passages;
use crate::chunk::Chunk;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};

/// The kind of questions that need two documents.
pub const TWO_DOCUMENTS: &str = "two-documents";
/// The kind of questions that need three.
pub(super) const THREE_DOCUMENTS: &str = "three-documents";

/// One thing to ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask<'a> {
    /// The kind that is wanted.
    pub kind: &'a str,
    /// One passage, or two of two documents.
    pub chunks: Vec<&'a Chunk>,
}

impl Ask<'_> {
    /// Of the passages as they stand now: one that was asked about is known again by it, whatever kind was
    /// wanted and by whom, until its text changes.
    pub fn passages_sha256(&self) -> Fingerprint {
        self.chunks
            .iter()
            .fold(FingerprintBuilder::new(), |builder, chunk| {
                builder.part("document", &chunk.document).part("text", &chunk.text)
            })
            .finish()
    }
}

/// The asks, in their order: each takes the next of `kinds` and the next passage or pair; a kind whose
/// passages are used up is passed over.
pub struct Asking<'a> {
    passages: &'a Passages,
    kinds: &'a [String],
    /// Index of the next kind, not taken back to the beginning.
    turn: usize,
    single: usize,
    pair: usize,
}

impl<'a> Asking<'a> {
    /// From the beginning.
    pub fn new(passages: &'a Passages, kinds: &'a [String]) -> Self {
        Self { passages, kinds, turn: 0, single: 0, pair: 0 }
    }

    fn of_kind(&mut self, kind: &'a str) -> Option<Ask<'a>> {
        let Passages { chunks, singles, pairs, .. } = self.passages;
        let places = if kind == TWO_DOCUMENTS {
            let (a, b) = *pairs.get(self.pair)?;
            self.pair += 1;
            vec![a, b]
        } else {
            let place = *singles.get(self.single)?;
            self.single += 1;
            vec![place]
        };
        let chunks = places.into_iter().filter_map(|place| chunks.get(place)).collect();
        Some(Ask { kind, chunks })
    }
}

impl<'a> Iterator for Asking<'a> {
    type Item = Ask<'a>;

    fn next(&mut self) -> Option<Ask<'a>> {
        // One round: when no kind has anything left, it ends.
        for _ in 0..self.kinds.len() {
            let kind = &self.kinds[self.turn % self.kinds.len()];
            self.turn += 1;
            if let Some(ask) = self.of_kind(kind) {
                return Some(ask);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages() -> Passages {
        let chunk = |number: usize| Chunk {
            id: format!("d{number}#00000"),
            document: format!("d{number}"),
            span: 0..1,
            text: "text".into(),
        };
        Passages {
            chunks: (0..5).map(chunk).collect(),
            singles: vec![3, 1, 0, 4],
            pairs: vec![(3, 2)],
            too_short: 0,
        }
    }

    #[test]
    fn kinds_take_turns_until_their_passages_are_used_up() {
        let passages = passages();
        let kinds = ["fact", TWO_DOCUMENTS, "date"].map(str::to_owned);
        let asks: Vec<String> = Asking::new(&passages, &kinds)
            .map(|ask| {
                let documents: Vec<&str> =
                    ask.chunks.iter().map(|chunk| chunk.document.as_str()).collect();
                format!("{} {}", ask.kind, documents.join("+"))
            })
            .collect();
        assert_eq!(asks, ["fact d3", "two-documents d3+d2", "date d1", "fact d0", "date d4"]);
        assert_eq!(Asking::new(&passages, &[]).count(), 0);
    }

    #[test]
    fn passages_are_known_again_whatever_is_asked() {
        let passages = passages();
        let (kinds, others) = (["fact".to_owned()], ["date".to_owned()]);
        let hashes = |kinds| {
            Asking::new(&passages, kinds).map(|ask| ask.passages_sha256()).collect::<Vec<_>>()
        };
        assert_eq!(hashes(&kinds), hashes(&others));
        let mut distinct = hashes(&kinds);
        distinct.dedup();
        assert_eq!(distinct.len(), 4);
    }
}
