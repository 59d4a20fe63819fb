//! The contract of [`VectorIndex`], checked on every implementation.
//!
//! An implementation's tests write `conformance!(bench)` (and `conformance!(bench, persistent)` when
//! it keeps its points): one test for each check.

use super::memory::MemoryIndex;
use super::{IndexError, Point, Scored, Synced, VectorIndex, ranking};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Makes indexes for the suite.
pub(super) trait Bench {
    /// An index for vectors of `dimensions` numbers. Persistent ones find under an equal `name` what
    /// was there, within the life of one bench.
    fn open(&self, name: &str, dimensions: usize) -> Box<dyn VectorIndex>;
}

/// One test for each check of the suite.
macro_rules! conformance {
    ($bench:expr) => {
        crate::index::conformance::conformance!(@tests $bench;
            sync_says_what_it_changed,
            an_empty_index_finds_nothing,
            every_depth_is_answered,
            ties_at_the_boundary_go_by_chunk_id,
            random_vectors_rank_as_the_oracle_ranks_them,
            wrong_vectors_are_refused);
    };
    ($bench:expr, persistent) => {
        crate::index::conformance::conformance!($bench);
        crate::index::conformance::conformance!(@tests $bench; what_was_synced_is_there_when_opened_again);
    };
    (@tests $bench:expr; $($check:ident),*) => {
        $(#[test]
        fn $check() {
            crate::index::conformance::$check(&$bench);
        })*
    };
}
pub(super) use conformance;

/// A vector of length 1, its components uniform before it is scaled.
pub(super) fn unit_vector(random: &mut ChaCha8Rng, dimensions: usize) -> Vec<f32> {
    let raw: Vec<f32> = (0..dimensions).map(|_| random.random_range(-1.0..1.0)).collect();
    let length = raw.iter().map(|number| number * number).sum::<f32>().sqrt();
    raw.iter().map(|number| number / length).collect()
}

/// `count` points named `PREFIX#0000`, ...
pub(super) fn random_points(
    seed: u64,
    prefix: &str,
    count: usize,
    dimensions: usize,
) -> Vec<Point> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|n| Point {
            chunk: format!("{prefix}#{n:04}"),
            vector: unit_vector(&mut random, dimensions),
        })
        .collect()
}

fn oracle(points: &[Point], dimensions: usize) -> MemoryIndex {
    let mut oracle = MemoryIndex::new(dimensions);
    oracle.sync(points).unwrap();
    oracle
}

/// `found` has the scores of `expected` to 1e-5, each chunk has its own score, the order is the
/// contract's, and it is the oracle's wherever the oracle's scores are further apart than 1e-5.
fn assert_alike(found: &[Scored], expected: &[Scored], all: &[Scored]) {
    const CLOSE: f64 = 1e-5;
    assert_eq!(found.len(), expected.len());
    assert!(found.is_sorted_by(|left, right| ranking::better_first(left, right).is_lt()));
    for (rank, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found.score - expected.score).abs() <= CLOSE,
            "rank {rank}: {found:?} {expected:?}"
        );
        let own = all.iter().find(|scored| scored.chunk == found.chunk).unwrap();
        assert!((found.score - own.score).abs() <= CLOSE, "rank {rank}: {found:?} {own:?}");
        let alone = all.iter().all(|other| {
            other.chunk == expected.chunk || (other.score - expected.score).abs() > CLOSE
        });
        if alone {
            assert_eq!(found.chunk, expected.chunk, "rank {rank}");
        }
    }
}

pub(super) fn sync_says_what_it_changed(bench: &dyn Bench) {
    let mut index = bench.open("changes", 8);
    // More than one batch of 256.
    let mut points = random_points(1, "a", 300, 8);
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 300, deleted: 0, kept: 0 });
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 0, deleted: 0, kept: 300 });
    points.reverse();
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 0, deleted: 0, kept: 300 });
    // Two changed, 270 deleted, one added.
    points.truncate(30);
    points[0].vector = random_points(2, "x", 1, 8)[0].vector.clone();
    points[7].vector = random_points(3, "x", 1, 8)[0].vector.clone();
    points.extend(random_points(4, "new", 1, 8));
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 3, deleted: 270, kept: 28 });
    let query = &points[0].vector;
    let all = oracle(&points, 8).search(query, usize::MAX).unwrap();
    assert_alike(&index.search(query, 1000).unwrap(), &all, &all);
    assert_eq!(index.sync(&[]).unwrap(), Synced { written: 0, deleted: 31, kept: 0 });
    assert!(index.search(query, 5).unwrap().is_empty());
}

