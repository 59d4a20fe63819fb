//! Word documents (Office Open XML).

use super::archive::{archive, relations, types};

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
/// A Word document with this body.
pub fn docx(body: &str) -> Vec<u8> {
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let bullet =
        "<w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\"\u{2022}\"/></w:lvl>";
    archive(&[
        (
            "[Content_Types].xml",
            types(&[
                ("word/document.xml", &format!("{main}.document.main+xml")),
                ("word/styles.xml", &format!("{main}.styles+xml")),
                ("word/numbering.xml", &format!("{main}.numbering+xml")),
            ]),
        ),
        ("_rels/.rels", relations(&[("officeDocument", "word/document.xml")])),
        (
            "word/_rels/document.xml.rels",
            relations(&[("styles", "styles.xml"), ("numbering", "numbering.xml")]),
        ),
        (
            "word/styles.xml",
            format!(
                "<w:styles {WORD}><w:style w:type=\"paragraph\" w:styleId=\"Heading1\">\
                 <w:name w:val=\"heading 1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style></w:styles>"
            ),
        ),
        (
            "word/numbering.xml",
            format!(
                "<w:numbering {WORD}><w:abstractNum w:abstractNumId=\"0\">{bullet}</w:abstractNum>\
                 <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
            ),
        ),
        (
            "word/document.xml",
            format!("<w:document {WORD}><w:body>{body}<w:sectPr/></w:body></w:document>"),
        ),
    ])
}

/// A paragraph of a Word document: `Heading1`, `List` or none.
pub fn paragraph(style: &str, text: &str) -> String {
    let style = match style {
        "" => String::new(),
        "List" => {
            "<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>".into()
        }
        style => format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>"),
    };
    format!("<w:p>{style}<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A table of a Word document.
pub fn word_table(rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        let cell = |cell: &&str| format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph("", cell));
        format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>())
    };
    format!("<w:tbl><w:tblPr/>{}</w:tbl>", rows.iter().map(row).collect::<String>())
}
