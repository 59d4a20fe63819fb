//! Whole runs of models that need no engine.

mod check;
mod kept;
mod models;
mod retrieval;
mod settled;

use super::{Loaded, Options, RunError, Summary, Voice, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Questions of the split `test` that are asked here.
const QUESTIONS: usize = 22;
/// The first lines of an experiment over all of them.
const HEAD: &str = "title = \"x\"\ncorpus = \"tiny\"\nquestions = { split = \"test\" }\n";
/// A setup that needs nothing but the table of model `m`.
const CLOSED_BOOK: &str = "\n[setup.only]\nmodel = \"m\"\nstrategy.closed-book = {}\n";
/// A lexical retriever and a setup of model `m` with it.
const LEXICAL: &str = r#"
[retriever.lexical]
chunks  = { tokens = 40, overlap = 8 }
lexical = { tantivy = {} }
[setup.lexical]
model = "m"
strategy.retrieval = { retriever = "lexical", passages = 3 }
"#;

/// A project's folder with the corpus `tiny` and the experiment `x`; gone when dropped.
pub(super) struct Project(tempfile::TempDir);

impl Project {
    pub fn with(experiment: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/project/corpora");
        copy(&source, &project.path("corpora"));
        // A page is read by a process of the program, which a test of the library is not.
        fs::remove_file(project.path("corpora/tiny/documents/paint.html")).unwrap();
        let questions = project.path("corpora/tiny/questions.jsonl");
        let text = fs::read_to_string(&questions).unwrap();
        let asked = text.lines().filter(|line| !line.contains("paint.html"));
        fs::write(&questions, asked.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        project.write("experiments/x.toml", experiment);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A file of the report, line by line.
    fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path("reports/x").join(name)).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    pub fn loaded(&self) -> Loaded {
        Loaded::open(&self.path("experiments/x.toml")).unwrap()
    }

    /// Runs the experiment, asked to stop from the beginning or not at all.
    fn run(&self, retry_failed: bool, stopping: bool) -> Result<Summary, RunError> {
        let options = Options {
            experiment: self.path("experiments/x.toml"),
            fresh: false,
            retry_failed,
            voice: Voice::Quiet,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(run(&options, Arc::new(AtomicBool::new(stopping))))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}
