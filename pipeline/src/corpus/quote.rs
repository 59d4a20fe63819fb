//! Where a quote stands in a text.
//!
//! Enters: a text, a quote. Leaves: the bytes of the text that say what the quote says. Does not: guess;
//! words must be the same, in the same order.
//!
//! A person copies a quote out of the file as its program shows it, and the text is what was extracted:
//! line breaks, typographic marks, hyphens at the ends of lines and markup differ. Where the quote does not
//! stand in the text as it is, both sides are compared with these made alike.

use std::ops::Range;
use std::sync::OnceLock;

/// A text that is quoted. It is folded for the first quote that does not stand in it as it is, and not again
/// for the next.
pub(super) struct Quoted<'a> {
    /// The text.
    pub text: &'a str,
    /// In the order of [`Hyphen::ALL`].
    folded: [OnceLock<Folded>; Hyphen::ALL.len()],
}

impl<'a> Quoted<'a> {
    /// Nothing is done yet.
    pub fn of(text: &'a str) -> Self {
        Self { text, folded: Default::default() }
    }

    /// The first place of the quote: as it is written, else compared with white space, marks
    /// and markup made alike.
    pub fn find(&self, quote: &str) -> Option<Range<usize>> {
        if let Some(start) = self.text.find(quote) {
            return Some(start..start + quote.len());
        }
        for (hyphen, folded) in Hyphen::ALL.into_iter().zip(&self.folded) {
            let quote = Folded::of(quote, hyphen);
            let wanted = quote.text.trim();
            if wanted.is_empty() {
                return None;
            }
            let folded = folded.get_or_init(|| Folded::of(self.text, hyphen));
            if let Some(start) = folded.text.find(wanted) {
                let last = folded.place(start + wanted.len() - 1);
                return Some(folded.place(start)..self.text.ceil_char_boundary(last + 1));
            }
            if !folded.is_divided && !quote.is_divided {
                return None;
            }
        }
        None
    }
}

/// What a hyphen at the end of a line is. No line says it, so each is tried, for a whole quote at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hyphen {
    /// Put in where a word was divided.
    Added,
    /// A part of the word, whose end stands on the next line.
    Own,
    /// The end of a word: `inlet- and outlet`.
    Last,
}

impl Hyphen {
    /// The likeliest first.
    const ALL: [Self; 3] = [Self::Added, Self::Own, Self::Last];
}

/// A text without what does not count.
#[derive(Debug)]
struct Folded {
    text: String,
    /// Where a byte of it came from: a byte here and its place there, in their order, for the first and for
    /// each that is not as far from its place as the one before it. Few, since most text stays as it is.
    shifts: Vec<(usize, usize)>,
    /// Whether a hyphen stands at the end of a line.
    is_divided: bool,
}

impl Folded {
    fn of(text: &str, hyphen: Hyphen) -> Self {
        let mut folded = Self { text: String::new(), shifts: Vec::new(), is_divided: false };
        let mut letters = text.char_indices();
        while let Some((start, letter)) = letters.next() {
            if matches!(letter, '-' | '\u{ad}' | '\u{2010}')
                && folded.text.ends_with(char::is_alphanumeric)
                && let Some(gap) = line_end(letters.as_str())
            {
                folded.is_divided = true;
                let same = match hyphen {
                    _ if letter == '\u{ad}' => Some(""),
                    // A range of numbers is no word that was divided.
                    Hyphen::Added if folded.text.ends_with(char::is_alphabetic) => Some(""),
                    Hyphen::Own => Some("-"),
                    _ => None,
                };
                if let Some(same) = same {
                    folded.replace(same, start);
                    for _ in gap.chars() {
                        letters.next();
                    }
                    continue;
                }
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
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{ff07}' => "'",
            '\u{2039}' | '\u{203a}' => "'",
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' => "\"",
            '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => "-",
            '\u{2026}' => "...",
            '\u{fb00}' => "ff",
            '\u{fb01}' => "fi",
            '\u{fb02}' => "fl",
            '\u{fb03}' => "ffi",
            '\u{fb04}' => "ffl",
            _ => {
                self.shift(place);
                return self.text.push(letter);
            }
        };
        self.replace(same, place);
    }

    /// Adds what stands for the letter at `place`: each byte came from there.
    fn replace(&mut self, same: &str, place: usize) {
        for byte in same.chars() {
            self.shift(place);
            self.text.push(byte);
        }
    }

    /// The next byte came from `place`.
    fn shift(&mut self, place: usize) {
        let here = self.text.len();
        let is_as_before = self.shifts.last().is_some_and(|(last_here, last_place)| {
            place.wrapping_sub(here) == last_place.wrapping_sub(*last_here)
        });
        if !is_as_before {
            self.shifts.push((here, place));
        }
    }

    /// Where the byte `here` came from; within a letter of several bytes, one of its bytes.
    fn place(&self, here: usize) -> usize {
        let after = self.shifts.partition_point(|(start, _)| *start <= here);
        match self.shifts[..after].last() {
            Some((start, place)) => place + (here - start),
            None => here,
        }
    }
}

/// The white space that `text` begins with, where a line ends in it.
fn line_end(text: &str) -> Option<&str> {
    let gap = text.strip_suffix(text.trim_start())?;
    gap.contains('\n').then_some(gap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(text: &str, quote: &str) -> Option<Range<usize>> {
        Quoted::of(text).find(quote)
    }

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
            ("\u{201f}sealed\u{201d}, \u{ff02}dry\u{ff02}", "\"sealed\", \"dry\""),
            ("the \u{2039}lid\u{203a}, it\u{b4}s, it\u{ff07}s", "the 'lid', it's, it's"),
            ("\u{2043} item, 10\u{fe63}12, 10\u{ff0d}12", "- item, 10-12, 10-12"),
        ] {
            assert!(find(text, quote).is_some(), "{quote} in {text}");
        }
        assert_eq!(found("x | lid | 55 Nm | y", "lid 55 Nm"), Some("lid | 55 Nm"));
    }

