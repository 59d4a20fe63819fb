//! ZIP archives unpacked into a corpus.
//!
//! Enters: an archive. Leaves: its files below a folder of its name, as if they had been given as a folder.
//! Does not: believe what an archive says of itself; bytes are counted as they come out, and names are made
//! of their parts.

use super::outcome::Outcome;
use super::place::Change;
use super::source::Source;
use super::{Refused, place};
use crate::extract::{DOCUMENT_BYTES_MAX, Format};
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};
use zip::ZipArchive;
use zip::result::ZipError;

/// How much the archives of one call may hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files and folders, those of archives in it counted.
    pub entries: usize,
    /// Bytes of their files together.
    pub bytes: u64,
    /// Bytes that come out for each that was packed, once [`Limits::ratio_from`] have come out.
    pub ratio: u64,
    /// Below so many bytes the ratio does not count: a table of zeros packs well.
    pub ratio_from: u64,
    /// Archives in archives.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 200_000,
            bytes: 20_000_000_000,
            ratio: 200,
            ratio_from: 50_000_000,
            depth: 3,
        }
    }
}

/// Unpacks each archive to `documents/NAME/`, its ending dropped. Whatever cannot be unpacked is left out,
/// and what would take the place of a file that is `taken`.
pub(super) fn unpack(
    archives: &[Source],
    documents: &Path,
    taken: HashSet<String>,
    limits: Limits,
    outcome: &mut Outcome,
) -> Vec<Source> {
    let mut work = Unpacking {
        documents,
        taken,
        limits,
        entries: 0,
        bytes: 0,
        kept: 0,
        packed: 0,
        placed: Vec::new(),
        outcome,
    };
    for archive in archives {
        match File::open(&archive.path) {
            Ok(file) => work.archive(file, &folder_of(&archive.id), &archive.id, 1),
            Err(error) => {
                work.refuse(&archive.id, error.to_string(), "make it readable for this user");
            }
        }
        let unpacked = work.placed.iter().map(|source| source.id.clone());
        work.taken.extend(unpacked);
    }
    work.placed
}

struct Unpacking<'a> {
    documents: &'a Path,
    /// Places of files that were taken before it.
    taken: HashSet<String>,
    limits: Limits,
    entries: usize,
    /// That came out.
    bytes: u64,
    /// Of these, those of files that were not refused, and what they came out of.
    kept: u64,
    packed: u64,
    placed: Vec<Source>,
    outcome: &'a mut Outcome,
}

