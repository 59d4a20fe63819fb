//! `ragscale retrieve FILE`

use super::{CliError, ExperimentFile, Speaking};
use crate::corpus::Question;
use crate::file;
use crate::report::{self, RetrievalMeans};
use crate::retrieve::{Retrieved, trec};
use crate::run::lock::Lock;
use crate::run::progress::{Voice, emit, note, printable, warn};
use crate::run::{AllHits, Loaded, RunError, check};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Arguments of `retrieve`.
#[derive(Debug, Args)]
pub struct RetrieveArguments {
    #[command(flatten)]
    experiment: ExperimentFile,
    /// Write one TREC run a retriever into this folder, as RETRIEVER.run
    #[arg(long, value_name = "FOLDER")]
    trec: Option<PathBuf>,
    #[command(flatten)]
    speaking: Speaking,
}

/// Brings `hits.jsonl` up to date for every retriever of the file, used by a setup or not, and shows
/// how well each ranks.
pub fn retrieve(arguments: &RetrieveArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let loaded = Loaded::open(&arguments.experiment.file)?;
    // Before the report's folder is made: a name that stands for nothing leaves none behind.
    for warning in check::check_retrievers(&loaded).into_result()? {
        warn(voice, &warning);
    }
    let questions = loaded.questions_for_retrieval()?;
    let folder = loaded.workspace.report(&loaded.experiment.name);
    let _lock = Lock::acquire(&folder).map_err(RunError::from)?;
    let plans: Vec<_> = loaded.experiment.retrievers.iter().collect();
    // Never set: Ctrl-C ends this command at once, and each retriever was kept when it was done.
    let stopping = Arc::default();
    let stage = loaded.retrieval(&questions, voice, &stopping);
    let all = stage.run(&plans, &folder, &BTreeMap::new())?;
    let hits = folder.join("hits.jsonl");
    note(voice, &format!("hits: {}", hits.display()));
    say(voice, &loaded, &questions, &all)?;
    if let Some(runs) = &arguments.trec {
        let lines: Vec<(usize, Retrieved)> =
            if plans.is_empty() { Vec::new() } else { file::read_json_lines(&hits)? };
        for plan in plans {
            let of_plan: Vec<Retrieved> = lines
                .iter()
                .filter(|(_, line)| line.retriever == plan.name)
                .map(|(_, line)| line.clone())
                .collect();
            let path = runs.join(format!("{}.run", plan.name));
            file::write_whole(&path, trec::run(&of_plan, &plan.name).as_bytes())?;
            note(voice, &format!("run: {}", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The measures of each retriever over the questions that have evidence.
fn say(
    voice: Voice,
    loaded: &Loaded,
    questions: &[&Question],
    all: &AllHits,
) -> Result<(), CliError> {
    let mut head = true;
    for plan in &loaded.experiment.retrievers {
        let Some(hits) = all.hits.get(&plan.name) else { continue };
        let ranked: Vec<_> = questions
            .iter()
            .filter_map(|question| Some((*question, hits.get(&question.id)?.as_slice())))
            .collect();
        let means = report::retrieval_means(&plan.name, &ranked, &loaded.experiment.decision)?;
        let Some(RetrievalMeans { questions, means }) = means else { continue };
        match voice {
            Voice::Quiet => {}
            Voice::Json => emit(&serde_json::json!({
                "event": "ranking", "retriever": plan.name, "questions": questions,
                "means": means.iter().map(|(name, mean, interval)| {
                    (name.clone(), serde_json::json!([mean, interval.low, interval.high]))
                }).collect::<serde_json::Map<_, _>>(),
            })),
            Voice::Lines => {
                if std::mem::take(&mut head) {
                    let names: String =
                        means.iter().map(|(name, ..)| format!(" {name:>11}")).collect();
                    println!("{:<24} {:>9}{names}", "retriever", "questions");
                }
                let values: String =
                    means.iter().map(|(_, mean, _)| format!(" {mean:>11.4}")).collect();
                println!("{:<24} {questions:>9}{values}", printable(&plan.name));
            }
        }
    }
    Ok(())
}
