//! What a setup of a report answered.
//!
//! Enters: a report's folder. Leaves: each question with the response and the passages of its prompt. Does
//! not: score.

use super::Exported;
use crate::corpus::Question;
use crate::exchange::ExchangeError;
use crate::report::Material;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

const NOT_RUN: &str = "questions that the setup did not run";
const FAILED: &str = "failed trials, written as empty responses";
const REPEATS: &str = "answers of further repeats";
const NO_TEXT: &str = "passages whose text is not known";

/// A report.
pub(super) struct Answered {
    folder: PathBuf,
    pub material: Material,
}

/// One question and what became of it.
pub(super) struct Response<'a> {
    pub question: &'a Question,
    /// Without a trial's answer it is empty.
    pub text: &'a str,
    /// Document id and text, in the prompt's order.
    pub passages: Vec<(Cow<'a, str>, String)>,
}

impl Answered {
    /// Reads a report about the corpus `corpus`.
    ///
    /// # Errors
    /// When it cannot be read, or is about another corpus.
    pub fn open(folder: &Path, corpus: &str) -> Result<Self, ExchangeError> {
        let material = Material::read(folder)?;
        if material.experiment.corpus != corpus {
            return Err(ExchangeError::OtherCorpus {
                folder: folder.to_owned(),
                found: material.experiment.corpus,
                wanted: corpus.to_owned(),
            });
        }
        Ok(Self { folder: folder.to_owned(), material })
    }

    /// The setup of that name; where none is named, the only one.
    ///
    /// # Errors
    /// When there is none, or there are several and none is named.
    pub fn setup(&self, name: Option<&str>) -> Result<&str, ExchangeError> {
        let setups = &self.material.experiment.setups;
        let found = match (name, setups.as_slice()) {
            (Some(name), setups) => setups.iter().find(|setup| setup.name == name),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        found.map(|setup| setup.name.as_str()).ok_or_else(|| ExchangeError::Setup {
            folder: self.folder.clone(),
            setup: name.map(str::to_owned),
            known: setups.iter().map(|setup| setup.name.clone()).collect(),
        })
    }

    /// The first answer of a setup to each question, in the report's order. A trial that failed has an
    /// empty one: left out, it would be counted nowhere.
    pub fn responses<'a>(&'a self, setup: &str, exported: &mut Exported<'_>) -> Vec<Response<'a>> {
        let further = self.material.experiment.repeats.saturating_sub(1) as usize;
        let mut responses = Vec::new();
        for question in &self.material.questions {
            let Some(trial) = self.material.trial(setup, &question.id, 0) else {
                exported.left_out.add(NOT_RUN, 1);
                continue;
            };
            exported.left_out.add(REPEATS, further);
            exported.left_out.add(FAILED, usize::from(trial.generation().is_none()));
            let mut passages = Vec::with_capacity(trial.passages.len());
            for passage in &trial.passages {
                // Where a template changed the text, the document still has it.
                let text = trial.passage_text(passage).or_else(|| {
                    let document = exported.corpus.document(&passage.document)?;
                    document.text.get(passage.start..passage.end)
                });
                match text {
                    Some(text) => {
                        passages.push((exported.ids.id(&passage.document), text.to_owned()));
                    }
                    None => exported.left_out.add(NO_TEXT, 1),
                }
            }
            let text = trial.generation().map_or("", |generation| generation.text.as_str());
            responses.push(Response { question, text, passages });
        }
        responses
    }
}
