//! What a sync has to write and delete, decided from hashes.
//!
//! Enters: the points that an index holds (identity and hash) and those that it should hold. Leaves:
//! which to write, which to delete. Does not: touch an index.

use super::{IndexError, Point, Synced};
use crate::fingerprint::{Fingerprint, hex};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Payload key that holds the chunk id.
pub(super) const CHUNK_KEY: &str = "chunk";
/// Payload key that holds the vector's hash.
pub(super) const HASH_KEY: &str = "vector_sha256";

/// A point's key in Qdrant, 16 bytes: the head of the SHA-256 of its chunk id, marked as a UUID of
/// version 8 (RFC 9562, section 5.8: "vendor-specific").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PointKey([u8; 16]);

impl PointKey {
    /// The key of a chunk.
    pub(super) fn of(chunk: &str) -> Self {
        let digest = Sha256::digest(chunk.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }

    /// The 16 bytes.
    #[cfg(feature = "engines")]
    pub(super) fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// The UUID as text, `8-4-4-4-12` hexadecimal digits.
    pub(super) fn uuid(self) -> String {
        let digits = hex(&self.0);
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
    }
}

/// SHA-256 of a vector's bytes, little endian.
pub(super) fn vector_hash(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    Fingerprint::of(&bytes).as_str().to_owned()
}

/// The difference between what an index holds and what it should hold.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// Points to add or replace with their hashes, ordered by chunk id.
    pub(super) write: Vec<(&'a Point, String)>,
    /// UUIDs of points to delete, ordered.
    pub(super) delete: Vec<String>,
    /// Points that stay.
    pub(super) kept: usize,
}

impl<'a> Change<'a> {
    /// Compares `held` (UUID → chunk id and hash) with `points`.
    pub(super) fn between(
        held: &BTreeMap<String, (String, String)>,
        points: &'a [Point],
    ) -> Change<'a> {
        let mut change = Change { write: Vec::new(), delete: Vec::new(), kept: 0 };
        let mut wanted = BTreeSet::new();
        for point in points {
            let uuid = PointKey::of(&point.chunk).uuid();
            let hash = vector_hash(&point.vector);
            match held.get(&uuid) {
                Some((chunk, old)) if *chunk == point.chunk && *old == hash => change.kept += 1,
                _ => change.write.push((point, hash)),
            }
            wanted.insert(uuid);
        }
        change.write.sort_unstable_by(|left, right| left.0.chunk.cmp(&right.0.chunk));
        change.delete = held.keys().filter(|uuid| !wanted.contains(*uuid)).cloned().collect();
        change
    }

    /// The counts.
    pub(super) fn synced(&self) -> Synced {
        Synced { written: self.write.len(), deleted: self.delete.len(), kept: self.kept }
    }
}

/// Refuses points that no index should hold.
///
/// # Errors
/// When a chunk occurs twice, a vector has other dimensions, or a number is not finite.
pub(super) fn check_points(points: &[Point], dimensions: usize) -> Result<(), IndexError> {
    let mut seen = BTreeSet::new();
    for point in points {
        if !seen.insert(point.chunk.as_str()) {
            return Err(IndexError::DuplicateChunk { chunk: point.chunk.clone() });
        }
        check_vector(&point.vector, dimensions, || {
            format!("the vector of chunk `{}`", point.chunk)
        })?;
    }
    Ok(())
}

/// Refuses a query that the index cannot compare.
///
/// # Errors
/// When the vector has other dimensions or a number is not finite.
pub(super) fn check_query(vector: &[f32], dimensions: usize) -> Result<(), IndexError> {
    check_vector(vector, dimensions, || "the query's vector".into())
}

fn check_vector(
    vector: &[f32],
    dimensions: usize,
    what: impl Fn() -> String,
) -> Result<(), IndexError> {
    if vector.len() != dimensions {
        return Err(IndexError::WrongDimensions {
            what: what(),
            expected: dimensions,
            found: vector.len(),
        });
    }
    if vector.iter().any(|number| !number.is_finite()) {
        return Err(IndexError::NotFinite { what: what() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(chunk: &str, vector: &[f32]) -> Point {
        Point { chunk: chunk.into(), vector: vector.to_vec() }
    }

    #[test]
    fn a_key_is_a_uuid_of_version_8() {
        // SHA-256("") = e3b0c442 98fc 1c14 9afb f4c8996fb924...; version digit 1 becomes 8; the
        // variant's two bits of 9a (10.......) are already 10.
        assert_eq!(PointKey::of("").uuid(), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
    }

    #[test]
    fn only_the_difference_is_written() {
        let points = [point("b", &[1.0]), point("a", &[1.0]), point("new", &[1.0])];
        let mut held = BTreeMap::new();
        for (chunk, hash) in
            [("a", vector_hash(&[1.0])), ("b", vector_hash(&[0.5])), ("gone", String::new())]
        {
            held.insert(PointKey::of(chunk).uuid(), (chunk.to_owned(), hash));
        }
        let change = Change::between(&held, &points);
        let written: Vec<_> = change.write.iter().map(|(point, _)| point.chunk.as_str()).collect();
        assert_eq!(written, ["b", "new"]);
        assert_eq!(change.delete, [PointKey::of("gone").uuid()]);
        assert_eq!(change.synced(), Synced { written: 2, deleted: 1, kept: 1 });
    }

    #[test]
    fn points_that_no_index_should_hold_are_refused() {
        let twice = [point("a", &[1.0]), point("a", &[1.0])];
        assert!(matches!(check_points(&twice, 1), Err(IndexError::DuplicateChunk { .. })));
        let nan = [point("a", &[f32::NAN])];
        assert!(matches!(check_points(&nan, 1), Err(IndexError::NotFinite { .. })));
        let long = [point("a", &[0.0, 1.0])];
        assert!(matches!(
            check_points(&long, 1),
            Err(IndexError::WrongDimensions { expected: 1, found: 2, .. })
        ));
    }
}
