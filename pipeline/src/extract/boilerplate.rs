//! Headers and footers that stand on every page.
//!
//! Enters: the texts of a document's pages. Leaves: the same without lines that repeat at their tops and
//! bottoms, but for the first time that each stands there, and how many were dropped. Does not: touch a line
//! in the middle of a page, or a document of fewer than three pages.
//!
//! They say nothing about the page that they stand on, and every chunk of the document would be found by
//! their words. The first of each stays: who may read a document is said in its header.

use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Longest line that can be a running title. Each of a line's numbers is a form to compare, and of a page
/// that is one line of numbers they would fill the memory.
const LINE_BYTES_MAX: usize = 200;
/// Fewest pages on which a line can be said to repeat.
const PAGES_MIN: usize = 3;
/// Share of the pages that a line stands on, to count as repeated: title pages and blank ones lack it.
const SHARE: f64 = 0.6;
/// Lines with text at a page's top, and as many at its bottom, that are looked at.
const EDGE_LINES: usize = 4;

/// Words before the number of a page, in lower case, in languages that many documents are written in. Of a short
/// one the dot says that it is not the name of a thing.
const PAGE_WORDS: [&str; 14] = [
    "page", "seite", "blatt", "página", "pagina", "pág.", "pag.", "sida", "strana", "strona",
    "str.", "p.", "pp.", "s.",
];
/// What stands between the number of a page and that of the last.
const OF: [&str; 9] = ["/", "of", "von", "de", "di", "sur", "van", "av", "z"];
/// Marks that set the number of a page apart from a title in the same line.
const SEPARATORS: [char; 3] = ['|', '\u{b7}', '\u{2022}'];

/// What was dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Lines with text.
    pub lines: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// Drops the repeated lines. One number in a line may be the page's own, where the line says so: it rises with each
/// page.
pub fn drop_repeated(pages: &mut [String]) -> Dropped {
    let mut dropped = Dropped::default();
    if pages.len() < PAGES_MIN {
        return dropped;
    }
    let mut seen_on: HashMap<String, usize> = HashMap::new();
    for (index, page) in pages.iter().enumerate() {
        let lines: Vec<&str> = page.lines().collect();
        let forms: HashSet<String> =
            edges(&lines).into_iter().flat_map(|at| forms(lines[at], index)).collect();
        for form in forms {
            *seen_on.entry(form).or_default() += 1;
        }
    }
    let enough = PAGES_MIN.max((pages.len() as f64 * SHARE).ceil() as usize);
    seen_on.retain(|_, pages| *pages >= enough);
    if seen_on.is_empty() {
        return dropped;
    }
    let mut said: HashSet<String> = HashSet::new();
    for (index, page) in pages.iter_mut().enumerate() {
        let lines: Vec<&str> = page.lines().collect();
        let mut out: HashSet<usize> = HashSet::new();
        for at in edges(&lines) {
            let repeated: Vec<String> = forms(lines[at], index)
                .into_iter()
                .filter(|form| seen_on.contains_key(form))
                .collect();
            if repeated.iter().any(|form| said.contains(form)) {
                out.insert(at);
            }
            said.extend(repeated);
        }
        if out.is_empty() {
            continue;
        }
        dropped.lines += out.len();
        dropped.bytes += out.iter().map(|at| lines[*at].len()).sum::<usize>();
        let kept: Vec<&str> =
            (0..lines.len()).filter(|at| !out.contains(at)).map(|at| lines[at]).collect();
        *page = kept.join("\n").trim_matches('\n').to_owned();
    }
    dropped
}

/// Places of the lines with text at the top and the bottom, each once. The head of a table that goes on
/// from page to page is needed on each.
fn edges(lines: &[&str]) -> Vec<usize> {
    let is_looked_at = |at: &usize| {
        let line = lines[*at].trim();
        !line.is_empty() && line.len() <= LINE_BYTES_MAX && !line.starts_with('|')
    };
    let full: Vec<usize> = (0..lines.len()).filter(is_looked_at).collect();
    let mut edges: Vec<usize> = full.iter().copied().take(EDGE_LINES).collect();
    edges.extend(full.iter().rev().copied().take(EDGE_LINES));
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// A line as it is compared: as it is but for white space, and once for each of its numbers that is set as the
/// number of a page, with that one counted from the page's place, so that `Page 2 of 9` and `Page 3 of 9` have a form
/// in common.
fn forms(line: &str, page: usize) -> Vec<String> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.starts_with('#') {
        // Chapters are counted too, and what stands under each is another.
        return vec![line];
    }
    let mut forms: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(start) = line[at..].find(|letter: char| letter.is_ascii_digit()) {
        let start = at + start;
        let digits = line[start..].bytes().take_while(u8::is_ascii_digit).count();
        at = start + digits;
        let (before, after) = (&line[..start], &line[at..]);
        // A number of more digits is none of a page.
        let number = line[start..at].parse::<i64>().ok().filter(|_| digits <= 6);
        if let Some(number) = number.filter(|_| is_page_number(before, after)) {
            let offset = number - page as i64;
            forms.push(format!("{before}\u{0}{offset}\u{0}{after}"));
        }
    }
    forms.push(line);
    forms
}

/// Whether what stands around a number says that it is the page's. A number that rises with the pages is not
/// enough: `Machine 1`, `Machine 2` may be what the pages are about.
fn is_page_number(before: &str, after: &str) -> bool {
    let is_bare = |text: &str| !text.contains(char::is_alphanumeric);
    let word = before.trim_end().trim_end_matches(':').rsplit(' ').next().unwrap_or_default();
    let word = word.trim_start_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    if PAGE_WORDS.contains(&word.as_str()) {
        return true;
    }
    let after = without_last_page(after);
    let is_apart_before = is_bare(before) || before.trim_end().ends_with(SEPARATORS);
    let is_apart_after = is_bare(after) || after.trim_start().starts_with(SEPARATORS);
    is_apart_before && is_apart_after
}

