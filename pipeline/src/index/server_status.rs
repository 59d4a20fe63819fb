//! What a failed request to a Qdrant server means.

use qdrant_client::QdrantError;

// gRPC status codes (https://grpc.io/docs/guides/status-codes/).
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
pub(super) const ALREADY_EXISTS: i32 = 6;
pub(super) const PERMISSION_DENIED: i32 = 7;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
pub(super) const UNAUTHENTICATED: i32 = 16;

/// The gRPC status code; -1 for an error that did not come from a request.
pub(super) fn code(error: &QdrantError) -> i32 {
    match error {
        QdrantError::ResponseError { status }
        | QdrantError::ResourceExhaustedError { status, .. } => status.code() as i32,
        _ => -1,
    }
}

/// Whether the same request may succeed later: the server is away, too slow, or the connection
/// broke.
pub(super) fn is_passing(error: &QdrantError) -> bool {
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
