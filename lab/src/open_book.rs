//! Questions with passages: what a model has to read, and when it has to decline.
//!
//! Enters: a scene. Leaves: an [`Example`] with one or several questions on the same passages. Does not:
//! ask about what stands in no passage without accepting that it is declined.

use crate::example::{DECLINES, Example};
use crate::language::{Compare, Relation, Wording};
use crate::name::name;
use crate::scene::{Scene, Setting, alike};
use crate::sentence::{ask, ask_json, ask_two_steps, ask_unanswerable, compare, hurried};
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value as Json};

/// Share of questions that are typed in a hurry.
const HURRIED: f64 = 0.06;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// One fact that a passage states.
    Fact,
    /// What no passage states.
    Unanswerable,
    /// A fact of what another fact names.
    TwoSteps,
    /// Which of two has more.
    Comparison,
    /// Some facts as a JSON object.
    Json,
}

/// Shares of tasks in training.
const TASKS: [(Task, f64); 5] = [
    (Task::Fact, 0.56),
    (Task::Unanswerable, 0.24),
    (Task::TwoSteps, 0.08),
    (Task::Comparison, 0.04),
    (Task::Json, 0.08),
];

/// A question, its answer, and the number of the passage that holds it.
struct Asked {
    question: String,
    answer: String,
    passage: Option<usize>,
    /// Names that haste spares.
    names: Vec<String>,
}

/// Passages with up to `questions` questions.
pub fn open_book(
    setting: Setting<'_>,
    passages: usize,
    questions: usize,
    chance: &mut ChaCha8Rng,
) -> Example {
    let scene = Scene::new(setting, passages, chance);
    let mut example = Example::default();
    example.passages(scene.passages.iter().map(|passage| passage.text.as_str()));
    let mut seen = Vec::new();
    for _ in 0..questions {
        let Ok((task, _)) = TASKS.choose_weighted(chance, |(_, share)| *share) else { break };
        let asked = asked(setting, &scene, *task, chance)
            .or_else(|| asked(setting, &scene, Task::Fact, chance));
        let Some(mut asked) = asked else { continue };
        if seen.contains(&asked.question) {
            continue;
        }
        seen.push(asked.question.clone());
        if setting.wording == Wording::Trained && chance.random_bool(HURRIED) {
            let names: Vec<&str> = asked.names.iter().map(String::as_str).collect();
            asked.question = hurried(&asked.question, &names, chance);
        }
        example.asked(&asked.question, &asked.answer, asked.passage);
    }
    example
}

/// Passages with one question of that task, if they allow one.
pub fn open_book_task(
    setting: Setting<'_>,
    passages: usize,
    task: Task,
    chance: &mut ChaCha8Rng,
) -> Option<Example> {
    let scene = Scene::new(setting, passages, chance);
    let asked = asked(setting, &scene, task, chance)?;
    let mut example = Example::default();
    example.passages(scene.passages.iter().map(|passage| passage.text.as_str()));
    example.asked(&asked.question, &asked.answer, asked.passage);
    Some(example)
}

fn asked(
    setting: Setting<'_>,
    scene: &Scene,
    task: Task,
    chance: &mut ChaCha8Rng,
) -> Option<Asked> {
    match task {
        Task::Fact => fact(setting, scene, chance),
        Task::Unanswerable => Some(unanswerable(setting, scene, chance)),
        Task::TwoSteps => two_steps(setting, scene, chance),
        Task::Comparison => comparison(setting, scene, chance),
        Task::Json => json(setting, scene, chance),
    }
}

/// Passage, entity and relation of every fact that is told.
fn told(scene: &Scene) -> Vec<(usize, usize, usize)> {
    let passages = scene.passages.iter().enumerate();
    passages
        .flat_map(|(place, passage)| {
            passage.relations.iter().map(move |relation| (place, passage.entity, *relation))
        })
        .collect()
}

fn fact(setting: Setting<'_>, scene: &Scene, chance: &mut ChaCha8Rng) -> Option<Asked> {
    let (passage, entity, relation) = told(scene).choose(chance).copied()?;
    let entity = &scene.entities[entity];
    let about = &setting.language.relations[relation];
    Some(Asked {
        question: ask(about, &entity.name, setting.wording, chance),
        answer: entity.value(relation)?.text.clone(),
        passage: Some(passage + 1),
        names: vec![entity.name.clone()],
    })
}