impl Unpacking<'_> {
    fn refuse(&mut self, id: &str, why: impl Into<String>, hint: &str) {
        self.outcome.refused.push(Refused::new(id, why, hint));
    }

    fn archive(&mut self, file: File, folder: &str, id: &str, depth: usize) {
        if depth > self.limits.depth {
            let why = format!("archives are packed more than {} deep", self.limits.depth);
            return self.refuse(id, why, "unpack it, and add the folder");
        }
        let mut zip = match ZipArchive::new(file) {
            Ok(zip) => zip,
            Err(error) => {
                return self.refuse(id, format!("it is no ZIP archive: {error}"), "pack it again");
            }
        };
        if !matches!(zip.has_overlapping_files(), Ok(false)) {
            let why = "its files share bytes, as those of a bomb do";
            return self.refuse(id, why, "unpack it by hand, look at it, and add what is wanted");
        }
        let mut names = BTreeSet::new();
        let mut is_encrypted = false;
        for index in 0..zip.len() {
            self.entries += 1;
            if self.entries > self.limits.entries {
                let why = format!("it has more than {} files", self.limits.entries);
                return self.refuse(id, why, "unpack it, and add the folder");
            }
            let entry = match zip.by_index(index) {
                Ok(entry) => entry,
                // Said of the archive once, however many of its files are.
                Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                    if !is_encrypted {
                        self.refuse(id, "it is encrypted", "pack it again without a password");
                    }
                    is_encrypted = true;
                    continue;
                }
                Err(error) => {
                    self.refuse(
                        id,
                        format!("its file {index} cannot be read: {error}"),
                        "pack it again",
                    );
                    continue;
                }
            };
            if entry.is_dir() {
                continue;
            }
            let name = entry.name().map(|name| name.into_owned()).unwrap_or_default();
            let Some(inner) = name_of(&name) else {
                let why = format!("a name in it is not UTF-8 or leaves the folder: {name:?}");
                self.refuse(id, why, "unpack it, and add the folder");
                continue;
            };
            let place = format!("{folder}{inner}");
            if !lies_below(&place) {
                let why = format!("it would be unpacked to a place outside the corpus: {place:?}");
                return self.refuse(id, why, "give it another name");
            }
            if inner.split('/').any(|part| part.starts_with('.') || part == "__MACOSX") {
                self.outcome.hidden += 1;
                continue;
            }
            if entry.is_symlink() {
                self.refuse(&place, "it is a link in an archive", "unpack it, and add the folder");
                continue;
            }
            if !names.insert(place.clone()) {
                self.refuse(&place, "the archive has two files of this name", "rename one of them");
                continue;
            }
            let nested = Source { id: place.clone(), path: place.clone().into() }.is_archive();
            if !nested && Format::of(&place).is_none() {
                self.outcome.skip(&place);
                continue;
            }
            if self.taken.contains(&place) {
                self.refuse(
                    &place,
                    "another of the given files has this place",
                    "give it with `--into`",
                );
                continue;
            }
            let packed = entry.compressed_size().max(1);
            if !self.file(entry, packed, &place, nested, depth) {
                return;
            }
        }
    }

    /// One file; whether the archive goes on.
    fn file(
        &mut self,
        entry: impl Read,
        packed: u64,
        place: &str,
        nested: bool,
        depth: usize,
    ) -> bool {
        let most = DOCUMENT_BYTES_MAX.max(if nested { self.limits.bytes } else { 0 });
        let left = self.limits.bytes.saturating_sub(self.bytes);
        // Of all files together: a bomb may be many small ones.
        let packed = self.packed.saturating_add(packed);
        let by_ratio = packed.saturating_mul(self.limits.ratio).max(self.limits.ratio_from);
        let by_ratio = by_ratio.saturating_sub(self.kept);
        let limit = most.min(left).min(by_ratio);
        let mut counted = Counted { inner: entry, bytes: 0, limit };
        let target = self.documents.join(place);
        let change = if target.exists() { Change::Replaced } else { Change::Added };
        let written = if nested {
            tempfile::tempfile().and_then(|mut file| {
                io::copy(&mut counted, &mut file)?;
                io::Seek::rewind(&mut file)?;
                Ok(Some(file))
            })
        } else {
            place::write(&target, &mut counted).map(|_| None)
        };
        self.bytes += counted.bytes;
        if written.is_ok() {
            (self.kept, self.packed) = (self.kept + counted.bytes, packed);
        }
        match written {
            Ok(Some(file)) => self.archive(file, &folder_of(place), place, depth + 1),
            Ok(None) => {
                self.outcome.changed(change);
                self.placed.push(Source { id: place.to_owned(), path: target });
            }
            Err(_) if counted.bytes > limit => {
                let (why, goes_on) = if limit == left {
                    (
                        format!(
                            "the archive unpacks to more than {} MB",
                            self.limits.bytes / 1_000_000
                        ),
                        false,
                    )
                } else if limit == by_ratio {
                    let why =
                        format!("it unpacks to more than {} times its size", self.limits.ratio);
                    (why, true)
                } else {
                    (format!("it has more than {} MB", DOCUMENT_BYTES_MAX / 1_000_000), true)
                };
                self.refuse(place, why, "unpack it by hand, look at it, and add what is wanted");
                return goes_on;
            }
            Err(error) => {
                self.refuse(place, format!("it cannot be unpacked: {error}"), "pack it again")
            }
        }
        true
    }
}

/// Bytes that are counted, and no more than a limit.
struct Counted<R> {
    inner: R,
    bytes: u64,
    limit: u64,
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
fn name_of(name: &str) -> Option<String> {
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
fn lies_below(place: &str) -> bool {
    Path::new(place).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The folder that an archive's files go to: its place without the ending.
fn folder_of(id: &str) -> String {
    let stem = id.rsplit_once('.').map_or(id, |(stem, _)| stem);
    format!("{stem}/")
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
