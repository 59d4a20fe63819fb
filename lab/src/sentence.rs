//! Facts in words.
//!
//! Enters: a relation, a subject, a value. Leaves: a sentence or a question. Does not: choose facts.

use crate::language::{Kind, Language, Relation, Wording};
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

fn one<'a>(list: &'a [String], chance: &mut ChaCha8Rng) -> &'a str {
    list.choose(chance).map_or("", String::as_str)
}

/// With an upper case letter first: a value may begin the sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// `{s}` and `{v}` of a wording filled in.
fn fill(wording: &str, parts: &[(&str, &str)]) -> String {
    // One pass: a name must not be taken for a placeholder.
    let mut text = String::with_capacity(wording.len() + 24);
    let mut rest = wording;
    'next: while !rest.is_empty() {
        for (place, part) in parts {
            if let Some(after) = rest.strip_prefix(place) {
                text.push_str(part);
                rest = after;
                continue 'next;
            }
        }
        let step = rest.chars().next().map_or(1, char::len_utf8);
        text.push_str(&rest[..step]);
        rest = &rest[step..];
    }
    capital(&text)
}

/// Share of loose wordings that are as they are written.
const AS_WRITTEN: f64 = 0.5;
/// Share of loose wordings that have parts of another one; the rest leave out words.
const MIXED: f64 = 0.2;

