//! What a model answers when it is asked for a question.
//!
//! Enters: its text. Leaves: a [`Reply`], or why there is none. Takes what models write around and instead of
//! the JSON that they were asked for: words, code fences, one answer where a list was wanted, numbers. Does
//! not: believe any of it.

use serde_json::{Map, Value};

/// A question as a model wrote it; nothing in it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub question: String,
    pub answers: Vec<String>,
    pub quotes: Vec<String>,
    pub kind: Option<String>,
}

/// Reads the first JSON object of the text that has a question.
///
/// # Errors
/// In a few words, what is missing.
pub(super) fn read(text: &str) -> Result<Reply, &'static str> {
    let objects: Vec<Map<String, Value>> = objects(text).collect();
    let Some(first) = objects.first() else { return Err("no JSON object") };
    let object = objects.iter().find(|object| object.contains_key("question")).unwrap_or(first);
    let texts = |keys: &[&str]| -> Vec<String> {
        keys.iter().filter_map(|key| object.get(*key)).flat_map(texts).collect()
    };
    let Some(question) = texts(&["question"]).into_iter().next() else { return Err("no question") };
    let answers = texts(&["answers", "answer"]);
    if answers.is_empty() {
        return Err("no answer");
    }
    let quotes = texts(&["quotes", "quote", "evidence"]);
    if quotes.is_empty() {
        return Err("no quote");
    }
    Ok(Reply { question, answers, quotes, kind: texts(&["kind"]).into_iter().next() })
}

/// The JSON objects that stand in a text, outermost ones, from its beginning.
fn objects(text: &str) -> impl Iterator<Item = Map<String, Value>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find('{')?;
            let from = &rest[start..];
            let mut values = serde_json::Deserializer::from_str(from).into_iter::<Map<_, _>>();
            match values.next() {
                Some(Ok(object)) => {
                    rest = &from[values.byte_offset()..];
                    return Some(object);
                }
                // A brace in prose, or JSON that is cut: the next may be whole.
                _ => rest = &from[1..],
            }
        }
    })
}

/// The texts of a value: itself, the items of a list, the quote of an object; blank ones are left out.
fn texts(value: &Value) -> Vec<String> {
    let one = |text: String| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned()).into_iter().collect()
    };
    match value {
        Value::String(text) => one(text.clone()),
        Value::Number(number) => one(number.to_string()),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => {
            ["quote", "text"].iter().filter_map(|key| fields.get(*key)).flat_map(texts).collect()
        }
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = r#"{"question": "How heavy?", "answers": ["40 kg"], "quotes": ["weighs 40 kg"], "kind": "number"}"#;

    #[test]
    fn what_models_write_around_the_object_does_not_count() {
        let expected = Reply {
            question: "How heavy?".into(),
            answers: vec!["40 kg".into()],
            quotes: vec!["weighs 40 kg".into()],
            kind: Some("number".into()),
        };
        for text in [
            GOOD.to_owned(),
            format!("```json\n{GOOD}\n```"),
            format!("Sure! Here is {{one}}:\n\n{GOOD}\n\nI hope {{this}} helps."),
            format!("{{\"thought\": \"a number\"}} {GOOD}"),
            format!("{GOOD}\n{{\"question\": \"Another?\"}}"),
            r#"{"question": " How heavy? ", "answer": "40 kg", "evidence": {"document": "a.md", "quote": "weighs 40 kg"}, "kind": "number"}"#.to_owned(),
        ] {
            assert_eq!(read(&text), Ok(expected.clone()), "{text}");
        }
        let numbers = r#"{"question": "?", "answers": [40, 4.5], "quote": ["a", ["b"]]}"#;
        let reply = read(numbers).unwrap();
        assert_eq!((reply.answers, reply.kind), (vec!["40".into(), "4.5".into()], None));
        assert_eq!(reply.quotes, ["a", "b"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, expected) in [
            ("", "no JSON object"),
            ("I cannot.", "no JSON object"),
            (&GOOD[..GOOD.len() - 1], "no JSON object"),
            ("[1, 2]", "no JSON object"),
            (r#"{"question": null}"#, "no question"),
            (r#"{"question": " "}"#, "no question"),
            (r#"{"answers": ["x"]}"#, "no question"),
            (r#"{"question": "?", "answers": [""], "quote": "q"}"#, "no answer"),
            (r#"{"question": "?", "answers": ["x"]}"#, "no quote"),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[{}\"a:,\\[\\]\\\\ ]{0,40}") {
            let _ = read(&text);
        }
    }
}
