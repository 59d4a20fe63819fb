//! "did you mean": the known word nearest to the one that was written.

/// Similarity from which a word is offered. By Jaro and Winkler's measure a swapped, missing or
/// doubled letter in one of our keys scores above 0.9, and unrelated keys score below 0.7.
const NEAR: f64 = 0.8;

/// The word of `known` nearest to `written`, if any is near. Case, `-` and `_` do not count.
pub(super) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = fold(written);
    let mut best: Option<(f64, &'a str)> = None;
    for word in known {
        let similarity = similarity(&folded, &fold(word));
        if similarity >= NEAR && best.is_none_or(|(highest, _)| similarity > highest) {
            best = Some((similarity, word));
        }
    }
    best.map(|(_, word)| word)
}

fn similarity(a: &str, b: &str) -> f64 {
    let similarity = strsim::jaro_winkler(a, b);
    // In a word of three letters one slip costs that measure too much.
    let is_one_slip = a.len().min(b.len()) >= 3 && strsim::damerau_levenshtein(a, b) == 1;
    if is_one_slip { similarity.max(NEAR) } else { similarity }
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

/// "did you mean `x`?", else the words that are known, introduced by `introduction`.
pub(super) fn hint(written: &str, known: &[&str], introduction: &str) -> String {
    match nearest(written, known) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("{introduction}: {}", listed(known)),
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    match quoted.split_last() {
        None => "none".into(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// A word of the file within backquotes, on one line and of bearable length.
pub(super) fn quoted(word: &str) -> String {
    const LONGEST_CHARS: usize = 60;
    let mut shown: String = word.chars().take(LONGEST_CHARS).flat_map(escaped).collect();
    if word.chars().nth(LONGEST_CHARS).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

fn escaped(character: char) -> Vec<char> {
    if character.is_control() { character.escape_default().collect() } else { vec![character] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let known = ["context_tokens", "closed-book", "retriever", "threads"];
        assert_eq!(nearest("contxt_tokens", &known), Some("context_tokens"));
        assert_eq!(nearest("closed_book", &known), Some("closed-book"));
        assert_eq!(nearest("Retreiver", &known), Some("retriever"));
        assert_eq!(nearest("rff", &["rrf", "weighted"]), Some("rrf"));
        assert_eq!(nearest("banana", &known), None);
        assert_eq!(nearest("", &known), None);
    }

    #[test]
    fn words_are_shown_on_one_line() {
        assert_eq!(quoted("a\nb"), "`a\\nb`");
        assert_eq!(quoted(&"x".repeat(99)).chars().count(), 63);
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
