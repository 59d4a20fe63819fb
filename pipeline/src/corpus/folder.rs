//! What lies below `documents/`.
//!
//! Enters: a folder. Leaves: its files, sorted into those that are read, those that are not, and
//! links. Does not: open a file.

use super::DocumentError;
use crate::extract::{ExtractError, Format};
use crate::file::FileError;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file that will be read.
#[derive(Debug)]
pub struct Entry {
    /// Path below the folder with `/`.
    pub id: String,
    /// Where it lies.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
}

/// A folder's content; each list is ordered by id.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files of a kind that is read.
    pub files: Vec<Entry>,
    /// Ids of files of other kinds.
    pub skipped: Vec<String>,
    /// Ids of links to places inside the folder: what they point at is read under its own name.
    pub links: Vec<String>,
    /// Hidden files and folders.
    pub hidden: usize,
    /// What cannot be part of a corpus, with its id.
    pub problems: Vec<(String, DocumentError)>,
}

/// Lists `folder` and everything below it. Hidden files and folders (`.name`) are passed over.
pub fn list(folder: &Path) -> Result<Listing, FileError> {
    let root = fs::canonicalize(folder).map_err(FileError::io("list", folder))?;
    let mut listing = Listing::default();
    // Folders still to be listed, with the id that their content starts with.
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match entries.map_err(FileError::io("list", &folder)) {
            Ok(entries) => entries,
            // One folder that is closed to this user is no reason to read none.
            Err(error) if !prefix.is_empty() => {
                let id = prefix.trim_end_matches('/').to_owned();
                listing.problems.push((id, ExtractError::File(error).into()));
                continue;
            }
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let id = format!("{prefix}{}", name.to_string_lossy());
                listing.problems.push((id, DocumentError::FileName { path }));
                continue;
            };
            if name.starts_with('.') {
                listing.hidden += 1;
                continue;
            }
            let id = format!("{prefix}{name}");
            let kind = match entry.file_type().map_err(FileError::io("read", &path)) {
                Ok(kind) => kind,
                Err(error) => {
                    listing.problems.push((id, ExtractError::File(error).into()));
                    continue;
                }
            };
            if kind.is_dir() {
                open.push((path, format!("{id}/")));
            } else if kind.is_symlink() {
                match fs::canonicalize(&path) {
                    Ok(target) if target.starts_with(&root) => listing.links.push(id),
                    Ok(_) => {
                        listing.problems.push((id, DocumentError::LinkLeaves { path }));
                    }
                    Err(source) => {
                        listing.problems.push((id, DocumentError::BrokenLink { path, source }));
                    }
                }
            } else if let Some(format) = Format::of(&id).filter(|_| kind.is_file()) {
                listing.files.push(Entry { id, path, format });
            } else {
                listing.skipped.push(id);
            }
        }
    }
    listing.files.sort_by(|a, b| a.id.cmp(&b.id));
    listing.skipped.sort();
    listing.links.sort();
    listing.problems.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(listing)
}

/// Names of the folders in `folder`, ordered; none when it cannot be listed.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
