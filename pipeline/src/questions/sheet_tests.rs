//! A sheet written, changed as a person would, and taken back.

use super::super::fixture::Desk;
use super::*;

/// Exports the drafts and gives the rows, the first the names.
fn exported(desk: &Desk) -> Vec<Vec<String>> {
    let corpus = desk.corpus();
    let ledger = desk.ledger(&corpus);
    export(&ledger, &corpus, &desk.path("sheet.csv")).unwrap();
    let text = desk.text("sheet.csv");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Writes rows with semicolons, as another country's spreadsheet would, and takes them.
fn imported(desk: &Desk, rows: &[Vec<String>]) -> Result<Reviewed, QuestionsError> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    desk.write("sheet.csv", &String::from_utf8(writer.into_inner().unwrap()).unwrap());
    let corpus = desk.corpus();
    import(&desk.ledger(&corpus), &corpus, &desk.path("sheet.csv"))
}

fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap()
}

#[test]
fn a_sheet_is_taken_as_it_was_decided() {
    let desk = Desk::with(&["q-1", "q-2", "q-3", "q-4"]);
    let mut rows = exported(&desk);
    assert_eq!(rows[0], COLUMNS);
    assert_eq!(
        rows[1],
        [
            "",
            "",
            "What does q-1 ask?",
            "40 kg",
            "fact",
            "a.md",
            "weighs 40 kg",
            "The pump >>>weighs 40 kg<<<.",
            "test",
            "q-1"
        ]
    );
    rows[1][0] = "Accept".into();
    rows[1][column("question")] = "How heavy is the pump?".into();
    rows[1][column("answers")] = "40 kg|40".into();
    rows[2][0] = "r".into();
    rows[2][1] = "too easy".into();
    rows[3][0] = "skip".into();
    let reviewed = imported(&desk, &rows).unwrap();
    assert_eq!(reviewed, Reviewed { accepted: 1, rejected: 1, skipped: 1, left: 1 });
    assert_eq!(desk.statuses(), ["accepted", "rejected", "skipped", "draft"]);
    assert_eq!(desk.draft(1).why.as_deref(), Some("too easy"));
    let question = &desk.questions()[0];
    assert_eq!((question.text.as_str(), question.answers.len()), ("How heavy is the pump?", 2));
    // The same sheet again, as after a crash in its middle: nothing comes twice.
    let again = imported(&desk, &rows).unwrap();
    assert_eq!((again.accepted, again.rejected, desk.questions().len()), (0, 0, 1));
}

