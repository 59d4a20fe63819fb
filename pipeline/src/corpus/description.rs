//! `corpus.toml`: title, language, licence.

use super::CorpusError;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::path::Path;

/// The file as written; every key is needed and no other is known.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Shown in reports.
    #[serde(deserialize_with = "some_text")]
    pub title: String,
    /// ISO 639-1 code: chooses stemmer and stop words.
    #[serde(deserialize_with = "language")]
    pub language: String,
    /// Under which terms documents and questions may be passed on.
    #[serde(deserialize_with = "some_text")]
    pub licence: String,
}

/// Checks the text of `path`. The parser stops at the file's first error, which carries its line
/// and a caret.
pub(super) fn parse(path: &Path, text: &str) -> Result<Description, CorpusError> {
    toml::from_str(text).map_err(|error| CorpusError::Description {
        path: path.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })
}

fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("must not be empty"));
    }
    Ok(text)
}

fn language<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let code = String::deserialize(deserializer)?;
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(D::Error::custom("must be a two-letter code such as \"en\" or \"de\""));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(Path::new("corpora/lab/corpus.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_full_description_is_read() {
        let text = "title = \"Lab\"\nlanguage = \"en\"\nlicence = \"MIT\"\n";
        assert_eq!(
            parse(Path::new("x"), text).unwrap(),
            Description { title: "Lab".into(), language: "en".into(), licence: "MIT".into() }
        );
    }

    #[test]
    fn errors_show_path_line_and_caret() {
        insta::assert_snapshot!(error("title = \"Lab\"\nlanguage = \"english\"\nlicence = \"MIT\"\n"), @r#"
        corpora/lab/corpus.toml: not a valid description of a corpus
        TOML parse error at line 2, column 12
          |
        2 | language = "english"
          |            ^^^^^^^^^
        must be a two-letter code such as "en" or "de"
        "#);
        insta::assert_snapshot!(error("title = \"Lab\"\nlanguage = \"en\"\nlicense = \"MIT\"\n"), @r#"
        corpora/lab/corpus.toml: not a valid description of a corpus
        TOML parse error at line 3, column 1
          |
        3 | license = "MIT"
          | ^^^^^^^
        unknown field `license`, expected one of `title`, `language`, `licence`
        "#);
        insta::assert_snapshot!(error("title = \" \"\nlanguage = \"en\"\nlicence = \"MIT\"\n"), @r#"
        corpora/lab/corpus.toml: not a valid description of a corpus
        TOML parse error at line 1, column 9
          |
        1 | title = " "
          |         ^^^
        must not be empty
        "#);
        insta::assert_snapshot!(error("title = Lab\n"), @r#"
        corpora/lab/corpus.toml: not a valid description of a corpus
        TOML parse error at line 1, column 9
          |
        1 | title = Lab
          |         ^^^
        string values must be quoted, expected literal string
        "#);
    }

    #[test]
    fn a_missing_key_is_named() {
        assert!(error("title = \"Lab\"\nlanguage = \"en\"\n").contains("missing field `licence`"));
    }
}
