//! What questions on passages must hold.

use super::*;
use crate::example::Part;
use crate::name::Owner;
use crate::relation::Wording;
use crate::source::small;
use rand::SeedableRng as _;

fn examples(task: Task) -> Vec<Example> {
    let source = small();
    let setting = Setting { facts: 3, ..source.setting(Owner::Public, Wording::Trained, 0.2) };
    (0..400)
        .filter_map(|seed| open_book_task(setting, 5, task, &mut ChaCha8Rng::seed_from_u64(seed)))
        .collect()
}

fn answer(example: &Example) -> &str {
    let answer = example.parts.iter().find(|(part, _)| *part == Part::Answer);
    answer.unwrap().1.trim()
}

fn cited(example: &Example) -> Option<&str> {
    let end = &example.parts.last().unwrap().1;
    let number: usize = end.strip_prefix(" [")?.split(']').next()?.parse().unwrap();
    Some(&example.parts[number - 1].1)
}

#[test]
fn the_cited_passage_holds_the_answer() {
    for task in [Task::Fact, Task::TwoSteps] {
        let examples = examples(task);
        assert!(examples.len() > 40, "{task:?}: {}", examples.len());
        for example in examples {
            let passage = cited(&example).unwrap().to_lowercase();
            assert!(passage.contains(&answer(&example).to_lowercase()), "{}", example.text());
        }
    }
}

#[test]
fn what_is_declined_is_cited_nowhere() {
    for example in examples(Task::Unanswerable) {
        assert_eq!((answer(&example), cited(&example)), (DECLINES, None));
    }
}

#[test]
fn the_larger_number_wins() {
    let source = small();
    let examples = examples(Task::Comparison);
    assert!(examples.len() > 20);
    for example in examples {
        let question = &example.parts[5].1;
        let won = source.language.relations.iter().find_map(|relation| {
            let wins = relation.compare?;
            let names = relation.compare_questions.iter().find_map(|wording| {
                let (before, rest) = wording.split_once("{a}")?;
                let (between, after) = rest.split_once("{b}")?;
                let asked = question.trim_start().strip_prefix("Question: ").unwrap_or(question);
                let (_, asked) = asked.split_once(before)?;
                let (asked, _) = asked.split_once(after)?;
                asked.split_once(between)
            })?;
            Some((relation, wins, names))
        });
        let (relation, wins, (a, b)) = won.unwrap();
        // Statements name the subject before they tell the value.
        let number = |name: &str| -> u64 {
            let told =
                example.parts[..5].iter().flat_map(|(_, text)| text.split_inclusive(['.', ']']));
            let told = told.filter(|sentence| sentence.contains(name)).find_map(|sentence| {
                relation.statements.iter().find_map(|statement| {
                    let (before_name, after_name) = sentence.rsplit_once(name)?;
                    let (before, rest) = statement.split_once("{s}")?;
                    let between = rest.split_once("{v}")?.0;
                    before_name.ends_with(before).then_some(())?;
                    let value = after_name.strip_prefix(between)?;
                    let digits: String =
                        value.chars().take_while(|letter| letter.is_ascii_digit()).collect();
                    digits.parse().ok()
                })
            });
            told.unwrap_or_else(|| panic!("{name}: {}", example.text()))
        };
        let first = (number(a) > number(b)) == (wins == Compare::More);
        assert_eq!(answer(&example), if first { a } else { b }, "{}", example.text());
    }
}

#[test]
fn no_answer_can_be_read_off_another() {
    let source = small();
    let setting = Setting { facts: 3, ..source.setting(Owner::Public, Wording::Trained, 0.0) };
    let mut questions = 0;
    for seed in 0..200 {
        let example = open_book(setting, 2, 8, &mut ChaCha8Rng::seed_from_u64(seed));
        let answers: Vec<&str> = example
            .parts
            .iter()
            .filter(|(part, text)| *part == Part::Answer && text.trim() != DECLINES)
            .map(|(_, text)| text.trim())
            // A comparison's answer is a name, which others may ask about.
            .filter(|answer| answer.starts_with(|first: char| first.is_ascii_digit()))
            .collect();
        let distinct: std::collections::BTreeSet<_> = answers.iter().collect();
        assert_eq!(distinct.len(), answers.len(), "{}", example.text());
        questions += example.parts.iter().filter(|(part, _)| *part == Part::Answer).count();
    }
    assert!(questions > 500, "{questions}");
}

#[test]
fn json_is_json() {
    for example in examples(Task::Json) {
        let object: Map<String, Json> = serde_json::from_str(answer(&example)).unwrap();
        let question = &example.parts[5].1;
        let passage = cited(&example).unwrap().to_lowercase();
        for (key, value) in object {
            assert!(question.contains(&key), "{question}");
            assert!(passage.contains(&value.as_str().unwrap().to_lowercase()));
        }
    }
}

/// Shares of scenes where another name begins as the first one does, and of questions that are declined.
fn alike_and_declined(likeness: Likeness) -> (f64, f64) {
    let source = small();
    let setting = Setting { likeness, ..source.setting(Owner::Public, Wording::Trained, 0.0) };
    let (mut alike, mut declined, mut asked) = (0.0, 0.0, 0.0);
    for seed in 0..300 {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let scene = Scene::new(setting, 5, &mut chance);
        let mut first_words = scene.entities.iter().map(|entity| entity.name.split(' ').next());
        let first = first_words.next();
        alike += f64::from(u8::from(first_words.any(|word| Some(word) == first))) / 300.0;
        let example = open_book(setting, 5, 6, &mut chance);
        for (_, answer) in example.parts.iter().filter(|(part, _)| *part == Part::Answer) {
            declined += f64::from(u8::from(answer.trim() == DECLINES));
            asked += 1.0;
        }
    }
    (alike, declined / asked)
}

#[test]
fn near_scenes_have_names_alike_and_more_to_decline() {
    let (far, near) = (alike_and_declined(Likeness::Far), alike_and_declined(Likeness::Near));
    assert!(near.0 > far.0 + 0.2, "{near:?} {far:?}");
    assert!(near.1 > far.1 + 0.1, "{near:?} {far:?}");
}
