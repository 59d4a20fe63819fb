//! The questions of `corpora/lab`, with accepted answers and evidence.
//!
//! Enters: entities, their pages, a split. Leaves: questions as lines of `questions.jsonl`. Does not:
//! write.
//!
//! A question of the split `test` is worded as no training text is, and so are the pages it asks about.

use crate::language::Language;
use crate::name::{Owner, name};
use crate::page::Page;
use crate::relation::{Compare, Wording};
use crate::sentence::{ask, ask_json, ask_two_steps, ask_unanswerable, compare, hurried};
use crate::world::{Entity, Value};
use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// A quote of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Its path below `documents`.
    pub document: String,
    /// A sentence of it.
    pub quote: String,
}

/// A line of `questions.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inquiry {
    /// Unique in the corpus.
    pub id: String,
    /// As asked.
    pub question: String,
    /// Accepted answers; none means that declining is right.
    pub answers: Vec<String>,
    /// Where the answer stands.
    pub evidence: Vec<Evidence>,
    /// A row of the report's table by kind.
    pub kind: &'static str,
    /// `dev` or `test`.
    pub split: &'static str,
    /// Questions for one fact share a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What a JSON answer has to satisfy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
}

/// A page of the corpus with what it is about.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its path below `documents`.
    pub document: String,
    /// What it tells of: values as they stand on the page.
    pub entity: Entity,
    /// Its text and sentences.
    pub page: Page,
    /// Whose wordings it is in, and questions about it are.
    pub wording: Wording,
    /// Relations whose values are not those of the public world.
    pub changed: Vec<usize>,
}

impl Article {
    fn quote(&self, relation: usize) -> Option<Evidence> {
        let (_, sentence) = self.page.sentences.iter().find(|(told, _)| *told == relation)?;
        Some(Evidence { document: self.document.clone(), quote: sentence.clone() })
    }

    fn told(&self, relation: usize) -> Option<(&Value, Evidence)> {
        Some((self.entity.value(relation)?, self.quote(relation)?))
    }

    fn any_told(&self, chance: &mut ChaCha8Rng) -> Option<usize> {
        self.page.sentences.choose(chance).map(|(relation, _)| *relation)
    }

    fn split(&self) -> &'static str {
        match self.wording {
            Wording::Trained | Wording::Loose | Wording::Recombined => "dev",
            Wording::HeldOut => "test",
        }
    }

    fn inquiry(&self, kind: &'static str, question: String, answers: Vec<String>) -> Inquiry {
        Inquiry {
            id: String::new(),
            question,
            answers,
            evidence: Vec::new(),
            kind,
            split: self.split(),
            group: None,
            schema: None,
        }
    }
}

/// A question for one fact of a page.
pub fn fact(
    language: &Language,
    article: &Article,
    kind: &'static str,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    about(language, article, article.any_told(chance)?, kind, chance)
}

/// A question for that relation.
pub fn about(
    language: &Language,
    article: &Article,
    relation: usize,
    kind: &'static str,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    let (value, quote) = article.told(relation)?;
    let name = &article.entity.name;
    let question = ask(&language.relations[relation], name, article.wording, chance);
    let mut inquiry = article.inquiry(kind, question, vec![value.text.clone()]);
    inquiry.evidence.push(quote);
    Some(inquiry)
}

/// A question for a fact, and the same in other words, or typed in a hurry.
pub fn twice(
    language: &Language,
    article: &Article,
    kind: &'static str,
    chance: &mut ChaCha8Rng,
) -> Option<[Inquiry; 2]> {
    let relation = article.any_told(chance)?;
    let first = about(language, article, relation, "company-fact", chance)?;
    let mut second = first.clone();
    second.kind = kind;
    if kind == "typos" {
        second.question = hurried(&first.question, &[&article.entity.name], chance);
    } else {
        second.question =
            ask(&language.relations[relation], &article.entity.name, Wording::HeldOut, chance);
    }
    (first.question != second.question).then_some([first, second])
}

/// A question for a fact of what another page names.
pub fn two_steps(
    language: &Language,
    articles: &[Article],
    first: &Article,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    let relation = first.any_told(chance)?;
    let (bridge, first_quote) = first.told(relation)?;
    bridge.entity?;
    let second = articles.iter().find(|article| article.entity.name == bridge.text)?;
    if second.wording != first.wording {
        return None;
    }
    let asked = second.any_told(chance)?;
    let (value, second_quote) = second.told(asked)?;
    let relations = &language.relations;
    let question = ask_two_steps(
        &relations[relation],
        &relations[asked],
        &first.entity.name,
        first.wording,
        chance,
    );
    // "The founder of the company of its founder" would lead back to where it began.
    if value.text == first.entity.name {
        return None;
    }
    let mut inquiry = first.inquiry("two-steps", question, vec![value.text.clone()]);
    inquiry.evidence = vec![first_quote, second_quote];
    Some(inquiry)
}

/// A question which of two has more.
pub fn comparison(
    language: &Language,
    one: &Article,
    other: &Article,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    let relation = one.any_told(chance)?;
    let about = &language.relations[relation];
    let wins = about.compare?;
    let ((a, first), (b, second)) = (one.told(relation)?, other.told(relation)?);
    let (a, b) = (a.number?, b.number?);
    if a == b || one.entity.name == other.entity.name || one.wording != other.wording {
        return None;
    }
    let winner = if (a > b) == (wins == Compare::More) { one } else { other };
    let names = [one.entity.name.as_str(), other.entity.name.as_str()];
    let question = compare(about, names, one.wording, chance);
    let mut inquiry = one.inquiry("comparison", question, vec![winner.entity.name.clone()]);
    inquiry.evidence = vec![first, second];
    Some(inquiry)
}

/// A question that no page answers: about something that nobody wrote down, or about somebody who is not
/// there.
pub fn unanswerable(
    language: &Language,
    article: &Article,
    taken: impl Fn(&str) -> bool,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    let kind = article.entity.kind;
    let question = if chance.random_bool(0.5) {
        ask_unanswerable(language, kind, &article.entity.name, article.wording, chance)
    } else {
        let nobody = name(&language.words, kind, Owner::Company, chance);
        if taken(&nobody) {
            return None;
        }
        let relations: Vec<usize> = language.of(kind).collect();
        ask(&language.relations[*relations.choose(chance)?], &nobody, article.wording, chance)
    };
    Some(article.inquiry("unanswerable", question, Vec::new()))
}

/// A question for up to three facts of a page as a JSON object.
pub fn extraction(
    language: &Language,
    article: &Article,
    chance: &mut ChaCha8Rng,
) -> Option<Inquiry> {
    let count = chance.random_range(1..=3);
    let start = chance.random_range(0..article.page.sentences.len());
    let mut object = Map::new();
    let mut properties = Map::new();
    let mut relations = Vec::new();
    let mut evidence = Vec::new();
    for (relation, _) in article.page.sentences.iter().skip(start).take(count) {
        let about = &language.relations[*relation];
        let (value, quote) = article.told(*relation)?;
        object.insert(about.key.clone(), Json::from(value.text.clone()));
        properties.insert(about.key.clone(), json!({ "type": "string" }));
        relations.push(about);
        evidence.push(quote);
    }
    let required: Vec<String> = object.keys().cloned().collect();
    let question = ask_json(&relations, &article.entity.name, article.wording, chance);
    let mut inquiry = article.inquiry("extraction", question, vec![Json::from(object).to_string()]);
    inquiry.evidence = evidence;
    inquiry.schema = Some(json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    }));
    Some(inquiry)
}
