//! Quotes that a document has just once, or first where they are meant.
//!
//! Enters: a document's text and a span of it. Leaves: a quote that is found at that place, since a quote's
//! first place counts. Does not: quote the title above the text.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// Sentences that are added to a quote at most to tell it from an earlier one of the same words.
const SENTENCES_ADDED_MAX: usize = 8;

/// The sentences (UAX #29) of `text` that the span touches. `body` is where they begin: the title before
/// it is no part of a sentence.
pub(super) fn sentences_around(text: &str, body: usize, span: &Range<usize>) -> Range<usize> {
    let (first, last) = touched(&sentences(text, body), span);
    first.start.min(span.start)..last.end.max(span.end)
}

/// The words of `span` without white space around, with as many sentences more as it takes for them to
/// stand there first; none where even that is not enough, or there are no words.
pub(super) fn quote(text: &str, body: usize, span: Range<usize>) -> Option<String> {
    let mut span = trimmed(text, span)?;
    let mut around: Option<Vec<Range<usize>>> = None;
    for added in 0..=SENTENCES_ADDED_MAX {
        let quote = text.get(span.clone())?;
        if text.find(quote) == Some(span.start) {
            return Some(quote.to_owned());
        }
        let sentences = around.get_or_insert_with(|| sentences(text, body));
        let after = sentences.iter().find(|sentence| sentence.start >= span.end);
        let before = sentences.iter().rev().find(|sentence| sentence.end <= span.start);
        // By turns, so that what is meant stays in the middle.
        span = match (added % 2 == 0, after, before) {
            (true, Some(after), _) | (false, Some(after), None) => span.start..after.end,
            (_, _, Some(before)) => before.start..span.end,
            (_, None, None) => return None,
        };
        span = trimmed(text, span)?;
    }
    None
}

fn sentences(text: &str, body: usize) -> Vec<Range<usize>> {
    text.get(body..)
        .unwrap_or_default()
        .split_sentence_bound_indices()
        .map(|(start, sentence)| body + start..body + start + sentence.len())
        .collect()
}

fn touched(sentences: &[Range<usize>], span: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let touches = |sentence: &&Range<usize>| sentence.start < span.end && sentence.end > span.start;
    let first = sentences.iter().find(touches).unwrap_or(span);
    let last = sentences.iter().rev().find(touches).unwrap_or(span);
    (first.clone(), last.clone())
}

fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let words = text.get(span.clone())?;
    let start = span.start + (words.len() - words.trim_start().len());
    let words = words.trim();
    (!words.is_empty()).then(|| start..start + words.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "Pumps\n\nIt runs. It is red.  It runs. It is loud.";
    const BODY: usize = 7;

    fn sentence(answer: &str, nth: usize) -> Option<String> {
        let (start, found) = TEXT.match_indices(answer).nth(nth).unwrap();
        let span = sentences_around(TEXT, BODY, &(start..start + found.len()));
        quote(TEXT, BODY, span)
    }

    #[test]
    fn the_sentence_of_an_answer_is_quoted() {
        assert_eq!(sentence("red", 0).as_deref(), Some("It is red."));
        assert_eq!(sentence("runs", 0).as_deref(), Some("It runs."));
        assert_eq!(sentence("red.  It", 0).as_deref(), Some("It is red.  It runs."));
    }

    #[test]
    fn words_that_stand_twice_take_in_their_neighbours() {
        assert_eq!(sentence("runs", 1).as_deref(), Some("It runs. It is loud."));
        assert_eq!(quote(TEXT, BODY, 28..36).as_deref(), Some("It runs. It is loud."));
    }

    #[test]
    fn there_are_texts_that_no_few_sentences_tell_apart() {
        let text = "Yes. ".repeat(100);
        assert_eq!(quote(&text, 0, 0..4).as_deref(), Some("Yes."));
        assert_eq!(quote(&text, 0, 250..254), None);
        assert_eq!(quote(&text, 0, 4..5), None);
        assert_eq!(quote(&text, 0, 490..9_999), None);
    }

    proptest! {
        #[test]
        fn a_quote_is_found_at_or_before_its_span(text in "(?s)[ab. \n]{0,80}|(?s).{0,40}", start in 0..80_usize, length in 0..20_usize) {
            let span = start..start + length;
            if let Some(quote) = quote(&text, 0, span.clone()) {
                let found = text.find(&quote).unwrap();
                // It holds what was meant, but for white space around.
                prop_assert!(found <= start + length && found + quote.len() >= start);
                prop_assert!(!quote.trim().is_empty());
            }
        }
    }
}
