//! Killed without warning: no trial is lost or doubled, and the report is that of an undisturbed run.

use crate::project::{CLOSED_BOOK, HEAD, LEXICAL, Project, wait_until};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const KILLS: usize = 20;
/// 24 questions, two setups with one answer each and one model more.
const TRIALS: usize = 3 * 24;

/// Two models, one of which fails now and then; retrieval and closed book.
fn experiment() -> String {
    let models = r#"
[model.m]
scripted = { reads = 0.8, knows = 0.2, fails = 0.05, seconds = 0.03 }
[model.n]
scripted = { knows = 0.6, seed = 9, seconds = 0.02 }
[setup.other]
model = "n"
strategy.closed-book = {}
"#;
    [HEAD, models, CLOSED_BOOK, LEXICAL].concat()
}

fn start(project: &Project) -> Child {
    let mut command = project.command(&["run", "experiments/x.toml", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Setup, question, repeat.
fn place(trial: &Value) -> (String, String, u64) {
    let text = |key: &str| trial[key].as_str().unwrap().to_owned();
    (text("setup"), text("question"), trial["repeat"].as_u64().unwrap())
}

/// Everything that a report consists of, without clock readings.
fn page(project: &Project) -> BTreeMap<String, Vec<u8>> {
    project.ragscale(&["report", "reports/x", "--without-readings"]).expect(0);
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files: BTreeMap<String, Vec<u8>> = project
        .files("reports/x/figures")
        .into_iter()
        .map(|(path, bytes)| (name(&path), bytes))
        // A kill may leave the hidden beginning of a file that was never put in place.
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    for name in ["README.md", "scores.csv", "summary.json"] {
        files.insert(name.to_owned(), std::fs::read(project.report(name)).unwrap());
    }
    files
}

/// What an undisturbed run left, to hold others against.
struct Undisturbed {
    trials: Vec<Value>,
    page: BTreeMap<String, Vec<u8>>,
    seconds: f64,
}

impl Undisturbed {
    fn run() -> Self {
        let project = Project::with(&experiment());
        let clock = Instant::now();
        project.run(&[]).expect(0);
        let seconds = clock.elapsed().as_secs_f64();
        let trials = project.trials();
        assert_eq!(trials.len(), TRIALS);
        Self { trials, page: page(&project), seconds }
    }

    /// A finished project has the same trials in the same order, and the same report.
    fn hold(&self, project: &Project) {
        assert_eq!(project.trials(), self.trials);
        let page = page(project);
        assert_eq!(page.keys().collect::<Vec<_>>(), self.page.keys().collect::<Vec<_>>());
        for (name, bytes) in &page {
            let (ours, theirs) = (String::from_utf8_lossy(bytes), &self.page[name]);
            assert_eq!(ours, String::from_utf8_lossy(theirs), "{name} differs");
        }
    }
}

/// Starts a run and kills it after `seconds`. Returns whether it was still running.
fn killed(project: &Project, seconds: f64) -> bool {
    let mut child = start(project);
    std::thread::sleep(Duration::from_secs_f64(seconds));
    let alive = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    alive
}

/// The trials by their places, each of which is there once.
fn once(project: &Project) -> BTreeMap<(String, String, u64), Value> {
    let trials = project.trials();
    let count = trials.len();
    let places: BTreeMap<_, _> = trials.into_iter().map(|trial| (place(&trial), trial)).collect();
    assert_eq!(places.len(), count, "a trial is there twice");
    places
}

#[test]
fn flow_killed_at_20_moments_nothing_is_lost_or_doubled() {
    let undisturbed = Undisturbed::run();
    let mut generator = ChaCha8Rng::seed_from_u64(20);
    let mut project = Project::with(&experiment());
    let mut seen = BTreeMap::new();
    let (mut kills, mut starts) = (0, 0);
    while kills < KILLS {
        starts += 1;
        assert!(starts < 10 * KILLS, "only {kills} of {starts} runs could be killed");
        let alive = killed(&project, generator.random_range(0.0..undisturbed.seconds / 2.0));
        let now = once(&project);
        for (place, trial) in &seen {
            assert_eq!(now.get(place), Some(trial), "{place:?} after kill {kills}");
        }
        if alive {
            kills += 1;
            seen = now;
        } else {
            // It came to its end first, and does not count: hold it, and kill another one.
            undisturbed.hold(&project);
            project = Project::with(&experiment());
            seen = BTreeMap::new();
        }
    }
    project.run(&[]).expect(0);
    undisturbed.hold(&project);
    let last = once(&project);
    assert!(seen.iter().all(|(place, trial)| last.get(place) == Some(trial)));
    println!("{kills} of {starts} runs were killed before their end");
}

/// After the last answer come the order of the trials, the provenance and the report.
#[test]
fn flow_killed_after_the_last_answer_the_report_is_the_same() {
    let undisturbed = Undisturbed::run();
    let project = Project::with(&experiment());
    let mut child = start(&project);
    wait_until("all is kept", || project.trials().len() == TRIALS);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut generator = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..6 {
        // Without its stamp the report is made again.
        let _ = std::fs::remove_file(project.report(".report-inputs"));
        killed(&project, generator.random_range(0.0..0.1));
        assert_eq!(once(&project).len(), TRIALS);
    }
    project.run(&[]).expect(0);
    undisturbed.hold(&project);
}

#[test]
fn flow_a_killed_run_can_be_reported() {
    let slow = "\n[model.m]\nscripted = { seconds = 0.1 }\n";
    let project = Project::with(&[HEAD, slow, CLOSED_BOOK].concat());
    let mut child = start(&project);
    wait_until("a trial is kept", || !project.trials().is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    project.ragscale(&["report", "reports/x"]).expect(0);
    assert!(project.read("reports/x/README.md").contains("**Not finished**"));
}

/// What comes back from `retired.jsonl` stands in `trials.jsonl` before it leaves there.
#[test]
fn flow_a_setup_that_comes_back_survives_a_kill() {
    let quick = "\n[model.m]\nscripted = {}\n";
    let slow = "\n[model.s]\nscripted = { seconds = 0.2 }\n[setup.slow]\nmodel = \"s\"\nstrategy.closed-book = {}\n";
    let project = Project::with(&[HEAD, quick, CLOSED_BOOK, LEXICAL].concat());
    project.run(&[]).expect(0);
    let lexical: Vec<Value> =
        project.trials().into_iter().filter(|trial| trial["setup"] == "lexical").collect();
    assert_eq!(lexical.len(), 24);
    project.write("experiments/x.toml", [HEAD, quick, CLOSED_BOOK].concat());
    project.run(&[]).expect(0);
    assert!(project.trials().iter().all(|trial| trial["setup"] != "lexical"));

    project.write("experiments/x.toml", [HEAD, quick, CLOSED_BOOK, LEXICAL, slow].concat());
    let mut child = start(&project);
    wait_until("a slow trial is kept", || {
        project.trials().iter().any(|trial| trial["setup"] == "slow")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let trials = project.trials();
    assert!(lexical.iter().all(|trial| trials.contains(trial)));
    let done = project.run(&["--json"]).expect(0).done();
    assert_eq!((&done["wanted"], &done["failed"]), (&72.into(), &0.into()));
}
