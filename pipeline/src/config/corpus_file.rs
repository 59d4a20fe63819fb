//! `corpus.toml`: what a folder of documents and questions is.
//!
//! Enters: the file's text. Leaves: a [`CorpusFile`], or all errors. Does not: look at the folder.

use super::diagnostic::ConfigErrors;
use super::fields::Fields;
use super::findings::{Findings, Objection};
use super::suggestion::quoted;
use super::tables::read_root;
use super::{Source, syntax};
use serde::Serialize;
use std::path::Path;

/// What `corpus.toml` says; all three keys are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorpusFile {
    /// For people.
    pub title: String,
    /// ISO 639-1 code of the documents' language, two lower-case letters.
    pub language: String,
    /// Under which terms the documents may be used.
    pub licence: String,
}

/// Checks the text of a `corpus.toml`. `path` is for messages only.
///
/// # Errors
/// Everything that is wrong with the text; only the first violation where it is not TOML.
pub fn parse_corpus_file(path: &Path, text: &str) -> Result<CorpusFile, ConfigErrors> {
    let root = syntax::parse(text)
        .map_err(|problem| ConfigErrors::new(&Source::unparsed(path, text), vec![problem]))?;
    let findings = Findings::new(text);
    let corpus = read_root(&findings, &root, CorpusFile::read);
    let problems = findings.into_problems();
    match corpus {
        Some(corpus) if problems.is_empty() => Ok(corpus),
        _ => Err(ConfigErrors::new(&Source::parsed(path, text, &root), problems)),
    }
}

impl CorpusFile {
    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let title = fields.needs("title", "title = \"Handbook\"").text("title");
        let language =
            fields.needs("language", "language = \"en\"").checked("language", check_language);
        let licence = fields.needs("licence", "licence = \"CC-BY-4.0\"").text("licence");
        Some(Self { title: title?, language: language?, licence: licence? })
    }
}

fn check_language(code: &str) -> Result<(), Objection> {
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(Objection::new(
        format!("{} is not a language code", quoted(code)),
        "write two lower-case letters (ISO 639-1): `en`, `de`, `fr`, …",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CorpusFile, ConfigErrors> {
        parse_corpus_file(Path::new("corpus.toml"), text)
    }

    #[test]
    fn three_keys_make_a_corpus_file() {
        let corpus = parse("title = 'Lab'\nlanguage = 'en'\nlicence = 'CC0-1.0'").unwrap();
        assert_eq!(
            (corpus.title.as_str(), corpus.language.as_str(), corpus.licence.as_str()),
            ("Lab", "en", "CC0-1.0")
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let errors =
            parse("title = \"\"\nlanguage = \"English\"\nlicense = \"MIT\"\n").unwrap_err();
        insta::assert_snapshot!(errors, @r#"
        error: `title` is empty
         --> corpus.toml:1:9
          |
        1 | title = ""
          |         ^^
          |
          = help: write some text between the quotes

        error: `English` is not a language code
         --> corpus.toml:2:12
          |
        2 | language = "English"
          |            ^^^^^^^^^
          |
          = help: write two lower-case letters (ISO 639-1): `en`, `de`, `fr`, …

        error: unknown key `license`
         --> corpus.toml:3:1
          |
        3 | license = "MIT"
          | ^^^^^^^
          |
          = help: did you mean `licence`?

        3 errors in corpus.toml
        "#);
    }
}
