//! `ragscale questions check NAME`

use super::CorpusName;
use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::corpus::{Corpus, DRAFTS_FILE, DraftStatus, read_drafts};
use crate::questions::{Census, QuestionsError, findings};
use crate::run::RunError;
use crate::run::progress::{Voice, emit, hint, printable, warn};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::mem::discriminant;
use std::process::ExitCode;

/// Arguments of `questions check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    corpus: CorpusName,
    #[command(flatten)]
    speaking: Speaking,
}

/// Shows what is odd, then how many questions and drafts there are. What is wrong is an error.
pub fn check(arguments: &CheckArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let Project { workspace, extractor } = Project::here()?;
    let name = &arguments.corpus.name;
    let corpus = Corpus::load(&workspace.root, name, &extractor).map_err(RunError::from)?;
    let path = workspace.root.join("corpora").join(name).join(DRAFTS_FILE);
    let mut drafts: BTreeMap<DraftStatus, usize> = BTreeMap::new();
    for draft in read_drafts(&path).map_err(QuestionsError::from)? {
        *drafts.entry(draft.status).or_default() += 1;
    }
    let findings = findings(&corpus);
    if voice == Voice::Json {
        for finding in &findings {
            let hint = finding.what.hint();
            emit(&json!({
                "event": "finding", "text": finding.to_string(), "hint": hint, "what": finding,
            }));
        }
    } else {
        for (place, finding) in findings.iter().enumerate() {
            warn(voice, &finding.to_string());
            let next = findings.get(place + 1);
            // Said once, behind the last of its kind.
            if next.is_none_or(|next| discriminant(&next.what) != discriminant(&finding.what)) {
                hint(voice, finding.what.hint());
            }
        }
    }
    let census = Census::of(&corpus.questions);
    match voice {
        Voice::Quiet => {}
        Voice::Json => emit(&json!({
            "event": "questions", "corpus": name, "documents": corpus.documents.len(),
            "questions": corpus.questions.len(), "census": census, "drafts": drafts, "findings": findings.len(),
        })),
        Voice::Lines => {
            print!("{}", printable(&census.table()));
            let counts: Vec<String> = drafts
                .iter()
                .map(|(status, count)| format!("{count} {}", words(*status)))
                .collect();
            if !counts.is_empty() {
                println!("drafts: {}", counts.join(", "));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn words(status: DraftStatus) -> &'static str {
    match status {
        DraftStatus::Draft => "to review",
        DraftStatus::Accepted => "accepted",
        DraftStatus::Rejected => "rejected",
        DraftStatus::Skipped => "skipped",
    }
}
