//! Importers, fed with broken sources: each is read or refused, and a corpus that is written can be read.

use super::*;
use crate::fuzz::Fuzz;

/// Bytes of the documents and questions that are there afterwards.
fn made(sources: &Sources, name: &str, format: Option<ImportFormat>) -> usize {
    if sources.import_with(name, |options| options.format = format).is_err() {
        return 0;
    }
    let corpus = sources.corpus();
    let texts: usize = corpus.documents.iter().map(|document| document.text.len()).sum();
    texts + corpus.questions.iter().map(|question| question.text.len()).sum::<usize>()
}

/// As the format that is named, and as the one that the source looks like: where that is none or the same, a second
/// import would do nothing, or the same once more.
fn hold(kind: &'static str, format: ImportFormat) {
    Fuzz::of(kind).on_disk().hold(|bytes| {
        let sources = Sources::new(&[]);
        sources.write("x", bytes);
        let named = made(&sources, "x", Some(format));
        match ImportFormat::of_path(&sources.path("x")) {
            Ok(look) if look != format => named.max(made(&sources, "x", None)),
            _ => named,
        }
    });
}

#[test]
fn squad_comes_back() {
    hold("squad", ImportFormat::Squad);
}

#[test]
fn hotpotqa_comes_back() {
    hold("hotpotqa", ImportFormat::HotpotQa);
}

#[test]
fn nq_open_comes_back() {
    hold("nq-open", ImportFormat::NqOpen);
}

#[test]
fn dpr_comes_back() {
    hold("dpr", ImportFormat::Dpr);
}

#[test]
fn popqa_comes_back() {
    hold("popqa", ImportFormat::PopQa);
}

#[test]
fn flashrag_comes_back() {
    hold("flashrag", ImportFormat::FlashRag);
}

#[test]
fn ragas_comes_back() {
    hold("ragas", ImportFormat::Ragas);
}

/// A folder of which one file is broken.
fn hold_folder(kind: &'static str, file: &str) {
    Fuzz::of(kind).on_disk().hold(|bytes| {
        let sources = Sources::new(&[
            ("b/corpus.jsonl", "{\"_id\":\"d\",\"title\":\"T\",\"text\":\"x\"}\n"),
            ("b/queries.jsonl", "{\"_id\":\"q\",\"text\":\"?\"}\n"),
            ("b/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\n"),
        ]);
        sources.write(&format!("b/{file}"), bytes);
        made(&sources, "b", None)
    });
}

#[test]
fn beir_comes_back() {
    hold_folder("beir-corpus", "corpus.jsonl");
    hold_folder("beir-queries", "queries.jsonl");
    hold_folder("beir-qrels", "qrels/test.tsv");
}
