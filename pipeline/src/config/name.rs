//! Names that become files, folders and variables: tables, corpora, environment variables.
//!
//! Enters: text. Leaves: nothing, or an objection with the remedy. Does not: look whether anything
//! of that name exists.

use super::findings::Objection;
use super::secret::{is_environment_name, looks_like_a_key};
use super::suggestion::quoted;

/// Longest name of a table in bytes: it becomes part of file names, which end at 255.
const LONGEST_NAME_BYTES: usize = 64;

/// What a name may be, as a remedy says it.
pub const NAME_RULE: &str = "a name has 1 to 64 lower-case letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`";

/// A table's name: 1 to 64 of `[a-z0-9._-]`, no dot or dash first. It becomes a file's name, so
/// that nothing may climb out of a folder, hide, look like an option, or differ by case alone.
pub(super) fn check(name: &str) -> Result<(), Objection> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let objection = if name.is_empty() {
        "the name is empty".into()
    } else if name.len() > LONGEST_NAME_BYTES {
        format!("the name is {} bytes long", name.len())
    } else if !name.bytes().all(allowed) || name.starts_with(['.', '-']) {
        format!("{} cannot name a file", quoted(name))
    } else {
        return Ok(());
    };
    Err(Objection::new(objection, NAME_RULE))
}

/// Whether `name` can name a table, a corpus or a report: 1 to 64 lower-case letters, digits, `.`, `_`
/// and `-`, no dot or dash first.
pub fn is_name(name: &str) -> bool {
    check(name).is_ok()
}

/// A corpus is the name of a folder, not a path.
pub(super) fn check_corpus(name: &str) -> Result<(), Objection> {
    check(name).map_err(|_| {
        Objection::new(
            format!("{} is not the name of a corpus", quoted(name)),
            "a corpus is a folder below `corpora/`: write its name alone, of lower-case letters, digits, `.`, `_` and `-`",
        )
    })
}

/// A file within a folder, not a path.
pub(super) fn check_file(name: &str) -> Result<(), Objection> {
    if name.contains(['/', '\\']) || name == ".." || name == "." {
        return Err(Objection::new(
            format!("{} is not a file's name", quoted(name)),
            "write the file's name alone; the folder is `path`",
        ));
    }
    Ok(())
}

/// The name of an environment variable. Neither message nor hint repeats the text: it may be a key.
pub(super) fn check_environment(name: &str) -> Result<(), Objection> {
    const REMEDY: &str = "put the key in an environment variable and write that variable's name: `api_key_env = \"LLM_KEY\"`";
    if looks_like_a_key(name) {
        Err(Objection::new(
            "this looks like a key itself, not like the name of a variable",
            format!("{REMEDY}; replace the key if this file was shared"),
        ))
    } else if !is_environment_name(name) {
        Err(Objection::new("this cannot name an environment variable", REMEDY))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files() {
        for good in ["a", "qwen2.5-0.5b", "_x", "0", &"x".repeat(64)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", ".", "..", "-x", "A", "a/b", "ä", "a b", &"x".repeat(65)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_not_repeated() {
        let objection = check_environment("sk-abc123abc123abc123abc").unwrap_err();
        assert!(objection.message.contains("a key itself"));
        assert!(!format!("{objection:?}").contains("abc123"));
        assert!(check_environment("2X").is_err());
        assert_eq!(check_environment("LLM_KEY"), Ok(()));
    }
}
