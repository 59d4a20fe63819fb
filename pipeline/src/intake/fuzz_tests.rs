//! Archives, fed broken: what is taken lies below its folder, and is no more than the limits allow.

use super::archive::{Limits, unpack};
use super::outcome::Outcome;
use super::source::Source;
use crate::fuzz::Fuzz;
use std::collections::HashSet;

/// Few enough that a case takes no time, and that an archive which packs well meets them.
const LIMITS: Limits = Limits {
    entries: 500,
    bytes: 4_000_000,
    ratio: 100,
    ratio_from: 60_000,
    depth: 3,
    document: 1_000_000,
};

#[test]
fn archives_come_back() {
    Fuzz::of("zip").hold(|bytes| {
        let folder = tempfile::tempdir().unwrap();
        let (path, documents) = (folder.path().join("a.zip"), folder.path().join("documents"));
        std::fs::write(&path, bytes).unwrap();
        let mut outcome = Outcome::default();
        let source = Source { id: "in/a.zip".into(), path };
        let placed = unpack(&[source], &documents, HashSet::new(), LIMITS, &mut outcome);
        assert!(placed.iter().all(|one| one.path.starts_with(documents.join("in/a"))));
        let ids: HashSet<&str> = placed.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids.len(), outcome.added), (placed.len(), placed.len()), "{placed:?}");
        let outside = std::fs::read_dir(folder.path()).unwrap().count();
        assert!(outside <= 2, "{outside} files beside the documents");
        placed.iter().map(|one| one.path.metadata().unwrap().len() as usize).sum()
    });
}
