//! Nearest neighbours on a Qdrant server.
//!
//! Enters: unit vectors. Leaves: chunks by cosine similarity, exact unless the plan has HNSW
//! parameters. Does not: start a server, read the environment, or touch other collections.

use super::change::{CHUNK_KEY, Change, HASH_KEY, check_points, check_query};
use super::server_message::{id_of, id_text, record, scored, text, vectors_of};
use super::server_status::{ALREADY_EXISTS, PERMISSION_DENIED, UNAUTHENTICATED, code, is_passing};
use super::{IndexError, Point, Scored, Synced, VectorIndex, ranking};
use crate::config::{HnswPlan, QdrantPlan};
use backon::{ExponentialBuilder, Retryable as _};
use qdrant_client::qdrant::{
    CollectionStatus, CreateCollectionBuilder, DeletePointsBuilder, Distance, HnswConfigDiff,
    OptimizersConfigDiff, PointId, PointStruct, Query, QueryPointsBuilder, ScrollPointsBuilder,
    SearchParams, UpdateCollectionBuilder, UpsertPointsBuilder, VectorParams, VectorParamsBuilder,
};
use qdrant_client::{Qdrant, QdrantError};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
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

/// The graph's building is waited for this many times as long as one request: ten minutes where the
/// plan does not say otherwise.
const BUILD_REQUESTS: u32 = 60;

/// Between two looks at the building, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// One collection of one server.
pub struct ServerIndex {
    url: String,
    collection: String,
    dimensions: usize,
    hnsw: Option<HnswPlan>,
    /// For one request.
    limit: Duration,
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
            limit,
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

    /// Waits until the graph holds every point. Before, the server scans what the graph lacks, so that
    /// early searches would find something else than later ones.
    fn await_graph(&self) -> Result<(), IndexError> {
        let name = self.collection.as_str();
        let (url, collection) = (|| self.url.clone(), || self.collection.clone());
        let limit = self.limit.saturating_mul(BUILD_REQUESTS);
        let start = Instant::now();
        let (mut pause, mut is_woken) = (FIRST_PAUSE, false);
        loop {
            let info = self.ask("read the collection", || self.client.collection_info(name))?;
            let info = info.result.unwrap_or_default();
            match info.status() {
                CollectionStatus::Green => return Ok(()),
                CollectionStatus::Red => {
                    let message = info.optimizer_status.map(|status| status.error);
                    return Err(IndexError::GraphFailed {
                        url: url(),
                        collection: collection(),
                        message: message.unwrap_or_default(),
                    });
                }
                // A server that was started again in the middle goes on with the next update.
                CollectionStatus::Grey if !is_woken => {
                    is_woken = true;
                    self.ask("go on with the graph", || {
                        let same = OptimizersConfigDiff::default();
                        self.client.update_collection(
                            UpdateCollectionBuilder::new(name).optimizers_config(same),
                        )
                    })?;
                }
                _ => {}
            }
            if start.elapsed() > limit {
                let seconds = limit.as_secs();
                return Err(IndexError::GraphUnfinished {
                    url: url(),
                    collection: collection(),
                    seconds,
                });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
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
        if self.hnsw.is_some() {
            self.await_graph()?;
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

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
