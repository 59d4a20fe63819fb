//! Exact nearest neighbours in memory: the oracle that the other indexes are held against.
//!
//! Enters: unit vectors. Leaves: chunks by cosine similarity, every one compared. Does not: keep
//! anything on disk.

use super::change::{check_points, check_query};
use super::{IndexError, Point, Scored, Synced, VectorIndex, ranking};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Every vector in memory, ordered by chunk id.
#[derive(Debug)]
pub struct MemoryIndex {
    dimensions: usize,
    vectors: BTreeMap<String, Vec<f32>>,
}

impl MemoryIndex {
    /// An empty index for vectors of `dimensions` numbers.
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions, vectors: BTreeMap::new() }
    }
}

impl VectorIndex for MemoryIndex {
    fn sync(&mut self, points: &[Point]) -> Result<Synced, IndexError> {
        check_points(points, self.dimensions)?;
        let wanted: BTreeMap<String, Vec<f32>> =
            points.iter().map(|point| (point.chunk.clone(), point.vector.clone())).collect();
        let kept = wanted
            .iter()
            .filter(|(chunk, vector)| self.vectors.get(*chunk) == Some(*vector))
            .count();
        let deleted = self.vectors.keys().filter(|chunk| !wanted.contains_key(*chunk)).count();
        self.vectors = wanted;
        Ok(Synced { written: self.vectors.len() - kept, deleted, kept })
    }

    fn search(&self, vector: &[f32], depth: usize) -> Result<Vec<Scored>, IndexError> {
        check_query(vector, self.dimensions)?;
        // Each score is a sum of its own in a fixed order: the same whatever the thread count.
        let candidates = self
            .vectors
            .par_iter()
            .map(|(chunk, held)| Scored { chunk: chunk.clone(), score: dot(vector, held) })
            .collect();
        Ok(ranking::best(candidates, depth))
    }
}

/// Of unit vectors this is the cosine.
fn dot(left: &[f32], right: &[f32]) -> f64 {
    left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::conformance::{Bench, conformance};

    #[test]
    fn the_score_is_the_cosine() {
        // (0.6, 0.8)·(1, 0) = 0.6 and (0.6, 0.8)·(0, 1) = 0.8.
        let mut index = MemoryIndex::new(2);
        let points = [("x", [1.0, 0.0]), ("y", [0.0, 1.0])]
            .map(|(chunk, vector)| Point { chunk: chunk.into(), vector: vector.to_vec() });
        index.sync(&points).unwrap();
        let found = index.search(&[0.6, 0.8], 9).unwrap();
        assert_eq!(found[0].chunk, "y");
        assert!((found[0].score - 0.8).abs() < 1e-7);
        assert!((found[1].score - 0.6).abs() < 1e-7);
    }

    struct Memory;

    impl Bench for Memory {
        fn open(&self, _name: &str, dimensions: usize) -> Box<dyn VectorIndex> {
            Box::new(MemoryIndex::new(dimensions))
        }
    }

    conformance!(Memory);
}
