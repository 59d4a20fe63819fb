//! A stand-in for a model that answers from a list: for tests of what asks a model several things in turn.
//!
//! Enters: a file of lines, each with texts and an answer. Leaves: for each prompt the answer of the first
//! line whose texts all stand in it; where there is none, it declines. Does not: understand anything; a
//! report names it for what it is.

use super::scripted::{DECLINE, ScriptedError, generation, prompt_of};
use super::{Generation, LanguageModel, ModelError, Request};
use crate::config::ScriptedModel;
use crate::file;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::Path;

/// The list in memory.
#[derive(Debug)]
pub struct Script {
    lines: Vec<(usize, Line)>,
    seconds: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Texts that all stand in the prompt, letter by letter; none is every prompt.
    #[serde(default)]
    sees: Vec<String>,
    /// The answer; without one the request fails.
    says: Option<String>,
}

impl Script {
    /// Reads JSON lines such as `{"sees": ["torque"], "says": "45 Nm"}`.
    ///
    /// # Errors
    /// When the file cannot be read or a line is another.
    pub fn load(path: &Path, plan: &ScriptedModel) -> Result<Self, ModelError> {
        Ok(Self { lines: file::read_json_lines(path)?, seconds: plan.seconds.max(0.0) })
    }

    fn say(&self, prompt: &str) -> Result<&str, ScriptedError> {
        let sees = |line: &Line| line.sees.iter().all(|text| prompt.contains(text.as_str()));
        match self.lines.iter().find(|(_, line)| sees(line)) {
            None => Ok(DECLINE),
            Some((_, Line { says: Some(says), .. })) => Ok(says),
            Some((line, _)) => Err(ScriptedError::NoAnswer { line: *line }),
        }
    }
}

impl LanguageModel for Script {
    /// One: the list is for prompts that follow one another.
    fn concurrency(&self) -> usize {
        1
    }

    fn generate<'a>(
        &'a self,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Generation, ModelError>> {
        Box::pin(async move {
            let text = self.say(&prompt_of(request))?.to_owned();
            Ok(generation(request, text, self.seconds).await)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sampling;
    use crate::file::FileError;

    fn load(text: &str) -> Result<Script, ModelError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script.jsonl");
        std::fs::write(&path, text).unwrap();
        Script::load(&path, &ScriptedModel::default())
    }

    #[tokio::test]
    async fn the_first_line_that_sees_all_its_texts_answers() {
        let script = load(
            "{\"sees\": [\"bolt\", \"Nm\"], \"says\": \"45\"}\n\n{\"sees\": [\"bolt\"], \"says\": \"M8\"}\n{\"sees\": [\"pump\"]}\n",
        )
        .unwrap();
        let ask = async |text: &str| {
            let request = Request {
                question: "q".into(),
                repeat: 0,
                messages: Vec::new(),
                text: text.into(),
                sampling: Sampling::default(),
            };
            script.generate(&request).await
        };
        assert_eq!(ask("How many Nm has the bolt?").await.unwrap().text, "45");
        assert_eq!(ask("Which bolt?").await.unwrap().text, "M8");
        assert_eq!(ask("Which lid?").await.unwrap().text, DECLINE);
        let error = ask("Which pump?").await.unwrap_err();
        assert_eq!(error.to_string(), "line 4 of the scripted model's script gives no answer");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = load("{\"sees\": []}\n{\"see\": []}\n").unwrap_err();
        assert!(matches!(error, ModelError::File(FileError::Json { line: 2, .. })));
    }
}
