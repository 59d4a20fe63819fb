//! Where a quote stands in a text.
//!
//! Enters: a text, a quote. Leaves: the bytes of the text that say what the quote says. Does not: guess;
//! words must be the same, in the same order.
//!
//! A person copies a quote out of the file as its program shows it, and the text is what was extracted:
//! line breaks, typographic marks, hyphens at the ends of lines and markup differ. Where the quote does not
//! stand in the text as it is, both sides are compared with these made alike.

use std::ops::Range;

/// The first place of the quote: as it is written, else compared with white space, marks
/// and markup made alike.
pub(super) fn find(text: &str, quote: &str) -> Option<Range<usize>> {
    if let Some(start) = text.find(quote) {
        return Some(start..start + quote.len());
    }
    let wanted = Folded::of(quote).text;
    let wanted = wanted.trim();
    if wanted.is_empty() {
        return None;
    }
    let folded = Folded::of(text);
    let start = folded.text.find(wanted)?;
    let last = start + wanted.len() - 1;
    let last = folded.places[last];
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    Some(folded.places[start]..end)
}

/// A text without what does not count, and for each of its bytes where the letter starts that it came from.
struct Folded {
    text: String,
    places: Vec<usize>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut folded = Self { text: String::new(), places: Vec::new() };
        let mut letters = text.char_indices().peekable();
        while let Some((start, letter)) = letters.next() {
            // A word that was divided at the end of a line.
            if matches!(letter, '-' | '\u{ad}' | '\u{2010}')
                && folded.text.ends_with(char::is_alphabetic)
                && letters.peek().is_some_and(|(_, next)| *next == '\n')
            {
                while letters.next_if(|(_, next)| next.is_whitespace()).is_some() {}
                continue;
            }
            folded.push(letter, start);
        }
        folded
    }

    fn push(&mut self, letter: char, place: usize) {
        let same = match letter {
            // Emphasis, code and escapes; what is not seen.
            '*' | '_' | '`' | '\\' | '\u{ad}' | '\u{200b}' | '\u{feff}' => return,
            // A table's cells are set apart as words are.
            '|' if self.text.ends_with(' ') => return,
            '|' => " ",
            _ if letter.is_whitespace() && self.text.ends_with(' ') => return,
            _ if letter.is_whitespace() => " ",
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' => "'",
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => "\"",
            '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
            '\u{2026}' => "...",
            '\u{fb00}' => "ff",
            '\u{fb01}' => "fi",
            '\u{fb02}' => "fl",
            '\u{fb03}' => "ffi",
            '\u{fb04}' => "ffl",
            _ => {
                let mut bytes = [0; 4];
                return self.add(letter.encode_utf8(&mut bytes), place);
            }
        };
        self.add(same, place);
    }

    fn add(&mut self, same: &str, place: usize) {
        self.text.push_str(same);
        self.places.extend(std::iter::repeat_n(place, same.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(text: &'a str, quote: &str) -> Option<&'a str> {
        find(text, quote).map(|span| &text[span])
    }

    #[test]
    fn a_quote_as_written_is_found_first() {
        assert_eq!(find("a  b, a b", "a b"), Some(6..9));
        assert_eq!(found("a b", "c"), None);
        assert_eq!(found("a b", "|"), None);
        assert_eq!(found("1012", "10 12"), None);
    }

    #[test]
    fn white_space_marks_and_markup_do_not_count() {
        for (text, quote) in [
            ("The pump\nweighs  40\u{a0}kg.", "pump weighs 40 kg"),
            ("It\u{2019}s \u{201c}sealed\u{201d}", "It's \"sealed\""),
            ("10\u{2013}12 bar", "10-12 bar"),
            ("a **very** _dry_ `room`", "very dry room"),
            ("| lid | 55 Nm |", "lid 55 Nm"),
            ("the main-\n  tenance plan", "maintenance plan"),
            ("e\u{fb03}cient", "efficient"),
            ("5 % \\(max.\\)", "5 % (max.)"),
            ("wait\u{2026}", "wait..."),
        ] {
            assert!(find(text, quote).is_some(), "{quote} in {text}");
        }
        assert_eq!(found("x | lid | 55 Nm | y", "lid 55 Nm"), Some("lid | 55 Nm"));
    }

    #[test]
    fn words_do_count() {
        assert_eq!(found("The pump weighs 40 kg.", "pump weighs 41 kg"), None);
        assert_eq!(found("The pump weighs", "the pump"), None);
        // A hyphen within a line is part of the word.
        assert_eq!(found("a well-kept log", "a wellkept log"), None);
    }

    proptest! {
        #[test]
        fn a_span_lies_on_letters(text in "(?s).{0,60}", quote in "(?s).{1,8}") {
            if let Some(span) = find(&text, &quote) {
                prop_assert!(text.get(span.clone()).is_some_and(|found| !found.is_empty()));
                prop_assert!(find(&text[span.clone()], &quote).is_some());
            }
        }
    }
}
