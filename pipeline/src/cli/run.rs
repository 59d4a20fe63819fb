//! `ragscale run FILE`

use super::{CliError, ExperimentFile, Speaking};
use crate::report::{self, Readings};
use crate::run::progress::{Voice, emit, note, warn};
use crate::run::{self, Options, Summary};
use clap::Args;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    #[command(flatten)]
    experiment: ExperimentFile,
    /// Set the report's folder aside as NAME.1 and start over
    #[arg(long)]
    fresh: bool,
    /// Ask again what failed in an earlier run
    #[arg(long)]
    retry_failed: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Runs the experiment and writes its report. Exit code 1 when a model did not run or the run was
/// stopped: what is there is kept and reported.
pub fn run(arguments: &RunArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let options = Options {
        experiment: arguments.experiment.file.clone(),
        fresh: arguments.fresh,
        retry_failed: arguments.retry_failed,
        voice,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::Start)?;
    let summary = runtime.block_on(async {
        let stopping = Arc::new(AtomicBool::new(false));
        tokio::spawn(stop_on_signal(Arc::clone(&stopping), voice));
        run::run(&options, stopping).await
    })?;
    // Without all hits there is nothing new to report, and before the first run nothing at all.
    let changed = !summary.while_retrieving && report::update(&summary.folder, Readings::Shown)?;
    say(voice, &summary, changed);
    let whole = !summary.stopped && summary.broken_models.is_empty();
    Ok(ExitCode::from(u8::from(!whole)))
}

/// The first Ctrl-C lets what is in flight (a request, a batch, a search) finish; the second ends the program at once.
pub(super) async fn stop_on_signal(stopping: Arc<AtomicBool>, voice: Voice) {
    loop {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        if stopping.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        note(
            voice,
            "stopping: what is in flight finishes and is kept; press Ctrl-C again to stop at once",
        );
    }
}

fn say(voice: Voice, summary: &Summary, changed: bool) {
    let report = summary.folder.join("README.md");
    if voice == Voice::Json {
        emit(&serde_json::json!({
            "event": "done", "report": (!summary.while_retrieving).then_some(&report), "wanted": summary.wanted, "reused": summary.reused,
            "ran": summary.ran, "missing": summary.missing, "failed": summary.failed, "stopped": summary.stopped,
            "while_retrieving": summary.while_retrieving, "broken_models": summary.broken_models,
        }));
        return;
    }
    if summary.while_retrieving {
        warn(
            voice,
            "stopped while retrieving, before any trial; what was retrieved is kept, and the same command goes on",
        );
        return;
    }
    if summary.failed > 0 {
        warn(
            voice,
            &format!(
                "{} trials failed; they count as wrong. `--retry-failed` asks them again",
                summary.failed
            ),
        );
    }
    if summary.missing > 0 {
        warn(
            voice,
            &format!("{} trials did not run; the same command goes on with them", summary.missing),
        );
    }
    if !changed && summary.ran == 0 {
        note(voice, "nothing to do: everything is up to date");
    }
    note(voice, &format!("report: {}", report.display()));
}
