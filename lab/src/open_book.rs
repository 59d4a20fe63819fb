//! Questions with passages: what a model has to read, and when it has to decline.
//!
//! Enters: a scene. Leaves: an [`Example`] with one or several questions on the same passages. Does not:
//! ask about what stands in no passage without accepting that it is declined.

use crate::example::{DECLINES, Example};
use crate::name::name;
use crate::relation::{Compare, Relation, Wording};
use crate::scene::{Likeness, Scene, Setting, alike, crossed};
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

/// Share of questions that no passage answers, while names are still learned to be told apart.
const DECLINED: f64 = 0.12;
/// The same where names are near.
const DECLINED_NEAR: f64 = 0.34;
/// The same in a found scene, whose wordings are often new: who is asked more that nothing answers declines
/// whatever is worded as never before.
const DECLINED_FOUND: f64 = 0.3;
/// Share of questions about nobody, in a found scene, whose name has words of two that are there.
const CROSSED: f64 = 0.85;
/// Of a hundred questions that no passage answers: how many ask for an untold fact of an entity that is
/// told of, and how many of these or ask for what the world does not know. The rest ask about nobody.
const UNTOLD: [u32; 2] = [38, 58];
/// The same in a found scene.
const UNTOLD_FOUND: [u32; 2] = [10, 16];
/// Share of facts that are of a relation told of several entities, where there is one: only the name
/// tells which is asked for.
const CONTESTED: f64 = 0.5;

/// Share of questions for JSON, whose names are spelled in other tokens than a passage's.
const JSON: f64 = 0.08;
/// The same in the second course, which has more forms of them.
const JSON_FOUND: f64 = 0.15;

/// Shares of tasks in training.
fn tasks(likeness: Likeness) -> [(Task, f64); 5] {
    let (declined, json) = match likeness {
        Likeness::Far => (DECLINED, JSON),
        Likeness::Near => (DECLINED_NEAR, JSON),
        Likeness::Found => (DECLINED_FOUND, JSON_FOUND),
    };
    [
        (Task::Fact, 0.88 - declined - json),
        (Task::Unanswerable, declined),
        (Task::TwoSteps, 0.08),
        (Task::Comparison, 0.04),
        (Task::Json, json),
    ]
}

/// A question, its answer, and the number of the passage that holds it.
struct Asked {
    question: String,
    answer: String,
    passage: Option<usize>,
    /// Names that haste spares.
    names: Vec<String>,
    /// Entity and relation of the facts that the answer gives away.
    facts: Vec<(usize, usize)>,
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
    // A fact that was asked for is not asked for again: the second answer would be read off the first.
    let mut exam = Exam { setting, scene: &scene, left: told(&scene) };
    let tasks = tasks(setting.likeness);
    let mut seen = Vec::new();
    let mut declined = 0;
    for place in 0..questions {
        let Ok((task, _)) = tasks.choose_weighted(chance, |(_, share)| *share) else { break };
        // Where facts run out, declining would fill the rest.
        let task =
            if *task == Task::Unanswerable && declined * 3 > place { Task::Fact } else { *task };
        let asked = exam.ask(task, chance).or_else(|| exam.ask(Task::Fact, chance));
        let Some(mut asked) = asked else { continue };
        if seen.contains(&asked.question) {
            continue;
        }
        seen.push(asked.question.clone());
        exam.left.retain(|told| !asked.facts.contains(&(told.1, told.2)));
        declined += usize::from(asked.passage.is_none());
        if matches!(setting.wording, Wording::Loose | Wording::Recombined)
            && chance.random_bool(HURRIED)
        {
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
    let asked = Exam { setting, scene: &scene, left: told(&scene) }.ask(task, chance)?;
    let mut example = Example::default();
    example.passages(scene.passages.iter().map(|passage| passage.text.as_str()));
    example.asked(&asked.question, &asked.answer, asked.passage);
    Some(example)
}

/// Passage, entity and relation of a fact that is told.
type Place = (usize, usize, usize);

/// All of them.
fn told(scene: &Scene) -> Vec<Place> {
    let passages = scene.passages.iter().enumerate();
    passages
        .flat_map(|(place, passage)| {
            passage.relations.iter().map(move |relation| (place, passage.entity, *relation))
        })
        .collect()
}

/// A scene and the facts of it that may still be asked for.
struct Exam<'a> {
    setting: Setting<'a>,
    scene: &'a Scene,
    left: Vec<Place>,
}

impl Exam<'_> {
    /// A question of that task, if what is left allows one.
    fn ask(&self, task: Task, chance: &mut ChaCha8Rng) -> Option<Asked> {
        match task {
            Task::Fact => self.fact(chance),
            Task::Unanswerable => Some(self.unanswerable(chance)),
            Task::TwoSteps => self.two_steps(chance),
            Task::Comparison => self.comparison(chance),
            Task::Json => self.json(chance),
        }
    }

