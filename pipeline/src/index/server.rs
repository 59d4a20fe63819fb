//! Nearest neighbours on a Qdrant server.
//!
//! Enters: unit vectors. Leaves: chunks by cosine similarity, exact unless the plan has HNSW
//! parameters. Does not: start a server, read the environment, or touch other collections.

use super::change::PointKey;
use super::change::{CHUNK_KEY, Change, HASH_KEY, check_points, check_query};
use super::{IndexError, Point, Scored, Synced, VectorIndex, ranking};
use crate::config::{HnswPlan, QdrantPlan};
use backon::{ExponentialBuilder, Retryable as _};
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    CollectionInfo, CreateCollectionBuilder, DeletePointsBuilder, Distance, HnswConfigDiff,
    OptimizersConfigDiff, PointId, PointStruct, Query, QueryPointsBuilder, ScoredPoint,
    ScrollPointsBuilder, SearchParams, UpsertPointsBuilder, Value, VectorParams,
    VectorParamsBuilder, vectors_config,
};
use qdrant_client::{Payload, Qdrant, QdrantError};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Points in one request.
const BATCH: usize = 256;

/// Points on one page when what is there is read.
const PAGE: u32 = 1024;

/// Tries after the first.
const RETRIES: usize = 3;

/// Before the second try; doubles from try to try, plus a random part of the same size, so that many
/// clients do not come back at once.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Vectors in KiB from which the graph is built and used. The smallest that the server takes: a plan
/// that asks for HNSW gets it, however small the corpus.
pub(super) const HNSW_FROM_KIB: u64 = 10;

