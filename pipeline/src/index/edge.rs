//! Nearest neighbours in Qdrant embedded, in a folder of this machine.
//!
//! Enters: unit vectors. Leaves: chunks by cosine similarity, exact unless HNSW parameters are given.
//! Does not: run threads of its own between calls, or share its folder with another process.
//!
//! Qdrant's log is not replayed when the embedded engine opens a folder, and is not synced until a
//! flush. So a sync marks the folder as unfinished until its flush is done, and a folder that is
//! found unfinished is built anew: vectors are cached elsewhere, and a rebuild costs seconds.

use super::change::{CHUNK_KEY, Change, HASH_KEY, PointKey, check_points, check_query};
use super::server::HNSW_FROM_KIB;
use super::{IndexError, Point, Scored, Synced, VectorIndex, ranking};
use crate::config::HnswPlan;
use crate::file::{self, FileError};
use qdrant_edge::external::serde_json::json;
use qdrant_edge::external::uuid::Uuid;
use qdrant_edge::{
    DEFAULT_VECTOR_NAME, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeShard, EdgeVectorParams,
    HnswIndexConfig, NamedQuery, OperationError, OperationResult, Payload, PointId,
    PointInsertOperations, PointOperations, PointStruct, QueryEnum, QueryRequest, ScoringQuery,
    ScrollRequest, SearchParams, UpdateOperation, VectorInternal, WithPayloadInterface, WithVector,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Changes with every change to what is kept on disk; folders of another version are rebuilt.
const FORMAT: u32 = 1;

/// Points in one update.
const BATCH: usize = 256;

/// Points on one page when what is there is read.
const PAGE: usize = 4096;

/// Below the caller's folder, so that a rebuild deletes nothing that is not ours.
const SUBFOLDER: &str = "qdrant";

/// An embedded shard and the lock on its folder.
pub struct EdgeIndex {
    folder: PathBuf,
    dimensions: usize,
    hnsw: Option<HnswPlan>,
    rebuilt: Option<String>,
    // Dropped (and flushed) before the lock is given back.
    shard: EdgeShard,
    _lock: File,
}

/// `state.json`: what the folder was made for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct State {
    format: u32,
    dimensions: usize,
    /// Edges and candidates of the graph; `ef` is a matter of the search.
    graph: Option<(u64, u64)>,
    /// Whether the last sync reached its flush.
    finished: bool,
}

impl EdgeIndex {
    /// Opens the index in `folder`, and makes it when there is none. One that was made for other
    /// dimensions or parameters, that was left unfinished, or that Qdrant cannot read is built anew
    /// and empty ([`VectorIndex::rebuilt`] says why): the next sync fills it.
    ///
    /// # Errors
    /// When another process holds the folder or the disk says no.
    pub fn open(
        folder: &Path,
        dimensions: usize,
        hnsw: Option<&HnswPlan>,
    ) -> Result<Self, IndexError> {
        file::create_folder(folder)?;
        let lock = lock(folder)?;
        let path = folder.join(SUBFOLDER);
        let config = config(dimensions, hnsw);
        let state = state(dimensions, hnsw, true);
        let mut rebuilt = None;
        if path.exists() {
            match load(folder, &path, &config, &state) {
                Ok(shard) => {
                    return Ok(Self::of(folder, dimensions, hnsw, rebuilt, shard, lock));
                }
                Err(reason) => rebuilt = Some(reason),
            }
            std::fs::remove_dir_all(&path)
                .map_err(FileError::io("delete the old index in", &path))?;
        }
        file::create_folder(&path)?;
        let shard = EdgeShard::new(&path, config).map_err(failed(folder))?;
        write_state(folder, &state)?;
        Ok(Self::of(folder, dimensions, hnsw, rebuilt, shard, lock))
    }

    fn of(
        folder: &Path,
        dimensions: usize,
        hnsw: Option<&HnswPlan>,
        rebuilt: Option<String>,
        shard: EdgeShard,
        lock: File,
    ) -> Self {
        let (folder, hnsw) = (folder.to_owned(), hnsw.cloned());
        Self { folder, dimensions, hnsw, rebuilt, shard, _lock: lock }
    }

    /// UUID → chunk id and vector hash of every point.
    fn held(&self) -> Result<BTreeMap<String, (String, String)>, IndexError> {
        let mut held = BTreeMap::new();
        let mut offset = None;
        loop {
            let (page, next) = self
                .shard
                .scroll(ScrollRequest {
                    offset,
                    limit: Some(PAGE),
                    filter: None,
                    with_payload: Some(WithPayloadInterface::Bool(true)),
                    with_vector: WithVector::Bool(false),
                    order_by: None,
                })
                .map_err(failed(&self.folder))?;
            for record in page {
                let payload = record.payload.as_ref();
                held.insert(
                    record.id.to_string(),
                    (text(payload, CHUNK_KEY), text(payload, HASH_KEY)),
                );
            }
            offset = next;
            if offset.is_none() {
                return Ok(held);
            }
        }
    }

