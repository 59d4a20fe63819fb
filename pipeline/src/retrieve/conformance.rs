//! The contract of [`Retriever`], held against each kind over one small corpus.

use super::*;
use crate::chunk::Chunk;
use crate::config::{
    ChunkPlan, DensePlan, EmbedderPlan, FusionPlan, LexicalPlan, Pooling, RerankPlan, RetrieverPlan,
};
use crate::embed::{Embedder, HashedEmbedder, Prefixes, Role};
use crate::index::{IndexError, Point, Scored, Synced, VectorIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two chunks have the same text: equal scores under every retriever.
const TEXTS: [&str; 7] = [
    "The pump stops when the float switch opens.",
    "Wages are paid on the last working day of the month.",
    "The pump stops when the float switch opens.",
    "The night shift starts at ten.",
    "A float switch is replaced every two years.",
    "Holidays are entered in the plan before March.",
    "Ölwechsel an der Pumpe: alle 500 Stunden.",
];

const QUERIES: [&str; 5] =
    ["When does the pump stop?", "float switch", "", "xyzzy", "wages Holidays"];

fn chunks() -> Vec<Chunk> {
    TEXTS
        .iter()
        .enumerate()
        // Ids that fall while the index rises: a tie in insertion order would show.
        .map(|(index, text)| Chunk {
            id: format!("d#{:04}", 9 - index),
            document: "d".into(),
            span: index * 100..index * 100 + text.len(),
            text: (*text).into(),
        })
        .collect()
}

fn best(mut scored: Vec<Scored>, depth: usize) -> Vec<Scored> {
    scored.sort_by(ranking::order);
    scored.truncate(depth);
    scored
}

/// Words in common, for chunks that have any.
struct Words(Vec<Chunk>);

impl LexicalSearch for Words {
    fn search(&self, query: &str, depth: usize) -> Result<Vec<Scored>, IndexError> {
        let texts: Vec<&str> = self.0.iter().map(|chunk| chunk.text.as_str()).collect();
        let scores = Overlap.scores(query, &texts).unwrap();
        let scored = self.0.iter().zip(scores).filter(|(_, score)| *score > 0.0);
        Ok(best(
            scored.map(|(chunk, score)| Scored { chunk: chunk.id.clone(), score }).collect(),
            depth,
        ))
    }
}

/// Every dot product.
#[derive(Default)]
struct Exact(Vec<Point>);

impl VectorIndex for Exact {
    fn sync(&mut self, points: &[Point]) -> Result<Synced, IndexError> {
        self.0 = points.to_vec();
        Ok(Synced { written: points.len(), ..Synced::default() })
    }

    fn search(&self, vector: &[f32], depth: usize) -> Result<Vec<Scored>, IndexError> {
        let dot = |point: &Point| {
            point.vector.iter().zip(vector).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let scored =
            self.0.iter().map(|point| Scored { chunk: point.chunk.clone(), score: dot(point) });
        Ok(best(scored.collect(), depth))
    }
}

fn plan(
    lexical: bool,
    dense: bool,
    fusion: Option<FusionPlan>,
    rerank: Option<usize>,
) -> RetrieverPlan {
    let embedder = EmbedderPlan {
        model: "hashed:64".into(),
        query_prefix: String::new(),
        passage_prefix: String::new(),
        pooling: Pooling::Mean,
        max_tokens: 64,
        batch: 4,
    };
    RetrieverPlan {
        name: "r".into(),
        chunks: ChunkPlan { tokens: 64, overlap: 0, tokenizer: None },
        lexical: lexical.then(LexicalPlan::default),
        dense: dense.then_some(DensePlan { qdrant: None, embedder }),
        fusion,
        depth: 4,
        rerank: rerank.map(|depth| RerankPlan { model: Overlap::NAME.into(), depth }),
    }
}

fn parts() -> Parts {
    let embedder = HashedEmbedder::new(64, Prefixes::default(), 64);
    let mut index = Exact::default();
    let points: Vec<Point> = chunks()
        .into_iter()
        .zip(embedder.embed(Role::Passage, &TEXTS).unwrap())
        .map(|(chunk, vector)| Point { chunk: chunk.id, vector })
        .collect();
    index.sync(&points).unwrap();
    Parts {
        lexical: Some(Box::new(Words(chunks()))),
        dense: Some((Arc::new(embedder), Box::new(index))),
        reranker: Some(Box::new(Overlap)),
    }
}

fn table() -> Arc<ChunkTable> {
    Arc::new(ChunkTable::new(chunks()).unwrap())
}

/// Every kind of retriever, by a name for the test's messages.
fn retrievers() -> BTreeMap<&'static str, Box<dyn Retriever>> {
    let rrf = || Some(FusionPlan::Rrf { k: 60.0 });
    let weighted = || Some(FusionPlan::Weighted { lexical: 0.4, dense: 0.6 });
    [
        ("lexical", plan(true, false, None, None)),
        ("dense", plan(false, true, None, None)),
        ("hybrid, rrf", plan(true, true, rrf(), None)),
        ("hybrid, weighted", plan(true, true, weighted(), None)),
        ("reranked, all", plan(false, true, None, Some(20))),
        ("reranked, first three", plan(true, true, rrf(), Some(3))),
        ("reranked, none", plan(false, true, None, Some(0))),
    ]
    .into_iter()
    .map(|(name, plan)| (name, assemble(&plan, &table(), parts()).unwrap()))
    .collect()
}

#[test]
fn every_retriever_holds_the_contract() {
    let table = table();
    for (name, retriever) in retrievers() {
        for query in QUERIES {
            for depth in [0, 1, 3, 100] {
                let Ranking { hits, seconds, cut } = retriever.retrieve(query, depth).unwrap();
                assert!(cut.is_none(), "{name}: {query:?}");
                assert!(hits.len() <= depth, "{name}: {query:?}");
                for hit in &hits {
                    let chunk = table.get(&hit.chunk).unwrap();
                    assert_eq!(
                        (&*hit.document, hit.start..hit.end),
                        (&*chunk.document, chunk.span.clone())
                    );
                    assert!(hit.score.is_finite());
                }
                for pair in hits.windows(2) {
                    assert!(
                        pair[0].score > pair[1].score
                            || (pair[0].score == pair[1].score && pair[0].chunk < pair[1].chunk),
                        "{name}: {query:?}: {pair:?}"
                    );
                }
                let ids: BTreeSet<_> = hits.iter().map(|hit| &hit.chunk).collect();
                assert_eq!(ids.len(), hits.len(), "{name}: each chunk once");
                assert_eq!(
                    hits,
                    retriever.retrieve(query, depth).unwrap().hits,
                    "{name}: {query:?}"
                );
                for reading in [seconds.embed, seconds.search, seconds.rerank] {
                    assert!(reading.is_finite() && reading >= 0.0);
                }
            }
        }
    }
}

#[test]
fn a_shallow_ranking_is_the_start_of_a_deep_one() {
    // Weighted fusion scales by the candidates, which a greater depth can add to; up to the plan's
    // depth nothing changes.
    for (name, retriever) in retrievers() {
        for query in QUERIES {
            let deep = retriever.retrieve(query, 4).unwrap().hits;
            let shallow = retriever.retrieve(query, 2).unwrap().hits;
            assert_eq!(shallow, deep[..shallow.len()], "{name}: {query:?}");
        }
    }
}

#[test]
fn the_pump_is_found_by_each() {
    for (name, retriever) in retrievers() {
        let hits = retriever.retrieve("the pump stops", 3).unwrap().hits;
        // Of the two equal chunks the lower id comes first: the third text is d#0007.
        assert_eq!([&*hits[0].chunk, &*hits[1].chunk], ["d#0007", "d#0009"], "{name}");
    }
}

#[test]
fn hits_after_the_reranked_ones_keep_their_order() {
    let before = assemble(&plan(false, true, None, None), &table(), parts())
        .unwrap()
        .retrieve("float switch", 7)
        .unwrap()
        .hits;
    let after = assemble(&plan(false, true, None, Some(3)), &table(), parts())
        .unwrap()
        .retrieve("float switch", 7)
        .unwrap()
        .hits;
    let ids = |hits: &[Hit]| hits.iter().map(|hit| hit.chunk.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&before[3..]), ids(&after[3..]));
    let (mut one, mut other) = (ids(&before[..3]), ids(&after[..3]));
    one.sort();
    other.sort();
    assert_eq!(one, other);
}

