//! The report: markdown and figures that a manager can decide from and an engineer can check.
//!
//! Enters: the files of a report's folder, and nothing else. Leaves, in the same folder: `README.md`,
//! `figures/*.svg`, `scores.csv`, `summary.json`. The same files give the same bytes. Does not: run a
//! model, read a clock or look at the corpus.

mod advice;
mod cause;
mod caveat;
mod cluster;
mod context;
mod discordance;
mod effect;
mod error;
mod escape;
mod example;
pub mod figure;
#[cfg(test)]
mod fixture;
mod group;
mod headline;
mod index;
mod kind;
mod ladder;
mod material;
mod measured;
pub mod number;
mod origin;
mod page;
mod reach;
mod retrieval;
mod row;
mod scores_csv;
mod sentence;
mod size;
mod summary;

pub use discordance::{Discordance, Discordances, discordances};
pub use error::ReportError;
pub use escape::{cell, inline};
pub use index::index;
pub use material::Material;
pub use retrieval::{RetrievalMeans, means as retrieval_means};

use crate::file;
use crate::fingerprint::{Fingerprint, FingerprintBuilder};
use std::path::Path;

/// Raised when the same files come to make another report.
const SCHEME: &str = "report 4";
/// What every report is made of, figures apart.
const PARTS: [&str; 3] = ["README.md", "scores.csv", "summary.json"];
/// Remembers what the report was made from: a fingerprint, then a line for each file that was made.
const STAMP: &str = ".report-inputs";
/// What a report is made from.
const INPUTS: [&str; 5] =
    ["plan.toml", "questions.jsonl", "hits.jsonl", "trials.jsonl", "provenance.json"];

/// Whether what was read from a clock or a memory meter is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readings {
    /// As measured.
    Shown,
    /// Left out: what remains depends on files, seeds and thread counts alone.
    Hidden,
}

/// Writes the report of a folder.
///
/// # Errors
/// When a file is missing or broken, or the report cannot be written.
pub fn write(folder: &Path, readings: Readings) -> Result<(), ReportError> {
    // Taken first: were the files changed meanwhile, the next `update` would see it.
    let stamp = inputs(folder, readings)?;
    let material = Material::read(folder)?;
    let page = page::page(&material, readings)?;
    let figures = folder.join("figures");
    file::create_folder(&figures)?;
    for name in figure::NAMES {
        let path = figures.join(name);
        match page.figures.iter().find(|(drawn, _)| *drawn == name) {
            Some((_, svg)) => file::write_whole(&path, svg.as_bytes())?,
            // One of an earlier report would show other numbers.
            None if path.exists() => {
                std::fs::remove_file(&path).map_err(file::FileError::io("remove", &path))?;
            }
            None => {}
        }
    }
    file::write_whole(&folder.join("scores.csv"), page.scores.as_bytes())?;
    file::write_whole(&folder.join("summary.json"), page.summary.as_bytes())?;
    file::write_whole(&folder.join("README.md"), page.markdown.as_bytes())?;
    let drawn = page.figures.iter().map(|(name, _)| format!("figures/{name}"));
    let made = PARTS.iter().map(|name| (*name).to_owned()).chain(drawn);
    let stamp = [stamp.as_str().to_owned()].into_iter().chain(made).collect::<Vec<_>>().join("\n");
    file::write_whole(&folder.join(STAMP), stamp.as_bytes())?;
    Ok(())
}

/// Writes the report if what it is made from has changed, or a file of it is gone. Returns whether it
/// was written.
///
/// # Errors
/// As [`write`].
pub fn update(folder: &Path, readings: Readings) -> Result<bool, ReportError> {
    let now = inputs(folder, readings)?;
    let before = file::read_text(&folder.join(STAMP)).unwrap_or_default();
    let mut lines = before.lines();
    let is_same = lines.next() == Some(now.as_str());
    if is_same && lines.clone().count() > 0 && lines.all(|name| folder.join(name).is_file()) {
        return Ok(false);
    }
    write(folder, readings)?;
    Ok(true)
}

/// The fingerprint of everything a report is made from, this program's version included.
fn inputs(folder: &Path, readings: Readings) -> Result<Fingerprint, ReportError> {
    let mut builder = FingerprintBuilder::new()
        .part("scheme", SCHEME)
        .part("version", env!("CARGO_PKG_VERSION"))
        .part("readings", format!("{readings:?}"));
    for name in INPUTS {
        let path = folder.join(name);
        if path.exists() {
            builder = builder.part(name, file::read(&path)?);
        }
    }
    Ok(builder.finish())
}
