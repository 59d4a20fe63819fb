//! Documents of every format that is read, made by hand as small as they can be. All say the same: the heading
//! `Torque`, a sentence, the list item `Wear gloves.`, and a table with the cells `lid` and `55 Nm`.

mod archive;
mod compound;
mod packed;
mod pdf;
mod slides;
mod word;

pub use archive::archive;
pub use compound::{doc, envelope, ppt, xls};
pub use packed::{epub, open_document, open_table, xlsx};
pub use pdf::{encrypted as encrypted_pdf, pdf, pdf_titled, scanned};
pub use slides::{Slide, pptx};
pub use word::{docx, paragraph, word_table};

/// A PDF that everybody can open and only its owner may change, print or copy from, in RC4 with 128 bits: made
/// with reportlab, since it takes more than an unopened lock.
pub const OWNER_PASSWORD_PDF: &[u8] = include_bytes!("owner-password.pdf");

/// The table of all samples.
pub const ROWS: &[&[&str]] = &[&["part", "torque"], &["lid", "55 Nm"], &["bolt", "12 Nm"]];
const SENTENCE: &str = "The lid is closed with a torque wrench.";
const ITEM: &str = "Wear gloves.";

/// A sample of each format, by the ending of its name.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let html = format!(
        "<h1>Torque</h1><p>{SENTENCE}</p><ul><li>{ITEM}</li></ul><table><tr><th>part</th><th>torque</th></tr>\
         <tr><td>lid</td><td>55 Nm</td></tr><tr><td>bolt</td><td>12 Nm</td></tr></table>"
    );
    let markdown = format!(
        "# Torque\n\n{SENTENCE}\n\n- {ITEM}\n\n| part | torque |\n| --- | --- |\n| lid | 55 Nm |\n| bolt | 12 Nm |\n"
    );
    let table =
        |between: &str| -> String { ROWS.iter().map(|row| row.join(between) + "\r\n").collect() };
    vec![
        ("md", markdown.into()),
        ("txt", format!("Torque\n\n{SENTENCE}\n\n- {ITEM}\n").into()),
        ("html", format!("<!doctype html><title>Torque</title><body>{html}</body>").into()),
        ("pdf", pdf_sample()),
        ("docx", docx_sample()),
        ("doc", doc(&format!("Torque\r{SENTENCE}\r{ITEM}\rpart\u{7}torque\u{7}\u{7}lid\u{7}55 Nm\u{7}\u{7}\r"), false)),
        ("pptx", pptx_sample()),
        ("ppt", ppt(&[&["Torque", ITEM], &["Doors", SENTENCE]], false)),
        ("xlsx", xlsx("Torque", ROWS)),
        ("xls", xls("Torque", ROWS, false)),
        ("odt", odt_sample("")),
        ("ods", open_document("spreadsheet", &open_table("Torque", ROWS), "")),
        ("rtf", rtf_sample()),
        ("epub", epub(&html)),
        ("csv", table(";").into()),
        ("tsv", table("\t").into()),
        ("eml", message("Torque").into()),
        ("mbox", mailbox().into()),
        ("json", format!("{{\"title\": \"Torque\", \"note\": \"{SENTENCE}\", \"parts\": [{{\"part\": \"lid\", \"torque\": \"55 Nm\"}}]}}").into()),
        ("jsonl", "{\"part\": \"lid\", \"torque\": \"55 Nm\"}\n{\"part\": \"bolt\", \"torque\": \"12 Nm\"}\n".into()),
        ("rst", rst_sample().into()),
    ]
}

/// The sample of one format.
pub fn sample(end: &str) -> Vec<u8> {
    let found = samples().into_iter().find(|(known, _)| *known == end);
    found.unwrap_or_else(|| panic!("no sample of {end}")).1
}

fn pdf_sample() -> Vec<u8> {
    let first: &[&str] = &["# Torque", SENTENCE, &format!("- {ITEM}")];
    let table: Vec<String> = ROWS.iter().map(|row| row.join(" | ")).collect();
    let second: Vec<&str> = ["# Values", "They are checked each year.", ""]
        .into_iter()
        .chain(table.iter().map(String::as_str))
        .collect();
    pdf(&[first, &second])
}

fn docx_sample() -> Vec<u8> {
    let parts = [
        paragraph("Heading1", "Torque"),
        paragraph("", SENTENCE),
        paragraph("List", ITEM),
        word_table(ROWS),
    ];
    docx(&parts.concat())
}

fn pptx_sample() -> Vec<u8> {
    pptx(&[
        Slide { title: "Torque", sentence: SENTENCE, items: &[ITEM], ..Slide::default() },
        Slide { title: "Values", rows: ROWS, notes: "Say why 55 Nm.", ..Slide::default() },
    ])
}

fn odt_sample(encryption: &str) -> Vec<u8> {
    let body = format!(
        "<text:h text:outline-level=\"1\">Torque</text:h><text:p>{SENTENCE}</text:p>\
         <text:list><text:list-item><text:p>{ITEM}</text:p></text:list-item></text:list>{}",
        open_table("t", ROWS)
    );
    open_document("text", &body, encryption)
}

fn rtf_sample() -> Vec<u8> {
    format!(
        "{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Arial;}}}}{{\\stylesheet{{\\s1 heading 1;}}}}\\pard\\s1\\outlinelevel0 Torque\\par\\pard {SENTENCE}\\par\n\
         {{\\pntext\\'95\\tab}}\\pard {ITEM}\\par\n\
         \\trowd\\cellx2000\\cellx4000\\intbl part\\cell torque\\cell\\row\n\
         \\trowd\\cellx2000\\cellx4000\\intbl lid\\cell 55 Nm\\cell\\row\\pard caf\\'e9\\par}}"
    )
    .into()
}

fn rst_sample() -> String {
    format!(
        "Torque\n======\n\n{SENTENCE}\n\n* {ITEM}\n\n==== ======\npart torque\n==== ======\nlid  55 Nm\nbolt 12 Nm\n==== ======\n"
    )
}

/// A message with something attached.
pub fn message(subject: &str) -> String {
    format!(
        "From: Malin Osterfeld <malin@example.com>\nTo: workshop@example.com\nSubject: {subject}\n\
         Date: Wed, 13 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain; charset=utf-8\n\n\
         {SENTENCE}\n\n--part\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"values.txt\"\n\n\
         55 Nm\n--part--\n"
    )
}

fn mailbox() -> String {
    format!(
        "From malin@example.com Wed Mar 13 10:00:00 2024\n{}\nFrom malin@example.com Thu Mar 14 10:00:00 2024\n{}",
        message("Torque"),
        message("Gloves")
    )
}
