//! An error as a person reads it.

use crate::exchange::ExchangeError;
use crate::intake::IntakeError;
use crate::questions::QuestionsError;
use crate::report::ReportError;
use crate::run::RunError;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Anything that ends a command.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CliError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Questions(#[from] QuestionsError),
    #[error(transparent)]
    File(#[from] crate::file::FileError),
    /// The list of reports is another than the reports say.
    #[error("{} is not what the reports in its folder say", path.display())]
    Stale { path: PathBuf, folder: PathBuf },
    /// The page of a corpus has one of the two marks, or more of them.
    #[error("{} does not have one pair of the marks of `corpus check`", path.display())]
    Marks { path: PathBuf },
    /// The operating system gives no threads or signals.
    #[error("cannot start")]
    Start(#[source] std::io::Error),
}

impl CliError {
    /// 2 when the input is wrong, 1 when the run failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Run(error) if error.is_input() => 2,
            Self::Report(error) if error.is_input() => 2,
            Self::Intake(error) if !matches!(error, IntakeError::File(_)) => 2,
            Self::Exchange(error) if error.is_input() => 2,
            Self::Questions(error) if error.is_input() => 2,
            Self::Marks { .. } => 2,
            _ => 1,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Run(error) => error.hint(),
            Self::Report(error) => error.hint(),
            Self::Intake(error) => error.hint(),
            Self::Exchange(error) => error.hint(),
            Self::Questions(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::Stale { folder, .. } => {
                Some(format!("write it with `ragscale reports {}`", folder.display()))
            }
            Self::Marks { .. } => Some(
                "delete the marks; the part that is written by the program is put at the end then"
                    .into(),
            ),
            Self::Start(_) => None,
        }
    }

    /// `error:`, `caused by:`, `hint:` lines. Errors about lines of a file come rendered already.
    pub fn rendered(&self) -> String {
        let first = self.to_string();
        let mut text = String::new();
        if first.starts_with("error") {
            let _ = writeln!(text, "{first}");
        } else {
            let _ = writeln!(text, "error: {first}");
        }
        let mut said = first;
        let mut cause = self.source();
        while let Some(error) = cause {
            let next = error.to_string();
            // A transparent variant says what its source says: once is enough.
            if next != said {
                let _ = writeln!(text, "caused by: {next}");
            }
            said = next;
            cause = error.source();
        }
        if let Some(hint) = self.hint() {
            let _ = writeln!(text, "hint: {hint}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileError;
    use std::path::Path;

    #[test]
    fn a_stale_list_names_the_command_that_writes_it() {
        let error = CliError::Stale { path: "r/README.md".into(), folder: "r".into() };
        assert!(error.rendered().contains("hint: write it with `ragscale reports r`"));
        assert_eq!(error.exit_code(), 1);
    }

    #[test]
    fn an_error_shows_cause_and_remedy_once() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = CliError::from(FileError::io("read", Path::new("x.toml"))(source));
        assert_eq!(
            error.rendered(),
            "error: cannot read x.toml\ncaused by: entity not found\nhint: check the spelling of `x.toml`\n"
        );
        assert_eq!(error.exit_code(), 1);
    }
}
