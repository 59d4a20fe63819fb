//! Facts in words.
//!
//! Enters: a relation, a subject, a value. Leaves: a sentence or a question. Does not: choose facts.

use crate::language::Language;
use crate::relation::{Kind, Relation, Wording};
use crate::wording::Choice;
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

/// A sentence that states a fact.
pub fn state(
    relation: &Relation,
    subject: &str,
    value: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let choice = Choice {
        list: relation.statements(wording),
        held_out: &relation.statements_held_out,
        places: &["{s}", "{v}"],
        telling: &relation.telling,
    };
    fill(&choice.draw(wording, chance), &[("{s}", subject), ("{v}", value)])
}

/// A question for a fact.
pub fn ask(
    relation: &Relation,
    subject: &str,
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    let choice = Choice {
        list: relation.questions(wording),
        held_out: &relation.questions_held_out,
        places: &["{s}"],
        telling: &relation.telling,
    };
    fill(&choice.draw(wording, chance), &[("{s}", subject)])
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

/// Of the forms below, those of the first course.
const JSON_FIRST: usize = 3;
/// Share of the second course's questions whose form is any of these, as it is or put together anew.
const JSON_ALL_SHARE: f64 = 0.8;
/// Questions for several facts of one subject as a JSON object; `{k}` are their keys.
const JSON: [&str; 21] = [
    "Give {k} of {s} as JSON.",
    "JSON with {k} of {s}?",
    "Return JSON for {s} with {k}.",
    "Write {k} of {s} as a JSON object.",
    "As JSON, name {k} of {s}.",
    "What are {k} of {s}? Answer with JSON.",
    "List {k} for {s} in JSON.",
    "Put {k} of {s} into a JSON object.",
    "State {k} of {s} in JSON.",
    "{k} of {s} as JSON?",
    "For {s}, write JSON with {k}.",
    "About {s}: JSON with {k}.",
    "Tell me {k} of {s} as JSON.",
    "Which {k} does {s} have? Return a JSON object.",
    "JSON for {s}: {k}.",
    "For {s}, list {k} in JSON.",
    "For {s}, give me {k} in a JSON object.",
    "About {s}, write {k} as JSON.",
    "With JSON, tell me {k} of {s}.",
    "Show {k} for {s} in JSON.",
    "Of {s}, name {k} as JSON.",
];
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
    let parts = [("{k}", &*keys.join(", ")), ("{s}", subject)];
    if wording == Wording::Recombined && chance.random_bool(JSON_ALL_SHARE) {
        let places = if chance.random_bool(0.5) { ["{k}", "{s}"] } else { ["{s}", "{k}"] };
        let choice =
            Choice { list: &JSON, held_out: &JSON_HELD_OUT, places: &places, telling: &["json"] };
        return fill(&choice.draw(wording, chance), &parts);
    }
    let list = if wording == Wording::HeldOut { &JSON_HELD_OUT[..] } else { &JSON[..JSON_FIRST] };
    // A draw as it was when the texts of the models in `models/lab` were made.
    let place = chance.random_range(0..list.len() as i32);
    fill(list.get(place as usize).copied().unwrap_or_default(), &parts)
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
        Wording::Loose | Wording::Recombined => Kind::ALL.choose(chance).copied().unwrap_or(kind),
        Wording::Trained | Wording::HeldOut => kind,
    };
    if wording == Wording::Recombined && chance.random_bool(INVENTED) {
        return fill(&unknown(language, chance), &[("{s}", subject)]);
    }
    let list = language.unanswerable(kind, wording);
    fill(one(list, chance), &[("{s}", subject)])
}

/// Share of questions that nothing answers which are put together of a frame and words.
const INVENTED: f64 = 0.6;

/// A question that nothing answers, with `{s}`, put together of a frame and words; none that is held out.
fn unknown(language: &Language, chance: &mut ChaCha8Rng) -> String {
    let words = &language.words;
    loop {
        let nouns = [(); 2].map(|()| one(&words.unknown_nouns, chance));
        let text = one(&words.unknown_frames, chance)
            .replace("{x}", nouns[0])
            .replace("{y}", nouns[1])
            .replace("{how}", one(&words.unknown_adjectives, chance))
            .replace("{did}", one(&words.unknown_verbs, chance));
        let is_held_out = Kind::ALL
            .into_iter()
            .any(|kind| language.unanswerable(kind, Wording::HeldOut).contains(&text));
        if nouns[0] != nouns[1] && !is_held_out {
            return text;
        }
    }
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
