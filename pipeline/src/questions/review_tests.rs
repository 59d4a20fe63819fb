//! The dialogue, typed line by line, and what it leaves on the disk.

use super::super::fixture::Desk;
use super::*;
use crate::corpus::Origin;

/// What is shown while `typed` is typed, and what came of it.
fn typed(desk: &Desk, typed: &str) -> (String, Reviewed) {
    typed_again(desk, typed, false)
}

fn typed_again(desk: &Desk, typed: &str, again: bool) -> (String, Reviewed) {
    let corpus = desk.corpus();
    let ledger = desk.ledger(&corpus);
    let mut output = Vec::new();
    let reviewed = review(&ledger, &corpus, again, &mut typed.as_bytes(), &mut output).unwrap();
    (String::from_utf8(output).unwrap(), reviewed)
}

#[test]
fn each_key_does_what_it_says() {
    let desk = Desk::with(&["q-1", "q-2", "q-3", "q-4"]);
    let (shown, reviewed) = typed(&desk, "a\nx\nr\ntoo easy\ns\nq\n");
    assert_eq!(reviewed, Reviewed { accepted: 1, rejected: 1, skipped: 1, left: 1 });
    assert_eq!(desk.statuses(), ["accepted", "rejected", "skipped", "draft"]);
    assert_eq!(desk.draft(1).why.as_deref(), Some("too easy"));
    assert_eq!(desk.draft(1).filter, None);
    let questions = desk.questions();
    assert_eq!(questions.len(), 1);
    assert_eq!((questions[0].id.as_str(), questions[0].origin), ("q-1", Some(Origin::Reviewed)));
    insta::assert_snapshot!(shown.split("draft 2 of").next().unwrap(), @r"
    draft 1 of 4: q-1 (fact, test), by `m`

      What does q-1 ask?

      answers: 40 kg
      a.md (Pump):
        The pump >>>weighs 40 kg<<<.

    [a]ccept, [e]dit, [r]eject, [s]kip, [q]uit:
    ");
    // Only the one that was left, then the one that was skipped too.
    let (shown, _) = typed(&desk, "");
    assert!(shown.contains("draft 1 of 1: q-4"), "{shown}");
    let (shown, reviewed) = typed_again(&desk, "a\na\n", true);
    assert!(shown.contains("draft 1 of 2: q-3") && shown.contains("draft 2 of 2: q-4"), "{shown}");
    assert_eq!(reviewed, Reviewed { accepted: 2, ..Reviewed::default() });
}

#[test]
fn an_edited_draft_is_shown_again_and_kept_as_edited() {
    let desk = Desk::with(&["q-1", "q-2"]);
    let (shown, _) = typed(&desk, "e\nHow heavy is it?\n40 kg | 40\n\na\ne\n\n\nweight\ns\n");
    assert!(shown.contains("question [What does q-1 ask?]: "), "{shown}");
    assert!(shown.contains("answers, with | between [40 kg]: "), "{shown}");
    let question = &desk.questions()[0];
    assert_eq!((question.id.as_str(), question.text.as_str()), ("q-1", "How heavy is it?"));
    assert_eq!(
        (question.answers.as_slice(), question.kind.as_str()),
        (&["40 kg".to_owned(), "40".to_owned()][..], "fact")
    );
    assert_eq!(desk.draft(1).question.kind, "weight");
}

#[test]
fn a_draft_that_is_wrong_cannot_be_accepted() {
    let desk = Desk::with(&["q-1"]);
    let (shown, reviewed) = typed(&desk, "e\n\n|\nunanswerable\na\nq\n");
    assert!(shown.contains("wrong: evidence is given, and the kind is `unanswerable`"), "{shown}");
    assert!(shown.contains("cannot be accepted: evidence is given"), "{shown}");
    assert_eq!((reviewed.accepted, desk.questions().len()), (0, 0));
}

#[test]
fn an_edit_is_kept_however_the_review_ends() {
    for end in ["q\n", "", "r\n"] {
        let desk = Desk::with(&["q-1", "q-2"]);
        let (_, reviewed) = typed(&desk, &format!("e\nHow heavy is it?\n40\nweight\n{end}"));
        assert_eq!((reviewed.left, desk.statuses()), (2, vec!["draft".to_owned(); 2]), "{end:?}");
        let Question { text, answers, kind, .. } = desk.draft(0).question;
        assert_eq!((text.as_str(), kind.as_str()), ("How heavy is it?", "weight"), "{end:?}");
        assert_eq!(answers, ["40"]);
        assert_eq!(desk.draft(1).question.text, "What does q-2 ask?");
        // A second edit begins with the first.
        let (shown, _) = typed(&desk, "e\n\n\n\nq\n");
        assert!(shown.contains("question [How heavy is it?]: "), "{shown}");
    }
}

#[test]
fn a_draft_behind_a_byte_order_mark_is_decided() {
    let desk = Desk::with(&["q-1", "q-2"]);
    desk.write("drafts.jsonl", &format!("\u{feff}{}", desk.text("drafts.jsonl")));
    typed(&desk, "s\ns\n");
    assert_eq!(desk.statuses(), ["skipped", "skipped"]);
    assert!(desk.text("drafts.jsonl").starts_with("\u{feff}{"));
}

#[test]
fn a_draft_that_is_gone_is_told() {
    let desk = Desk::with(&["q-1", "q-2"]);
    let corpus = desk.corpus();
    let ledger = desk.ledger(&corpus);
    let draft = desk.draft(0);
    let left = desk.text("drafts.jsonl").lines().nth(1).unwrap().to_owned();
    desk.write("drafts.jsonl", &left);
    let error = ledger.decide(draft, Decision::Skip).unwrap_err();
    assert!(error.to_string().ends_with("drafts.jsonl has no draft `q-1` any more"), "{error}");
    assert!(error.hint().unwrap().contains("run the same command again"));
    assert_eq!(desk.text("drafts.jsonl"), left);
}

#[test]
fn the_input_may_end_anywhere() {
    for input in ["", "a", "r\n", "r\nwhy", "e\nHow?\n", "x\n"] {
        let desk = Desk::with(&["q-1"]);
        let (_, reviewed) = typed(&desk, input);
        assert_eq!((reviewed.left, desk.statuses()), (1, vec!["draft".into()]), "{input:?}");
        assert_eq!(desk.questions(), []);
    }
}

/// An accepted draft is two writes. Killed between them, the question is there once, and the draft does not
/// come back.
#[test]
fn a_cut_between_the_two_writes_neither_loses_nor_doubles_a_question() {
    let desk = Desk::with(&["q-1", "q-2"]);
    {
        let corpus = desk.corpus();
        let ledger = desk.ledger(&corpus);
        ledger.add_question(&desk.draft(0).question).unwrap();
    }
    assert_eq!(desk.statuses(), ["draft", "draft"]);
    let (shown, reviewed) = typed(&desk, "a\n");
    assert!(shown.contains("draft 1 of 1: q-2") && !shown.contains("q-1"), "{shown}");
    assert_eq!(reviewed, Reviewed { accepted: 1, ..Reviewed::default() });
    assert_eq!(desk.statuses(), ["accepted", "accepted"]);
    let ids: Vec<String> = desk.questions().into_iter().map(|question| question.id).collect();
    assert_eq!(ids, ["q-1", "q-2"]);
}

#[test]
fn other_lines_keep_their_bytes() {
    let desk = Desk::with(&["q-1", "q-2", "q-3"]);
    // As a person might have changed them: other spaces, no break at the end.
    let text = desk.text("drafts.jsonl").replace("\":", "\" : ");
    desk.write("drafts.jsonl", text.trim_end());
    desk.write("questions.jsonl", "\n");
    typed(&desk, "s\na\n");
    let (before, after) = (text, desk.text("drafts.jsonl"));
    assert_eq!(after.lines().nth(2), before.lines().nth(2));
    assert_ne!(after.lines().nth(1), before.lines().nth(1));
    assert_eq!(desk.statuses(), ["skipped", "accepted", "draft"]);
}

#[test]
fn what_models_write_cannot_move_the_terminal() {
    let desk = Desk::with(&["q-1"]);
    let text = desk.text("drafts.jsonl").replace("What does", "\\u001b[2J\\u202eWhat does");
    desk.write("drafts.jsonl", &text);
    let (shown, _) = typed(&desk, "e\n\n\n\nq\n");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    assert!(shown.contains("\\u{1b}[2J"), "{shown}");
}

#[test]
fn two_at_a_time_are_refused() {
    let desk = Desk::with(&["q-1"]);
    let corpus = desk.corpus();
    let _first = desk.ledger(&corpus);
    let second = Ledger::open(&desk.workspace(), &corpus);
    assert!(matches!(second, Err(QuestionsError::Lock(_))));
}
