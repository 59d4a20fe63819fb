//! JSON, and JSON lines, as text that can be found and read.
//!
//! Enters: one value, or one a line. Leaves: a line `name: value` for each that is no list or object, under
//! the names that lead to it. Does not: keep brackets and quotes, which say nothing to a reader.

use super::protocol::Refusal;
use super::text::Extracted;
use super::{Decoded, decode};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// What stands between names.
const STEP: &str = " / ";

/// Longest name that is repeated before each value under it: of a long one many times over, the text would be
/// larger than any memory.
const NAME_BYTES_MAX: usize = 200;
/// What stands before the end of a name that is longer.
const CUT: &str = "…";

/// Lists and objects in one another.
const DEPTH_MAX: usize = 128;

/// Reads one value.
pub(super) fn read(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    of_text(bytes, |json, text| {
        let value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        write(text, "", value, 0)
    })
}

/// Reads one value a line.
pub(super) fn read_lines(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    of_text(bytes, |json, text| {
        for (number, line) in (1..).zip(json.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let value = serde_json::from_str(line).map_err(|error| error.to_string());
            value
                .and_then(|value| write(text, "", value, 0))
                .map_err(|why| format!("line {number}: {why}"))?;
            text.push('\n');
        }
        Ok(())
    })
}

fn of_text(
    bytes: Vec<u8>,
    write: impl FnOnce(&str, &mut String) -> Result<(), String>,
) -> Result<Extracted, Refusal> {
    let Decoded { text: json, encoding, replaced } = decode(bytes);
    let mut text = String::new();
    write(&json, &mut text).map_err(|why| Refusal::Broken { why })?;
    text.truncate(text.trim_end().len());
    let encoding = encoding.map(str::to_owned);
    Ok(Extracted { text, encoding, replaced, ..Extracted::default() })
}

/// An object's members in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Values are taken as they are written: a number keeps all its digits.
fn write(text: &mut String, name: &str, value: &RawValue, depth: usize) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("values are nested more than {DEPTH_MAX} deep"));
    }
    let json = value.get();
    let mut end = String::new();
    let name = match json.starts_with(['{', '[']) && name.len() > NAME_BYTES_MAX {
        // Said whole once, above what it leads to.
        true => {
            text.push_str(name);
            text.push_str(":\n");
            let cut = name.len() + CUT.len() - NAME_BYTES_MAX;
            end.push_str(CUT);
            end.push_str(&name[name.ceil_char_boundary(cut)..]);
            end.as_str()
        }
        false => name,
    };
    match json.as_bytes().first() {
        Some(b'{') => {
            for (key, value) in parsed::<Members<'_>>(json)?.0 {
                let inside = if name.is_empty() { key } else { format!("{name}{STEP}{key}") };
                write(text, &inside, value, depth + 1)?;
            }
        }
        Some(b'[') => {
            // Records in a list are told apart by an empty line.
            for (place, item) in parsed::<Vec<&RawValue>>(json)?.into_iter().enumerate() {
                let is_record = item.get().starts_with(['{', '[']);
                if place > 0 && is_record && !text.ends_with("\n\n") {
                    text.push('\n');
                }
                write(text, name, item, depth + 1)?;
            }
        }
        Some(b'"') => line(text, name, &parsed::<String>(json)?),
        Some(b'n') | None => {}
        Some(_) => line(text, name, json),
    }
    Ok(())
}

fn parsed<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
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
    fn a_long_name_is_said_whole_once() {
        // The mark has three bytes.
        let (name, end) = ("k".repeat(300), format!("…{}", "k".repeat(197)));
        let two = format!("…{} / b", "k".repeat(193));
        let json = format!("{{\"{name}\": {{\"a\": 1, \"b\": [2, [3]]}}, \"{name}\": 4}}");
        assert_eq!(
            read(json.into_bytes()).unwrap().text,
            format!("{name}:\n{end} / a: 1\n{end} / b:\n{two}: 2\n\n{two}: 3\n{name}: 4")
        );
    }

    /// A name of 100,000 bytes over 50,000 values would be 5e9 bytes; so would one made of many.
    #[test]
    fn long_names_over_many_values_come_to_little() {
        let values = format!("[{}1]", "1,".repeat(50_000));
        let steps = 100;
        let deep = format!("{{\"{}\":", "k".repeat(1_000)).repeat(steps);
        for json in [
            format!("{{\"{}\": {values}}}", "k".repeat(100_000)),
            format!("{deep}{values}{}", "}".repeat(steps)),
        ] {
            let most = 150 * json.len();
            let text = read(json.into_bytes()).unwrap().text;
            assert!(text.len() < most, "{}", text.len());
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let json = br#"{"torque": 12.50, "serial": 98765432109876543210, "rate": -1e3}"#;
        assert_eq!(
            read(json.to_vec()).unwrap().text,
            "torque: 12.50\nserial: 98765432109876543210\nrate: -1e3"
        );
    }

    #[test]
    fn what_is_no_json_is_told() {
        let Err(Refusal::Broken { why }) = read_lines(b"{}\n{\"a\":\n".to_vec()) else { panic!() };
        assert!(why.starts_with("line 2: EOF"), "{why}");
        let deep = "[".repeat(100_000);
        assert!(matches!(read(deep.into_bytes()), Err(Refusal::Broken { .. })));
    }
}
