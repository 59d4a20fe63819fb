//! The corpus `halls`, and a scripted model that writes questions about it.

use crate::project::{CLOSED_BOOK, Finished, HEAD, Project};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// Documents of one passage each, by what becomes of the question about it.
pub const DOCUMENTS: [(&str, &str); 9] = [
    (
        "good",
        "The mixer of hall two weighs 40 kg and stands on four rubber feet beside the northern door of the hall.",
    ),
    (
        "same",
        "The lathe of hall three was bought in 1998 from a school in Varnholm and runs on Tuesdays in the hall.",
    ),
    (
        "unparsed",
        "The kettle of hall four holds six litres of water and is cleaned each Friday by whoever is last in the hall.",
    ),
    (
        "quote-missing",
        "The drill of hall five turns at 900 rounds a minute and must never be left alone while it runs in the hall.",
    ),
    (
        "answer-outside-quote",
        "The crane of hall six lifts two tons and was painted yellow by Malin Osterfeld when the hall was opened.",
    ),
    (
        "known-without",
        "The fire door of hall seven is green and opens to the yard where all people of the hall meet in a fire.",
    ),
    (
        "answered-elsewhere",
        "The lamp of hall eight is red and is switched off by the guard at ten each night when the hall is closed.",
    ),
    (
        "repeated",
        "The clock of hall nine was made by Quorvane of Lindhagen and hangs above the stairs that lead to the hall.",
    ),
    (
        "twin",
        "The saw of hall ten was lent by Tarnblick of Lindhagen and goes back to its owner in May with the hall key.",
    ),
];

pub const MODEL: &str = "\n[model.m]\nscripted = { script = \"script.jsonl\", seconds = 0.01 }\n";

/// What the model answers when it is shown the passage with `mark`.
pub fn writes(mark: &str, question: &str, answer: &str, quote: &str) -> Value {
    let reply = json!({
        "question": question, "answers": [answer], "quotes": [quote], "kind": "fact",
    });
    json!({"sees": ["Write one question", mark], "says": format!("Here:\n```json\n{reply}\n```")})
}

pub fn script() -> Vec<Value> {
    // How the prompts of the filters begin.
    let (closed, open) = ("few words. If you do not know", "Passages:");
    vec![
        writes(
            "hall two",
            "How heavy is the mixer of hall two?",
            "40 kg",
            "mixer of hall two weighs 40 kg",
        ),
        writes(
            "hall three",
            "When was the lathe of hall three bought?",
            "1998",
            "was bought in 1998",
        ),
        json!({"sees": ["Write one question", "hall four"], "says": "I would ask about the kettle."}),
        writes(
            "hall five",
            "How fast does the drill of hall five turn?",
            "900",
            "turns at 800 rounds",
        ),
        writes(
            "hall six",
            "Who painted the crane of hall six?",
            "Malin Osterfeld",
            "lifts two tons",
        ),
        writes(
            "hall seven",
            "Which colour has the fire door of hall seven?",
            "green",
            "hall seven is green",
        ),
        writes(
            "hall eight",
            "Which colour has the lamp of hall eight?",
            "red",
            "hall eight is red",
        ),
        writes(
            "hall nine",
            "Who made the clock of hall nine?",
            "Quorvane",
            "made by Quorvane of Lindhagen",
        ),
        writes("hall ten", "Who lent the saw of hall ten?", "Tarnblick", "lent by Tarnblick"),
        json!({"sees": [closed, "fire door"], "says": "Fire doors are green."}),
        json!({"sees": [open, "Question: When was the lathe"], "says": "It was bought in 1998."}),
        json!({"sees": [open, "Question: Which colour has the lamp"], "says": "yellow"}),
    ]
}

pub fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// A project with the corpus `halls`, which has one question.
pub fn project() -> Project {
    let project = Project::with(&[&HEAD.replace("tiny", "halls"), MODEL, CLOSED_BOOK].concat());
    project.write(
        "corpora/halls/corpus.toml",
        "title = \"Halls\"\nlanguage = \"en\"\nlicence = \"MIT\"\n",
    );
    for (name, text) in DOCUMENTS {
        project
            .write(&format!("corpora/halls/documents/{name}.md"), format!("# {name}\n\n{text}\n"));
    }
    let question = json!({
        "id": "clock", "question": "Who has made the clock of hall nine?", "answers": ["Quorvane"],
        "evidence": [{"document": "repeated.md", "quote": "Quorvane"}], "kind": "fact", "split": "test",
    });
    project.write("corpora/halls/questions.jsonl", format!("{question}\n"));
    project.write("script.jsonl", lines(&script()));
    project
}

/// A command, before its options.
pub const DRAFT: [&str; 7] =
    ["questions", "draft", "halls", "--model", "m", "--experiment", "experiments/x.toml"];

pub fn draft(project: &Project, more: &[&str]) -> Finished {
    project.ragscale(&[&DRAFT[..], &["--kinds", "fact"], more].concat())
}

pub fn drafts(project: &Project) -> Vec<Value> {
    let text = fs::read_to_string(project.path("corpora/halls/drafts.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// By document: the filter that rejected it, or its status.
pub fn outcomes(project: &Project) -> BTreeMap<String, String> {
    drafts(project)
        .iter()
        .map(|draft| {
            let document = draft["evidence"][0]["document"].as_str();
            let outcome = draft["filter"].as_str().or(draft["status"].as_str()).unwrap();
            (document.unwrap_or("none").replace(".md", ""), outcome.to_owned())
        })
        .collect()
}
