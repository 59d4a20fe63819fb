//! `dense = { ... }` of a retriever.
//!
//! Enters: the table. Leaves: a [`DensePlan`]. Does not: connect to a server.

use super::fields::Fields;
use super::{EmbedderPlan, address, name};
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// `dense = { qdrant = { ... }, embedder = "models/x" }`; `memory = {}` in place of `qdrant` is the
/// exact in-memory index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensePlan {
    /// Where vectors are kept; the in-memory exact index when `None`.
    pub qdrant: Option<QdrantPlan>,
    /// What makes vectors.
    pub embedder: EmbedderPlan,
}

/// `qdrant = {}` is the embedded engine; with `url` a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QdrantPlan {
    /// gRPC address of a server, `http://host:6334`.
    pub url: Option<String>,
    /// Environment variable that holds the server's key.
    pub api_key_env: Option<String>,
    /// HNSW parameters; exact search when absent.
    pub hnsw: Option<HnswPlan>,
    /// Shards of the collection (server only).
    pub shards: Option<u32>,
    /// Replicas of each shard (server only).
    pub replicas: Option<u32>,
    /// Seconds to wait for one request (server only); sixty times that for the graph of `hnsw`.
    pub seconds_limit: f64,
}

/// Approximate search. HNSW levels are not seeded: results may differ between two builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HnswPlan {
    /// Edges a node.
    pub m: u64,
    /// Candidates while building.
    pub ef_construct: u64,
    /// Candidates while searching.
    pub ef: u64,
}

impl DensePlan {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let qdrant = fields.one_of(
            "index",
            &[("qdrant", |table| QdrantPlan::read(table).map(Some)), ("memory", |_| Some(None))],
        );
        let embedder = EmbedderPlan::read_from(fields);
        Some(Self { qdrant: qdrant?, embedder: embedder? })
    }
}

/// Keys that only a server understands.
const SERVER_KEYS: [&str; 4] = ["api_key_env", "shards", "replicas", "seconds_limit"];

impl QdrantPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let plan = Self {
            url: fields.checked("url", address::check),
            api_key_env: fields.checked("api_key_env", name::check_environment),
            hnsw: fields.table("hnsw", HnswPlan::read),
            shards: fields.whole("shards", 1..=1000, "shards of the collection"),
            replicas: fields.whole("replicas", 1..=100, "copies of each shard"),
            seconds_limit: fields
                .number(
                    "seconds_limit",
                    (Bound::Excluded(0.0), Bound::Unbounded),
                    "seconds to wait for one request",
                )
                .unwrap_or(10.0),
        };
        for key in SERVER_KEYS {
            if fields.has(key) && !fields.has("url") {
                fields.refuse(
                    key,
                    format!("`{key}` means nothing to the embedded engine"),
                    "add the server's `url`, or remove the key",
                );
            }
        }
        Some(plan)
    }
}

impl Default for HnswPlan {
    /// Qdrant's own: `m` 16 and `ef_construct` 100, searched with `ef_construct`
    /// (<https://qdrant.tech/documentation/concepts/indexing/>).
    fn default() -> Self {
        Self { m: 16, ef_construct: 100, ef: 100 }
    }
}

impl HnswPlan {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let default = Self::default();
        let m = fields.whole("m", 1..=1024, "edges a node");
        let ef_construct = fields.whole("ef_construct", 1..=100_000, "candidates while building");
        let ef = fields.whole("ef", 1..=100_000, "candidates while searching");
        let ef_construct = ef_construct.unwrap_or(default.ef_construct);
        Some(Self { m: m.unwrap_or(default.m), ef_construct, ef: ef.unwrap_or(ef_construct) })
    }
}
