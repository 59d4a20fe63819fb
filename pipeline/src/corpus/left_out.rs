//! Evidence in files that are there and are no documents.
//!
//! Enters: what is wrong with a question, what was not read. Leaves: the same, with the reason in place of
//! "unknown". Does not: read a file again.

use super::CorpusWarning;
use super::problem::QuestionFault;

/// Files below `documents/` that were not read.
#[derive(Clone, Copy)]
pub(super) struct LeftOut<'a> {
    /// Those that cannot be read are among them.
    pub warnings: &'a [CorpusWarning],
    /// Ids of those whose kind is not read, ordered.
    pub skipped: &'a [String],
}

impl LeftOut<'_> {
    /// Says of evidence in such a file why it was left out: another spelling of its name would not help.
    pub fn explain(self, fault: &mut QuestionFault) {
        let QuestionFault::UnknownDocument { document, .. } = fault else { return };
        if let Some((why, hint)) = self.reason(document) {
            *fault =
                QuestionFault::LeftOutDocument { document: std::mem::take(document), why, hint };
        }
    }

    fn reason(self, document: &str) -> Option<(String, String)> {
        // A folder that is closed to this user holds documents that nobody has seen.
        let is_it = |id: &str| {
            document.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let unreadable = self.warnings.iter().find_map(|warning| match warning {
            CorpusWarning::Unreadable { id, why, hint } if is_it(id) => {
                Some((why.clone(), hint.clone()))
            }
            _ => None,
        });
        unreadable.or_else(|| {
            let is_skipped = self.skipped.binary_search_by(|id| id.as_str().cmp(document)).is_ok();
            let (why, hint) = (
                "files of its kind are not read",
                "save it in a format that is read, and name that",
            );
            is_skipped.then(|| (why.to_owned(), hint.to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_called_unknown() {
        let warnings = ["shut", "offer.pdf"].map(|id| CorpusWarning::Unreadable {
            id: id.into(),
            why: format!("{id} is closed"),
            hint: "open it".into(),
        });
        let skipped = ["plan.dwg".to_owned()];
        let told = |document: &str| {
            let mut fault =
                QuestionFault::UnknownDocument { document: document.into(), nearest: None };
            LeftOut { warnings: &warnings, skipped: &skipped }.explain(&mut fault);
            format!("{fault}; {}", fault.hint().unwrap())
        };
        for (document, expected) in [
            (
                "offer.pdf",
                "evidence in `offer.pdf`, which was left out: offer.pdf is closed; open it",
            ),
            ("shut/a.md", "evidence in `shut/a.md`, which was left out: shut is closed; open it"),
            (
                "plan.dwg",
                "evidence in `plan.dwg`, which was left out: files of its kind are not read; save it in a format that is read, and name that",
            ),
        ] {
            assert_eq!(told(document), expected);
        }
        for document in ["shutter.md", "offer", "plan"] {
            assert!(told(document).starts_with("evidence in an unknown document"), "{document}");
        }
    }
}