    fn apply(&self, change: &Change<'_>) -> OperationResult<()> {
        for batch in change.delete.chunks(BATCH) {
            let ids = batch.iter().filter_map(|uuid| point_id(uuid)).collect();
            self.shard
                .update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids }))?;
        }
        for batch in change.write.chunks(BATCH) {
            let records = batch
                .iter()
                .map(|(point, hash)| {
                    let payload = json!({ CHUNK_KEY: point.chunk, HASH_KEY: hash });
                    let id = PointId::Uuid(Uuid::from_bytes(PointKey::of(&point.chunk).bytes()));
                    PointStruct::new(id, point.vector.clone(), payload).into()
                })
                .collect();
            self.shard.update(UpdateOperation::PointOperation(PointOperations::UpsertPoints(
                PointInsertOperations::PointsList(records),
            )))?;
        }
        if self.hnsw.is_some() {
            self.shard.optimize()?;
        }
        Ok(())
    }
}

impl VectorIndex for EdgeIndex {
    fn sync(&mut self, points: &[Point]) -> Result<Synced, IndexError> {
        check_points(points, self.dimensions)?;
        let held = self.held()?;
        let change = Change::between(&held, points);
        if !(change.write.is_empty() && change.delete.is_empty()) {
            let hnsw = self.hnsw.as_ref();
            write_state(&self.folder, &state(self.dimensions, hnsw, false))?;
            self.apply(&change).map_err(failed(&self.folder))?;
            self.shard.flush();
            write_state(&self.folder, &state(self.dimensions, hnsw, true))?;
        }
        Ok(change.synced())
    }

    fn search(&self, vector: &[f32], depth: usize) -> Result<Vec<Scored>, IndexError> {
        check_query(vector, self.dimensions)?;
        ranking::best_beyond_ties(depth, |limit| {
            let query = NamedQuery { query: VectorInternal::Dense(vector.to_vec()), using: None };
            let found = self
                .shard
                .query(QueryRequest {
                    prefetches: Vec::new(),
                    query: Some(ScoringQuery::Vector(QueryEnum::Nearest(query))),
                    filter: None,
                    score_threshold: None,
                    limit,
                    offset: 0,
                    params: Some(SearchParams {
                        exact: self.hnsw.is_none(),
                        // A beam narrower than the answer would cut it short.
                        hnsw_ef: self.hnsw.as_ref().map(|hnsw| (hnsw.ef as usize).max(limit)),
                        ..SearchParams::default()
                    }),
                    with_vector: WithVector::Bool(false),
                    with_payload: WithPayloadInterface::Bool(true),
                })
                .map_err(failed(&self.folder))?;
            Ok(found
                .into_iter()
                .map(|point| Scored {
                    chunk: text(point.payload.as_ref(), CHUNK_KEY),
                    score: f64::from(point.score),
                })
                .collect())
        })
    }

    fn rebuilt(&self) -> Option<&str> {
        self.rebuilt.as_deref()
    }
}

fn lock(folder: &Path) -> Result<File, IndexError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(FileError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::FolderInUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(FileError::io("lock", &path)(error).into()),
    }
}

fn config(dimensions: usize, hnsw: Option<&HnswPlan>) -> EdgeConfig {
    let vectors = EdgeVectorParams::builder(dimensions, Distance::Cosine).on_disk(false).build();
    let config = EdgeConfig::builder().vector(DEFAULT_VECTOR_NAME, vectors);
    let Some(hnsw) = hnsw else { return config.build() };
    config
        .hnsw_config(HnswIndexConfig {
            m: hnsw.m as usize,
            ef_construct: hnsw.ef_construct as usize,
            full_scan_threshold: HNSW_FROM_KIB as usize,
            ..HnswIndexConfig::default()
        })
        .optimizers(EdgeOptimizersConfig {
            default_segment_number: Some(1),
            indexing_threshold: Some(HNSW_FROM_KIB as usize),
            ..EdgeOptimizersConfig::default()
        })
        .build()
}

fn state(dimensions: usize, hnsw: Option<&HnswPlan>, finished: bool) -> State {
    let graph = hnsw.map(|hnsw| (hnsw.m, hnsw.ef_construct));
    State { format: FORMAT, dimensions, graph, finished }
}

fn write_state(folder: &Path, state: &State) -> Result<(), IndexError> {
    Ok(file::write_json_lines(&folder.join("state.json"), std::slice::from_ref(state))?)
}

/// The shard in `path`, or why there has to be a new one.
fn load(
    folder: &Path,
    path: &Path,
    config: &EdgeConfig,
    expected: &State,
) -> Result<EdgeShard, String> {
    let states = file::read_json_lines::<State>(&folder.join("state.json")).unwrap_or_default();
    match states.first() {
        None => return Err("it does not say what it was made for".into()),
        Some((_, state)) if state == expected => {}
        Some((_, state)) if !state.finished => return Err("it was left unfinished".into()),
        Some(_) => return Err("it was made for other dimensions or parameters".into()),
    }
    // Qdrant panics on some damaged files.
    match catch_unwind(AssertUnwindSafe(|| EdgeShard::load(path, Some(config.clone())))) {
        Ok(Ok(shard)) => Ok(shard),
        Ok(Err(error)) => Err(format!("it is damaged: {error}")),
        Err(_) => Err("it is damaged".into()),
    }
}

