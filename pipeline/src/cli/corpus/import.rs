//! `ragscale corpus import PATH NAME`

use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::exchange::{self, ImportFormat, ImportOptions, ImportSummary};
use crate::run::progress::{Voice, emit, note};
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `corpus import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// A file, or for BEIR a folder
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The corpus's name: its folder below corpora/
    #[arg(value_name = "NAME")]
    name: String,
    /// The source's format, where its look does not tell
    #[arg(long, value_parser = PossibleValuesParser::new(ImportFormat::ALL.map(ImportFormat::name))
        .try_map(|name| ImportFormat::of(&name).ok_or("no such format")))]
    format: Option<ImportFormat>,
    /// A title for people; the name where none is given
    #[arg(long)]
    title: Option<String>,
    /// The documents' language, two letters
    #[arg(long, default_value = "en")]
    language: String,
    /// Under which terms the documents may be used, such as CC-BY-SA-4.0
    #[arg(long)]
    licence: Option<String>,
    /// The questions' split; for BEIR also which judgements are read [default: test]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    split: Option<String>,
    /// Take at most this many questions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Replace a corpus of that name
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Makes the corpus and says what it holds and what was left out.
pub fn import(arguments: &ImportArguments) -> Result<ExitCode, CliError> {
    let project = Project::here()?;
    let summary = exchange::import(&ImportOptions {
        root: &project.workspace.root,
        path: &arguments.path,
        name: &arguments.name,
        format: arguments.format,
        title: arguments.title.as_deref(),
        language: &arguments.language,
        licence: arguments.licence.as_deref(),
        split: arguments.split.as_deref(),
        limit: arguments.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        replace: arguments.replace,
    })?;
    say(arguments.speaking.voice(), &arguments.name, &summary);
    Ok(ExitCode::SUCCESS)
}

fn say(voice: Voice, name: &str, summary: &ImportSummary) {
    if voice == Voice::Json {
        emit(&serde_json::json!({"event": "imported", "corpus": name, "summary": summary}));
        return;
    }
    let kinds: Vec<String> =
        summary.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    note(
        voice,
        &format!(
            "corpora/{name}: {} documents, {} questions ({}) from {}",
            summary.documents,
            summary.questions,
            kinds.join(", "),
            summary.format.name()
        ),
    );
    for (reason, count) in summary.left_out.iter() {
        note(voice, &format!("left out: {count} {reason}"));
    }
}
