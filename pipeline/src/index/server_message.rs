//! Points, ids and collections as a Qdrant server's messages hold them.

use super::change::{CHUNK_KEY, HASH_KEY, PointKey};
use super::{Point, Scored};
use qdrant_client::Payload;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    CollectionInfo, PointId, PointStruct, ScoredPoint, Value, VectorParams, vectors_config,
};
use std::collections::HashMap;

pub(super) fn record(point: &Point, hash: &str) -> PointStruct {
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

pub(super) fn scored(point: ScoredPoint) -> Scored {
    Scored { chunk: text(&point.payload, CHUNK_KEY), score: f64::from(point.score) }
}

pub(super) fn text(payload: &HashMap<String, Value>, key: &str) -> String {
    payload.get(key).and_then(|value| value.as_str()).cloned().unwrap_or_default()
}

/// Ids are UUIDs; a number (of a point that this program did not write) is told apart by its sign.
pub(super) fn id_text(id: Option<PointId>) -> String {
    match id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(uuid)) => uuid,
        Some(PointIdOptions::Num(number)) => format!("#{number}"),
        None => String::new(),
    }
}

pub(super) fn id_of(text: &str) -> PointId {
    match text.strip_prefix('#').and_then(|number| number.parse::<u64>().ok()) {
        Some(number) => number.into(),
        None => text.into(),
    }
}

pub(super) fn vectors_of(info: CollectionInfo) -> Option<VectorParams> {
    match info.config?.params?.vectors_config?.config? {
        vectors_config::Config::Params(params) => Some(params),
        vectors_config::Config::ParamsMap(_) => None,
    }
}
