//! What the writer of a wrong name or quote may have meant.

use std::collections::{HashMap, HashSet};
use unicode_segmentation::UnicodeSegmentation as _;

/// Below this likeness (0 to 1, by edits with swapped neighbours) two names have little in common,
/// and a suggestion would mislead.
const LIKENESS_MIN: f64 = 0.6;

/// Longest passage that is shown, in characters.
const PASSAGE_CHARACTERS: usize = 160;

/// The known name that is most like `name`; the first of equals.
pub(super) fn word<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let likeness = strsim::normalized_damerau_levenshtein(name, candidate);
        if likeness >= LIKENESS_MIN && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// The known document id that is most like `id`: the same file name in another folder comes before
/// a like spelling.
pub(super) fn document<'a>(
    id: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let file_name = |id: &'a str| id.rsplit('/').next().unwrap_or(id).to_lowercase();
    let wanted = id.rsplit('/').next().unwrap_or(id).to_lowercase();
    known
        .clone()
        .find(|candidate| file_name(candidate) == wanted)
        .map(str::to_owned)
        .or_else(|| word(id, known))
}

/// The passage of `text` that shares the most distinct words with `quote`, the first of equals, on
/// one line and at most 160 characters long; `None` when not one word is shared.
///
/// One pass over the text; memory does not grow with it.
pub(super) fn passage(text: &str, quote: &str) -> Option<String> {
    let wanted: HashSet<String> = quote.unicode_words().map(str::to_lowercase).collect();
    // Words that leave the window on its left; its right end runs over the text once.
    let mut leaving = text.unicode_word_indices().peekable();
    let mut inside: HashMap<String, usize> = HashMap::new();
    let mut best: Option<(usize, usize)> = None;
    for (offset, word) in text.unicode_word_indices() {
        let word_end = offset + word.len();
        let word = word.to_lowercase();
        if !wanted.contains(&word) {
            continue;
        }
        *inside.entry(word).or_default() += 1;
        let mut start = offset;
        while let Some(&(left, old)) = leaving.peek() {
            start = left;
            // Bytes stand for characters: never fewer, so that the window fits into the passage.
            let is_long = word_end - left > PASSAGE_CHARACTERS;
            let count = inside.get_mut(&old.to_lowercase());
            // A word that is not wanted, or stands in the window again, adds nothing on the left.
            let adds_nothing = count.as_ref().is_none_or(|count| **count > 1);
            if left == offset || !(is_long || adds_nothing) {
                break;
            }
            if let Some(count) = count {
                *count -= 1;
            }
            leaving.next();
        }
        inside.retain(|_, count| *count > 0);
        if best.is_none_or(|(most, _)| inside.len() > most) {
            best = Some((inside.len(), start));
        }
    }
    let (_, start) = best?;
    let line = text[start..].split_whitespace().flat_map(|word| [" ", word]).skip(1);
    let mut shown = String::new();
    let mut characters = 0;
    for piece in line {
        characters += piece.chars().count();
        if characters > PASSAGE_CHARACTERS {
            break;
        }
        shown.push_str(piece);
    }
    if shown.is_empty() {
        // A first word longer than the passage: text without spaces.
        shown = text[start..].chars().take(PASSAGE_CHARACTERS).collect();
    }
    Some(shown.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_like_name_is_found_and_an_unlike_one_is_not() {
        // 1 insertion in 7 characters: 1 - 1/7 = 0.857.
        assert_eq!(word("anwers", ["answers", "id"].into_iter()).as_deref(), Some("answers"));
        assert_eq!(word("zzz", ["answers", "id"].into_iter()), None);
    }

    #[test]
    fn a_document_in_another_folder_comes_first() {
        let known = ["guide/torque.md", "torques.md"];
        assert_eq!(document("torque.md", known.into_iter()).as_deref(), Some("guide/torque.md"));
        assert_eq!(
            document("guide/torqe.md", known.into_iter()).as_deref(),
            Some("guide/torque.md")
        );
        assert_eq!(document("x", known.into_iter()), None);
    }

    #[test]
    fn the_passage_with_most_shared_words_is_shown() {
        let text =
            "# Pumps\n\nThe pump runs.\n\nTighten the bolts\nof the pump to 45 Nm, crosswise.\n";
        assert_eq!(
            passage(text, "Tighten pump bolts to 54 Nm").as_deref(),
            Some("Tighten the bolts of the pump to 45 Nm, crosswise.")
        );
        assert_eq!(passage(text, "zebra"), None);
        assert_eq!(passage("", "zebra"), None);
    }

    #[test]
    fn a_passage_is_short_and_lies_far_in() {
        let text =
            format!("{} the last valve closes at noon {}", "word ".repeat(400), "x ".repeat(200));
        let shown = passage(&text, "valve closes at twelve").unwrap();
        assert!(shown.starts_with("valve closes at noon x"), "{shown}");
        assert!(shown.chars().count() <= PASSAGE_CHARACTERS);
        let unbroken = "a".repeat(500);
        assert_eq!(passage(&unbroken, &unbroken).unwrap().len(), PASSAGE_CHARACTERS);
    }
}
