//! A JSON Schema that an answer has to satisfy.
//!
//! Enters: the `schema` of a question. Leaves: an [`AnswerSchema`], or why it is none. Does not: fetch
//! what a `$ref` names outside the schema itself, from a disk or a network.

use boon::{CompileError, Compiler, Draft, SchemaIndex, Schemas, UrlLoader, ValidationError};
use serde_json::Value;

/// Where a schema without an `$id` seems to stand: an address that nothing answers.
const ADDRESS: &str = "schema:///answer";

/// A schema, ready to be held against answers. Without `$schema` it is read as draft 2020-12; `format`
/// is held against an answer too.
pub struct AnswerSchema {
    schemas: Schemas,
    index: SchemaIndex,
}

/// Loads nothing.
struct Nowhere;

impl UrlLoader for Nowhere {
    fn load(&self, _: &str) -> Result<Value, Box<dyn std::error::Error>> {
        Err("a schema has to stand in the question's line as a whole".into())
    }
}

impl AnswerSchema {
    /// Reads a schema.
    ///
    /// # Errors
    /// In one line, why it is no schema.
    pub fn read(schema: &Value) -> Result<Self, String> {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.use_loader(Box::new(Nowhere));
        let mut schemas = Schemas::new();
        compiler.add_resource(ADDRESS, schema.clone()).map_err(|error| in_one_line(&error))?;
        let index = compiler.compile(ADDRESS, &mut schemas).map_err(|error| in_one_line(&error))?;
        Ok(Self { schemas, index })
    }

    /// In one line, what `value` breaks; none where it satisfies the schema.
    pub fn broken_by(&self, value: &Value) -> Option<String> {
        self.schemas.validate(value, self.index).err().map(|error| first_cause(&error))
    }
}

fn in_one_line(error: &CompileError) -> String {
    match error {
        CompileError::ValidationError { src, .. } => first_cause(src),
        // With its cause.
        _ => format!("{error:#}"),
    }
}

/// The first thing that is wrong, deepest in the tree of causes, and where.
fn first_cause(error: &ValidationError<'_, '_>) -> String {
    match error.causes.first() {
        Some(cause) => first_cause(cause),
        None => {
            let place = error.instance_location.to_string();
            let place = if place.is_empty() { String::new() } else { format!("at `{place}`: ") };
            format!("{place}{}", error.kind)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn why(schema: &Value) -> String {
        AnswerSchema::read(schema).err().unwrap()
    }

    #[test]
    fn answers_are_held_against_it() {
        let schema = AnswerSchema::read(&json!({
            "type": "object",
            "properties": {"year": {"type": "integer"}, "day": {"format": "date"}},
            "required": ["year"],
            "additionalProperties": false,
        }))
        .unwrap();
        assert_eq!(schema.broken_by(&json!({"year": 1998})), None);
        assert_eq!(schema.broken_by(&json!({"year": 1998, "day": "1998-02-28"})), None);
        for (answer, expected) in [
            (json!({"year": "1998"}), "at `/year`: want integer, but got string"),
            (json!({}), "missing properties 'year'"),
            (json!([1998]), "want object, but got array"),
        ] {
            assert_eq!(schema.broken_by(&answer).unwrap(), expected);
        }
        assert!(schema.broken_by(&json!({"year": 1, "month": 2})).is_some());
        assert!(schema.broken_by(&json!({"year": 1, "day": "1998-02-30"})).is_some());
    }

    #[test]
    fn what_is_no_schema_is_told() {
        let unknown = why(&json!({"type": "strin"}));
        assert!(unknown.starts_with("at `/type`: "), "{unknown}");
        assert!(why(&json!({"properties": {"a": {"minimum": "1"}}})).contains("/minimum"));
        assert!(why(&json!({"pattern": "("})).contains("regex"));
        assert!(why(&json!({"$ref": "#/$defs/none"})).contains("none"));
    }

    #[test]
    fn nothing_is_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.json");
        std::fs::write(&path, "{}").unwrap();
        let path = format!("file://{}", path.display());
        for address in [path.as_str(), "https://example.invalid/schema.json", "other.json"] {
            let why = why(&json!({"$ref": address}));
            assert!(why.contains("has to stand in the question's line"), "{address}: {why}");
        }
        // The drafts themselves are known.
        assert!(
            AnswerSchema::read(&json!({"$schema": "http://json-schema.org/draft-07/schema#"}))
                .is_ok()
        );
        let inner = json!({"$defs": {"year": {"type": "integer"}}, "$ref": "#/$defs/year"});
        assert!(AnswerSchema::read(&inner).unwrap().broken_by(&json!("x")).is_some());
    }

    #[test]
    fn a_schema_that_names_itself_ends() {
        let list = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        let schema = AnswerSchema::read(&list).unwrap();
        assert_eq!(schema.broken_by(&json!({"next": {"next": {}}})), None);
        if let Ok(schema) = AnswerSchema::read(&json!({"$ref": "#"})) {
            assert!(schema.broken_by(&json!(1)).is_some());
        }
    }
}
