//! `ragscale corpus check NAME`

use super::{page, table};
use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::corpus::{Corpus, CorpusError};
use crate::file;
use crate::run::RunError;
use crate::run::progress::{Voice, emit, note, printable};
use crate::survey::{Counting, survey};
use crate::tokens::Tokens;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `corpus check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Name of a folder below corpora/
    #[arg(value_name = "NAME")]
    name: String,
    /// Count tokens with this folder's tokenizer.json, and cut chunks by them; without it by words
    #[arg(long, value_name = "FOLDER")]
    tokenizer: Option<PathBuf>,
    /// Write corpora/NAME/README.md too; what stands outside of its two marks stays
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Surveys the corpus. What is found are warnings: only a corpus that cannot be used is an error, and
/// questions that something is wrong with are one, after the survey, which has them too. Exit code 1 when a
/// document cannot be read.
pub fn check(arguments: &CheckArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let Project { workspace, extractor } = Project::here()?;
    let (corpus, problems) =
        Corpus::load_what_is_sound(&workspace.root, &arguments.name, &extractor)
            .map_err(RunError::Corpus)?;
    let tokens = arguments.tokenizer.as_deref().map(Tokens::from_folder).transpose();
    let counting = Counting { tokens: tokens.map_err(RunError::Tokens)?, ..Counting::default() };
    let survey = survey(&corpus, &problems, &counting).map_err(RunError::Chunk)?;
    match voice {
        Voice::Quiet => {}
        Voice::Json => emit(&serde_json::json!({"event": "survey", "survey": survey})),
        Voice::Lines => print!("{}", printable(&table::table(&survey))),
    }
    if arguments.write {
        let path = workspace.root.join("corpora").join(&corpus.name).join("README.md");
        let before = path.exists().then(|| file::read_text(&path)).transpose()?;
        let after = page::merged(before.as_deref(), &survey)
            .ok_or_else(|| CliError::Marks { path: path.clone() })?;
        file::write_whole(&path, after.as_bytes())?;
        note(voice, &format!("written: {}", path.display()));
    }
    if !problems.is_empty() {
        return Err(RunError::Corpus(CorpusError::Questions { problems }).into());
    }
    Ok(ExitCode::from(u8::from(corpus.has_unreadable())))
}
