//! Documents that cannot be read, of each format: each is named with a reason and a remedy, the rest goes on,
//! and the exit code says so. Archives are in `intake/archive_tests.rs`.

use crate::documents::{
    self, archive, doc, docx, encrypted_pdf, envelope, epub, open_document, paragraph, pdf, ppt,
    scanned, xls, xlsx,
};
use crate::project::{Finished, Project};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Text as it is: a file of no bytes is a text of no words.
const PLAIN: [&str; 2] = ["md", "txt"];
/// Half of such a file is a file of its format.
const WITHOUT_END: [&str; 9] = ["md", "txt", "html", "csv", "tsv", "eml", "mbox", "jsonl", "rst"];

/// `corpus add acme in`, and what it says of each file that is left out: why, and what to do.
fn added(project: &Project) -> (Finished, BTreeMap<String, (String, String)>) {
    let added = project.ragscale(&["corpus", "add", "acme", "in"]);
    assert!(added.code.is_some_and(|code| code <= 1), "{added:?}");
    let mut refused = BTreeMap::new();
    let mut lines = added.stderr.lines();
    while let Some(line) = lines.next() {
        let told = line.strip_prefix("warning: ").and_then(|line| line.split_once(" left out: "));
        let (id, why) = told.unwrap_or_else(|| panic!("{line}"));
        let hint = lines.next().and_then(|line| line.strip_prefix("hint: "));
        refused.insert(id.to_owned(), (why.to_owned(), hint.expect("no remedy").to_owned()));
    }
    assert_eq!(added.code, Some(i32::from(!refused.is_empty())), "{added:?}");
    (added, refused)
}

#[test]
fn flow_broken_files_of_each_format_are_named() {
    let project = Project::new();
    project.write("in/good.md", "# Good\n\nIt goes on.\n");
    let mut expected = BTreeMap::new();
    for (end, bytes) in documents::samples() {
        project.write(&format!("in/empty.{end}"), "");
        if !PLAIN.contains(&end) {
            expected.insert(format!("empty.{end}"), ("is empty (0 bytes)".to_owned(), "delete it"));
        }
        project.write(&format!("in/half.{end}"), &bytes[..bytes.len() / 2]);
        if !WITHOUT_END.contains(&end) {
            let why = format!("cannot be read as {end}: ");
            expected.insert(format!("half.{end}"), (why, "open it in its program and save it"));
        }
        let other = if end == "pdf" { b"plain text".to_vec() } else { documents::sample("pdf") };
        project.write(&format!("in/other.{end}"), other);
        let why = format!("is no {end} file, whatever its name says");
        expected.insert(format!("other.{end}"), (why, "give it the ending of what it is"));
    }
    let (added, refused) = added(&project);
    assert!(refused.keys().eq(expected.keys()), "{:#?}", refused.keys());
    for (id, (why, hint)) in &expected {
        let told = &refused[id];
        assert!(told.0.contains(why) && told.1.contains(hint), "{id}: {told:?}");
    }
    let read = 1 + 3 * 21 - expected.len();
    assert!(added.stdout.contains(&format!("{read} document(s) read")), "{}", added.stdout);
    assert!(added.stdout.contains("2 document(s) without a word"), "{}", added.stdout);
    let left_out = format!("left out: {}, named above", expected.len());
    assert!(added.stdout.contains(&left_out), "{}", added.stdout);
    let checked = project.ragscale(&["corpus", "check", "acme"]).expect(1);
    for id in expected.keys() {
        assert!(checked.stdout.contains(&format!("`{id}` left out: ")), "{id}: {checked:?}");
    }
}

/// Formats that begin alike.
#[test]
fn flow_one_archive_under_another_s_name_is_told() {
    let project = Project::new();
    for (end, of) in [
        ("docx", "xlsx"),
        ("xlsx", "docx"),
        ("pptx", "docx"),
        ("odt", "docx"),
        ("ods", "epub"),
        ("epub", "odt"),
        ("doc", "xls"),
        ("xls", "ppt"),
        ("ppt", "doc"),
    ] {
        project.write(&format!("in/a.{end}"), documents::sample(of));
    }
    let (_, refused) = added(&project);
    assert_eq!(refused.len(), 9, "{refused:#?}");
    for (id, (why, hint)) in &refused {
        assert!(why.contains(" cannot be read as ") && hint.starts_with("open it"), "{id}: {why}");
    }
}

#[test]
fn flow_encrypted_files_ask_for_a_copy_without_a_password() {
    let project = Project::new();
    let sheet = documents::ROWS;
    let body = "<text:p>Torque of the lid.</text:p>";
    let key = "<manifest:encryption-data manifest:checksum=\"x\"/>";
    let keys = "<encryption><EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/></encryption>";
    for (name, bytes) in [
        ("a.pdf", encrypted_pdf()),
        ("a.docx", envelope()),
        ("a.pptx", envelope()),
        ("a.xlsx", envelope()),
        ("a.doc", doc("Torque of the lid.", true)),
        ("a.ppt", ppt(&[&["Torque"]], true)),
        ("a.xls", xls("Torque", sheet, true)),
        ("a.odt", open_document("text", body, key)),
        ("a.ods", open_document("spreadsheet", "", key)),
        ("a.epub", archive(&[("META-INF/encryption.xml", keys)])),
    ] {
        project.write(&format!("in/{name}"), bytes);
    }
    // Without a password it can be read, if not changed.
    project.write("in/open.pdf", documents::OWNER_PASSWORD_PDF);
    let (added, refused) = added(&project);
    assert_eq!(refused.len(), 10, "{refused:#?}");
    for (id, (why, hint)) in &refused {
        assert!(why.ends_with("is encrypted"), "{id}: {why}");
        assert_eq!(hint, "save a copy without a password");
    }
    assert!(added.stdout.contains("1 document(s) read (1 pdf), 8 words"), "{}", added.stdout);
}

