//! Answers made comparable, exactly as SQuAD's official scorer does it.
//!
//! Enters: any text. Leaves: lower-case words with one space between them. Does not: stem, fold
//! accents, or unify numbers ("3,400" becomes "3400", "0.35" becomes "035", "14-day" becomes
//! "14day", on both sides of every comparison).
//!
//! Source: Rajpurkar et al., SQuAD: 100,000+ Questions for Machine Comprehension of Text, 2016;
//! `normalize_answer` of `evaluate-v1.1.py`.

/// The text in lower case, without ASCII punctuation, without the words a, an and the, its words
/// separated by one space. In this order, which matters: "a.n" is an article.
///
/// Python's regular expressions and ours agree on what a word character is except for vowel signs
/// that are combining marks and for circled letters; only an article that touches one of them
/// without a space would be treated differently.
pub fn normalize(text: &str) -> String {
    let mut kept = text.to_lowercase();
    kept.retain(|character| !character.is_ascii_punctuation());
    let mut normalized = String::with_capacity(kept.len());
    let mut gap = false;
    let mut push = |piece: &str, gap: &mut bool| {
        if *gap && !normalized.is_empty() {
            normalized.push(' ');
        }
        *gap = false;
        normalized.push_str(piece);
    };
    let mut rest = kept.as_str();
    while let Some(first) = rest.chars().next() {
        let is_word = is_word_character(first);
        let length = rest.find(|c: char| is_word_character(c) != is_word).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        rest = after;
        if is_word {
            // Python replaces an article by a space, also between "the" and a dash that is not
            // ASCII.
            if matches!(run, "a" | "an" | "the") {
                gap = true;
            } else {
                push(run, &mut gap);
            }
            continue;
        }
        for character in run.chars() {
            if is_python_space(character) {
                gap = true;
            } else {
                push(character.encode_utf8(&mut [0; 4]), &mut gap);
            }
        }
    }
    normalized
}

/// `\w` of Python's `re`; the underscore is punctuation and already gone.
fn is_word_character(character: char) -> bool {
    character.is_alphanumeric()
}

/// `str.isspace` of Python: Unicode's White_Space and the four ASCII separators.
fn is_python_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each right side is what `normalize_answer` of `evaluate-v1.1.py` gives under Python 3.11.
    #[test]
    fn equals_the_official_scorer() {
        for (text, expected) in [
            ("The Denver Broncos!", "denver broncos"),
            ("  a\tcat \n an  owl ", "cat owl"),
            ("3,400 and 0.35", "3400 and 035"),
            ("a 14-day period", "14day period"),
            ("A.N. Other", "other"),
            ("U.S.A.", "usa"),
            ("the\u{2013}cat", "\u{2013}cat"),
            ("cat\u{2013}the\u{2013}dog", "cat\u{2013} \u{2013}dog"),
            ("1990\u{2013}2000", "1990\u{2013}2000"),
            ("don\u{2019}t", "don\u{2019}t"),
            ("don't", "dont"),
            ("x\u{1f}y\u{a0}z", "x y z"),
            ("ΠΛΑΤΩΝΟΣ", "πλατωνος"),
            ("İzmir", "i\u{307}zmir"),
            ("a\u{301}", "\u{301}"),
            ("theatre another", "theatre another"),
            ("the_end", "theend"),
            ("£5 a €", "£5 €"),
            ("the", ""),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(normalize(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_are_separated_by_one_space(text in "\\PC{0,40}") {
            let normalized = normalize(&text);
            let words: Vec<&str> = normalized.split(is_python_space).collect();
            prop_assert!(normalized.is_empty() || words.iter().all(|word| !word.is_empty()));
            prop_assert!(!normalized.contains(|c: char| c.is_ascii_punctuation()));
        }

        #[test]
        fn surrounding_space_and_articles_do_not_matter(text in "[a-z ]{0,20}") {
            prop_assert_eq!(normalize(&format!(" The {text} an ")), normalize(&text));
        }
    }
}
