//! Wordings loosened: sentences and questions that training has beside those that are written down.
//!
//! Enters: the wordings of a relation. Leaves: one of them, as it is or changed. Does not: fill in names
//! and values, nor make what is held out.

use crate::relation::Wording;
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Share of loose wordings that are as they are written.
const AS_WRITTEN: f64 = 0.5;
/// Share of loose wordings that have parts of another one; the rest leave out words.
const MIXED: f64 = 0.2;
/// Share of recombined wordings that are put together anew; the rest are loose.
const ANEW: f64 = 0.2;
/// Letters of a short word.
const SHORT: usize = 3;
/// Attempts to put a wording together, and its most words.
const ATTEMPTS: usize = 12;
const WORDS: usize = 18;

/// Wordings to choose from.
pub struct Choice<'a, S> {
    /// Those of training.
    pub list: &'a [S],
    /// Those that must not come out.
    pub held_out: &'a [S],
    /// Their placeholders, in the order that a wording put together anew has.
    pub places: &'a [&'a str],
    /// Words of which such a wording has one at least: they tell what it is about.
    pub telling: &'a [S],
}

impl<S: AsRef<str>> Choice<'_, S> {
    /// One of them, changed as `wording` asks.
    pub fn draw(&self, wording: Wording, chance: &mut ChaCha8Rng) -> String {
        if wording == Wording::Recombined
            && chance.random_bool(ANEW)
            && let Some(anew) = self.anew(chance)
        {
            return anew;
        }
        let chosen = self.list.choose(chance).map_or("", S::as_ref);
        let is_loose = matches!(wording, Wording::Loose | Wording::Recombined);
        if !is_loose || chance.random_bool(AS_WRITTEN) {
            return chosen.to_owned();
        }
        let loose = if chance.random_bool(MIXED / (1.0 - AS_WRITTEN)) {
            let other = self.list.choose(chance).map_or("", S::as_ref);
            mixed(chosen, other, self.places, chance)
        } else {
            thinned(chosen, chance)
        };
        if self.is_held_out(&loose) { chosen.to_owned() } else { loose }
    }

    /// Two halves can come together as what is held out, or as more than that.
    fn is_held_out(&self, text: &str) -> bool {
        let mut held_out =
            self.held_out.iter().map(|one| one.as_ref().trim_end_matches(['.', '?']));
        held_out.any(|held_out| text.contains(held_out))
    }

    /// A wording that goes from word to word as one of the list does at each step: in an order that no
    /// text had, and often no good English. A reader cannot learn whole sentences by heart.
    fn anew(&self, chance: &mut ChaCha8Rng) -> Option<String> {
        let mut next: BTreeMap<Option<&str>, Vec<Option<&str>>> = BTreeMap::new();
        for wording in self.list {
            let mut before = None;
            for word in wording.as_ref().split(' ') {
                next.entry(before).or_default().push(Some(word));
                before = Some(word);
            }
            next.entry(before).or_default().push(None);
        }
        (0..ATTEMPTS).find_map(|_| {
            let mut words: Vec<&str> = Vec::new();
            while let Some(word) = *next.get(&words.last().copied())?.choose(chance)? {
                words.push(word);
                if words.len() > WORDS {
                    return None;
                }
            }
            let text = words.join(" ");
            let found: Vec<_> = self.places.iter().map(|place| text.find(place)).collect();
            let has_each = self.places.iter().all(|place| text.matches(place).count() == 1);
            let telling = |word: String| self.telling.iter().any(|tells| tells.as_ref() == word);
            let tells = words.iter().any(|word| telling(plain(word)));
            (has_each && found.is_sorted() && tells && !self.is_held_out(&text)).then_some(text)
        })
    }
}

/// A word without marks, in small letters.
fn plain(word: &str) -> String {
    word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase()
}

/// The words of a wording, placeholders apart.
pub fn plain_words(wording: &str) -> impl Iterator<Item = String> + '_ {
    wording.split(' ').filter(|word| !word.contains('{')).map(plain)
}

