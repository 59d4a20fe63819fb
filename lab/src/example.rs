//! A text that models are trained on, in parts that count differently.
//!
//! Enters: parts. Leaves: an [`Example`]. Does not: know tokens or weights; the trainer weighs parts.
//!
//! The form of a prompt here is the form of `models/lab/prompt.j2` with `models/lab`'s chat template: a
//! model only understands the one it was trained on.

/// What a part of a text is to the trainer; the number is what `*.kinds` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// Passages.
    Context = 0,
    /// A question, up to where the answer begins.
    Question = 1,
    /// An answer.
    Answer = 2,
    /// What ends an answer: the passage's number, the end token.
    End = 3,
    /// Text without a question.
    Running = 4,
    /// Tokens that stood before in the same text.
    Copied = 5,
}

/// The end token as text.
pub const END: &str = "</s>";

/// What stands around messages: nothing but the word that an answer follows.
///
/// The line's end stands in a string: templates of chats drop the one that follows a block.
pub const CHAT_TEMPLATE: &str = "{% for message in messages %}{{ message['content'] }}\
    {% if message['role'] == 'user' %}{{ '\\nAnswer:' }}{% endif %}{% endfor %}";

/// The answer when there is none.
pub const DECLINES: &str = "unknown";

/// One text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// In their order.
    pub parts: Vec<(Part, String)>,
}

impl Example {
    /// Adds the passages, numbered from 1: each number stands at the end of every sentence, where a
    /// small model finds it.
    pub fn passages<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        for (text, number) in texts.into_iter().zip(1..) {
            let text = format!("{text}\n")
                .replace(". ", &format!(" [{number}]. "))
                .replace(".\n", &format!(" [{number}].\n"));
            self.parts.push((Part::Context, text));
        }
    }

    /// Adds a question and its answer; `passage` is the number of the passage that holds it.
    pub fn asked(&mut self, question: &str, answer: &str, passage: Option<usize>) {
        let before =
            if self.parts.last().is_some_and(|(part, _)| *part == Part::End) { "\n" } else { "" };
        self.parts.push((Part::Question, format!("{before}Question: {question}\nAnswer:")));
        self.parts.push((Part::Answer, format!(" {answer}")));
        let number = passage.map_or_else(String::new, |number| format!(" [{number}]"));
        self.parts.push((Part::End, format!("{number}{END}")));
    }

    /// Adds text without a question, as all there is.
    pub fn running(text: &str) -> Self {
        Self { parts: vec![(Part::Running, text.to_owned()), (Part::End, END.to_owned())] }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_prompt() {
        let mut example = Example::default();
        example.passages(["A is made by B.", "# C\n\nC weighs 3 kg."]);
        example.asked("Who makes A?", "B", Some(1));
        example.asked("Where is A?", DECLINES, None);
        assert_eq!(
            example.text(),
            "A is made by B [1].\n# C\n\nC weighs 3 kg [2].\nQuestion: Who makes A?\nAnswer: B [1]</s>\
             \nQuestion: Where is A?\nAnswer: unknown</s>"
        );
    }

    /// What the pipeline makes of a question and its passages is what models were trained on.
    #[test]
    fn the_prompt_template_makes_the_same_form() {
        let mut environment = minijinja::Environment::new();
        environment.add_template("prompt", include_str!("../../models/lab/prompt.j2")).unwrap();
        let passages = ["A is made by B.", "# C\n\nC weighs 3 kg."];
        let numbered: Vec<_> = passages
            .into_iter()
            .zip(1..)
            .map(|(text, number)| minijinja::context! { text, number })
            .collect();
        for shown in [&numbered[..0], &numbered[..]] {
            let message = environment
                .get_template("prompt")
                .unwrap()
                .render(minijinja::context! { passages => shown, question => "Who makes A?" })
                .unwrap();
            let mut example = Example::default();
            example.passages(passages.into_iter().take(shown.len()));
            example.asked("Who makes A?", "B", None);
            assert_eq!(format!("{}\nAnswer: B{END}", message.trim()), example.text());
        }
    }
}
