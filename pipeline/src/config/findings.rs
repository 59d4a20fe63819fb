//! Problems while they are gathered, and reasons to refuse a value.
//!
//! Enters: problems in any order. Leaves: all of them, and whether a key has one. Does not: sort or
//! show them.

use super::diagnostic::Problem;
use std::cell::RefCell;

/// Problems as they are found, each with the dotted key it is about.
pub(super) struct Findings<'a> {
    /// The file that is read.
    pub(super) text: &'a str,
    problems: RefCell<Vec<(String, Problem)>>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, problems: RefCell::default() }
    }

    /// Adds a problem about `key`.
    pub(super) fn add(&self, key: impl Into<String>, problem: Problem) {
        self.problems.borrow_mut().push((key.into(), problem));
    }

    /// Whether nothing is wrong with `key` or what is below it. Checks across tables ask before
    /// they complain about a value that may stand in for a wrong one.
    pub(super) fn sound(&self, key: &str) -> bool {
        let is_below = |other: &str| {
            other.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        !self.problems.borrow().iter().any(|(other, _)| is_below(other))
    }

    /// All problems, as found.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner().into_iter().map(|(_, problem)| problem).collect()
    }
}

/// Why a value is refused, and the remedy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Objection {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::joined;

    #[test]
    fn a_table_is_unsound_when_something_below_it_is() {
        let findings = Findings::new("");
        findings.add("model.small.openai", Problem::new("", 0..0, "x".into(), None));
        assert!(!findings.sound("model.small"));
        assert!(!findings.sound("model.small.openai"));
        assert!(findings.sound("model.small.openai.url"));
        assert!(findings.sound("model.sma"));
    }

    #[test]
    fn a_table_with_a_dot_in_its_name_is_no_part_of_another() {
        let findings = Findings::new("");
        let dotted = joined("model", "a.b");
        findings.add(joined(&dotted, "openai"), Problem::new("", 0..0, "x".into(), None));
        assert!(!findings.sound(&dotted));
        assert!(findings.sound("model.a"));
    }
}
