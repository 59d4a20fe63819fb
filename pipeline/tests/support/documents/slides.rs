//! Presentations (Office Open XML).

use super::archive::{archive, relations, types};

const SLIDE: &str = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// What stands on a slide, from above; what is empty is left out.
#[derive(Default)]
pub struct Slide {
    pub title: &'static str,
    pub sentence: &'static str,
    pub items: &'static [&'static str],
    pub rows: &'static [&'static [&'static str]],
    pub notes: &'static str,
}

/// A presentation.
pub fn pptx(slides: &[Slide]) -> Vec<u8> {
    let main = "application/vnd.openxmlformats-officedocument.presentationml";
    let paragraph =
        |mark: &str, text: &str| format!("<a:p>{mark}<a:r><a:t>{text}</a:t></a:r></a:p>");
    let shape = |kind: &str, paragraphs: String| {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"{kind}\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"{kind}\"/>\
             </p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
        )
    };
    let tree = |shapes: String| {
        format!(
            "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
             <p:grpSpPr/>{shapes}</p:spTree></p:cSld>"
        )
    };
    let table = |rows: &[&[&str]]| -> String {
        let cell = |text: &&str| {
            format!("<a:tc><a:txBody><a:bodyPr/>{}</a:txBody></a:tc>", paragraph("", text))
        };
        let row = |cells: &&[&str]| {
            format!("<a:tr h=\"1\">{}</a:tr>", cells.iter().map(cell).collect::<String>())
        };
        format!(
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"9\" name=\"t\"/><p:cNvGraphicFramePr/><p:nvPr/>\
             </p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData \
             uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr/><a:tblGrid/>{}</a:tbl>\
             </a:graphicData></a:graphic></p:graphicFrame>",
            rows.iter().map(row).collect::<String>()
        )
    };
    let mut files: Vec<(String, String)> = Vec::new();
    let mut kinds: Vec<(String, String)> =
        vec![("ppt/presentation.xml".into(), format!("{main}.presentation.main+xml"))];
    let mut links: Vec<(String, String)> = Vec::new();
    let mut ids = String::new();
    for (number, slide) in (1..).zip(slides) {
        let name = format!("slides/slide{number}.xml");
        let mut shapes = String::new();
        if !slide.title.is_empty() {
            shapes += &shape("title", paragraph("", slide.title));
        }
        if !slide.sentence.is_empty() {
            shapes += &shape("body", paragraph("", slide.sentence));
        }
        if !slide.items.is_empty() {
            let item =
                |text: &&str| paragraph("<a:pPr><a:buChar char=\"\u{2022}\"/></a:pPr>", text);
            shapes += &shape("body", slide.items.iter().map(item).collect());
        }
        if !slide.rows.is_empty() {
            shapes += &table(slide.rows);
        }
        files.push((format!("ppt/{name}"), format!("<p:sld {SLIDE}>{}</p:sld>", tree(shapes))));
        kinds.push((format!("ppt/{name}"), format!("{main}.slide+xml")));
        if !slide.notes.is_empty() {
            let notes = format!("notesSlides/notesSlide{number}.xml");
            let text = tree(shape("body", paragraph("", slide.notes)));
            files.push((format!("ppt/{notes}"), format!("<p:notes {SLIDE}>{text}</p:notes>")));
            files.push((
                format!("ppt/slides/_rels/slide{number}.xml.rels"),
                relations(&[("notesSlide", &format!("../{notes}"))]),
            ));
            kinds.push((format!("ppt/{notes}"), format!("{main}.notesSlide+xml")));
        }
        ids += &format!("<p:sldId id=\"{}\" r:id=\"rId{number}\"/>", 255 + number);
        links.push(("slide".into(), name));
    }
    let presentation =
        format!("<p:presentation {SLIDE}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
    files.push(("ppt/presentation.xml".into(), presentation));
    files.push(("ppt/_rels/presentation.xml.rels".into(), relations(&borrowed(&links))));
    files.push(("_rels/.rels".into(), relations(&[("officeDocument", "ppt/presentation.xml")])));
    files.push(("[Content_Types].xml".into(), types(&borrowed(&kinds))));
    archive(&borrowed(&files))
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(one, two)| (one.as_str(), two.as_str())).collect()
}
