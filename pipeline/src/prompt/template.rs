//! Prompt templates: built in, or a file of the user's.

use super::{Passage, PromptError};
use crate::file;
use crate::model::{Message, Speaker};
use minijinja::{Environment, UndefinedBehavior, context};
use std::borrow::Cow;
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
        template.has_system = template.block("system", "?", &[], false, None)?.is_some();
        if template.block("user", "?", &[], false, None)?.is_none() {
            return Err(PromptError::NoUserBlock { name: name.to_owned() });
        }
        Ok(template)
    }

    /// What of the template's text can reach a question's prompt: part of its trials' fingerprints.
    /// Without a schema, what stands between `{% if schema %}` and `{% endif %}` cannot.
    pub fn source_for(&self, has_schema: bool) -> Cow<'_, str> {
        if has_schema { Cow::Borrowed(&self.source) } else { without_schema(&self.source) }
    }

    /// The conversation for one question. `schema` is the JSON Schema of its answer, if it has one.
    ///
    /// # Errors
    /// When the template uses a name that is not there.
    pub fn messages(
        &self,
        question: &str,
        passages: &[Passage],
        citations: bool,
        schema: Option<&str>,
    ) -> Result<Vec<Message>, PromptError> {
        let mut messages = Vec::new();
        for (role, block) in [(Speaker::System, "system"), (Speaker::User, "user")] {
            if role == Speaker::System && !self.has_system {
                continue;
            }
            if let Some(content) = self.block(block, question, passages, citations, schema)? {
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
        schema: Option<&str>,
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
            .render_captured(context! { question, passages => numbered, citations, schema })
            .map_err(failed)?;
        match rendered.with_state_mut(|state| state.render_block(block)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == minijinja::ErrorKind::UnknownBlock => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

/// `source` without its parts that only a schema lets speak. A part is taken out where that is sure
/// to change nothing else: no other condition stands in it, and no tag beside it trims white space
/// that it had kept apart.
fn without_schema(source: &str) -> Cow<'_, str> {
    const START: &str = "{% if schema %}";
    const END: &str = "{% endif %}";
    if !source.contains(START) || source.contains("raw") {
        return Cow::Borrowed(source);
    }
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find(START) {
        let inside = &rest[start + START.len()..];
        let Some(end) = inside.find(END) else { break };
        let part = &inside[..end];
        let after = &inside[end + END.len()..];
        let before = &rest[..start];
        let trims_after = ["-%}", "-}}", "-#}"].iter().any(|tag| before.trim_end().ends_with(tag));
        let trims_before =
            ["{%-", "{{-", "{#-"].iter().any(|tag| after.trim_start().starts_with(tag));
        if part.contains("{%")
            || trims_after && after.starts_with(char::is_whitespace)
            || trims_before && before.ends_with(char::is_whitespace)
        {
            kept.push_str(&rest[..start + START.len() + end + END.len()]);
        } else {
            kept.push_str(before);
        }
        rest = after;
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

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
        let messages =
            template.messages("How heavy is the pump?", &passages(), true, None).unwrap();
        insta::assert_snapshot!(shown(&messages));
    }

    #[test]
    fn default_without_passages() {
        let template = Template::load(Path::new("."), "default").unwrap();
        insta::assert_snapshot!(shown(&template.messages("How heavy?", &[], false, None).unwrap()));
    }

    #[test]
    fn plain_with_and_without_passages() {
        let template = Template::load(Path::new("."), "plain").unwrap();
        let with = shown(&template.messages("How heavy?", &passages(), false, None).unwrap());
        let without = shown(&template.messages("How heavy?", &[], false, None).unwrap());
        insta::assert_snapshot!(format!("{with}{without}"));
    }

    #[test]
    fn a_schema_is_asked_for() {
        let schema = r#"{"type":"object","required":["kg"]}"#;
        for (name, _) in BUILT_IN {
            let template = Template::load(Path::new("."), name).unwrap();
            for passages in [passages(), Vec::new()] {
                let ask = |schema| {
                    shown(&template.messages("How heavy?", &passages, false, schema).unwrap())
                };
                let sentence = format!("Answer with JSON that satisfies this schema: {schema}");
                let with = ask(Some(schema));
                assert_eq!(with.matches(&sentence).count(), 1, "{with}");
                // Nothing else changes.
                let rest = with.replace(&format!(" {sentence}"), "");
                assert_eq!(rest.replace(&format!("{sentence}\n"), ""), ask(None));
            }
        }
    }

    /// Trials of reports that were made before questions could have a schema are found again: these
    /// are the fingerprints of the templates as they were then.
    #[test]
    fn without_a_schema_the_templates_are_as_they_were() {
        let before = [
            ("default", "896543edd5d3dc2c6f4fb5651821de78bb45a698a5c17d8ea6c9b8381abbb0b9"),
            ("plain", "9bf1a0daaea1c4d0d2f8e7e2639605c258edd18d0665b1e7fb1a46eb7f7f22a2"),
        ];
        for (name, sha256) in before {
            let template = Template::load(Path::new("."), name).unwrap();
            let source = template.source_for(false);
            assert_eq!(Fingerprint::of(source.as_bytes()).as_str(), sha256, "{source}");
            assert_ne!(template.source_for(true), source);
        }
    }

    #[test]
    fn only_what_cannot_speak_is_taken_out_of_a_source() {
        for (source, expected) in [
            ("a{% if schema %} b {{ schema }}{% endif %} c", "a c"),
            ("{% if schema %}1{% endif %}2{% if schema %}3{% endif %}", "2"),
            ("{%- if x -%} {% if schema %}b{% endif %}c", "{%- if x -%} c"),
            // These trim what stands around them, or hold more than one branch.
            ("a {%- if schema %} b{% endif %} c", "a {%- if schema %} b{% endif %} c"),
            ("a{% if schema %}b{% else %}c{% endif %}", "a{% if schema %}b{% else %}c{% endif %}"),
            ("a{% if schema %} b{% endif -%} c", "a{% if schema %} b{% endif -%} c"),
            ("{% raw %}{% if schema %}b{% endif %}", "{% raw %}{% if schema %}b{% endif %}"),
            ("a{% if schema %}b", "a{% if schema %}b"),
            // Without the part, the trimming tags would reach further.
            ("{% x -%}{% if schema %}b{% endif %} c", "{% x -%}{% if schema %}b{% endif %} c"),
            ("a {% if schema %}b{% endif %}{%- x %}", "a {% if schema %}b{% endif %}{%- x %}"),
        ] {
            assert_eq!(without_schema(source), expected);
        }
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
