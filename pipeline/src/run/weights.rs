//! Folders of weights that an experiment uses: models, embedders, rerankers.
//!
//! Enters: a checked experiment. Leaves: each folder once for each place that names it, and what the
//! folders say of themselves. Does not: read a weight, or ask a hub.

use super::workspace::Workspace;
use crate::config::{Experiment, ModelSource, RetrieverPlan, Source, Weights};
use crate::model::note::{self, NoteError};
use std::path::PathBuf;

/// A folder, and the key of the experiment file that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightsFolder {
    /// Dotted, such as `model.small.mistralrs.path`.
    pub key: String,
    /// It exists.
    pub folder: PathBuf,
}

/// The folders that setups use, models before retrievers, in the file's order.
pub fn folders(experiment: &Experiment, workspace: &Workspace) -> Vec<WeightsFolder> {
    let mut named = Vec::new();
    for plan in &experiment.models {
        if experiment.setups.iter().any(|setup| setup.model == plan.name)
            && let ModelSource::Mistralrs(model) = &plan.source
            && let Weights::Path(path) = &model.weights
        {
            named.push((format!("{}.mistralrs.path", Source::key("model", &plan.name)), path));
        }
    }
    for plan in &experiment.retrievers {
        let name = Some(plan.name.as_str());
        if experiment.setups.iter().any(|setup| setup.strategy.retriever() == name) {
            named.extend(named_by(plan));
        }
    }
    existing(named, workspace)
}

/// The folders of all retrievers, in the file's order.
pub fn of_retrievers(experiment: &Experiment, workspace: &Workspace) -> Vec<WeightsFolder> {
    existing(experiment.retrievers.iter().flat_map(named_by).collect(), workspace)
}

fn named_by(plan: &RetrieverPlan) -> Vec<(String, &String)> {
    let table = Source::key("retriever", &plan.name);
    let dense = plan.dense.as_ref();
    let embedder = dense.map(|dense| (format!("{table}.dense.embedder"), &dense.embedder.model));
    let rerank = plan.rerank.as_ref();
    let reranker = rerank.map(|rerank| (format!("{table}.rerank.model"), &rerank.model));
    embedder.into_iter().chain(reranker).collect()
}

fn existing(named: Vec<(String, &String)>, workspace: &Workspace) -> Vec<WeightsFolder> {
    named
        .into_iter()
        .map(|(key, path)| WeightsFolder { key, folder: workspace.path(path) })
        .filter(|weights| weights.folder.is_dir())
        .collect()
}

/// What the folders say of themselves, each note once, in their order.
///
/// # Errors
/// When a note cannot be shown.
pub fn notes(experiment: &Experiment, workspace: &Workspace) -> Result<Vec<String>, NoteError> {
    let mut notes = Vec::new();
    for weights in folders(experiment, workspace) {
        if let Some(note) = note::read(&weights.folder)?
            && !notes.contains(&note)
        {
            notes.push(note);
        }
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::file;

    const EXPERIMENT: &str = r#"
title = "x"
corpus = "lab"
[model.b]
mistralrs = { path = "models/b", context_tokens = 512 }
[model.a]
mistralrs = { path = "models/a", context_tokens = 512 }
[model.unused]
mistralrs = { path = "models/unused", context_tokens = 512 }
[model.none]
mistralrs = { path = "models/none", context_tokens = 512 }
[model.fake]
scripted = {}
[retriever.dense]
dense = { memory = {}, embedder = "models/e" }
rerank = { model = "overlap" }
[retriever.other]
dense = { memory = {}, embedder = "models/unused" }
[setup.one]
model = "a"
strategy.oracle = { distractors = 2, retriever = "dense" }
[setup.two]
model = "b"
strategy.closed-book = {}
[setup.three]
model = "fake"
strategy.closed-book = {}
[setup.four]
model = "none"
strategy.closed-book = {}
"#;

    #[test]
    fn folders_in_use_speak_once_each() {
        let root = tempfile::tempdir().unwrap();
        for (name, note) in
            [("a", "Laboratory."), ("b", "Another."), ("e", "Laboratory."), ("unused", "Unused.")]
        {
            let path = root.path().join("models").join(name).join("NOTE");
            file::write_whole(&path, note.as_bytes()).unwrap();
        }
        let (experiment, _) = config::parse("x", "x.toml".as_ref(), EXPERIMENT).unwrap();
        let workspace = Workspace::at(root.path());
        let keys: Vec<_> =
            folders(&experiment, &workspace).into_iter().map(|weights| weights.key).collect();
        assert_eq!(
            keys,
            ["model.b.mistralrs.path", "model.a.mistralrs.path", "retriever.dense.dense.embedder"]
        );
        let keys: Vec<_> =
            of_retrievers(&experiment, &workspace).into_iter().map(|weights| weights.key).collect();
        assert_eq!(keys, ["retriever.dense.dense.embedder", "retriever.other.dense.embedder"]);
        assert_eq!(notes(&experiment, &workspace).unwrap(), ["Another.", "Laboratory."]);
        file::write_whole(&root.path().join("models/a/NOTE"), b"").unwrap();
        assert!(notes(&experiment, &workspace).is_err());
    }
}
