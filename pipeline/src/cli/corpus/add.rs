//! `ragscale corpus add NAME PATH...`

use crate::cli::project::Project;
use crate::cli::{CliError, Speaking};
use crate::intake::{self, Outcome, Request};
use crate::report::number;
use crate::run::progress::{Voice, emit, hint, printable, warn};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `corpus add`.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// Name of the corpus, a folder below corpora/; made where there is none
    name: String,
    /// Files, folders and ZIP archives
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder below documents/ to put them into
    #[arg(long, default_value = "", value_name = "FOLDER")]
    into: String,
    /// Make documents/ a link to the one folder that is given, and copy nothing
    #[arg(long, conflicts_with = "into")]
    link: bool,
    #[command(flatten)]
    speaking: Speaking,
}

/// Takes the files in and says what came of them. Exit code 1 when one was left out.
pub fn add(arguments: &AddArguments) -> Result<ExitCode, CliError> {
    let voice = arguments.speaking.voice();
    let Project { workspace, extractor } = Project::here()?;
    let request = Request {
        root: workspace.root.clone(),
        name: arguments.name.clone(),
        paths: arguments.paths.clone(),
        into: arguments.into.clone(),
        link: arguments.link,
    };
    let outcome = intake::add(&request, &extractor)?;
    for refused in &outcome.refused {
        warn(voice, &format!("{} left out: {}", refused.id, refused.why));
        if let Some(text) = &refused.hint {
            hint(voice, text);
        }
    }
    match voice {
        Voice::Quiet => {}
        Voice::Json => emit(&serde_json::json!({
            "event": "added", "corpus": arguments.name, "outcome": outcome,
        })),
        Voice::Lines => print!("{}", printable(&said(&arguments.name, &outcome))),
    }
    Ok(ExitCode::from(u8::from(!outcome.refused.is_empty())))
}

fn said(name: &str, outcome: &Outcome) -> String {
    let counted = |counts: &BTreeMap<String, usize>| {
        let parts: Vec<String> = counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
        parts.join(", ")
    };
    let formats: Vec<String> =
        outcome.documents.iter().map(|(format, n)| format!("{n} {format}")).collect();
    let documents: usize = outcome.documents.values().sum();
    let mut lines = vec![if outcome.linked {
        format!("corpora/{name}/documents is a link; nothing was copied")
    } else {
        format!(
            "corpora/{name}/documents: {} added, {} replaced, {} unchanged",
            outcome.added, outcome.replaced, outcome.unchanged
        )
    }];
    lines.push(format!(
        "{documents} document(s) read ({}), {} words{}",
        formats.join(", "),
        number::count(outcome.words as u64),
        if outcome.pages > 0 { format!(", {} pages", outcome.pages) } else { String::new() }
    ));
    if outcome.dropped_lines > 0 {
        lines.push(format!(
            "{} line(s) dropped that stand at the top or bottom of every page",
            outcome.dropped_lines
        ));
    }
    if outcome.empty > 0 {
        lines.push(format!("{} document(s) without a word", outcome.empty));
    }
    if !outcome.encodings.is_empty() {
        lines.push(format!("not UTF-8, and read: {}", counted(&outcome.encodings)));
    }
    if !outcome.languages.is_empty() {
        lines.push(format!("languages: {}", counted(&outcome.languages)));
    }
    if !outcome.skipped.is_empty() {
        let kinds: Vec<String> = outcome
            .skipped
            .iter()
            .map(|(end, n)| match end.as_str() {
                "" => format!("{n} without an ending"),
                end => format!("{n} .{end}"),
            })
            .collect();
        lines.push(format!("not taken, of kinds that are not read: {}", kinds.join(", ")));
    }
    if outcome.hidden > 0 {
        lines.push(format!("not taken, hidden: {}", outcome.hidden));
    }
    if outcome.links > 0 {
        lines.push(format!(
            "not followed, links: {} (what they point at in the folder is taken under its own name)",
            outcome.links
        ));
    }
    if !outcome.refused.is_empty() {
        lines.push(format!("left out: {}, named above", outcome.refused.len()));
    }
    if outcome.described {
        lines.push(format!(
            "corpora/{name}/corpus.toml is new: look at its title, language and licence"
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}
