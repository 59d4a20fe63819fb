//! Answers that have to be JSON: whether one satisfies its schema, and whether it is right.
//!
//! Enters: an answer as the model gave it, the schema, the accepted answers. Leaves: a
//! [`JsonScore`]. Does not: look for JSON inside prose; an answer is one JSON value or it is none.

use super::citation::{without_citations, without_last_citation};
use super::normalize::normalize;
use crate::corpus::AnswerSchema;
use serde_json::{Number, Value};

/// What an answer is worth under a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonScore {
    /// It is one JSON value that satisfies the schema.
    pub valid: bool,
    /// It is valid and equals an accepted answer.
    pub correct: bool,
}

/// Scores an answer. Citation marks behind the value, or in its strings, and a markdown code fence
/// around it do not count.
///
/// Two values are equal when they have the same type; objects with the same keys in any order and
/// equal values; arrays item by item; numbers by value (`1998` is `1998.0`); strings normalized as
/// SQuAD does.
pub fn score_json(answer: &str, schema: &AnswerSchema, accepted: &[String]) -> JsonScore {
    let found = value_of(answer).and_then(|value| {
        // `[1]` may be a mark or belong to the string: what the schema takes is meant.
        let bare = without_marks(&value);
        [bare, value].into_iter().find(|value| schema.broken_by(value).is_none())
    });
    let correct = found.as_ref().is_some_and(|value| {
        accepted
            .iter()
            .filter_map(|accepted| serde_json::from_str(accepted).ok())
            .any(|accepted: Value| equal(value, &accepted))
    });
    JsonScore { valid: found.is_some(), correct }
}

/// The one JSON value that the answer is. Marks are taken off from the end, one by one, and only
/// while what is left is no JSON: `[1]` alone is an array.
fn value_of(answer: &str) -> Option<Value> {
    let mut rest = answer.trim();
    loop {
        // A mark may stand behind the fence or, as what is inside it, behind the value.
        rest = without_fence(rest).trim();
        if let Ok(value) = serde_json::from_str(rest) {
            return Some(value);
        }
        rest = without_last_citation(rest)?;
    }
}

/// What stands between the lines ```` ``` ```` or ```` ```json ```` and ```` ``` ````, where these are
/// the first and the last; else the text.
fn without_fence(text: &str) -> &str {
    let inside = text
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
        .filter(|inside| !inside.contains("```"));
    let Some(inside) = inside else { return text };
    match inside.split_once('\n') {
        Some((name, lines)) if name.trim().chars().all(char::is_alphanumeric) => lines,
        _ => inside,
    }
}

fn without_marks(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_citations(text)),
        Value::Array(items) => items.iter().map(without_marks).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(key, value)| (key.clone(), without_marks(value))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::String(a), Value::String(b)) => equal_texts(a, b),
        (Value::Number(a), Value::Number(b)) => equal_numbers(a, b),
        _ => a == b,
    }
}

/// Normalized; texts that normalize to nothing (an article, a dash) are compared as they stand.
fn equal_texts(a: &str, b: &str) -> bool {
    let normalized = normalize(a);
    a.trim() == b.trim() || (!normalized.is_empty() && normalized == normalize(b))
}

