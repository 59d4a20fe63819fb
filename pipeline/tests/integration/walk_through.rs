//! The walk-through of `corpora/README.md`, run as it is written: the commands of its blocks, in a folder of
//! mixed files, print what stands below them.

use crate::documents::{archive, docx, encrypted_pdf, message, paragraph, pdf, word_table, xlsx};
use crate::project::Project;
use std::fs::{self, File};
use std::path::Path;

const SECTION: &str = "## Your own, in three commands\n";
/// The folder of the person who follows it, as the page writes it.
const FOLDER: &str = "~/evaluation";

/// A fenced block: what stands behind its fence, and its text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let (_, section) = page.split_once(SECTION).expect("no walk-through");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let mut blocks = Vec::new();
    let mut rest = section;
    while let Some((_, open)) = rest.split_once("\n```") {
        let (kind, body) = open.split_once('\n').unwrap();
        let (body, after) = body.split_once("```\n").unwrap();
        blocks.push((kind, body));
        rest = after;
    }
    blocks
}

/// What a command prints on a terminal, both streams in their order, and its exit code.
fn printed(project: &Project, command: &str) -> (String, Option<i32>) {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("ragscale"), "{command}");
    let path = project.path("printed.log");
    let log = File::create(&path).unwrap();
    let mut command = project.command(&words.collect::<Vec<_>>());
    let status = command.stdout(log.try_clone().unwrap()).stderr(log).status().unwrap();
    let folder = fs::canonicalize(project.path("")).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .replace(project.path("").to_str().unwrap().trim_end_matches('/'), FOLDER)
        .replace(folder.to_str().unwrap(), FOLDER);
    (text, status.code())
}

/// The folder `papers`, as somebody finds it on a shared drive.
fn papers(project: &Project) {
    let manual = pdf(&[
        &[
            "# Pump manual",
            "The pump P-7 stands in the cellar beside the northern door and is painted green.",
            "It is switched on with the round button after the valve behind it was opened.",
        ],
        &[
            "# Care",
            "The lid of the pump is closed with a torque of 55 Nm by two persons in gloves.",
            "The seals are changed each year in May, before the workshop closes for summer.",
        ],
    ]);
    project.write("papers/manual.pdf", manual);
    let rows: &[&[&str]] = &[&["part", "price"], &["seal", "12.50"], &["belt", "31.00"]];
    project.write("papers/prices.xlsx", xlsx("Prices 2024", rows));
    let rules = "Whoever opens the workshop in the morning switches on the fan, looks at the book beside the \
        door and signs it. Nobody works alone at the lathe, and nobody takes a key home.";
    let plan = [
        paragraph("Heading1", "Shifts"),
        paragraph(
            "",
            "The early shift begins at six and the late one at two; on Fridays there is only the early one.",
        ),
        word_table(&[
            &["hall", "shift leader"],
            &["north", "Malin Osterfeld"],
            &["south", "Tor Brandvik"],
        ]),
    ];
    project.write("papers/plan.docx", docx(&plan.concat()));
    project.write("papers/rules.md", format!("# Rules\n\n{rules}\n"));
    project.write("papers/mail/leak.eml", message("Leak at pump P-7"));
    let old = b"Die Gr\xf6\xdfe der Welle betr\xe4gt 40 mm. Gemessen wird sie jedes Jahr im Fr\xfchling von zwei Personen, \
        bevor die Halle f\xfcr drei Wochen geschlossen wird. Wer einen Kratzer sieht, meldet ihn dem Leiter der Schicht \
        noch am selben Tag und schreibt ihn mit Datum und Namen in das Buch neben der T\xfcr.\n";
    project.write("papers/old/welle.txt", old);
    let page = "<title>Visitors</title><h1>Visitors</h1><p>Visitors report at the gate, get a badge there and are \
        fetched by the person whom they visit; photographs are not allowed in the halls.";
    let packed = archive(&[
        ("visitors.html", page.as_bytes()),
        ("rules.md", format!("# Rules\n\n{rules}\n").as_bytes()),
    ]);
    project.write("papers/backup.zip", packed);
    project.write("papers/offer.pdf", encrypted_pdf());
    project.write("papers/photo.jpg", b"\xff\xd8\xff");
}

#[test]
fn flow_the_walk_through_prints_what_it_says() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/README.md");
    let page = fs::read_to_string(readme).unwrap();
    let project = Project::new();
    papers(&project);
    let mut codes = Vec::new();
    for (kind, body) in blocks(&page) {
        match kind {
            "csv" => project.write("corpora/workshop/questions.csv", body),
            "console" => {
                let (command, expected) = body.split_once('\n').unwrap();
                let command = command.strip_prefix("$ ").unwrap();
                let (found, code) = printed(&project, command);
                assert_eq!(found, expected, "`{command}` printed:\n{found}");
                codes.push(code);
            }
            kind => panic!("a block of {kind}"),
        }
    }
    // The offer with a password is left out when files are added, and missing when they are looked at.
    assert_eq!(codes, [Some(1), Some(1), Some(0)]);
}
