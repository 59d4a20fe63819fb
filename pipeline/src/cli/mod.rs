//! The command line.
//!
//! Enters: arguments. Leaves: an exit code: 0 fine, 1 the run failed, 2 the input is wrong. Errors go
//! to standard error as `error:`, `caused by:`, `hint:`.

mod check;
mod corpus;
mod error;
mod project;
mod questions;
mod report;
mod reports;
mod retrieve;
mod run;

pub use error::CliError;

use crate::run::progress::{Voice, printable};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Does a small model with retrieval over your documents do the job, or do you need the large one?
/// Experiment files in, a report with a verdict out.
#[derive(Debug, Parser)]
#[command(name = "ragscale", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run an experiment, or go on with it, and write its report
    Run(run::RunArguments),
    /// Check an experiment without running it, and estimate what it will take
    Check(check::CheckArguments),
    /// Do only the retrieval of an experiment
    Retrieve(retrieve::RetrieveArguments),
    /// Write a report again from the files in its folder
    Report(report::ReportArguments),
    /// List the reports of a folder in its README.md, each with what it found
    Reports(reports::ReportsArguments),
    /// Make, check, import and export corpora
    #[command(subcommand)]
    Corpus(corpus::CorpusCommand),
    /// Check, draft, review and count a corpus's questions
    #[command(subcommand)]
    Questions(questions::QuestionsCommand),
    /// Answer prompts on the standard streams; started by `run`
    #[command(hide = true)]
    Worker,
    /// Read documents of other formats on the standard streams; started by commands that read a corpus
    #[command(hide = true, name = crate::extract::READER)]
    Reader,
}

/// How much is shown.
#[derive(Debug, Clone, Args)]
struct Speaking {
    /// Show errors and warnings only
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Show progress and results as JSON lines on standard output
    #[arg(long)]
    json: bool,
}

impl Speaking {
    fn voice(&self) -> Voice {
        match (self.quiet, self.json) {
            (true, _) => Voice::Quiet,
            (_, true) => Voice::Json,
            _ => Voice::Lines,
        }
    }
}

/// The experiment file that most commands take.
#[derive(Debug, Clone, Args)]
struct ExperimentFile {
    /// Experiment file, such as experiments/handbook.toml
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            // Help and version are no errors.
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let result = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Retrieve(arguments) => retrieve::retrieve(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Reports(arguments) => reports::reports(&arguments),
        Command::Corpus(command) => corpus::corpus(&command),
        Command::Questions(command) => questions::questions(&command),
        Command::Worker => return crate::model::worker::run(),
        Command::Reader => return crate::extract::serve(),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprint!("{}", printable(&error.rendered()));
            ExitCode::from(error.exit_code())
        }
    }
}
