//! The server adapter against the server of our own, and against a real one when `QDRANT_URL` names
//! it.

use super::*;
use crate::index::conformance::{Bench, conformance, random_points};
use crate::index::fake_server::FakeServer;
use crate::index::open_vector_index;
use qdrant_client::qdrant::vectors_config;

fn plan(url: &str) -> QdrantPlan {
    QdrantPlan {
        url: Some(url.into()),
        api_key_env: None,
        hnsw: None,
        shards: None,
        replicas: None,
        seconds_limit: 5.0,
    }
}

fn open(server: &FakeServer, dimensions: usize) -> Result<ServerIndex, IndexError> {
    ServerIndex::open(&plan(&server.url), &server.url, "ragscale_test", dimensions, None)
}

struct Fake(FakeServer);

impl Bench for Fake {
    fn open(&self, name: &str, dimensions: usize) -> Box<dyn VectorIndex> {
        let plan = plan(&self.0.url);
        let folder = std::path::Path::new("unused");
        open_vector_index(Some(&plan), folder, name, dimensions, None).unwrap()
    }
}

conformance!(Fake(FakeServer::start()), persistent);

/// The server that `QDRANT_URL` names (key in `QDRANT_API_KEY`), else ours once more.
mod real {
    use super::*;

    struct Real {
        url: Option<String>,
        fake: FakeServer,
    }

    impl Real {
        fn new() -> Self {
            let url = std::env::var("QDRANT_URL").ok();
            match &url {
                Some(url) => eprintln!("against the Qdrant server at {url}"),
                None => eprintln!("QDRANT_URL is not set: against the server of our own"),
            }
            Self { url, fake: FakeServer::start() }
        }
    }

    impl Bench for Real {
        fn open(&self, name: &str, dimensions: usize) -> Box<dyn VectorIndex> {
            let url = self.url.as_ref().unwrap_or(&self.fake.url);
            // Each process has its own collections; those of earlier ones are not touched.
            let name = format!("ragscale_conformance_{}_{name}", std::process::id());
            let key = std::env::var("QDRANT_API_KEY").ok();
            Box::new(ServerIndex::open(&plan(url), url, &name, dimensions, key).unwrap())
        }
    }

    impl Drop for Real {
        fn drop(&mut self) {
            let Some(url) = &self.url else { return };
            let key = std::env::var("QDRANT_API_KEY").ok();
            let client =
                Qdrant::from_url(url).api_key(key).skip_compatibility_check().build().unwrap();
            let mine = format!("ragscale_conformance_{}_", std::process::id());
            let runtime = Runtime::new().unwrap();
            for name in ["changes", "empty", "depth", "ties", "random", "refused", "reopened"] {
                let _ = runtime.block_on(client.delete_collection(format!("{mine}{name}")));
            }
        }
    }

    #[test]
    fn a_real_server_keeps_the_contract() {
        use crate::index::conformance as suite;
        let bench = Real::new();
        suite::sync_says_what_it_changed(&bench);
        suite::an_empty_index_finds_nothing(&bench);
        suite::every_depth_is_answered(&bench);
        suite::ties_at_the_boundary_go_by_chunk_id(&bench);
        suite::random_vectors_rank_as_the_oracle_ranks_them(&bench);
        suite::wrong_vectors_are_refused(&bench);
        suite::what_was_synced_is_there_when_opened_again(&bench);
    }
}

#[test]
fn points_are_written_in_batches_and_only_once() {
    let server = FakeServer::start();
    let mut index = open(&server, 8).unwrap();
    let points = random_points(1, "a", 2 * BATCH + 1, 8);
    index.sync(&points).unwrap();
    assert_eq!(server.calls("Points.upsert"), 3);
    index.sync(&points).unwrap();
    assert_eq!(server.calls("Points.upsert"), 3);
    index.sync(&points[..1]).unwrap();
    assert_eq!((server.calls("Points.upsert"), server.calls("Points.delete")), (3, 2));
    // 2,049 points are three pages of 1,024.
    let many = random_points(2, "m", 2 * PAGE as usize + 1, 8);
    index.sync(&many).unwrap();
    let before = server.calls("Points.scroll");
    assert_eq!(index.sync(&many).unwrap().kept, many.len());
    assert_eq!(server.calls("Points.scroll") - before, 3);
}

