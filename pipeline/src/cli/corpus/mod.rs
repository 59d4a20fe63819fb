//! `ragscale corpus ...`: corpora made, looked at, brought in and given out.

mod add;
mod check;
mod export;
mod import;
mod page;
mod rows;
mod table;

use super::CliError;
use clap::Subcommand;
use std::process::ExitCode;

/// What is done to a corpus.
#[derive(Debug, Subcommand)]
pub enum CorpusCommand {
    /// Take files, folders and ZIP archives into a corpus
    Add(add::AddArguments),
    /// Say what is in a corpus and what is wrong with it
    Check(check::CheckArguments),
    /// Make a corpus of a question set in a public format
    Import(import::ImportArguments),
    /// Write a corpus, and perhaps a setup's answers, in a public format
    Export(export::ExportArguments),
}

/// Runs the command.
pub fn corpus(command: &CorpusCommand) -> Result<ExitCode, CliError> {
    match command {
        CorpusCommand::Add(arguments) => add::add(arguments),
        CorpusCommand::Check(arguments) => check::check(arguments),
        CorpusCommand::Import(arguments) => import::import(arguments),
        CorpusCommand::Export(arguments) => export::export(arguments),
    }
}
