//! Archives that are good, and archives that are not.

use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What comes of an archive `in/a.zip` of these bytes: the texts placed, the outcome.
fn unpacked(bytes: &[u8], limits: Limits) -> (Vec<(String, Vec<u8>)>, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    let documents = folder.path().join("documents");
    let mut outcome = Outcome::default();
    let source = Source { id: "in/a.zip".into(), path };
    let taken = HashSet::from(["in/a/taken.md".to_owned()]);
    let placed = unpack(&[source], &documents, taken, limits, &mut outcome);
    let texts = placed
        .iter()
        .map(|source| (source.id.clone(), std::fs::read(documents.join(&source.id)).unwrap()))
        .collect();
    // Nothing lies outside of the archive's folder.
    let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(outside.len() <= 2, "{outside:?}");
    (texts, outcome)
}

fn whys(outcome: &Outcome) -> Vec<&str> {
    outcome.refused.iter().map(|refused| refused.why.as_str()).collect()
}

#[test]
fn files_go_below_the_archives_name() {
    let inner = zipped(&[("deep/c.md", b"c")]);
    let bytes = zipped(&[
        ("a.md", b"a"),
        ("sub\\b c.txt", b"b"),
        ("sub/inner.zip", &inner),
        (".hidden/x.md", b"x"),
        ("__MACOSX/a.md", b"x"),
        ("plan.dwg", b"x"),
    ]);
    let (texts, outcome) = unpacked(&bytes, Limits::default());
    let expected =
        [("in/a/a.md", "a"), ("in/a/sub/b c.txt", "b"), ("in/a/sub/inner/deep/c.md", "c")];
    assert_eq!(texts, expected.map(|(id, text)| (id.to_owned(), text.as_bytes().to_vec())));
    assert_eq!((outcome.added, outcome.hidden), (3, 2));
    assert_eq!(outcome.skipped, [("dwg".to_owned(), 1)].into());
    assert!(outcome.refused.is_empty(), "{outcome:?}");
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for name in ["../a.md", "x/../../a.md", "/etc/a.md", "C:/a.md", "..\\a.md"] {
        let (texts, outcome) =
            unpacked(&zipped(&[(name, b"x"), ("good.md", b"y")]), Limits::default());
        assert_eq!(texts.len(), 1, "{name}");
        assert!(whys(&outcome)[0].contains("leaves the folder"), "{name}: {outcome:?}");
    }
}

#[test]
fn a_place_that_is_taken_stays_as_it_is() {
    let (texts, outcome) =
        unpacked(&zipped(&[("taken.md", b"x"), ("b.md", b"y")]), Limits::default());
    assert_eq!(texts, [("in/a/b.md".to_owned(), b"y".to_vec())]);
    assert_eq!(whys(&outcome), ["another of the given files has this place"]);
}

/// An archive in it goes to a folder of its name, which may be there too.
#[test]
fn a_file_never_takes_the_place_of_another_one_of_the_same_archive() {
    let inner = zipped(&[("x.md", b"first"), ("y.md", b"inner")]);
    let files: [(&str, &[u8]); 3] =
        [("sub/inner.zip", &inner), ("sub/inner/x.md", b"second"), ("sub/inner/z.md", b"z")];
    let (texts, outcome) = unpacked(&zipped(&files), Limits::default());
    let expected = [("x.md", "first"), ("y.md", "inner"), ("z.md", "z")];
    let expected = expected.map(|(id, text)| (format!("in/a/sub/inner/{id}"), text.into()));
    assert_eq!(texts, expected);
    assert_eq!((outcome.added, outcome.replaced), (3, 0));
    assert_eq!(outcome.refused[0].id, "in/a/sub/inner/x.md");
    assert_eq!(whys(&outcome), ["the archive has two files for this place"]);
    // The other way round, and two archives in it.
    let (texts, _) = unpacked(&zipped(&[files[1], files[0]]), Limits::default());
    assert_eq!(texts[0].1, b"second");
    let again = zipped(&[("x.md", b"third")]);
    let (texts, outcome) = unpacked(
        &zipped(&[("a/i.zip", &inner), ("a\\i.ZIP", &again), ("b.md", b"b")]),
        Limits::default(),
    );
    assert_eq!((texts.len(), texts[0].1.as_slice()), (3, &b"first"[..]));
    assert_eq!(outcome.refused[0].id, "in/a/a/i/x.md");
}

