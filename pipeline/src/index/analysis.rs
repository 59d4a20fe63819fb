//! Text cut into the terms that lexical search counts.
//!
//! Enters: text and its language. Leaves: terms, the same for chunks and queries. Does not: look at
//! meaning, or correct spelling.
//!
//! English follows Lucene's `EnglishAnalyzer`: words (UAX #29), possessive `'s` off, lower case, 33
//! stop words out, Porter's stemmer. Other languages: words, lower case, Snowball's stemmer where
//! there is one.

use frostem::{Algorithm, Stemmer};
use std::borrow::Cow;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_segmentation::UnicodeSegmentation as _;

/// Changes with every change to the terms; indexes of another version are rebuilt.
const VERSION: u32 = 1;

/// Longer words are cut into pieces of this many characters
/// (`StandardAnalyzer.DEFAULT_MAX_TOKEN_LENGTH`).
const LONGEST_TERM: usize = 255;

/// `EnglishAnalyzer.ENGLISH_STOP_WORDS_SET`, 33 words, sorted.
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

/// How text of one language becomes terms.
#[derive(Clone)]
pub struct Analysis {
    language: Language,
}

#[derive(Clone)]
enum Language {
    English(Stemmer),
    Stemmed { code: String, stemmer: Stemmer },
    Unstemmed,
}

impl Analysis {
    /// The analysis for a two-letter code (`en`, `de`, ...). A code that Snowball has no stemmer for
    /// is searched by its unstemmed words.
    pub fn for_language(code: &str) -> Self {
        let code = code.trim().to_ascii_lowercase();
        let language = match code.as_str() {
            "en" => Language::English(Stemmer::new(Algorithm::Porter)),
            two if two.len() == 2 => match Algorithm::from_name(two) {
                Ok(algorithm) => Language::Stemmed { code, stemmer: Stemmer::new(algorithm) },
                Err(_) => Language::Unstemmed,
            },
            _ => Language::Unstemmed,
        };
        Self { language }
    }

    /// Names language and version: two indexes with the same name hold the same terms.
    pub fn name(&self) -> String {
        match &self.language {
            Language::English(_) => format!("en_lucene_v{VERSION}"),
            Language::Stemmed { code, .. } => format!("{code}_snowball_v{VERSION}"),
            Language::Unstemmed => format!("words_v{VERSION}"),
        }
    }

    /// The terms of `text`, in its order, repeated as it repeats them.
    pub fn terms(&self, text: &str) -> Vec<String> {
        self.tokens(text).into_iter().map(|token| token.text).collect()
    }

    /// The terms with their places (bytes of `text`), counted from 0.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (start, word) in text.unicode_word_indices() {
            for (offset, piece) in pieces(word) {
                let position = tokens.last().map_or(0, |last: &Token| last.position + 1);
                if let Some(term) = self.term(piece) {
                    tokens.push(Token {
                        offset_from: start + offset,
                        offset_to: start + offset + piece.len(),
                        position,
                        text: term,
                        position_length: 1,
                    });
                }
            }
        }
        tokens
    }

    /// One word's term; `None` for a stop word.
    fn term(&self, word: &str) -> Option<String> {
        match &self.language {
            Language::English(stemmer) => {
                let word = without_possessive(word).to_lowercase();
                if STOP_WORDS.binary_search(&word.as_str()).is_ok() {
                    return None;
                }
                Some(porter(&word, stemmer))
            }
            Language::Stemmed { stemmer, .. } => {
                Some(stemmer.stem(&word.to_lowercase()).into_owned())
            }
            Language::Unstemmed => Some(word.to_lowercase()),
        }
    }
}

/// `word` cut into pieces of at most [`LONGEST_TERM`] characters, with their offsets in bytes.
fn pieces(word: &str) -> Vec<(usize, &str)> {
    if word.len() <= LONGEST_TERM {
        return vec![(0, word)];
    }
    let starts: Vec<usize> =
        word.char_indices().step_by(LONGEST_TERM).map(|(offset, _)| offset).collect();
    let ends = starts.iter().skip(1).copied().chain([word.len()]);
    starts.iter().zip(ends).map(|(start, end)| (*start, &word[*start..end])).collect()
}

/// `EnglishPossessiveFilter`: a trailing `'s` with any of three apostrophes.
fn without_possessive(word: &str) -> &str {
    word.strip_suffix(['s', 'S'])
        .and_then(|head| head.strip_suffix(['\'', '\u{2019}', '\u{ff07}']))
        .unwrap_or(word)
}

/// Porter's stemmer as Lucene has it: the published algorithm, which Snowball keeps, with the three
/// departures of Porter's own program: words of one or two letters stay, `bli` becomes `ble` and
/// `logi` becomes `log` in step 2 (<https://tartarus.org/martin/PorterStemmer/>).
fn porter(word: &str, stemmer: &Stemmer) -> String {
    if word.chars().count() <= 2 {
        return word.to_owned();
    }
    // Steps 1a and 1b leave words on `-bly` and `-logy` alone, step 1c turns their `y` into `i`, and
    // no later step but 5a matches what the departures leave: so they may as well come first.
    let departed = match word.strip_suffix(['y', 'i']) {
        Some(stem) if stem.strip_suffix("bl").is_some_and(has_measure) => {
            Cow::Owned(format!("{stem}e"))
        }
        Some(stem) if stem.strip_suffix("log").is_some_and(has_measure) => Cow::Borrowed(stem),
        _ => Cow::Borrowed(word),
    };
    stemmer.stem(&departed).into_owned()
}

