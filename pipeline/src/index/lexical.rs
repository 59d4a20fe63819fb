//! Search by words: BM25 over Tantivy's postings, on disk.
//!
//! Enters: chunks, a query's text. Leaves: chunks by BM25 with Lucene's constants (k1 = 1.2,
//! b = 0.75, lengths rounded to a byte). Does not: keep the chunks' text, or match anything but
//! terms (no phrases, no operators: a question is a bag of words).
//!
//! An index that took up changes ranks as one built from nothing, to the last bit:
//! - it is merged into one segment without deleted chunks before it is read, so that document counts
//!   are true;
//! - the average length comes from exact term counts kept with each chunk (Tantivy estimates it from
//!   rounded lengths once something was deleted);
//! - a chunk's score is summed term by term in the terms' order. Tantivy's own union sums in an order
//!   that depends on where chunks lie in the segment, which opens ties in the last bit.

use super::analysis::Analysis;
use super::{IndexError, Scored, Synced, ranking};
use crate::chunk::Chunk;
use crate::file;
use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tantivy::indexer::NoMergePolicy;
use tantivy::postings::Postings as _;
use tantivy::query::Bm25Weight;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::tokenizer::PreTokenizedString;
use tantivy::{
    DocSet as _, Index, IndexWriter, ReloadPolicy, Searcher, TERMINATED, TantivyDocument,
    TantivyError, Term,
};

/// Changes with every change to what is kept on disk; folders of another version are rebuilt.
const FORMAT: u32 = 1;

/// What Tantivy may hold in memory before it writes a segment. Its own lower limit is 15 MB.
const WRITER_BYTES: usize = 48_000_000;

/// Below the caller's folder, so that a rebuild deletes nothing that is not ours.
const SUBFOLDER: &str = "tantivy";

/// A searchable, unchanging view of one folder.
pub struct LexicalIndex {
    folder: PathBuf,
    analysis: Analysis,
    fields: Fields,
    searcher: Searcher,
    /// Chunk ids by Tantivy's document number.
    chunks: Vec<String>,
    /// Terms of all chunks.
    terms: u64,
    rebuilt: Option<String>,
}

/// Written with each commit, at once with the chunks that it describes.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct State {
    format: u32,
    analysis: String,
    fingerprint: Fingerprint,
}

#[derive(Clone, Copy)]
struct Fields {
    /// Chunk id.
    chunk: Field,
    /// SHA-256 of the chunk's text.
    hash: Field,
    /// The chunk's number of terms.
    length: Field,
    /// The terms.
    body: Field,
}

/// What the folder holds of one chunk.
struct Held {
    chunk: String,
    hash: String,
    length: u64,
}

impl LexicalIndex {
    /// Makes the index in `folder` hold exactly `chunks` and opens it. `fingerprint` stands for all
    /// of `chunks` and `language`: a folder that was finished under the same one is taken as it is.
    /// Unchanged chunks are kept; a folder that is damaged, or of another version or language, is
    /// rebuilt ([`LexicalIndex::rebuilt`] says why).
    ///
    /// # Errors
    /// When two chunks have one id, another process writes to the folder, or the disk says no.
    pub fn open_or_build(
        folder: &Path,
        chunks: &[Chunk],
        language: &str,
        fingerprint: &Fingerprint,
    ) -> Result<(Self, Synced), IndexError> {
        let folder = folder.join(SUBFOLDER);
        let state = State {
            format: FORMAT,
            analysis: Analysis::for_language(language).name(),
            fingerprint: fingerprint.clone(),
        };
        let wanted = by_id(chunks)?;
        let mut rebuilt = None;
        if folder.exists() {
            match Self::open(&folder, &wanted, language, &state) {
                Ok(done) => return Ok(done),
                Err(Unusable::Error(error)) => return Err(error),
                Err(Unusable::Rebuild(reason)) => rebuilt = Some(reason),
            }
            std::fs::remove_dir_all(&folder)
                .map_err(file::FileError::io("delete the old index in", &folder))?;
        }
        file::create_folder(&folder)?;
        let (schema, _) = schema(&state.analysis);
        Index::create_in_dir(&folder, schema).map_err(failed(&folder))?;
        let (mut index, synced) =
            Self::open(&folder, &wanted, language, &state).map_err(|unusable| match unusable {
                Unusable::Error(error) => error,
                Unusable::Rebuild(reason) => failed(&folder)(TantivyError::InternalError(reason)),
            })?;
        index.rebuilt = rebuilt;
        Ok((index, synced))
    }

