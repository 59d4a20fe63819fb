//! Text that a reader does not see and a model does.
//!
//! Enters: text. Leaves: the places of comments, of letters without a shape, and of terminal escapes. Does
//! not: judge a single joiner, which emoji and several scripts are written with.

use super::pattern::{Match, Pattern, Scanner, all};
use std::sync::LazyLock;

/// What escapes are called; they have a finding of their own.
pub(super) const ESCAPE: &str = "terminal escape";

const PATTERNS: &[Pattern] = &[
    Pattern { name: "comment", regex: r"<!--(?s:.*?)-->", judge: all },
    // Each letter of ASCII has a twin here that nothing shows.
    Pattern { name: "tag letters", regex: r"[\u{e0000}-\u{e007f}]+", judge: all },
    Pattern {
        name: "zero-width letters",
        regex: r"[\u{200b}-\u{200f}\u{2060}-\u{2064}\u{feff}]{2,}",
        judge: all,
    },
    // One behind an emoji chooses its picture.
    Pattern {
        name: "variation selectors",
        regex: r"[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]{2,}",
        judge: all,
    },
    Pattern {
        name: "letters that turn the line",
        regex: r"[\u{202a}-\u{202e}\u{2066}-\u{2069}]+",
        judge: all,
    },
    Pattern { name: ESCAPE, regex: r"(?:\x1b[\[\]PX^_()#]?|\x{9b})[0-9;?]*[A-Za-z]?", judge: all },
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(PATTERNS).unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"))
});

/// What is hidden, in the order of the text.
pub(super) fn hidden(text: &str) -> Vec<Match> {
    SCANNER.matches(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, usize)> {
        let letters = |found: &Match| text[found.span.clone()].chars().count();
        hidden(text).iter().map(|found| (found.name, letters(found))).collect()
    }

    #[test]
    fn each_kind_is_found() {
        assert_eq!(found("a <!-- two\nlines --> b <!---->"), [("comment", 18), ("comment", 7)]);
        assert_eq!(found("a\u{200b}\u{200c}\u{200b}b"), [("zero-width letters", 3)]);
        assert_eq!(found("a\u{e0041}\u{e0042}b"), [("tag letters", 2)]);
        assert_eq!(found("a\u{fe01}\u{e0101}b"), [("variation selectors", 2)]);
        assert_eq!(found("a\u{202e}b"), [("letters that turn the line", 1)]);
        assert_eq!(found("a\u{1b}[1;31mred\u{1b}[0m"), [(ESCAPE, 7), (ESCAPE, 4)]);
        assert_eq!(found("\u{1b}]0;title\u{9b}K"), [(ESCAPE, 5), (ESCAPE, 2)]);
    }

    #[test]
    fn what_writing_needs_is_not_found() {
        // A family of emoji, a heart in colour, Persian with a non-joiner, an open comment.
        for text in [
            "👨\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "می\u{200c}خواهم",
            "<!-- open",
            "a -- b -->",
            "\t\n\r",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
