//! Tables as spreadsheets save them, and as people break them.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Vec<Question> {
    rows(text.as_bytes().to_vec()).unwrap().into_iter().map(|(_, row)| row.unwrap()).collect()
}

#[test]
fn what_spreadsheets_write_is_read() {
    let plain = "question,answers,document,kind\nHow heavy?,40 kg|forty kg,a.pdf,number\n";
    let semicolons = "\u{feff}Question;Answers;Document;Kind\r\nHow heavy?;40 kg | forty kg;a.pdf;number\r\n;;;\r\n";
    let quoted =
        "kind\tdocument\tanswer\tquestion\nnumber\ta.pdf\t\"40 kg|forty kg\"\t\"How heavy?\"\n";
    for text in [plain, semicolons, quoted] {
        let questions = read(text);
        assert_eq!(questions.len(), 1, "{text}");
        let one = &questions[0];
        assert_eq!(
            (one.text.as_str(), one.kind.as_str(), one.split.as_str()),
            ("How heavy?", "number", "test")
        );
        assert_eq!(one.answers, ["40 kg", "forty kg"]);
        assert_eq!((one.evidence[0].document.as_str(), &one.evidence[0].quote), ("a.pdf", &None));
        assert_eq!(one.id, id_of("How heavy?"));
    }
    let windows = b"question,answers\nWie gro\xdf ist die Welle am Ende?,40 mm\n".to_vec();
    let question = rows(windows).unwrap().remove(0).1.unwrap();
    assert_eq!(question.text, "Wie groß ist die Welle am Ende?");
}

/// What the same spreadsheet saves in other countries and under other names of formats.
#[test]
fn every_way_to_save_a_table_gives_the_same_questions() {
    let text = "question;answers;document;quote\r\n\"Wie gro\u{df} ist die\nWelle am Ende?\";\"40,5 mm|40.5 mm\";\
         Ma\u{df}e.md;\"Die \"\"gro\u{df}e\"\" Welle: 40,5 mm\"\r\n;;;\r\n";
    let tabs = text.replace(';', "\t").replace("\t\t\t", "");
    let windows = |text: &str| -> Vec<u8> { text.chars().map(|letter| letter as u8).collect() };
    let wide = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let old_mac = text.replace("\r\n", "\r");
    for bytes in [
        text.into(),
        format!("\u{feff}{text}").into_bytes(),
        windows(text),
        windows(&tabs),
        wide(&tabs),
        windows(&old_mac),
        text.replace(";;;\r\n", "").trim_end().into(),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let rows = rows(bytes).unwrap_or_else(|fault| panic!("{fault}: {shown}"));
        assert_eq!(rows.len(), 1, "{shown}");
        let one = rows[0].1.as_ref().unwrap();
        assert_eq!(one.text, "Wie gro\u{df} ist die\nWelle am Ende?", "{shown}");
        assert_eq!(one.answers, ["40,5 mm", "40.5 mm"]);
        assert_eq!(one.evidence[0].document, "Ma\u{df}e.md");
        let quote = one.evidence[0].quote.as_deref();
        assert_eq!(quote, Some("Die \"gro\u{df}e\" Welle: 40,5 mm"));
    }
}

#[test]
fn line_ends_in_a_cell_belong_to_it() {
    let questions =
        read("question,answers,quote,document\n\"How\nheavy?\",40,\"a\n\"\"b\"\"\",d.md\n");
    assert_eq!(questions[0].text, "How\nheavy?");
    assert_eq!(questions[0].evidence[0].quote.as_deref(), Some("a\n\"b\""));
}

#[test]
fn each_of_several_documents_has_its_quote() {
    let evidence = |row: &str| {
        let questions = read(&format!("question,answers,document,quote\n?,x,{row}\n"));
        let all = questions[0].evidence.iter();
        all.map(|one| (one.document.clone(), one.quote.clone())).collect::<Vec<_>>()
    };
    let pair = |document: &str, quote: &str| {
        (document.to_owned(), (!quote.is_empty()).then(|| quote.to_owned()))
    };
    assert_eq!(evidence("a.md | b.md,in a | in b"), [pair("a.md", "in a"), pair("b.md", "in b")]);
    assert_eq!(evidence("a.md|b.md,both"), [pair("a.md", "both"), pair("b.md", "both")]);
    // The whole of one of them.
    assert_eq!(evidence("a.md|b.md,|in b"), [pair("a.md", ""), pair("b.md", "in b")]);
    // A row of a table in the document.
    assert_eq!(evidence("a.md,lid | 55 Nm"), [pair("a.md", "lid | 55 Nm")]);
}

