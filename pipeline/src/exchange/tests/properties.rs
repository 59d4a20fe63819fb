//! Laws that hold for any input.

use super::*;
use crate::exchange::intake::with_plain_ends;
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Texts of any letters, answers at any place: what is written can be read, and quotes hold the answer.
    #[test]
    fn any_paragraph_is_imported(
        title in "(?s)\\PC{0,6}|[ab. \n\r]{0,6}",
        context in "(?s)[ab. \n\r]{0,60}|(?s).{0,30}",
        start in 0..40_usize,
        length in 1..6_usize,
    ) {
        let letters: Vec<char> = context.chars().collect();
        let from = start.min(letters.len());
        let text: String = letters[from..(from + length).min(letters.len())].iter().collect();
        let file = json!({"data": [{"title": title, "paragraphs": [{"context": context, "qas": [
            {"id": "q", "question": "?", "answers": [{"text": text, "answer_start": start}]},
            {"id": "none", "question": "?", "is_impossible": true},
        ]}]}]});
        let sources = Sources::new(&[("s.json", &file.to_string())]);
        if sources.import_with("s.json", |_| ()).is_ok() {
            let corpus = sources.corpus();
            for question in corpus.questions.iter().filter(|question| question.id == "q") {
                if let Some(quote) = &question.evidence[0].quote {
                    prop_assert!(quote.contains(with_plain_ends(&text).trim()), "{:?} in {:?}", text, quote);
                }
            }
        }
    }

    /// Any questions and documents of RAGAS come back as they went out.
    #[test]
    fn any_rows_come_back(rows in proptest::collection::vec(("(?s).{1,9}", "(?s).{1,9}", proptest::collection::vec("(?s).{0,9}|[ab]{1,2}", 0..3)), 1..5)) {
        let lines: String = rows
            .iter()
            .map(|(question, answer, contexts)| {
                let row = json!({"user_input": question, "reference": answer, "reference_contexts": contexts});
                format!("{row}\n")
            })
            .collect();
        let sources = Sources::new(&[("r.jsonl", &lines)]);
        if sources.import_with("r.jsonl", |_| ()).is_ok() {
            let before = sources.corpus();
            sources.export(ExportFormat::Ragas, "s.jsonl").unwrap();
            sources.import("s.jsonl");
            let after = sources.corpus();
            prop_assert_eq!(after.questions, before.questions);
            prop_assert_eq!(after.documents, before.documents);
        }
    }

    /// Any questions in a table read back as they were written, or are counted.
    #[test]
    fn any_question_stands_in_a_table_or_is_counted(texts in proptest::collection::vec("(?s).{1,9}|[a|\",; \n]{1,6}", 2..6)) {
        let sources = Sources::new(&[]);
        let folder = sources.0.path().join("corpora/x");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("corpus.toml"), "title = \"X\"\nlanguage = \"en\"\nlicence = \"MIT\"\n").unwrap();
        let lines: String = texts
            .iter()
            .enumerate()
            .map(|(number, text)| {
                let question = json!({
                    "id": format!("q{number}"), "question": text, "answers": [texts[0]],
                    "kind": "general", "split": "test",
                });
                format!("{question}\n")
            })
            .collect();
        fs::write(folder.join("questions.jsonl"), lines).unwrap();
        let Ok(corpus) = Corpus::load(sources.0.path(), "x", &sources.extractor()) else { return Ok(()) };
        match sources.export(ExportFormat::Csv, "q.csv") {
            Ok(summary) => {
                let read = crate::corpus::table_questions(fs::read(sources.path("q.csv")).unwrap());
                let left: usize = summary.left_out.iter().map(|(_, count)| count).sum();
                prop_assert_eq!(read.len() + left, corpus.questions.len());
                prop_assert!(read.iter().all(|question| corpus.questions.contains(question)));
            }
            Err(error) => prop_assert!(matches!(error, ExchangeError::NothingToExport { .. }), "{}", error),
        }
    }
}
