//! A list of texts in one cell of a table.
//!
//! Enters: a cell. Leaves: the texts, where it is a list as JSON has it or as Python shows it (`['a', "b"]`),
//! which is what RAGAS writes into CSV. Does not: evaluate anything.

use std::iter::Peekable;
use std::str::Chars;

/// The texts of a list; none where the cell is no list of texts.
pub(super) fn texts(cell: &str) -> Option<Vec<String>> {
    let cell = cell.trim();
    serde_json::from_str(cell).ok().or_else(|| python_list(cell))
}

fn python_list(cell: &str) -> Option<Vec<String>> {
    let mut letters = cell.strip_prefix('[')?.strip_suffix(']')?.chars().peekable();
    let mut texts = Vec::new();
    loop {
        skip_space(&mut letters);
        let Some(mark) = letters.next() else { return Some(texts) };
        if !matches!(mark, '\'' | '"') {
            return None;
        }
        texts.push(quoted(&mut letters, mark)?);
        skip_space(&mut letters);
        match letters.next() {
            None => return Some(texts),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

fn skip_space(letters: &mut Peekable<Chars<'_>>) {
    while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
}

/// A text up to the mark that closes it, with Python's escapes resolved.
fn quoted(letters: &mut Peekable<Chars<'_>>, mark: char) -> Option<String> {
    let mut text = String::new();
    loop {
        let letter = match letters.next()? {
            letter if letter == mark => return Some(text),
            '\\' => match letters.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'x' => number(letters, 2)?,
                'u' => number(letters, 4)?,
                'U' => number(letters, 8)?,
                same @ ('\\' | '\'' | '"') => same,
                other => {
                    text.push('\\');
                    other
                }
            },
            letter => letter,
        };
        text.push(letter);
    }
}

fn number(letters: &mut Peekable<Chars<'_>>, digits: usize) -> Option<char> {
    let digits: String = letters.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_of_both_languages_are_read() {
        for (cell, expected) in [
            (r#"["a", "b\"c"]"#, Some(vec!["a", "b\"c"])),
            (
                r#"['a', "it's", 'b\'c\n\\ \xe9\u20ac \d']"#,
                Some(vec!["a", "it's", "b'c\n\\ é€ \\d"]),
            ),
            (" [] ", Some(vec![])),
            ("['a',]", Some(vec!["a"])),
            ("['a' 'b']", None),
            ("[1]", None),
            ("['a", None),
            ("['a]", None),
            (r"['\u12']", None),
            ("a, b", None),
            ("", None),
        ] {
            let read = texts(cell);
            assert_eq!(
                read.as_ref().map(|texts| texts.iter().map(String::as_str).collect()),
                expected,
                "{cell}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_python_shows_is_read(all in proptest::collection::vec("[a'\\\\\n é]{0,9}", 0..4)) {
            let shown: Vec<String> = all
                .iter()
                .map(|text| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n")))
                .collect();
            prop_assert_eq!(texts(&format!("[{}]", shown.join(", "))), Some(all));
        }

        #[test]
        fn any_cell_is_read(cell in "(?s).{0,40}|\\[['\"\\\\xu, a0]{0,20}\\]") {
            let _ = texts(&cell);
        }
    }
}
