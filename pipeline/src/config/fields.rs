//! Reading the values of a table key by key, gathering everything that is wrong with them.
//!
//! Enters: a parsed TOML table. Leaves: its values, and problems for wrong types and impossible
//! values. Does not: stop at a problem, or know what any key means. Tables within the table are
//! read in `tables.rs`.

use super::diagnostic::Problem;
use super::findings::{Findings, Objection};
use super::source::joined;
use super::suggestion::{hint, quoted};
use super::syntax;
use super::tables::Needed;
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::{Bound, Range, RangeBounds};
use toml_span::Value;
use toml_span::value::{Table, ValueInner};

/// One table while it is read. Getters give `None` for a key that is absent or wrong, and report
/// the wrong ones.
pub(super) struct Fields<'a, 'de> {
    pub(super) findings: &'a Findings<'a>,
    pub(super) table: &'a Table<'de>,
    /// Dotted key of the table; empty for the whole file.
    pub(super) path: String,
    /// `NAME` of a `[model.NAME]` table; empty for other tables.
    pub(super) name: &'a str,
    /// Where the table is named.
    pub(super) span: Range<usize>,
    /// Keys that were asked for.
    pub(super) known: RefCell<Vec<&'static str>>,
    /// Keys that were needed and are absent.
    pub(super) needed: RefCell<Vec<Needed>>,
}

impl<'a, 'de> Fields<'a, 'de> {
    /// Whether the table has `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports a problem with the value of `key`, or with the table where it lacks the key.
    pub(super) fn refuse(&self, key: &str, message: impl Into<String>, hint: impl Into<String>) {
        let span = self.table.get_key_value(key).map_or_else(
            || self.span.clone(),
            |(name, value)| syntax::place_of(self.findings.text, name, value),
        );
        self.report(&joined(&self.path, key), span, message.into(), hint.into());
    }

    /// Reports a problem with the table as a whole.
    pub(super) fn refuse_all(&self, message: impl Into<String>, hint: impl Into<String>) {
        self.report(&self.path, self.span.clone(), message.into(), hint.into());
    }

    /// Reports a problem with any place of the file, about a dotted key. An empty hint is none.
    pub(super) fn report(&self, key: &str, span: Range<usize>, message: String, hint: String) {
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        self.findings.add(key, Problem::new(self.findings.text, span, message, hint));
    }

    pub(super) fn value(&self, key: &'static str) -> Option<&'a Value<'de>> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        self.table.get(key)
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &Value<'_>, hint: &str) {
        self.refuse(key, expected_but(expected, value), hint);
    }

