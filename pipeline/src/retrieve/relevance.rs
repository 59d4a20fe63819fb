//! Which chunks hold a question's evidence.
//!
//! Enters: a question, the chunks of a retriever. Leaves: the relevant chunks and what each covers.
//! Does not: look at hits.

use super::ChunkTable;
use crate::corpus::Question;
use std::collections::BTreeMap;

/// The chunks that are relevant to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relevance {
    /// Chunk id to the places in [`Question::evidence`] that the chunk covers; none is empty.
    pub chunks: BTreeMap<String, Vec<usize>>,
    /// Evidence that no chunk covers by half, because it is cut into three or more: no retriever
    /// can find it, and recall over evidence counts it as missed.
    pub uncovered: Vec<usize>,
}

/// A chunk covers evidence if at least half of the evidence's bytes stand in it, and is relevant if
/// it covers any. Half, so that evidence on the border of two chunks is found in either; with
/// overlapping chunks usually one holds it whole.
pub fn relevance(question: &Question, table: &ChunkTable) -> Relevance {
    let mut relevance = Relevance::default();
    for (place, evidence) in question.evidence.iter().enumerate() {
        let mut covered = false;
        for chunk in table.of_document(&evidence.document) {
            if evidence.is_held_by(&chunk.document, chunk.span.start, chunk.span.end) {
                relevance.chunks.entry(chunk.id.clone()).or_default().push(place);
                covered = true;
            }
        }
        if !covered {
            relevance.uncovered.push(place);
        }
    }
    relevance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Chunk;
    use crate::corpus::Evidence;
    use std::ops::Range;

    fn question(evidence: &[(&str, Range<usize>)]) -> Question {
        Question {
            id: "q".into(),
            text: "?".into(),
            answers: vec!["!".into()],
            evidence: evidence
                .iter()
                .map(|(document, span)| Evidence {
                    document: (*document).into(),
                    quote: Some(String::new()),
                    span: span.clone(),
                })
                .collect(),
            kind: "fact".into(),
            split: "test".into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    fn table(chunks: &[(&str, &str, Range<usize>)]) -> ChunkTable {
        let chunks = chunks.iter().map(|(id, document, span)| Chunk {
            id: (*id).into(),
            document: (*document).into(),
            span: span.clone(),
            text: String::new(),
        });
        ChunkTable::new(chunks.collect()).unwrap()
    }

    fn pairs(relevance: &Relevance) -> Vec<(&str, &[usize])> {
        relevance.chunks.iter().map(|(id, places)| (id.as_str(), places.as_slice())).collect()
    }

    #[test]
    fn half_of_the_evidence_is_enough() {
        let table = table(&[("a#0", "a", 0..100), ("a#1", "a", 100..200), ("b#0", "b", 0..200)]);
        // 90..110 stands half in each; 91..111 has 9 of 20 bytes in the first.
        let found = relevance(&question(&[("a", 90..110)]), &table);
        assert_eq!(pairs(&found), [("a#0", &[0][..]), ("a#1", &[0][..])]);
        let found = relevance(&question(&[("a", 91..111)]), &table);
        assert_eq!(pairs(&found), [("a#1", &[0][..])]);
        assert!(found.uncovered.is_empty());
    }

    #[test]
    fn a_chunk_can_cover_several_and_evidence_none() {
        let table = table(&[
            ("a#0", "a", 0..30),
            ("a#1", "a", 30..60),
            ("a#2", "a", 60..90),
            ("b#0", "b", 0..9),
        ]);
        let found = relevance(
            &question(&[("a", 0..5), ("a", 10..20), ("a", 0..90), ("c", 0..5), ("a", 40..40)]),
            &table,
        );
        assert_eq!(pairs(&found), [("a#0", &[0, 1][..])]);
        // 0..90 has a third in each chunk; c has no chunks; an empty span stands nowhere.
        assert_eq!(found.uncovered, [2, 3, 4]);
        assert_eq!(relevance(&question(&[]), &table), Relevance::default());
    }
}
