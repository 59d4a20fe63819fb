//! A corpus's folder that appears whole or not at all.
//!
//! Enters: documents, questions, what they came from. Leaves: `corpora/NAME/`. Does not: check them
//! against one another, or read anything back.

use super::ExchangeError;
use super::summary::{ImportSummary, SOURCE_FILE};
use crate::config::CorpusFile;
use crate::corpus::Question;
use crate::file::{self, FileError};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Documents that are written at once, by all threads: enough to keep them busy.
const BATCH_DOCUMENTS: usize = 2_048;
/// Bytes of them: few enough to be held.
const BATCH_BYTES: usize = 16 << 20;

/// A folder beside the corpus that it will become.
pub(super) struct CorpusWriter {
    target: PathBuf,
    replace: bool,
    folder: TempDir,
    documents: PathBuf,
    batch: Vec<(PathBuf, String)>,
    batch_bytes: usize,
    questions_path: PathBuf,
    questions: BufWriter<File>,
}

impl CorpusWriter {
    /// Makes a hidden folder in `corpora` for a corpus of that name.
    ///
    /// # Errors
    /// When the corpus is there and is not to be replaced, or the folder cannot be made.
    pub fn create(corpora: &Path, name: &str, replace: bool) -> Result<Self, ExchangeError> {
        let target = corpora.join(name);
        if !replace && target.symlink_metadata().is_ok() {
            return Err(ExchangeError::Exists { path: target, replaceable: true });
        }
        file::create_folder(corpora)?;
        let folder = hidden_folder(corpora, name)?;
        let documents = folder.path().join("documents");
        file::create_folder(&documents)?;
        let questions_path = folder.path().join("questions.jsonl");
        let questions =
            File::create(&questions_path).map_err(FileError::io("create", &questions_path))?;
        Ok(Self {
            target,
            replace,
            folder,
            documents,
            batch: Vec::new(),
            batch_bytes: 0,
            questions_path,
            questions: BufWriter::new(questions),
        })
    }

    /// Adds a document; `name` is its path below `documents/`.
    pub fn document(&mut self, name: &str, text: String) -> Result<(), ExchangeError> {
        self.batch_bytes += text.len();
        self.batch.push((self.documents.join(name), text));
        if self.batch.len() >= BATCH_DOCUMENTS || self.batch_bytes >= BATCH_BYTES {
            self.write_batch()?;
        }
        Ok(())
    }

    fn write_batch(&mut self) -> Result<(), ExchangeError> {
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        let documents = &self.documents;
        batch.into_par_iter().try_for_each(|(path, text)| {
            if let Some(folder) = path.parent().filter(|folder| folder != documents) {
                file::create_folder(folder)?;
            }
            fs::write(&path, text).map_err(FileError::io("write", &path))
        })?;
        Ok(())
    }

    /// Adds a question.
    pub fn question(&mut self, question: &Question) -> Result<(), ExchangeError> {
        let path = &self.questions_path;
        let mut line = serde_json::to_vec(question).map_err(|source| FileError::Json {
            path: path.clone(),
            line: 0,
            source,
        })?;
        line.push(b'\n');
        self.questions.write_all(&line).map_err(FileError::io("write", path))?;
        Ok(())
    }

    /// Writes the rest and gives the folder its name; another that has it is removed where that was
    /// wanted.
    ///
    /// # Errors
    /// When something cannot be written; what was there stays then.
    pub fn finish(
        mut self,
        about: &CorpusFile,
        summary: &ImportSummary,
    ) -> Result<PathBuf, ExchangeError> {
        self.write_batch()?;
        let questions = &self.questions_path;
        self.questions.flush().map_err(FileError::io("write", questions))?;
        self.questions.get_ref().sync_all().map_err(FileError::io("write", questions))?;
        let path = self.folder.path().join("corpus.toml");
        file::write_whole(&path, description(about).as_bytes())?;
        let path = self.folder.path().join(SOURCE_FILE);
        let mut bytes = serde_json::to_vec_pretty(summary).map_err(|source| FileError::Json {
            path: path.clone(),
            line: 0,
            source,
        })?;
        bytes.push(b'\n');
        file::write_whole(&path, &bytes)?;
        share(self.folder.path())?;
        place(self.folder, &self.target, self.replace)?;
        Ok(self.target)
    }
}

/// The text of `corpus.toml`.
pub(super) fn description(about: &CorpusFile) -> String {
    let key = |key: &str, text: &str| format!("{key} = {}\n", toml::Value::from(text));
    key("title", &about.title) + &key("language", &about.language) + &key("licence", &about.licence)
}

