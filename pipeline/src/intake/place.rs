//! Files put into a corpus.

use super::outcome::Outcome;
use super::source::Source;
use super::{IntakeError, Refused};
use crate::file::{self, FileError};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes that are compared at once.
const BLOCK: usize = 64 * 1024;

/// Copies each file to its place, where it is not there already with the same bytes. What cannot be copied is
/// left out. Returns where the files lie now.
pub(super) fn copy(
    sources: &[Source],
    documents: &Path,
    outcome: &mut Outcome,
) -> Result<Vec<Source>, IntakeError> {
    file::create_folder(documents)?;
    let mut placed = Vec::with_capacity(sources.len());
    for source in sources {
        let target = documents.join(&source.id);
        match copy_one(&source.path, &target) {
            Ok(change) => {
                outcome.changed(change);
                placed.push(Source { id: source.id.clone(), path: target });
            }
            Err(error) => outcome.refused.push(Refused {
                id: source.id.clone(),
                why: format!("it cannot be copied: {error}"),
                hint: Some("make it readable for this user".into()),
            }),
        }
    }
    Ok(placed)
}

/// What became of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing was there.
    Added,
    /// Something else was.
    Replaced,
    /// The same bytes were.
    Unchanged,
}

fn copy_one(from: &Path, to: &Path) -> io::Result<Change> {
    // Compared first: most files of a folder that is added again are there.
    if is_file(to) && same(from, to)? {
        return Ok(Change::Unchanged);
    }
    write(to, &mut fs::File::open(from)?)
}

/// Writes a file as a whole: under another name first, so that a crash leaves no half of it. One that is there
/// with the same bytes stays.
pub(super) fn write(to: &Path, from: &mut impl Read) -> io::Result<Change> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut part = tempfile::Builder::new().prefix(".taking-").tempfile_in(folder)?;
    io::copy(from, part.as_file_mut())?;
    let change = match fs::symlink_metadata(to) {
        Ok(_) if is_file(to) && same(part.path(), to)? => return Ok(Change::Unchanged),
        Ok(_) => Change::Replaced,
        Err(_) => Change::Added,
    };
    file::share(part.as_file())?;
    part.persist(to).map_err(|error| error.error)?;
    Ok(change)
}

/// A file itself, not a link to one.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_file())
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (fs::File::open(one)?, fs::File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let read = one.read(&mut left)?;
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(&mut right[..read])?;
        if left[..read] != right[..read] {
            return Ok(false);
        }
    }
}

/// Makes `documents` a link to the one folder in `paths`.
pub(super) fn link(paths: &[PathBuf], documents: &Path) -> Result<(), IntakeError> {
    let [folder] = paths else { return Err(IntakeError::Link { found: paths.len() }) };
    if !folder.is_dir() {
        return Err(IntakeError::Link { found: 1 });
    }
    let target = fs::canonicalize(folder).map_err(FileError::io("read", folder))?;
    if fs::canonicalize(documents).is_ok_and(|there| there == target) {
        return Ok(());
    }
    if fs::symlink_metadata(documents).is_ok() {
        return Err(IntakeError::NotEmpty { documents: documents.to_owned() });
    }
    if let Some(parent) = documents.parent() {
        file::create_folder(parent)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(&target, documents).map_err(FileError::io("link", documents))?;
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(&target, documents)
        .map_err(FileError::io("link", documents))?;
    Ok(())
}
