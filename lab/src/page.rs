//! Entities as markdown: whole pages, and the parts of pages that a retriever gives.
//!
//! Enters: an entity, some of its relations. Leaves: markdown, and the sentence of each fact. Does not:
//! choose which facts are told.

use crate::language::Language;
use crate::relation::Wording;
use crate::sentence::{filler, state};
use crate::world::Entity;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

/// A page and where each of its facts stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its title: the entity's name.
    pub title: String,
    /// As markdown.
    pub text: String,
    /// Relation and sentence, in the page's order.
    pub sentences: Vec<(usize, String)>,
}

/// A section's sentences as one or two paragraphs.
fn paragraphs(sentences: &[String], chance: &mut ChaCha8Rng) -> String {
    if sentences.len() < 3 || chance.random_bool(0.5) {
        return sentences.join(" ");
    }
    let (first, second) = sentences.split_at(chance.random_range(1..sentences.len()));
    format!("{}\n\n{}", first.join(" "), second.join(" "))
}

/// A page that tells `relations` of an entity, below the headings they belong to.
pub fn page(
    language: &Language,
    entity: &Entity,
    relations: &[usize],
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> Page {
    let mut text = format!("# {}\n", entity.name);
    let mut sentences = Vec::new();
    if chance.random_bool(0.6) {
        text.push_str(&format!("\n{}\n", filler(language, entity.kind, &entity.name, chance)));
    }
    for heading in language.headings.iter().filter(|heading| heading.subject == entity.kind) {
        let mut below = Vec::new();
        for relation in relations {
            let about = &language.relations[*relation];
            let Some(value) = entity.value(*relation) else { continue };
            if heading.relations.contains(&about.id) {
                let sentence = state(about, &entity.name, &value.text, wording, chance);
                sentences.push((*relation, sentence.clone()));
                below.push(sentence);
            }
        }
        if below.is_empty() {
            continue;
        }
        if chance.random_bool(0.3) {
            let place = chance.random_range(0..=below.len());
            below.insert(place, filler(language, entity.kind, &entity.name, chance));
        }
        text.push_str(&format!("\n## {}\n\n{}\n", heading.title, paragraphs(&below, chance)));
    }
    Page { title: entity.name.clone(), text, sentences }
}

/// What a retriever may give of such a page: a paragraph alone, or with the headings above it.
pub fn excerpt(
    language: &Language,
    entity: &Entity,
    relations: &[usize],
    wording: Wording,
    chance: &mut ChaCha8Rng,
) -> String {
    if chance.random_bool(0.4) {
        return page(language, entity, relations, wording, chance).text.trim_end().to_owned();
    }
    let mut sentences: Vec<String> = relations
        .iter()
        .filter_map(|relation| {
            let value = entity.value(*relation)?;
            let about = &language.relations[*relation];
            Some(state(about, &entity.name, &value.text, wording, chance))
        })
        .collect();
    if sentences.is_empty() || chance.random_bool(0.15) {
        let place = chance.random_range(0..=sentences.len());
        sentences.insert(place, filler(language, entity.kind, &entity.name, chance));
    }
    let text = paragraphs(&sentences, chance);
    let heading = language.headings.iter().find(|heading| {
        heading.subject == entity.kind
            && relations
                .first()
                .is_some_and(|first| heading.relations.contains(&language.relations[*first].id))
    });
    match heading {
        Some(heading) if chance.random_bool(0.35) => format!("## {}\n\n{text}", heading.title),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Owner;
    use crate::relation::Kind;
    use crate::world::fresh;
    use rand::SeedableRng as _;

    #[test]
    fn a_page_tells_every_relation_once_and_verbatim() {
        let language = Language::load().unwrap();
        let mut chance = ChaCha8Rng::seed_from_u64(4);
        for kind in Kind::ALL {
            let entity = fresh(&language, kind, "Vel Or".to_owned(), Owner::Company, &mut chance);
            let relations: Vec<usize> = language.of(kind).collect();
            let page = page(&language, &entity, &relations, Wording::HeldOut, &mut chance);
            let mut told: Vec<usize> =
                page.sentences.iter().map(|(relation, _)| *relation).collect();
            told.sort_unstable();
            assert_eq!(told, relations, "each relation of {kind:?} has a heading");
            assert!(page.text.starts_with("# Vel Or\n"));
            for (_, sentence) in &page.sentences {
                assert!(page.text.contains(sentence.as_str()), "{sentence}");
            }
        }
    }
}