#[test]
fn no_answer_means_that_declining_is_right() {
    let questions = read("question,answers\nWho?,\n");
    assert_eq!((questions[0].kind.as_str(), questions[0].answers.len()), (UNANSWERABLE, 0));
}

#[test]
fn wrong_columns_are_named() {
    let fault = |text: &str| rows(text.as_bytes().to_vec()).unwrap_err();
    let found = vec!["question".to_owned(), "kind".to_owned()];
    assert_eq!(fault("question,kind\nx,y\n"), TableFault::Column { missing: "answers", found });
    assert_eq!(
        fault("question,answers,qoute\n"),
        TableFault::UnknownColumn { column: "qoute".into() }
    );
    assert_eq!(
        fault("question,answers,answer\n"),
        TableFault::TwiceColumn { column: "answers".into() }
    );
    assert!(matches!(fault(""), TableFault::Column { missing: "question", .. }));
    let shown = |text: &str| format!("{}\nhint: {}", fault(text), fault(text).hint());
    let all = ["", "question,kind\n", "question,answers,qoute\n", "question,answers,answer\n"];
    insta::assert_snapshot!(all.map(shown).join("\n"), @r"
    the first row names no column `question`: it is empty
    hint: name the columns in the first row: `question` and `answers` are needed, known beside them: `document`, `kind`, `quote`, `split`, `group`, `id`
    the first row names no column `answers`: it has `question`, `kind`
    hint: name the columns in the first row: `question` and `answers` are needed, known beside them: `document`, `kind`, `quote`, `split`, `group`, `id`
    the first row names an unknown column `qoute`
    hint: did you mean `quote`? known: `question`, `answers`, `document`, `kind`, `quote`, `split`, `group`, `id`
    the first row names the column `answers` twice
    hint: keep one; `|` stands between several `answers` in one cell
    ");
}

#[test]
fn bytes_that_are_no_text_are_counted() {
    // Marked as UTF-8 by its first bytes, and not UTF-8.
    let fault = rows(b"\xef\xbb\xbfquestion,answers\n\xff,\xfe\n".to_vec()).unwrap_err();
    assert_eq!((&fault, fault.line()), (&TableFault::NotText { bytes: 2, line: 2 }, 2));
}

#[test]
fn a_row_with_more_cells_than_columns_is_wrong() {
    let rows = rows(b"question,answers\nWho, where?,x\nWho?,x,\n".to_vec()).unwrap();
    assert_eq!(rows[0], (2, Err(QuestionFault::Cells { found: 3, columns: 2 })));
    assert!(rows[1].1.is_ok());
}

#[test]
fn a_row_without_a_cell_that_is_needed_is_wrong() {
    let rows = rows(b"question,document,answers\nWho?;;x\nWho?,\nWho?,,\n".to_vec()).unwrap();
    assert_eq!(rows[0], (2, Err(QuestionFault::Cells { found: 1, columns: 3 })));
    assert_eq!(rows[1], (3, Err(QuestionFault::Cells { found: 2, columns: 3 })));
    assert!(rows[2].1.is_ok());
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_no_row() {
    for text in [
        "question,answers,document\n\"Who made it?,Brandt,a.md\nHow heavy?,40 kg,a.md\n",
        "question,answers,kind\nWho made it?,Brandt,\"fact\nHow heavy?,40 kg,number",
        "question,answers\n\"Who made it?,Brandt\n\"How heavy?\",40 kg\n",
    ] {
        let rows = rows(text.as_bytes().to_vec()).unwrap();
        assert_eq!(rows, [(2, Err(QuestionFault::OpenCell))], "{text}");
    }
    // Behind empty lines too, and what comes after is read.
    let rows = rows(b"question;answers\n\n\n\"Who?\"x\";y\nHow?;40\n".to_vec()).unwrap();
    assert_eq!(rows[0].1, Err(QuestionFault::OpenCell));
    assert!(rows[1].1.is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = rows(bytes);
    }

    #[test]
    fn any_table_is_read(text in "question[,;\t]answers\n([a\",;|\n]{0,40})") {
        let _ = rows(text.into_bytes());
    }
}
