//! What the benchmarks share: figures with targets, a watched run of the program, places of files.

// Each benchmark uses its part.
#![allow(dead_code)]

pub mod figure;
pub mod watched;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// A cause that ends a benchmark.
pub type Failure = Box<dyn Error>;

/// The repository's root.
pub fn repository() -> PathBuf {
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR"));
    pipeline.parent().unwrap_or(pipeline).to_owned()
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A text as a TOML string.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The value below which the share `p` of `values` lies, by nearest rank.
pub fn quantile(values: &mut [f64], p: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (p * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
