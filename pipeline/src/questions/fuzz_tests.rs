//! What models and spreadsheets write, fed broken.

use super::fixture::Desk;
use super::{reply, sheet};
use crate::fuzz::Fuzz;
use std::path::Path;

#[test]
fn replies_come_back() {
    Fuzz::of("reply").hold(|bytes| match reply::read(&String::from_utf8_lossy(bytes)) {
        Ok(reply) => {
            let texts = reply.answers.iter().chain(&reply.quotes).chain([&reply.question]);
            assert!(texts.clone().all(|text| !text.trim().is_empty()), "{reply:?}");
            texts.map(String::len).sum()
        }
        Err(_) => 0,
    });
}

/// A row is taken with the draft that it names, or the sheet is refused.
#[test]
fn sheets_come_back() {
    let ids = ["q-1", "q-2", "q-3"];
    let desk = Desk::with(&ids);
    let corpus = desk.corpus();
    let drafts: Vec<_> = (0..ids.len()).map(|place| desk.draft(place)).collect();
    Fuzz::of("sheet").hold(|bytes| {
        let path = Path::new("sheet.csv");
        let decided = sheet::decisions(bytes.to_vec(), path, &drafts, &corpus).unwrap_or_default();
        assert!(decided.len() <= ids.len());
        let texts = decided.iter().map(|(draft, _)| {
            assert!(ids.contains(&draft.question.id.as_str()));
            draft.question.text.len()
        });
        texts.sum()
    });
}