pub(super) fn an_empty_index_finds_nothing(bench: &dyn Bench) {
    let mut index = bench.open("empty", 4);
    assert!(index.search(&[1.0, 0.0, 0.0, 0.0], 5).unwrap().is_empty());
    assert_eq!(index.sync(&[]).unwrap(), Synced::default());
    assert!(index.search(&[1.0, 0.0, 0.0, 0.0], 5).unwrap().is_empty());
}

pub(super) fn every_depth_is_answered(bench: &dyn Bench) {
    let mut index = bench.open("depth", 8);
    let points = random_points(5, "a", 20, 8);
    index.sync(&points).unwrap();
    for (depth, count) in [(0, 0), (1, 1), (19, 19), (20, 20), (21, 20), (1_000_000, 20)] {
        assert_eq!(index.search(&points[3].vector, depth).unwrap().len(), count, "depth {depth}");
    }
    assert_eq!(index.search(&points[3].vector, 1).unwrap()[0].chunk, "a#0003");
}

pub(super) fn ties_at_the_boundary_go_by_chunk_id(bench: &dyn Bench) {
    let mut index = bench.open("ties", 8);
    let vectors = random_points(6, "v", 3, 8);
    // 150 chunks share the first vector and 2 each have the others; given in falling order of ids.
    let mut points: Vec<Point> = (0..150)
        .map(|n| Point { chunk: format!("same#{n:04}"), vector: vectors[0].vector.clone() })
        .collect();
    for (n, vector) in [(1, &vectors[1]), (2, &vectors[2])] {
        points.extend(
            ["p", "q"]
                .map(|name| Point { chunk: format!("{name}#{n}"), vector: vector.vector.clone() }),
        );
    }
    points.reverse();
    index.sync(&points).unwrap();
    for depth in [1, 2, 9, 149, 150] {
        let found: Vec<_> = index
            .search(&vectors[0].vector, depth)
            .unwrap()
            .into_iter()
            .map(|scored| scored.chunk)
            .collect();
        let expected: Vec<_> = (0..depth).map(|n| format!("same#{n:04}")).collect();
        assert_eq!(found, expected, "depth {depth}");
    }
    assert_eq!(index.search(&vectors[2].vector, 1).unwrap()[0].chunk, "p#2");
}

pub(super) fn random_vectors_rank_as_the_oracle_ranks_them(bench: &dyn Bench) {
    let mut index = bench.open("random", 32);
    let points = random_points(7, "r", 2000, 32);
    index.sync(&points).unwrap();
    let oracle = oracle(&points, 32);
    let mut random = ChaCha8Rng::seed_from_u64(8);
    for depth in [1, 10, 100, 10, 10] {
        let query = unit_vector(&mut random, 32);
        let all = oracle.search(&query, usize::MAX).unwrap();
        assert_alike(&index.search(&query, depth).unwrap(), &all[..depth], &all);
        assert_eq!(index.search(&query, depth).unwrap(), index.search(&query, depth).unwrap());
    }
}

pub(super) fn wrong_vectors_are_refused(bench: &dyn Bench) {
    let mut index = bench.open("refused", 4);
    let points = random_points(9, "a", 3, 4);
    index.sync(&points).unwrap();
    let wrong = |error: IndexError, expected, found| {
        assert!(error.hint().is_some());
        match error {
            IndexError::WrongDimensions { expected: e, found: f, .. } => {
                assert_eq!((e, f), (expected, found));
            }
            other => panic!("{other:?}"),
        }
    };
    wrong(index.search(&[1.0; 3], 5).unwrap_err(), 4, 3);
    wrong(index.search(&[1.0; 3], 0).unwrap_err(), 4, 3);
    wrong(index.sync(&random_points(9, "a", 3, 5)).unwrap_err(), 4, 5);
    let nan = [Point { chunk: "a".into(), vector: vec![f32::NAN; 4] }];
    assert!(matches!(index.sync(&nan), Err(IndexError::NotFinite { .. })));
    let twice = [points[0].clone(), points[0].clone()];
    assert!(matches!(index.sync(&twice), Err(IndexError::DuplicateChunk { .. })));
    // What was refused left the index as it was.
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 0, deleted: 0, kept: 3 });
}

pub(super) fn what_was_synced_is_there_when_opened_again(bench: &dyn Bench) {
    let mut points = random_points(10, "a", 40, 8);
    let mut index = bench.open("reopened", 8);
    index.sync(&points).unwrap();
    let found = index.search(&points[0].vector, 10).unwrap();
    drop(index);
    let mut index = bench.open("reopened", 8);
    assert_eq!(index.search(&points[0].vector, 10).unwrap(), found);
    points.remove(5);
    points[6].vector = random_points(11, "x", 1, 8)[0].vector.clone();
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 1, deleted: 1, kept: 38 });
    drop(index);
    let mut index = bench.open("reopened", 8);
    assert_eq!(index.sync(&points).unwrap(), Synced { written: 0, deleted: 0, kept: 39 });
}