/// Words that are in these wordings and in none of the others, short ones and placeholders apart.
pub fn telling<'a>(
    wordings: impl Iterator<Item = &'a String>,
    others: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let words = |wording: &String| -> Vec<String> {
        plain_words(wording).filter(|word| word.len() > SHORT).collect()
    };
    let others: Vec<String> = others.flat_map(words).collect();
    let mut telling: Vec<String> =
        wordings.flat_map(words).filter(|word| !others.contains(word)).collect();
    telling.sort_unstable();
    telling.dedup();
    telling
}

/// A wording with up to two short words left out: the long ones say what it is about.
fn thinned(wording: &str, chance: &mut ChaCha8Rng) -> String {
    let mut words: Vec<&str> = wording.split(' ').collect();
    for _ in 0..chance.random_range(1..=2) {
        let is_open = |word: &str| word.len() <= SHORT && !word.contains('{');
        let open: Vec<usize> =
            (0..words.len() - 1).filter(|place| is_open(words[*place])).collect();
        if words.len() > 3
            && let Some(place) = open.choose(chance)
        {
            words.remove(*place);
        }
    }
    words.join(" ")
}

/// What stands around the placeholders, each piece from one of two wordings; the first as it is when
/// the other has them in another order.
fn mixed(first: &str, second: &str, places: &[&str], chance: &mut ChaCha8Rng) -> String {
    let order = |wording: &str| {
        let mut found: Vec<(usize, &str)> =
            places.iter().filter_map(|place| wording.find(place).map(|at| (at, *place))).collect();
        found.sort_unstable();
        found
    };
    let (one, other) = (order(first), order(second));
    if !one.iter().map(|found| found.1).eq(other.iter().map(|found| found.1)) {
        return first.to_owned();
    }
    let pieces = |wording: &str, found: &[(usize, &str)]| {
        let mut from = 0;
        let mut pieces = Vec::new();
        for (at, place) in found {
            pieces.push(wording[from..*at].to_owned());
            from = at + place.len();
        }
        pieces.push(wording[from..].to_owned());
        pieces
    };
    let (ours, theirs) = (pieces(first, &one), pieces(second, &other));
    let mut text = String::new();
    for (place, (our, their)) in ours.iter().zip(&theirs).enumerate() {
        text.push_str(if chance.random_bool(0.5) { our } else { their });
        text.push_str(one.get(place).map_or("", |found| found.1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use rand::SeedableRng as _;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_put_together_anew_keeps_its_places_and_tells_what_it_is_about() {
        let choice = Choice {
            list: &["{s} weighs {v}.", "The weight of {s} is {v}.", "As weight, {s} has {v}."],
            held_out: &["The weight of {s} has {v}."],
            places: &["{s}", "{v}"],
            telling: &["weighs", "weight"],
        };
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let made: BTreeSet<String> = (0..400).filter_map(|_| choice.anew(&mut chance)).collect();
        // Beside the three as written: each beginning with the two other ends. `{s} has {v}.` and
        // `{s} is {v}.` tell nothing, one is held out.
        let wanted = [
            "As weight, {s} has {v}.",
            "As weight, {s} is {v}.",
            "As weight, {s} weighs {v}.",
            "The weight of {s} is {v}.",
            "The weight of {s} weighs {v}.",
            "{s} weighs {v}.",
        ];
        assert_eq!(made, wanted.map(str::to_owned).into());
    }

    #[test]
    fn a_word_that_another_relation_has_tells_nothing() {
        let ours = ["The weight of {s} is given.".to_owned(), "Weight of {s}?".to_owned()];
        let others = ["{s} was given away.".to_owned()];
        assert_eq!(telling(ours.iter(), others.iter()), ["weight"]);
    }

    #[test]
    fn every_relation_has_words_that_tell() {
        let language = Language::load().unwrap();
        for relation in &language.relations {
            assert!(relation.telling.len() >= 2, "{}: {:?}", relation.id, relation.telling);
        }
    }
}
