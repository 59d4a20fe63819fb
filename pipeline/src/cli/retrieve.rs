//! `ragscale retrieve FILE`

use super::{CliError, ExperimentFile, Speaking};
use crate::file;
use crate::retrieve::{Retrieved, trec};
use crate::run::lock::Lock;
use crate::run::progress::{note, warn};
use crate::run::{Loaded, RunError};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

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

/// Brings `hits.jsonl` up to date for every retriever of the file, used by a setup or not.
pub fn retrieve(arguments: &RetrieveArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let loaded = Loaded::open(&arguments.experiment.file)?;
    let questions = loaded.questions()?;
    let folder = loaded.workspace.report(&loaded.experiment.name);
    let _lock = Lock::acquire(&folder).map_err(RunError::from)?;
    let plans: Vec<_> = loaded.experiment.retrievers.iter().collect();
    let all = loaded.retrieval(&questions, voice).run(&plans, &folder, &BTreeMap::new())?;
    for warning in &all.warnings {
        warn(voice, warning);
    }
    let hits = folder.join("hits.jsonl");
    note(voice, &format!("hits: {}", hits.display()));
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
