//! `ragscale reports [FOLDER]`

use super::{CliError, Speaking};
use crate::file;
use crate::report;
use crate::run::progress::note;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `reports`.
#[derive(Debug, Args)]
pub struct ReportsArguments {
    /// The folder that holds the reports
    #[arg(value_name = "FOLDER", default_value = "reports")]
    folder: PathBuf,
    /// Write nothing; end with exit code 1 when the list is not what it would be
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Writes FOLDER/README.md from the reports' own files, or compares it.
pub fn reports(arguments: &ReportsArguments) -> Result<ExitCode, CliError> {
    let (page, count) = report::index(&arguments.folder)?;
    let path = arguments.folder.join("README.md");
    let is = if arguments.check {
        // One that cannot be read is not what it would be.
        if !file::read(&path).is_ok_and(|now| now == page.as_bytes()) {
            return Err(CliError::Stale { path, folder: arguments.folder.clone() });
        }
        "up to date"
    } else {
        file::write_whole(&path, page.as_bytes())?;
        "written"
    };
    let voice = arguments.speaking.voice();
    note(voice, &format!("list {is}: {} (reports: {count})", path.display()));
    Ok(ExitCode::SUCCESS)
}
