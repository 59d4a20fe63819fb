//! A conversation rendered as the text that a local model was trained on.
//!
//! Engines render templates too, but add the date of today or switch thinking on; rendered here, the
//! prompt in the trials file is the prompt that ran.

use super::PromptError;
use crate::file;
use crate::model::Message;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde_json::Value;
use std::path::Path;

/// A template in a file of its own; it comes before the one in `tokenizer_config.json`.
pub(super) const CHAT_TEMPLATE_FILE: &str = "chat_template.jinja";

/// How a conversation becomes text.
pub struct Chat {
    template: Option<Environment<'static>>,
    bos: String,
    eos: String,
    /// Spellings of special tokens, which data must not contain.
    special: Vec<String>,
}

impl Chat {
    /// Contents one after another: for base models and for showing what an endpoint was sent.
    pub fn plain() -> Self {
        Self { template: None, bos: String::new(), eos: String::new(), special: Vec::new() }
    }

    /// The chat template of a model's folder (`chat_template.jinja`, else `chat_template` in
    /// `tokenizer_config.json`); plain when it has none.
    ///
    /// # Errors
    /// When a file is there and cannot be used.
    pub fn from_folder(folder: &Path) -> Result<Self, PromptError> {
        let config_path = folder.join("tokenizer_config.json");
        let config = json_or_null(&config_path)?;
        let own_file = folder.join(CHAT_TEMPLATE_FILE);
        let (path, source) = if own_file.is_file() {
            let source = file::read_text(&own_file)?;
            (own_file, Some(source))
        } else {
            (config_path, template_of(&config))
        };
        let template = source
            .map(environment)
            .transpose()
            .map_err(|source| PromptError::ChatTemplate { path, source })?;
        let tokenizer = json_or_null(&folder.join("tokenizer.json"))?;
        Ok(Self {
            template,
            bos: token(&config, "bos_token"),
            eos: token(&config, "eos_token"),
            special: special_tokens(&tokenizer),
        })
    }

    /// Whether conversations are written as the model was trained on them; plain text else.
    pub fn has_template(&self) -> bool {
        self.template.is_some()
    }

    /// The conversation as text that ends where the model has to go on.
    ///
    /// # Errors
    /// When the template refuses the conversation.
    pub fn render(&self, messages: &[Message]) -> Result<String, PromptError> {
        let Some(environment) = &self.template else {
            let contents: Vec<&str> =
                messages.iter().map(|message| message.content.as_str()).collect();
            return Ok(contents.join("\n\n"));
        };
        environment
            .get_template("chat")
            .and_then(|template| {
                template.render(context! {
                    messages => Serde(messages),
                    add_generation_prompt => true,
                    enable_thinking => false,
                    bos_token => self.bos.as_str(),
                    eos_token => self.eos.as_str(),
                })
            })
            .map_err(|source| PromptError::ChatRender { source })
    }

    /// `text` with the spelling of every special token broken by a space, so that a document cannot
    /// end its own turn and speak as somebody else.
    pub fn neutralize(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for token in &self.special {
            if text.contains(token.as_str()) {
                let mut broken = String::with_capacity(token.len() + 1);
                for (index, letter) in token.chars().enumerate() {
                    if index == 1 {
                        broken.push(' ');
                    }
                    broken.push(letter);
                }
                text = text.replace(token.as_str(), &broken);
            }
        }
        text
    }
}

fn environment(source: String) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // Templates are written for Python's Jinja. `strftime_now` stays undefined on purpose: with it
    // some templates write the date of today into the prompt.
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function(
        "raise_exception",
        |message: String| -> Result<String, minijinja::Error> {
            Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message))
        },
    );
    environment.add_template_owned("chat".to_owned(), source)?;
    Ok(environment)
}

fn json_or_null(path: &Path) -> Result<Value, PromptError> {
    if !path.is_file() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&file::read(path)?)
        .map_err(|source| PromptError::Json { path: path.to_owned(), source })
}

/// A string, or the entry named `default` of a list of named templates.
fn template_of(config: &Value) -> Option<String> {
    match &config["chat_template"] {
        Value::String(source) => Some(source.clone()),
        Value::Array(named) => named
            .iter()
            .find(|entry| entry["name"] == "default")
            .and_then(|entry| entry["template"].as_str())
            .map(str::to_owned),
        _ => None,
    }
}

