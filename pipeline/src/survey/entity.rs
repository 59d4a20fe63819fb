//! How rare the names in a corpus are: what one document alone says is the hardest to know by heart and the
//! easiest to retrieve.
//!
//! Enters: texts. Leaves: in how many documents each name or code stands, as counts. Does not: know what a
//! name is. Two to four words in a row that begin with capitals are taken for one, as `Malin Osterfeld` is;
//! the first word of a sentence is no part of it, for every sentence begins so. Text in which nouns have
//! capitals (German) gives more of them than there are. A word with capitals and digits is a code:
//! `FM-3000`, `DIN912`.

use crate::hash;
use serde::Serialize;

/// Words of the longest name.
const NAME_WORDS_MAX: usize = 4;
/// Letters and digits of the shortest code.
const CODE_LETTERS_MIN: usize = 3;

/// In how many documents names and codes stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rarity {
    /// Names and codes that differ.
    pub distinct: usize,
    /// Of these, those in one document.
    pub in_one: usize,
    /// In two to five.
    pub in_two_to_five: usize,
    /// In more.
    pub in_more: usize,
}

impl Rarity {
    /// Counts over the hashes of each document.
    pub(super) fn of(documents: &[&[u64]]) -> Self {
        let mut all: Vec<u64> = documents.concat();
        all.sort_unstable();
        let mut rarity = Self::default();
        for same in all.chunk_by(|one, two| one == two) {
            rarity.distinct += 1;
            match same.len() {
                1 => rarity.in_one += 1,
                2..=5 => rarity.in_two_to_five += 1,
                _ => rarity.in_more += 1,
            }
        }
        rarity
    }
}

/// The hash of each name and code of a text, once, ordered.
pub(super) fn entity_hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    for line in text.lines() {
        let mut name: Vec<&str> = Vec::new();
        let mut is_first = true;
        for token in line.split_whitespace() {
            let word = token.trim_matches(|letter: char| !letter.is_alphanumeric());
            if word.is_empty() {
                // Marks of lists and headings begin a line, dashes end a name.
                close(&mut name, &mut hashes);
                continue;
            }
            if is_code(word) {
                hashes.push(hash::of(word.as_bytes()));
            }
            let ends = token.ends_with(|letter: char| !letter.is_alphanumeric());
            let opens = token.starts_with(|letter: char| !letter.is_alphanumeric());
            if opens {
                close(&mut name, &mut hashes);
            }
            if is_capitalized(word) && !is_first {
                name.push(word);
            } else {
                close(&mut name, &mut hashes);
            }
            if ends {
                close(&mut name, &mut hashes);
            }
            is_first = token.ends_with(['.', '!', '?', ':']);
        }
        close(&mut name, &mut hashes);
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Ends a name: one word is none, and more than a name has are a title.
fn close(name: &mut Vec<&str>, hashes: &mut Vec<u64>) {
    if (2..=NAME_WORDS_MAX).contains(&name.len()) {
        hashes.push(hash::of(name.join(" ").as_bytes()));
    }
    name.clear();
}

fn is_capitalized(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(|letter| letter.is_alphabetic() || matches!(letter, '-' | '\'' | '’' | '.'))
}

fn is_code(word: &str) -> bool {
    let counted = word.bytes().filter(u8::is_ascii_alphanumeric).count();
    counted >= CODE_LETTERS_MIN
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(names: &[&str]) -> Vec<u64> {
        let mut hashes: Vec<u64> = names.iter().map(|name| hash::of(name.as_bytes())).collect();
        hashes.sort_unstable();
        hashes
    }

    #[test]
    fn names_have_two_to_four_words_and_codes_digits() {
        for (text, names) in [
            ("The treasurer is Malin Osterfeld.", &["Malin Osterfeld"][..]),
            ("Malin Osterfeld and Jo-Ann O'Neil, Vera Lund", &["Jo-Ann O'Neil", "Vera Lund"]),
            ("# Of Malin Osterfeld", &["Malin Osterfeld"]),
            ("they met Malin\nOsterfeld", &[]),
            ("in Malin (Osterfeld) and Lund – Verlag", &[]),
            ("the One Two Three Four Five", &[]),
            ("uses FM-3000 and \"DIN912\", not 3000, A1 or x86", &["FM-3000", "DIN912"]),
            ("", &[]),
        ] {
            assert_eq!(entity_hashes(text), hashes(names), "{text}");
        }
    }

    #[test]
    fn each_counts_once_a_document() {
        let texts = ["by FM-1 FM-1 FM-2", "FM-1 FM-3", "FM-1", "FM-1", "FM-1", "FM-1", "FM-3"];
        let hashes: Vec<Vec<u64>> = texts.iter().map(|text| entity_hashes(text)).collect();
        let hashes: Vec<&[u64]> = hashes.iter().map(Vec::as_slice).collect();
        // FM-1 stands in 6, FM-3 in 2, FM-2 in 1.
        let expected = Rarity { distinct: 3, in_one: 1, in_two_to_five: 1, in_more: 1 };
        assert_eq!(Rarity::of(&hashes), expected);
    }
}