/// What stands behind the number of a page, without the number of the last: ` of 9`.
fn without_last_page(after: &str) -> &str {
    let text = after.trim_start();
    let is_digit = |letter: char| letter.is_ascii_digit();
    OF.iter()
        .filter(|of| text.get(..of.len()).is_some_and(|start| start.eq_ignore_ascii_case(of)))
        .map(|of| text[of.len()..].trim_start())
        .find(|rest| rest.starts_with(is_digit))
        .map_or(after, |rest| rest.trim_start_matches(is_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pages(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn running_titles_and_page_numbers_go() {
        let mut pages = pages(&[
            "ACME - internal\n\n# One\n\nThe pump weighs 40 kg.\n\nPage 1 of 3",
            "ACME - internal\n\n# Two\n\nThe lid weighs 3 kg.\n\nPage 2 of 3",
            "ACME - internal\n\n# Three\n\nEnd.\n\nPage 3 of 3",
        ]);
        let dropped = drop_repeated(&mut pages);
        assert_eq!(dropped, Dropped { lines: 4, bytes: 2 * 15 + 2 * 11 });
        assert_eq!(pages[0], "ACME - internal\n\n# One\n\nThe pump weighs 40 kg.\n\nPage 1 of 3");
        assert_eq!(pages[2], "# Three\n\nEnd.");
    }

    /// A form that is filled in on each page differs in what matters.
    #[test]
    fn numbers_that_are_not_the_page_s_stay() {
        let forms = ["Weight: 40 kg", "Weight: 55 kg", "Weight: 31 kg"];
        let mut weights = pages(&forms);
        assert_eq!(drop_repeated(&mut weights), Dropped::default());
        assert_eq!(weights, pages(&forms));
        let chapters = ["# Chapter 1\n\none", "# Chapter 2\n\ntwo", "# Chapter 3\n\nthree"];
        assert_eq!(drop_repeated(&mut pages(&chapters)), Dropped::default());
        let mut same = pages(&["All is well."; 4]);
        drop_repeated(&mut same);
        assert_eq!(same, pages(&["All is well.", "", "", ""]));
    }

    /// What a page is about may be counted as the pages are.
    #[test]
    fn things_that_are_counted_page_by_page_stay() {
        for thing in
            ["Machine 1", "Step 1 of 3", "Part P 1", "1 Pump", "Table - 1", "Day 1:", "No. 1"]
        {
            let texts: Vec<String> = (1..=3)
                .map(|n| format!("{}\n\nx{n}", thing.replace('1', &n.to_string())))
                .collect();
            let mut pages = texts.clone();
            assert_eq!(drop_repeated(&mut pages), Dropped::default(), "{thing}");
            assert_eq!(pages, texts, "{thing}");
        }
    }

    #[test]
    fn what_says_that_it_is_a_page_s_number_goes_from_the_second_page_on() {
        for number in [
            "1",
            "- 1 -",
            "[1]",
            "1 / 9",
            "1/9",
            "1 of 9",
            "Page 1",
            "PAGE: 1",
            "(page 1)",
            "Page 1 of 9, ACME",
            "Seite 1 von 9",
            "p. 1",
            "S. 1",
            "pág. 1 de 9",
            "ACME, internal. Page 1 of 9",
            "ACME | 1",
            "1 \u{2022} ACME",
            "ACME \u{b7} 1 / 9",
        ] {
            let mut pages: Vec<String> = (1..=3)
                .map(|n| format!("x{n}\n\n{}", number.replace('1', &n.to_string())))
                .collect();
            assert_eq!(drop_repeated(&mut pages).lines, 2, "{number}");
            assert_eq!(pages, [format!("x1\n\n{number}"), "x2".into(), "x3".into()]);
        }
    }

    #[test]
    fn what_stands_on_few_pages_stays() {
        let texts = ["a\n\nsame", "b\n\nsame", "c\n\nother", "d\n\nthings", "e\n\nelse"];
        let mut few = pages(&texts);
        assert_eq!(drop_repeated(&mut few), Dropped::default());
        assert_eq!(few, pages(&texts));
        let rows = ["| part | Nm |\n| lid | 5 |"; 4];
        assert_eq!(drop_repeated(&mut pages(&rows)), Dropped::default());
        let mut two = pages(&["same\n\na", "same\n\nb"]);
        assert_eq!(drop_repeated(&mut two), Dropped::default());
    }

    #[test]
    fn the_middle_of_a_page_is_not_looked_at() {
        let body = |number: usize| {
            let lines: Vec<String> = (0..12)
                .map(|line| {
                    if line == 6 {
                        "repeated".to_owned()
                    } else {
                        format!("line {}", "x".repeat(number * 20 + line))
                    }
                })
                .collect();
            lines.join("\n")
        };
        let mut texts: Vec<String> = (0..4).map(body).collect();
        let before = texts.clone();
        drop_repeated(&mut texts);
        assert_eq!(texts, before);
    }

    proptest! {
        #[test]
        fn what_is_dropped_is_counted(texts in prop::collection::vec("([ab]{1,2}\n){0,6}", 0..6)) {
            let full = |texts: &[String]| -> usize {
                texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty()).count()
            };
            let mut after = texts.clone();
            let dropped = drop_repeated(&mut after);
            prop_assert_eq!(full(&texts), full(&after) + dropped.lines);
        }
    }
}
