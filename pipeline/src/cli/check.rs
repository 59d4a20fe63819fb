//! `ragscale check FILE`

use super::{CliError, ExperimentFile, Speaking};
use crate::report::number;
use crate::run::estimate::{SetupEstimate, estimate};
use crate::run::progress::{Voice, emit, note, warn};
use crate::run::provenance::Machine;
use crate::run::{Loaded, check as checks};
use clap::Args;
use std::process::ExitCode;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    experiment: ExperimentFile,
    #[command(flatten)]
    speaking: Speaking,
}

/// Holds the experiment against the world and says what it will take.
pub fn check(arguments: &CheckArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let loaded = Loaded::open(&arguments.experiment.file)?;
    let warnings = checks::check(&loaded).into_result()?;
    if voice == Voice::Lines {
        eprint!("{}", loaded.source.rendered_warnings());
    }
    loaded.say_caveats(voice);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::Start)?;
    for warning in warnings.into_iter().chain(runtime.block_on(checks::servers(&loaded))) {
        warn(voice, &warning);
    }
    for text in loaded.notes()? {
        note(voice, &format!("note of the weights: {text}"));
    }
    let estimates = estimate(&loaded)?;
    match voice {
        Voice::Quiet => {}
        Voice::Json => emit(&serde_json::json!({
            "event": "estimate", "experiment": loaded.experiment.name, "setups": estimates,
        })),
        Voice::Lines => print!("{}", table(&loaded, &estimates)),
    }
    Ok(ExitCode::SUCCESS)
}

fn table(loaded: &Loaded, estimates: &[SetupEstimate]) -> String {
    let questions = loaded.questions().map_or(0, |questions| questions.len());
    let mut text = format!(
        "{}: {questions} questions, {} documents, {} setups\n\n{:<32} {:>7} {:>9} {:>9} {:>10} {:>10} {:>8}\n",
        loaded.experiment.name,
        loaded.corpus.documents.len(),
        estimates.len(),
        "setup",
        "trials",
        "prompt",
        "answer",
        "time",
        "memory",
        "USD",
    );
    for one in estimates {
        text.push_str(&format!(
            "{:<32} {:>7} {:>9} {:>9} {:>10} {:>10} {:>8}\n",
            one.setup,
            one.trials,
            number::count(one.prompt_tokens as u64),
            number::count(one.answer_tokens as u64),
            one.seconds.map_or_else(|| "unknown".into(), number::seconds),
            one.memory_bytes.map_or_else(|| number::NONE.into(), number::gib),
            one.usd.map_or_else(|| number::NONE.into(), |usd| format!("{usd:.2}")),
        ));
    }
    if estimates.is_empty() {
        text.push_str("no setup: `ragscale retrieve` measures the retrievers alone\n");
        return text;
    }
    let trials: usize = estimates.iter().map(|one| one.trials).sum();
    let known: Vec<f64> = estimates.iter().filter_map(|one| one.seconds).collect();
    let time = match (known.len(), estimates.len()) {
        (0, _) => "unknown time (no earlier run of these models on this machine)".to_owned(),
        (some, all) if some < all => format!(
            "{} for {some} of {all} setups; the others have not run before",
            number::seconds(known.iter().sum())
        ),
        _ => number::seconds(known.iter().sum()),
    };
    let memory = match estimates.iter().filter_map(|one| one.memory_bytes).max() {
        Some(bytes) => format!(
            ", at most {} of {} memory",
            number::gib(bytes),
            number::gib(Machine::current().memory_bytes)
        ),
        None => String::new(),
    };
    text.push_str(&format!("\ntotal: {trials} trials, {time}{memory}\n"));
    text.push_str("tokens are counted with each model's tokenizer; passages at their longest, answers as long as in earlier runs, else at their longest\n");
    text
}
