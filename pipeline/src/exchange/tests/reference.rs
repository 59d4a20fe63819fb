//! Public data, where the environment names it.

use super::*;
use serde_json::{Value, json};

/// SQuAD's paragraphs as a BEIR folder: what a plain BM25 finds among them is known, so they are a corpus
/// that others have used.
#[test]
fn squad_as_beir_is_imported_whole() {
    let Ok(data) = std::env::var("RAGSCALE_REFERENCE_DATA") else {
        eprintln!("skipped: RAGSCALE_REFERENCE_DATA is not set");
        return;
    };
    let squad = Path::new(&data).join("squad");
    let passages = fs::read_to_string(squad.join("passages.jsonl")).unwrap();
    let mut queries = String::new();
    let mut qrels = "query-id\tcorpus-id\tscore\n".to_owned();
    for line in fs::read_to_string(squad.join("questions.jsonl")).unwrap().lines() {
        let question: Value = serde_json::from_str(line).unwrap();
        let (id, text) = (&question["id"], &question["question"]);
        queries += &format!("{}\n", json!({"_id": id, "text": text}));
        for passage in question["gold_passages"].as_array().unwrap() {
            qrels += &format!("{}\t{}\t1\n", id.as_str().unwrap(), passage.as_str().unwrap());
        }
    }
    let sources = Sources::new(&[
        ("b/corpus.jsonl", &passages),
        ("b/queries.jsonl", &queries),
        ("b/qrels/test.tsv", &qrels),
    ]);
    let summary = sources.import("b");
    // As the data's own description counts them.
    assert_eq!((summary.documents, summary.questions), (1_283, 6_313));
    assert!(summary.left_out.is_empty(), "{}", summary.left_out);
    let corpus = sources.corpus();
    assert_eq!((corpus.documents.len(), corpus.questions.len()), (1_283, 6_313));
    sources.export(ExportFormat::Beir, "c").unwrap();
    sources.import("c");
    assert_eq!(sources.corpus().questions, corpus.questions);
}
