//! The project that a command was given in, where no experiment names one.

use super::CliError;
use crate::extract::Extractor;
use crate::run::environment::Environment;
use crate::run::workspace::Workspace;

/// Its folders, and what reads its documents.
pub struct Project {
    pub workspace: Workspace,
    pub extractor: Extractor,
}

impl Project {
    /// The project around the current folder.
    pub fn here() -> Result<Self, CliError> {
        let environment = Environment::current([]).map_err(CliError::Start)?;
        let workspace = Workspace::around(&environment.current_folder);
        let extractor = Extractor::new(environment.program, &workspace.cache_texts());
        Ok(Self { workspace, extractor })
    }
}
