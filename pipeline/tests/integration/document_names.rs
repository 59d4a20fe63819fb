//! Files with names that a shell, a terminal or a table trips over: taken as they are, or refused with the
//! reason, and never printed so that a terminal obeys them.

use crate::project::{HEAD, LEXICAL, Project};
use serde_json::json;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

const NAMES: [&str; 10] = [
    "two words.md",
    "it's \"quoted\" `so`.md",
    "line\nhint: break.md",
    "\u{1f6b2} Gr\u{f6}\u{df}e \u{65e5}\u{672c}.md",
    "-rf.md",
    "red\u{1b}[31m\u{202e}dm.md",
    "tab\tand | pipe.md",
    "<b>bold</b> [link](x).csv",
    "a%20b&c=d#e.csv",
    "..md",
];
const MODEL: &str = "\n[model.m]\nscripted = { reads = 1.0, seconds = 0.001 }\n";

/// A folder of such files, each with a fact of its own.
fn folder() -> Project {
    let project = Project::with(&[&HEAD.replace("tiny", "acme"), MODEL, LEXICAL].concat());
    for (number, name) in NAMES.iter().enumerate() {
        let text = match name.ends_with("csv") {
            true => format!("machine,key\nmachine{number},key{number}\n"),
            false => format!("# Machine{number}\n\nThe key of machine{number} is key{number}.\n"),
        };
        project.write(&format!("in/{name}"), text);
    }
    project
}

/// Nothing moves the cursor, colours, or begins a line that is not ours.
#[track_caller]
fn is_plain(text: &str) {
    let stray = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!text.contains(stray), "{text:?}");
    assert!(!text.contains("\nhint: break"), "{text}");
}

#[test]
fn flow_any_name_can_be_added_asked_about_and_reported() {
    let project = folder();
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(0);
    // The one that begins with a dot is hidden.
    assert!(added.stdout.contains("documents: 9 added"), "{}", added.stdout);
    assert!(added.stdout.contains("not taken, hidden: 1"), "{}", added.stdout);
    let questions: String = NAMES[..9]
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let question = json!({
                "id": format!("q{number}"), "question": format!("What is the key of machine{number}?"),
                "answers": [format!("key{number}")], "kind": "fact", "split": "test",
                "evidence": [{"document": name, "quote": format!("key{number}")}],
            });
            format!("{question}\n")
        })
        .collect();
    project.write("corpora/acme/questions.jsonl", questions);
    for arguments in [
        &["corpus", "check", "acme", "--write"][..],
        &["questions", "check", "acme"],
        &["check", "experiments/x.toml"],
        &["run", "experiments/x.toml"],
        &["retrieve", "experiments/x.toml"],
    ] {
        let done = project.ragscale(arguments).expect(0);
        is_plain(&done.stdout);
        is_plain(&done.stderr);
    }
    is_plain(&project.read("reports/x/README.md"));
    is_plain(&project.read("corpora/acme/README.md"));
    let documents: Vec<String> = project
        .trials()
        .iter()
        .map(|trial| trial["passages"][0]["document"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(documents, NAMES[..9], "each question finds its own document first");
}

#[test]
fn flow_a_file_that_is_left_out_prints_its_name_in_one_line() {
    let project = Project::new();
    for name in NAMES.map(|name| name.replace(".md", ".pdf").replace(".csv", ".pdf")) {
        project.write(&format!("in/{name}"), "");
    }
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(1);
    is_plain(&added.stderr);
    let lines: Vec<&str> = added.stderr.lines().collect();
    assert_eq!(lines.len(), 2 * 9, "{}", added.stderr);
    for two in lines.chunks(2) {
        assert!(
            two[0].starts_with("warning: ") && two[1].starts_with("hint: delete it"),
            "{two:?}"
        );
    }
    let checked = project.ragscale(&["corpus", "check", "acme"]).expect(1);
    is_plain(&checked.stdout);
}

/// An id is text, and such a name is none.
#[test]
fn flow_names_that_are_not_utf8_are_refused() {
    let project = Project::new();
    project.write("in/good.md", "# Good\n\nIt goes on.\n");
    let bad = OsStr::from_bytes(b"caf\xe9.md");
    fs::write(project.path("in").join(bad), "x").unwrap();
    let folder = project.path("in").join(OsStr::from_bytes(b"d\xff"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("inside.md"), "x").unwrap();
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(1).says(&[
        "warning: caf\u{fffd}.md left out: the name of in/caf\u{fffd}.md is not UTF-8",
        "warning: d\u{fffd} left out: the name of in/d\u{fffd} is not UTF-8",
        "hint: rename it",
    ]);
    assert!(added.stdout.contains("documents: 1 added"), "{}", added.stdout);
    // Given by itself, beside another.
    let mut command = project.command(&["corpus", "add", "acme", "in/good.md"]);
    command.arg(project.path("in").join(bad)).arg(&folder);
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("its name is not UTF-8\nhint: rename it"), "{told}");
    // One that came into the corpus by hand.
    fs::write(project.path("corpora/acme/documents").join(bad), "x").unwrap();
    let checked = project.ragscale(&["corpus", "check", "acme"]).expect(1);
    assert!(checked.stdout.contains("is not UTF-8"), "{}", checked.stdout);
}
