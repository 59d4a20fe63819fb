//! `ragscale questions draft NAME --model MODEL`

use super::super::run::stop_on_signal;
use super::CorpusName;
use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::corpus::Corpus;
use crate::questions::{Drafting, Ledger, QuestionsError, TWO_DOCUMENTS, Tally};
use crate::run::progress::{Voice, emit, note, warn};
use crate::run::{Respondent, RunError};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Arguments of `questions draft`.
#[derive(Debug, Args)]
pub struct DraftArguments {
    #[command(flatten)]
    corpus: CorpusName,
    /// Name of a model in the experiment file
    #[arg(long)]
    model: String,
    /// Experiment file that describes the model [default: experiments/NAME.toml]
    #[arg(long, value_name = "FILE")]
    experiment: Option<PathBuf>,
    /// How many passages are asked about in all, earlier runs with this seed included
    #[arg(long, default_value_t = 20)]
    count: usize,
    /// Seed of the draw of passages
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Kinds of questions, taken in turn
    #[arg(long, value_delimiter = ',', default_values = ["fact", "number", "date", TWO_DOCUMENTS])]
    kinds: Vec<String>,
    #[command(flatten)]
    speaking: Speaking,
}

/// Adds drafts to `drafts.jsonl`. Exit code 1 when the model failed or the command was stopped: what is there
/// is kept, and the same command goes on.
pub fn draft(arguments: &DraftArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let Project { workspace, extractor } = Project::here()?;
    let name = &arguments.corpus.name;
    let corpus =
        Corpus::load_documents(&workspace.root, name, &extractor).map_err(RunError::from)?;
    let experiment = arguments
        .experiment
        .clone()
        .unwrap_or_else(|| workspace.root.join("experiments").join(format!("{name}.toml")));
    let kinds: Vec<String> = arguments.kinds.iter().map(|kind| kind.trim().to_owned()).collect();
    let ledger = Ledger::open(&workspace, &corpus)?;
    let drafting = Drafting::new(&corpus, &kinds, arguments.seed, &ledger)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::Start)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let tally = runtime.block_on(async {
        let respondent = Respondent::start(&experiment, &arguments.model).await?;
        tokio::spawn(stop_on_signal(Arc::clone(&stopping), voice));
        drafting.run(&kinds, arguments.count, &respondent, voice, &stopping).await
    })?;
    let stopped = stopping.load(Ordering::SeqCst);
    if voice == Voice::Json {
        emit(&serde_json::json!({
            "event": "done", "drafts": ledger.path(), "tally": tally, "stopped": stopped,
            "too_short": drafting.too_short(),
        }));
    } else {
        say(voice, arguments, &tally, &drafting, stopped)?;
    }
    Ok(ExitCode::from(u8::from(stopped || tally.failed > 0)))
}

fn say(
    voice: Voice,
    arguments: &DraftArguments,
    tally: &Tally,
    drafting: &Drafting<'_>,
    stopped: bool,
) -> Result<(), QuestionsError> {
    if drafting.too_short() > 0 {
        let count = drafting.too_short();
        note(voice, &format!("{count} passages have too few words to be asked about"));
    }
    let seen = tally.asked + tally.asked_before;
    if voice == Voice::Lines {
        print!("{}", table(tally));
    }
    if tally.failed > 0 {
        warn(voice, &format!("{} requests failed; the same command asks again", tally.failed));
    }
    if tally.asked == 0 && !stopped {
        let remedy = if seen < arguments.count {
            "the corpus has no other passage for these kinds"
        } else {
            "raise `--count` to ask about more"
        };
        note(voice, &format!("nothing to ask: {seen} passages were asked about before; {remedy}"));
    } else if seen < arguments.count && !stopped {
        note(voice, &format!("the corpus has {seen} passages for these kinds, and no more"));
    }
    if tally.drafts > 0 {
        note(voice, &format!("next: `ragscale questions review {}`", arguments.corpus.name));
    }
    Ok(())
}

fn table(tally: &Tally) -> String {
    let mut text = format!("{:<40} {:>6}\n", "passages asked about", tally.asked);
    if tally.asked_before > 0 {
        text.push_str(&format!("{:<40} {:>6}\n", "  asked about before", tally.asked_before));
    }
    for (filter, count) in &tally.rejected {
        text.push_str(&format!("{:<40} {count:>6}\n", format!("  {filter}")));
    }
    if tally.failed > 0 {
        text.push_str(&format!("{:<40} {:>6}\n", "  no answer from the model", tally.failed));
    }
    text.push_str(&format!("{:<40} {:>6}\n", "drafts to review", tally.drafts));
    if tally.answers_left_out > 0 {
        let what = "  answers left out, which no quote holds";
        text.push_str(&format!("{what:<40} {:>6}\n", tally.answers_left_out));
    }
    text
}
