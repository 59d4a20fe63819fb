//! Who a model is.

use super::super::hashes::FileHashes;
use super::super::models::KnownModel;
use super::super::workspace::Workspace;
use crate::config;
use crate::file;
use crate::fingerprint::Fingerprint;
use std::path::Path;

/// The identity of an endpoint, whose table ends in `more`.
fn identity(root: &Path, more: &str) -> Fingerprint {
    let text = format!(
        "title = \"x\"\ncorpus = \"lab\"\n[model.m]\n\
         openai = {{ base_url = \"http://localhost:8000/v1\", model = \"served\"{more} }}\n\
         [setup.s]\nmodel = \"m\"\nstrategy.closed-book = {{}}\n"
    );
    let (experiment, _) = config::parse("x", "x.toml".as_ref(), &text).unwrap();
    let hashes = FileHashes::open(&root.join("cache"));
    let workspace = Workspace::at(root);
    KnownModel::describe(&experiment.models[0], &workspace, &hashes).unwrap().identity
}

#[test]
fn an_endpoint_s_tokenizer_is_part_of_what_decides_its_answers() {
    let root = tempfile::tempdir().unwrap();
    let plain = identity(root.path(), "");
    let write = |text: &str| {
        let path = root.path().join("t/tokenizer.json");
        file::write_whole(&path, text.as_bytes()).unwrap();
        identity(root.path(), ", tokenizer = \"t\"")
    };
    let (one, other) = (write("one"), write("another"));
    assert!(one != plain && other != plain && one != other);
}

/// Trials of endpoints without a tokenizer, made before it was part of this, are found again.
#[test]
fn an_endpoint_without_a_tokenizer_is_who_it_was() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(
        identity(root.path(), "").as_str(),
        "f292ee0c5dea9ed5f2ea64a74555cb6b0359050292da56403a641e2327508b30"
    );
}
