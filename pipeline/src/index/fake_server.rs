//! A Qdrant server for tests: `qdrant-client`'s own generated gRPC services over a map in memory.
//!
//! Enters: gRPC requests on a free port of this machine. Leaves: what a real server would answer to
//! the calls that the pipeline makes (others are `unimplemented`), or the failure it was told to
//! show. Equal scores come in the order of point ids, which is no order of chunk ids: as with the real
//! server, ties are the caller's affair. Uses nothing of this crate, so that any test can include it.
#![allow(dead_code)] // Unit tests and those of the whole program use a part each.

use ::qdrant_client::qdrant::collections_server::{Collections, CollectionsServer};
use ::qdrant_client::qdrant::point_id::PointIdOptions;
use ::qdrant_client::qdrant::points_selector::PointsSelectorOneOf;
use ::qdrant_client::qdrant::points_server::{Points, PointsServer};
use ::qdrant_client::qdrant::*;
use ::qdrant_client::qdrant::{query, vector, vector_input, vectors, vectors_config};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// A running server; dropping it stops it.
pub struct FakeServer {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    shared: Shared,
    runtime: Option<tokio::runtime::Runtime>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    collections: BTreeMap<String, Collection>,
    calls: Vec<String>,
    /// Numbers of the calls that are refused.
    refused: Range<usize>,
    delay: Duration,
    api_key: Option<String>,
    /// Of the collections, the next first; green when empty.
    statuses: Vec<CollectionStatus>,
    last_query: Option<QueryPoints>,
}

struct Collection {
    created: CreateCollection,
    size: usize,
    points: BTreeMap<String, (Vec<f32>, HashMap<String, Value>)>,
}

impl FakeServer {
    /// A server on a free port.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// A server at `address`.
    pub fn start_at(address: &str) -> Self {
        let shared = Shared::default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let incoming = {
            let _inside = runtime.enter();
            TcpIncoming::bind(address.parse().unwrap()).unwrap()
        };
        let url = format!("http://{}", incoming.local_addr().unwrap());
        runtime.spawn(
            tonic::transport::Server::builder()
                .add_service(CollectionsServer::new(shared.clone()))
                .add_service(PointsServer::new(shared.clone()))
                .serve_with_incoming(incoming),
        );
        Self { url, shared, runtime: Some(runtime) }
    }

    /// The next `count` calls are answered with `unavailable`.
    pub fn refuse_next(&self, count: usize) {
        let mut state = self.shared.state();
        let now = state.calls.len();
        state.refused = now..now + count;
    }

    /// All calls after the next `count` are answered with `unavailable`.
    pub fn refuse_after(&self, count: usize) {
        let mut state = self.shared.state();
        state.refused = state.calls.len() + count..usize::MAX;
    }

    /// Every call waits this long before it is answered.
    pub fn answer_after(&self, delay: Duration) {
        self.shared.state().delay = delay;
    }

    /// Calls without this key are answered with `unauthenticated`.
    pub fn require_key(&self, key: &str) {
        self.shared.state().api_key = Some(key.into());
    }

    /// The next looks at a collection show these, one each; green after them.
    pub fn show_next(&self, statuses: &[CollectionStatus]) {
        self.shared.state().statuses = statuses.to_vec();
    }

    /// The last search.
    pub fn last_query(&self) -> Option<QueryPoints> {
        self.shared.state().last_query.clone()
    }

    /// Names of the collections, sorted.
    pub fn collections(&self) -> Vec<String> {
        self.shared.state().collections.keys().cloned().collect()
    }

    /// Closes the port and every connection.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }

    /// How often `method` (`Points.upsert`, ...) was called, refused calls included.
    pub fn calls(&self, method: &str) -> usize {
        self.shared.state().calls.iter().filter(|call| *call == method).count()
    }

