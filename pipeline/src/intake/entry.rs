//! What an archive says of one of its files, and what comes out of it.
//!
//! Enters: a name, bytes. Leaves: a place below a folder; as many bytes as are allowed. Does not: open an archive.

use std::io::{self, Read};
use std::path::{Component, Path};

/// Bytes that are counted, and no more than a limit.
pub(super) struct Counted<R> {
    pub inner: R,
    pub bytes: u64,
    pub limit: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        if self.bytes > self.limit {
            return Err(io::Error::other("too large"));
        }
        Ok(read)
    }
}

/// A name's parts with `/` between them; none where one of them leads up or is no name.
pub(super) fn name_of(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    if name.starts_with('/') || name.contains('\0') {
        return None;
    }
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            // A drive of another system.
            _ if parts.is_empty() && part.ends_with(':') => return None,
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether a place is made of names only.
pub(super) fn lies_below(place: &str) -> bool {
    Path::new(place).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The folder that an archive's files go to: its place without the ending.
pub(super) fn folder_of(id: &str) -> String {
    let stem = id.rsplit_once('.').map_or(id, |(stem, _)| stem);
    format!("{stem}/")
}
