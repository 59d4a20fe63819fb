//! Bytes of a text file turned into text.
//!
//! Enters: bytes. Leaves: text without a byte order mark, and the encoding where it is not UTF-8. Does
//! not: fail; bytes that mean nothing become U+FFFD and are counted.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A text and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Without a byte order mark; line ends as in the file.
    pub text: String,
    /// The encoding's name where it is not UTF-8.
    pub encoding: Option<&'static str>,
    /// Bytes or units that the encoding does not know, each a U+FFFD in the text.
    pub replaced: usize,
}

/// Reads `bytes` as a byte order mark says, else as UTF-8 where they are that, else as what they most look
/// like (browsers do the same, by the same detector).
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    match marked {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => read(&bytes, encoding),
        _ => match String::from_utf8(bytes) {
            Ok(text) => {
                let text = match text.strip_prefix('\u{feff}') {
                    Some(body) => body.to_owned(),
                    None => text,
                };
                Decoded { text, encoding: None, replaced: 0 }
            }
            Err(error) => {
                let bytes = error.into_bytes();
                read(&bytes, if marked == Some(UTF_8) { UTF_8 } else { detected(&bytes) })
            }
        },
    }
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

fn read(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, used, _) = encoding.decode(bytes);
    let replaced = text.matches('\u{fffd}').count();
    let encoding = (used != UTF_8 || replaced > 0).then_some(used.name());
    Decoded { text: text.into_owned(), encoding, replaced }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> (String, Option<&'static str>, usize) {
        let decoded = decode(bytes.to_vec());
        (decoded.text, decoded.encoding, decoded.replaced)
    }

    #[test]
    fn utf_8_stays_as_it_is_but_for_its_mark() {
        assert_eq!(decoded("a\r\n\u{e9}".as_bytes()), ("a\r\n\u{e9}".into(), None, 0));
        assert_eq!(decoded("\u{feff}a".as_bytes()), ("a".into(), None, 0));
        assert_eq!(decoded(b""), (String::new(), None, 0));
    }

    #[test]
    fn what_office_programs_write_is_read() {
        let german = b"Die Gr\xf6\xdfe der Welle betr\xe4gt 40 mm.";
        let (text, encoding, replaced) = decoded(german);
        assert_eq!(text, "Die Gr\u{f6}\u{df}e der Welle betr\u{e4}gt 40 mm.");
        assert_eq!((encoding, replaced), (Some("windows-1252"), 0));
        assert_eq!(decoded(b"\xff\xfea\0\xe9\0"), ("a\u{e9}".into(), Some("UTF-16LE"), 0));
        assert_eq!(decoded(b"\xfe\xff\0a"), ("a".into(), Some("UTF-16BE"), 0));
    }

    #[test]
    fn bytes_that_mean_nothing_are_counted() {
        let (text, encoding, replaced) = decoded(b"\xef\xbb\xbfa\xffb");
        assert_eq!((text.as_str(), encoding, replaced), ("a\u{fffd}b", Some("UTF-8"), 1));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let decoded = decode(bytes.clone());
            prop_assert_eq!(decoded.replaced > 0 && decoded.encoding.is_none(), false);
        }
    }
}