    /// Why an index that was there was thrown away and built again, if it was.
    pub fn rebuilt(&self) -> Option<&str> {
        self.rebuilt.as_deref()
    }

    /// The best `depth` chunks that share a term with `query`: scores above 0, falling, ties by chunk
    /// id. A term that the query repeats counts as often. A query without terms finds nothing.
    ///
    /// # Errors
    /// When the index's files cannot be read.
    pub fn search(&self, query: &str, depth: usize) -> Result<Vec<Scored>, IndexError> {
        let Some(segment) = self.searcher.segment_readers().first() else {
            return Ok(Vec::new());
        };
        let mut terms: BTreeMap<String, u32> = BTreeMap::new();
        for term in self.analysis.terms(query) {
            *terms.entry(term).or_default() += 1;
        }
        let failed = || failed(&self.folder);
        let postings = segment.inverted_index(self.fields.body).map_err(failed())?;
        let lengths = segment.get_fieldnorms_reader(self.fields.body).map_err(failed())?;
        let mut scores = vec![0.0_f64; self.chunks.len()];
        for (text, repeats) in terms {
            let term = Term::from_field_text(self.fields.body, &text);
            let read = postings.read_postings(&term, IndexRecordOption::WithFreqs);
            let Some(mut places) = read.map_err(|error| failed()(error.into()))? else { continue };
            let weight = Bm25Weight::for_one_term_without_explain(
                places.doc_freq().into(),
                self.chunks.len() as u64,
                self.terms as f32 / self.chunks.len() as f32,
            );
            while places.doc() != TERMINATED {
                let document = places.doc();
                let score = weight.score(lengths.fieldnorm_id(document), places.term_freq());
                scores[document as usize] += f64::from(score) * f64::from(repeats);
                places.advance();
            }
        }
        let candidates = scores
            .iter()
            .zip(&self.chunks)
            .filter(|(score, _)| **score > 0.0)
            .map(|(score, chunk)| Scored { chunk: chunk.clone(), score: *score })
            .collect();
        Ok(ranking::best(candidates, depth))
    }

    /// Terms of all chunks, and how many of them differ.
    #[cfg(test)]
    pub(super) fn term_counts(&self) -> (u64, usize) {
        let segment = &self.searcher.segment_readers()[0];
        (self.terms, segment.inverted_index(self.fields.body).unwrap().terms().num_terms())
    }

    fn open(
        folder: &Path,
        wanted: &BTreeMap<&str, &Chunk>,
        language: &str,
        state: &State,
    ) -> Result<(Self, Synced), Unusable> {
        let index = Index::open_in_dir(folder).map_err(Unusable::damaged)?;
        let analysis = Analysis::for_language(language);
        let (expected, fields) = schema(&state.analysis);
        if index.schema() != expected {
            return Err(Unusable::Rebuild("it is of another version or language".into()));
        }
        index.tokenizers().register(&state.analysis, analysis.clone());
        let damaged = index.validate_checksum().map_err(Unusable::damaged)?;
        if !damaged.is_empty() {
            return Err(Unusable::Rebuild(format!("{} of its files are damaged", damaged.len())));
        }
        let payload = index.load_metas().map_err(Unusable::damaged)?.payload;
        let old: Option<State> = payload.and_then(|text| serde_json::from_str(&text).ok());
        let (mut searcher, mut held) = read(&index, fields).map_err(Unusable::damaged)?;
        let finished = searcher.segment_readers().len() <= 1
            && searcher.segment_readers().iter().all(|segment| !segment.has_deletes());
        let mut synced = Synced { kept: held.len(), ..Synced::default() };
        if !(finished && old.as_ref() == Some(state) && held.len() == wanted.len()) {
            synced = update(&index, fields, &analysis, &held, wanted, state)
                .map_err(|error| Unusable::Error(failed(folder)(error)))?;
            (searcher, held) = read(&index, fields).map_err(Unusable::damaged)?;
        }
        let terms = held.iter().map(|held| held.length).sum();
        let chunks = held.into_iter().map(|held| held.chunk).collect();
        let folder = folder.to_owned();
        Ok((Self { folder, analysis, fields, searcher, chunks, terms, rebuilt: None }, synced))
    }
}

/// Why a folder cannot be opened as it is.
enum Unusable {
    /// What is there has to go.
    Rebuild(String),
    /// Building again would not help.
    Error(IndexError),
}

