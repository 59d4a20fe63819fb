//! A whole experiment.
//!
//! Enters: the file's text. Leaves: an [`Experiment`] and its [`Source`], or all errors. Does not:
//! open what the file names.

use super::diagnostic::ConfigErrors;
use super::fields::Fields;
use super::findings::Findings;
use super::tables::{Named, read_root};
use super::{
    Decision, ModelPlan, QuestionSelection, RetrieverPlan, SetupPlan, Source, name, resolve, syntax,
};
use crate::file::{self, FileError};
use serde::Serialize;
use std::path::Path;

/// A checked experiment file. Tables keep the order in which the file has them; every name that a
/// setup uses exists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Experiment {
    /// The file's name without `.toml`; the report's folder.
    pub name: String,
    /// The question a manager would ask; the report's heading.
    pub title: String,
    /// Folder name below `corpora/`.
    pub corpus: String,
    /// Which questions are asked.
    pub questions: QuestionSelection,
    /// How often each question is put to each setup, at least 1.
    pub repeats: u32,
    /// `[model.NAME]` tables.
    pub models: Vec<ModelPlan>,
    /// `[retriever.NAME]` tables.
    pub retrievers: Vec<RetrieverPlan>,
    /// `[setup.NAME]` tables; none only where there are retrievers, to be measured alone.
    pub setups: Vec<SetupPlan>,
    /// What wins.
    pub decision: Decision,
}

impl Experiment {
    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&ModelPlan> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The retriever of that name.
    pub fn retriever(&self, name: &str) -> Option<&RetrieverPlan> {
        self.retrievers.iter().find(|retriever| retriever.name == name)
    }
}

/// An experiment file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It says something impossible.
    #[error(transparent)]
    Invalid(#[from] ConfigErrors),
}

impl ConfigError {
    /// What the reader can do about it; where the file is invalid, each problem has its own hint.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Invalid(_) => None,
        }
    }
}

/// Reads and checks an experiment file; the experiment is named for the file.
///
/// # Errors
/// When the file cannot be read, or is not a valid experiment.
pub fn load(path: &Path) -> Result<(Experiment, Source), ConfigError> {
    let text = file::read_text(path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(parse(&name, path, &text)?)
}

/// Checks the text of an experiment file. `path` is for messages only.
///
/// # Errors
/// Everything that is wrong with the text; only the first violation where it is not TOML.
///
/// ```
/// use ragscale::config::{self, StrategyPlan};
///
/// let text = r#"
///     title  = "Does it know our handbook?"
///     corpus = "lab"
///
///     [model.small]
///     mistralrs = { path = "models/lab/small", context_tokens = 2048 }
///
///     [setup.small-closed-book]
///     model = "small"
///     strategy.closed-book = {}
/// "#;
/// let (experiment, source) = config::parse("lab", "lab.toml".as_ref(), text)?;
/// assert_eq!(experiment.setups[0].strategy, StrategyPlan::ClosedBook {});
/// // Later checks point at the file too.
/// let problem = source.problem("model.small.mistralrs.path", "there is no such folder", None);
/// assert_eq!((problem.line, problem.column), (6, 26));
/// # Ok::<(), config::ConfigErrors>(())
/// ```
pub fn parse(name: &str, path: &Path, text: &str) -> Result<(Experiment, Source), ConfigErrors> {
    let root = syntax::parse(text)
        .map_err(|problem| ConfigErrors::new(&Source::unparsed(path, text), vec![problem]))?;
    let mut source = Source::parsed(path, text, &root);
    let findings = Findings::new(text);
    let draft = read_root(&findings, &root, |fields| Some(Draft::read(fields)));
    if let Some(draft) = &draft {
        source.warnings = resolve::check(draft, &source, &findings);
    }
    let problems = findings.into_problems();
    match draft.and_then(|draft| draft.finished(name)) {
        Some(experiment) if problems.is_empty() => Ok((experiment, source)),
        _ => Err(ConfigErrors::new(&source, problems)),
    }
}

/// What could be read of an experiment. Names are kept where their tables are wrong, so that what
/// refers to them is not reported too.
pub(super) struct Draft {
    title: Option<String>,
    corpus: Option<String>,
    questions: QuestionSelection,
    repeats: u32,
    pub(super) models: Vec<Named<ModelPlan>>,
    pub(super) retrievers: Vec<Named<RetrieverPlan>>,
    pub(super) setups: Vec<Named<SetupPlan>>,
    decision: Decision,
}

impl Draft {
    fn read(fields: &Fields<'_, '_>) -> Self {
        let title =
            fields.needs("title", "title = \"the question that the report answers\"").text("title");
        let corpus =
            fields.needs("corpus", "corpus = \"NAME\"").checked("corpus", name::check_corpus);
        let questions = fields.table("questions", QuestionSelection::read).unwrap_or_default();
        let repeats = fields.whole("repeats", 1..=100, "how often each question is asked");
        let models = fields.named("model", ModelPlan::read);
        let retrievers = fields.named("retriever", RetrieverPlan::read);
        // Rankings can be measured without a setup.
        let fields_of_setups =
            if retrievers.is_empty() { fields.needs("setup", "[setup.NAME]") } else { fields };
        let setups = fields_of_setups.named("setup", SetupPlan::read);
        let tables = fields.table.get("setup").and_then(|setups| setups.as_table());
        if tables.is_some_and(|tables| tables.is_empty()) {
            fields.refuse("setup", "there is no setup to run", "add a table `[setup.NAME]`");
        }
        let decision = fields.table("decision", Decision::read).unwrap_or_default();
        let repeats = repeats.unwrap_or(1);
        Self { title, corpus, questions, repeats, models, retrievers, setups, decision }
    }

    /// The experiment, if every part of it could be read.
    fn finished(self, name: &str) -> Option<Experiment> {
        let seed = self.questions.seed;
        Some(Experiment {
            name: name.to_owned(),
            title: self.title?,
            corpus: self.corpus?,
            questions: self.questions,
            repeats: self.repeats,
            models: all(self.models)?,
            retrievers: all(self.retrievers)?,
            setups: all(self.setups)?.into_iter().map(|setup| setup.with_seed(seed)).collect(),
            decision: self.decision,
        })
    }
}

fn all<T>(tables: Vec<Named<T>>) -> Option<Vec<T>> {
    tables.into_iter().map(|(_, plan)| plan).collect()
}