/// Scores nothing, and reads three words of a pair.
struct Short;

impl Reranker for Short {
    fn scores(&self, _: &str, passages: &[&str]) -> Result<Vec<f64>, RetrieveError> {
        Ok(vec![0.0; passages.len()])
    }

    fn cut(&self, query: &str, passages: &[&str]) -> usize {
        let words = |text: &str| text.split_whitespace().count();
        passages.iter().filter(|passage| words(query) + words(passage) > 3).count()
    }
}

#[test]
fn what_a_model_does_not_read_is_counted() {
    let embedder = HashedEmbedder::new(64, Prefixes::default(), 2);
    let mut index = Exact::default();
    let vectors = embedder.embed(Role::Passage, &TEXTS).unwrap();
    let points = chunks().into_iter().zip(vectors);
    index
        .sync(&points.map(|(chunk, vector)| Point { chunk: chunk.id, vector }).collect::<Vec<_>>())
        .unwrap();
    let parts = Parts {
        lexical: Some(Box::new(Words(chunks()))),
        dense: Some((Arc::new(embedder), Box::new(index))),
        reranker: Some(Box::new(Short)),
    };
    let fusion = Some(FusionPlan::Rrf { k: 60.0 });
    let retriever = assemble(&plan(true, true, fusion, Some(5)), &table(), parts).unwrap();
    // The embedder reads two words; each of the five candidates has more than three.
    for (query, expected) in [("float switch", false), ("the float switch", true)] {
        let cut = retriever.retrieve(query, 3).unwrap().cut;
        assert_eq!(cut, CutTexts { query: expected, pairs: 5 });
    }
}

#[test]
fn a_part_that_is_missing_is_named() {
    let lexical = assemble(&plan(true, false, None, None), &table(), Parts::default());
    let dense = assemble(&plan(false, true, None, None), &table(), Parts::default());
    let fusion = assemble(&plan(true, true, None, None), &table(), parts());
    let nothing = assemble(&plan(false, false, None, None), &table(), parts());
    let reranker =
        assemble(&plan(true, false, None, Some(3)), &table(), Parts { reranker: None, ..parts() });
    for (result, expected) in [
        (lexical, "lexical index"),
        (dense, "embedder and vector index"),
        (fusion, "fusion"),
        (nothing, "lexical or dense part"),
        (reranker, "reranker"),
    ] {
        let error = result.err().unwrap();
        assert!(
            matches!(&error, RetrieveError::MissingPart { retriever, part } if retriever == "r" && *part == expected),
            "{error}"
        );
    }
}
