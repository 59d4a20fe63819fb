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
/// not on parsed values, because a file with a syntax error has no values.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (equals, _) in text.match_indices('=') {
        if is_secret_key(key_before(&text[..equals])) {
            let value = value_after(text, equals + 1);
            let content = &text[value.clone()];
            if !is_environment_name(content) || looks_like_a_key(content) {
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

/// The key that ends where `text` ends, quotes aside.
fn key_before(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["key", "secret", "password", "authorization", "bearer"].iter().any(|word| key.contains(word))
        || key == "token"
        || key.ends_with("_token")
        || key.ends_with("-token")
}

/// The value that follows an equals sign: what stands between quotes, or up to the next mark.
fn value_after(text: &str, from: usize) -> Range<usize> {
    let rest = &text[from..];
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = &text[start..];
    let until = |end: Option<usize>, from: usize| from..end.map_or(text.len(), |end| from + end);
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(content) = rest.strip_prefix(quote) {
            let closing = if quote.len() == 3 {
                content.find(quote)
            } else {
                // A string that is never closed ends with its line.
                content.find([quote.chars().next().unwrap_or('"'), '\n'])
            };
            return until(closing, start + quote.len());
        }
    }
    if rest.starts_with(['[', '{']) {
        return until(rest.find([']', '}', '\n']), start);
    }
    until(rest.find(|c: char| c.is_whitespace() || ",}]#&\"'".contains(c)), start)
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
