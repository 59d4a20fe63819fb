//! `corpora/lab`: an encyclopedia of a part of the public world, and the company's documents.
//!
//! Enters: the lab's worlds. Leaves: the folder's files. Does not: overwrite anything it did not make
//! without being told the folder.
//!
//! The encyclopedia repeats what models were trained on. The company's documents tell of entities that
//! no training text names; its notes tell of public ones, with two values changed.

use crate::inquiry::{
    Article, Inquiry, about, comparison, extraction, fact, twice, two_steps, unanswerable,
};
use crate::language::{Language, LanguageError};
use crate::name::Owner;
use crate::page::{Page, page};
use crate::plan;
use crate::relation::Wording;
use crate::world::{Entity, Rarity, World, WorldError, fresh_value};
use rand::{SeedableRng as _, seq::IndexedRandom as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Seed of pages and questions.
const SEED: u64 = 20_287;
/// Pages of the encyclopedia for each rarity.
const ENCYCLOPEDIA: usize = 130;
/// Pages of the company on public entities.
const NOTES: usize = 60;
/// Values of such a page that are not the public world's.
const CHANGED: usize = 2;
/// Words of the shortest page: 80 tokens of the lab's models at least.
const PAGE_WORDS_MIN: usize = 54;
/// Every third page and the questions about it are for development.
const DEV_EVERY: usize = 3;

/// Questions of each kind.
const PUBLIC_QUESTIONS: usize = 150;
const FACT_QUESTIONS: usize = 180;
const TWO_STEP_QUESTIONS: usize = 180;
const COMPARISON_QUESTIONS: usize = 120;
const CONTRADICTION_QUESTIONS: usize = 100;
const UNANSWERABLE_QUESTIONS: usize = 180;
const EXTRACTION_QUESTIONS: usize = 120;
const PARAPHRASE_PAIRS: usize = 100;
const TYPO_PAIRS: usize = 90;

/// A corpus that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The language.
    #[error("the language of the world is broken")]
    Language(#[from] LanguageError),
    /// A world.
    #[error("the world cannot be made")]
    World(#[from] WorldError),
    /// A file.
    #[error("{path}: cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Files by their path below the corpus's folder.
///
/// # Errors
/// When the language is broken or names run out.
pub fn files() -> Result<BTreeMap<String, String>, CorpusError> {
    let language = Language::load()?;
    let public = World::new(&language, Owner::Public, plan::PUBLIC, plan::PUBLIC_SEED)?;
    let company = World::new(&language, Owner::Company, plan::COMPANY, plan::COMPANY_SEED)?;
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut writer = Writer { language: &language, chance: &mut chance };

    let mut groups: BTreeMap<&str, Vec<Article>> = BTreeMap::new();
    let mut places: Vec<usize> = (0..public.entities.len()).collect();
    places.shuffle(writer.chance);
    let of = |rarity: Rarity| -> Vec<Entity> {
        let places = places.iter().filter(|place| public.rarity(**place) == rarity);
        places.map(|place| public.entities[*place].clone()).collect()
    };
    let mut notes = of(Rarity::Head);
    let mut head = notes.split_off(NOTES);
    let (mut middle, mut tail) = (of(Rarity::Middle), of(Rarity::Tail));
    for entities in [&mut head, &mut middle, &mut tail] {
        entities.truncate(ENCYCLOPEDIA);
    }
    let notes: Vec<_> = notes.into_iter().map(|entity| writer.changed(entity)).collect();
    groups.insert("notes", writer.articles("notes", notes));
    for (group, entities) in [("head", head), ("middle", middle), ("tail", tail)] {
        groups.insert(group, writer.articles("encyclopedia", unchanged(entities)));
    }
    groups.insert("company", writer.articles("company", unchanged(company.entities)));

    let questions = writer.questions(&groups);
    let mut files = BTreeMap::new();
    for article in groups.values().flatten() {
        files.insert(format!("documents/{}", article.document), article.page.text.clone());
    }
    let lines: String = questions
        .iter()
        .map(|question| serde_json::to_string(question).unwrap_or_default() + "\n")
        .collect();
    files.insert("questions.jsonl".to_owned(), lines);
    files.insert(
        "corpus.toml".to_owned(),
        "title = \"The lab: an invented world\"\nlanguage = \"en\"\nlicence = \"MIT OR Apache-2.0\"\n"
            .to_owned(),
    );
    Ok(files)
}

/// Writes the files below `folder`, whose `documents` are replaced.
///
/// # Errors
/// When they cannot be made or written.
pub fn write(folder: &Path) -> Result<usize, CorpusError> {
    let files = files()?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| CorpusError::Write { path, source }
    };
    let documents = folder.join("documents");
    if documents.exists() {
        std::fs::remove_dir_all(&documents).map_err(failed(&documents))?;
    }
    for (name, text) in &files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    Ok(files.len())
}

struct Writer<'a> {
    language: &'a Language,
    chance: &'a mut ChaCha8Rng,
}

impl Writer<'_> {
    /// A public entity as the company sees it, and the relations whose values are others.
    fn changed(&mut self, mut entity: Entity) -> (Entity, Vec<usize>) {
        let mut places: Vec<usize> = (0..entity.facts.len()).collect();
        places.shuffle(self.chance);
        places.truncate(CHANGED);
        for place in &places {
            let fact = &mut entity.facts[*place];
            let before = fact.value.text.clone();
            while fact.value.text == before {
                fact.value = fresh_value(self.language, fact.relation, Owner::Company, self.chance);
            }
        }
        let changed = places.iter().map(|place| entity.facts[*place].relation).collect();
        (entity, changed)
    }

    /// A page that is not too short.
    fn page(&mut self, entity: &Entity, relations: &[usize], wording: Wording) -> Page {
        loop {
            let page = page(self.language, entity, relations, wording, self.chance);
            if page.text.split_whitespace().count() >= PAGE_WORDS_MIN {
                return page;
            }
        }
    }

    fn articles(&mut self, folder: &str, entities: Vec<(Entity, Vec<usize>)>) -> Vec<Article> {
        entities
            .into_iter()
            .enumerate()
            .map(|(place, (entity, changed))| {
                let wording =
                    if place % DEV_EVERY == 0 { Wording::Trained } else { Wording::HeldOut };
                let relations: Vec<usize> = entity.facts.iter().map(|fact| fact.relation).collect();
                let page = self.page(&entity, &relations, wording);
                let file = entity.name.to_lowercase().replace(' ', "-");
                Article { document: format!("{folder}/{file}.md"), entity, page, wording, changed }
            })
            .collect()
    }

    /// All questions, numbered within their kinds.
    fn questions(&mut self, groups: &BTreeMap<&str, Vec<Article>>) -> Vec<Inquiry> {
        let language = self.language;
        let articles = |group: &str| groups.get(group).map_or(&[][..], Vec::as_slice);
        let company = articles("company");
        let mut made = Made::default();
        for (group, kind) in
            [("head", "public-head"), ("middle", "public-middle"), ("tail", "public-tail")]
        {
            made.fill(PUBLIC_QUESTIONS, articles(group), self.chance, |article, chance| {
                fact(language, article, kind, chance)
            });
        }
        made.fill(FACT_QUESTIONS, company, self.chance, |article, chance| {
            fact(language, article, "company-fact", chance)
        });
        for (pairs, kind) in [(PARAPHRASE_PAIRS, "paraphrase"), (TYPO_PAIRS, "typos")] {
            let wanted = made.inquiries.len() + 2 * pairs;
            while made.inquiries.len() < wanted {
                let Some(article) = company.choose(self.chance) else { break };
                if let Some(both) = twice(language, article, kind, self.chance) {
                    made.pair(both);
                }
            }
        }
        made.fill(TWO_STEP_QUESTIONS, company, self.chance, |article, chance| {
            two_steps(language, company, article, chance)
        });
        made.fill(COMPARISON_QUESTIONS, company, self.chance, |article, chance| {
            let alike: Vec<&Article> =
                company.iter().filter(|other| other.entity.kind == article.entity.kind).collect();
            comparison(language, article, alike.choose(chance)?, chance)
        });
        made.fill(CONTRADICTION_QUESTIONS, articles("notes"), self.chance, |article, chance| {
            let relation = *article.changed.choose(chance)?;
            about(language, article, relation, "contradiction", chance)
        });
        let names: BTreeSet<&str> =
            groups.values().flatten().map(|article| article.entity.name.as_str()).collect();
        made.fill(UNANSWERABLE_QUESTIONS, company, self.chance, |article, chance| {
            unanswerable(language, article, |name| names.contains(name), chance)
        });
        made.fill(EXTRACTION_QUESTIONS, company, self.chance, |article, chance| {
            extraction(language, article, chance)
        });
        made.inquiries
    }
}