/// A wording of a list, loosened where that is asked for, but never to what is `held_out`. `places` are
/// its placeholders.
fn worded(
    list: &[String],
    held_out: &[String],
    places: &[&str],
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let chosen = one(list, chance);
    if wording != Wording::Loose || chance.random_bool(AS_WRITTEN) {
        return chosen.to_owned();
    }
    let loose = if chance.random_bool(MIXED / (1.0 - AS_WRITTEN)) {
        mixed(chosen, one(list, chance), places, chance)
    } else {
        thinned(chosen, chance)
    };
    // Two halves can come together as what is held out, or as more than that.
    let tells = |held_out: &String| loose.contains(held_out.trim_end_matches(['.', '?']));
    if held_out.iter().any(tells) { chosen.to_owned() } else { loose }
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

/// Letters of a short word.
const SHORT: usize = 3;

/// A sentence that states a fact.
pub fn state(
    relation: &Relation,
    subject: &str,
    value: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let chosen = worded(
        relation.statements(wording),
        &relation.statements_held_out,
        &["{s}", "{v}"],
        wording,
        chance,
    );
    fill(&chosen, &[("{s}", subject), ("{v}", value)])
}

/// A question for a fact.
pub fn ask(
    relation: &Relation,
    subject: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let chosen = worded(
        relation.questions(wording),
        &relation.questions_held_out,
        &["{s}"],
        wording,
        chance,
    );
    fill(&chosen, &[("{s}", subject)])
}

/// A question for a fact of what another fact's value is: `first` of `subject`, then `second` of that.
pub fn ask_two_steps(
    first: &Relation,
    second: &Relation,
    subject: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    ask(second, &first.phrase.replace("{s}", subject), wording, chance)
}

/// A question which of two entities has more, or less.
pub fn compare(
    relation: &Relation,
    [one_name, other_name]: [&str; 2],
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let parts = [("{a}", one_name), ("{b}", other_name)];
    fill(one(relation.compare_questions(wording), chance), &parts)
}

/// Questions for several facts of one subject as a JSON object; `{k}` are their keys.
const JSON: [&str; 3] =
    ["Give {k} of {s} as JSON.", "JSON with {k} of {s}?", "Return JSON for {s} with {k}."];
/// Such questions that no training text has.
pub const JSON_HELD_OUT: [&str; 2] =
    ["For {s}, return {k} as JSON.", "Give JSON with {k} for {s}."];

/// A question for several facts of one subject as a JSON object.
pub fn ask_json(
    relations: &[&Relation],
    subject: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let keys: Vec<&str> = relations.iter().map(|relation| relation.key.as_str()).collect();
    let list = match wording {
        Wording::Trained | Wording::Loose => &JSON[..],
        Wording::HeldOut => &JSON_HELD_OUT[..],
    };
    // A draw as it was when the texts of the models in `models/lab` were made.
    let place = chance.random_range(0..list.len() as i32);
    let chosen = list.get(place as usize).copied().unwrap_or_default();
    fill(chosen, &[("{k}", &keys.join(", ")), ("{s}", subject)])
}

/// A sentence about an entity that answers nothing.
pub fn filler(language: &Language, kind: Kind, subject: &str, chance: &mut ChaCha8Rng) -> String {
    let list = language.filler.get(&kind).map_or(&[][..], Vec::as_slice);
    fill(one(list, chance), &[("{s}", subject)])
}

/// A question about an entity that no text answers.
pub fn ask_unanswerable(
    language: &Language,
    kind: Kind,
    subject: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    // In training of any kind: the more a model is asked that nothing answers, the more it learns that a
    // question's words must be told.
    let kind = match wording {
        Wording::Loose => Kind::ALL.choose(chance).copied().unwrap_or(kind),
        Wording::Trained | Wording::HeldOut => kind,
    };
    let list = language.unanswerable(kind, wording);
    fill(one(list, chance), &[("{s}", subject)])
}

/// A question as somebody types it in a hurry: letters swapped, dropped or doubled in up to two words,
/// or no capitals. Names stay readable: `kept` is not touched.
pub fn hurried(question: &str, kept: &[&str], chance: &mut ChaCha8Rng) -> String {
    let mut words: Vec<String> = question.split(' ').map(str::to_owned).collect();
    let is_kept =
        |word: &str| kept.iter().any(|name| name.split(' ').any(|part| word.starts_with(part)));
    let open: Vec<usize> = (0..words.len())
        .filter(|place| {
            words[*place].len() > 3 && words[*place].is_ascii() && !is_kept(&words[*place])
        })
        .collect();
    for _ in 0..chance.random_range(1..=2) {
        let Some(place) = open.choose(chance) else { break };
        let word = &mut words[*place];
        let at = chance.random_range(1..word.len() - 1);
        match chance.random_range(0..3) {
            0 => {
                word.remove(at);
            }
            1 => {
                let letter = word.remove(at);
                word.insert(at - 1, letter);
            }
            _ => {
                let letter = word.as_bytes()[at];
                word.insert(at, char::from(letter));
            }
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn a_sentence_holds_its_subject_and_value() {
        let language = Language::load().unwrap();
        let mut chance = ChaCha8Rng::seed_from_u64(2);
        for relation in &language.relations {
            for wording in [Wording::Trained, Wording::HeldOut] {
                let text = state(relation, "Vel {v} Works", "copper", wording, &mut chance);
                assert!(text.contains("Vel {v} Works"), "{text}");
                assert!(text.to_lowercase().contains("copper"), "{text}");
                assert!(text.chars().next().unwrap().is_uppercase(), "{text}");
                assert!(ask(relation, "Vel", wording, &mut chance).contains("Vel"));
            }
        }
    }

    #[test]
    fn loose_wordings_keep_their_places_and_use_no_other_words() {
        let language = Language::load().unwrap();
        let mut chance = ChaCha8Rng::seed_from_u64(5);
        let mut changed = 0;
        for relation in &language.relations {
            let known = relation.statements.join(" ").to_lowercase();
            for _ in 0..20 {
                let text = state(relation, "VEL", "OR", Wording::Loose, &mut chance);
                assert_eq!((text.matches("VEL").count(), text.matches("OR").count()), (1, 1));
                for word in text.split(' ').filter(|word| !word.contains(char::is_uppercase)) {
                    assert!(known.contains(word), "{word}: {text}");
                }
                let is_written = relation
                    .statements
                    .iter()
                    .any(|one| fill(one, &[("{s}", "VEL"), ("{v}", "OR")]) == text);
                changed += usize::from(!is_written);
            }
        }
        // Of 640 about half are loosened, some to what they were.
        assert!((200..360).contains(&changed), "{changed}");
    }

    #[test]
    fn haste_spares_names() {
        let mut chance = ChaCha8Rng::seed_from_u64(3);
        let question = "Where was Velora Tanik born in the first place?";
        let mut changed = 0;
        for _ in 0..50 {
            let typed = hurried(question, &["Velora Tanik"], &mut chance);
            assert!(typed.contains("Velora Tanik"), "{typed}");
            changed += usize::from(typed != question);
        }
        assert!(changed > 40);
    }
}
