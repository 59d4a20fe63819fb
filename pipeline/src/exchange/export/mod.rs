//! A corpus, and what a run made of it, in public formats.
//!
//! Enters: `corpora/NAME/`, perhaps a report's folder. Leaves: a file or folder that appears whole, and counts
//! of what it has no place for. Does not: score anything.

mod answered;
mod beir;
mod output;
mod ragas;
mod ragchecker;
mod source_ids;
mod table;
mod trec;

use super::ExchangeError;
use super::summary::LeftOut;
use crate::corpus::Corpus;
use crate::extract::Extractor;
use answered::Answered;
use source_ids::SourceIds;
use std::path::Path;

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A folder of BEIR: documents, queries, judgements of whole documents.
    Beir,
    /// RAGAS: JSON lines of questions, references and contexts, of a report also responses.
    Ragas,
    /// RAGChecker: JSON of questions, references, responses and retrieved passages.
    RagChecker,
    /// TREC: a folder with judgements of whole documents, of a report also runs.
    Trec,
    /// Questions as `questions.csv` has them.
    Csv,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ExportOptions<'a> {
    /// Holds `corpora/`.
    pub root: &'a Path,
    /// Reads the corpus's documents.
    pub extractor: &'a Extractor,
    /// The corpus's folder below `corpora/`.
    pub name: &'a str,
    /// What is written.
    pub format: ExportFormat,
    /// The file, or for BEIR and TREC the folder; must not be there.
    pub out: &'a Path,
    /// A report's folder.
    pub report: Option<&'a Path>,
    /// Whose answers of the report; may be left out where it has one setup. For TREC, whose ranking.
    pub setup: Option<&'a str>,
}

/// What an export did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSummary {
    /// Questions written.
    pub questions: usize,
    /// What the format has no place for.
    pub left_out: LeftOut,
}

impl ExportFormat {
    /// All, in the order of the enumeration.
    pub const ALL: [Self; 5] = [Self::Beir, Self::Ragas, Self::RagChecker, Self::Trec, Self::Csv];

    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beir => "beir",
            Self::Ragas => "ragas",
            Self::RagChecker => "ragchecker",
            Self::Trec => "trec",
            Self::Csv => "csv",
        }
    }

    /// The format of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What the formats are written from.
struct Exported<'a> {
    corpus: &'a Corpus,
    ids: &'a SourceIds,
    out: &'a Path,
    left_out: LeftOut,
}

/// Writes the file or folder.
///
/// # Errors
/// A corpus or report that cannot be read, a report that does not fit, a result that is there already or
/// cannot be written. Nothing is written then.
pub fn export(options: &ExportOptions<'_>) -> Result<ExportSummary, ExchangeError> {
    let format = options.format;
    if options.out.symlink_metadata().is_ok() {
        return Err(ExchangeError::Exists { path: options.out.to_owned(), replaceable: false });
    }
    if let (Some(setup), None) = (options.setup, options.report) {
        return Err(ExchangeError::SetupAlone { setup: setup.to_owned() });
    }
    let takes_report = !matches!(format, ExportFormat::Beir | ExportFormat::Csv);
    if options.report.is_some() && !takes_report {
        return Err(ExchangeError::UnusedReport { format: format.name() });
    }
    let corpus = Corpus::load(options.root, options.name, options.extractor)?;
    let ids = SourceIds::of(&corpus, &options.root.join("corpora").join(options.name))?;
    let report = match options.report {
        Some(folder) => Some(Answered::open(folder, options.name)?),
        None => None,
    };
    let mut exported =
        Exported { corpus: &corpus, ids: &ids, out: options.out, left_out: LeftOut::default() };
    let questions = match format {
        ExportFormat::Beir => beir::write(&mut exported)?,
        ExportFormat::Csv => table::write(&mut exported)?,
        ExportFormat::Ragas => ragas::write(&mut exported, report.as_ref(), options.setup)?,
        ExportFormat::RagChecker => {
            let report = report.ok_or(ExchangeError::NeedsReport { format: format.name() })?;
            ragchecker::write(&mut exported, &report, options.setup)?
        }
        ExportFormat::Trec => trec::write(&mut exported, report.as_ref(), options.setup)?,
    };
    Ok(ExportSummary { questions, left_out: exported.left_out })
}

impl Exported<'_> {
    /// The error where no question could be written.
    fn some(&self, questions: usize, format: ExportFormat) -> Result<usize, ExchangeError> {
        if questions > 0 {
            return Ok(questions);
        }
        Err(ExchangeError::NothingToExport {
            corpus: self.corpus.name.clone(),
            format: format.name(),
            left_out: self.left_out.clone(),
        })
    }
}
