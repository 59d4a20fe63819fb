//! A source made into a corpus.
//!
//! Enters: a file or folder, what is to be said of the corpus. Leaves: `corpora/NAME/` with `source.json`.
//! Does not: know any format; each has a file of its own.

use super::format::ImportFormat;
use super::intake::Intake;
use super::source::SourceFile;
use super::summary::ImportSummary;
use super::writer::{CorpusWriter, description};
use super::{ExchangeError, beir, dpr, flashrag, hotpotqa, nq_open, popqa, ragas, squad};
use crate::config;
use std::path::Path;

/// The split that questions are in where nothing else is said: the one that decides.
const SPLIT: &str = "test";
/// The licence where none is named: what SPDX documents write where none is stated.
const LICENCE: &str = "NOASSERTION";

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions<'a> {
    /// Holds `corpora/`.
    pub root: &'a Path,
    /// The source.
    pub path: &'a Path,
    /// The corpus's folder below `corpora/`.
    pub name: &'a str,
    /// The source's format; taken from its look where none is named.
    pub format: Option<ImportFormat>,
    /// For people; the corpus's name where none is given.
    pub title: Option<&'a str>,
    /// ISO 639-1 code of the documents' language.
    pub language: &'a str,
    /// Under which terms the documents may be used.
    pub licence: Option<&'a str>,
    /// The split of the questions; of BEIR's judgements the file that is read.
    pub split: Option<&'a str>,
    /// The most questions that are taken. Documents that belong to no question that is taken are left
    /// out, but for BEIR, whose documents belong to all.
    pub limit: Option<usize>,
    /// Whether a corpus of that name is replaced.
    pub replace: bool,
}

/// Writes the corpus.
///
/// # Errors
/// The first thing that is wrong with the source, with file and line; a corpus that is there already. No
/// part of the corpus is left then.
pub fn import(options: &ImportOptions<'_>) -> Result<ImportSummary, ExchangeError> {
    if !config::is_name(options.name) {
        return Err(ExchangeError::Name { name: options.name.to_owned() });
    }
    let corpora = options.root.join("corpora");
    let about = config::CorpusFile {
        title: options.title.unwrap_or(options.name).to_owned(),
        language: options.language.to_owned(),
        licence: options.licence.unwrap_or(LICENCE).to_owned(),
    };
    // As it will be read: a wrong language is told before the work is done.
    let toml = corpora.join(options.name).join("corpus.toml");
    config::parse_corpus_file(&toml, &description(&about))?;
    std::fs::metadata(options.path).map_err(ExchangeError::read(options.path))?;
    let format = match options.format {
        Some(format) => format,
        None => ImportFormat::of_path(options.path)?,
    };
    let named = options.split.filter(|split| !split.trim().is_empty());
    let split = match (named, format) {
        (Some(split), _) => split.to_owned(),
        (None, ImportFormat::Beir) => beir::split(options.path, SPLIT)?,
        (None, _) => SPLIT.to_owned(),
    };
    let writer = CorpusWriter::create(&corpora, options.name, options.replace)?;
    let mut intake = Intake::new(writer, &split, options.limit);
    match format {
        ImportFormat::Beir => beir::read(options.path, &split, &mut intake)?,
        ImportFormat::Squad => one_file(options.path, &mut intake, squad::read)?,
        ImportFormat::HotpotQa => one_file(options.path, &mut intake, hotpotqa::read)?,
        ImportFormat::NqOpen => one_file(options.path, &mut intake, nq_open::read)?,
        ImportFormat::Dpr => one_file(options.path, &mut intake, dpr::read)?,
        ImportFormat::PopQa => one_file(options.path, &mut intake, popqa::read)?,
        ImportFormat::FlashRag => one_file(options.path, &mut intake, flashrag::read)?,
        ImportFormat::Ragas => one_file(options.path, &mut intake, ragas::read)?,
    }
    if intake.questions == 0 {
        let (path, left_out) = (options.path.to_owned(), intake.left_out);
        return Err(ExchangeError::NoQuestion { path, left_out });
    }
    let summary = ImportSummary {
        format,
        split,
        limit: options.limit,
        files: std::mem::take(&mut intake.files),
        documents: intake.documents,
        questions: intake.questions,
        kinds: std::mem::take(&mut intake.kinds),
        left_out: std::mem::take(&mut intake.left_out),
    };
    intake.into_writer().finish(&about, &summary)?;
    Ok(summary)
}

/// Opens the one file of a format, and has it read.
fn one_file(
    path: &Path,
    intake: &mut Intake,
    read: fn(SourceFile, &mut Intake) -> Result<super::SourceRecord, ExchangeError>,
) -> Result<(), ExchangeError> {
    let record = read(SourceFile::open_named(path)?, intake)?;
    intake.files.push(record);
    Ok(())
}
