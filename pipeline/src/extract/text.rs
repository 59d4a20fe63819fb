//! What is read out of a file.

use super::Dropped;
use serde::{Deserialize, Serialize};

/// A file's text and what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// Markdown, or plain text where the file is that; `\n` between lines.
    pub text: String,
    /// As the file's own title says; not its first heading.
    pub title: Option<String>,
    /// Where pages, slides or sheets start, in their order; empty where the format has none.
    pub pages: Vec<PageStart>,
    /// Headers and footers that stand on every page.
    pub dropped: Dropped,
    /// The encoding where it is not UTF-8.
    pub encoding: Option<String>,
    /// Bytes that the encoding does not know, each a U+FFFD in the text.
    pub replaced: usize,
}

/// The start of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageStart {
    /// From 1.
    pub number: u32,
    /// Its first byte in the text.
    pub start: usize,
}

/// The number of the page that byte `at` stands on; none before the first, or without pages.
pub fn page_at(pages: &[PageStart], at: usize) -> Option<u32> {
    let after = pages.partition_point(|page| page.start <= at);
    pages[..after].last().map(|page| page.number)
}

/// `p. 3` or `pp. 3–4`: pages as a reader is told of them.
pub fn page_numbers((first, last): (u32, u32)) -> String {
    if first == last { format!("p. {first}") } else { format!("pp. {first}–{last}") }
}

/// The same text for every editor: `\n` between lines.
pub fn unix_lines(text: String) -> String {
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text }
}

/// Pages joined to one text, an empty line between them.
#[cfg(any(test, feature = "formats"))]
pub(super) fn joined(pages: Vec<(u32, String)>) -> (String, Vec<PageStart>) {
    let mut text = String::new();
    let mut starts = Vec::with_capacity(pages.len());
    for (number, page) in pages {
        if !text.is_empty() && !page.is_empty() {
            text.push_str("\n\n");
        }
        starts.push(PageStart { number, start: text.len() });
        text.push_str(&page);
    }
    (text, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_stands_on_the_last_page_that_starts_before_it() {
        let (text, starts) =
            joined(vec![(1, "one".into()), (2, String::new()), (3, "three".into())]);
        assert_eq!(text, "one\n\nthree");
        assert_eq!(page_at(&starts, 0), Some(1));
        assert_eq!(page_at(&starts, text.find('t').unwrap()), Some(3));
        assert_eq!(page_at(&starts[1..], 0), None);
        assert_eq!(page_at(&[], 5), None);
        assert_eq!(page_numbers((3, 3)), "p. 3");
        assert_eq!(page_numbers((3, 4)), "pp. 3–4");
    }

    #[test]
    fn only_line_ends_change() {
        assert_eq!(unix_lines("a\r\nb\rc \n".into()), "a\nb\rc \n");
        assert_eq!(unix_lines("e\u{301} \u{a0}".into()), "e\u{301} \u{a0}");
    }
}
