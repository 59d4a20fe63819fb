//! A server's words, as far as an error shows them.
//!
//! Enters: bodies and what parsers say of them. Leaves: text of bounded length without the key. Does
//! not: decide what went wrong.

/// Characters of an unexpected body that an error shows.
const EXCERPT_CHARACTERS: usize = 80;
/// Characters of a server's own error message that an error shows.
const MESSAGE_CHARACTERS: usize = 300;

/// What a parser said of a server's words. It repeats them, whence it is an excerpt too.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ParserSays(String);

impl ParserSays {
    pub(super) fn of(error: &serde_json::Error, key: Option<&str>) -> Self {
        Self(excerpt(&error.to_string(), MESSAGE_CHARACTERS, key))
    }
}

/// What an error body says: the `message` of OpenAI's, FastAPI's or a plain error, else its start.
pub(super) fn message_of(body: &[u8], key: Option<&str>) -> String {
    let text = String::from_utf8_lossy(body);
    let said = serde_json::from_slice::<serde_json::Value>(body).ok().and_then(|json| {
        [json.pointer("/error/message"), json.get("message"), json.get("error"), json.get("detail")]
            .into_iter()
            .flatten()
            .find(|value| !value.is_null())
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    });
    match said {
        Some(message) => excerpt(&message, MESSAGE_CHARACTERS, key),
        None if text.trim().is_empty() => "(no explanation)".into(),
        None => start_of(body, key),
    }
}

/// The first characters of an unexpected body.
pub(super) fn start_of(body: &[u8], key: Option<&str>) -> String {
    excerpt(String::from_utf8_lossy(body).trim_start(), EXCERPT_CHARACTERS, key)
}

/// At most `limit` characters of a server's words: without the key, control characters escaped, so
/// that a terminal is not told what to do.
pub(super) fn excerpt(text: &str, limit: usize, key: Option<&str>) -> String {
    let without_key = match key {
        Some(key) if !key.is_empty() => {
            // Parsers repeat what they read as Rust would write it.
            let written = format!("{key:?}");
            text.replace(key, "[key]").replace(written.trim_matches('"'), "[key]")
        }
        _ => text.to_owned(),
    };
    let mut shown = String::new();
    for character in without_key.chars().take(limit) {
        if character.is_control()
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if without_key.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_escaped_cut_and_without_key() {
        assert_eq!(excerpt("a\u{1b}[2J\nk-123 b", 100, Some("k-123")), "a\\u{1b}[2J\\n[key] b");
        assert_eq!(excerpt("abcdef", 3, None), "abc…");
        assert_eq!(excerpt("abc", 3, None), "abc");
        assert_eq!(excerpt(r"Bearer a\b", 100, Some(r"a\b")), "Bearer [key]");
        assert_eq!(excerpt(r"Bearer a\\b", 100, Some(r"a\b")), "Bearer [key]");
    }

    #[test]
    fn a_parser_that_repeats_the_answer_does_not_repeat_the_key() {
        let body = format!("\"Bearer sk-4711 rejected {}\"", "x".repeat(1000));
        let error = serde_json::from_str::<u8>(&body).unwrap_err();
        assert!(error.to_string().contains("sk-4711"));
        let says = ParserSays::of(&error, Some("sk-4711")).to_string();
        assert!(says.starts_with("invalid type: string \"Bearer [key] rejected xx"), "{says}");
        // The limit and an ellipsis.
        assert_eq!(says.chars().count(), MESSAGE_CHARACTERS + 1);
    }

    #[test]
    fn messages_of_the_usual_error_shapes_are_found() {
        let cases: [(&[u8], &str); 5] = [
            (br#"{"error":{"message":"bad model","type":"x"}}"#, "bad model"),
            (br#"{"object":"error","message":"too long"}"#, "too long"),
            (br#"{"error":"model not loaded"}"#, "model not loaded"),
            (br#"{"detail":[{"loc":["body","seed"]}]}"#, r#"[{"loc":["body","seed"]}]"#),
            (b"  ", "(no explanation)"),
        ];
        for (body, message) in cases {
            assert_eq!(message_of(body, None), message);
        }
    }
}