    #[test]
    fn a_hyphen_at_the_end_of_a_line_may_mean_three_things() {
        for (text, quote) in [
            ("a high-\npressure pump", "high-pressure pump"),
            ("a high\u{2010} \n pressure pump", "high-pressure pump"),
            ("the main- \n\ttenance plan", "maintenance plan"),
            ("the main\u{ad} \ntenance plan", "maintenance plan"),
            ("at 10-\n12 bar", "10-12 bar"),
            ("inlet-\nand outlet valves", "inlet- and outlet valves"),
            // On the other side.
            ("a high-pressure pump", "high-\npressure pump"),
            ("the maintenance plan", "main-\ntenance plan"),
        ] {
            assert!(find(text, quote).is_some(), "{quote:?} in {text:?}");
        }
        assert_eq!(found("a high-\n pressure pump", "high-pressure"), Some("high-\n pressure"));
        // No line ends there, or no word stands before it.
        assert_eq!(found("the main- tenance plan", "maintenance"), None);
        assert_eq!(found("list:\n-\nitem", "list:item"), None);
        assert_eq!(found("at 10-\n12 bar", "1012"), None);
    }

    #[test]
    fn words_do_count() {
        assert_eq!(found("The pump weighs 40 kg.", "pump weighs 41 kg"), None);
        assert_eq!(found("The pump weighs", "the pump"), None);
        // A hyphen within a line is part of the word.
        assert_eq!(found("a well-kept log", "a wellkept log"), None);
    }

    #[test]
    fn places_take_little_memory() {
        // A line end is as long as the space that it becomes. The mark has three bytes and becomes one: one
        // place before it, at the beginning, and one behind.
        let text = format!("{}\u{2019}{}", "one word\n".repeat(1000), "another\n".repeat(1000));
        let folded = Folded::of(&text, Hyphen::Added);
        assert_eq!(folded.shifts, [(0, 0), (9001, 9003)]);
    }

    /// The letters and digits, which are the same on both sides whatever else differs.
    fn bare(text: &str) -> String {
        text.replace('\u{fb01}', "fi").chars().filter(|letter| letter.is_alphanumeric()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_span_lies_on_letters_and_says_the_same(
            text in "[ab1 \n*|\u{ad}\u{201c}\"\u{fb01}\u{2026}\u{e4}.-]{0,60}",
            quote in "[ab1 \n*|\u{ad}\u{201c}\"\u{fb01}\u{2026}\u{e4}.-]{1,8}",
        ) {
            if let Some(span) = find(&text, &quote) {
                let found = text.get(span);
                prop_assert!(found.is_some_and(|found| !found.is_empty()));
                prop_assert_eq!(bare(found.unwrap_or_default()), bare(&quote));
            }
        }

        #[test]
        fn a_quote_is_found_however_it_is_set(
            words in prop::collection::vec(("[ab\u{e4}]{1,3}", 0_usize..6), 1..6),
        ) {
            let gaps = [" ", "\n", " \n\n ", "** _", " | ", "\u{a0}"];
            let set: String = words.iter().map(|(word, gap)| format!("{word}{}", gaps[*gap])).collect();
            let quote: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
            let text = format!("\u{2026} {set}.");
            let found = found(&text, &quote.join(" "));
            prop_assert_eq!(found.map(bare), Some(quote.concat()));
        }
    }
}