impl Unusable {
    fn damaged(error: TantivyError) -> Self {
        Self::Rebuild(format!("it is damaged: {error}"))
    }
}

fn failed(folder: &Path) -> impl FnOnce(TantivyError) -> IndexError {
    let folder = folder.to_owned();
    move |error| match error {
        TantivyError::LockFailure(..) => IndexError::FolderInUse { folder },
        error => IndexError::Lexical { folder, source: Box::new(error) },
    }
}

fn by_id(chunks: &[Chunk]) -> Result<BTreeMap<&str, &Chunk>, IndexError> {
    let mut by_id = BTreeMap::new();
    for chunk in chunks {
        if by_id.insert(chunk.id.as_str(), chunk).is_some() {
            return Err(IndexError::DuplicateChunk { chunk: chunk.id.clone() });
        }
    }
    Ok(by_id)
}

fn schema(analysis: &str) -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let terms = TextFieldIndexing::default()
        .set_tokenizer(analysis)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let fields = Fields {
        chunk: schema.add_text_field("chunk", STRING | STORED),
        hash: schema.add_text_field("text_sha256", STORED),
        length: schema.add_u64_field("terms", STORED),
        body: schema.add_text_field("body", TextOptions::default().set_indexing_options(terms)),
    };
    (schema.build(), fields)
}

/// A searcher and every chunk by document number. Before an update the numbers may have gaps and
/// several segments; after one they do not.
fn read(index: &Index, fields: Fields) -> tantivy::Result<(Searcher, Vec<Held>)> {
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = tantivy::IndexReader::searcher(&reader);
    let mut held = Vec::new();
    for segment in searcher.segment_readers() {
        // Read once, in order: a cache of one block is enough.
        let store = segment.get_store_reader(1)?;
        for document in segment.doc_ids_alive() {
            let stored: TantivyDocument = store.get(document)?;
            let text = |field| stored.get_first(field).and_then(|value| value.as_str());
            let length = stored.get_first(fields.length).and_then(|value| value.as_u64());
            let (Some(chunk), Some(hash), Some(length)) =
                (text(fields.chunk), text(fields.hash), length)
            else {
                return Err(TantivyError::InternalError("a chunk lacks a stored field".into()));
            };
            held.push(Held { chunk: chunk.to_owned(), hash: hash.to_owned(), length });
        }
    }
    Ok((searcher, held))
}

/// Writes the difference between `held` and `wanted` and merges everything into one segment.
fn update(
    index: &Index,
    fields: Fields,
    analysis: &Analysis,
    held: &[Held],
    wanted: &BTreeMap<&str, &Chunk>,
    state: &State,
) -> tantivy::Result<Synced> {
    let held: BTreeMap<&str, &str> =
        held.iter().map(|held| (held.chunk.as_str(), held.hash.as_str())).collect();
    // One thread: document numbers, and with them the files, are the same each time.
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let mut synced = Synced::default();
    for chunk in held.keys().filter(|chunk| !wanted.contains_key(*chunk)) {
        writer.delete_term(Term::from_field_text(fields.chunk, chunk));
        synced.deleted += 1;
    }
    for (id, chunk) in wanted {
        let hash = Fingerprint::of(chunk.text.as_bytes());
        match held.get(id) {
            Some(old) if *old == hash.as_str() => {
                synced.kept += 1;
                continue;
            }
            Some(_) => {
                writer.delete_term(Term::from_field_text(fields.chunk, id));
            }
            None => {}
        }
        let tokens = analysis.tokens(&chunk.text);
        let mut document = TantivyDocument::default();
        document.add_text(fields.chunk, id);
        document.add_text(fields.hash, hash.as_str());
        document.add_u64(fields.length, tokens.len() as u64);
        let body = PreTokenizedString { text: String::new(), tokens };
        document.add_pre_tokenized_text(fields.body, body);
        writer.add_document(document)?;
        synced.written += 1;
    }
    let mut commit = writer.prepare_commit()?;
    // A state that has no JSON form would only make the next opening compare every chunk.
    commit.set_payload(&serde_json::to_string(state).unwrap_or_default());
    commit.commit()?;
    let segments = index.searchable_segment_metas()?;
    if segments.len() > 1 || segments.iter().any(|segment| segment.has_deletes()) {
        let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
        writer.merge(&ids).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    Ok(synced)
}

#[cfg(test)]
#[path = "lexical_tests.rs"]
mod tests;
