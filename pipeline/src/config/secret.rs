//! Finding keys and passwords that somebody wrote into a file, so that no message repeats them.
//!
//! Enters: text, which need not parse. Leaves: the same text with stars over what looks secret.
//! Does not: decide whether the file is valid.

use std::ops::Range;

/// Whether `name` can name an environment variable (POSIX: letters, digits and `_`, no digit
/// first).
pub(super) fn is_environment_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether `text` is more likely a key than the name of a variable that holds one: it cannot be a
/// name, or it is long and mixes digits with letters as random strings do.
pub(super) fn looks_like_a_key(text: &str) -> bool {
    // Shorter random strings are no keys anybody hands out; longer variable names carry words.
    const SHORTEST_KEY_BYTES: usize = 20;
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let has_shape = digit && (lower && upper || !text.contains('_'));
    let has_prefix = ["sk-", "sk_", "hf_", "gsk_", "ghp_"].iter().any(|p| text.starts_with(p));
    let is_long = text.len() >= SHORTEST_KEY_BYTES;
    is_long && (has_shape || !is_environment_name(text)) || has_prefix && text.len() >= 8
}

/// `line` of `text`, with each character of a secret replaced by `*`.
pub(super) fn masked(text: &str, line: Range<usize>) -> String {
    let secrets = secrets(text);
    text[line.clone()]
        .char_indices()
        .map(|(offset, character)| {
            let at = line.start + offset;
            if secrets.iter().any(|secret| secret.contains(&at)) { '*' } else { character }
        })
        .collect()
}

/// Spans of `text` that look secret: values of keys such as `api_key`, unless they are plain names
/// of environment variables, and user and password within addresses. Works on the characters and
/// not on parsed values, because a file with a syntax error has no values, and the error may be the
/// very sign between key and value.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for key in words(text) {
        if is_secret_key(&text[key.clone()])
            && let Some((value, is_sure)) = value_of(text, key.end)
        {
            let content = &text[value.clone()];
            if looks_like_a_key(content) || is_sure && !is_environment_name(content) {
                found.push(value);
            }
        }
    }
    for (at, scheme) in text.match_indices("://") {
        let start = at + scheme.len();
        let authority = &text[start..];
        let end = authority
            .find(|c: char| c.is_whitespace() || "/\"'?#".contains(c))
            .unwrap_or(authority.len());
        if let Some(sign) = authority[..end].rfind('@') {
            found.push(start..start + sign);
        }
    }
    found
}

/// The runs of characters that a bare key may have.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        let start = at + bytes[at..].iter().position(is_of_key)?;
        let length = bytes[start..].iter().take_while(|byte| is_of_key(byte)).count();
        at = start + length;
        Some(start..at)
    })
}

fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["key", "secret", "password", "authorization", "bearer"].iter().any(|word| key.contains(word))
        || key == "token"
        || key.ends_with("_token")
        || key.ends_with("-token")
}

/// The value of a key that ends at `from`, and whether it surely is one: behind an equals sign or a
/// colon, or in quotes. Behind a space alone the key may be a word of a sentence.
fn value_of(text: &str, from: usize) -> Option<(Range<usize>, bool)> {
    let rest = &text[from..];
    // What closes a key in quotes, which may stand within a string.
    let closed = ["\\\"", "\"", "'"].iter().find_map(|quote| rest.strip_prefix(quote));
    let after_space = closed.unwrap_or(rest).trim_start_matches([' ', '\t']);
    let after_sign = after_space.trim_start_matches(['=', ':', '>']);
    let has_sign = after_sign.len() < after_space.len();
    if !has_sign && after_space.len() == rest.len() {
        return None;
    }
    let rest = if has_sign { after_sign.trim_start() } else { after_space };
    let start = text.len() - rest.len();
    let (content, is_quoted) = content(rest);
    Some((start + content.start..start + content.end, has_sign || is_quoted))
}

/// The first value of a text: what stands between quotes, or up to the next mark; and whether it is
/// in quotes.
fn content(text: &str) -> (Range<usize>, bool) {
    let until = |end: Option<usize>, from: usize| from..end.map_or(text.len(), |end| from + end);
    for quote in ["\"\"\"", "'''", "\\\"", "\"", "'"] {
        if let Some(content) = text.strip_prefix(quote) {
            return (until(closing(content, quote), quote.len()), true);
        }
    }
    if text.starts_with(['[', '{']) {
        return (until(text.find([']', '}', '\n']), 0), false);
    }
    let end = text.find(|c: char| c.is_whitespace() || ",}]#&\"'".contains(c));
    (until(end, 0), false)
}

