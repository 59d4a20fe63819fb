//! `ragscale questions review NAME`

use super::CorpusName;
use crate::cli::CliError;
use crate::cli::project::Project;
use crate::corpus::Corpus;
use crate::questions::{self, Ledger};
use crate::run::RunError;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `questions review`.
#[derive(Debug, Args)]
pub struct ReviewArguments {
    #[command(flatten)]
    corpus: CorpusName,
    /// Show the drafts that were skipped before, too
    #[arg(long)]
    skipped: bool,
    /// Write the open drafts to a table for a spreadsheet instead, with an empty column `decision`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "skipped"])]
    export: Option<PathBuf>,
    /// Take the decisions of such a table: accept, reject, skip
    #[arg(long, value_name = "FILE", conflicts_with = "skipped")]
    import: Option<PathBuf>,
}

/// Reviews on the standard streams, or through a table.
pub fn review(arguments: &ReviewArguments) -> Result<ExitCode, CliError> {
    let Project { workspace, extractor } = Project::here()?;
    let corpus = Corpus::load_documents(&workspace.root, &arguments.corpus.name, &extractor)
        .map_err(RunError::from)?;
    let ledger = Ledger::open(&workspace, &corpus)?;
    if let Some(path) = &arguments.export {
        let count = questions::export(&ledger, &corpus, path)?;
        println!("{count} drafts: {}", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let reviewed = match &arguments.import {
        Some(path) => questions::import(&ledger, &corpus, path)?,
        None => questions::review(
            &ledger,
            &corpus,
            arguments.skipped,
            &mut std::io::stdin().lock(),
            &mut std::io::stdout().lock(),
        )?,
    };
    println!(
        "accepted {}, rejected {}, skipped {}; {} left",
        reviewed.accepted, reviewed.rejected, reviewed.skipped, reviewed.left
    );
    Ok(ExitCode::SUCCESS)
}
