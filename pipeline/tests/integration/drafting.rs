//! `ragscale questions draft` with a scripted model.

use crate::halls::{DOCUMENTS, DRAFT, draft, drafts, lines, outcomes, project, script, writes};
use crate::project::{Project, wait_until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

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
fn flow_an_answer_that_no_quote_holds_is_left_out() {
    let project = project();
    let reply = json!({
        "question": "How heavy is the mixer of hall two?", "answers": ["41 kg", "40 kg"],
        "quotes": ["mixer of hall two weighs 40 kg"], "kind": "fact",
    });
    let mut script = script();
    script[0] = json!({"sees": ["Write one question", "hall two"], "says": reply.to_string()});
    project.write("script.jsonl", lines(&script));
    let done = draft(&project, &[]).expect(0);
    let told = "drafts to review                              3\n  answers left out, which no quote holds      1\n";
    assert!(done.stdout.ends_with(told), "{}", done.stdout);
    let all = drafts(&project);
    let kept = all.iter().find(|one| one["question"] == reply["question"]).unwrap();
    assert_eq!(kept["answers"], json!(["40 kg"]));
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
    project.replace("experiments/x.toml", crate::halls::MODEL, model);
    draft(&project, &["--count", "3", "--json"]).expect(0);
    let found = drafts(&project);
    assert_eq!(found.len(), 3);
    for one in &found {
        assert!(one["status"] == "rejected" && one["filter"] == "unparsed", "{one}");
        assert_eq!(one["model"], "m");
    }
}
