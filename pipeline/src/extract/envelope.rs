//! What a file says of itself before its library reads it: that it is encrypted, cut off, or of another kind
//! that begins alike.
//!
//! Enters: bytes, their format. Leaves: why they are not worth reading. Does not: look for what the library finds
//! by itself; these are the cases in which it reads noise, a part, or nothing.

use super::Format;
use super::protocol::Refusal;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Streams of a compound file begin at multiples of this.
const SECTOR: usize = 512;
/// First bytes of a Word document's main stream, where its flags lie, and the one for encryption (MS-DOC, 2.5.2).
const WORD: &[u8] = b"\xec\xa5";
const WORD_FLAGS: usize = 10;
const WORD_ENCRYPTED: u16 = 0x0100;
/// The record of a presentation that says who used it last, with the number that stands for an encrypted one
/// (MS-PPT, 2.3.2).
const SLIDES_ENCRYPTED: &[u8] = b"\xf6\x0f\x20\0\0\0\x14\0\0\0\xdf\xc4\xd1\xf3";
/// Longest list of files in an archive that is looked at.
const LIST_BYTES_MAX: u64 = 1_000_000;
/// Bytes at the end in which a PDF has its mark (ISO 32000-1, annex H.3, says 1024).
const PDF_END_WITHIN: usize = 2048;

/// Why nothing should be read out of the bytes.
pub(super) fn refusal(bytes: &[u8], format: Format) -> Option<Refusal> {
    let broken = |why: String| Some(Refusal::Broken { why });
    if is_encrypted(bytes, format) {
        return Some(Refusal::Encrypted);
    }
    // What is left of it could be read, and nobody would learn that the rest is missing.
    if is_cut(bytes, format) {
        return broken("its end is missing".into());
    }
    match main_part(format) {
        Some(part) if has_none(bytes, part) => broken(format!("it has no `{part}`")),
        _ => None,
    }
}

/// Whether nobody can read the bytes without a password.
fn is_encrypted(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Doc => bytes.chunks_exact(SECTOR).any(|sector| {
            let flags = u16::from_le_bytes([sector[WORD_FLAGS], sector[WORD_FLAGS + 1]]);
            sector.starts_with(WORD) && flags & WORD_ENCRYPTED != 0
        }),
        Format::Ppt => bytes.windows(SLIDES_ENCRYPTED.len()).any(|some| {
            // The length of the name that follows differs.
            some[..2] == SLIDES_ENCRYPTED[..2] && some[4..] == SLIDES_ENCRYPTED[4..]
        }),
        // OpenDocument 1.2, part 3, 4.4: said of each file that is encrypted.
        Format::Odt | Format::Ods => says(bytes, "META-INF/manifest.xml", "encryption-data"),
        // Fonts alone are hidden by other means, and need no key to be read.
        Format::Epub => says(bytes, "META-INF/encryption.xml", "xmlenc#aes"),
        _ => false,
    }
}

/// Whether the bytes stop before their format ends: a PDF with the place of its table and a mark, RTF with its
/// last brace.
fn is_cut(bytes: &[u8], format: Format) -> bool {
    let is_filler = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| is_filler(byte)).count();
    let tail = &bytes[end.saturating_sub(PDF_END_WITHIN)..end];
    let has = |mark: &[u8]| tail.windows(mark.len()).any(|window| window == mark);
    match format {
        Format::Pdf => !has(b"%%EOF") && !has(b"startxref"),
        Format::Rtf => !tail.ends_with(b"}"),
        _ => false,
    }
}

/// The file in an archive without which the library finds a document of no words.
fn main_part(format: Format) -> Option<&'static str> {
    match format {
        Format::Odt => Some("content.xml"),
        Format::Pptx => Some("ppt/presentation.xml"),
        _ => None,
    }
}

