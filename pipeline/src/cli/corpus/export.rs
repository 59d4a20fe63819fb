//! `ragscale corpus export NAME --format FORMAT --out PATH`

use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::exchange::{self, ExportFormat, ExportOptions};
use crate::run::progress::{Voice, emit, note};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `corpus export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The corpus's folder below corpora/
    #[arg(value_name = "NAME")]
    name: String,
    /// What is written
    #[arg(long, value_parser = PossibleValuesParser::new(ExportFormat::ALL.map(ExportFormat::name))
        .try_map(|name| ExportFormat::of(&name).ok_or("no such format")))]
    format: ExportFormat,
    /// The file, or for beir and trec the folder, to be made
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// A report's folder, whose answers or rankings are written too
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Whose answers of the report; may be left out where it has one setup
    #[arg(long, value_name = "SETUP")]
    setup: Option<String>,
    #[command(flatten)]
    speaking: Speaking,
}

/// Writes the result and says what it holds and what was left out.
pub fn export(arguments: &ExportArguments) -> Result<ExitCode, CliError> {
    let Project { workspace, extractor } = Project::here()?;
    let summary = exchange::export(&ExportOptions {
        root: &workspace.root,
        extractor: &extractor,
        name: &arguments.name,
        format: arguments.format,
        out: &arguments.out,
        report: arguments.report.as_deref(),
        setup: arguments.setup.as_deref(),
    })?;
    let voice = arguments.speaking.voice();
    if voice == Voice::Json {
        emit(&serde_json::json!({
            "event": "exported", "corpus": arguments.name, "out": arguments.out,
            "questions": summary.questions, "left_out": summary.left_out,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    let shown = arguments.out.display();
    note(
        voice,
        &format!("{shown}: {} questions as {}", summary.questions, arguments.format.name()),
    );
    for (reason, count) in summary.left_out.iter() {
        note(voice, &format!("left out: {count} {reason}"));
    }
    Ok(ExitCode::SUCCESS)
}