#[test]
fn the_collection_is_made_as_the_plan_says() {
    let server = FakeServer::start();
    let hnsw = HnswPlan { m: 24, ef_construct: 200, ef: 99 };
    let approximate =
        QdrantPlan { hnsw: Some(hnsw), shards: Some(3), replicas: Some(2), ..plan(&server.url) };
    ServerIndex::open(&approximate, &server.url, "approximate", 8, None).unwrap();
    ServerIndex::open(&plan(&server.url), &server.url, "exact", 8, None).unwrap();
    let made = server.created("approximate");
    assert_eq!((made.shard_number, made.replication_factor), (Some(3), Some(2)));
    let graph = made.hnsw_config.unwrap();
    assert_eq!((graph.m, graph.ef_construct), (Some(24), Some(200)));
    let made = server.created("exact");
    assert_eq!(made.hnsw_config.unwrap().m, Some(0));
    assert_eq!((made.shard_number, made.replication_factor), (None, None));
    match made.vectors_config.unwrap().config.unwrap() {
        #[allow(deprecated)]
        vectors_config::Config::Params(vectors) => {
            assert_eq!((vectors.size, vectors.distance()), (8, Distance::Cosine));
            assert_eq!(vectors.on_disk, Some(false));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_search_is_as_the_plan_says() {
    let server = FakeServer::start();
    let hnsw = HnswPlan { m: 16, ef_construct: 100, ef: 99 };
    let points = random_points(1, "a", 5, 8);
    let params = |hnsw: Option<HnswPlan>, depth: usize| {
        let plan = QdrantPlan { hnsw, ..plan(&server.url) };
        let index = ServerIndex::open(&plan, &server.url, "c", 8, None).unwrap();
        index.search(&points[0].vector, depth).unwrap();
        let params = server.last_query().unwrap().params.unwrap();
        (params.exact, params.hnsw_ef)
    };
    assert_eq!(params(None, 3), (Some(true), None));
    assert_eq!(params(Some(hnsw.clone()), 3), (Some(false), Some(99)));
    // A beam narrower than the answer is widened; eight more are asked for, to see ties end.
    assert_eq!(params(Some(hnsw), 200), (Some(false), Some(208)));
}

fn approximate(server: &FakeServer) -> ServerIndex {
    let plan = QdrantPlan { hnsw: Some(HnswPlan::default()), ..plan(&server.url) };
    ServerIndex::open(&plan, &server.url, "graph", 8, None).unwrap()
}

#[test]
fn the_graph_is_waited_for() {
    use CollectionStatus::{Grey, Yellow};
    let server = FakeServer::start();
    let points = random_points(1, "a", 5, 8);
    let mut index = approximate(&server);
    let before = server.calls("Collections.get");
    server.show_next(&[Yellow, Yellow]);
    index.sync(&points).unwrap();
    assert_eq!(server.calls("Collections.get") - before, 3);
    // Nothing is written, but an earlier run may have ended in the middle; a paused one goes on once.
    server.show_next(&[Grey, Grey, Yellow]);
    index.sync(&points).unwrap();
    assert_eq!(server.calls("Collections.get") - before, 7);
    assert_eq!(server.calls("Collections.update"), 1);
    let mut exact = open(&server, 8).unwrap();
    let before = server.calls("Collections.get");
    exact.sync(&points).unwrap();
    assert_eq!(server.calls("Collections.get"), before, "exact search needs no graph");
}

#[test]
fn a_graph_that_fails_or_takes_too_long_is_an_error() {
    let server = FakeServer::start();
    let points = random_points(1, "a", 5, 8);
    let mut index = approximate(&server);
    server.show_next(&[CollectionStatus::Red]);
    let error = index.sync(&points).unwrap_err();
    assert!(matches!(error, IndexError::GraphFailed { .. }), "{error:?}");
    // 60 × 10 ms are waited for.
    index.limit = Duration::from_millis(10);
    server.show_next(&[CollectionStatus::Yellow; 100]);
    let error = index.sync(&points).unwrap_err();
    assert!(matches!(error, IndexError::GraphUnfinished { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("seconds_limit"));
}

#[test]
fn a_server_that_comes_back_is_waited_for() {
    let server = FakeServer::start();
    let mut index = open(&server, 8).unwrap();
    let points = random_points(1, "a", 5, 8);
    index.sync(&points).unwrap();
    // The client itself sends a failed request twice; two tries of ours see the server away.
    server.refuse_next(3);
    let before = server.calls("Points.query");
    assert_eq!(index.search(&points[0].vector, 1).unwrap()[0].chunk, "a#0000");
    assert_eq!(server.calls("Points.query") - before, 4);
}

#[test]
fn a_server_that_is_down_is_named_with_the_remedy() {
    let mut server = FakeServer::start();
    let url = server.url.clone();
    server.stop();
    let error = ServerIndex::open(&plan(&url), &url, "c", 8, None).err().unwrap();
    assert!(matches!(error, IndexError::ServerUnreachable { tries: 4, .. }), "{error:?}");
    assert!(error.to_string().contains(&url), "{error}");
    assert!(error.hint().unwrap().contains("docker compose"), "{:?}", error.hint());
}

#[test]
fn a_server_that_goes_away_is_an_error_after_some_tries() {
    let mut server = FakeServer::start();
    let mut index = open(&server, 8).unwrap();
    let points = random_points(1, "a", 5, 8);
    index.sync(&points).unwrap();
    server.stop();
    for error in [index.search(&points[0].vector, 1).unwrap_err(), index.sync(&points).unwrap_err()]
    {
        assert!(matches!(error, IndexError::ServerUnreachable { tries: 4, .. }), "{error:?}");
    }
}

#[test]
fn a_server_that_answers_too_late_is_an_error() {
    let server = FakeServer::start();
    let plan = QdrantPlan { seconds_limit: 0.2, ..plan(&server.url) };
    let index = ServerIndex::open(&plan, &server.url, "c", 2, None).unwrap();
    server.answer_after(Duration::from_secs(60));
    let error = index.search(&[1.0, 0.0], 1).unwrap_err();
    assert!(matches!(error, IndexError::ServerUnreachable { tries: 4, .. }), "{error:?}");
}

#[test]
fn the_key_is_sent_and_its_refusal_is_named() {
    let server = FakeServer::start();
    server.require_key("secret");
    let error = open(&server, 2).err().unwrap();
    assert!(matches!(error, IndexError::ServerDenied { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("api_key_env"));
    // Not tried again: the answer would be the same.
    assert_eq!(server.calls("Collections.collection_exists"), 1);
    let plan = plan(&server.url);
    ServerIndex::open(&plan, &server.url, "c", 2, Some("secret".into())).unwrap();
}

#[test]
fn a_collection_of_other_dimensions_is_an_error_with_a_remedy() {
    let server = FakeServer::start();
    open(&server, 8).unwrap();
    let error = open(&server, 9).err().unwrap();
    assert!(matches!(error, IndexError::CollectionDimensions { expected: 9, found: 8, .. }));
    let hint = error.hint().unwrap();
    // No experiment names a collection.
    assert!(hint.contains("delete collection `ragscale_test`") && !hint.contains("another name"));
    assert!(hint.contains("another server (`url`)"), "{hint}");
}

#[test]
fn the_rest_port_is_recognized() {
    let error = IndexError::ServerUnreachable {
        url: "http://localhost:6333/".into(),
        action: "search",
        tries: 4,
        source: Box::new(QdrantError::ConversionError(String::new())),
    };
    assert!(error.hint().unwrap().contains("`http://localhost:6334`"));
}

#[test]
fn addresses_that_cannot_be_are_refused() {
    for url in ["localhost:6334", "", "http://", "http://a b", "ftp://x"] {
        let error = ServerIndex::open(&plan(url), url, "c", 2, None).err().unwrap();
        assert!(matches!(error, IndexError::ServerAddress { .. }), "{url}: {error:?}");
        assert!(error.hint().unwrap().contains("6334"));
    }
    let endless = QdrantPlan { seconds_limit: -1.0, ..plan("http://localhost") };
    assert!(ServerIndex::open(&endless, "http://localhost", "c", 2, None).is_err());
}

#[test]
fn it_works_inside_another_runtime() {
    let server = FakeServer::start();
    let points = random_points(1, "a", 5, 8);
    let work = || {
        let mut index = open(&server, 8).unwrap();
        index.sync(&points).unwrap();
        index.search(&points[2].vector, 1).unwrap()[0].chunk.clone()
    };
    for runtime in
        [tokio::runtime::Builder::new_current_thread().build().unwrap(), Runtime::new().unwrap()]
    {
        // On the thread that drives the runtime, and the index dropped there.
        assert_eq!(runtime.block_on(async { work() }), "a#0002");
    }
    let url = server.url.clone();
    let points = points.clone();
    let runtime = Runtime::new().unwrap();
    let found = runtime.block_on(async move {
        tokio::task::spawn_blocking(move || {
            let index = ServerIndex::open(&plan(&url), &url, "ragscale_test", 8, None).unwrap();
            index.search(&points[3].vector, 1).unwrap()[0].chunk.clone()
        })
        .await
        .unwrap()
    });
    assert_eq!(found, "a#0003");
}

#[test]
fn searches_from_many_threads_agree() {
    use rayon::prelude::*;
    let server = FakeServer::start();
    let mut index = open(&server, 8).unwrap();
    let points = random_points(1, "a", 50, 8);
    index.sync(&points).unwrap();
    points.par_iter().for_each(|point| {
        assert_eq!(index.search(&point.vector, 1).unwrap()[0].chunk, point.chunk);
    });
}
