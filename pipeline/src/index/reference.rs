//! Lexical ranking held against other people's published numbers. Needs the folder that
//! `RAGSCALE_REFERENCE_DATA` names; without it the tests say that they were skipped.

use super::{Analysis, LexicalIndex, Scored};
use crate::chunk::Chunk;
use crate::file;
use crate::fingerprint::Fingerprint;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tantivy::fieldnorm::FieldNormReader;

fn data(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("RAGSCALE_REFERENCE_DATA") else {
        eprintln!("skipped: RAGSCALE_REFERENCE_DATA is not set, {name} is not compared");
        return None;
    };
    Some(Path::new(&folder).join(name))
}

fn index(records: impl IntoIterator<Item = (String, String)>) -> (tempfile::TempDir, LexicalIndex) {
    let chunks: Vec<Chunk> = records
        .into_iter()
        .map(|(id, text)| Chunk { document: id.clone(), span: 0..text.len(), id, text })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = Fingerprint::of(b"reference");
    let (index, synced) =
        LexicalIndex::open_or_build(folder.path(), &chunks, "en", &fingerprint).unwrap();
    assert_eq!(synced.written, chunks.len());
    (folder, index)
}

/// `<DOC><DOCNO> n </DOCNO> text </DOC>`, repeated.
fn topics(text: &str) -> BTreeMap<String, String> {
    text.split("</DOC>")
        .filter_map(|topic| topic.split_once("<DOCNO>")?.1.split_once("</DOCNO>"))
        .map(|(number, text)| (number.trim().to_owned(), text.to_owned()))
        .collect()
}

/// CACM as Anserini reads it.
struct Cacm {
    folder: PathBuf,
    abstracts: Vec<(String, String)>,
    topics: BTreeMap<String, String>,
    relevant: BTreeMap<String, BTreeSet<String>>,
}

fn cacm() -> Option<Cacm> {
    #[derive(Deserialize)]
    struct Abstract {
        id: String,
        contents: String,
    }
    let folder = data("cacm")?;
    let abstracts: Vec<(usize, Abstract)> =
        file::read_json_lines(&folder.join("cacm.json")).unwrap();
    let abstracts = abstracts.into_iter().map(|(_, record)| (record.id, record.contents)).collect();
    let mut relevant: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in file::read_text(&folder.join("qrels.cacm.txt")).unwrap().lines() {
        let fields: Vec<_> = line.split_whitespace().collect();
        if fields[3] != "0" {
            relevant.entry(fields[0].into()).or_default().insert(fields[2].into());
        }
    }
    let topics = topics(&file::read_text(&folder.join("topics.cacm.txt")).unwrap());
    assert_eq!(topics.len(), 64);
    Some(Cacm { folder, abstracts, topics, relevant })
}

impl Cacm {
    /// MAP and P@30 as trec_eval has them: means over the topics that have judgements.
    fn measure(&self, mut search: impl FnMut(&str) -> Vec<Scored>) -> (f64, f64) {
        let (mut average_precision, mut precision_at_30) = (0.0, 0.0);
        for (topic, judged) in &self.relevant {
            let (mut found, mut sum) = (0.0, 0.0);
            for (rank, hit) in search(&self.topics[topic]).iter().enumerate() {
                if judged.contains(&hit.chunk) {
                    found += 1.0;
                    sum += found / (rank + 1) as f64;
                    precision_at_30 += if rank < 30 { 1.0 / 30.0 } else { 0.0 };
                }
            }
            average_precision += sum / judged.len() as f64;
        }
        let topics = self.relevant.len() as f64;
        (average_precision / topics, precision_at_30 / topics)
    }
}

/// BM25 written out as Lucene computes it (lengths rounded to a byte, no factor k1 + 1), with the k1
/// and b of Anserini's run: tells the analysis apart from Tantivy's constants.
struct WrittenOut {
    analysis: Analysis,
    /// Chunk id → count of each term, number of terms.
    texts: BTreeMap<String, (BTreeMap<String, f64>, f64)>,
}

impl WrittenOut {
    fn scores(&self, query: &str) -> BTreeMap<&str, f64> {
        const K1: f64 = 0.9;
        const B: f64 = 0.4;
        let count = self.texts.len() as f64;
        let average = self.texts.values().map(|(_, length)| length).sum::<f64>() / count;
        let mut scores = BTreeMap::new();
        for term in self.analysis.terms(query) {
            let with = self.texts.values().filter(|(terms, _)| terms.contains_key(&term)).count();
            let idf = (1.0 + (count - with as f64 + 0.5) / (with as f64 + 0.5)).ln();
            for (chunk, (terms, length)) in &self.texts {
                let frequency = terms.get(&term).copied().unwrap_or(0.0);
                let byte = FieldNormReader::fieldnorm_to_id(*length as u32);
                let rounded = f64::from(FieldNormReader::id_to_fieldnorm(byte));
                let damped = K1 * (1.0 - B + B * rounded / average);
                *scores.entry(chunk.as_str()).or_default() +=
                    idf * frequency / (frequency + damped);
            }
        }
        scores
    }
}

