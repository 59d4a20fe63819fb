//! Names of documents' files, made from a source's ids and read back.
//!
//! Enters: ids, any text. Leaves: paths below `documents/`, no two of which a file system takes for one.
//! Does not: touch the disk.
//!
//! What a name cannot hold everywhere (`/ \ : * ? " < > |`, control characters, a dot in front) and `%`
//! are written as `%` and two digits a byte, as in addresses. A name longer than 200 bytes goes on in a
//! folder: the part before ends in `%`. An id that differs from an earlier one by case alone has all its
//! letters written so. All files lie in one folder: 100,000 of them cost no measurable time there, and an
//! id stays easy to find.

use super::fault::RecordFault;
use crate::hash;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// What all documents' names end in.
pub(super) const END: &str = ".txt";

/// Longest part of a name in bytes: file systems end at 255, and `.txt` is to come.
const PART_BYTES: usize = 200;

/// Longest name in bytes: systems end at 4,096 for a whole path.
const NAME_BYTES_MAX: usize = 2_000;

/// The ids of documents, each with the line it stands on.
#[derive(Default)]
pub(super) struct Names {
    lines: HashMap<Box<str>, usize>,
    /// Of names without their case. Were two to fall together by chance, one had its letters written as
    /// digits for nothing.
    folded: HashSet<u64>,
    /// Ids whose letters are written as digits.
    escaped: HashSet<Box<str>>,
}

impl Names {
    /// Takes up a new id, and gives its document's path below `documents/`.
    ///
    /// # Errors
    /// When it is empty, too long, or there already.
    pub fn take(&mut self, id: &str, line: usize) -> Result<String, RecordFault> {
        if id.is_empty() {
            return Err(RecordFault::Empty { key: "id" });
        }
        let mut name = encoded(id, false);
        if name.len() > NAME_BYTES_MAX {
            return Err(RecordFault::LongId { bytes: name.len(), most: NAME_BYTES_MAX });
        }
        match self.lines.entry(id.into()) {
            Entry::Occupied(first) => {
                let first_line = *first.get();
                return Err(RecordFault::DuplicateId { id: id.to_owned(), first_line });
            }
            Entry::Vacant(place) => {
                place.insert(line);
            }
        }
        if !self.folded.insert(folded(&name)) {
            name = encoded(id, true);
            self.folded.insert(folded(&name));
            self.escaped.insert(id.into());
        }
        Ok(name + END)
    }

    /// The path below `documents/` of an id that was taken up.
    pub fn of(&self, id: &str) -> Option<String> {
        self.lines.contains_key(id).then(|| encoded(id, self.escaped.contains(id)) + END)
    }
}

fn folded(name: &str) -> u64 {
    hash::of(name.to_lowercase().as_bytes())
}

/// `id` as a name without its end.
pub(super) fn encoded(id: &str, letters_too: bool) -> String {
    let mut name = String::with_capacity(id.len());
    let mut part = 0;
    for letter in id.chars() {
        let is_plain = match letter {
            '.' => part > 0,
            '%' | '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => false,
            _ if letters_too => letter.is_ascii_digit() || "-_ ".contains(letter),
            _ => !letter.is_control(),
        };
        let unit = if is_plain { letter.to_string() } else { escaped(letter) };
        if part + unit.len() > PART_BYTES {
            name.push_str("%/");
            part = 0;
            if letter == '.' {
                name.push_str("%2E");
                part = 3;
                continue;
            }
        }
        name.push_str(&unit);
        part += unit.len();
    }
    name
}

/// The bytes of a letter as `%XX`.
fn escaped(letter: char) -> String {
    let mut bytes = [0; 4];
    letter.encode_utf8(&mut bytes).bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

/// The id that a path below `documents/` was made from; none where it was made otherwise.
pub(super) fn decoded(path: &str) -> Option<String> {
    let name = path.strip_suffix(END)?.replace("%/", "");
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    let id = String::from_utf8(bytes).ok()?;
    let is_ours = [false, true].iter().any(|letters| encoded(&id, *letters) + END == path);
    is_ours.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken(ids: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        ids.iter()
            .map(|id| {
                let name = names.take(id, 1).unwrap();
                assert_eq!(names.of(id).as_ref(), Some(&name));
                name
            })
            .collect()
    }

    #[test]
    fn names_stay_readable() {
        assert_eq!(
            taken(&[
                "MED-10",
                "Arthur's Magazine",
                "Ærø",
                "a/b.md",
                ".x",
                "..",
                "50% of\t1:2",
                "%2F"
            ]),
            [
                "MED-10.txt",
                "Arthur's Magazine.txt",
                "Ærø.txt",
                "a%2Fb.md.txt",
                "%2Ex.txt",
                "%2E..txt",
                "50%25 of%091%3A2.txt",
                "%252F.txt",
            ]
        );
    }

    #[test]
    fn case_alone_tells_no_names_apart() {
        assert_eq!(
            taken(&["Ab1", "ab1", "AB1", "é", "É"]),
            ["Ab1.txt", "%61%621.txt", "%41%421.txt", "é.txt", "%C3%89.txt"]
        );
    }

    #[test]
    fn long_names_go_on_in_folders() {
        let name = taken(&[&"x".repeat(450)]).remove(0);
        let parts: Vec<usize> = name.split('/').map(str::len).collect();
        assert_eq!(parts, [201, 201, 54]);
        assert_eq!(decoded(&name), Some("x".repeat(450)));
        // A dot would hide the second part.
        let dotted = format!("{}.a", "x".repeat(200));
        assert_eq!(encoded(&dotted, false), format!("{}%/%2Ea", "x".repeat(200)));
        let error = Names::default().take(&"/".repeat(700), 1).unwrap_err();
        assert!(matches!(error, RecordFault::LongId { bytes: 2_120, most: 2_000 }), "{error:?}");
    }

    #[test]
    fn an_id_is_taken_once() {
        let mut names = Names::default();
        names.take("a", 3).unwrap();
        let twice = names.take("a", 9).unwrap_err();
        assert_eq!(twice, RecordFault::DuplicateId { id: "a".into(), first_line: 3 });
        assert_eq!(names.take("", 1), Err(RecordFault::Empty { key: "id" }));
        assert_eq!(names.of("b"), None);
    }

    #[test]
    fn only_our_own_names_are_read_back() {
        for name in ["a.md", "a%2.txt", "a%zz.txt", "%61.txt.md", "a%2e.txt", "%FF.txt", "a/b.txt"]
        {
            assert_eq!(decoded(name), None, "{name}");
        }
        assert_eq!(decoded("a.txt").as_deref(), Some("a"));
    }

    proptest! {
        #[test]
        fn ids_survive(id in "(?s).{1,120}|[a-zA-Z./%]{150,500}", letters: bool) {
            let name = encoded(&id, letters) + END;
            prop_assert_eq!(decoded(&name), Some(id));
            for part in name.split('/') {
                prop_assert!(part.len() <= PART_BYTES + END.len());
                prop_assert!(!part.starts_with('.') && !part.is_empty());
                prop_assert!(!part.chars().any(|letter| letter.is_control() || "\\:*?\"<>|".contains(letter)));
            }
        }

        #[test]
        fn no_two_names_fall_together(ids in proptest::collection::hash_set("[aAbB.%/]{1,4}|\\PC{1,3}", 1..40)) {
            let mut names = Names::default();
            let mut seen = HashSet::new();
            for id in &ids {
                let name = names.take(id, 1).unwrap();
                prop_assert!(seen.insert(name.to_lowercase()), "{}", name);
                prop_assert_eq!(&decoded(&name).unwrap(), id);
            }
        }
    }
}