fn failed(folder: &Path) -> impl FnOnce(OperationError) -> IndexError {
    let folder = folder.to_owned();
    move |error| IndexError::Embedded { folder, message: error.to_string() }
}

fn text(payload: Option<&Payload>, key: &str) -> String {
    payload
        .and_then(|payload| payload.0.get(key))
        .and_then(|value| value.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn point_id(uuid: &str) -> Option<PointId> {
    Uuid::parse_str(uuid).ok().map(PointId::Uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::MemoryIndex;
    use crate::index::conformance::{Bench, conformance, random_points};

    struct Edge(tempfile::TempDir);

    impl Bench for Edge {
        fn open(&self, name: &str, dimensions: usize) -> Box<dyn VectorIndex> {
            Box::new(EdgeIndex::open(&self.0.path().join(name), dimensions, None).unwrap())
        }
    }

    conformance!(Edge(tempfile::tempdir().unwrap()), persistent);

    fn filled(folder: &Path, points: &[Point]) -> EdgeIndex {
        let mut index = EdgeIndex::open(folder, points[0].vector.len(), None).unwrap();
        index.sync(points).unwrap();
        index
    }

    #[test]
    fn a_folder_in_use_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let _index = filled(folder.path(), &random_points(1, "a", 3, 4));
        let error = EdgeIndex::open(folder.path(), 4, None).err().unwrap();
        assert!(matches!(error, IndexError::FolderInUse { .. }), "{error:?}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn other_dimensions_rebuild_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        drop(filled(folder.path(), &random_points(1, "a", 3, 4)));
        let index = EdgeIndex::open(folder.path(), 5, None).unwrap();
        assert!(index.rebuilt().unwrap().contains("dimensions"));
        assert!(index.search(&[0.0; 5], 9).unwrap().is_empty());
    }

    #[test]
    fn an_unfinished_or_damaged_folder_is_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        let points = random_points(1, "a", 30, 4);
        drop(filled(folder.path(), &points));
        write_state(folder.path(), &state(4, None, false)).unwrap();
        let mut index = EdgeIndex::open(folder.path(), 4, None).unwrap();
        assert!(index.rebuilt().unwrap().contains("unfinished"));
        assert_eq!(index.sync(&points).unwrap().written, 30);
        drop(index);
        let index = EdgeIndex::open(folder.path(), 4, None).unwrap();
        assert_eq!(index.rebuilt(), None);
        drop(index);
        // Every segment's state file is cut.
        for entry in std::fs::read_dir(folder.path().join(SUBFOLDER).join("segments")).unwrap() {
            std::fs::write(entry.unwrap().path().join("segment.json"), "{").unwrap();
        }
        let mut index = EdgeIndex::open(folder.path(), 4, None).unwrap();
        assert!(index.rebuilt().unwrap().contains("damaged"));
        assert_eq!(index.sync(&points).unwrap().written, 30);
    }

    #[test]
    fn the_graph_finds_nearly_what_the_oracle_finds() {
        let folder = tempfile::tempdir().unwrap();
        let points = random_points(1, "a", 2000, 32);
        let plan = HnswPlan { m: 16, ef_construct: 100, ef: 128 };
        let mut index = EdgeIndex::open(folder.path(), 32, Some(&plan)).unwrap();
        index.sync(&points).unwrap();
        assert!(index.shard.info().indexed_vectors_count >= 2000);
        let mut oracle = MemoryIndex::new(32);
        oracle.sync(&points).unwrap();
        let mut common = 0;
        for query in random_points(2, "q", 50, 32) {
            let exact = oracle.search(&query.vector, 10).unwrap();
            let found = index.search(&query.vector, 10).unwrap();
            assert_eq!(found.len(), 10);
            common += found.iter().filter(|hit| exact.iter().any(|e| e.chunk == hit.chunk)).count();
        }
        // 500 neighbours. Levels are drawn without a seed: 90 % leaves room for an unlucky build.
        assert!(common >= 450, "{common} of 500");
        let synced = index.sync(&points[..1500]).unwrap();
        assert_eq!(synced, Synced { written: 0, deleted: 500, kept: 1500 });
        let gone = &points[1700];
        assert!(index.search(&gone.vector, 5).unwrap().iter().all(|hit| hit.chunk != gone.chunk));
        drop(index);
        let index = EdgeIndex::open(folder.path(), 32, Some(&plan)).unwrap();
        assert_eq!(index.rebuilt(), None);
        drop(index);
        let wider = HnswPlan { m: 32, ..plan };
        let index = EdgeIndex::open(folder.path(), 32, Some(&wider)).unwrap();
        assert!(index.rebuilt().is_some());
    }
}
