//! Which language a short text is written in.
//!
//! Enters: text. Leaves: its language as a two-letter code. Does not: judge a text of less than about 25
//! words, or one in a language that the detector has no table of.

/// Letters of the shortest text that is judged.
const LETTERS_MIN: usize = 120;

/// Codes of ISO 639-1 for those of ISO 639-3 that the detector gives.
const CODES: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "no"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

/// The language; none where the text is too short or the detector is not sure. Norwegian is `no`.
pub fn language_of(text: &str) -> Option<&'static str> {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    // A sign of Chinese or Japanese says as much as several letters.
    let wide = text.chars().filter(|letter| *letter >= '\u{2e80}').count();
    if letters + 3 * wide < LETTERS_MIN {
        return None;
    }
    let found = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    CODES.iter().find(|(long, _)| *long == found.lang().code()).map(|(_, short)| *short)
}

/// Whether the detector has a table of the language of a two-letter code.
pub fn knows_language(code: &str) -> bool {
    CODES.iter().any(|(_, short)| *short == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_detector_has_a_code() {
        for language in whatlang::Lang::all() {
            assert!(CODES.iter().any(|(long, _)| *long == language.code()), "{language}");
        }
        assert!(knows_language("no") && !knows_language("is"));
    }

    #[test]
    fn short_texts_are_not_judged() {
        assert_eq!(language_of("Where is the pump?"), None);
        let english = "The pump is switched on with the green button after the valve was opened, and it is \
                       switched off with the red one before anybody opens the cover of its housing again.";
        assert_eq!(language_of(english), Some("en"));
    }
}