/// One collection of one server.
pub struct ServerIndex {
    url: String,
    collection: String,
    dimensions: usize,
    hnsw: Option<HnswPlan>,
    client: Qdrant,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl ServerIndex {
    /// Opens `collection` at `url`, and makes it when it is not there.
    ///
    /// # Errors
    /// When the address is unusable, the server does not answer or refuses the key, or the collection
    /// holds other vectors.
    pub fn open(
        plan: &QdrantPlan,
        url: &str,
        collection: &str,
        dimensions: usize,
        api_key: Option<String>,
    ) -> Result<Self, IndexError> {
        let address = |message: String| IndexError::ServerAddress { url: url.into(), message };
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(address("it does not start with `http://` or `https://`".into()));
        }
        let limit = Duration::try_from_secs_f64(plan.seconds_limit)
            .map_err(|_| address(format!("a limit of {} s is impossible", plan.seconds_limit)))?;
        let client = Qdrant::from_url(url)
            .api_key(api_key)
            .timeout(limit)
            .connect_timeout(limit)
            // The check prints warnings on standard output, which belongs to the run.
            .skip_compatibility_check()
            .build()
            .map_err(|error| address(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("qdrant-client")
            .enable_all()
            .build()
            .map_err(IndexError::Threads)?;
        let index = Self {
            url: url.into(),
            collection: collection.into(),
            dimensions,
            hnsw: plan.hnsw.clone(),
            client,
            runtime: Some(runtime),
        };
        index.make_or_check(plan)?;
        Ok(index)
    }

    fn make_or_check(&self, plan: &QdrantPlan) -> Result<(), IndexError> {
        let name = self.collection.as_str();
        if !self.ask("look for the collection", || self.client.collection_exists(name))? {
            let made = self
                .ask("make the collection", || self.client.create_collection(self.recipe(plan)));
            match made {
                // Another run was quicker, or the answer to a try that succeeded was lost.
                Err(IndexError::ServerRefused { source, .. })
                    if code(&source) == ALREADY_EXISTS => {}
                other => return other.map(drop),
            }
        }
        let info = self.ask("read the collection", || self.client.collection_info(name))?.result;
        self.check(info.and_then(vectors_of))
    }

    fn recipe(&self, plan: &QdrantPlan) -> CreateCollectionBuilder {
        let mut vectors =
            VectorParamsBuilder::new(self.dimensions as u64, Distance::Cosine).build();
        #[allow(deprecated)] // Its successor is unknown to servers before 1.18.
        {
            vectors.on_disk = Some(false);
        }
        let hnsw = match &self.hnsw {
            // No graph is built for exact search.
            None => HnswConfigDiff { m: Some(0), ..HnswConfigDiff::default() },
            Some(hnsw) => HnswConfigDiff {
                m: Some(hnsw.m),
                ef_construct: Some(hnsw.ef_construct),
                full_scan_threshold: Some(HNSW_FROM_KIB),
                ..HnswConfigDiff::default()
            },
        };
        let mut recipe = CreateCollectionBuilder::new(&self.collection)
            .vectors_config(vectors)
            .hnsw_config(hnsw);
        if self.hnsw.is_some() {
            recipe = recipe.optimizers_config(OptimizersConfigDiff {
                indexing_threshold: Some(HNSW_FROM_KIB),
                ..OptimizersConfigDiff::default()
            });
        }
        if let Some(shards) = plan.shards {
            recipe = recipe.shard_number(shards);
        }
        if let Some(replicas) = plan.replicas {
            recipe = recipe.replication_factor(replicas);
        }
        recipe
    }

    fn check(&self, vectors: Option<VectorParams>) -> Result<(), IndexError> {
        let shape = |found: String| IndexError::CollectionShape {
            url: self.url.clone(),
            collection: self.collection.clone(),
            found,
        };
        let Some(vectors) = vectors else {
            return Err(shape("its points do not have one unnamed vector".into()));
        };
        if vectors.size != self.dimensions as u64 {
            return Err(IndexError::CollectionDimensions {
                url: self.url.clone(),
                collection: self.collection.clone(),
                expected: self.dimensions,
                found: vectors.size,
            });
        }
        match vectors.distance() {
            Distance::Cosine => Ok(()),
            other => Err(shape(format!("it compares by {}", other.as_str_name()))),
        }
    }

    /// UUID → chunk id and vector hash of every point. A point without them was not written by this
    /// program and is replaced or deleted as any other.
    fn held(&self) -> Result<BTreeMap<String, (String, String)>, IndexError> {
        let mut held = BTreeMap::new();
        let mut offset: Option<PointId> = None;
        loop {
            let page = self.ask("read the collection's points", || {
                let mut page =
                    ScrollPointsBuilder::new(&self.collection).limit(PAGE).with_payload(true);
                if let Some(offset) = &offset {
                    page = page.offset(offset.clone());
                }
                self.client.scroll(page)
            })?;
            for point in page.result {
                held.insert(
                    id_text(point.id),
                    (text(&point.payload, CHUNK_KEY), text(&point.payload, HASH_KEY)),
                );
            }
            offset = page.next_page_offset;
            if offset.is_none() {
                return Ok(held);
            }
        }
    }

    /// Runs a request on the index's own runtime, again when the server is away.
    ///
    /// The call comes from any thread, also from one that drives another runtime and must not block
    /// on a second: so the waiting is done by a thread of its own (some 30 µs).
    fn ask<T: Send, F>(
        &self,
        action: &'static str,
        request: impl Fn() -> F + Sync,
    ) -> Result<T, IndexError>
    where
        F: Future<Output = Result<T, QdrantError>> + Send,
    {
        let Some(runtime) = &self.runtime else {
            return Err(IndexError::Threads(std::io::Error::other("the index is closed")));
        };
        let tries = AtomicU32::new(0);
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_times(RETRIES)
            .with_jitter();
        let result = std::thread::scope(|scope| {
            let waiting = std::thread::Builder::new().spawn_scoped(scope, || {
                runtime.block_on(
                    (|| {
                        tries.fetch_add(1, Ordering::Relaxed);
                        request()
                    })
                    .retry(pauses)
                    .when(is_passing),
                )
            });
            match waiting.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(error) => Err(IndexError::Threads(error)),
            }
        })?;
        result.map_err(|error| {
            let (url, source) = (self.url.clone(), Box::new(error));
            if is_passing(&source) {
                let tries = tries.load(Ordering::Relaxed);
                IndexError::ServerUnreachable { url, action, tries, source }
            } else if [PERMISSION_DENIED, UNAUTHENTICATED].contains(&code(&source)) {
                IndexError::ServerDenied { url, action, source }
            } else {
                IndexError::ServerRefused { url, action, source }
            }
        })
    }
}

impl VectorIndex for ServerIndex {
    fn sync(&mut self, points: &[Point]) -> Result<Synced, IndexError> {
        check_points(points, self.dimensions)?;
        let held = self.held()?;
        let change = Change::between(&held, points);
        for batch in change.delete.chunks(BATCH) {
            let ids: Vec<PointId> = batch.iter().map(|uuid| id_of(uuid)).collect();
            self.ask("delete points", || {
                let gone =
                    DeletePointsBuilder::new(&self.collection).points(ids.clone()).wait(true);
                self.client.delete_points(gone)
            })?;
        }
        for batch in change.write.chunks(BATCH) {
            let batch: Vec<PointStruct> =
                batch.iter().map(|(point, hash)| record(point, hash)).collect();
            self.ask("write points", || {
                let request = UpsertPointsBuilder::new(&self.collection, batch.clone()).wait(true);
                self.client.upsert_points(request)
            })?;
        }
        Ok(change.synced())
    }

