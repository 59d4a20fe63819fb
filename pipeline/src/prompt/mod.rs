//! A question and its context made into a prompt that fits the model's window.
//!
//! Enters: a question, the corpus, hits, a template, a tokenizer. Leaves: a [`Prompt`]: messages, the
//! text a local model reads, which passages stand in it and how many had to be left out. Pure: does
//! not run a model or read a clock.

mod assemble;
mod candidate;
mod chat;
mod context;
mod distractors;
mod place;
mod template;

pub use assemble::{Prompt, PromptMaker};
pub use candidate::{Candidate, Candidates, Passage};
pub use chat::Chat;
pub use context::choose;
pub use distractors::{Distraction, Mixture};
pub use template::{BUILT_IN, Template};

use chat::CHAT_TEMPLATE_FILE;
use std::path::PathBuf;

/// A prompt that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The template file cannot be read.
    #[error("cannot read the prompt template")]
    File(#[from] crate::file::FileError),
    /// A template does not parse or render.
    #[error("prompt template `{name}` does not render")]
    Template {
        /// Built-in name or path.
        name: String,
        /// What the template engine said, with its line.
        #[source]
        source: minijinja::Error,
    },
    /// A template has no `user` block.
    #[error("prompt template `{name}` has no block `user`")]
    NoUserBlock {
        /// Built-in name or path.
        name: String,
    },
    /// A model's chat template does not take a conversation.
    #[error("the model's chat template does not render")]
    ChatRender {
        /// What the template engine said, with its line.
        #[source]
        source: minijinja::Error,
    },
    /// A model's chat template does not parse.
    #[error("cannot use the chat template in {}", path.display())]
    ChatTemplate {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: minijinja::Error,
    },
    /// A model's `tokenizer_config.json` is not JSON.
    #[error("{} is not valid JSON", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Not even one passage fits, or the question alone does not.
    #[error(
        "question `{question}`: the prompt needs {needed} tokens {with} and the window has room for {room}"
    )]
    NoRoom {
        /// Question id.
        question: String,
        /// Tokens of the smallest prompt.
        needed: usize,
        /// `without any passage` or `with its first passage`.
        with: &'static str,
        /// Window less the longest answer.
        room: usize,
    },
}

impl PromptError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Template { .. } => Some(
                "a template may use `question`, `passages` (each with `number`, `title`, `document`, `text`), `citations` and, where a question has one, `schema`".into(),
            ),
            Self::NoUserBlock { .. } => {
                Some("write the prompt between `{% block user %}` and `{% endblock %}`".into())
            }
            Self::ChatRender { .. } => Some(
                "a chat template is given `messages` (each with `role`, `content`), `add_generation_prompt`, `enable_thinking`, `bos_token` and `eos_token`: copy it again from where the model came from, or remove it to send the prompt as plain text".into(),
            ),
            Self::ChatTemplate { path, .. } if path.ends_with(CHAT_TEMPLATE_FILE) => Some(format!(
                "copy `{CHAT_TEMPLATE_FILE}` again from where the model came from, or remove it to send the prompt as plain text"
            )),
            Self::ChatTemplate { .. } | Self::Json { .. } => Some(
                "copy `tokenizer_config.json` again from where the model came from, or remove its `chat_template` to send the prompt as plain text".into(),
            ),
            Self::NoRoom { .. } => Some(
                "raise `context_tokens`, lower `answer_tokens`, or cut the documents into smaller chunks (`chunks = { tokens = ... }`)".into(),
            ),
        }
    }
}
