//! What can go wrong while an index is built or searched, and the remedy.

use crate::file::FileError;
use std::path::PathBuf;

/// An index that could not be built or searched.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A folder could not be created, read or removed.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another process (or another index of this one) writes to the folder.
    #[error("the index folder {} is in use", folder.display())]
    FolderInUse {
        /// The index's folder.
        folder: PathBuf,
    },
    /// Tantivy failed.
    #[error("the lexical index in {} failed", folder.display())]
    Lexical {
        /// The index's folder.
        folder: PathBuf,
        /// Tantivy's answer.
        #[source]
        source: Box<tantivy::TantivyError>,
    },
    /// The embedded Qdrant failed.
    #[error("the embedded vector index in {} failed: {message}", folder.display())]
    Embedded {
        /// The index's folder.
        folder: PathBuf,
        /// Qdrant's answer.
        message: String,
    },
    /// The embedded Qdrant was asked for and is not part of this build.
    #[error("this build has no embedded vector index")]
    EngineAbsent,
    /// A vector's length is not the index's.
    #[error("{what} has {found} dimensions where the index has {expected}")]
    WrongDimensions {
        /// `the query` or the chunk.
        what: String,
        /// The index's dimensions.
        expected: usize,
        /// The vector's dimensions.
        found: usize,
    },
    /// A vector holds NaN or infinity.
    #[error("{what} has a number that is not finite")]
    NotFinite {
        /// `the query` or the chunk.
        what: String,
    },
    /// The same chunk id twice.
    #[error("chunk `{chunk}` was given twice")]
    DuplicateChunk {
        /// Chunk id.
        chunk: String,
    },
    /// The server's address cannot be used.
    #[error("`{url}` is not the address of a Qdrant server: {message}")]
    ServerAddress {
        /// As given.
        url: String,
        /// What is wrong with it.
        message: String,
    },
    /// The server did not answer, whatever was tried.
    #[error("the Qdrant server at {url} does not answer: cannot {action} (tried {tries} times)")]
    ServerUnreachable {
        /// The server's address.
        url: String,
        /// What was tried: `read the collection`, `search`, ...
        action: &'static str,
        /// Requests that were sent.
        tries: u32,
        /// The last answer.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The server wants another API key.
    #[error("the Qdrant server at {url} refuses the API key: cannot {action}")]
    ServerDenied {
        /// The server's address.
        url: String,
        /// What was tried.
        action: &'static str,
        /// The server's answer.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The server answered with an error that trying again would not change.
    #[error("the Qdrant server at {url} refused to {action}")]
    ServerRefused {
        /// The server's address.
        url: String,
        /// What was tried.
        action: &'static str,
        /// The server's answer.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The collection was made for other vectors.
    #[error(
        "collection `{collection}` at {url} has {found} dimensions where the embedder has {expected}"
    )]
    CollectionDimensions {
        /// The server's address.
        url: String,
        /// The collection's name.
        collection: String,
        /// The embedder's dimensions.
        expected: usize,
        /// The collection's dimensions.
        found: u64,
    },
    /// The collection was not made by this program.
    #[error("collection `{collection}` at {url} cannot be used: {found}")]
    CollectionShape {
        /// The server's address.
        url: String,
        /// The collection's name.
        collection: String,
        /// What it holds instead of one cosine vector a point.
        found: String,
    },
    /// The server could not build the graph.
    #[error("the graph of collection `{collection}` at {url} cannot be built: {message}")]
    GraphFailed {
        /// The server's address.
        url: String,
        /// The collection's name.
        collection: String,
        /// The server's words.
        message: String,
    },
    /// The server still builds the graph.
    #[error("the graph of collection `{collection}` at {url} is not built after {seconds} s")]
    GraphUnfinished {
        /// The server's address.
        url: String,
        /// The collection's name.
        collection: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The threads that talk to the server could not be started.
    #[error("cannot start the threads that talk to the Qdrant server")]
    Threads(#[source] std::io::Error),
}

impl IndexError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::FolderInUse { .. } => Some(
                "wait until the other run has ended, or give this one another folder".into(),
            ),
            Self::Lexical { folder, .. } | Self::Embedded { folder, .. } => Some(format!(
                "delete `{}` and run again: it is rebuilt from the documents; check the disk's free space",
                folder.display()
            )),
            Self::EngineAbsent => Some(
                "build with `--features engines`, name a server (`qdrant = { url = \"http://localhost:6334\" }`), \
                 or use the index in memory (`memory = {}`)"
                    .into(),
            ),
            Self::GraphFailed { .. } => {
                Some("look at the server's log: its disk or memory may be full".into())
            }
            Self::GraphUnfinished { .. } => Some(
                "run the same command again later: what is there is kept; or raise `seconds_limit`, \
                 or remove `hnsw`: exact search needs no graph"
                    .into(),
            ),
            Self::WrongDimensions { .. } => {
                Some("queries and passages must come from the same embedder".into())
            }
            Self::NotFinite { .. } => Some("check the embedder's weights".into()),
            Self::DuplicateChunk { .. } => None,
            Self::ServerAddress { .. } => {
                Some("write it with scheme and gRPC port, as in `http://localhost:6334`".into())
            }
            Self::ServerUnreachable { url, .. } => Some(unreachable_hint(url)),
            Self::ServerDenied { .. } => Some(
                "put the server's key into the environment variable that `api_key_env` names".into(),
            ),
            Self::ServerRefused { .. } => None,
            Self::CollectionDimensions { collection, .. }
            | Self::CollectionShape { collection, .. } => Some(format!(
                "delete collection `{collection}` on the server if nothing else uses it, or name another server (`url`): \
                 its name is of the corpus, its chunks and the embedder"
            )),
            Self::Threads(_) => Some("raise the limit of threads or memory for this user".into()),
        }
    }
}

fn unreachable_hint(url: &str) -> String {
    if url.trim_end_matches('/').ends_with(":6333") {
        return format!(
            "6333 is Qdrant's REST port; gRPC listens on 6334: `{}`",
            url.trim_end_matches('/').replace(":6333", ":6334")
        );
    }
    format!(
        "start the server (`docker compose --profile qdrant up -d qdrant`), check that `{url}` is its \
         gRPC address, or raise `seconds_limit`; without `url` the embedded index is used"
    )
}
