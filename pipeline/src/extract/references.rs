//! References such as `&amp;` in Word documents, which the library drops with the letter they stand for.
//!
//! Enters: a document's archive; later the text that came of it. Leaves: the archive with letters in place of the
//! references; the text with the marks that XML does not allow. Does not: touch names, attributes, or an archive
//! that it does not understand, which the library refuses better.

use std::borrow::Cow;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Longest part of an archive that is looked at; what unpacks to more is no text.
const PART_BYTES_MAX: u64 = 200_000_000;
/// Longest reference: `&#x10ffff;`, and a few zeros.
const REFERENCE_BYTES_MAX: usize = 16;
/// Letters that no document has, for the two marks that may not stand in XML as they are.
const STAND_INS: [(char, char); 2] = [('\u{f0026}', '&'), ('\u{f003c}', '<')];

/// The archive with letters in place of references in the texts of its parts.
pub(super) fn written_out(bytes: Vec<u8>) -> Vec<u8> {
    match rewritten(&bytes) {
        Some(rewritten) => rewritten,
        None => bytes,
    }
}

/// The text with the marks in place of their stand-ins.
pub(super) fn with_marks(mut text: String) -> String {
    for (stand_in, mark) in STAND_INS {
        if text.contains(stand_in) {
            text = text.replace(stand_in, mark.encode_utf8(&mut [0; 4]));
        }
    }
    text
}

/// None when no part has a reference, or it is no archive of texts.
fn rewritten(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for place in 0..archive.len() {
        let file = archive.by_index(place).ok()?;
        let name = file.name().ok()?.into_owned();
        if !name.starts_with("word/") || !name.ends_with(".xml") || file.size() > PART_BYTES_MAX {
            continue;
        }
        let mut xml = String::new();
        file.take(PART_BYTES_MAX).read_to_string(&mut xml).ok()?;
        if let Cow::Owned(xml) = without_references(&xml) {
            parts.push((place, name, xml));
        }
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut parts = parts.into_iter().peekable();
    parts.peek()?;
    for place in 0..archive.len() {
        match parts.next_if(|(of, _, _)| *of == place) {
            Some((_, name, xml)) => {
                writer.start_file(name, SimpleFileOptions::default()).ok()?;
                writer.write_all(xml.as_bytes()).ok()?;
            }
            None => writer.raw_copy_file(archive.by_index_raw(place).ok()?).ok()?,
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The same XML with letters in place of references, but for those within tags.
fn without_references(xml: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut is_in_tag = false;
    let mut rest = xml;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        let end = reference.bytes().take(REFERENCE_BYTES_MAX).position(|byte| byte == b';');
        let (reference, after) = reference.split_at(end.map_or(1, |end| end + 1));
        if let Some(mark) = before.rfind(['<', '>']) {
            is_in_tag = before[mark..].starts_with('<');
        }
        written.push_str(before);
        match letter(reference) {
            Some(letter) if !is_in_tag => written.push(letter),
            _ => written.push_str(reference),
        }
        rest = after;
    }
    written.push_str(rest);
    if written == xml { Cow::Borrowed(xml) } else { Cow::Owned(written) }
}

/// What a reference stands for: one of XML's five names, or a number.
fn letter(reference: &str) -> Option<char> {
    let name = reference.strip_prefix('&')?.strip_suffix(';')?;
    let letter = match (name, name.strip_prefix('#')) {
        ("amp", _) => '&',
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|letter| !letter.is_control())?
        }
        _ => return None,
    };
    let stand_in = STAND_INS.iter().find(|(_, mark)| *mark == letter);
    Some(stand_in.map_or(letter, |(stand_in, _)| *stand_in))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_become_letters_in_texts_alone() {
        for (xml, expected) in [
            ("<t>R&amp;D, 3 &lt; 5 &gt; 4</t>", "<t>R&D, 3 < 5 > 4</t>"),
            ("<t>it&apos;s &quot;&#233;&#x2013;&quot;</t>", "<t>it's \"é–\"</t>"),
            ("<t>&amp;lt;</t>", "<t>&lt;</t>"),
            ("<t a=\"R&amp;D\">x</t>", "<t a=\"R&amp;D\">x</t>"),
            (
                "<t>&unknown; & &#0; &#x110000; &#10;</t>",
                "<t>&unknown; & &#0; &#x110000; &#10;</t>",
            ),
            ("&", "&"),
            ("", ""),
        ] {
            assert_eq!(with_marks(without_references(xml).into_owned()), expected);
        }
    }

    #[test]
    fn an_archive_without_references_stays_as_it_is() {
        let archive = |xml: &str| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, text) in [("word/document.xml", xml), ("word/media/a.png", "&amp;")] {
                zip.start_file(name, SimpleFileOptions::default()).unwrap();
                zip.write_all(text.as_bytes()).unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        let plain = archive("<t>a</t>");
        assert_eq!(written_out(plain.clone()), plain);
        assert_eq!(written_out(b"no archive".to_vec()), b"no archive");
        let mut changed =
            ZipArchive::new(Cursor::new(written_out(archive("<t>&amp;</t>")))).unwrap();
        for (name, expected) in
            [("word/document.xml", "<t>\u{f0026}</t>"), ("word/media/a.png", "&amp;")]
        {
            let mut text = String::new();
            changed.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(text in "[a-z&<>;# ]{0,20}") {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let xml = format!("<t>{escaped}</t>");
            let back = with_marks(without_references(&xml).into_owned());
            prop_assert_eq!(back, format!("<t>{text}</t>"));
        }
    }
}
