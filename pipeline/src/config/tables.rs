//! Reading tables within tables: nested ones, named ones, and choices between several.
//!
//! Enters: a table. Leaves: what its tables say, and problems for unknown keys, missing keys and
//! choices that are left open or made twice. Does not: know what any key means.

use super::fields::{Fields, expected_but};
use super::findings::Findings;
use super::name;
use super::source::joined;
use super::suggestion::{hint, listed, nearest, quoted};
use super::syntax;
use std::cell::RefCell;
use toml_span::Value;
use toml_span::value::Key;

/// What a table has to have and lacks: one of `keys`.
pub(super) struct Needed {
    keys: Vec<&'static str>,
    message: String,
    hint: String,
    /// What the keys are, where they are the alternatives of a choice.
    choice: Option<&'static str>,
}

/// A named table and what it says; `None` when that is wrong.
pub(super) type Named<T> = (String, Option<T>);

/// An alternative of a choice: its key, and how its table is read.
pub(super) type Alternative<T> = (&'static str, fn(&Fields<'_, '_>) -> Option<T>);

/// Reads the whole file.
pub(super) fn read_root<T>(
    findings: &Findings<'_>,
    root: &Value<'_>,
    read: impl FnOnce(&Fields<'_, '_>) -> Option<T>,
) -> Option<T> {
    let fields = Fields {
        findings,
        table: root.as_table()?,
        path: String::new(),
        name: "",
        span: 0..0,
        known: RefCell::default(),
        needed: RefCell::default(),
    };
    fields.read_with(read)
}

impl<'a, 'de> Fields<'a, 'de> {
    fn read_with<T>(self, read: impl FnOnce(&Fields<'_, '_>) -> Option<T>) -> Option<T> {
        let result = read(&self);
        self.finish();
        result
    }

    /// The table must have `key`; `example` is a line to write.
    pub(super) fn needs(&self, key: &'static str, example: &str) -> &Self {
        if !self.has(key) {
            self.needed.borrow_mut().push(Needed {
                keys: vec![key],
                message: format!("{} lacks the key `{key}`", self.title()),
                hint: format!("add `{example}`"),
                choice: None,
            });
        }
        self
    }

    fn title(&self) -> String {
        if self.path.is_empty() { "the file".into() } else { quoted(&self.path) }
    }

    /// The table under `key`.
    pub(super) fn table<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let (key, _) = self.table.get_key_value(key)?;
        let remedy = format!("write `{key} = {{ … }}`");
        self.child(joined(&self.path, &key.name), "", key, value, remedy, read)
    }

    fn child<T>(
        &self,
        path: String,
        name: &str,
        key: &Key<'_>,
        value: &Value<'_>,
        remedy: String,
        read: impl FnOnce(&Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        let Some(table) = value.as_table() else {
            let span = syntax::place_of(self.findings.text, key, value);
            self.report(&path, span, expected_but("a table", value), remedy);
            return None;
        };
        let fields = Fields {
            findings: self.findings,
            table,
            path,
            name,
            span: key.span.into(),
            known: RefCell::default(),
            needed: RefCell::default(),
        };
        fields.read_with(read)
    }

    /// The tables `[key.NAME]`, in the file's order.
    pub(super) fn named<T>(
        &self,
        key: &'static str,
        read: fn(&Fields<'_, '_>) -> Option<T>,
    ) -> Vec<Named<T>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let remedy = format!("write `[{key}.NAME]`");
        let Some(tables) = value.as_table() else {
            self.refuse(key, expected_but("a table of tables", value), remedy);
            return Vec::new();
        };
        let mut entries: Vec<_> = tables.iter().collect();
        entries.sort_by_key(|(name, _)| name.span.start);
        let read = |(entry, value): (&Key<'_>, &Value<'_>)| {
            let path = joined(key, &entry.name);
            if let Err(objection) = name::check(&entry.name) {
                self.report(&path, entry.span.into(), objection.message, objection.hint);
            }
            let plan = self.child(path, &entry.name, entry, value, remedy.clone(), read);
            (entry.name.to_string(), plan)
        };
        entries.into_iter().map(read).collect()
    }

    /// Which of `keys` the table has: exactly one, or a problem. `what` the keys are goes into the
    /// message. The keys still have to be read.
    pub(super) fn chosen(&self, what: &'static str, keys: &[&'static str]) -> Option<&'static str> {
        let mut present: Vec<_> = keys
            .iter()
            .filter_map(|key| Some((*key, self.table.get_key_value(*key)?.0.span)))
            .collect();
        present.sort_by_key(|(_, span)| span.start);
        match present[..] {
            [] => {
                self.needed.borrow_mut().push(Needed {
                    keys: keys.to_vec(),
                    message: format!("{} names no {what}", self.title()),
                    hint: format!("add one of {}", listed(keys)),
                    choice: Some(what),
                });
                None
            }
            [(only, _)] => Some(only),
            [(first, _), ref others @ ..] => {
                let names: Vec<_> = present.iter().map(|(key, _)| *key).collect();
                for (other, span) in others {
                    let message = format!("`{other}` stands beside `{first}`");
                    let hint = format!("keep one of {}", listed(&names));
                    self.report(&joined(&self.path, other), (*span).into(), message, hint);
                }
                None
            }
        }
    }

    /// The one alternative that the table has. All that it has are read, so that their own
    /// problems are found too.
    pub(super) fn one_of<T>(
        &self,
        what: &'static str,
        alternatives: &[Alternative<T>],
    ) -> Option<T> {
        let keys: Vec<_> = alternatives.iter().map(|(key, _)| *key).collect();
        let chosen = self.chosen(what, &keys);
        let mut result = None;
        for (key, read) in alternatives {
            let value = self.table(key, read);
            if chosen == Some(*key) {
                result = value;
            }
        }
        result
    }

    /// Whether the file joins `key` to the key before it by a dot.
    fn follows_dot(&self, key: &Key<'_>) -> bool {
        self.findings.text[..key.span.start].trim_end().ends_with('.')
    }

    /// Reports keys that nobody asked for and keys that are missing, but not both for one slip.
    fn finish(self) {
        let known: &[&str] = &self.known.borrow();
        let needed: &[Needed] = &self.needed.borrow();
        // "unknown strategy" where nothing but strategies is known, "unknown key" elsewhere.
        let kind = needed
            .iter()
            .find_map(|needed| needed.choice.filter(|_| needed.keys.len() == known.len()))
            .unwrap_or("key");
        let mut meant: Vec<&str> = Vec::new();
        let mut has_unknown_table = false;
        for (key, value) in self.table {
            if known.contains(&&*key.name) {
                continue;
            }
            let near = nearest(&key.name, known);
            meant.extend(near);
            let is_table = value.as_table().is_some();
            has_unknown_table |= is_table;
            let remedy = if known.is_empty() {
                "this table takes no keys: write `{}`".into()
            } else if near.is_none() && !self.name.is_empty() && self.follows_dot(key) {
                // `[model.qwen2.5]` is a table `5` in a table `qwen2`.
                let listed = listed(known);
                let whole = format!("{}.{}", self.name, key.name);
                format!("known here: {listed}; a name with a dot stands in quotes: {whole:?}")
            } else {
                hint(&key.name, known, "known here")
            };
            let message = format!("unknown {kind} {}", quoted(&key.name));
            self.report(&joined(&self.path, &key.name), key.span.into(), message, remedy);
        }
        for needed in needed {
            let is_explained = needed.keys.iter().any(|key| meant.contains(key))
                || needed.choice.is_some() && has_unknown_table;
            if !is_explained {
                self.refuse_all(&*needed.message, &*needed.hint);
            }
        }
    }
}