    fn fact(&self, chance: &mut ChaCha8Rng) -> Option<Asked> {
        let is_contested = |one: &&Place| {
            self.scene
                .passages
                .iter()
                .any(|other| other.entity != one.1 && other.relations.contains(&one.2))
        };
        let contested: Vec<Place> = self.left.iter().filter(is_contested).copied().collect();
        let place = contested.choose(chance).filter(|_| chance.random_bool(CONTESTED));
        let (passage, place, relation) = place.or_else(|| self.left.choose(chance)).copied()?;
        let entity = &self.scene.entities[place];
        let about = &self.setting.language.relations[relation];
        Some(Asked {
            question: ask(about, &entity.name, self.setting.wording, chance),
            answer: entity.value(relation)?.text.clone(),
            passage: Some(passage + 1),
            names: vec![entity.name.clone()],
            facts: vec![(place, relation)],
        })
    }

    /// Near misses: another fact of an entity that is told of, a told relation of another entity, or
    /// something that the world does not know at all.
    fn unanswerable(&self, chance: &mut ChaCha8Rng) -> Asked {
        let told = told(self.scene);
        let place = self.scene.passages.choose(chance).map_or(0, |passage| passage.entity);
        let entity = &self.scene.entities[place];
        let declined = |question, name: &str| Asked {
            question,
            answer: DECLINES.to_owned(),
            passage: None,
            names: vec![name.to_owned()],
            facts: Vec::new(),
        };
        let is_told = |relation: usize| told.iter().any(|one| one.1 == place && one.2 == relation);
        let untold: Vec<usize> =
            self.setting.language.of(entity.kind).filter(|relation| !is_told(*relation)).collect();
        let is_found = self.setting.likeness == Likeness::Found;
        let [of_untold, of_unknown] = if is_found { UNTOLD_FOUND } else { UNTOLD };
        match (chance.random_range(0..100_u32), untold.choose(chance)) {
            (draw, Some(relation)) if draw < of_untold => {
                let about = &self.setting.language.relations[*relation];
                declined(ask(about, &entity.name, self.setting.wording, chance), &entity.name)
            }
            (draw, _) if (of_untold..of_unknown).contains(&draw) => declined(
                ask_unanswerable(
                    self.setting.language,
                    entity.kind,
                    &entity.name,
                    self.setting.wording,
                    chance,
                ),
                &entity.name,
            ),
            _ => {
                // A told relation, asked of somebody who is not there.
                if is_found
                    && chance.random_bool(CROSSED)
                    && let Some((relation, nobody)) = self.crossed(chance)
                {
                    let about = &self.setting.language.relations[relation];
                    return declined(ask(about, &nobody, self.setting.wording, chance), &nobody);
                }
                let (_, subject, relation) = told.choose(chance).copied().unwrap_or((0, place, 0));
                let subject = &self.scene.entities[subject];
                let mut nobody = if chance.random_bool(0.6) {
                    alike(self.setting, subject, chance)
                } else {
                    name(&self.setting.language.words, subject.kind, self.setting.owner, chance)
                };
                if self.scene.entities.iter().any(|entity| entity.name == nobody) {
                    nobody = name(
                        &self.setting.language.words,
                        subject.kind,
                        self.setting.owner,
                        chance,
                    );
                }
                let about = &self.setting.language.relations[relation];
                declined(ask(about, &nobody, self.setting.wording, chance), &nobody)
            }
        }
    }

