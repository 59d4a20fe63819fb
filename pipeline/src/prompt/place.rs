//! Where a passage stands in a prompt.
//!
//! Enters: a prompt, a passage's text. Leaves: a span of the prompt. Does not: know what a template does;
//! it may add to a passage (a number behind each sentence), as long as it leaves out and changes nothing.

use std::ops::Range;

/// Letters of a passage's beginning that must stand together.
const BEGINNING: usize = 8;

/// The first place at or after `from` that has all of `passage`, with nothing between its letters, or with
/// additions of at most half its length.
pub fn place(prompt: &str, passage: &str, from: usize) -> Option<Range<usize>> {
    let rest = prompt.get(from..)?;
    // A template may trim a passage's end.
    for passage in [passage, passage.trim_end()] {
        if passage.is_empty() {
            return None;
        }
        if let Some(start) = rest.find(passage) {
            return Some(from + start..from + start + passage.len());
        }
    }
    let passage = passage.trim_end();
    let beginning =
        passage.char_indices().nth(BEGINNING).map_or(passage, |(end, _)| &passage[..end]);
    rest.match_indices(beginning).find_map(|(start, _)| {
        let length = with_additions(&rest[start..], passage)?;
        Some(from + start..from + start + length)
    })
}

/// Bytes of `text` that hold the letters of `passage` in order.
fn with_additions(text: &str, passage: &str) -> Option<usize> {
    let mut room = passage.chars().count() / 2;
    let mut letters = text.char_indices();
    let mut end = 0;
    for wanted in passage.chars() {
        loop {
            let (at, letter) = letters.next()?;
            if letter == wanted {
                end = at + letter.len_utf8();
                break;
            }
            room = room.checked_sub(1)?;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PASSAGE: &str = "Tal works at Mo. He is 40 years old.";

    fn found<'a>(prompt: &'a str, passage: &str) -> Option<&'a str> {
        place(prompt, passage, 0).map(|span| &prompt[span])
    }

    #[test]
    fn a_passage_is_found_as_it_is() {
        assert_eq!(found("[1] Tal works at Mo. He is 40 years old.\n", PASSAGE), Some(PASSAGE));
        assert_eq!(found("x Tal works.\n\ny", "Tal works.\n\n"), Some("Tal works.\n\n"));
        assert_eq!(found("x Tal works.", "Tal works.\n\n"), Some("Tal works."));
    }

    #[test]
    fn a_passage_is_found_with_what_a_template_adds() {
        let prompt = "Tal works at No [1].\nTal works at Mo [2]. He is 40 years old [2].\nQuestion";
        let added = "Tal works at Mo [2]. He is 40 years old [2].";
        assert_eq!(found(prompt, PASSAGE), Some(added));
        assert_eq!(place(prompt, PASSAGE, 22), None);
    }

    #[test]
    fn a_passage_that_a_template_changed_is_nowhere() {
        assert_eq!(found("TAL WORKS AT MO. HE IS 40 YEARS OLD.", PASSAGE), None);
        assert_eq!(found("Tal works at Mo.", PASSAGE), None);
        assert_eq!(found("Tal works", ""), None);
        assert_eq!(place("Tal", "Tal", 9), None);
    }

    proptest! {
        #[test]
        fn a_place_holds_the_passage_s_letters_in_order(prompt in "[ab .é]{0,60}", passage in "[ab .é]{1,12}") {
            if let Some(span) = place(&prompt, &passage, 0) {
                let mut letters = prompt[span].chars();
                prop_assert!(passage.trim_end().chars().all(|wanted| letters.any(|letter| letter == wanted)));
            } else {
                prop_assert!(passage.trim_end().is_empty() || !prompt.contains(passage.trim_end()));
            }
        }
    }
}