fn hidden_folder(beside: &Path, name: &str) -> Result<TempDir, ExchangeError> {
    let made = tempfile::Builder::new().prefix(&format!(".{name}.")).tempdir_in(beside);
    Ok(made.map_err(FileError::io("create a folder in", beside))?)
}

/// Gives a finished folder its place.
fn place(folder: TempDir, target: &Path, replace: bool) -> Result<(), ExchangeError> {
    let there = target.symlink_metadata().is_ok();
    if there && !replace {
        return Err(ExchangeError::Exists { path: target.to_owned(), replaceable: true });
    }
    if !there {
        fs::rename(folder.path(), target).map_err(FileError::io("rename to", target))?;
    } else {
        let corpora = target.parent().unwrap_or(Path::new("."));
        let old = hidden_folder(corpora, "replaced")?;
        let kept = old.path().join("corpus");
        fs::rename(target, &kept).map_err(FileError::io("rename", target))?;
        if let Err(error) = fs::rename(folder.path(), target) {
            // What was there comes back; were even that to fail, it is kept in its hidden folder.
            if fs::rename(&kept, target).is_err() {
                let _ = old.keep();
            }
            return Err(FileError::io("rename to", target)(error).into());
        }
    }
    // It has another name now, and must not be removed.
    let _ = folder.keep();
    Ok(())
}

/// Temporary folders are private to their owner; a corpus is not.
fn share(folder: &Path) -> Result<(), ExchangeError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
            .map_err(FileError::io("write", folder))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{ImportFormat, LeftOut};
    use std::collections::BTreeMap;

    fn about(title: &str) -> CorpusFile {
        CorpusFile { title: title.into(), language: "en".into(), licence: "MIT".into() }
    }

    fn summary() -> ImportSummary {
        ImportSummary {
            format: ImportFormat::NqOpen,
            split: "test".into(),
            limit: None,
            files: Vec::new(),
            documents: 1,
            questions: 0,
            kinds: BTreeMap::new(),
            left_out: LeftOut::default(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_corpus_appears_at_the_end() {
        let root = tempfile::tempdir().unwrap();
        let corpora = root.path().join("corpora");
        let mut writer = CorpusWriter::create(&corpora, "x", false).unwrap();
        writer.document("a%/b.txt", "text".into()).unwrap();
        assert!(!corpora.join("x").exists());
        let folder = writer.finish(&about("a \"b\"\n"), &summary()).unwrap();
        assert_eq!(names(&corpora), ["x"]);
        assert_eq!(names(&folder), ["corpus.toml", "documents", "questions.jsonl", "source.json"]);
        assert_eq!(fs::read_to_string(folder.join("documents/a%/b.txt")).unwrap(), "text");
        let text = fs::read_to_string(folder.join("corpus.toml")).unwrap();
        let read = crate::config::parse_corpus_file(Path::new("x"), &text).unwrap();
        assert_eq!(read, about("a \"b\"\n"));
    }

    #[test]
    fn what_ends_early_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut writer = CorpusWriter::create(root.path(), "x", false).unwrap();
        writer.document("a.txt", "text".into()).unwrap();
        drop(writer);
        assert_eq!(names(root.path()), [""; 0]);
    }

    #[test]
    fn another_corpus_is_replaced_only_where_that_is_wanted() {
        let root = tempfile::tempdir().unwrap();
        let first = CorpusWriter::create(root.path(), "x", false).unwrap();
        let late = CorpusWriter::create(root.path(), "x", false).unwrap();
        first.finish(&about("first"), &summary()).unwrap();
        let error = CorpusWriter::create(root.path(), "x", false).err().unwrap();
        assert!(matches!(error, ExchangeError::Exists { .. }) && error.is_input());
        assert!(error.hint().unwrap().contains("--replace"));
        // One that was not there in the beginning is not replaced either.
        assert!(late.finish(&about("late"), &summary()).is_err());
        let title = || fs::read_to_string(root.path().join("x/corpus.toml")).unwrap();
        assert!(title().contains("first"));
        let mut second = CorpusWriter::create(root.path(), "x", true).unwrap();
        second.document("b.txt", "b".into()).unwrap();
        second.finish(&about("second"), &summary()).unwrap();
        assert!(title().contains("second"));
        assert_eq!(names(root.path()), ["x"]);
    }
}
