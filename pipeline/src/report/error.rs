//! What can go wrong with a report.

use super::figure::FigureError;
use crate::config::ConfigErrors;
use crate::file::FileError;
use crate::run::store::StoreError;
use crate::statistics::StatisticsError;
use std::path::PathBuf;

/// A report that cannot be made.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ReportError {
    /// The folder was not written by `ragscale run`.
    #[error("{} is not a report's folder: it has no plan.toml", folder.display())]
    NotAReport { folder: PathBuf },
    /// Its plan has retrievers alone.
    #[error("the plan in {} has no setup to report on", folder.display())]
    NoSetups { folder: PathBuf },
    /// There is no such folder of reports.
    #[error("{} is no folder", folder.display())]
    NoFolder { folder: PathBuf },
    /// Nothing is to be learned of how setups part.
    #[error("no two setups of the report {} part on a question", folder.display())]
    NoPairs { folder: PathBuf },
    /// One report of a folder of reports.
    #[error("cannot read the report {}", folder.display())]
    Listed {
        folder: PathBuf,
        #[source]
        source: Box<ReportError>,
    },
    #[error(transparent)]
    Plan(#[from] ConfigErrors),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot compare the setups")]
    Statistics(#[from] StatisticsError),
    #[error(transparent)]
    Figure(#[from] FigureError),
    #[error("cannot render the report")]
    Template(#[from] minijinja::Error),
    #[error("cannot write scores.csv")]
    Csv(#[from] csv::Error),
}

impl ReportError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAReport { .. } | Self::NoSetups { .. } => {
                Some("name a folder below `reports/` that `ragscale run` has written".into())
            }
            Self::NoFolder { .. } => {
                Some("name the folder that holds the reports, such as `reports`".into())
            }
            Self::NoPairs { .. } => {
                Some("name a report of setups that differ, or guess with `--discordance`".into())
            }
            Self::Listed { source, .. } => source.hint(),
            Self::File(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Statistics(error) => error.hint(),
            Self::Plan(_) | Self::Figure(_) | Self::Template(_) | Self::Csv(_) => None,
        }
    }

    /// Whether the input is at fault (exit code 2).
    pub fn is_input(&self) -> bool {
        match self {
            Self::NotAReport { .. }
            | Self::NoSetups { .. }
            | Self::NoFolder { .. }
            | Self::NoPairs { .. }
            | Self::Plan(_)
            | Self::Store(_) => true,
            Self::Listed { source, .. } => source.is_input(),
            _ => false,
        }
    }
}
