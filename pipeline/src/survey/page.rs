//! Pages without a text layer: pictures of text, which nothing can be retrieved from.
//!
//! Enters: a document's text and where its pages start. Leaves: the numbers of pages without a letter or a
//! digit. Does not: look at a picture.

use crate::extract::PageStart;

/// The numbers of the pages that have no letter and no digit. A page ends where the next one starts, the
/// last with the text. Starts are ascending; one that is no place in the text has no page.
pub(super) fn pages_without_text(text: &str, pages: &[PageStart]) -> Vec<u32> {
    let ends = pages.iter().skip(1).map(|page| page.start).chain([text.len()]);
    pages
        .iter()
        .zip(ends)
        .filter(|(page, end)| {
            text.get(page.start..*end).is_some_and(|page| !page.contains(char::is_alphanumeric))
        })
        .map(|(page, _)| page.number)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn starts(starts: &[usize]) -> Vec<PageStart> {
        (1..).zip(starts).map(|(number, start)| PageStart { number, start: *start }).collect()
    }

    #[test]
    fn pages_of_white_space_and_marks_have_no_text() {
        let text = "one\n\n -- \n\nthree\n";
        assert_eq!(pages_without_text(text, &starts(&[0, 4, 11])), [2]);
        assert_eq!(pages_without_text(text, &starts(&[0, 4, 11, 17])), [2, 4]);
        assert_eq!(pages_without_text("", &starts(&[0, 0])), [1, 2]);
        assert!(pages_without_text("", &[]).is_empty());
    }

    proptest! {
        #[test]
        fn any_starts_are_taken(text in "[aé \n]{0,20}", places in prop::collection::vec(0..30_usize, 0..6)) {
            prop_assert!(pages_without_text(&text, &starts(&places)).len() <= places.len());
        }
    }
}
