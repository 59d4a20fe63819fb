//! Files to take in, and where each goes.
//!
//! Enters: paths as written. Leaves: each file below them with its place, ordered by place. Does not: open a
//! file, follow a link, or look at hidden ones.

use super::outcome::Outcome;
use super::{IntakeError, Refused, shown};
use crate::corpus::folder;
use crate::extract::Format;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A file and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Below `documents/`, with `/`.
    pub id: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Source {
    /// Whether it is a ZIP archive of files.
    pub fn is_archive(&self) -> bool {
        self.id.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("zip"))
    }
}

/// Everything below `paths` that is read, ordered by id. Of several paths, each folder keeps its name; of one
/// folder, its content goes in without it.
pub(super) fn list(
    paths: &[PathBuf],
    into: &str,
    outcome: &mut Outcome,
) -> Result<Vec<Source>, IntakeError> {
    let prefix = prefix_of(into)?;
    let mut sources = Vec::new();
    for path in paths {
        let Ok(kind) = fs::metadata(path) else {
            return Err(IntakeError::Missing { path: path.clone() });
        };
        // `.` and `x/..` have no name of their own; a link's own name says what it is.
        let whole = path.canonicalize().unwrap_or_default();
        let name = path.file_name().or(whole.file_name()).and_then(|name| name.to_str());
        match name {
            Some(name) if is_hidden(name) && !(kind.is_dir() && paths.len() == 1) => {
                outcome.refused.push(hidden(path));
            }
            Some(name) if kind.is_dir() && paths.len() > 1 => {
                walk(path, &format!("{prefix}{name}/"), &mut sources, outcome)?;
            }
            _ if kind.is_dir() => walk(path, &prefix, &mut sources, outcome)?,
            Some(name) => take(format!("{prefix}{name}"), path.clone(), &mut sources, outcome),
            None => outcome.refused.push(unnamed(path)),
        }
    }
    sources.sort_by(|a: &Source, b| a.id.cmp(&b.id));
    Ok(sources)
}

/// No two files may have one place.
pub(super) fn apart(sources: &[Source]) -> Result<(), IntakeError> {
    match sources.windows(2).find(|two| two[0].id == two[1].id) {
        Some(two) => Err(IntakeError::Twice {
            id: two[0].id.clone(),
            first: two[0].path.clone(),
            second: two[1].path.clone(),
        }),
        None => Ok(()),
    }
}

fn prefix_of(into: &str) -> Result<String, IntakeError> {
    let mut prefix = String::new();
    for part in Path::new(into).components() {
        match part {
            Component::Normal(name) if !is_hidden(&name.to_string_lossy()) => {
                prefix.push_str(&name.to_string_lossy());
                prefix.push('/');
            }
            Component::CurDir => {}
            _ => return Err(IntakeError::Into { into: into.to_owned() }),
        }
    }
    Ok(prefix)
}

/// What a corpus would take of a folder, and the archives in it.
fn walk(
    folder: &Path,
    prefix: &str,
    sources: &mut Vec<Source>,
    outcome: &mut Outcome,
) -> Result<(), IntakeError> {
    let listing = folder::list(folder)?;
    outcome.hidden += listing.hidden;
    for (id, problem) in listing.problems {
        outcome.refused.push(Refused::unfit(&format!("{prefix}{id}"), &problem));
    }
    for entry in listing.files {
        sources.push(Source { id: format!("{prefix}{}", entry.id), path: entry.path });
    }
    for id in listing.skipped {
        take(format!("{prefix}{id}"), folder.join(id), sources, outcome);
    }
    // What they point at is taken under its own name, unless that is hidden.
    outcome.links += listing.links.len();
    Ok(())
}

fn take(id: String, path: PathBuf, sources: &mut Vec<Source>, outcome: &mut Outcome) {
    let source = Source { id, path };
    // A pipe that is called so would never end.
    let is_file = source.path.is_file();
    if is_file && (source.is_archive() || Format::of(&source.id).is_some()) {
        sources.push(source);
    } else {
        outcome.skip(&source.id);
    }
}

/// Files and folders of such names are not looked at when documents are read.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

fn hidden(path: &Path) -> Refused {
    Refused::new(shown(path), "hidden files are not read", "give it a name without `.` before it")
}

fn unnamed(path: &Path) -> Refused {
    Refused::new(shown(path), "its name is not UTF-8", "rename it")
}
