//! Files of every format that is read: headings, list items and tables come through as markdown, pages with
//! their numbers, and what stands on every page once.

use crate::documents::{self, Slide, docx, paragraph, pdf, pptx};
use crate::project::Project;
use ragscale::extract::{Extracted, Extractor, Format, page_at};

/// Lines that the text of each sample has, with single spaces: its heading, its list item, a row of its table;
/// fewer where the format, or its reader, knows no such thing.
const LINES: [(&str, &[&str]); 21] = [
    ("md", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
    ("txt", &["Torque", "- Wear gloves."]),
    ("html", &["# Torque", "* Wear gloves.", "| lid | 55 Nm |"]),
    ("pdf", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
    ("docx", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
    ("doc", &["Torque", "Wear gloves.", "lid 55 Nm"]),
    (
        "pptx",
        &["# Torque", "- Wear gloves.", "# Values", "| lid | 55 Nm |", "Notes: Say why 55 Nm."],
    ),
    ("ppt", &["## Torque", "Wear gloves.", "Doors"]),
    ("xlsx", &["## Torque", "| lid | 55 Nm |"]),
    ("xls", &["## Torque", "| lid | 55 Nm |"]),
    ("odt", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
    ("ods", &["## Torque", "| lid | 55 Nm |"]),
    ("rtf", &["# Torque", "Wear gloves.", "| lid | 55 Nm |", "caf\u{e9}"]),
    ("epub", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
    ("csv", &["| part | torque |", "| lid | 55 Nm |"]),
    ("tsv", &["| part | torque |", "| lid | 55 Nm |"]),
    ("eml", &["**Subject**: Torque", "The lid is closed with a torque wrench.", "values.txt (5B)"]),
    ("mbox", &["# Message 1", "**Subject**: Torque", "# Message 2", "**Subject**: Gloves"]),
    ("json", &["title: Torque", "parts / torque: 55 Nm"]),
    ("jsonl", &["part: lid", "torque: 55 Nm"]),
    ("rst", &["# Torque", "- Wear gloves.", "| lid | 55 Nm |"]),
];

/// What a file of this name and content is read as.
fn read(name: &str, content: &[u8]) -> Extracted {
    let project = Project::new();
    project.write(name, content);
    let program = env!("CARGO_BIN_EXE_ragscale").into();
    let extractor = Extractor::new(program, &project.path("texts"));
    let read = extractor.read(&project.path(name), Format::of(name).unwrap());
    read.unwrap_or_else(|error| panic!("{name}: {error}")).extracted
}

#[test]
fn flow_structure_becomes_markdown() {
    let samples = documents::samples();
    assert_eq!(samples.len(), Format::ALL.len());
    for ((end, bytes), (expected_end, expected)) in samples.iter().zip(LINES) {
        assert_eq!(*end, expected_end);
        let text = read(&format!("torque.{end}"), bytes).text;
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        for line in expected {
            assert!(lines.iter().any(|found| found == line), "{end}: no {line:?} in\n{text}");
        }
    }
}

#[test]
fn flow_pages_keep_their_numbers() {
    for (end, page) in [("pdf", Some(2)), ("pptx", Some(2)), ("docx", None)] {
        let bytes = documents::sample(end);
        let Extracted { text, pages, .. } = read(&format!("a.{end}"), &bytes);
        assert_eq!(page_at(&pages, text.find("55 Nm").unwrap()), page, "{end}");
        assert_eq!(page_at(&pages, text.find("Torque").unwrap()), page.map(|_| 1), "{end}");
    }
    // A page without text has its number, and the one behind it too.
    let bytes = pdf(&[&["First page."], &[], &["Third page."]]);
    let Extracted { text, pages, .. } = read("a.pdf", &bytes);
    assert_eq!(page_at(&pages, text.find("Third").unwrap()), Some(3), "{text}");
}

/// A break that somebody made is marked twice in a file that Word has saved; others are not marked at all.
#[test]
fn flow_breaks_in_a_word_document_are_no_page_numbers() {
    let broken = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>Second page.</w:t></w:r></w:p>";
    let body = [&paragraph("", "First page."), broken].concat();
    let Extracted { text, pages, .. } = read("a.docx", &docx(&body));
    assert_eq!((text.as_str(), pages.len()), ("First page.\n\nSecond page.", 0));
}

/// Marks that XML writes as references, and letters that other programs write so.
#[test]
fn flow_references_are_letters() {
    let said = "R&amp;D: 3 &lt; 5, it&apos;s &quot;&#233;&quot;";
    let body = [paragraph("Heading1", said), paragraph("", said)].concat();
    let text = read("a.docx", &docx(&body)).text;
    assert_eq!(text, "# R&D: 3 < 5, it's \"é\"\n\nR&D: 3 < 5, it's \"é\"");
    let slides = [Slide { title: "One", sentence: said, ..Slide::default() }];
    let text = read("a.pptx", &pptx(&slides)).text;
    assert!(text.contains("R&D: 3 < 5, it's \"é\""), "{text}");
}

/// Slides with and without titles, lists and tables: each keeps all of its text.
#[test]
fn flow_slides_keep_all_of_their_text() {
    let rows: &[&[&str]] = &[&["door", "key"], &["north", "77"]];
    let bytes = pptx(&[
        Slide { title: "One", items: &["first item"], ..Slide::default() },
        Slide { sentence: "No title on this one.", rows, ..Slide::default() },
        Slide {
            title: "Three",
            sentence: "And a sentence.",
            items: &["last item"],
            ..Slide::default()
        },
    ]);
    let Extracted { text, pages, .. } = read("a.pptx", &bytes);
    for (said, page) in [
        ("# One", 1),
        ("- first item", 1),
        ("No title on this one.", 2),
        ("| north | 77", 2),
        ("# Three", 3),
        ("And a sentence.", 3),
        ("- last item", 3),
    ] {
        let at = text.find(said).unwrap_or_else(|| panic!("no {said:?} in\n{text}"));
        assert_eq!(page_at(&pages, at), Some(page), "{said}");
    }
}

#[test]
fn flow_what_stands_on_every_page_is_dropped_and_counted() {
    let pages: Vec<Vec<String>> = ["lid", "pump", "door", "belt"]
        .iter()
        .map(|part| {
            let lines = [
                "~ Acme workshop, internal",
                "",
                "",
                &format!(
                    "The {part} is looked at each week by the two persons of the early shift,"
                ),
                "who write what they see into the book, with the date and both of their names.",
                &format!(
                    "A {part} that is worn or dirty is told to the shift leader on the same day."
                ),
                "",
                "",
                "~ Not to be copied",
            ];
            lines.map(str::to_owned).to_vec()
        })
        .collect();
    let lines: Vec<Vec<&str>> =
        pages.iter().map(|page| page.iter().map(String::as_str).collect()).collect();
    let project = Project::new();
    project.write("in/a.pdf", pdf(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(0);
    // Of two lines on four pages the first of each stays.
    let said = "6 line(s) dropped that stand at the top or bottom of every page";
    assert!(added.stdout.contains(said), "{}", added.stdout);
    assert!(added.stdout.contains("4 pages"), "{}", added.stdout);
}

/// The whole of them through the command, and once more: nothing is copied or read twice.
#[test]
fn flow_all_formats_are_added_and_checked() {
    let project = Project::new();
    for (end, bytes) in documents::samples() {
        project.write(&format!("in/{end}/torque.{end}"), bytes);
    }
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(0);
    assert!(added.stdout.contains("documents: 21 added, 0 replaced, 0 unchanged"), "{added:?}");
    assert!(added.stdout.contains("21 document(s) read (1 csv, 1 doc, 1 docx"), "{added:?}");
    assert_eq!(added.stderr, "");
    let texts = project.files(".ragscale");
    let again = project.ragscale(&["corpus", "add", "acme", "in"]).expect(0);
    assert!(again.stdout.contains("documents: 0 added, 0 replaced, 21 unchanged"), "{again:?}");
    assert_eq!(project.files(".ragscale"), texts);
    let survey = project.ragscale(&["corpus", "check", "acme", "--json"]).expect(0).json();
    assert_eq!(survey[0]["survey"]["size"]["documents"], 21);
}
