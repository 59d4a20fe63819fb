//! Folders of files taken into a corpus.
//!
//! Enters: paths of files, folders and ZIP archives, a corpus's name. Leaves: `corpora/NAME/documents/` with
//! these files, `corpus.toml` where there was none, and what came of each file. Does not: change a file that
//! it takes, or hold more than a few documents in memory.

mod archive;
mod entry;
mod error;
#[cfg(test)]
mod fuzz_tests;
mod outcome;
mod place;
mod source;

pub use archive::Limits;
pub use error::{IntakeError, Refused};
pub use outcome::Outcome;

use crate::config::is_name;
use crate::corpus::folder_of;
use crate::extract::{Extractor, Format};
use crate::file;
use rayon::prelude::*;
use source::Source;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Request {
    /// The project's folder.
    pub root: PathBuf,
    /// The corpus.
    pub name: String,
    /// Files, folders and archives.
    pub paths: Vec<PathBuf>,
    /// A folder below `documents/` to put them into; empty for `documents/` itself.
    pub into: String,
    /// Make `documents` a link to the one folder that is given, and copy nothing.
    pub link: bool,
}

/// Takes the files in. A file that cannot be taken or read is left out and told in the outcome; the others
/// go on.
///
/// # Errors
/// When nothing can be done at all: a wrong name, a path that is not there, two files for one place.
pub fn add(request: &Request, extractor: &Extractor) -> Result<Outcome, IntakeError> {
    let folder = folder_of(&request.root, &request.name)
        .filter(|_| is_name(&request.name))
        .ok_or_else(|| IntakeError::Name { name: request.name.clone() })?;
    let documents = folder.join("documents");
    let mut outcome = Outcome::default();
    if request.link {
        place::link(&request.paths, &documents)?;
        let listed = source::list(&[PathBuf::from(&documents)], "", &mut outcome)?;
        outcome.linked = true;
        read(&listed, extractor, &mut outcome);
        listed.iter().filter(|one| one.is_archive()).for_each(|one| outcome.skip(&one.id));
    } else {
        // What is written would be written into the folder that it was linked to.
        if documents.is_symlink() {
            return Err(IntakeError::Linked { documents });
        }
        let mut sources = source::list(&request.paths, &request.into, &mut outcome)?;
        let (archives, files): (Vec<_>, Vec<_>) =
            sources.drain(..).partition(|source| source.is_archive());
        source::apart(&files)?;
        let mut placed = place::copy(&files, &documents, &mut outcome)?;
        let taken: HashSet<String> = placed.iter().map(|source| source.id.clone()).collect();
        placed.extend(archive::unpack(
            &archives,
            &documents,
            taken,
            Limits::default(),
            &mut outcome,
        ));
        read(&placed, extractor, &mut outcome);
    }
    outcome.refused.sort_by(|a, b| a.id.cmp(&b.id));
    let description = folder.join("corpus.toml");
    if !description.exists() {
        let text = outcome.description(&request.name);
        file::write_whole(&description, text.as_bytes())?;
        outcome.described = true;
    }
    Ok(outcome)
}

/// Reads what was placed, to say what cannot be read; texts are kept by the extractor, not here.
fn read(placed: &[Source], extractor: &Extractor, outcome: &mut Outcome) {
    let counts: Vec<_> = placed
        .par_iter()
        .filter_map(|source| {
            let format = Format::of(&source.id)?;
            Some(match extractor.read(&source.path, format) {
                Ok(text) => Ok(outcome::Count::of(&text, format)),
                Err(error) => Err(Refused::unfit(&source.id, &error.into())),
            })
        })
        .collect();
    for count in counts {
        match count {
            Ok(count) => outcome.count(count),
            Err(refused) => outcome.refused.push(refused),
        }
    }
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
#[path = "add_tests.rs"]
mod tests;
