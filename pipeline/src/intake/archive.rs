//! ZIP archives unpacked into a corpus.
//!
//! Enters: an archive. Leaves: its files below a folder of its name, as if they had been given as a folder.
//! Does not: believe what an archive says of itself; bytes are counted as they come out, and names are made
//! of their parts.

use super::entry::{Counted, folder_of, lies_below, name_of};
use super::outcome::Outcome;
use super::place::Change;
use super::source::Source;
use super::{Refused, place};
use crate::extract::{DOCUMENT_BYTES_MAX, Format};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
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
    /// Bytes of one file that is no archive.
    pub document: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 200_000,
            bytes: 20_000_000_000,
            ratio: 200,
            ratio_from: 50_000_000,
            depth: 3,
            document: DOCUMENT_BYTES_MAX,
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
        own: HashSet::new(),
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
        let own = std::mem::take(&mut work.own);
        work.taken.extend(own);
    }
    work.placed
}

struct Unpacking<'a> {
    documents: &'a Path,
    /// Places of files that were taken before this archive.
    taken: HashSet<String>,
    /// Places of its files so far, those of archives in it among them: `a.zip` in it and a folder `a` may both hold
    /// a file of one name.
    own: HashSet<String>,
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
        match zip.has_overlapping_files() {
            Ok(false) => {}
            Ok(true) => {
                let why = "its files share bytes, as those of a bomb do";
                let hint = "unpack it by hand, look at it, and add what is wanted";
                return self.refuse(id, why, hint);
            }
            Err(error) => {
                return self.refuse(id, format!("it is damaged: {error}"), "pack it again");
            }
        }
        let mut is_encrypted = false;
        for index in 0..zip.len() {
            self.entries += 1;
            if self.entries > self.limits.entries {
                let why = format!("it has more than {} files", self.limits.entries);
                return self.refuse(id, why, "unpack it, and add the folder");
            }
            let listed = zip.name_for_index(index).and_then(Result::ok).unwrap_or_default();
            let listed = listed.into_owned();
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
                    let why = format!("its file {listed:?} cannot be read: {error}");
                    self.refuse(id, why, "pack it again, or unpack it and add the folder");
                    continue;
                }
            };
            if entry.is_dir() {
                continue;
            }
            let Some(inner) = name_of(&listed) else {
                let why = format!("a name in it is not UTF-8 or leaves the folder: {listed:?}");
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
            let nested = Source { id: place.clone(), path: place.clone().into() }.is_archive();
            if !nested && Format::of(&place).is_none() {
                self.outcome.skip(&place);
                continue;
            }
            let packed = entry.compressed_size().max(1);
            if !self.file(entry, packed, &place, nested, depth) {
                return;
            }
        }
    }

    /// Whether a file has this place already; this one is refused then.
    fn is_taken(&mut self, place: &str) -> bool {
        let (why, hint) = if self.own.contains(place) {
            ("the archive has two files for this place", "rename one of them")
        } else if self.taken.contains(place) {
            ("another of the given files has this place", "give it with `--into`")
        } else {
            return false;
        };
        self.refuse(place, why, hint);
        true
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
        if !nested && self.is_taken(place) {
            return true;
        }
        let most = if nested { self.limits.bytes } else { self.limits.document };
        let left = self.limits.bytes.saturating_sub(self.bytes);
        // Of all files together: a bomb may be many small ones.
        let packed = self.packed.saturating_add(packed);
        let by_ratio = packed.saturating_mul(self.limits.ratio).max(self.limits.ratio_from);
        let by_ratio = by_ratio.saturating_sub(self.kept);
        let limit = most.min(left).min(by_ratio);
        let mut counted = Counted { inner: entry, bytes: 0, limit };
        let target = self.documents.join(place);
        let written = if nested {
            tempfile::tempfile().and_then(|mut file| {
                io::copy(&mut counted, &mut file)?;
                io::Seek::rewind(&mut file)?;
                Ok(Unpacked::Archive(file))
            })
        } else {
            place::write(&target, &mut counted).map(Unpacked::File)
        };
        self.bytes += counted.bytes;
        if written.is_ok() {
            (self.kept, self.packed) = (self.kept + counted.bytes, packed);
        }
        match written {
            Ok(Unpacked::Archive(file)) => {
                self.archive(file, &folder_of(place), place, depth + 1);
            }
            Ok(Unpacked::File(change)) => {
                self.outcome.changed(change);
                self.own.insert(place.to_owned());
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
                    (format!("it has more than {} MB", self.limits.document / 1_000_000), true)
                };
                self.refuse(place, why, "unpack it by hand, look at it, and add what is wanted");
                return goes_on;
            }
            Err(error) => {
                let hint = "pack it again, or unpack it and add the folder";
                self.refuse(place, format!("it cannot be unpacked: {error}"), hint);
            }
        }
        true
    }
}

/// What one file of an archive is.
enum Unpacked {
    /// An archive, which is unpacked in its turn.
    Archive(File),
    /// A file at its place.
    File(Change),
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