#[test]
fn an_archive_that_is_added_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let documents = folder.path().join("documents");
    let add = |files: &[(&str, &[u8])]| {
        std::fs::write(&path, zipped(files)).unwrap();
        let mut outcome = Outcome::default();
        let source = Source { id: "a.zip".into(), path: path.clone() };
        let limits = Limits::default();
        let placed = unpack(&[source], &documents, HashSet::new(), limits, &mut outcome);
        (placed.len(), outcome.added, outcome.replaced, outcome.unchanged)
    };
    assert_eq!(add(&[("a.md", b"a"), ("b.md", b"b")]), (2, 2, 0, 0));
    assert_eq!(add(&[("a.md", b"a"), ("b.md", b"B"), ("c.md", b"c")]), (3, 1, 1, 1));
    assert_eq!(std::fs::read(documents.join("a/b.md")).unwrap(), b"B");
    // No part of a file is left behind.
    assert_eq!(std::fs::read_dir(documents.join("a")).unwrap().count(), 3);
}

#[test]
fn a_link_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("out.md", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    zip.start_file("good.md", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"y").unwrap();
    let (texts, outcome) = unpacked(&zip.finish().unwrap().into_inner(), Limits::default());
    assert_eq!(texts, [("in/a/good.md".to_owned(), b"y".to_vec())]);
    assert_eq!(
        (outcome.refused[0].id.as_str(), whys(&outcome)[0]),
        ("in/a/out.md", "it is a link in an archive",)
    );
}

/// One stretch of packed bytes under many names unpacks to any size.
#[test]
fn files_that_share_bytes_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    zip.write_all(&[b'0'; 1000]).unwrap();
    zip.shallow_copy_file("a.txt", "b.txt").unwrap();
    let (texts, outcome) = unpacked(&zip.finish().unwrap().into_inner(), Limits::default());
    assert!(texts.is_empty());
    assert_eq!(whys(&outcome), ["its files share bytes, as those of a bomb do"]);
}

#[test]
fn a_file_that_is_too_long_for_a_document_is_refused_and_the_rest_goes_on() {
    let long: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let inner = zipped(&[("long.txt", &long), ("c.md", b"c")]);
    let bytes = zipped(&[("long.txt", &long), ("inner.zip", &inner), ("good.md", b"y")]);
    let (texts, outcome) = unpacked(&bytes, Limits { document: 2_000_000, ..Limits::default() });
    let ids: Vec<&str> = texts.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["in/a/inner/c.md", "in/a/good.md"]);
    assert_eq!(whys(&outcome), ["it has more than 2 MB"; 2]);
    assert_eq!(outcome.refused[1].id, "in/a/inner/long.txt");
}

/// A method that is not read, in the two places that say how a file is packed.
#[test]
fn a_file_that_is_packed_in_another_way_is_named() {
    let mut bytes = zipped(&[("old.md", b"a"), ("good.md", b"b")]);
    for (mark, method) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(mark)).unwrap();
        bytes[at + method] = 12;
    }
    let (texts, outcome) = unpacked(&bytes, Limits::default());
    assert_eq!(texts.len(), 1);
    assert_eq!(outcome.refused[0].id, "in/a/old.md");
    assert!(whys(&outcome)[0].contains("compression method not supported"), "{outcome:?}");
}

/// Of a file that is not where the list says; that is no bomb.
#[test]
fn an_archive_that_is_damaged_is_said_to_be() {
    let mut bytes = zipped(&[("a.md", b"a"), ("b.md", b"b")]);
    bytes[0] = b'Q';
    let (texts, outcome) = unpacked(&bytes, Limits::default());
    assert!(texts.is_empty());
    assert!(whys(&outcome)[0].starts_with("it is damaged: "), "{outcome:?}");
}