/// Whether bytes are an archive without a file of this name.
fn has_none(archive: &[u8], name: &str) -> bool {
    let archive = ZipArchive::new(Cursor::new(archive));
    archive.is_ok_and(|archive| archive.index_for_name(name).is_none())
}

/// Whether a file in an archive has a text in it.
fn says(archive: &[u8], name: &str, text: &str) -> bool {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(archive)) else { return false };
    let Ok(file) = archive.by_name(name) else { return false };
    let mut content = Vec::new();
    let read = file.take(LIST_BYTES_MAX).read_to_end(&mut content);
    read.is_ok() && String::from_utf8_lossy(&content).contains(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn archive(name: &str, content: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_word_document_says_so_in_its_flags() {
        let mut bytes = vec![0; 3 * SECTOR];
        bytes[SECTOR..][..2].copy_from_slice(WORD);
        bytes[SECTOR + 11] = 0x12;
        assert!(!is_encrypted(&bytes, Format::Doc));
        bytes[SECTOR + 11] = 0x13;
        assert!(is_encrypted(&bytes, Format::Doc));
        // Not where a stream begins.
        assert!(!is_encrypted(&bytes[1..], Format::Doc));
        assert!(!is_encrypted(&bytes[..10], Format::Doc));
    }

    #[test]
    fn a_presentation_names_how_it_was_saved() {
        let mut bytes = [b"....", SLIDES_ENCRYPTED, b"...."].concat();
        assert!(is_encrypted(&bytes, Format::Ppt));
        bytes[6] = 0x31;
        assert!(is_encrypted(&bytes, Format::Ppt));
        bytes[14] = 0x5f;
        assert!(!is_encrypted(&bytes, Format::Ppt));
        assert!(!is_encrypted(b"", Format::Ppt));
    }

    #[test]
    fn archives_list_what_is_encrypted() {
        let list = archive("META-INF/manifest.xml", "<x><manifest:encryption-data/></x>");
        assert!(is_encrypted(&list, Format::Odt) && !is_encrypted(&list, Format::Epub));
        let fonts = "<EncryptionMethod Algorithm=\"http://www.idpf.org/2008/embedding\"/>";
        assert!(!is_encrypted(&archive("META-INF/encryption.xml", fonts), Format::Epub));
        let all = "<EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>";
        assert!(is_encrypted(&archive("META-INF/encryption.xml", all), Format::Epub));
        assert!(!is_encrypted(b"no archive", Format::Odt));
    }

    #[test]
    fn what_is_cut_off_has_no_end() {
        for (format, bytes, expected) in [
            (Format::Pdf, &b"%PDF-1.4\n1 0 obj"[..], true),
            (Format::Pdf, b"%PDF-1.4\nstartxref\n9\n%%EOF", false),
            (Format::Pdf, b"%PDF-1.4\nstartxref\n9\n%%EOF\r\n\0\0", false),
            (Format::Pdf, b"%PDF-1.4\nstartxref\n9\n", false),
            (Format::Pdf, b"", true),
            (Format::Rtf, b"{\\rtf1 a}\n\0", false),
            (Format::Rtf, b"{\\rtf1 a", true),
            (Format::Csv, b"a,", false),
        ] {
            assert_eq!(is_cut(bytes, format), expected, "{format:?} {bytes:?}");
        }
        let garbage = [&b"%PDF-1.4\n%%EOF\n"[..], &[b'x'; PDF_END_WITHIN]].concat();
        assert!(is_cut(&garbage, Format::Pdf));
    }

    #[test]
    fn an_archive_of_another_kind_lacks_its_part() {
        let text = archive("content.xml", "<x/>");
        assert_eq!(refusal(&text, Format::Odt), None);
        let why = Refusal::Broken { why: "it has no `ppt/presentation.xml`".into() };
        assert_eq!(refusal(&text, Format::Pptx), Some(why));
        // The library says it better.
        assert_eq!(refusal(b"PK\x03\x04", Format::Pptx), None);
    }
}
