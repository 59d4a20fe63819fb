//! Who wrote the questions, where it was not a person.

use crate::corpus::{Origin, Question};

/// Questions that a model wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origins {
    /// All of them.
    pub drafted: usize,
    /// Of these, accepted by a person.
    pub accepted: usize,
}

impl Origins {
    /// Of these questions; `None` where a person wrote all of them.
    pub fn of(questions: &[Question]) -> Option<Self> {
        let count = |origin| questions.iter().filter(|one| one.origin == Some(origin)).count();
        let accepted = count(Origin::Reviewed);
        let drafted = count(Origin::Drafted) + accepted;
        (drafted > 0).then_some(Self { drafted, accepted })
    }

    /// Those that nobody has looked at.
    pub fn unreviewed(self) -> usize {
        self.drafted - self.accepted
    }

    /// A sentence that follows one about all questions.
    pub fn sentence(self) -> String {
        let what = match (self.accepted, self.unreviewed()) {
            (_, 0) => "and a person accepted all of these".to_owned(),
            (0, _) => "and nobody has looked at any of these".to_owned(),
            (accepted, unreviewed) => format!(
                "of which a person accepted {accepted} and nobody has looked at the other {unreviewed}"
            ),
        };
        format!("{} of them were drafted by a model, {what}.", self.drafted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_both() {
        for (drafted, accepted, expected) in [
            (5, 5, "5 of them were drafted by a model, and a person accepted all of these."),
            (5, 0, "5 of them were drafted by a model, and nobody has looked at any of these."),
            (
                5,
                2,
                "5 of them were drafted by a model, of which a person accepted 2 and nobody has looked at the other 3.",
            ),
        ] {
            assert_eq!(Origins { drafted, accepted }.sentence(), expected);
        }
    }
}
