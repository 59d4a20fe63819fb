//! Where documents were cut before.
//!
//! Enters: documents with the fingerprints of their texts, a chunker. Leaves: all chunks; only documents
//! whose text is new are cut. Does not: know another way to cut than that of its file.

use super::{Chunk, Chunker, Cut};
use crate::corpus::Document;
use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;

/// Cutting asks a tokenizer several times about each byte; for ten thousand documents of which one is new,
/// that is minutes against the blink of reading this file.
#[derive(Debug)]
pub struct CutFile {
    path: PathBuf,
    cuts: HashMap<Key, Vec<Cut>>,
}

/// What decides where a text is cut: markdown is cut otherwise than plain text.
type Key = (Fingerprint, bool);

/// One document's line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    text_sha256: Fingerprint,
    markdown: bool,
    cuts: Vec<Cut>,
}

/// The chunks of a corpus.
#[derive(Debug, PartialEq, Eq)]
pub struct Chunks {
    /// In the order of the documents.
    pub chunks: Vec<Chunk>,
    /// Tokens of each.
    pub tokens: Vec<usize>,
    /// Documents that were cut now.
    pub documents_cut: usize,
}

impl CutFile {
    /// The file at `path`, made for one way to cut. One that is not there or cannot be read is an empty one:
    /// what it held is made again.
    pub fn open(path: PathBuf) -> Self {
        let lines: Vec<(usize, Line)> = file::read_json_lines(&path).unwrap_or_default();
        let cuts =
            lines.into_iter().map(|(_, line)| ((line.text_sha256, line.markdown), line.cuts));
        Self { cuts: cuts.collect(), path }
    }

    /// The chunks of `documents`, each with the fingerprint of its text. Documents are cut in parallel; the
    /// result does not depend on the number of threads. Then the file holds these documents and no others.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn chunks(
        mut self,
        chunker: &Chunker,
        documents: &[(&Document, &Fingerprint)],
    ) -> Result<Chunks, FileError> {
        let keys: Vec<Key> = documents
            .iter()
            .map(|(document, text)| ((*text).clone(), document.is_markdown()))
            .collect();
        let is_kept = |place: &usize| {
            let cuts = self.cuts.get(&keys[*place]);
            cuts.is_some_and(|cuts| lie_in(&documents[*place].0.text, cuts))
        };
        let new: Vec<usize> = (0..documents.len()).filter(|place| !is_kept(place)).collect();
        let cut: Vec<Vec<Cut>> =
            new.par_iter().map(|place| chunker.cuts(documents[*place].0)).collect();
        let documents_cut = new.len();
        for (place, cuts) in new.into_iter().zip(cut) {
            self.cuts.insert(keys[place].clone(), cuts);
        }
        let mut all = Chunks { chunks: Vec::new(), tokens: Vec::new(), documents_cut };
        for ((document, _), key) in documents.iter().zip(&keys) {
            for (number, (start, end, tokens)) in self.cuts[key].iter().enumerate() {
                all.chunks.push(Chunk::of(document, number, *start..*end));
                all.tokens.push(*tokens);
            }
        }
        if documents_cut > 0 {
            self.write(keys)?;
        }
        Ok(all)
    }

    fn write(mut self, mut keys: Vec<Key>) -> Result<(), FileError> {
        keys.sort();
        keys.dedup();
        let lines: Vec<Line> = keys
            .into_iter()
            .filter_map(|key| {
                let cuts = self.cuts.remove(&key)?;
                Some(Line { text_sha256: key.0, markdown: key.1, cuts })
            })
            .collect();
        file::write_json_lines(&self.path, &lines)
    }
}

/// Whether a text can be sliced so; a file that was changed by hand must not end a run.
fn lie_in(text: &str, cuts: &[Cut]) -> bool {
    cuts.iter().all(|(start, end, _)| text.get(*start..*end).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ChunkPlan;
    use crate::tokens::Tokens;

    fn document(id: &str, text: &str) -> (Document, Fingerprint) {
        let document =
            Document { id: id.into(), title: String::new(), text: text.into(), pages: Vec::new() };
        (document, Fingerprint::of(text.as_bytes()))
    }

    fn chunker() -> Chunker {
        let plan = ChunkPlan { tokens: 3, overlap: 1, tokenizer: None };
        Chunker::new(Tokens::Words, &plan).unwrap()
    }

    fn chunks(path: &std::path::Path, documents: &[(Document, Fingerprint)]) -> Chunks {
        let documents: Vec<_> = documents.iter().map(|(one, text)| (one, text)).collect();
        CutFile::open(path.to_owned()).chunks(&chunker(), &documents).unwrap()
    }

    #[test]
    fn only_new_texts_are_cut_and_the_chunks_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cuts.jsonl");
        let mut documents = vec![
            document("a.md", "# One\n\nalpha beta gamma delta"),
            document("b.txt", "# One\n\nalpha beta gamma delta"),
            document("c.md", ""),
        ];
        let first = chunks(&path, &documents);
        assert_eq!(first.documents_cut, 3);
        let expected: Vec<Chunk> =
            documents.iter().flat_map(|(one, _)| chunker().chunk_document(one)).collect();
        assert_eq!(first.chunks, expected);
        let counted: Vec<usize> =
            expected.iter().map(|chunk| Tokens::Words.count(&chunk.text)).collect();
        assert_eq!(first.tokens, counted);
        let again = chunks(&path, &documents);
        assert_eq!(again, Chunks { documents_cut: 0, ..first });

        // A renamed document has the same text; a changed one has not; what is gone is forgotten.
        documents[0].0.id = "d.md".into();
        documents[1] = document("b.txt", "alpha");
        let changed = chunks(&path, &documents);
        assert_eq!(changed.documents_cut, 1);
        assert!(changed.chunks[0].id.starts_with("d.md#"));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
    }

    #[test]
    fn a_file_that_is_torn_or_wrong_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cuts.jsonl");
        let documents = [document("a.md", "alpha beta gamma delta")];
        let first = chunks(&path, &documents);
        let text = std::fs::read_to_string(&path).unwrap();
        for wrong in [&text[..text.len() / 2], "{}", &text.replace("[[0,", "[[900,")] {
            std::fs::write(&path, wrong).unwrap();
            assert_eq!(chunks(&path, &documents), first, "{wrong}");
        }
    }
}
