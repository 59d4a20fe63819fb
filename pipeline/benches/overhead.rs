//! How much the pipeline adds to the seconds that its workers spend in the engine.
//!
//! Enters: the handbook, questions of it, a model with random weights that is made here. Leaves: the
//! pipeline's share over some hundred retrieval trials of `ragscale run`. Does not: judge answers.
//!
//! What is compared, within one run: the seconds from the first request to the last trial on the
//! disk, times the workers; and the sum of `clock.seconds` of all trials, which each worker reads
//! around its own tokenizing and generating. The difference holds everything else: pipes, JSON, the
//! queue, writing and syncing trials, and the idle tail, when fewer requests are left than workers.
//! Loading the model is in neither.

#[path = "support/random_llama.rs"]
mod random_llama;
#[path = "support/mod.rs"]
mod support;
#[path = "../tests/support/tiny_model.rs"]
mod tiny_model;

use clap::Parser;
use ragscale::file;
use ragscale::run::provenance::Provenance;
use ragscale::run::{Trial, store};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::figure::{Figure, conclude};
use support::watched::Watched;
use support::{Failure, copy, quoted, repository};

/// The pipeline's share of the engine's seconds that is allowed.
const SHARE_MAX: f64 = 0.02;
/// Shorter trials than real models give would make the share a matter of the model.
const TRIAL_SECONDS_MIN: f64 = 0.1;
/// The model's name in the experiment.
const MODEL: &str = "bench";

/// Measures what the pipeline adds to the engine's time.
#[derive(Parser)]
struct Arguments {
    /// Trials; half of them with 2 passages, half with 3
    #[arg(long, default_value_t = 200)]
    trials: usize,
    /// A folder with a real model in place of the random one
    #[arg(long)]
    model: Option<PathBuf>,
    /// Another build of the program
    #[arg(long, default_value = env!("CARGO_BIN_EXE_ragscale"))]
    program: PathBuf,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    conclude(arguments.bench, || measure(&arguments))
}

fn measure(arguments: &Arguments) -> Result<Vec<Figure>, Failure> {
    let project = tempfile::tempdir()?;
    let root = project.path();
    prepare(root, arguments)?;
    let seen = Watched::run(&arguments.program, &["run", "experiments/bench.toml"], root)?;

    let report = root.join("reports/bench");
    let trials = store::read(&report.join("trials.jsonl"))?;
    let engine: Vec<f64> = in_asked_order(&trials)
        .iter()
        .filter_map(|trial| trial.generation()?.clock.seconds)
        .collect();
    if engine.len() != trials.len() || trials.is_empty() {
        return Err(
            format!("{} of {} trials failed", trials.len() - engine.len(), trials.len()).into()
        );
    }
    let provenance: Provenance =
        serde_json::from_slice(&file::read(&report.join("provenance.json"))?)?;
    let workers = provenance.models.get(MODEL).ok_or("the model did not run")?.concurrency;

    let stage = format!("model {MODEL}");
    let (first, last) = (seen.event("start", &stage)?, seen.event("end", &stage)?);
    let wall = last.at_seconds - first.at_seconds;
    let in_engine: f64 = engine.iter().sum();
    let held = wall * workers as f64;
    let share = held / in_engine - 1.0;
    let tail = idle_tail(&engine, workers);
    let mean = in_engine / engine.len() as f64;
    let loading = seen.note(&format!("{stage}: loading"))?.at_seconds;

    let mut figures = vec![
        Figure::shown("trials", trials.len().to_string()),
        Figure::shown("workers", workers.to_string()),
        Figure::held(
            "engine seconds a trial, mean",
            format!("{mean:.3} s"),
            format!("at least {TRIAL_SECONDS_MIN} s"),
            mean >= TRIAL_SECONDS_MIN,
        ),
        Figure::shown("engine seconds, sum", format!("{in_engine:.2} s")),
        Figure::shown("wall-clock of the stage", format!("{wall:.2} s")),
        Figure::held(
            "pipeline ÷ engine",
            format!("{:+.2} %", 100.0 * share),
            format!("at most {} %", 100.0 * SHARE_MAX),
            share <= SHARE_MAX,
        ),
        Figure::shown("  of this, the idle tail", format!("{:+.2} %", 100.0 * tail / in_engine)),
        Figure::shown(
            "pipeline's milliseconds a trial",
            format!("{:.2} ms", 1000.0 * (held - in_engine) / engine.len() as f64),
        ),
    ];
    // Where workers fill all cores, what the parent computes slows the workers down and hides in
    // their seconds: so it is shown by itself.
    if let (Some(before), Some(after)) = (first.processor_seconds, last.processor_seconds) {
        figures.push(Figure::shown(
            "parent's processor time ÷ engine",
            format!("{:.2} %", 100.0 * (after - before) / in_engine),
        ));
    }
    figures.push(Figure::shown("before the model is loaded", format!("{loading:.2} s")));
    figures.push(Figure::shown(
        "after the last trial, with the report",
        format!("{:.2} s", seen.seconds - last.at_seconds),
    ));
    if let Some(bytes) = seen.peak_bytes {
        let mib = bytes as f64 / f64::from(1 << 20);
        figures.push(Figure::shown("parent's peak memory", format!("{mib:.0} MiB")));
    }
    Ok(figures)
}

/// A project with the handbook, the model and the experiment.
fn prepare(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    copy(&repository().join("corpora/handbook"), &root.join("corpora/handbook"))?;
    let model = match &arguments.model {
        Some(folder) => fs::canonicalize(folder)?,
        None => {
            let folder = root.join("models/random");
            random_llama::write(&folder)?;
            folder
        }
    };
    let experiment = format!(
        r#"title     = "What does the pipeline add to the engine?"
corpus    = "handbook"
questions = {{ sample = {questions}, seed = 7 }}

[model.{MODEL}]
mistralrs = {{ path = {model}, context_tokens = 2048 }}
sampling  = {{ answer_tokens = 16 }}

[retriever.lexical]
chunks  = {{ tokens = 60, overlap = 10 }}
lexical = {{ tantivy = {{}} }}

[setup.two]
model = "{MODEL}"
strategy.retrieval = {{ retriever = "lexical", passages = 2 }}

[setup.three]
model = "{MODEL}"
strategy.retrieval = {{ retriever = "lexical", passages = 3 }}

[decision]
measure = "correct"
margin  = 0.05
"#,
        questions = arguments.trials.div_ceil(2),
        model = quoted(&model.to_string_lossy()),
    );
    fs::create_dir_all(root.join("experiments"))?;
    fs::write(root.join("experiments/bench.toml"), experiment)?;
    Ok(())
}

/// The trials in the order in which they were asked: by prompt, setup, question.
fn in_asked_order(trials: &[Trial]) -> Vec<&Trial> {
    let mut order: Vec<&Trial> = trials.iter().collect();
    order.sort_by(|a, b| {
        (&a.prompt, &a.setup, &a.question, a.repeat).cmp(&(
            &b.prompt,
            &b.setup,
            &b.question,
            b.repeat,
        ))
    });
    order
}

/// Worker-seconds between each worker's last answer and the last of all, if every trial goes to the
/// worker that is free first and takes its engine seconds.
fn idle_tail(engine: &[f64], workers: usize) -> f64 {
    let mut free_at = vec![0.0_f64; workers.max(1)];
    for seconds in engine {
        if let Some(first) = free_at.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *first += seconds;
        }
    }
    let last = free_at.iter().copied().fold(0.0, f64::max);
    free_at.iter().map(|end| last - end).sum()
}
