//! What the corpus must hold.

use super::*;
use serde_json::Value as Json;

fn questions(files: &BTreeMap<String, String>) -> Vec<Json> {
    files["questions.jsonl"].lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn there_is_enough_of_each_kind() {
    let files = files().unwrap();
    let documents = files.keys().filter(|name| name.starts_with("documents/")).count();
    assert!(documents >= 600, "{documents}");
    let bytes: usize = files.values().map(String::len).sum();
    assert!(bytes < 3_000_000, "{bytes}");
    let questions = questions(&files);
    assert!(questions.len() >= 1_200, "{}", questions.len());
    let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for question in &questions {
        let key = |name: &str| question[name].as_str().unwrap();
        *kinds.entry((key("kind"), key("split"))).or_default() += 1;
    }
    assert_eq!(kinds.len(), 2 * 11, "{kinds:?}");
    for ((kind, split), count) in kinds {
        assert!(count >= 20, "{kind} {split}: {count}");
    }
}

#[test]
fn pages_are_of_80_to_400_tokens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lab/s/tokenizer.json");
    let tokenizer = tokenizers::Tokenizer::from_file(folder).unwrap();
    for (name, text) in files().unwrap() {
        if name.starts_with("documents/") {
            let tokens = tokenizer.encode_fast(text.as_str(), false).unwrap().len();
            assert!((80..=400).contains(&tokens), "{name}: {tokens}");
        }
    }
}

#[test]
fn questions_of_the_test_split_stand_on_its_pages() {
    let files = files().unwrap();
    let questions = questions(&files);
    let mut splits: BTreeMap<&str, &str> = BTreeMap::new();
    let mut about = |document, split| *splits.entry(document).or_insert(split) == split;
    for question in &questions {
        let split = question["split"].as_str().unwrap();
        for evidence in question["evidence"].as_array().unwrap() {
            assert!(about(evidence["document"].as_str().unwrap(), split), "{question}");
        }
    }
}

#[test]
fn a_comparison_is_won_by_the_number_in_its_quote() {
    let language = Language::load().unwrap();
    let files = files().unwrap();
    let mut seen = 0;
    for question in questions(&files).iter().filter(|one| one["kind"] == "comparison") {
        let asked = question["question"].as_str().unwrap();
        let names = |wording: &String| {
            let (before, rest) = wording.split_once("{a}")?;
            let (between, after) = rest.split_once("{b}")?;
            let (a, b) = asked.strip_prefix(before)?.strip_suffix(after)?.split_once(between)?;
            Some([a.to_owned(), b.to_owned()])
        };
        let (names, wins) = language
            .relations
            .iter()
            .find_map(|relation| {
                let all = relation.compare_questions.iter();
                let mut all = all.chain(&relation.compare_questions_held_out);
                Some((all.find_map(names)?, relation.compare?))
            })
            .unwrap();
        let numbers = [0, 1].map(|place| {
            let quote = question["evidence"][place]["quote"].as_str().unwrap();
            let digits: String = quote.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().unwrap()
        });
        let first = (numbers[0] > numbers[1]) == (wins == crate::relation::Compare::More);
        assert_eq!(question["answers"][0], names[usize::from(!first)], "{question}");
        seen += 1;
    }
    assert_eq!(seen, COMPARISON_QUESTIONS);
}

#[test]
fn evidence_is_quoted_and_holds_the_answer() {
    let files = files().unwrap();
    for question in questions(&files) {
        let evidence = question["evidence"].as_array().unwrap();
        assert_eq!(evidence.is_empty(), question["kind"] == "unanswerable", "{question}");
        let mut quotes = String::new();
        for one in evidence {
            let document = format!("documents/{}", one["document"].as_str().unwrap());
            let quote = one["quote"].as_str().unwrap();
            assert!(files[&document].contains(quote), "{document}: {quote}");
            quotes.push_str(quote);
        }
        if question.get("schema").is_none() {
            for answer in question["answers"].as_array().unwrap() {
                let answer = answer.as_str().unwrap().to_lowercase();
                assert!(quotes.to_lowercase().contains(&answer), "{question}");
            }
        }
    }
}

#[test]
fn a_contradiction_is_not_what_the_world_says() {
    let language = Language::load().unwrap();
    let public = World::new(&language, Owner::Public, plan::PUBLIC, plan::PUBLIC_SEED).unwrap();
    let files = files().unwrap();
    let mut seen = 0;
    for question in questions(&files) {
        if question["kind"] == "contradiction" {
            let asked = question["question"].as_str().unwrap();
            let entity = public
                .entities
                .iter()
                .filter(|entity| asked.contains(&entity.name))
                .max_by_key(|entity| entity.name.len())
                .unwrap();
            let answer = question["answers"][0].as_str().unwrap();
            let told = &question["evidence"][0]["quote"].as_str().unwrap();
            assert!(told.contains(&entity.name), "{told}");
            assert!(entity.facts.iter().all(|fact| fact.value.text != answer), "{question}");
            seen += 1;
        }
    }
    assert_eq!(seen, CONTRADICTION_QUESTIONS);
}

#[test]
fn the_corpus_that_is_kept_is_the_one_that_is_made() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/lab");
    let made = files().unwrap();
    let mut open = vec![folder.join("documents")];
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else {
                assert!(made.contains_key(&name), "{name} is left of an earlier corpus");
            }
        }
    }
    for (name, text) in made {
        let path = folder.join(&name);
        let kept = std::fs::read_to_string(&path);
        assert!(
            kept.is_ok_and(|kept| kept == text),
            "{}: run `ragscale-lab corpus`",
            path.display()
        );
    }
}