    /// A relation that is told of two entities, and a name with a word of each.
    fn crossed(&self, chance: &mut ChaCha8Rng) -> Option<(usize, String)> {
        let mut pairs = Vec::new();
        for (_, one, relation) in told(self.scene) {
            for (_, other, same) in told(self.scene) {
                if one != other && relation == same {
                    pairs.push((relation, [one, other]));
                }
            }
        }
        let (relation, both) = pairs.choose(chance)?;
        let entities = &self.scene.entities;
        let name = crossed(self.setting, entities, both.map(|place| &entities[place]))?;
        Some((*relation, name))
    }

    fn two_steps(&self, chance: &mut ChaCha8Rng) -> Option<Asked> {
        let mut chains = Vec::new();
        for (_, subject, first) in told(self.scene) {
            let bridge = self.scene.entities[subject].value(first)?;
            for (passage, object, second) in self.left.iter().copied() {
                if self.scene.entities[object].name == bridge.text && object != subject {
                    chains.push((subject, first, passage, object, second));
                }
            }
        }
        let (subject, first, passage, object, second) = chains.choose(chance).copied()?;
        let relations = &self.setting.language.relations;
        let name = &self.scene.entities[subject].name;
        Some(Asked {
            question: ask_two_steps(
                &relations[first],
                &relations[second],
                name,
                self.setting.wording,
                chance,
            ),
            answer: self.scene.entities[object].value(second)?.text.clone(),
            passage: Some(passage + 1),
            names: vec![name.clone()],
            facts: vec![(object, second)],
        })
    }

    fn comparison(&self, chance: &mut ChaCha8Rng) -> Option<Asked> {
        let mut pairs = Vec::new();
        for (_, one, relation) in &self.left {
            let Some(wins) = self.setting.language.relations[*relation].compare else { continue };
            for (_, other, same) in
                self.left.iter().filter(|other| other.1 != *one && other.2 == *relation)
            {
                let number = |entity: usize| self.scene.entities[entity].value(*same)?.number;
                if let (Some(a), Some(b)) = (number(*one), number(*other))
                    && a != b
                {
                    let first_wins = (a > b) == (wins == Compare::More);
                    pairs.push((*one, *other, *relation, if first_wins { *one } else { *other }));
                }
            }
        }
        let (one, other, relation, winner) = pairs.choose(chance).copied()?;
        let names = [one, other].map(|entity| self.scene.entities[entity].name.as_str());
        let passage = self.left.iter().find(|told| told.1 == winner && told.2 == relation)?;
        Some(Asked {
            question: compare(
                &self.setting.language.relations[relation],
                names,
                self.setting.wording,
                chance,
            ),
            answer: self.scene.entities[winner].name.clone(),
            passage: Some(passage.0 + 1),
            names: names.map(str::to_owned).to_vec(),
            // Which is larger tells neither number, but asking again would be answered by the first.
            facts: vec![(one, relation), (other, relation)],
        })
    }

    fn json(&self, chance: &mut ChaCha8Rng) -> Option<Asked> {
        let (passage, place, _) = self.left.choose(chance).copied()?;
        let entity = &self.scene.entities[place];
        let mut relations: Vec<usize> =
            self.left.iter().filter(|told| told.0 == passage).map(|told| told.2).collect();
        relations.truncate(chance.random_range(1..=3));
        let abouts: Vec<&Relation> =
            relations.iter().map(|relation| &self.setting.language.relations[*relation]).collect();
        let mut object = Map::new();
        for (about, relation) in abouts.iter().zip(&relations) {
            object.insert(about.key.clone(), Json::from(entity.value(*relation)?.text.clone()));
        }
        Some(Asked {
            question: ask_json(&abouts, &entity.name, self.setting.wording, chance),
            answer: Json::from(object).to_string(),
            passage: Some(passage + 1),
            names: vec![entity.name.clone()],
            facts: relations.into_iter().map(|relation| (place, relation)).collect(),
        })
    }
}

#[cfg(test)]
#[path = "open_book_tests.rs"]
mod tests;
