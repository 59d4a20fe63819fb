//! Results that appear whole.

use crate::exchange::ExchangeError;
use crate::file::{self, FileError};
use std::path::Path;

/// Lets `write` fill a folder, and then gives it its name.
pub(super) fn folder(
    out: &Path,
    write: impl FnOnce(&Path) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    // The parent of a bare name is the empty path.
    let beside = match out.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    file::create_folder(beside)?;
    let made = tempfile::Builder::new()
        .prefix(".export.")
        .tempdir_in(beside)
        .map_err(FileError::io("create a folder in", beside))?;
    let filled = made.path().join("result");
    file::create_folder(&filled)?;
    write(&filled)?;
    std::fs::rename(&filled, out).map_err(FileError::io("rename to", out))?;
    Ok(())
}

/// Writes a table whole: cells in quotes only where they need it.
pub(super) fn table(
    path: &Path,
    between: u8,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<(), ExchangeError> {
    let failed = |source| ExchangeError::Csv { path: path.to_owned(), source };
    let mut writer = csv::WriterBuilder::new().delimiter(between).from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| FileError::io("write", path)(std::io::Error::other(error.to_string())))?;
    Ok(file::write_whole(path, &bytes)?)
}
