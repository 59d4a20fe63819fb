//! `ragscale report DIR`

use super::{CliError, Speaking};
use crate::report::{self, Readings};
use crate::run::progress::note;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// A report's folder, such as reports/handbook
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Leave out everything that was read from a clock or a memory meter, so that the reports of two
    /// runs can be compared byte for byte
    #[arg(long)]
    without_readings: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Writes the report again.
pub fn report(arguments: &ReportArguments) -> Result<ExitCode, CliError> {
    let readings = if arguments.without_readings { Readings::Hidden } else { Readings::Shown };
    report::write(&arguments.folder, readings)?;
    note(
        arguments.speaking.voice(),
        &format!("report: {}", arguments.folder.join("README.md").display()),
    );
    Ok(ExitCode::SUCCESS)
}
