use super::*;
use serde_json::{Value, json};

const CONTEXT: &str =
    "Das Röhrenwerk lies in Köln. It was built in 1908. It makes pipes; 1908 was late.";

fn answer(text: &str, start: usize) -> Value {
    json!({"text": text, "answer_start": start})
}

fn qa(id: &str, answers: Value) -> Value {
    json!({"id": id, "question": "When?", "answers": answers})
}

/// An article of one paragraph.
fn article(title: &str, context: &str, qas: &[Value]) -> Value {
    json!({"title": title, "paragraphs": [{"context": context, "qas": qas}]})
}

fn sources(articles: &[Value]) -> Sources {
    let text = json!({"version": "v2.0", "data": articles}).to_string();
    Sources::new(&[("squad.json", &text)])
}

#[test]
fn the_sentence_of_the_first_answer_is_the_evidence() {
    // In code points: "Das Röhrenwerk lies in Köln." has 28, so that "It" stands at 29 and "1908" at
    // 29 + 16 = 45; "It makes pipes; " begins at 51 and the second "1908" at 67. In bytes each stands two
    // further on, for the two umlauts before it.
    let sources = sources(&[article(
        "Das_Röhrenwerk",
        CONTEXT,
        &[
            qa("first", json!([answer("1908", 45), answer("1908", 67), answer("in 1908", 42)])),
            qa("last", json!([answer("1908", 67)])),
        ],
    )]);
    let summary = sources.import("squad.json");
    let corpus = sources.corpus();
    assert_eq!(
        documents(&corpus),
        [("Das_Röhrenwerk-001.txt", &*format!("Das_Röhrenwerk\n\n{CONTEXT}"))]
    );
    let document = "Das_Röhrenwerk-001.txt";
    assert_eq!(evidence(&corpus.questions[0]), [(document, Some("It was built in 1908."))]);
    assert_eq!(
        evidence(&corpus.questions[1]),
        [(document, Some("It makes pipes; 1908 was late."))]
    );
    // The title has 15 bytes, the empty line 2; "Das … Köln. " 31.
    assert_eq!(corpus.questions[0].evidence[0].span, 48..69);
    assert_eq!(corpus.questions[0].answers, ["1908", "in 1908"]);
    assert_eq!(corpus.questions[0].kind, "fact");
    assert_eq!(left_out(&summary), [("accepted answers that stand twice", 1)]);
}

#[test]
fn what_the_paragraph_does_not_say_is_unanswerable() {
    let impossible = json!({
        "id": "none", "question": "Who?", "answers": [], "is_impossible": true,
        "plausible_answers": [answer("Köln", 23)],
    });
    let sources =
        sources(&[article("T", CONTEXT, &[impossible, qa("q", json!([answer("Köln", 23)]))])]);
    let summary = sources.import("squad.json");
    let corpus = sources.corpus();
    let none = &corpus.questions[0];
    assert_eq!(
        (none.kind.as_str(), none.answers.len(), none.evidence.len()),
        ("unanswerable", 0, 0)
    );
    assert_eq!(left_out(&summary), [("plausible answers to unanswerable questions", 1)]);
}

#[test]
fn a_place_that_is_wrong_leaves_the_whole_paragraph() {
    let sources = sources(&[article(
        "T",
        "Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes. Yes.",
        &[
            qa("wrong", json!([answer("Yes", 3)])),
            qa("behind", json!([answer("Yes", 9_999)])),
            qa("twice", json!([answer("Yes", 50)])),
            qa("hidden", json!([])),
            qa("blank", json!([answer("", 0)])),
        ],
    )]);
    let summary = sources.import("squad.json");
    let corpus = sources.corpus();
    for question in &corpus.questions {
        assert_eq!(evidence(question), [("T-001.txt", None)], "{}", question.id);
    }
    assert_eq!(corpus.questions.len(), 3);
    assert_eq!(
        left_out(&summary),
        [
            ("accepted answers without text", 1),
            ("places of answers, which are elsewhere: evidence is the whole paragraph", 2),
            ("questions without an accepted answer", 2),
            ("quotes of sentences that stand twice: evidence is the whole paragraph", 1),
        ]
    );
}

#[test]
fn line_ends_and_titles_do_not_move_an_answer() {
    let context = "One.\r\nTwo is red.\r\nThree.";
    let sources =
        sources(&[article("Two is red.", context, &[qa("q", json!([answer("red", 13)]))])]);
    sources.import("squad.json");
    let corpus = sources.corpus();
    assert_eq!(corpus.documents[0].text, "Two is red.\n\nOne.\nTwo is red.\nThree.");
    // The title says the same: the sentence behind it tells the quote apart.
    let question = &corpus.questions[0];
    assert_eq!(evidence(question), [("Two is red.-001.txt", Some("Two is red.\nThree."))]);
    assert_eq!(question.evidence[0].span, 18..36);
}

#[test]
fn articles_of_one_title_are_counted_on_and_a_limit_ends_both() {
    let one = |id: &str| article("T", CONTEXT, &[qa(id, json!([answer("1908", 45)]))]);
    let sources = sources(&[one("a"), one("b"), one("c")]);
    sources.import("squad.json");
    let ids: Vec<_> = documents(&sources.corpus()).iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(ids, ["T-001.txt", "T-002.txt", "T-003.txt"]);
    let summary = sources.import_with("squad.json", |options| options.limit = Some(2)).unwrap();
    assert_eq!((summary.documents, summary.questions), (2, 2));
    assert_eq!(
        left_out(&summary),
        [("paragraphs beyond --limit", 1), ("questions beyond --limit", 1)]
    );
}

#[test]
fn bad_files_are_named_with_line_and_remedy() {
    let error = |text: &str| Sources::new(&[("squad.json", text)]).error("squad.json");
    let format = |text: &str| {
        let sources = Sources::new(&[("squad.json", text)]);
        let format = |options: &mut ImportOptions<'_>| options.format = Some(ImportFormat::Squad);
        sources.told(&sources.import_with("squad.json", format).unwrap_err())
    };
    insta::assert_snapshot!(error("{\"data\":[\n{\"paragraphs\":[{\"context\":\"x\"}]}]}"), @r"
    ./in/squad.json:2:30: missing field `qas`
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(error("{\"data\":[{\"paragraphs\":[]}]"), @r"
    ./in/squad.json:1:27: EOF while parsing an object
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(error("{\"data\":[{\"paragraphs\":[]}]}"), @r"
    ./in/squad.json gives no question
    hint: look at the first records of the file: is it the set that was meant?
    ");
    insta::assert_snapshot!(format("{}"), @r"
    ./in/squad.json:1:2: missing field `data`
    hint: compare the record with the format's own description, or name another `--format`
    ");
    insta::assert_snapshot!(format(""), @r"
    ./in/squad.json is empty
    hint: fetch it again: it should hold questions
    ");
    let twice = article(
        "T",
        CONTEXT,
        &[qa("a", json!([answer("1908", 45)])), qa("a", json!([answer("1908", 45)]))],
    );
    insta::assert_snapshot!(error(&json!({"data": [twice]}).to_string()), @r#"
    ./in/squad.json:1: the id "a" stands on line 1 already
    hint: give each record an id of its own
    "#);
}
