//! `ragscale questions ...`

mod check;
mod draft;
mod power;
mod review;

use super::CliError;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// What is done to a corpus's questions.
#[derive(Debug, Subcommand)]
pub enum QuestionsCommand {
    /// Say what is wrong or odd about a corpus's questions, and count them
    Check(check::CheckArguments),
    /// Ask a model for questions about passages of the documents
    Draft(draft::DraftArguments),
    /// Accept, edit or reject drafts, one at a time or in a spreadsheet
    Review(review::ReviewArguments),
    /// Say how many questions decide between two setups
    Power(power::PowerArguments),
}

/// The corpus that all of them take.
#[derive(Debug, Clone, Args)]
struct CorpusName {
    /// Corpus, a folder below corpora/
    #[arg(value_name = "NAME")]
    name: String,
}

/// Runs the command.
pub fn questions(command: &QuestionsCommand) -> Result<ExitCode, CliError> {
    match command {
        QuestionsCommand::Check(arguments) => check::check(arguments),
        QuestionsCommand::Draft(arguments) => draft::draft(arguments),
        QuestionsCommand::Review(arguments) => review::review(arguments),
        QuestionsCommand::Power(arguments) => power::power(arguments),
    }
}
