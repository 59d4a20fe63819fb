//! The sample corpus `handbook`: as large, as varied and as sound as its page says.

use crate::project::{Project, copy};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// All kinds that it shows.
const KINDS: [&str; 17] = [
    "ambiguous",
    "comparison",
    "date",
    "extraction",
    "fact",
    "false-premise",
    "general",
    "list",
    "messy",
    "number",
    "procedure",
    "superseded",
    "table",
    "three-documents",
    "two-documents",
    "unanswerable",
    "yes-no",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/handbook")
}

/// A project with a copy of it.
fn project() -> Project {
    let project = Project::new();
    copy(&folder(), &project.path("corpora/handbook"));
    project
}

fn questions() -> Vec<Value> {
    let lines = fs::read_to_string(folder().join("questions.jsonl")).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

#[test]
fn flow_the_handbook_is_large_mixed_and_sound() {
    let project = project();
    let checked = project.ragscale(&["corpus", "check", "handbook", "--json"]).expect(0);
    let survey = checked.json().pop().unwrap()["survey"].take();
    let size = &survey["size"];
    assert!(
        size["documents"].as_u64() >= Some(70) && size["words"].as_u64() >= Some(60_000),
        "{size}"
    );
    assert!(size["formats"].as_object().unwrap().len() >= 8, "{size}");
    assert_eq!(survey["languages"]["documents"].as_object().unwrap().len(), 2);
    // Its flaws are found, and no others.
    let found = survey["findings"].as_array().unwrap().iter();
    let found: Vec<&str> = found.map(|finding| text(finding, "kind")).collect();
    assert_eq!(found, ["contacts", "almost-empty", "other-language"]);
    let odd = checked.stdout.matches("answer-outside-evidence").count();
    assert_eq!(odd, 0, "{}", survey["questions_found"]);

    project.ragscale(&["questions", "check", "handbook"]).expect(0);
    project.ragscale(&["corpus", "check", "handbook", "--write"]).expect(0);
    let (written, committed) =
        (project.read("corpora/handbook/README.md"), folder().join("README.md"));
    assert_eq!(
        written,
        fs::read_to_string(committed).unwrap(),
        "write it with `ragscale corpus check handbook --write`"
    );
}

#[test]
fn the_handbook_asks_every_kind_of_question_twice() {
    let questions = questions();
    assert!(questions.len() >= 250);
    let mut kinds: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for question in &questions {
        let splits = kinds.entry(text(question, "kind")).or_default();
        *splits.entry(text(question, "split")).or_default() += 1;
        groups.entry(text(question, "group")).or_default().push(question);
    }
    assert_eq!(kinds.keys().copied().collect::<Vec<_>>(), KINDS);
    for (kind, splits) in &kinds {
        assert!(
            splits["test"] >= 10 && splits["dev"] >= 2 && splits.len() == 2,
            "{kind}: {splits:?}"
        );
    }
    let share = |kind: &str| kinds[kind].values().sum::<usize>() as f64 / questions.len() as f64;
    assert!(share("unanswerable") >= 0.15, "{}", share("unanswerable"));
    assert!(share("general") >= 0.10, "{}", share("general"));
    for (group, of) in groups {
        let texts: BTreeSet<&str> = of.iter().map(|question| text(question, "question")).collect();
        assert!(of.len() >= 2 && texts.len() == of.len(), "{group} has no paraphrase");
        for key in ["kind", "split", "answers", "evidence", "schema"] {
            assert!(of.iter().all(|question| question[key] == of[0][key]), "{group}: {key}");
        }
    }
}

/// Each entity stands in as many documents as the table says.
#[test]
fn flow_the_handbook_says_how_rare_its_entities_are() {
    let project = project();
    let out = ["corpus", "export", "handbook", "--format", "beir", "--out", "out"];
    project.ragscale(&out).expect(0);
    let exported = project.read("out/corpus.jsonl");
    let texts: Vec<String> = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|document| text(&document, "text").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let stands_in = |entity: &str, text: &str| {
        text.match_indices(entity).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + entity.len()..].chars().next();
            ![before, after]
                .into_iter()
                .flatten()
                .any(|letter| letter.is_alphanumeric() || letter == '_')
        })
    };
    let mut rows = csv::Reader::from_path(folder().join("entities.csv")).unwrap();
    let mut rare = [0; 3];
    for row in rows.deserialize::<(String, String, usize)>() {
        let (entity, _, documents) = row.unwrap();
        let found = texts.iter().filter(|text| stands_in(&entity, text)).count();
        assert_eq!(found, documents, "{entity}");
        rare[match documents {
            1 => 0,
            2..=5 => 1,
            _ => 2,
        }] += 1;
    }
    assert!(rare.iter().all(|entities| *entities >= 20), "{rare:?}");
}
