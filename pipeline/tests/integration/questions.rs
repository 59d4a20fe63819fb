//! `ragscale questions check` and `power`.

use crate::project::Project;
use serde_json::{Value, json};
use std::fs;

#[test]
fn flow_questions_are_checked() {
    let project = Project::new();
    let done = project.ragscale(&["questions", "check", "tiny"]).expect(0);
    assert!(done.stdout.starts_with("kind"), "{}", done.stdout);
    done.says(&["warning: kind `date` has ", "hint: add some, or take the kind's row"]);
    let done = project.ragscale(&["questions", "check", "tiny", "--json"]).expect(0);
    let last = done.json().pop().unwrap();
    assert_eq!((&last["event"], &last["questions"]), (&json!("questions"), &json!(25)));
    let counted: u64 =
        last["census"]["splits"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(counted, 25);
    assert_eq!(done.json().len() as u64 - 1, last["findings"].as_u64().unwrap());

    project.write(
        "corpora/tiny/questions.csv",
        "question,answers,document\nHow many?,214,member.txt\n",
    );
    project
        .ragscale(&["questions", "check", "tiny"])
        .expect(2)
        .says(&["questions.csv:2: question `q-", "hint: did you mean `members.txt`?"]);
    project.write(
        "corpora/tiny/questions.csv",
        "question,answers,document\nHow many?,215,members.txt\n",
    );
    project
        .ragscale(&["questions", "check", "tiny"])
        .expect(0)
        .says(&["no accepted answer stands in its evidence: \"215\""]);
    project.write("corpora/tiny/drafts.jsonl", "{}\n");
    project
        .ragscale(&["questions", "check", "tiny"])
        .expect(2)
        .says(&["drafts.jsonl:1: missing field `status`"]);
}

/// A table as spreadsheets save it is asked; one with other columns is told with the remedy.
#[test]
fn flow_questions_of_a_spreadsheet_are_asked_or_refused_as_a_whole() {
    let project = Project::new();
    fs::remove_file(project.path("corpora/tiny/questions.jsonl")).unwrap();
    let saved = "Question;Answers;Document;Kind;Quote\r\n\"How many members\nare there?\";214|two hundred and fourteen;\
        members.txt;number;\"There  are 214\nmembers.\"\r\nWer zahlt f\u{fc}r das Caf\u{e9}?;;;;\r\n;;;;\r\n";
    let windows: Vec<u8> = saved.chars().map(|letter| letter as u8).collect();
    for bytes in [saved.as_bytes().to_vec(), format!("\u{feff}{saved}").into_bytes(), windows] {
        project.write("corpora/tiny/questions.csv", bytes);
        let checked = project.ragscale(&["questions", "check", "tiny", "--json"]).expect(0);
        let last = checked.json().pop().unwrap();
        assert_eq!(last["questions"], 2, "{last}");
        project.run(&["--quiet"]).expect(0);
        let asked = project.read("reports/x/questions.jsonl");
        assert!(
            asked.contains("f\u{fc}r das Caf\u{e9}?") && asked.contains("members\\nare"),
            "{asked}"
        );
    }
    for (table, texts) in [
        ("Frage;Antwort\nx;y\n", ["an unknown column `frage`", "hint: known: `question`"]),
        ("question;document\nx;y\n", ["names no column `answers`", "hint: name the columns"]),
        ("question,answers,qoute\n", ["column `qoute`", "hint: did you mean `quote`?"]),
        ("", ["names no column `question`: it is empty", "hint: name the columns"]),
    ] {
        project.write("corpora/tiny/questions.csv", table);
        project.ragscale(&["questions", "check", "tiny"]).expect(2).says(&texts);
        project.run(&[]).expect(2).says(&texts).says(&["corpora/tiny/questions.csv:1: "]);
    }
}

#[test]
fn flow_power_counts_questions() {
    let project = Project::new();
    let power = |more: &[&str]| {
        project.ragscale(&[&["questions", "power", "tiny", "--margin", "0.05"][..], more].concat())
    };
    // As derived by hand in statistics/power.rs.
    let guess = power(&["--json"]).expect(0).json().remove(0);
    assert_eq!((&guess["winner_questions"], &guess["tie_questions"]), (&json!(665), &json!(841)));
    assert_eq!(guess["splits"]["all"]["questions"], 25);
    let lines = power(&["--discordance", "0.04"]).expect(0).stdout;
    assert!(
        lines.contains("a winner: not possible where they part so little: at most by 4.0 points"),
        "{lines}"
    );
    project.run(&[]).expect(0);
    let report = power(&["--report", "reports/x", "--json"]).expect(0).json().remove(0);
    // Six setups with the oracle, and the report corrects over all their pairs: 6 * 5 / 2.
    assert_eq!((&report["pairs"], &report["from"]["corpus"]), (&json!(15), &json!("tiny")));
    assert_eq!(report["parting"], report["discordance"]);
    // Five of them could be run for real: 5 * 4 / 2.
    let lines = power(&["--report", "reports/x"]).expect(0).stdout;
    assert!(lines.contains(", and need the most questions of 10 pairs; design"), "{lines}");
    assert!(report["discordance"].as_f64().unwrap() > 0.1, "{report}");
    power(&["--report", "reports/y"]).expect(2).says(&["reports/y is not a report's folder"]);
    power(&["--report", "reports/x", "--discordance", "0.1"]).expect(2);
    project
        .ragscale(&["questions", "power", "tiny", "--margin", "5"])
        .expect(2)
        .says(&["it is a share above 0 and below 1"]);
    // A question that no setup is asked decides nothing.
    let mut questions = project.read("corpora/tiny/questions.jsonl");
    questions.push_str(
        r#"{"id":"r","question":"?","evidence":[{"document":"members.txt"}],"kind":"retrieval","split":"test"}"#,
    );
    project.write("corpora/tiny/questions.jsonl", questions);
    let guess = power(&["--json"]).expect(0).json().remove(0);
    assert_eq!(guess["splits"]["all"]["questions"], 25);
}
