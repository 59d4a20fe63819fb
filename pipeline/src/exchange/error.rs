//! What can go wrong between a corpus and a public format.

use super::fault::RecordFault;
use super::summary::LeftOut;
use crate::config::{ConfigErrors, NAME_RULE};
use crate::corpus::CorpusError;
use crate::file::FileError;
use crate::report::ReportError;
use std::io;
use std::path::{Path, PathBuf};

/// An import or export that cannot be done. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// A record that cannot be read.
    #[error("{}: {fault}", place(path, *line, fault.column()))]
    Record {
        /// The source's file.
        path: PathBuf,
        /// Line, from 1; in a JSON document the line on which the element ends.
        line: usize,
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// The source cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
    /// The source is no ordinary file.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// As written.
        path: PathBuf,
    },
    /// The source is no folder, and the format is one.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// As written.
        path: PathBuf,
    },
    /// The source has no byte.
    #[error("{} is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// No format is known by its names or first bytes.
    #[error("{} is of no format that is known by its look", path.display())]
    UnknownLook {
        /// As written.
        path: PathBuf,
        /// The formats' names.
        known: String,
    },
    /// The judgements of that split are not there.
    #[error("{} has no judgements of the split `{split}`", folder.display())]
    MissingSplit {
        /// `qrels/`.
        folder: PathBuf,
        /// As written, or what is taken where nothing is.
        split: String,
        /// The splits that are there, ordered.
        known: Vec<String>,
    },
    /// All judgements name queries or documents that are not there.
    #[error("none of the {judgements} judgements in {} names a query and a document that are there", path.display())]
    NoJudgement {
        /// The file.
        path: PathBuf,
        /// Rows.
        judgements: usize,
    },
    /// No question is left.
    #[error("{} gives no question{}", path.display(), besides(left_out))]
    NoQuestion {
        /// As written.
        path: PathBuf,
        /// What was left out, and why.
        left_out: LeftOut,
    },
    /// The name cannot be that of a corpus.
    #[error("`{name}` is not the name of a corpus")]
    Name {
        /// As written.
        name: String,
    },
    /// Something stands where the result should go.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file or folder.
        path: PathBuf,
        /// Whether `--replace` would replace it.
        replaceable: bool,
    },
    /// Title, language or licence cannot be written into `corpus.toml`.
    #[error(transparent)]
    Description(#[from] ConfigErrors),
    /// The format holds answers, and no report was named.
    #[error("the format `{format}` holds the answers of a run, and no report is named")]
    NeedsReport {
        /// The format.
        format: &'static str,
    },
    /// The format has no place for what a report holds.
    #[error("the format `{format}` has no place for a report")]
    UnusedReport {
        /// The format.
        format: &'static str,
    },
    /// `--setup` says nothing without a report.
    #[error("the setup `{setup}` is named, and no report")]
    SetupAlone {
        /// As written.
        setup: String,
    },
    /// No such setup, or several and none named.
    #[error("{}", setup_message(setup.as_deref(), folder))]
    Setup {
        /// The report.
        folder: PathBuf,
        /// As written, if it was.
        setup: Option<String>,
        /// Those that the report has.
        known: Vec<String>,
    },
    /// The setup's answers come without a ranking.
    #[error("the setup `{setup}` has no retriever")]
    NoRetriever {
        /// The setup.
        setup: String,
    },
    /// The report is about another corpus.
    #[error("the report {} is about the corpus `{found}`, not `{wanted}`", folder.display())]
    OtherCorpus {
        /// The report.
        folder: PathBuf,
        /// Its corpus.
        found: String,
        /// The one that is named.
        wanted: String,
    },
    /// Two documents have one id in the format.
    #[error("the documents `{first}` and `{second}` would both have the id `{id}`")]
    SameId {
        /// A document.
        first: String,
        /// Another.
        second: String,
        /// The id.
        id: String,
    },
    /// No question has what the format holds.
    #[error("no question of `{corpus}` can be written as `{format}`{}", besides(left_out))]
    NothingToExport {
        /// The corpus.
        corpus: String,
        /// The format.
        format: &'static str,
        /// What was left out, and why.
        left_out: LeftOut,
    },
    /// A table cannot be written.
    #[error("cannot write {}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What its writer said.
        #[source]
        source: csv::Error,
    },
    /// The corpus cannot be read.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The report cannot be read.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The result cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ExchangeError {
    /// Wraps an I/O error of a source; for `map_err`.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    /// Whether the input is at fault (exit code 2) or writing failed (exit code 1).
    pub fn is_input(&self) -> bool {
        match self {
            Self::File(_) | Self::Csv { .. } => false,
            Self::Report(error) => error.is_input(),
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Record { fault, .. } => fault.hint(),
            Self::Read { path, source } if source.kind() == io::ErrorKind::NotFound => {
                format!("check the spelling of `{}`", path.display())
            }
            Self::Read { path, .. } => format!("make `{}` readable for this user", path.display()),
            Self::NotAFile { .. } => {
                "name the file that holds the questions; a folder is read as `--format beir` only"
                    .into()
            }
            Self::NotAFolder { .. } => {
                "name the folder that holds `corpus.jsonl`, `queries.jsonl` and `qrels/`".into()
            }
            Self::EmptyFile { .. } => "fetch it again: it should hold questions".into(),
            Self::UnknownLook { known, .. } => format!("name one with `--format`: {known}"),
            Self::MissingSplit { known, .. } if known.is_empty() => {
                "put the judgements into `qrels/NAME.tsv`".into()
            }
            Self::MissingSplit { known, .. } => {
                format!("name one with `--split`: {}", quoted(known))
            }
            Self::NoJudgement { .. } => {
                "compare the ids in `qrels/` with `_id` in `queries.jsonl` and `corpus.jsonl`"
                    .into()
            }
            Self::NoQuestion { .. } => {
                "look at the first records of the file: is it the set that was meant?".into()
            }
            Self::Name { .. } => NAME_RULE.into(),
            Self::Exists { replaceable: true, .. } => {
                "choose another name, or replace it with `--replace`".into()
            }
            Self::Exists { replaceable: false, .. } => {
                "choose another `--out`, or move it away".into()
            }
            Self::NeedsReport { .. } => "name one with `--report reports/NAME`".into(),
            Self::UnusedReport { .. } => "leave `--report` out".into(),
            Self::SetupAlone { .. } => "name the report too: `--report reports/NAME`".into(),
            Self::Setup { known, .. } => format!("name one with `--setup`: {}", quoted(known)),
            Self::NoRetriever { .. } => {
                "leave `--setup` out, and each retriever's ranking is written".into()
            }
            Self::OtherCorpus { found, .. } => format!("export `{found}`, or name another report"),
            Self::SameId { second, .. } => format!("rename `{second}`"),
            Self::NothingToExport { .. } => "choose another `--format`".into(),
            Self::Corpus(error) => return error.hint(),
            Self::Report(error) => return error.hint(),
            Self::File(error) => return error.hint(),
            Self::Description(_) | Self::Csv { .. } => return None,
        })
    }
}

/// `path:line`, or `path:line:column`.
fn place(path: &Path, line: usize, column: Option<usize>) -> String {
    match column {
        Some(column) => format!("{}:{line}:{column}", path.display()),
        None => format!("{}:{line}", path.display()),
    }
}

fn besides(left_out: &LeftOut) -> String {
    if left_out.is_empty() { String::new() } else { format!("; left out: {left_out}") }
}

fn setup_message(setup: Option<&str>, folder: &Path) -> String {
    match setup {
        Some(setup) => format!("the report {} has no setup `{setup}`", folder.display()),
        None => format!("the report {} has several setups, and none is named", folder.display()),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