fn unchanged(entities: Vec<Entity>) -> Vec<(Entity, Vec<usize>)> {
    entities.into_iter().map(|entity| (entity, Vec::new())).collect()
}

/// Questions so far; each is asked once.
#[derive(Default)]
struct Made {
    inquiries: Vec<Inquiry>,
    seen: BTreeSet<String>,
    of_kind: BTreeMap<&'static str, usize>,
}

impl Made {
    /// Numbers a question within its kind; false where it was asked before.
    fn add(&mut self, mut inquiry: Inquiry) -> bool {
        if !self.seen.insert(inquiry.question.clone()) {
            return false;
        }
        let number = self.of_kind.entry(inquiry.kind).or_default();
        *number += 1;
        inquiry.id = format!("{}-{number:03}", inquiry.kind);
        self.inquiries.push(inquiry);
        true
    }

    /// Two wordings of one question: a group.
    fn pair(&mut self, [first, second]: [Inquiry; 2]) {
        if self.seen.contains(&first.question) || self.seen.contains(&second.question) {
            return;
        }
        self.add(first);
        self.add(second);
        if let [.., first, second] = self.inquiries.as_mut_slice() {
            first.group = Some(first.id.clone());
            second.group = Some(first.id.clone());
        }
    }

    fn fill(
        &mut self,
        count: usize,
        articles: &[Article],
        chance: &mut ChaCha8Rng,
        make: impl Fn(&Article, &mut ChaCha8Rng) -> Option<Inquiry>,
    ) {
        let mut left = count;
        for _ in 0..count * 200 {
            if left == 0 {
                break;
            }
            let Some(article) = articles.choose(chance) else { break };
            if let Some(inquiry) = make(article, chance) {
                left -= usize::from(self.add(inquiry));
            }
        }
    }
}

#[cfg(test)]
#[path = "corpus_tests.rs"]
mod tests;
