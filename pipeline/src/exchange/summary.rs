//! What an import did: shown to the reader, and kept beside the corpus as `source.json`.

use super::format::ImportFormat;
use crate::fingerprint::Fingerprint;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The file's name in the corpus's folder.
pub const SOURCE_FILE: &str = "source.json";

/// What was left out, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LeftOut(BTreeMap<&'static str, usize>);

impl LeftOut {
    /// Counts some more.
    pub(super) fn add(&mut self, reason: &'static str, count: usize) {
        if count > 0 {
            *self.0.entry(reason).or_default() += count;
        }
    }

    /// How many were left out for that reason.
    pub fn count(&self, reason: &str) -> usize {
        self.0.get(reason).copied().unwrap_or_default()
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reasons and counts, by reason.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (reason, count)) in self.0.iter().enumerate() {
            write!(f, "{}{count} {reason}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRecord {
    /// Its name, below the folder that was named where that was one.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Of its bytes.
    pub sha256: Fingerprint,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportSummary {
    /// The source's format.
    pub format: ImportFormat,
    /// The split that the questions are in.
    pub split: String,
    /// The most questions that were wanted, where that was said.
    pub limit: Option<usize>,
    /// What was read, in order.
    pub files: Vec<SourceRecord>,
    /// Documents written.
    pub documents: usize,
    /// Questions written.
    pub questions: usize,
    /// Questions by kind.
    pub kinds: BTreeMap<String, usize>,
    /// What was not taken over, and why.
    pub left_out: LeftOut,
}