/// Whole numbers exactly, others as the nearest doubles.
fn equal_numbers(a: &Number, b: &Number) -> bool {
    let whole = |number: &Number| {
        number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn schema() -> AnswerSchema {
        AnswerSchema::read(&json!({
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "year": {"type": "number"},
                "parts": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["name"],
        }))
        .unwrap()
    }

    fn scored(answer: &str) -> (bool, bool) {
        let accepted = [r#"{"name": "The Otter", "year": 1998, "parts": [1]}"#.to_owned()];
        let score = score_json(answer, &schema(), &accepted);
        (score.valid, score.correct)
    }

    #[test]
    fn equal_values_are_right() {
        for answer in [
            r#"{"name": "The Otter", "year": 1998, "parts": [1]}"#,
            r#"{"parts":[1],"year":1998.0,"name":"otter."}"#,
            " {\"name\": \"Otter\", \"year\": 1.998e3, \"parts\": [1]} [2]\n",
            "{\"name\": \"Otter [2]\", \"year\": 1998, \"parts\": [1]} [1][2]",
            "```json\n{\"name\": \"Otter\", \"year\": 1998, \"parts\": [1]}\n```",
            "```\n{\"name\": \"Otter\", \"year\": 1998, \"parts\": [1]}\n``` [3]",
            "```json\n{\"name\": \"Otter\", \"year\": 1998, \"parts\": [1]} [3]\n```",
            "```{\"name\": \"Otter\", \"year\": 1998, \"parts\": [1]}```",
        ] {
            assert_eq!(scored(answer), (true, true), "{answer}");
        }
    }

    #[test]
    fn other_values_are_valid_and_wrong() {
        for answer in [
            r#"{"name": "Otter"}"#,
            r#"{"name": "Otter", "year": 1999, "parts": [1]}"#,
            r#"{"name": "Otter", "year": 1998, "parts": [1, 1]}"#,
            r#"{"name": "Otter", "year": 1998, "parts": []}"#,
            r#"{"name": "Otter", "year": 1998, "parts": [1], "colour": null}"#,
            r#"{"name": "Marten", "year": 1998, "parts": [1]}"#,
        ] {
            assert_eq!(scored(answer), (true, false), "{answer}");
        }
    }

    #[test]
    fn what_is_not_one_value_of_the_schema_is_not_valid() {
        for answer in [
            "",
            "[1]",
            "I don't know.",
            r#"{"name": "Otter", "year": "1998"}"#,
            r#"{"year": 1998}"#,
            r#"Here it is: {"name": "Otter"}"#,
            r#"{"name": "Otter"} {"name": "Otter"}"#,
            r#"{"name": "Otter""#,
            "```json\n{\"name\": \"Otter\"}\n```\nIt is the Otter.",
        ] {
            assert_eq!(scored(answer), (false, false), "{answer}");
        }
    }

    #[test]
    fn an_array_of_numbers_is_no_mark() {
        let schema = AnswerSchema::read(&json!({"type": "array"})).unwrap();
        let accepted = ["[1]".to_owned()];
        for answer in ["[1]", "[1] [2]", "[1.0][1]"] {
            let right = JsonScore { valid: true, correct: true };
            assert_eq!(score_json(answer, &schema, &accepted), right, "{answer}");
        }
        let other = score_json("[2]", &schema, &accepted);
        assert_eq!(other, JsonScore { valid: true, correct: false });
    }

    #[test]
    fn a_mark_that_the_schema_wants_is_text() {
        let schema = AnswerSchema::read(&json!({"enum": ["A [1]"]})).unwrap();
        let accepted = [r#""A [1]""#.to_owned()];
        assert!(score_json(r#""A [1]""#, &schema, &accepted).correct);
    }

    #[test]
    fn texts_that_normalize_to_nothing_are_compared_as_they_stand() {
        assert!(equal(&json!(""), &json!(" ")));
        assert!(equal(&json!("-"), &json!("-")));
        assert!(!equal(&json!("-"), &json!("")));
        assert!(!equal(
            &json!(18_446_744_073_709_551_615_u64),
            &json!(18_446_744_073_709_551_614_u64)
        ));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z ]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// However it is laid out and fenced, a value is valid and equals itself.
        #[test]
        fn a_value_equals_itself(value in any_value(), fenced in any::<bool>(), cited in any::<bool>()) {
            let schema = AnswerSchema::read(&json!({})).unwrap();
            let mut answer = serde_json::to_string_pretty(&value).unwrap();
            if fenced {
                answer = format!("```json\n{answer}\n```");
            }
            if cited {
                answer.push_str(" [1][2, 3]");
            }
            let right = JsonScore { valid: true, correct: true };
            prop_assert_eq!(score_json(&answer, &schema, &[value.to_string()]), right);
        }

        #[test]
        fn equality_is_mutual(a in any_value(), b in any_value()) {
            prop_assert_eq!(equal(&a, &b), equal(&b, &a));
        }
    }
}
