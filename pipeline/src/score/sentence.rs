//! An answer cut into sentences and clauses of plain words, for rules that look for phrases.
//!
//! Enters: an answer. Leaves: [`Sentence`]s. Does not: parse grammar; a few marks and words decide.

use super::normalize::normalize;

/// The words of one sentence.
pub(super) struct Sentence {
    /// Normalized, "don't" as "do not", without words that only stress or hedge; never empty.
    pub words: Vec<String>,
    /// The clause of each word; rises along the words.
    clauses: Vec<usize>,
}

/// Words that change nothing about what is said or not said.
const DROPPED: [&str; 21] = [
    "any",
    "actually",
    "be",
    "been",
    "clearly",
    "currently",
    "directly",
    "even",
    "explicitly",
    "further",
    "honestly",
    "just",
    "otherwise",
    "really",
    "relevant",
    "simply",
    "specific",
    "specifically",
    "still",
    "such",
    "unfortunately",
];

impl Sentence {
    /// Whether a clause begins with the word.
    pub fn opens_clause(&self, at: usize) -> bool {
        at == 0 || self.clauses[at] != self.clauses[at - 1]
    }

    /// Whether the word stands in a clause that says when something holds.
    pub fn is_condition(&self, at: usize) -> bool {
        let first = self.clauses.partition_point(|clause| *clause < self.clauses[at]);
        matches!(self.words[first].as_str(), "if" | "when" | "whenever" | "where" | "unless")
    }
}

/// Sentences end at a line's end and at `.`, `!`, `?` or `;` before anything but a letter or digit;
/// clauses also at `,` and `:` there, and at brackets and dashes.
pub(super) fn sentences(answer: &str) -> Vec<Sentence> {
    // SQuAD's normalization knows the straight apostrophe only.
    let straight = answer.replace(['\u{2018}', '\u{2019}'], "'");
    let mut sentences = vec![];
    let mut sentence = Sentence { words: vec![], clauses: vec![] };
    let mut clause = 0;
    let mut from = 0;
    let mut characters = straight.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let closes = next.is_none_or(|next| !next.is_alphanumeric());
        let ends_sentence = character == '\n'
            || next.is_none()
            || (closes && matches!(character, '.' | '!' | '?' | ';'));
        let ends_clause = matches!(character, '(' | ')' | '\u{2013}' | '\u{2014}')
            || (closes && matches!(character, ',' | ':'));
        if !ends_sentence && !ends_clause {
            continue;
        }
        let end = at + character.len_utf8();
        for word in normalize(&straight[from..end]).split(' ') {
            for plain in uncontracted(&word).iter().filter(|word| !DROPPED.contains(word)) {
                sentence.words.push((*plain).to_owned());
                sentence.clauses.push(clause);
            }
        }
        from = end;
        clause += 1;
        if ends_sentence && !sentence.words.is_empty() {
            sentences.push(sentence);
            sentence = Sentence { words: vec![], clauses: vec![] };
        }
    }
    sentences
}

fn uncontracted<'a>(word: &'a &'a str) -> &'a [&'a str] {
    match *word {
        "" => &[],
        "cannot" | "cant" => &["can", "not"],
        "couldnt" => &["could", "not"],
        "dont" => &["do", "not"],
        "doesnt" => &["does", "not"],
        "didnt" => &["did", "not"],
        "isnt" => &["is", "not"],
        "arent" => &["are", "not"],
        "wasnt" => &["was", "not"],
        "werent" => &["were", "not"],
        "im" => &["i", "am"],
        "theres" => &["there", "is"],
        _ => std::slice::from_ref(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(answer: &str) -> Vec<Vec<String>> {
        sentences(answer).into_iter().map(|sentence| sentence.words).collect()
    }

    #[test]
    fn cuts_at_marks_that_close() {
        assert_eq!(
            words("It isn't 0.35 mm! The U.S. don\u{2019}t\nknow; really (v1.2)"),
            [
                vec!["it", "is", "not", "035", "mm"],
                vec!["us"],
                vec!["do", "not"],
                vec!["know"],
                vec!["v12"],
            ]
        );
        assert!(words(" \n ... ;").is_empty());
    }

    #[test]
    fn clauses_know_their_first_word() {
        let sentences = sentences("If it leaks, stop: the pump, where fitted, runs");
        let [sentence] = sentences.as_slice() else { panic!("one sentence") };
        assert_eq!(
            sentence.words,
            ["if", "it", "leaks", "stop", "pump", "where", "fitted", "runs"]
        );
        let flags = |flag: fn(&Sentence, usize) -> bool| -> Vec<usize> {
            (0..8).filter(|at| flag(sentence, *at)).collect()
        };
        assert_eq!(flags(Sentence::opens_clause), [0, 3, 4, 5, 7]);
        assert_eq!(flags(Sentence::is_condition), [0, 1, 2, 5, 6]);
    }
}
