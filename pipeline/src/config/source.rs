//! A file's text and where each of its keys stands.
//!
//! Enters: text and its parsed value. Leaves: spans by dotted key, so that checks made long after
//! parsing can still point at a line. Does not: judge anything.

use super::diagnostic::{Problem, rendered};
use super::syntax;
use annotate_snippets::Level;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml_span::Value;
use toml_span::value::ValueInner;

/// What errors about a file need to point at its lines.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// Where the text was read; shown in messages.
    pub path: PathBuf,
    /// The file as read.
    pub text: String,
    /// Byte spans by dotted key, such as `model.small.mistralrs.path` or `questions.kinds.0`: the
    /// name for a table, the value with its quotes for everything else.
    pub spans: BTreeMap<String, Range<usize>>,
    /// What is odd but allowed, in the file's order.
    pub warnings: Vec<Problem>,
}

impl Source {
    /// The text alone, before it could be parsed.
    pub(super) fn unparsed(path: &Path, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            spans: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// The text and the spans of `root`, which was parsed from it.
    pub(super) fn parsed(path: &Path, text: &str, root: &Value<'_>) -> Self {
        let mut source = Self::unparsed(path, text);
        collect(text, root, "", &mut source.spans);
        source
    }

    /// The dotted key of a table `[kind.NAME]`.
    pub fn key(kind: &str, name: &str) -> String {
        joined(kind, name)
    }

    /// A problem with the value of `key`. Where the file does not have the key, it points at the
    /// nearest table around it that the file has, else at the file's start.
    pub fn problem(&self, key: &str, message: impl Into<String>, hint: Option<String>) -> Problem {
        let mut nearest = key;
        let span = loop {
            if let Some(span) = self.spans.get(nearest) {
                break span.clone();
            }
            match nearest.rfind('.') {
                Some(dot) => nearest = &nearest[..dot],
                None => break 0..0,
            }
        };
        Problem::new(&self.text, span, message.into(), hint)
    }

    /// The warnings as text, each with its place; empty when there is none.
    pub fn rendered_warnings(&self) -> String {
        let mut shown = String::new();
        for warning in &self.warnings {
            shown.push_str(&rendered(&self.path, &self.text, warning, Level::WARNING));
            shown.push_str("\n\n");
        }
        shown
    }
}

/// Without the text: it may hold a key that somebody wrote there by mistake.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path)
            .field("spans", &self.spans)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

fn collect(text: &str, value: &Value<'_>, path: &str, spans: &mut BTreeMap<String, Range<usize>>) {
    match value.as_ref() {
        ValueInner::Table(table) => {
            for (key, child) in table {
                let path = joined(path, &key.name);
                spans.insert(path.clone(), syntax::place_of(text, key, child));
                collect(text, child, &path, spans);
            }
        }
        ValueInner::Array(array) => {
            for (index, child) in array.iter().enumerate() {
                let path = joined(path, &index.to_string());
                spans.insert(path.clone(), syntax::value_span(text, child));
                collect(text, child, &path, spans);
            }
        }
        _ => {}
    }
}

/// `a.b` of `a` and `b`. A key with a dot stands in quotes, as it does in the file: what is wrong with
/// `model."a.b"` is not wrong with `model.a`.
pub(super) fn joined(path: &str, key: &str) -> String {
    let key = if key.contains('.') { format!("\"{key}\"") } else { key.to_owned() };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::parsed(Path::new("x.toml"), text, &toml_span::parse(text).unwrap())
    }

    #[test]
    fn tables_are_found_by_name_and_values_with_their_quotes() {
        let text = "corpus = \"lab\"\n[model.small]\nmistralrs = { path = '' }\n";
        let source = source(text);
        let at = |key: &str| &text[source.spans[key].clone()];
        assert_eq!(at("corpus"), "\"lab\"");
        assert_eq!(at("model.small"), "small");
        assert_eq!(at("model.small.mistralrs"), "mistralrs");
        assert_eq!(at("model.small.mistralrs.path"), "''");
    }

    #[test]
    fn a_key_the_file_lacks_points_at_what_is_around_it() {
        let source = source("a = 1\n[model.small]\n[model.\"small.1\"]\n");
        assert_eq!(source.problem("model.small.openai.url", "x", None).line, 2);
        let dotted = format!("{}.openai.url", Source::key("model", "small.1"));
        assert_eq!(source.problem(&dotted, "x", None).line, 3);
        assert_eq!(source.problem("nowhere.at.all", "x", None).span, 0..0);
    }
}
