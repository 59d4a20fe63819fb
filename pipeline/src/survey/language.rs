//! Which language a text is written in.
//!
//! Enters: text. Leaves: its language as a two-letter code, and others that it is partly in, judged on a few
//! pieces from all over it. Does not: judge a text of less than about 25 words, or a language that the
//! detector has no table of.

use crate::extract::{knows_language, language_of};
use std::collections::BTreeMap;

/// Pieces of a text that are judged; a short one is judged whole.
const PIECES: usize = 6;
/// Bytes of a piece, about 80 words: enough for the detector to be sure of it.
const PIECE_BYTES: usize = 500;
/// Share of the judged pieces from which on another language makes a text mixed.
const MIXED_SHARE: f64 = 1.0 / 3.0;

/// The languages of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Languages {
    /// The language of most pieces.
    pub main: &'static str,
    /// Others of a third of the pieces or more, ordered.
    pub others: Vec<&'static str>,
}

impl Languages {
    /// The languages of `text`; none when it is too short or the detector is not sure. Where as many pieces
    /// are in one language as in another, the one that is `expected` is the main one.
    pub fn of(text: &str, expected: &str) -> Option<Self> {
        let expected = code(expected);
        let pieces: Vec<&str> = pieces(text).collect();
        // Of another language on a third of the text in one stretch, one of these pieces has some.
        let mut found: Vec<_> = pieces.iter().step_by(2).map(|piece| language_of(piece)).collect();
        if found.iter().any(|language| *language != Some(expected)) {
            found.extend(pieces.iter().skip(1).step_by(2).map(|piece| language_of(piece)));
        }
        let mut pieces_by: BTreeMap<&'static str, usize> = BTreeMap::new();
        for language in found.into_iter().flatten() {
            *pieces_by.entry(language).or_default() += 1;
        }
        let judged: usize = pieces_by.values().sum();
        let most = pieces_by.values().max()?;
        let is_most = |language: &&&str| pieces_by.get(**language) == Some(most);
        let main = *pieces_by
            .keys()
            .find(|language| **language == expected && is_most(language))
            .or_else(|| pieces_by.keys().find(is_most))?;
        let others = pieces_by
            .iter()
            .filter(|(language, pieces)| {
                **language != main && **pieces as f64 >= MIXED_SHARE * judged as f64
            })
            .map(|(language, _)| *language)
            .collect();
        Some(Self { main, others })
    }
}

/// Whether the detector has a table of the language of a two-letter code.
pub(super) fn is_known(language: &str) -> bool {
    knows_language(code(language))
}

/// The detector tells no Norwegian from another.
pub(super) fn code(language: &str) -> &str {
    match language {
        "nb" | "nn" => "no",
        other => other,
    }
}

/// Pieces at equal distances, the first at the start and the last at the end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let count = text.len().div_ceil(PIECE_BYTES).clamp(1, PIECES);
    let room = text.len().saturating_sub(PIECE_BYTES);
    (0..count).map(move |number| {
        let start = text.floor_char_boundary(room * number / (count - 1).max(1));
        &text[start..text.floor_char_boundary(start + PIECE_BYTES)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The pump is switched on with the green button. Before you start it, check that \
        the valve is closed and that nobody stands near the belt. When the red light shows, stop it. ";
    const GERMAN: &str = "Die Pumpe wird mit dem grünen Knopf eingeschaltet. Prüfen Sie vor dem Start, ob \
        das Ventil geschlossen ist und ob niemand am Band steht. Leuchtet die rote Lampe, halten Sie sie an. ";

    fn languages(text: &str) -> Option<(&'static str, Vec<&'static str>)> {
        Languages::of(text, "en").map(|found| (found.main, found.others))
    }

    #[test]
    fn one_language_is_told() {
        assert_eq!(languages(ENGLISH), Some(("en", vec![])));
        assert_eq!(languages(&ENGLISH.repeat(40)), Some(("en", vec![])));
        assert_eq!(languages(GERMAN), Some(("de", vec![])));
        let japanese =
            "ポンプは緑のボタンで起動します。始める前に弁が閉じていることを確認してください。"
                .repeat(2);
        assert_eq!(languages(&japanese), Some(("ja", vec![])));
    }

    #[test]
    fn two_languages_are_mixed() {
        let (english, german) = (ENGLISH.repeat(8), GERMAN.repeat(6));
        assert_eq!(languages(&[english.as_str(), &german].concat()), Some(("en", vec!["de"])));
        let (english, german) = (ENGLISH.repeat(6), GERMAN.repeat(8));
        let found = Languages::of(&[german.as_str(), &english].concat(), "de");
        assert_eq!(found, Some(Languages { main: "de", others: vec!["en"] }));
        // One of three parts, wherever it stands.
        for german_at in 0..3 {
            let parts: String = (0..3)
                .map(|part| if part == german_at { GERMAN.repeat(8) } else { ENGLISH.repeat(8) })
                .collect();
            assert_eq!(languages(&parts), Some(("en", vec!["de"])), "{german_at}");
        }
        // A quotation does not make a text mixed.
        let quoting = [ENGLISH.repeat(12).as_str(), GERMAN, &ENGLISH.repeat(12)].concat();
        assert_eq!(languages(&quoting), Some(("en", vec![])));
    }

    #[test]
    fn short_texts_and_numbers_are_not_judged() {
        assert_eq!(languages(""), None);
        assert_eq!(languages("Die Pumpe wird mit dem grünen Knopf eingeschaltet."), None);
        assert_eq!(languages(&"| 12.5 | 300 | 7 |\n".repeat(60)), None);
    }

    #[test]
    fn pieces_lie_in_the_text_from_its_start_to_its_end() {
        for bytes in [0, 1, 499, 500, 501, 1400, 100_000] {
            let text = "é".repeat(bytes / 2);
            let found: Vec<&str> = pieces(&text).collect();
            assert!(text.starts_with(found[0]) && found.len() <= PIECES, "{bytes}");
            assert!(bytes < 2 * PIECE_BYTES || text.ends_with(found[found.len() - 1]), "{bytes}");
        }
    }

    #[test]
    fn a_code_of_written_norwegian_is_known() {
        assert!(is_known("nb") && !is_known("is"));
    }
}
