//! A small project in a folder of its own, and the program run in it.
//!
//! The files lie in `project/` beside this one: twelve documents, 25 questions of six kinds, and an
//! experiment `x` with six setups of scripted models.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than any run of these tests on a slow machine; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project's folder; gone when dropped.
pub struct Project {
    folder: tempfile::TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Finished {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// An experiment of one setup that needs nothing but its model's table.
pub const CLOSED_BOOK: &str = "\n[setup.only]\nmodel = \"m\"\nstrategy.closed-book = {}\n";
/// The first lines of an experiment over all questions of the split `test`.
pub const HEAD: &str = "title = \"A test\"\ncorpus = \"tiny\"\nquestions = { split = \"test\" }\n";
/// A lexical retriever and a setup of model `m` that takes three of its passages.
pub const LEXICAL: &str = r#"
[retriever.lexical]
chunks  = { tokens = 40, overlap = 8 }
lexical = { tantivy = {} }
[setup.lexical]
model = "m"
strategy.retrieval = { retriever = "lexical", passages = 3 }
"#;

impl Project {
    /// A copy of `project/`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/project");
        copy(&source, folder.path());
        Self { folder }
    }

    /// A copy with another experiment `x`.
    pub fn with(experiment: &str) -> Self {
        let project = Self::new();
        project.write("experiments/x.toml", experiment);
        project
    }

    /// A path below the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A path below the folder of experiment `x`'s report.
    pub fn report(&self, name: &str) -> PathBuf {
        self.path("reports/x").join(name)
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Replaces a text that must be there.
    pub fn replace(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} does not have {old:?}");
        self.write(name, text.replace(old, new));
    }

    /// Replaces `questions.jsonl`.
    pub fn questions(&self, questions: &[Value]) {
        let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
        self.write("corpora/tiny/questions.jsonl", lines);
    }

    /// The program, to be started in the project's folder, in an environment that names nothing.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ragscale"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["ORT_DYLIB_PATH", "HF_HOME", "http_proxy", "HTTP_PROXY", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program to its end.
    pub fn ragscale(&self, arguments: &[&str]) -> Finished {
        Finished::of(self.command(arguments).output().unwrap())
    }

    /// `run experiments/x.toml` and more arguments.
    pub fn run(&self, more: &[&str]) -> Finished {
        self.ragscale(&[&["run", "experiments/x.toml"], more].concat())
    }

    /// `check experiments/x.toml`.
    pub fn check(&self) -> Finished {
        self.ragscale(&["check", "experiments/x.toml"])
    }

    /// The trials that stand whole in `trials.jsonl`, in its order.
    pub fn trials(&self) -> Vec<Value> {
        let bytes = fs::read(self.report("trials.jsonl")).unwrap_or_default();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let text = std::str::from_utf8(&bytes[..whole]).unwrap();
        // The first line is the header.
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The text of every file below a folder of the project, with its path; hidden ones too.
    pub fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut open = vec![self.path(folder)];
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
    }
}

impl Finished {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Holds the exit code against `code`, and shows everything when it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}stderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Holds each text against standard error.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no {text:?} in:\n{}", self.stderr);
        }
        self
    }

    /// The JSON lines of standard output.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// The last event of a run.
    #[track_caller]
    pub fn done(&self) -> Value {
        let done = self.json().into_iter().find(|event| event["event"] == "done");
        done.unwrap_or_else(|| panic!("no event `done` in:\n{}{}", self.stdout, self.stderr))
    }
}

/// Waits until `condition` holds.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Sends a signal by its name, such as `INT`.
pub fn signal(process: &std::process::Child, name: &str) -> ExitStatus {
    Command::new("kill").args(["-s", name, &process.id().to_string()]).status().unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