#[test]
fn english_terms_give_anserinis_scores() {
    let Some(cacm) = cacm() else { return };
    let analysis = Analysis::for_language("en");
    let texts = cacm.abstracts.iter().map(|(id, text)| {
        let mut counts = BTreeMap::new();
        let terms = analysis.terms(text);
        let length = terms.len() as f64;
        for term in terms {
            *counts.entry(term).or_insert(0.0) += 1.0;
        }
        (id.clone(), (counts, length))
    });
    let engine = WrittenOut { texts: texts.collect(), analysis };
    // Ten abstracts end in this copy where the original has a `<`; a whole one ends with its stamp,
    // `CA740610 ...`.
    let cut: BTreeSet<&str> = cacm
        .abstracts
        .iter()
        .filter(|(_, text)| !text.contains(" CA"))
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(cut.len(), 10);
    let run = file::read_text(&cacm.folder.join("cacm-bm25.txt")).unwrap();
    let mut scores: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    let (mut compared, mut furthest) = (0, 0.0_f64);
    for line in run.lines() {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (topic, chunk, theirs) = (fields[0], fields[2], fields[4].parse::<f64>().unwrap());
        if cut.contains(chunk) {
            continue;
        }
        let ours = scores.entry(topic).or_insert_with(|| engine.scores(&cacm.topics[topic]))[chunk];
        furthest = furthest.max((ours / theirs - 1.0).abs());
        compared += 1;
    }
    eprintln!("CACM: {compared} of Anserini's scores, furthest off by {:.3} %", furthest * 100.0);
    assert!(compared > 1800, "{compared}");
    // What the ten cut abstracts lack moves the average length and the rarest terms a little.
    assert!(furthest < 0.01, "{furthest}");
}

#[test]
fn cacm_ranks_nearly_as_with_anserinis_constants() {
    let Some(cacm) = cacm() else { return };
    let (_kept, index) = index(cacm.abstracts.iter().cloned());
    let (map, p30) = cacm.measure(|query| index.search(query, 1000).unwrap());
    let (terms, vocabulary) = index.term_counts();
    eprintln!(
        "CACM, k1 = 1.2, b = 0.75: MAP {map:.4}, P@30 {p30:.4}, {terms} terms, {vocabulary} different\n\
         Anserini, k1 = 0.9, b = 0.4: MAP 0.3123, P@30 0.1942, 320968 terms, 14363 different"
    );
    assert!((map - 0.3123).abs() <= 0.02, "MAP {map}");
    assert!((p30 - 0.1942).abs() <= 0.02, "P@30 {p30}");
}

#[test]
fn squad_passages_are_found() {
    #[derive(Deserialize)]
    struct Passage {
        _id: String,
        text: String,
    }
    #[derive(Deserialize)]
    struct Asked {
        question: String,
        gold_passages: Vec<String>,
    }
    let Some(folder) = data("squad") else { return };
    let passages: Vec<(usize, Passage)> =
        file::read_json_lines(&folder.join("passages.jsonl")).unwrap();
    let questions: Vec<(usize, Asked)> =
        file::read_json_lines(&folder.join("questions.jsonl")).unwrap();
    let (_kept, index) = index(passages.into_iter().map(|(_, record)| (record._id, record.text)));
    let mut found = [0_usize; 3];
    for (_, asked) in &questions {
        let hits = index.search(&asked.question, 20).unwrap();
        let rank = hits.iter().position(|hit| asked.gold_passages.contains(&hit.chunk));
        for (count, depth) in found.iter_mut().zip([1, 5, 20]) {
            *count += usize::from(rank.is_some_and(|rank| rank < depth));
        }
    }
    let shares = found.map(|count| count as f64 / questions.len() as f64);
    eprintln!(
        "SQuAD, k1 = 1.2, b = 0.75, {} questions: recall@1, 5, 20 = {shares:.4?}\n\
         plain BM25, k1 = 0.9, b = 0.4: 0.806, 0.942, 0.977",
        questions.len()
    );
    assert!((shares[1] - 0.942).abs() <= 0.01, "recall@5 {}", shares[1]);
}
