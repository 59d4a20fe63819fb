//! PDF files, written by hand: pages of lines, pages of a picture, and one that asks for a password.

/// Points from a page's lower edge to its first line, and from line to line.
const FIRST_LINE: usize = 760;
const LINE: usize = 22;

/// A PDF of pages of lines. A line `# x` is set as a heading, `~ x` small, `- x` with a bullet, and the cells
/// of `a | b` stand in columns with lines around them.
pub fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    file(&pages.iter().map(|lines| page(lines)).collect::<Vec<_>>(), "", &[])
}

/// The same with a title of its own, beside its pages.
pub fn pdf_titled(title: &str, pages: &[&[&str]]) -> Vec<u8> {
    let info = format!("<< /Title ({title}) >>");
    let trailer = format!("/Info {} 0 R ", 5 + 2 * pages.len());
    file(&pages.iter().map(|lines| page(lines)).collect::<Vec<_>>(), &trailer, &[info])
}

/// Pages that are pictures: a filled square on each.
pub fn scanned(pages: usize) -> Vec<u8> {
    file(&vec!["0.2 g 100 100 300 500 re f\n".to_owned(); pages], "", &[])
}

/// A PDF whose pages nobody reads without its password: what is held against the password is of none.
pub fn encrypted() -> Vec<u8> {
    let of_32_bytes = "41".repeat(32);
    let encrypt = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O <{of_32_bytes}> /U <{of_32_bytes}> /P -44 >> \
         /ID [<{of_32_bytes}> <{of_32_bytes}>] "
    );
    file(&[page(&["The torque of the lid is 55 Nm."])], &encrypt, &[])
}

/// What draws the lines of a page.
fn page(lines: &[&str]) -> String {
    (0..).zip(lines).map(|(place, line)| drawn(line, FIRST_LINE - place * LINE)).collect()
}

fn drawn(line: &str, y: usize) -> String {
    let text = |font: &str, x: usize, text: &str| {
        let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        format!("BT /{font} Tf {x} {y} Td ({text}) Tj ET\n")
    };
    if let Some(heading) = line.strip_prefix("# ") {
        return text("F2 24", 72, heading);
    }
    if let Some(small) = line.strip_prefix("~ ") {
        return text("F1 8", 72, small);
    }
    if let Some(item) = line.strip_prefix("- ") {
        // The bullet of WinAnsiEncoding.
        return text("F1 11", 90, item).replacen('(', "(\\225 ", 1);
    }
    if !line.contains(" | ") {
        return text("F1 11", 72, line);
    }
    let cell = |(x, cell): (usize, &str)| {
        text("F1 11", x + 6, cell) + &format!("{x} {} 150 {LINE} re S\n", y - 7)
    };
    (72..).step_by(150).zip(line.split(" | ")).map(cell).collect()
}

/// The file: catalogue, list of pages, two fonts, two objects a page, then those of `more`; `trailer` is added
/// to the last dictionary.
fn file(pages: &[String], trailer: &str, more: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
    };
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    for (number, drawn) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
            6 + 2 * number
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}endstream", drawn.len()));
    }
    objects.extend_from_slice(more);
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (number, object) in (1..).zip(&objects) {
        places += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let (table, entries) = (file.len(), objects.len() + 1);
    file += &format!(
        "xref\n0 {entries}\n0000000000 65535 f \n{places}trailer\n\
         << /Size {entries} /Root 1 0 R {trailer}>>\nstartxref\n{table}\n%%EOF\n"
    );
    file.into_bytes()
}