/// Whether Porter's measure `m` of `stem` is above 0: a consonant follows a vowel somewhere. `y` is a
/// vowel after a consonant.
fn has_measure(stem: &str) -> bool {
    let mut vowel_before = false;
    for (index, letter) in stem.chars().enumerate() {
        let vowel = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' => true,
            'y' => index > 0 && !vowel_before,
            _ => false,
        };
        if vowel_before && !vowel {
            return true;
        }
        vowel_before = vowel;
    }
    false
}

impl Tokenizer for Analysis {
    type TokenStream<'a> = Terms;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms {
        Terms { tokens: self.tokens(text), next: 0 }
    }
}

/// Terms as Tantivy reads them.
pub struct Terms {
    tokens: Vec<Token>,
    next: usize,
}

impl TokenStream for Terms {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> Vec<String> {
        Analysis::for_language("en").terms(text)
    }

    #[test]
    fn stop_words_are_lucenes_and_sorted() {
        assert!(STOP_WORDS.is_sorted());
        assert_eq!(english("The cat AND that dog will not be there"), ["cat", "dog"]);
    }

    #[test]
    fn possessives_go_with_every_apostrophe() {
        assert_eq!(english("press's press\u{2019}S press\u{ff07}s"), ["press"; 3]);
        // Only the singular: the word break takes the apostrophe of a plural.
        assert_eq!(english("machines' cats"), ["machin", "cat"]);
    }

    #[test]
    fn stems_are_porters_first() {
        // Porter (1980), step by step:
        // relational: 2 ational→ate (m(rel)=1) relate; 5a e off (m(relat)=2) relat.
        // generalizations: 1a s; 2 ization→ize generalize; 3 alize→al general; 4 al off (m(gener)=2).
        // hopping: 1b ing off, double p → hop. falling: double l stays. filing: file, 5a m=1,*o stays.
        // happy: 1c happi. sky: no vowel before y. caresses: sses→ss. ponies: ies→i.
        // agreed: (m>0) eed→ee agree, 5a: m(agre)=1, not *o → off: agre. feed: m=0 stays.
        // generously: Porter 2 keeps gener-; Porter 1: 2 ousli→ous generous; 4 ous off gener.
        let words = "relational generalizations hopping falling filing happy sky caresses ponies agreed feed generously";
        assert_eq!(
            english(words),
            [
                "relat", "gener", "hop", "fall", "file", "happi", "sky", "caress", "poni", "agre",
                "feed", "gener"
            ]
        );
    }

    #[test]
    fn departures_are_those_of_porters_program() {
        // possibly: 1c possibli; 2 bli→ble (m(possi)=1) possible; 5a e off (m(possibl)=2).
        // technology: 1c technologi; 2 logi→log (m(techno)=1). technological: 3 ical→ic, 4 ic off.
        // biology: m(bio)=0, the departure does not fire. as, us: two letters stay.
        assert_eq!(
            english("possibly technology technological biology us"),
            ["possibl", "technolog", "technolog", "biologi", "us"]
        );
    }

    #[test]
    fn numbers_stay_whole_and_emoji_are_no_terms() {
        assert_eq!(english("M12 takes 3.5 Nm 🙂 — 1,250 €"), ["m12", "take", "3.5", "nm", "1,250"]);
        assert!(english("🙂 — €!").is_empty());
        assert!(english("").is_empty());
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let word = "ä".repeat(600);
        let lengths: Vec<_> = Analysis::for_language("xx")
            .terms(&word)
            .iter()
            .map(|term| term.chars().count())
            .collect();
        assert_eq!(lengths, [255, 255, 90]);
    }

    #[test]
    fn places_are_bytes_of_the_text() {
        let text = "Die Öfen' s";
        for token in Analysis::for_language("de").tokens(text) {
            let word = &text[token.offset_from..token.offset_to];
            assert!(["Die", "Öfen", "s"].contains(&word), "{word}");
        }
    }

    #[test]
    fn other_languages_have_their_stemmer_and_no_stop_words() {
        // German Snowball: step 1 takes `en` off.
        assert_eq!(Analysis::for_language("de").terms("die Automaten"), ["die", "automat"]);
        for code in
            ["de", "fr", "es", "it", "nl", "pt", "ru", "sv", "da", "no", "fi", "hu", "ro", "tr"]
        {
            assert!(Analysis::for_language(code).name().starts_with(code));
        }
    }

    #[test]
    fn unknown_languages_keep_their_words() {
        for code in ["xx", "", "english", "porter", "日本"] {
            let analysis = Analysis::for_language(code);
            assert_eq!(analysis.name(), "words_v1");
            assert_eq!(analysis.terms("The Engines"), ["the", "engines"]);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,200}") {
            for code in ["en", "de", "tr", "xx"] {
                for token in Analysis::for_language(code).tokens(&text) {
                    proptest::prop_assert!(text.get(token.offset_from..token.offset_to).is_some());
                }
            }
        }
    }
}
