//! The formats that are read, and what tells them apart.

use super::ExchangeError;
use serde::{Serialize, Serializer};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A format of question sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// A folder of BEIR: documents, queries, judgements.
    Beir,
    /// SQuAD v1.1 and v2.0: JSON of articles, paragraphs and questions.
    Squad,
    /// HotpotQA, distractor setting: JSON, each question with its paragraphs.
    HotpotQa,
    /// NQ-open: JSON lines of questions and answers.
    NqOpen,
    /// DPR's data for training retrievers: JSON, each question with its passages.
    Dpr,
    /// PopQA: a table of questions with how often their subject is looked up.
    PopQa,
    /// FlashRAG: JSON lines of questions and answers.
    FlashRag,
    /// RAGAS: rows of questions, references and contexts.
    Ragas,
}

/// How far into a file its look is taken from: far enough to show a first record's keys.
const LOOK_BYTES: u64 = 1 << 16;

impl ImportFormat {
    /// All, in the order of the enumeration.
    pub const ALL: [Self; 8] = [
        Self::Beir,
        Self::Squad,
        Self::HotpotQa,
        Self::NqOpen,
        Self::Dpr,
        Self::PopQa,
        Self::FlashRag,
        Self::Ragas,
    ];

    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beir => "beir",
            Self::Squad => "squad",
            Self::HotpotQa => "hotpotqa",
            Self::NqOpen => "nq-open",
            Self::Dpr => "dpr",
            Self::PopQa => "popqa",
            Self::FlashRag => "flashrag",
            Self::Ragas => "ragas",
        }
    }

    /// The format of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format of a file or folder by its names and first bytes.
    ///
    /// # Errors
    /// When it looks like none, or cannot be read.
    pub fn of_path(path: &Path) -> Result<Self, ExchangeError> {
        let unknown = || ExchangeError::UnknownLook {
            path: path.to_owned(),
            known: Self::ALL.map(|format| format!("`{}`", format.name())).join(", "),
        };
        let kind = std::fs::metadata(path).map_err(ExchangeError::read(path))?;
        if kind.is_dir() {
            return match path.join("corpus.jsonl").is_file() {
                true => Ok(Self::Beir),
                false => Err(unknown()),
            };
        }
        if !kind.is_file() {
            return Err(ExchangeError::NotAFile { path: path.to_owned() });
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LOOK_BYTES).read_to_end(&mut bytes))
            .map_err(ExchangeError::read(path))?;
        let text = String::from_utf8_lossy(&bytes);
        Self::of_text(text.trim_start_matches('\u{feff}').trim_start()).ok_or_else(unknown)
    }

    fn of_text(text: &str) -> Option<Self> {
        let is_json = text.starts_with(['{', '[']);
        let head = text.lines().next().unwrap_or_default();
        // A key of JSON, or a column that the first row names.
        let has = |key: &str| match is_json {
            true => text.contains(&format!("\"{key}\"")),
            false => head.split(['\t', ',', ';']).any(|cell| cell.trim().trim_matches('"') == key),
        };
        if has("golden_answers") {
            Some(Self::FlashRag)
        } else if has("positive_ctxs") {
            Some(Self::Dpr)
        } else if has("supporting_facts") {
            Some(Self::HotpotQa)
        } else if is_json && has("data") && has("paragraphs") {
            Some(Self::Squad)
        } else if has("s_pop") && has("possible_answers") {
            Some(Self::PopQa)
        } else if has("user_input") || has("question") && (has("ground_truth") || has("reference"))
        {
            Some(Self::Ragas)
        } else if text.starts_with('{') && has("question") && has("answer") {
            Some(Self::NqOpen)
        } else {
            None
        }
    }
}

impl Serialize for ImportFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_known_by_its_look() {
        for (text, format) in [
            ("{\"data\": [{\"title\": \"T\", \"paragraphs\": []}]}", Some(ImportFormat::Squad)),
            ("[{\"supporting_facts\": [], \"question\": \"?\"}]", Some(ImportFormat::HotpotQa)),
            ("{\"question\": \"?\", \"answer\": [\"x\"]}\n", Some(ImportFormat::NqOpen)),
            ("[\n {\"question\": \"?\", \"positive_ctxs\": []}]", Some(ImportFormat::Dpr)),
            ("id\tsubj\ts_pop\tquestion\tpossible_answers\n", Some(ImportFormat::PopQa)),
            ("{\"id\": 1, \"golden_answers\": []}", Some(ImportFormat::FlashRag)),
            ("{\"user_input\": \"?\"}", Some(ImportFormat::Ragas)),
            ("question,contexts,\"ground_truth\"\n", Some(ImportFormat::Ragas)),
            ("[{\"question\": \"?\", \"answer\": \"x\"}]", None),
            ("question,answers\n", None),
            ("", None),
        ] {
            assert_eq!(ImportFormat::of_text(text), format, "{text}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for format in ImportFormat::ALL {
            assert_eq!(ImportFormat::of(format.name()), Some(format));
        }
        assert_eq!(ImportFormat::of("csv"), None);
    }

    #[test]
    fn what_looks_like_nothing_lists_the_formats() {
        let folder = tempfile::tempdir().unwrap();
        let error = ImportFormat::of_path(folder.path()).unwrap_err();
        assert!(matches!(error, ExchangeError::UnknownLook { .. }));
        insta::assert_snapshot!(
            error.hint().unwrap(),
            @"name one with `--format`: `beir`, `squad`, `hotpotqa`, `nq-open`, `dpr`, `popqa`, `flashrag`, `ragas`"
        );
        std::fs::write(folder.path().join("corpus.jsonl"), "").unwrap();
        assert_eq!(ImportFormat::of_path(folder.path()).unwrap(), ImportFormat::Beir);
        let error = ImportFormat::of_path(&folder.path().join("none.json")).unwrap_err();
        assert!(error.to_string().contains("none.json") && error.is_input());
    }
}
