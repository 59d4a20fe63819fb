//! Prompt templates: built in, or a file of the user's.

use super::{Passage, PromptError};
use crate::file;
use crate::model::{Message, Speaker};
use minijinja::{Environment, UndefinedBehavior, context};
use std::path::Path;

/// The templates that ship with the program, by name.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("default", include_str!("../../prompts/default.j2")),
    ("plain", include_str!("../../prompts/plain.j2")),
];

/// A parsed template with a block `user` and perhaps a block `system`.
pub struct Template {
    name: String,
    source: String,
    environment: Environment<'static>,
    has_system: bool,
}

impl Template {
    /// A built-in template by name, else the file at `root`/`name`.
    ///
    /// # Errors
    /// When there is no such file, it does not parse, or it has no `user` block.
    pub fn load(root: &Path, name: &str) -> Result<Self, PromptError> {
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((_, source)) => Self::parse(name, source),
            None => Self::parse(name, &file::read_text(&root.join(name))?),
        }
    }

    /// Parses a template's text.
    ///
    /// # Errors
    /// When it does not parse or has no `user` block.
    pub fn parse(name: &str, source: &str) -> Result<Self, PromptError> {
        let failed = |error| PromptError::Template { name: name.to_owned(), source: error };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // Text of documents is data: nothing in it may be taken for HTML or escaped as such.
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_template_owned("prompt".to_owned(), source.to_owned()).map_err(failed)?;
        let mut template = Self {
            name: name.to_owned(),
            source: source.to_owned(),
            environment,
            has_system: false,
        };
        template.has_system = template.block("system", "?", &[], false)?.is_some();
        if template.block("user", "?", &[], false)?.is_none() {
            return Err(PromptError::NoUserBlock { name: name.to_owned() });
        }
        Ok(template)
    }

    /// The template's text: part of every trial's fingerprint.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The conversation for one question.
    ///
    /// # Errors
    /// When the template uses a name that is not there.
    pub fn messages(
        &self,
        question: &str,
        passages: &[Passage],
        citations: bool,
    ) -> Result<Vec<Message>, PromptError> {
        let mut messages = Vec::new();
        for (role, block) in [(Speaker::System, "system"), (Speaker::User, "user")] {
            if role == Speaker::System && !self.has_system {
                continue;
            }
            if let Some(content) = self.block(block, question, passages, citations)? {
                messages.push(Message { role, content: content.trim().to_owned() });
            }
        }
        Ok(messages)
    }

    /// One block's text; none when the template does not have it.
    fn block(
        &self,
        block: &str,
        question: &str,
        passages: &[Passage],
        citations: bool,
    ) -> Result<Option<String>, PromptError> {
        let failed = |error| PromptError::Template { name: self.name.clone(), source: error };
        let numbered: Vec<_> = passages
            .iter()
            .enumerate()
            .map(|(index, passage)| {
                context! {
                    number => index + 1,
                    title => passage.title.as_str(),
                    document => passage.document.as_str(),
                    text => passage.text.as_str(),
                }
            })
            .collect();
        let template = self.environment.get_template("prompt").map_err(failed)?;
        let mut rendered = template
            .render_captured(context! { question, passages => numbered, citations })
            .map_err(failed)?;
        match rendered.with_state_mut(|state| state.render_block(block)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == minijinja::ErrorKind::UnknownBlock => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages() -> Vec<Passage> {
        vec![
            Passage::whole("a.md", "Pump", "The pump weighs 12 kg."),
            Passage::whole("b.md", "Valve", "The valve <b>leaks</b>."),
        ]
    }

    fn shown(messages: &[Message]) -> String {
        messages
            .iter()
            .map(|message| format!("--- {:?}\n{}\n", message.role, message.content))
            .collect()
    }

    #[test]
    fn default_with_passages() {
        let template = Template::load(Path::new("."), "default").unwrap();
        let messages = template.messages("How heavy is the pump?", &passages(), true).unwrap();
        insta::assert_snapshot!(shown(&messages));
    }

    #[test]
    fn default_without_passages() {
        let template = Template::load(Path::new("."), "default").unwrap();
        insta::assert_snapshot!(shown(&template.messages("How heavy?", &[], false).unwrap()));
    }

    #[test]
    fn plain_with_and_without_passages() {
        let template = Template::load(Path::new("."), "plain").unwrap();
        let with = shown(&template.messages("How heavy?", &passages(), false).unwrap());
        let without = shown(&template.messages("How heavy?", &[], false).unwrap());
        insta::assert_snapshot!(format!("{with}{without}"));
    }

    #[test]
    fn an_unknown_name_is_an_error_with_its_line() {
        let error = Template::parse("x.j2", "{% block user %}\n{{ querstion }}{% endblock %}")
            .err()
            .unwrap();
        let chain = format!("{error}: {}", std::error::Error::source(&error).unwrap());
        assert!(chain.contains("x.j2") && chain.contains(":2"), "{chain}");
    }

    #[test]
    fn a_template_without_user_block_is_refused() {
        let error = Template::parse("x.j2", "{{ question }}").err().unwrap();
        assert!(matches!(error, PromptError::NoUserBlock { .. }));
    }
}
