//! `ragscale-lab`: writes the lab's corpus, its training data and its models' cards.

use clap::{Parser, Subcommand};
use ragscale_lab::corpus;
use ragscale_lab::data;
use ragscale_lab::source::Source;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes the small world that the lab's models are trained on.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write the corpus
    Corpus {
        /// The folder to write; its `documents` are replaced
        #[arg(long, default_value = "corpora/lab")]
        out: PathBuf,
    },
    /// Write training data: a tokenizer and streams of tokens
    Data {
        /// The folder to write
        #[arg(long)]
        out: PathBuf,
        /// Tokens of all streams together
        #[arg(long, default_value_t = 40_000_000)]
        tokens: usize,
    },
    /// Write the models' cards and check sums from the records of their trainings and from reports
    Cards {
        /// The folder of the models
        #[arg(long, default_value = "models/lab")]
        models: PathBuf,
        /// The folder of the reports
        #[arg(long, default_value = "reports")]
        reports: PathBuf,
    },
    /// Print some training texts
    Show {
        /// `closed`, `text`, `read-2`, `read-4`, `read-6`, `near-6`, `recall`, `found-6`, `long` or `company`
        stream: String,
        /// How many
        #[arg(default_value_t = 3)]
        count: u64,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().what) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(one) = cause {
                eprintln!("caused by: {one}");
                cause = one.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(what: What) -> Result<(), Box<dyn Error>> {
    match what {
        What::Corpus { out } => println!("{} files", corpus::write(&out)?),
        What::Data { out, tokens } => {
            for (name, written) in data::write(&out, tokens)? {
                println!(
                    "{name}: {} tokens, {} examples, {} too long",
                    written.tokens, written.examples, written.too_long
                );
            }
        }
        What::Cards { models, reports } => {
            println!("{} files", ragscale_lab::models::write(&models, &reports)?);
        }
        What::Show { stream, count } => {
            let source = Source::new()?;
            for number in 0..count {
                println!("{}\n---", source.training(&stream, number).text());
            }
        }
    }
    Ok(())
}