#[test]
fn a_sheet_with_a_wrong_row_is_not_taken_at_all() {
    let desk = Desk::with(&["q-1", "q-2", "q-3", "q-4"]);
    let mut rows = exported(&desk);
    rows[1][0] = "accept".into();
    rows[2][0] = "perhaps".into();
    rows[3][0] = "accept".into();
    rows[3][column("quote")] = "weighs 41 kg".into();
    rows[4][0] = "accept".into();
    rows[4][column("kind")] = "unanswerable".into();
    let mut lost = rows[1].clone();
    lost[column("id")] = "q-9".into();
    rows.push(lost);
    rows.push(rows[1].clone());
    let error = imported(&desk, &rows).unwrap_err();
    let shown = error.to_string().replace(&desk.path("").display().to_string(), "");
    insta::assert_snapshot!(shown, @r#"
    5 problem(s) in sheet.csv
    sheet.csv:3: `decision` is "perhaps": write accept, reject, skip or nothing
    sheet.csv:4: `quote` is changed: accept the draft and change it in questions.jsonl, or reject it
    sheet.csv:5: the draft `q-4` cannot be accepted: evidence is given, and the kind is `unanswerable`
    sheet.csv:6: there is no draft `q-9`
    sheet.csv:7: the draft `q-1` has an earlier row with a decision
    "#);
    assert_eq!((desk.questions().len(), desk.statuses()), (0, vec!["draft".to_owned(); 4]));
    assert!(error.is_input());
}

#[test]
fn answers_that_a_spreadsheet_changed_are_not_taken() {
    let desk = Desk::with(&["q-1", "q-2"]);
    let mut rows = exported(&desk);
    rows[1][0] = "accept".into();
    rows[1][column("answers")] = "10-Dec".into();
    let error = imported(&desk, &rows).unwrap_err().to_string();
    let told =
        "sheet.csv:2: `answers` is \"10-Dec\" and was \"40 kg\", and no quote holds \"10-Dec\"";
    assert!(error.contains(told), "{error}");
    // One of several that a quote holds does not speak for the others.
    rows[1][column("answers")] = "40 kg | 10-Dec".into();
    let error = imported(&desk, &rows).unwrap_err().to_string();
    assert!(error.contains("and no quote holds \"10-Dec\": write what a quote holds"), "{error}");
    assert_eq!((desk.questions().len(), desk.statuses()), (0, vec!["draft".to_owned(); 2]));
    // A draft that is not accepted may have any.
    rows[1][0] = "reject".into();
    rows[2][0] = "accept".into();
    rows[2][column("answers")] = "40 | 40 kg".into();
    let reviewed = imported(&desk, &rows).unwrap();
    assert_eq!((reviewed.accepted, reviewed.rejected), (1, 1));
    assert_eq!(desk.questions()[0].answers, ["40", "40 kg"]);
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let desk = Desk::with(&["q-1"]);
    exported(&desk);
    desk.write("questions.csv", "question,answers\n");
    let corpus = desk.corpus();
    let ledger = desk.ledger(&corpus);
    for name in ["sheet.csv", "questions.csv", "documents"] {
        let before = std::fs::read(desk.path(name)).ok();
        let error = export(&ledger, &corpus, &desk.path(name)).unwrap_err();
        assert!(error.to_string().ends_with(&format!("{name} is there already")), "{error}");
        assert!(error.is_input() && error.hint().unwrap().starts_with("name another file"));
        assert_eq!(std::fs::read(desk.path(name)).ok(), before);
    }
}

#[test]
fn a_sheet_needs_its_ids_and_decisions() {
    let desk = Desk::with(&["q-1"]);
    let rows = [vec!["question".to_owned()], vec!["?".to_owned()]];
    let error = imported(&desk, &rows).unwrap_err().to_string();
    assert!(error.contains("sheet.csv:1: the first row names no column `decision`"), "{error}");
    assert!(error.contains("no column `id`"), "{error}");
}

/// The row with it would have the decisions of the rows below in one of its cells.
#[test]
fn a_quotation_mark_that_is_not_closed_takes_no_decision() {
    let desk = Desk::with(&["q-1", "q-2", "q-3"]);
    for (sheet, line) in [
        ("id,decision,why\nq-1,accept,\"too easy\nq-2,reject,\nq-3,reject,\n", 2),
        ("id;decision;why\nq-1;accept;\nq-2;reject;\"so\nq-3;reject;\"so\"\n", 3),
        ("id,decision,\"why\nq-1,accept,\n", 1),
    ] {
        desk.write("sheet.csv", sheet);
        let corpus = desk.corpus();
        let error = import(&desk.ledger(&corpus), &corpus, &desk.path("sheet.csv")).unwrap_err();
        let told = format!("sheet.csv:{line}: a cell begins with a quotation mark and has none");
        assert!(error.to_string().contains(&told), "{error}");
        assert!(error.to_string().contains("close the quotation mark"), "{error}");
        assert_eq!(desk.statuses(), vec!["draft".to_owned(); 3], "{sheet}");
    }
}

#[test]
fn a_cell_is_no_formula_and_comes_back_as_it_was() {
    let desk = Desk::with(&["q-1"]);
    let text = desk.text("drafts.jsonl").replace("What does q-1 ask?", "=1+1?");
    desk.write("drafts.jsonl", &text);
    let mut rows = exported(&desk);
    assert_eq!(rows[1][column("question")], "'=1+1?");
    rows[1][0] = "a".into();
    imported(&desk, &rows).unwrap();
    assert_eq!(desk.questions()[0].text, "=1+1?");
    for (cell, expected) in [("'-5", "-5"), ("'tis", "'tis"), ("-5", "-5"), ("''x", "'x")] {
        assert_eq!(unguarded(cell), expected);
    }
}
