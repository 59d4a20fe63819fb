//! All chunks of a corpus by id and by document, shared by its retrievers.

use super::{Hit, RetrieveError};
use crate::chunk::Chunk;
use std::collections::HashMap;
use std::sync::Arc;

/// Chunks in memory.
#[derive(Debug, Clone, Default)]
pub struct ChunkTable {
    chunks: Vec<Chunk>,
    by_id: HashMap<Arc<str>, usize>,
    by_document: HashMap<Arc<str>, Vec<usize>>,
}

impl ChunkTable {
    /// A table of `chunks`, in their order.
    ///
    /// # Errors
    /// When two have one id.
    pub fn new(chunks: Vec<Chunk>) -> Result<Self, RetrieveError> {
        let mut by_id = HashMap::with_capacity(chunks.len());
        let mut by_document: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        for (place, chunk) in chunks.iter().enumerate() {
            if by_id.insert(Arc::from(chunk.id.as_str()), place).is_some() {
                return Err(RetrieveError::DuplicateChunk { chunk: chunk.id.clone() });
            }
            match by_document.get_mut(chunk.document.as_str()) {
                Some(places) => places.push(place),
                None => {
                    by_document.insert(Arc::from(chunk.document.as_str()), vec![place]);
                }
            }
        }
        Ok(Self { chunks, by_id, by_document })
    }

    /// The chunk of that id.
    pub fn get(&self, id: &str) -> Option<&Chunk> {
        self.by_id.get(id).map(|place| &self.chunks[*place])
    }

    /// A hit on the chunk of that id.
    pub fn hit(&self, id: &str, score: f64) -> Option<Hit> {
        let (id, place) = self.by_id.get_key_value(id)?;
        let chunk = self.chunks.get(*place)?;
        let (document, _) = self.by_document.get_key_value(chunk.document.as_str())?;
        Some(Hit {
            chunk: Arc::clone(id),
            document: Arc::clone(document),
            start: chunk.span.start,
            end: chunk.span.end,
            score,
        })
    }

    /// The chunks of a document, in the table's order.
    pub fn of_document<'a>(&'a self, document: &str) -> impl Iterator<Item = &'a Chunk> {
        self.by_document.get(document).into_iter().flatten().map(|place| &self.chunks[*place])
    }

    /// All chunks, in the order they were given.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: &str, document: &str) -> Chunk {
        Chunk { id: id.into(), document: document.into(), span: 0..1, text: "x".into() }
    }

    #[test]
    fn finds_by_id_and_by_document() {
        let table =
            ChunkTable::new(vec![chunk("a#0", "a"), chunk("b#0", "b"), chunk("a#1", "a")]).unwrap();
        assert_eq!(table.get("b#0").unwrap().document, "b");
        assert!(table.get("c#0").is_none());
        let ids: Vec<_> = table.of_document("a").map(|chunk| chunk.id.as_str()).collect();
        assert_eq!(ids, ["a#0", "a#1"]);
        assert_eq!(table.of_document("c").count(), 0);
    }

    #[test]
    fn an_id_is_given_once() {
        let error = ChunkTable::new(vec![chunk("a#0", "a"), chunk("a#0", "b")]).unwrap_err();
        assert!(matches!(error, RetrieveError::DuplicateChunk { chunk } if chunk == "a#0"));
    }
}
