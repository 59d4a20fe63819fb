//! Workbooks (Office Open XML), OpenDocument files and e-books, which are archives of XML too.

use super::archive::{archive, relations, types};

const SHEET: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const OPEN: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
    xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\"";
/// A workbook of one sheet of rows of text.
pub fn xlsx(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let row = |(number, cells): (usize, &&[&str])| {
        let cell = |(column, text): (char, &&str)| {
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        };
        let cells: String = ('A'..).zip(cells.iter()).map(cell).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows: String = (1..).zip(rows).map(row).collect();
    archive(&[
        (
            "[Content_Types].xml",
            types(&[
                ("xl/workbook.xml", &format!("{main}.sheet.main+xml")),
                ("xl/worksheets/sheet1.xml", &format!("{main}.worksheet+xml")),
            ]),
        ),
        ("_rels/.rels", relations(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels", relations(&[("worksheet", "worksheets/sheet1.xml")])),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {SHEET}><sheets><sheet name=\"{sheet}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet {SHEET}><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

/// An OpenDocument file: `text`, `spreadsheet` or `presentation`, with this body. `encryption` stands in its
/// list of files.
pub fn open_document(kind: &str, body: &str, encryption: &str) -> Vec<u8> {
    let media = format!("application/vnd.oasis.opendocument.{kind}");
    archive(&[
        ("mimetype", media.clone()),
        (
            "META-INF/manifest.xml",
            format!(
                "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
                 <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{media}\"/>\
                 <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\">{encryption}\
                 </manifest:file-entry></manifest:manifest>"
            ),
        ),
        (
            "content.xml",
            format!(
                "<office:document-content {OPEN}><office:body><office:{kind}>{body}</office:{kind}>\
                 </office:body></office:document-content>"
            ),
        ),
    ])
}

/// A table of an OpenDocument file.
pub fn open_table(name: &str, rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        let cell = |text: &&str| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
            )
        };
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<table:table table:name=\"{name}\">{rows}</table:table>")
}

/// An e-book of one chapter with this body.
pub fn epub(body: &str) -> Vec<u8> {
    archive(&[
        ("mimetype", "application/epub+zip".to_owned()),
        (
            "META-INF/container.xml",
            "<container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>\
             <rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>"
                .to_owned(),
        ),
        (
            "book.opf",
            "<package version=\"3.0\" xmlns=\"http://www.idpf.org/2007/opf\" unique-identifier=\"id\">\
             <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>Workshop guide</dc:title>\
             <dc:identifier id=\"id\">1</dc:identifier><dc:language>en</dc:language></metadata><manifest>\
             <item id=\"one\" href=\"one.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>\
             <spine><itemref idref=\"one\"/></spine></package>"
                .to_owned(),
        ),
        (
            "one.xhtml",
            format!(
                "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>One</title></head><body>{body}</body></html>"
            ),
        ),
    ])
}
