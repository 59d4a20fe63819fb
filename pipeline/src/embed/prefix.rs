//! The words that a model wants before each text.

use super::Role;
use crate::config::EmbedderPlan;

/// Text before queries and before passages, for example `query: ` and `passage: `.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Before each query.
    pub query: String,
    /// Before each passage.
    pub passage: String,
}

impl Prefixes {
    /// The plan's prefixes.
    pub fn of_plan(plan: &EmbedderPlan) -> Self {
        Self { query: plan.query_prefix.clone(), passage: plan.passage_prefix.clone() }
    }

    /// The prefix for a role.
    pub fn of(&self, role: Role) -> &str {
        match role {
            Role::Query => &self.query,
            Role::Passage => &self.passage,
        }
    }

    /// One text with its prefix.
    pub fn apply(&self, role: Role, text: &str) -> String {
        format!("{}{text}", self.of(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_own() {
        let prefixes = Prefixes { query: "query: ".into(), passage: String::new() };
        assert_eq!(prefixes.apply(Role::Query, "why?"), "query: why?");
        assert_eq!(prefixes.apply(Role::Passage, "why?"), "why?");
    }
}