#[test]
fn a_bomb_is_refused_while_it_unpacks() {
    let zeros = vec![b'0'; 3_000_000];
    let bytes = zipped(&[("bomb.txt", &zeros), ("good.md", b"y")]);
    let limits = Limits { ratio_from: 100_000, ..Limits::default() };
    let (texts, outcome) = unpacked(&bytes, limits);
    assert_eq!(texts.len(), 1);
    assert!(whys(&outcome)[0].contains("200 times its size"), "{outcome:?}");

    let limits = Limits { bytes: 1_000_000, ..Limits::default() };
    let (texts, outcome) = unpacked(&bytes, limits);
    assert!(texts.is_empty());
    assert!(whys(&outcome)[0].contains("more than 1 MB"), "{outcome:?}");

    let many: Vec<(String, &[u8])> = (0..20).map(|n| (format!("{n}.md"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let (texts, outcome) = unpacked(&zipped(&many), Limits { entries: 10, ..Limits::default() });
    assert_eq!(texts.len(), 10);
    assert!(whys(&outcome)[0].contains("more than 10 files"), "{outcome:?}");
}

#[test]
fn a_bomb_of_many_small_files_is_refused() {
    let zeros = vec![b'0'; 90_000];
    let names: Vec<String> = (0..9).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &*zeros)).collect();
    let limits = Limits { ratio_from: 200_000, ..Limits::default() };
    let (texts, outcome) = unpacked(&zipped(&files), limits);
    assert_eq!((texts.len(), outcome.refused.len()), (2, 7), "{outcome:?}");
    assert!(whys(&outcome)[0].contains("200 times its size"), "{outcome:?}");
}

#[test]
fn archives_have_the_limits_together_and_no_place_twice() {
    let folder = tempfile::tempdir().unwrap();
    let archives = ["one/a.zip", "two/a.zip", "one/A.ZIP"].map(|id| {
        let path = folder.path().join(id.replace('/', "-"));
        std::fs::write(&path, zipped(&[("x.md", b"12345")])).unwrap();
        let id = id.replace("one/A.ZIP", "one/a.zip");
        Source { id, path }
    });
    let documents = folder.path().join("documents");
    let unpack = |limits| {
        let mut outcome = Outcome::default();
        let placed = unpack(&archives, &documents, HashSet::new(), limits, &mut outcome);
        (placed.len(), whys(&outcome).join("; "))
    };
    let (placed, why) = unpack(Limits::default());
    assert_eq!((placed, why.as_str()), (2, "another of the given files has this place"));
    let (placed, why) = unpack(Limits { bytes: 7, ..Limits::default() });
    assert_eq!(placed, 1);
    assert!(why.starts_with("the archive unpacks to more than"), "{why}");
}

/// `.zip` without its ending has no name, and a path that starts with `/` leaves every folder.
#[test]
fn an_archive_without_a_name_leaves_nothing_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".zip");
    std::fs::write(&path, zipped(&[("ragscale-escaped/x.md", b"x")])).unwrap();
    let source = Source { id: ".zip".into(), path };
    let mut outcome = Outcome::default();
    let documents = folder.path().join("documents");
    assert!(
        unpack(&[source], &documents, HashSet::new(), Limits::default(), &mut outcome).is_empty()
    );
    assert!(whys(&outcome)[0].contains("outside the corpus"), "{outcome:?}");
    assert!(!Path::new("/ragscale-escaped").exists());
}

#[test]
fn archives_in_archives_end_somewhere() {
    let mut bytes = zipped(&[("a.md", b"a")]);
    for _ in 0..5 {
        bytes = zipped(&[("a.zip", &bytes)]);
    }
    let (texts, outcome) = unpacked(&bytes, Limits::default());
    assert!(texts.is_empty());
    assert!(whys(&outcome)[0].contains("more than 3 deep"), "{outcome:?}");
}

#[test]
fn what_is_no_archive_is_said() {
    for bytes in [&b""[..], b"PK\x03\x04", b"plain"] {
        let (texts, outcome) = unpacked(bytes, Limits::default());
        assert!(texts.is_empty());
        assert!(whys(&outcome)[0].contains("no ZIP archive"), "{outcome:?}");
    }
}

/// A bit in the two places that name a file says that it is encrypted.
#[test]
fn what_needs_a_password_is_said_once() {
    let mut bytes = zipped(&[("a.md", b"a"), ("b.md", b"b")]);
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> =
            (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(mark)).collect();
        assert_eq!(places.len(), 2);
        places.into_iter().for_each(|at| bytes[at + flags] |= 1);
    }
    let (texts, outcome) = unpacked(&bytes, Limits::default());
    assert!(texts.is_empty());
    assert_eq!(whys(&outcome), ["it is encrypted"]);
}

proptest! {
    #[test]
    fn a_damaged_archive_is_no_disaster(place in 0_usize..200, byte: u8) {
        let mut bytes = zipped(&[("a.md", b"some text"), ("b/c.txt", b"more text, more text")]);
        let place = place % bytes.len();
        bytes[place] = byte;
        let (texts, outcome) = unpacked(&bytes, Limits::default());
        prop_assert!(texts.len() + outcome.refused.len() <= 4);
    }

    #[test]
    fn a_name_never_leaves(name in "[a./\\\\:]{0,12}") {
        if let Some(inner) = name_of(&name) {
            let place = folder_of("a.zip") + &inner;
            prop_assert!(lies_below(&place));
            prop_assert!(!inner.starts_with('/') && inner.split('/').all(|part| part != ".." && !part.is_empty()));
        }
    }
}