    /// Text, not empty.
    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        let text = self.text_or_empty(key)?;
        if text.trim().is_empty() {
            self.refuse(key, format!("`{key}` is empty"), "write some text between the quotes");
            return None;
        }
        Some(text)
    }

    /// Text that may be empty.
    pub(super) fn text_or_empty(&self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        let remedy = match value.as_ref() {
            ValueInner::String(text) => return Some(text.to_string()),
            ValueInner::Array(_) | ValueInner::Table(_) => "",
            _ => "put it in quotes",
        };
        self.wrong_type(key, "a string", value, remedy);
        None
    }

    /// Text that `check` agrees to.
    pub(super) fn checked(
        &self,
        key: &'static str,
        check: impl FnOnce(&str) -> Result<(), Objection>,
    ) -> Option<String> {
        let text = self.text(key)?;
        match check(&text) {
            Ok(()) => Some(text),
            Err(objection) => {
                self.refuse(key, objection.message, objection.hint);
                None
            }
        }
    }

    /// A list of texts, none of them empty.
    pub(super) fn texts(&self, key: &'static str) -> Option<Vec<String>> {
        const EXPECTED: &str = "an array of strings";
        let value = self.value(key)?;
        let ValueInner::Array(array) = value.as_ref() else {
            self.wrong_type(key, EXPECTED, value, "put it in square brackets: `[\"…\"]`");
            return None;
        };
        let mut texts = Vec::with_capacity(array.len());
        for (index, item) in array.iter().enumerate() {
            let message = match item.as_str() {
                Some("") => "this string is empty".into(),
                Some(text) => {
                    texts.push(text.to_owned());
                    continue;
                }
                None => expected_but("a string", item),
            };
            let span = syntax::value_span(self.findings.text, item);
            let path = joined(&joined(&self.path, key), &index.to_string());
            self.report(
                &path,
                span,
                message,
                format!("`{key}` takes {EXPECTED}, none of them empty"),
            );
        }
        (texts.len() == array.len()).then_some(texts)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        if value.as_bool().is_none() {
            self.wrong_type(key, "a boolean", value, "write `true` or `false`, without quotes");
        }
        value.as_bool()
    }

    /// A finite number within `bounds`; `meaning` says what the key is for.
    pub(super) fn number(
        &self,
        key: &'static str,
        bounds: impl RangeBounds<f64>,
        meaning: &str,
    ) -> Option<f64> {
        let value = self.value(key)?;
        let number = match value.as_ref() {
            ValueInner::Float(number) => *number,
            // Above 2^53 the nearest double; no key comes near it.
            ValueInner::Integer(number) => *number as f64,
            _ => {
                self.wrong_type(key, "a number", value, &without_quotes(value, meaning));
                return None;
            }
        };
        if !number.is_finite() || !bounds.contains(&number) {
            self.refuse(key, out_of_bounds(key, &bounds, number), meaning);
            return None;
        }
        Some(number)
    }

    /// A whole number within `bounds`; `meaning` says what the key is for.
    pub(super) fn whole<T>(
        &self,
        key: &'static str,
        bounds: impl RangeBounds<T>,
        meaning: &str,
    ) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + Display,
    {
        let value = self.value(key)?;
        let Some(number) = value.as_integer() else {
            self.wrong_type(key, "a whole number", value, &without_quotes(value, meaning));
            return None;
        };
        let within = T::try_from(number).ok().filter(|number| bounds.contains(number));
        if within.is_none() {
            self.refuse(key, out_of_bounds(key, &bounds, number), meaning);
        }
        within
    }

    /// The value that the file calls by one of the names in `variants`.
    pub(super) fn variant<T: Copy>(
        &self,
        key: &'static str,
        variants: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(key)?;
        let found = variants.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let names: Vec<_> = variants.iter().map(|(name, _)| *name).collect();
            self.refuse(
                key,
                format!("unknown {} {}", key.replace('_', " "), quoted(&text)),
                hint(&text, &names, "known here"),
            );
        }
        found.map(|(_, variant)| *variant)
    }
}

/// "expected a string, found an integer"
pub(super) fn expected_but(expected: &str, value: &Value<'_>) -> String {
    let found = value.as_ref().type_str();
    let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("expected {expected}, found {article} {found}")
}

/// What a number means, and that it stands without quotes where it had some.
fn without_quotes(value: &Value<'_>, meaning: &str) -> String {
    match value.as_str() {
        Some(_) => format!("write a number without quotes: {meaning}"),
        None => meaning.to_owned(),
    }
}

fn out_of_bounds<T: Display>(
    key: &str,
    bounds: &impl RangeBounds<T>,
    found: impl Display,
) -> String {
    let least = match bounds.start_bound() {
        Bound::Included(least) => Some(format!("at least {least}")),
        Bound::Excluded(least) => Some(format!("above {least}")),
        Bound::Unbounded => None,
    };
    let most = match bounds.end_bound() {
        Bound::Included(most) => Some(format!("at most {most}")),
        Bound::Excluded(most) => Some(format!("below {most}")),
        Bound::Unbounded => None,
    };
    let wanted = match (least, most) {
        (Some(least), Some(most)) => format!("{least} and {most}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "finite".into(),
    };
    format!("`{key}` must be {wanted}, found {found}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told_in_words() {
        assert_eq!(
            out_of_bounds("m", &(0.0..1.0), 2.0),
            "`m` must be at least 0 and below 1, found 2"
        );
        assert_eq!(out_of_bounds("m", &(1..), 0), "`m` must be at least 1, found 0");
        let open = (Bound::Excluded(0.5), Bound::Included(1.0));
        assert_eq!(
            out_of_bounds("m", &open, 0.5),
            "`m` must be above 0.5 and at most 1, found 0.5"
        );
    }
}