    /// The request that made a collection.
    pub fn created(&self, collection: &str) -> CreateCollection {
        self.shared.state().collections[collection].created.clone()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Notes the call and shows the failure that was asked for.
    async fn admit(&self, method: String, metadata: &MetadataMap) -> Result<(), Status> {
        let delay = {
            let mut state = self.state();
            let number = state.calls.len();
            state.calls.push(method);
            if state.refused.contains(&number) {
                return Err(Status::unavailable("told to refuse"));
            }
            let given = metadata.get("api-key").and_then(|key| key.to_str().ok());
            if state.api_key.is_some() && state.api_key.as_deref() != given {
                return Err(Status::unauthenticated("Must provide an API key"));
            }
            state.delay
        };
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

impl State {
    fn collection(&mut self, name: &str) -> Result<&mut Collection, Status> {
        self.collections
            .get_mut(name)
            .ok_or_else(|| Status::not_found(format!("Collection `{name}` doesn't exist!")))
    }

    fn create(&mut self, request: CreateCollection) -> Result<CollectionOperationResponse, Status> {
        if self.collections.contains_key(&request.collection_name) {
            return Err(Status::already_exists("Collection already exists!"));
        }
        let size = match request.vectors_config.as_ref().and_then(|config| config.config.as_ref()) {
            Some(vectors_config::Config::Params(params)) => params.size as usize,
            _ => return Err(Status::invalid_argument("one unnamed vector is expected")),
        };
        let name = request.collection_name.clone();
        self.collections
            .insert(name, Collection { created: request, size, points: BTreeMap::new() });
        Ok(CollectionOperationResponse { result: true, time: 0.0 })
    }

    fn remove(&mut self, request: DeleteCollection) -> Result<CollectionOperationResponse, Status> {
        let result = self.collections.remove(&request.collection_name).is_some();
        Ok(CollectionOperationResponse { result, time: 0.0 })
    }

    fn exists(
        &mut self,
        request: CollectionExistsRequest,
    ) -> Result<CollectionExistsResponse, Status> {
        let exists = self.collections.contains_key(&request.collection_name);
        Ok(CollectionExistsResponse { result: Some(CollectionExists { exists }), time: 0.0 })
    }

    fn info(
        &mut self,
        request: GetCollectionInfoRequest,
    ) -> Result<GetCollectionInfoResponse, Status> {
        let status = match self.statuses.is_empty() {
            true => CollectionStatus::Green,
            false => self.statuses.remove(0),
        };
        let collection = self.collection(&request.collection_name)?;
        let params = CollectionParams {
            vectors_config: collection.created.vectors_config.clone(),
            ..CollectionParams::default()
        };
        let result = CollectionInfo {
            status: status.into(),
            points_count: Some(collection.points.len() as u64),
            config: Some(CollectionConfig { params: Some(params), ..CollectionConfig::default() }),
            ..CollectionInfo::default()
        };
        Ok(GetCollectionInfoResponse { result: Some(result), time: 0.0 })
    }

    fn update(&mut self, _: UpdateCollection) -> Result<CollectionOperationResponse, Status> {
        Ok(CollectionOperationResponse { result: true, time: 0.0 })
    }

    fn upsert(&mut self, request: UpsertPoints) -> Result<PointsOperationResponse, Status> {
        let collection = self.collection(&request.collection_name)?;
        for point in request.points {
            let vector = match point.vectors.and_then(|vectors| vectors.vectors_options) {
                Some(vectors::VectorsOptions::Vector(Vector {
                    vector: Some(vector::Vector::Dense(dense)),
                    ..
                })) => dense.data,
                _ => return Err(Status::invalid_argument("one dense vector is expected")),
            };
            if vector.len() != collection.size {
                return Err(Status::invalid_argument("Wrong input: Vector dimension error"));
            }
            collection.points.insert(uuid(point.id)?, (vector, point.payload));
        }
        Ok(PointsOperationResponse::default())
    }

    fn delete(&mut self, request: DeletePoints) -> Result<PointsOperationResponse, Status> {
        let collection = self.collection(&request.collection_name)?;
        match request.points.and_then(|selector| selector.points_selector_one_of) {
            Some(PointsSelectorOneOf::Points(list)) => {
                for id in list.ids {
                    collection.points.remove(&uuid(Some(id))?);
                }
                Ok(PointsOperationResponse::default())
            }
            _ => Err(Status::unimplemented("deleting by filter")),
        }
    }

    fn scroll(&mut self, request: ScrollPoints) -> Result<ScrollResponse, Status> {
        let collection = self.collection(&request.collection_name)?;
        let from = request.offset.map(|offset| uuid(Some(offset))).transpose()?.unwrap_or_default();
        let limit = request.limit.unwrap_or(10) as usize;
        let mut rest = collection.points.range(from..);
        let result = rest
            .by_ref()
            .take(limit)
            .map(|(id, (_, payload))| RetrievedPoint {
                id: Some(id.clone().into()),
                payload: payload.clone(),
                ..RetrievedPoint::default()
            })
            .collect();
        let next_page_offset = rest.next().map(|(id, _)| id.clone().into());
        Ok(ScrollResponse { next_page_offset, result, ..ScrollResponse::default() })
    }

    fn query(&mut self, request: QueryPoints) -> Result<QueryResponse, Status> {
        self.last_query = Some(request.clone());
        let collection = self.collection(&request.collection_name)?;
        let wanted = match request.query.and_then(|query| query.variant) {
            Some(query::Variant::Nearest(VectorInput {
                variant: Some(vector_input::Variant::Dense(dense)),
            })) => dense.data,
            _ => return Err(Status::unimplemented("queries without a dense vector")),
        };
        if wanted.len() != collection.size {
            return Err(Status::invalid_argument("Wrong input: Vector dimension error"));
        }
        let mut result: Vec<ScoredPoint> = collection
            .points
            .iter()
            .map(|(id, (vector, payload))| ScoredPoint {
                id: Some(id.clone().into()),
                payload: payload.clone(),
                score: cosine(&wanted, vector),
                ..ScoredPoint::default()
            })
            .collect();
        // Stable: equal scores stay in the order of their ids.
        result.sort_by(|left, right| right.score.total_cmp(&left.score));
        result.truncate(request.limit.unwrap_or(10) as usize);
        Ok(QueryResponse { result, ..QueryResponse::default() })
    }
}

fn uuid(id: Option<PointId>) -> Result<String, Status> {
    match id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(uuid)) if uuid.len() == 36 => Ok(uuid),
        other => Err(Status::invalid_argument(format!("Unable to parse UUID: {other:?}"))),
    }
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}

/// Methods of a generated service: those with `=` are answered by that method of [`State`].
macro_rules! methods {
    ($service:literal; $($name:ident($request:ty) -> $reply:ty $(= $handler:ident)?;)*) => { $(
        fn $name<'life0, 'async_trait>(
            &'life0 self,
            request: Request<$request>,
        ) -> Pin<Box<dyn Future<Output = Result<Response<$reply>, Status>> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                let method = concat!($service, ".", stringify!($name));
                self.admit(method.to_owned(), request.metadata()).await?;
                methods!(@answer self, request, method $(, $handler)?)
            })
        }
    )* };
    (@answer $self:ident, $request:ident, $method:ident) => {
        Err(Status::unimplemented($method))
    };
    (@answer $self:ident, $request:ident, $method:ident, $handler:ident) => {
        $self.state().$handler($request.into_inner()).map(Response::new)
    };
}

impl Collections for Shared {
    methods! { "Collections";
        get(GetCollectionInfoRequest) -> GetCollectionInfoResponse = info;
        list(ListCollectionsRequest) -> ListCollectionsResponse;
        create(CreateCollection) -> CollectionOperationResponse = create;
        update(UpdateCollection) -> CollectionOperationResponse = update;
        delete(DeleteCollection) -> CollectionOperationResponse = remove;
        update_aliases(ChangeAliases) -> CollectionOperationResponse;
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        list_aliases(ListAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        collection_exists(CollectionExistsRequest) -> CollectionExistsResponse = exists;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}

impl Points for Shared {
    methods! { "Points";
        upsert(UpsertPoints) -> PointsOperationResponse = upsert;
        delete(DeletePoints) -> PointsOperationResponse = delete;
        get(GetPoints) -> GetResponse;
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        create_field_index(CreateFieldIndexCollection) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        scroll(ScrollPoints) -> ScrollResponse = scroll;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        count(CountPoints) -> CountResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query(QueryPoints) -> QueryResponse = query;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        query_groups(QueryPointGroups) -> QueryGroupsResponse;
        facet(FacetCounts) -> FacetResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}