    fn search(&self, vector: &[f32], depth: usize) -> Result<Vec<Scored>, IndexError> {
        check_query(vector, self.dimensions)?;
        ranking::best_beyond_ties(depth, |limit| {
            let params = SearchParams {
                exact: Some(self.hnsw.is_none()),
                // A beam narrower than the answer would cut it short.
                hnsw_ef: self.hnsw.as_ref().map(|hnsw| hnsw.ef.max(limit as u64)),
                ..SearchParams::default()
            };
            let answer = self.ask("search", || {
                self.client.query(
                    QueryPointsBuilder::new(&self.collection)
                        .query(Query::new_nearest(vector.to_vec()))
                        .limit(limit as u64)
                        .params(params.clone())
                        .with_payload(true),
                )
            })?;
            Ok(answer.result.into_iter().map(scored).collect())
        })
    }
}

impl Drop for ServerIndex {
    fn drop(&mut self) {
        // A runtime must not be waited for inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn record(point: &Point, hash: &str) -> PointStruct {
    let payload: HashMap<String, Value> = HashMap::from([
        (CHUNK_KEY.to_owned(), point.chunk.clone().into()),
        (HASH_KEY.to_owned(), hash.to_owned().into()),
    ]);
    PointStruct::new(
        PointKey::of(&point.chunk).uuid(),
        point.vector.clone(),
        Payload::from(payload),
    )
}

fn scored(point: ScoredPoint) -> Scored {
    Scored { chunk: text(&point.payload, CHUNK_KEY), score: f64::from(point.score) }
}

fn text(payload: &HashMap<String, Value>, key: &str) -> String {
    payload.get(key).and_then(|value| value.as_str()).cloned().unwrap_or_default()
}

/// Ids are UUIDs; a number (of a point that this program did not write) is told apart by its sign.
fn id_text(id: Option<PointId>) -> String {
    match id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(uuid)) => uuid,
        Some(PointIdOptions::Num(number)) => format!("#{number}"),
        None => String::new(),
    }
}

fn id_of(text: &str) -> PointId {
    match text.strip_prefix('#').and_then(|number| number.parse::<u64>().ok()) {
        Some(number) => number.into(),
        None => text.into(),
    }
}

fn vectors_of(info: CollectionInfo) -> Option<VectorParams> {
    match info.config?.params?.vectors_config?.config? {
        vectors_config::Config::Params(params) => Some(params),
        vectors_config::Config::ParamsMap(_) => None,
    }
}

// gRPC status codes (https://grpc.io/docs/guides/status-codes/).
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
const ALREADY_EXISTS: i32 = 6;
const PERMISSION_DENIED: i32 = 7;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// The gRPC status code; -1 for an error that did not come from a request.
fn code(error: &QdrantError) -> i32 {
    match error {
        QdrantError::ResponseError { status }
        | QdrantError::ResourceExhaustedError { status, .. } => status.code() as i32,
        _ => -1,
    }
}

/// Whether the same request may succeed later: the server is away, too slow, or the connection
/// broke.
fn is_passing(error: &QdrantError) -> bool {
    match error {
        QdrantError::ResponseError { status } => match status.code() as i32 {
            CANCELLED | DEADLINE_EXCEEDED | UNAVAILABLE => true,
            // The client reports a connection that failed or broke with these codes; its cause is
            // local. The server's own errors have none.
            UNKNOWN | INTERNAL => {
                std::error::Error::source(status).is_some()
                    || status.message().starts_with("Failed to connect")
            }
            _ => false,
        },
        QdrantError::ResourceExhaustedError { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