/// Near misses: another fact of an entity that is told of, a told relation of another entity, or
/// something that the world does not know at all.
fn unanswerable(setting: Setting<'_>, scene: &Scene, chance: &mut ChaCha8Rng) -> Asked {
    let told = told(scene);
    let place = scene.passages.choose(chance).map_or(0, |passage| passage.entity);
    let entity = &scene.entities[place];
    let declined = |question, name: &str| Asked {
        question,
        answer: DECLINES.to_owned(),
        passage: None,
        names: vec![name.to_owned()],
    };
    let is_told = |relation: usize| told.iter().any(|one| one.1 == place && one.2 == relation);
    let untold: Vec<usize> =
        setting.language.of(entity.kind).filter(|relation| !is_told(*relation)).collect();
    match (chance.random_range(0..100), untold.choose(chance)) {
        (0..45, Some(relation)) => {
            let about = &setting.language.relations[*relation];
            declined(ask(about, &entity.name, setting.wording, chance), &entity.name)
        }
        (45..58, _) => declined(
            ask_unanswerable(setting.language, entity.kind, &entity.name, setting.wording, chance),
            &entity.name,
        ),
        _ => {
            // A told relation, asked of somebody who is not there.
            let (_, subject, relation) = told.choose(chance).copied().unwrap_or((0, place, 0));
            let subject = &scene.entities[subject];
            let mut nobody = if chance.random_bool(0.5) {
                alike(setting, subject, chance)
            } else {
                name(&setting.language.words, subject.kind, setting.owner, chance)
            };
            if scene.entities.iter().any(|entity| entity.name == nobody) {
                nobody = name(&setting.language.words, subject.kind, setting.owner, chance);
            }
            let about = &setting.language.relations[relation];
            declined(ask(about, &nobody, setting.wording, chance), &nobody)
        }
    }
}

fn two_steps(setting: Setting<'_>, scene: &Scene, chance: &mut ChaCha8Rng) -> Option<Asked> {
    let told = told(scene);
    let mut chains = Vec::new();
    for (_, subject, first) in &told {
        let bridge = scene.entities[*subject].value(*first)?;
        for (passage, object, second) in &told {
            if scene.entities[*object].name == bridge.text && object != subject {
                chains.push((*subject, *first, *passage, *object, *second));
            }
        }
    }
    let (subject, first, passage, object, second) = chains.choose(chance).copied()?;
    let relations = &setting.language.relations;
    let name = &scene.entities[subject].name;
    Some(Asked {
        question: ask_two_steps(
            &relations[first],
            &relations[second],
            name,
            setting.wording,
            chance,
        ),
        answer: scene.entities[object].value(second)?.text.clone(),
        passage: Some(passage + 1),
        names: vec![name.clone()],
    })
}

fn comparison(setting: Setting<'_>, scene: &Scene, chance: &mut ChaCha8Rng) -> Option<Asked> {
    let told = told(scene);
    let mut pairs = Vec::new();
    for (_, one, relation) in &told {
        let Some(wins) = setting.language.relations[*relation].compare else { continue };
        for (_, other, same) in told.iter().filter(|other| other.1 != *one && other.2 == *relation)
        {
            let number = |entity: usize| scene.entities[entity].value(*same)?.number;
            if let (Some(a), Some(b)) = (number(*one), number(*other))
                && a != b
            {
                let first_wins = (a > b) == (wins == Compare::More);
                pairs.push((*one, *other, *relation, if first_wins { *one } else { *other }));
            }
        }
    }
    let (one, other, relation, winner) = pairs.choose(chance).copied()?;
    let names = [one, other].map(|entity| scene.entities[entity].name.as_str());
    let passage = told.iter().find(|told| told.1 == winner && told.2 == relation)?;
    Some(Asked {
        question: compare(&setting.language.relations[relation], names, setting.wording, chance),
        answer: scene.entities[winner].name.clone(),
        passage: Some(passage.0 + 1),
        names: names.map(str::to_owned).to_vec(),
    })
}

fn json(setting: Setting<'_>, scene: &Scene, chance: &mut ChaCha8Rng) -> Option<Asked> {
    let (place, passage) =
        scene.passages.iter().enumerate().collect::<Vec<_>>().choose(chance).copied()?;
    let entity = &scene.entities[passage.entity];
    let count = passage.relations.len().min(chance.random_range(1..=3));
    let relations: Vec<&Relation> = passage.relations[..count]
        .iter()
        .map(|relation| &setting.language.relations[*relation])
        .collect();
    let mut object = Map::new();
    for (about, relation) in relations.iter().zip(&passage.relations) {
        object.insert(about.key.clone(), Json::from(entity.value(*relation)?.text.clone()));
    }
    Some(Asked {
        question: ask_json(&relations, &entity.name, chance),
        answer: Json::from(object).to_string(),
        passage: Some(place + 1),
        names: vec![entity.name.clone()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_book::Frequency;
    use crate::example::Part;
    use crate::language::Language;
    use crate::name::Owner;
    use crate::world::World;
    use rand::SeedableRng as _;

    fn examples(task: Task) -> Vec<Example> {
        let language = Language::load().unwrap();
        let public = World::new(&language, Owner::Public, [20; 5], 1).unwrap();
        let frequency = Frequency::new(public.entities.len(), 1.0);
        let setting = Setting {
            language: &language,
            public: &public,
            frequency: &frequency,
            public_share: 0.2,
            owner: Owner::Public,
            wording: Wording::Trained,
            facts: 3,
        };
        (0..400)
            .filter_map(|seed| {
                open_book_task(setting, 5, task, &mut ChaCha8Rng::seed_from_u64(seed))
            })
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
        let examples = examples(Task::Comparison);
        assert!(examples.len() > 20);
        for example in examples {
            let question = &example.parts[5].1;
            assert!(question.contains(answer(&example)), "{question}");
        }
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
}