#[test]
fn flow_pages_that_are_pictures_are_named() {
    let project = Project::new();
    project.write("in/scan.pdf", scanned(2));
    project.write("in/mixed.pdf", pdf(&[&["The lid is closed."], &[], &["It is opened."]]));
    let (added, refused) = added(&project);
    let (why, hint) = &refused["scan.pdf"];
    assert!(why.ends_with("has 2 page(s) and no text: they are pictures"), "{why}");
    assert!(hint.contains("recognizes text (for example `ocrmypdf`)"), "{hint}");
    assert!(added.stdout.contains("3 pages"), "{}", added.stdout);
    let survey = project.ragscale(&["corpus", "check", "acme"]).expect(1).stdout;
    assert!(survey.contains("documents with pages without text: 1\n  mixed.pdf"), "{survey}");
}

/// What unpacks, nests or refers to itself without end costs one reader and one file, and not for long.
#[test]
fn flow_documents_that_are_bombs_cost_themselves_alone() {
    let project = Project::new();
    let spaces = " ".repeat(120_000_000);
    project.write("in/unpacks.docx", docx(&paragraph("", &spaces)));
    project.write("in/unpacks.xlsx", xlsx("One", &[&[spaces.as_str()]]));
    project.write("in/unpacks.odt", open_document("text", &spaces, ""));
    drop(spaces);
    let deep = |open: &str, close: &str| [open.repeat(200_000), close.repeat(200_000)].concat();
    let spans = format!("<text:p>{}</text:p>", deep("<text:span>", "</text:span>"));
    project.write("in/nests.odt", open_document("text", &spans, ""));
    project.write("in/nests.epub", epub(&deep("<div>", "</div>")));
    let tables = deep("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>");
    project.write("in/nests.docx", docx(&tables));
    project.write("in/nests.rtf", format!("{{\\rtf1 {}}}", deep("{\\b ", "}")));
    project.write("in/nests.json", deep("[", "]"));
    project.write("in/nests.html", deep("<div>", "</div>"));
    let entities: String = (1..20)
        .map(|level| format!("<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10)))
        .collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY e0 \"ha\">{entities}]><x>&e19;</x>");
    project.write("in/laughs.odt", archive(&[("content.xml", &laughs)]));
    let loops = String::from_utf8(documents::sample("pdf")).unwrap();
    project.write("in/loops.pdf", loops.replace("/Kids [5 0 R 7 0 R]", "/Kids [2 0 R 2 0 R]"));
    project.write("in/good.csv", documents::sample("csv"));
    let start = Instant::now();
    let (added, refused) = added(&project);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    for id in ["unpacks.docx", "nests.docx", "nests.epub", "nests.html", "nests.json", "laughs.odt"]
    {
        assert!(refused.contains_key(id), "{id}: {refused:#?}");
    }
    assert!(added.stdout.contains("documents: 12 added"), "{}", added.stdout);
    let read = format!("{} document(s) read (1 csv", 12 - refused.len());
    assert!(added.stdout.contains(&read), "{read}: {}", added.stdout);
}

/// Twenty copies of each sample with some bytes changed: none ends or stops the program.
#[test]
fn flow_damaged_files_cost_themselves_alone() {
    let project = Project::new();
    let mut state: u64 = 4;
    let mut next = |below: usize| {
        // Knuth's MMIX.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (end, bytes) in documents::samples() {
        for copy in 0..20 {
            let mut damaged = bytes.clone();
            for _ in 0..=copy {
                damaged[next(bytes.len())] = next(256) as u8;
            }
            project.write(&format!("in/{copy}.{end}"), damaged);
        }
    }
    let (added, refused) = added(&project);
    assert!(added.stdout.contains("documents: 420 added"), "{}", added.stdout);
    let read = format!("{} document(s) read", 420 - refused.len());
    assert!(added.stdout.contains(&read), "{read}: {}", added.stdout);
}

#[cfg(unix)]
#[test]
fn flow_links_and_pipes_are_not_followed() {
    use std::os::unix::fs::symlink;
    let project = Project::new();
    project.write("secret.md", "# Salaries");
    project.write("in/real.md", "# Real\n\nIt goes on.");
    symlink("../secret.md", project.path("in/out.md")).unwrap();
    symlink("real.md", project.path("in/inside.md")).unwrap();
    symlink("nowhere.md", project.path("in/lost.md")).unwrap();
    symlink("loop.md", project.path("in/loop.md")).unwrap();
    symlink("..", project.path("in/up")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(project.path("in/pipe.md")).status();
    assert!(made.unwrap().success());
    let (added, refused) = added(&project);
    assert!(refused["out.md"].0.ends_with("is a link that leaves the corpus"), "{refused:?}");
    assert!(refused["up"].0.ends_with("is a link that leaves the corpus"), "{refused:?}");
    for id in ["lost.md", "loop.md"] {
        assert!(refused[id].0.contains("is a link that cannot be followed"), "{refused:?}");
    }
    assert_eq!(refused.len(), 4);
    assert!(added.stdout.contains("documents: 1 added"), "{}", added.stdout);
    assert!(added.stdout.contains("of kinds that are not read: 1 .md"), "{}", added.stdout);
}
