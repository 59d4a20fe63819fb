//! JSON, and JSON lines, as text that can be found and read.
//!
//! Enters: one value, or one a line. Leaves: a line `name: value` for each that is no list or object, under
//! the names that lead to it. Does not: keep brackets and quotes, which say nothing to a reader.

use super::protocol::Refusal;
use super::text::Extracted;
use super::{Decoded, decode};
use serde_json::Value;

/// What stands between names.
const STEP: &str = " / ";

/// Reads one value.
pub(super) fn read(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    of_text(bytes, |text| {
        let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(vec![value])
    })
}

/// Reads one value a line.
pub(super) fn read_lines(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    of_text(bytes, |text| {
        (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| {
                serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))
            })
            .collect()
    })
}

fn of_text(
    bytes: Vec<u8>,
    values: impl FnOnce(&str) -> Result<Vec<Value>, String>,
) -> Result<Extracted, Refusal> {
    let Decoded { text, encoding, replaced } = decode(bytes);
    let values = values(&text).map_err(|why| Refusal::Broken { why })?;
    drop(text);
    let mut text = String::new();
    for value in &values {
        write(&mut text, "", value);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    let encoding = encoding.map(str::to_owned);
    Ok(Extracted { text, encoding, replaced, ..Extracted::default() })
}

/// Values nest at most 128 deep: the parser sees to that.
fn write(text: &mut String, name: &str, value: &Value) {
    let inside =
        |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}{STEP}{key}") };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| write(text, &inside(key), value));
        }
        Value::Array(items) => {
            // Records in a list are told apart by an empty line.
            for (place, item) in items.iter().enumerate() {
                if place > 0 && (item.is_object() || item.is_array()) && !text.ends_with("\n\n") {
                    text.push('\n');
                }
                write(text, name, item);
            }
        }
        Value::Null => {}
        Value::String(said) => line(text, name, said),
        Value::Bool(_) | Value::Number(_) => line(text, name, &value.to_string()),
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    if !name.is_empty() {
        text.push_str(name);
        text.push_str(": ");
    }
    text.push_str(value.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_values() {
        let json = br#"{"name": "pump", "specs": {"weight": 40, "unit": "kg"}, "notes": ["x", "y"],
            "parts": [{"id": 1, "spare": true}, {"id": 2, "spare": null}], "none": []}"#;
        assert_eq!(
            read(json.to_vec()).unwrap().text,
            "name: pump\nspecs / weight: 40\nspecs / unit: kg\nnotes: x\nnotes: y\nparts / id: 1\n\
             parts / spare: true\n\nparts / id: 2"
        );
        let lines = b"{\"q\": \"a\"}\r\n\n{\"q\": \"b\"}\n\"alone\"\n";
        assert_eq!(read_lines(lines.to_vec()).unwrap().text, "q: a\n\nq: b\n\nalone");
        assert_eq!(read(b"[]".to_vec()).unwrap().text, "");
    }

    #[test]
    fn what_is_no_json_is_told() {
        let Err(Refusal::Broken { why }) = read_lines(b"{}\n{\"a\":\n".to_vec()) else { panic!() };
        assert!(why.starts_with("line 2: EOF"), "{why}");
        let deep = "[".repeat(100_000);
        assert!(matches!(read(deep.into_bytes()), Err(Refusal::Broken { .. })));
    }
}
