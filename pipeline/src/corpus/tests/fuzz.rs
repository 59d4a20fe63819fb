//! Files of questions, fed broken: rows are read or named, and a quote's place lies in its text.

use super::*;
use crate::fuzz::Fuzz;

#[test]
fn tables_of_questions_come_back() {
    Fuzz::of("questions-csv").hold(|bytes| {
        let questions = table_questions(bytes.to_vec());
        questions.iter().map(|question| question.text.len()).sum()
    });
}

#[test]
fn lines_of_questions_come_back() {
    Fuzz::of("questions-jsonl").hold(|bytes| {
        let rows = question_file::rows(bytes);
        rows.iter().filter_map(|(_, row)| row.as_ref().ok()).map(|one| one.text.len()).sum()
    });
}

#[test]
fn lines_of_drafts_come_back() {
    Fuzz::of("drafts").hold(|bytes| {
        let drafts = draft::rows(bytes).into_iter().filter_map(|(_, row)| row.ok());
        let lines = drafts.map(|draft| {
            let line = serde_json::to_string(&draft).unwrap();
            // What is written into the file again is read as it was.
            let again = draft::rows(line.as_bytes()).remove(0).1;
            assert_eq!(again.as_ref(), Ok(&draft));
            line.len()
        });
        lines.sum()
    });
}

#[test]
fn quotes_are_found_on_letters() {
    Fuzz::of("text").hold(|bytes| {
        let text = crate::extract::decode(bytes.to_vec()).text;
        let (start, end) = (text.len() / 3, 2 * text.len() / 3);
        let (start, end) = (text.floor_char_boundary(start), text.floor_char_boundary(end));
        if let Some(place) = quote::Quoted::of(&text).find(&text[start..end]) {
            assert!(text.get(place).is_some());
        }
        0
    });
}