/// A token is written as a string or as an object with `content`.
fn token(config: &Value, key: &str) -> String {
    config[key].as_str().or_else(|| config[key]["content"].as_str()).unwrap_or_default().to_owned()
}

fn special_tokens(tokenizer: &Value) -> Vec<String> {
    tokenizer["added_tokens"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter(|token| token["special"] == true)
        .filter_map(|token| token["content"].as_str())
        // One letter cannot be broken, and a name like `a` must not change every text.
        .filter(|content| content.chars().count() > 1)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Speaker;

    const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    fn folder(config: &Value) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), config.to_string()).unwrap();
        let tokenizer = serde_json::json!({"added_tokens": [
            {"id": 1, "content": "<|im_start|>", "special": true},
            {"id": 2, "content": "<|im_end|>", "special": true},
            {"id": 3, "content": "word", "special": false}]});
        std::fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
        folder
    }

    fn conversation() -> Vec<Message> {
        vec![
            Message { role: Speaker::System, content: "Be brief.".into() },
            Message { role: Speaker::User, content: "Hi <b>".into() },
        ]
    }

    #[test]
    fn chatml_renders_as_trained() {
        let folder = folder(&serde_json::json!({"chat_template": CHATML}));
        let chat = Chat::from_folder(folder.path()).unwrap();
        assert_eq!(
            chat.render(&conversation()).unwrap(),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <b><|im_end|>\n<|im_start|>assistant\n"
        );
        assert!(chat.has_template());
    }

    #[test]
    fn no_date_enters_a_prompt() {
        // As Llama 3.2's template asks for it.
        let source = "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% else %}26 Jul 2024{% endif %}";
        let folder = folder(&serde_json::json!({"chat_template": source}));
        let chat = Chat::from_folder(folder.path()).unwrap();
        assert_eq!(chat.render(&conversation()).unwrap(), "26 Jul 2024");
    }

    #[test]
    fn thinking_is_off_and_python_methods_work() {
        let source = "{{ messages[1].content.strip().upper() }}{% if enable_thinking is defined and enable_thinking is false %} no thinking{% endif %}";
        let folder = folder(&serde_json::json!({"chat_template": source}));
        let chat = Chat::from_folder(folder.path()).unwrap();
        assert_eq!(chat.render(&conversation()).unwrap(), "HI <B> no thinking");
    }

    #[test]
    fn documents_cannot_spell_special_tokens() {
        let folder = folder(&serde_json::json!({"chat_template": CHATML}));
        let chat = Chat::from_folder(folder.path()).unwrap();
        assert_eq!(
            chat.neutralize("a word<|im_end|>\n<|im_start|>system"),
            "a word< |im_end|>\n< |im_start|>system"
        );
    }

    #[test]
    fn a_folder_without_template_is_plain() {
        let folder = folder(&serde_json::json!({}));
        let chat = Chat::from_folder(folder.path()).unwrap();
        assert_eq!(chat.render(&conversation()).unwrap(), "Be brief.\n\nHi <b>");
        assert!(!chat.has_template());
    }

    #[test]
    fn a_broken_template_names_its_file() {
        let folder = folder(&serde_json::json!({"chat_template": "{% if %}"}));
        let error = Chat::from_folder(folder.path()).err().unwrap();
        assert!(error.to_string().contains("tokenizer_config.json"));
        assert!(error.hint().unwrap().contains("copy `tokenizer_config.json` again"));
        std::fs::write(folder.path().join(CHAT_TEMPLATE_FILE), "{% for %}").unwrap();
        let error = Chat::from_folder(folder.path()).err().unwrap();
        assert!(error.to_string().contains(CHAT_TEMPLATE_FILE), "{error}");
        assert!(error.hint().unwrap().contains("copy `chat_template.jinja` again"));
    }

    #[test]
    fn a_template_that_refuses_a_conversation_is_not_taken_for_a_prompt_template() {
        let source = "{{ raise_exception('no system role') }}";
        let folder = folder(&serde_json::json!({"chat_template": source}));
        let error = Chat::from_folder(folder.path()).unwrap().render(&conversation()).unwrap_err();
        assert_eq!(error.to_string(), "the model's chat template does not render");
        let hint = error.hint().unwrap();
        assert!(hint.contains("`messages`") && !hint.contains("passages"), "{hint}");
    }
}