/// Where a string ends that `quote` has opened. One of a single line that is never closed ends with
/// the line.
fn closing(content: &str, quote: &str) -> Option<usize> {
    let is_long = quote.len() == 3;
    // Between double quotes a backslash takes the next character along, a quote too. A quote that was
    // opened behind a backslash stands within a string, and closes in the same way.
    let escapes = quote.starts_with('"');
    let mut is_escaped = false;
    content.char_indices().find_map(|(at, character)| {
        if std::mem::take(&mut is_escaped) && character != '\n' {
            return None;
        }
        is_escaped = escapes && character == '\\';
        (content[at..].starts_with(quote) || !is_long && character == '\n').then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> String {
        masked(text, 0..text.len())
    }

    #[test]
    fn keys_are_masked_and_names_of_variables_are_not() {
        assert_eq!(mask("api_key_env = \"LLM_KEY\""), "api_key_env = \"LLM_KEY\"");
        assert_eq!(mask("api_key_env = \"sk-1\", x = 1"), "api_key_env = \"****\", x = 1");
        assert_eq!(mask("\"api-key\"='a b'"), "\"api-key\"='***'");
        assert_eq!(mask("api_key = sk-é-unquoted # x"), "api_key = ************* # x");
        assert_eq!(mask("api_key_env = [\"sk-1\"]"), "api_key_env = *******]");
        assert_eq!(mask("key = \"\"\"a\nb\"\"\""), "key = \"\"\"***\"\"\"");
    }

    #[test]
    fn a_string_that_is_never_closed_is_masked_to_its_end() {
        assert_eq!(mask("api_key = \"sk-12\ntitle = 1"), "api_key = \"*****\ntitle = 1");
        assert_eq!(mask("api_key ="), "api_key =");
        assert_eq!(mask("api_key = \"sk-12\\\ntitle = 1"), "api_key = \"******\ntitle = 1");
    }

    #[test]
    fn another_sign_than_an_equals_sign_hides_no_less() {
        for (text, expected) in [
            (r#"api_key: "sk-1""#, r#"api_key: "****""#),
            (r#"api_key_env "sk-1""#, r#"api_key_env "****""#),
            (r#"api_key == "sk-1""#, r#"api_key == "****""#),
            ("api_key => 'sk-1'", "api_key => '****'"),
            ("api_key sk-12345", "api_key ********"),
            (r#"api_key"sk-12345""#, r#"api_key"********""#),
            (r#"x = "Authorization: Bearer sk-12345""#, r#"x = "Authorization: Bearer ********""#),
            (r#"x = '{"api_key": "a b"}'"#, r#"x = '{"api_key": "***"}'"#),
            (r#"x = "{\"key\": \"a b\", c}""#, r#"x = "{\"key\": \"***\", c}""#),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn a_quote_behind_a_backslash_ends_no_value() {
        assert_eq!(mask(r#"api_key = "a\"sk-1" # x"#), r#"api_key = "*******" # x"#);
        assert_eq!(mask(r#"api_key = "a-b\\" # x"#), r#"api_key = "*****" # x"#);
        assert_eq!(mask(r"api_key = 'a-b\' # x"), r"api_key = '****' # x");
    }

    #[test]
    fn sentences_about_keys_stay() {
        for text in [
            "title = \"The key question: which\" # a key (see below)",
            "prompt = \"keys-are/here\"",
            "[model.key]",
            "# the password is in the vault",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn passwords_in_addresses_are_masked() {
        assert_eq!(mask("u = \"http://me:pw@host/v1\""), "u = \"http://*****@host/v1\"");
        assert_eq!(
            mask("u = \"http://host/v1?key=a-b&x=@\""),
            "u = \"http://host/v1?key=***&x=@\""
        );
    }

    #[test]
    fn token_counts_are_no_secrets() {
        assert_eq!(mask("context_tokens = 2048"), "context_tokens = 2048");
        assert_eq!(mask("tokenizer = \"models/x\""), "tokenizer = \"models/x\"");
    }

    #[test]
    fn long_random_names_look_like_keys() {
        assert!(looks_like_a_key("AKIAIOSFODNN7EXAMPLE"));
        assert!(looks_like_a_key("sk-abcdefgh"));
        assert!(!looks_like_a_key("OPENAI_API_KEY_OF_TEAM_2"));
        assert!(!looks_like_a_key("LLM_KEY"));
    }
}
