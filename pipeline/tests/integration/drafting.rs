//! `ragscale questions draft` with a scripted model, and what a person makes of its drafts.

use crate::project::{CLOSED_BOOK, Finished, HEAD, Project, wait_until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

/// Documents of one passage each, by what becomes of the question about it.
const DOCUMENTS: [(&str, &str); 9] = [
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

const MODEL: &str = "\n[model.m]\nscripted = { script = \"script.jsonl\", seconds = 0.01 }\n";

/// What the model answers when it is shown the passage with `mark`.
fn writes(mark: &str, question: &str, answer: &str, quote: &str) -> Value {
    let reply = json!({
        "question": question, "answers": [answer], "quotes": [quote], "kind": "fact",
    });
    json!({"sees": ["Write one question", mark], "says": format!("Here:\n```json\n{reply}\n```")})
}

fn script() -> Vec<Value> {
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

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// A project with the corpus `halls`, which has one question.
fn project() -> Project {
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
const DRAFT: [&str; 7] =
    ["questions", "draft", "halls", "--model", "m", "--experiment", "experiments/x.toml"];

fn draft(project: &Project, more: &[&str]) -> Finished {
    project.ragscale(&[&DRAFT[..], &["--kinds", "fact"], more].concat())
}

fn drafts(project: &Project) -> Vec<Value> {
    let text = fs::read_to_string(project.path("corpora/halls/drafts.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// By document: the filter that rejected it, or its status.
fn outcomes(project: &Project) -> BTreeMap<String, String> {
    drafts(project)
        .iter()
        .map(|draft| {
            let document = draft["evidence"][0]["document"].as_str();
            let outcome = draft["filter"].as_str().or(draft["status"].as_str()).unwrap();
            (document.unwrap_or("none").replace(".md", ""), outcome.to_owned())
        })
        .collect()
}

fn typed(project: &Project, arguments: &[&str], text: &str) -> Finished {
    let mut command = project.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Finished::of(child.wait_with_output().unwrap())
}

#[test]
fn flow_each_filter_drops_what_it_should() {
    let project = project();
    let done = draft(&project, &[]).expect(0);
    let mut expected: BTreeMap<String, String> =
        DOCUMENTS.iter().map(|(name, _)| ((*name).to_owned(), (*name).to_owned())).collect();
    for kept in ["good", "same", "twin"] {
        expected.insert(kept.into(), "draft".into());
    }
    // A question whose answer is not in its quote has the quote as evidence; one that lost it has none.
    expected.remove("quote-missing");
    expected.insert("none".into(), "quote-missing".into());
    assert_eq!(outcomes(&project), expected, "{}", done.stdout);
    insta::assert_snapshot!(done.stdout, @r"
    passages asked about                          9
      not parseable                               1
      quote not in the document                   1
      answer not in the quote                     1
      known without the document                  1
      answered otherwise by another document      1
      repeats a question                          1
    drafts to review                              3
    ");
    done.says(&["next: `ragscale questions review halls`", "the corpus has 9 passages"]);
    for one in drafts(&project) {
        assert_eq!(one["model"], "m");
        assert_eq!(one["status"] == "rejected", one["why"].is_string());
    }
    let why = |filter: &str| {
        let all = drafts(&project);
        let one = all.iter().find(|one| one["filter"] == filter).unwrap();
        one["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(why("unparsed"), "no JSON object");
    assert_eq!(
        why("quote-missing"),
        "the document does not have the quote \"turns at 800 rounds\""
    );
    assert_eq!(why("known-without"), "it says \"Fire doors are green.\"");
    assert_eq!(why("answered-elsewhere"), "with other documents it says \"yellow\"");
    assert_eq!(why("repeated"), "it repeats `clock`");
    // Everything was asked about: the same command has nothing to do, and changes no byte.
    let before = project.read("corpora/halls/drafts.jsonl");
    draft(&project, &[]).expect(0).says(&["nothing to ask: 9 passages were asked about before"]);
    assert_eq!(project.read("corpora/halls/drafts.jsonl"), before);
}

#[test]
fn flow_a_repetition_of_a_draft_is_dropped() {
    let project = project();
    let mut script = script();
    script[8] =
        writes("hall ten", "How heavy is the mixer, of hall two", "Tarnblick", "lent by Tarnblick");
    project.write("script.jsonl", lines(&script));
    draft(&project, &["--json"]).expect(0);
    let outcomes = outcomes(&project);
    let pair = [outcomes["good"].as_str(), outcomes["twin"].as_str()];
    assert!(pair == ["draft", "repeated"] || pair == ["repeated", "draft"], "{pair:?}");
}

#[test]
fn flow_a_model_that_fails_is_asked_again() {
    let project = project();
    let mut broken = script();
    broken[0].as_object_mut().unwrap().remove("says");
    project.write("script.jsonl", lines(&broken));
    let first = draft(&project, &["--json"]).expect(1);
    assert_eq!(first.done()["tally"]["failed"], 1);
    assert_eq!(drafts(&project).len(), 8);
    let before = project.read("corpora/halls/drafts.jsonl");
    project.write("script.jsonl", lines(&script()));
    let second = draft(&project, &["--json"]).expect(0);
    let tally = second.done()["tally"].clone();
    assert_eq!(
        (&tally["asked"], &tally["asked_before"], &tally["drafts"]),
        (&json!(1), &json!(8), &json!(1))
    );
    assert!(project.read("corpora/halls/drafts.jsonl").starts_with(&before));
    // All of them fail: given up, with the reason.
    let project = self::project();
    project.write("script.jsonl", "{}\n");
    draft(&project, &[]).expect(1).says(&[
        "model `m` is given up after failing 5 times in a row",
        "caused by: line 1 of the scripted model's script gives no answer",
    ]);
}

#[test]
fn flow_a_crash_loses_no_draft() {
    let project = project();
    project.replace("experiments/x.toml", "seconds = 0.01", "seconds = 0.05");
    let arguments = [&DRAFT[..], &["--kinds", "fact", "--quiet"]].concat();
    let mut command = project.command(&arguments);
    let mut child = command.spawn().unwrap();
    wait_until("three drafts are there", || drafts(&project).len() >= 3);
    child.kill().unwrap();
    child.wait().unwrap();
    let before = project.read("corpora/halls/drafts.jsonl");
    assert!(drafts(&project).len() < DOCUMENTS.len(), "it was too fast to be killed");
    draft(&project, &["--quiet"]).expect(0);
    assert!(project.read("corpora/halls/drafts.jsonl").starts_with(&before));
    let passages: std::collections::BTreeSet<String> =
        drafts(&project).iter().map(|one| one["passages_sha256"].to_string()).collect();
    assert_eq!((passages.len(), drafts(&project).len()), (DOCUMENTS.len(), DOCUMENTS.len()));
}

#[test]
fn flow_a_larger_count_goes_on_and_a_seed_means_the_same_passages() {
    let project = project();
    draft(&project, &["--count", "4", "--seed", "3"]).expect(0);
    let before = project.read("corpora/halls/drafts.jsonl");
    assert_eq!(drafts(&project).len(), 4);
    draft(&project, &["--count", "6", "--seed", "3"]).expect(0);
    assert_eq!(drafts(&project).len(), 6);
    assert!(project.read("corpora/halls/drafts.jsonl").starts_with(&before));
    let other = self::project();
    draft(&other, &["--count", "6", "--seed", "3"]).expect(0);
    assert_eq!(
        other.read("corpora/halls/drafts.jsonl"),
        project.read("corpora/halls/drafts.jsonl")
    );
}

#[test]
fn flow_two_documents_give_one_question() {
    let project = project();
    let reply = |quotes: Value| {
        let reply = json!({
            "question": "Which two people of Lindhagen gave a clock and a saw?",
            "answers": ["Quorvane"], "quotes": quotes, "kind": "two-documents",
        });
        json!({"sees": ["two passages of two documents"], "says": reply.to_string()})
    };
    let run = |quotes: Value| {
        let _ = fs::remove_file(project.path("corpora/halls/drafts.jsonl"));
        project.write("script.jsonl", lines(&[reply(quotes)]));
        draft(&project, &["--kinds", "two-documents", "--quiet"]).expect(0);
        drafts(&project)
    };
    // `Lindhagen` stands in two documents.
    let found = run(json!(["made by Quorvane of Lindhagen", "lent by Tarnblick of Lindhagen"]));
    let kept = found.iter().find(|one| one["status"] == "draft").unwrap();
    let mut documents: Vec<&str> = kept["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["document"].as_str())
        .collect();
    documents.sort_unstable();
    assert_eq!(
        (documents, &kept["kind"]),
        (vec!["repeated.md", "twin.md"], &json!("two-documents"))
    );
    let found = run(json!(["made by Quorvane of Lindhagen"]));
    assert!(found.iter().any(|one| one["why"] == "no quote is of `twin.md`"), "{found:?}");
}

#[test]
fn flow_what_cannot_be_drafted_is_told() {
    let project = project();
    for (arguments, texts) in [
        (
            &["--model", "n", "--experiment", "experiments/x.toml"][..],
            &["experiments/x.toml has no model `n`", "hint: name one of its models: `m`"][..],
        ),
        (
            &["--model", "m", "--experiment", "experiments/x.toml", "--kinds", "unanswerable"],
            &["questions of the kind `unanswerable` cannot be drafted", "hint: name kinds"],
        ),
        (
            &["--model", "m", "--experiment", "experiments/x.toml", "--kinds", "fact,"],
            &["questions of the kind `` cannot be drafted", "hint: name kinds"],
        ),
    ] {
        let all = [&["questions", "draft", "halls"][..], arguments].concat();
        project.ragscale(&all).expect(2).says(texts);
    }
    // Without `--experiment`, the file named for the corpus.
    let missing = project.ragscale(&["questions", "draft", "halls", "--model", "m"]);
    assert!(missing.stderr.contains("experiments/halls.toml"), "{}", missing.stderr);
    for file in ["corpus.toml", "documents/good.md"] {
        let content = project.read(&format!("corpora/halls/{file}"));
        project.write(&format!("corpora/halls.2026/{file}"), content);
    }
    let missing = project.ragscale(&["questions", "draft", "halls.2026", "--model", "m"]);
    assert!(missing.stderr.contains("experiments/halls.2026.toml"), "{}", missing.stderr);
    project.write("experiments/halls.toml", project.read("experiments/x.toml"));
    project
        .ragscale(&["questions", "draft", "halls", "--model", "m", "--count", "1", "--quiet"])
        .expect(0);
    // A passage that the model's window has no room for.
    project.replace("experiments/x.toml", "seconds = 0.01", "context_tokens = 450");
    draft(&project, &["--seed", "9"])
        .expect(2)
        .says(&["the window has room for 50", "hint: raise `context_tokens`"]);
}

/// A hundred words beside those of the others, and most of the words of one question.
fn add_long_document(project: &Project) {
    let text = "The lamp of hall eight has which colour? ".repeat(12);
    project.write("corpora/halls/documents/long.md", format!("# long\n\n{text}\n"));
}

#[test]
fn flow_a_passage_without_room_is_passed_over() {
    let project = project();
    add_long_document(&project);
    // The prompt about it has 273 words, and those about the others about 200; a reply may have 400.
    project.replace("experiments/x.toml", "seconds = 0.01", "context_tokens = 640");
    let done = draft(&project, &["--json"]).expect(1);
    assert_eq!(
        (&done.done()["tally"]["asked"], &done.done()["tally"]["failed"]),
        (&json!(10), &json!(1))
    );
    assert!(done.stdout.contains("1 passage(s) passed over, the first since question `draft-"));
    assert!(done.stdout.contains("raise `context_tokens`"), "{}", done.stdout);
    assert_eq!(drafts(&project).len(), DOCUMENTS.len());
    // Alone it is the error. With a window that has room it is asked about.
    draft(&project, &[]).expect(2).says(&["the window has room for 240"]);
    project.replace("experiments/x.toml", "context_tokens = 640", "context_tokens = 2000");
    draft(&project, &[]).expect(0);
    assert_eq!(drafts(&project).len(), DOCUMENTS.len() + 1);
}

#[test]
fn flow_a_passage_elsewhere_without_room_is_not_compared_with() {
    let project = project();
    add_long_document(&project);
    // Room for a question with a short passage, and not with this one, which is the first hit for the lamp.
    project.replace(
        "experiments/x.toml",
        "seconds = 0.01 }",
        "context_tokens = 1000 }\nsampling = { answer_tokens = 880 }",
    );
    draft(&project, &[]).expect(0);
    assert_eq!(outcomes(&project)["answered-elsewhere"], "draft");
}

#[test]
fn flow_drafts_are_reviewed_asked_and_reported() {
    let project = project();
    fs::remove_file(project.path("corpora/halls/questions.jsonl")).unwrap();
    draft(&project, &["--quiet"]).expect(0);
    let open = drafts(&project).iter().filter(|one| one["status"] == "draft").count();
    assert_eq!(open, 4, "with no question of a person, that of the clock is no repetition");
    let run = ["run", "experiments/x.toml", "--quiet"];
    // Nothing is asked that nobody has looked at, unless the file says so.
    project.ragscale(&run).expect(2).says(&["questions.jsonl is missing"]);
    let reviewed = typed(&project, &["questions", "review", "halls"], "a\nr\nno\na\nq\n").expect(0);
    assert!(
        reviewed.stdout.ends_with("accepted 2, rejected 1, skipped 0; 1 left\n"),
        "{}",
        reviewed.stdout
    );
    project.ragscale(&run).expect(0);
    let page = project.read("reports/x/README.md");
    assert!(
        page.contains(
            "included. 2 of them were drafted by a model, and a person accepted all of these."
        ),
        "{page}"
    );
    assert!(!page.contains("Not reviewed"));
    project.replace("experiments/x.toml", "split = \"test\"", "split = \"test\", drafts = true");
    project.ragscale(&run).expect(0);
    let page = project.read("reports/x/README.md");
    assert!(page.contains("3 of them were drafted by a model, of which a person accepted 2 and nobody has looked at the other 1."), "{page}");
    assert!(
        page.contains("> **Not reviewed**: 1 of 3 questions were drafted by a model"),
        "{page}"
    );
    let summary: Value = serde_json::from_str(&project.read("reports/x/summary.json")).unwrap();
    assert_eq!(summary["drafts"], json!({"drafted": 3, "accepted": 2}));
    // The one that is left, through a spreadsheet.
    project.ragscale(&["questions", "review", "halls", "--export", "sheet.csv"]).expect(0);
    let sheet = project.read("sheet.csv");
    let (head, row) = sheet.split_once('\n').unwrap();
    project.write("sheet.csv", format!("{head}\naccept{row}"));
    project
        .ragscale(&["questions", "review", "halls", "--export", "sheet.csv"])
        .expect(2)
        .says(&["sheet.csv is there already", "hint: name another file"]);
    let imported =
        project.ragscale(&["questions", "review", "halls", "--import", "sheet.csv"]).expect(0);
    assert_eq!(imported.stdout, "accepted 1, rejected 0, skipped 0; 0 left\n");
    assert_eq!(project.read("corpora/halls/questions.jsonl").lines().count(), 3);
}

/// A model that was read from files writes the questions; what it writes may all be noise.
#[cfg(feature = "engines")]
#[test]
fn flow_a_model_of_this_machine_drafts() {
    let project = project();
    fs::create_dir_all(project.path("models/tiny")).unwrap();
    crate::tiny_model::TinyModel::new(3).write_safetensors(&project.path("models/tiny"));
    // Its template has a date, which no prompt may have; its words are letters, nearly.
    let today = "Today is {{ strftime_now('%d %b %Y') }}. ";
    project.replace("models/tiny/tokenizer_config.json", today, "");
    project.replace(
        "models/tiny/config.json",
        "\"max_position_embeddings\":512",
        "\"max_position_embeddings\":8192",
    );
    let model = "\n[model.m]\nmistralrs = { path = \"models/tiny\", context_tokens = 8192 }\nsampling = { answer_tokens = 8 }\n";
    project.replace("experiments/x.toml", MODEL, model);
    draft(&project, &["--count", "3", "--json"]).expect(0);
    let found = drafts(&project);
    assert_eq!(found.len(), 3);
    for one in &found {
        assert!(one["status"] == "rejected" && one["filter"] == "unparsed", "{one}");
        assert_eq!(one["model"], "m");
    }
}
