//! Sources written by hand, what becomes of them, and what is said of bad ones.

mod beir;
mod export;
mod fuzz;
mod hotpotqa;
mod open_questions;
mod passages;
mod properties;
mod reference;
mod squad;

use super::*;
use crate::corpus::{Corpus, Question};
use crate::extract::Extractor;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with sources below `in/`, and a project around it.
struct Sources(TempDir);

impl Sources {
    fn new(files: &[(&str, &str)]) -> Self {
        let sources = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            sources.write(name, text);
        }
        sources
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("in").join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Imports `name` as the corpus `x`, with other options as `change` makes them.
    fn import_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut ImportOptions<'_>),
    ) -> Result<ImportSummary, ExchangeError> {
        let path = self.path(name);
        let mut options = ImportOptions {
            root: self.0.path(),
            path: &path,
            name: "x",
            format: None,
            title: None,
            language: "en",
            licence: None,
            split: None,
            limit: None,
            replace: true,
        };
        change(&mut options);
        import(&options)
    }

    fn import(&self, name: &str) -> ImportSummary {
        self.import_with(name, |_| ()).unwrap()
    }

    /// What is said of a source that cannot be imported; nothing of it is left.
    fn error(&self, name: &str) -> String {
        let error = self.import_with(name, |_| ()).unwrap_err();
        assert!(error.is_input(), "{error}");
        assert!(!self.0.path().join("corpora/x").exists());
        let left = fs::read_dir(self.0.path().join("corpora")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{error}");
        self.told(&error)
    }

    fn told(&self, error: &ExchangeError) -> String {
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("{error}{hint}").replace(&self.0.path().display().to_string(), ".")
    }

    /// The corpus `x`, as a run reads it.
    fn corpus(&self) -> Corpus {
        Corpus::load(self.0.path(), "x", &self.extractor()).unwrap()
    }

    /// Nothing that is imported needs a reader's process.
    fn extractor(&self) -> Extractor {
        Extractor::new("no program".into(), &self.0.path().join("texts"))
    }

    fn export(&self, format: ExportFormat, out: &str) -> Result<ExportSummary, ExchangeError> {
        export(&ExportOptions {
            root: self.0.path(),
            extractor: &self.extractor(),
            name: "x",
            format,
            out: &self.path(out),
            report: None,
            setup: None,
        })
    }
}

/// `id text` of each document.
fn documents(corpus: &Corpus) -> Vec<(&str, &str)> {
    corpus.documents.iter().map(|document| (document.id.as_str(), document.text.as_str())).collect()
}

/// Document and quote of each evidence.
fn evidence(question: &Question) -> Vec<(&str, Option<&str>)> {
    question
        .evidence
        .iter()
        .map(|evidence| (evidence.document.as_str(), evidence.quote.as_deref()))
        .collect()
}

/// What was left out, by reason.
fn left_out(summary: &ImportSummary) -> Vec<(&'static str, usize)> {
    summary.left_out.iter().collect()
}

#[test]
fn a_summary_stands_beside_the_corpus() {
    let sources =
        Sources::new(&[("nq.jsonl", "{\"question\":\"who?\",\"answer\":[\"a\",\"a\"]}\n")]);
    let summary = sources
        .import_with("nq.jsonl", |options| {
            options.title = Some("Questions");
            options.licence = Some("CC-BY-SA-3.0");
            options.split = Some("dev");
        })
        .unwrap();
    assert_eq!((summary.documents, summary.questions), (0, 1));
    let corpus = sources.corpus();
    assert_eq!((corpus.title.as_str(), corpus.licence.as_str()), ("Questions", "CC-BY-SA-3.0"));
    assert_eq!(corpus.questions[0].split, "dev");
    let text = fs::read_to_string(sources.0.path().join("corpora/x/source.json")).unwrap();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let bytes = fs::read(sources.path("nq.jsonl")).unwrap();
    assert_eq!(
        read,
        serde_json::json!({
            "format": "nq-open", "split": "dev", "limit": null,
            "files": [{"name": "nq.jsonl", "bytes": bytes.len(), "sha256": crate::fingerprint::Fingerprint::of(&bytes)}],
            "documents": 0, "questions": 1, "kinds": {"general": 1},
            "left_out": {"accepted answers that stand twice": 1},
        })
    );
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let line =
        "{\"user_input\":\"?\",\"reference\":\"x\",\"reference_contexts\":[\"x y\",\"z\"]}\n";
    let sources = Sources::new(&[("r.jsonl", line)]);
    let all = |sources: &Sources| {
        sources.import("r.jsonl");
        let mut files = Vec::new();
        let mut open = vec![sources.0.path().join("corpora/x")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        files.sort();
        files
    };
    let first = all(&sources);
    assert_eq!(first.len(), 5);
    assert_eq!(all(&sources), first);
}

#[test]
fn bad_options_are_told_before_the_work_is_done() {
    let sources = Sources::new(&[("nq.jsonl", "{\"question\":\"who?\",\"answer\":[\"a\"]}\n")]);
    let told = |change: fn(&mut ImportOptions<'_>)| {
        sources.told(&sources.import_with("nq.jsonl", change).unwrap_err())
    };
    insta::assert_snapshot!(told(|options| options.name = "../x"), @r"
    `../x` is not the name of a corpus
    hint: a name has 1 to 64 lower-case letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`
    ");
    insta::assert_snapshot!(told(|options| options.language = "english"), @r#"
    error: `english` is not a language code
     --> ./corpora/x/corpus.toml:2:12
      |
    2 | language = "english"
      |            ^^^^^^^^^
      |
      = help: write two lower-case letters (ISO 639-1): `en`, `de`, `fr`, …

    1 error in ./corpora/x/corpus.toml
    "#);
    insta::assert_snapshot!(told(|options| options.path = Path::new("none.json")), @r"
    cannot read none.json
    hint: check the spelling of `none.json`
    ");
    sources.import("nq.jsonl");
    insta::assert_snapshot!(told(|options| options.replace = false), @r"
    ./corpora/x is there already
    hint: choose another name, or replace it with `--replace`
    ");
}
