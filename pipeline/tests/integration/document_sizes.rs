//! Sizes that somebody's folder can have: one text of 200 MB, a hundred thousand small files.

use crate::project::Project;
use std::fs::File;
use std::io::{BufWriter, Write as _};

const SENTENCE: &str = "The lid of pump 7 is closed with 55 Nm by two persons.\n";
/// The longest text that is read as one document.
const LONGEST: usize = 200_000_000;
const FILES: usize = 100_000;

/// A project with the folder `in`: the longest text that is read, one that is a byte too long, and a note.
fn long() -> Project {
    let project = Project::new();
    project.write("in/good.md", "# Good\n\nIt goes on.\n");
    let mut file = BufWriter::new(File::create(project.path("in/log.txt")).unwrap());
    for _ in 0..LONGEST / SENTENCE.len() {
        file.write_all(SENTENCE.as_bytes()).unwrap();
    }
    file.flush().unwrap();
    File::create(project.path("in/more.txt")).unwrap().set_len(LONGEST as u64 + 1).unwrap();
    project
}

#[test]
fn flow_a_text_of_200_megabytes_comes_through_and_a_longer_one_does_not() {
    let added = long().ragscale(&["corpus", "add", "acme", "in"]).expect(1).says(&[
        "more.txt has 200000001 bytes, more than the 200000000 bytes of one document",
        "hint: split it into one file a document or chapter",
    ]);
    assert!(added.stdout.contains("2 document(s) read (1 md, 1 txt), 47 M words"), "{added:?}");
}

#[test]
#[ignore = "64 s on one core: 47 million words are cut into 360,000 chunks and looked through"]
fn flow_a_text_of_200_megabytes_is_surveyed() {
    let project = long();
    project.ragscale(&["corpus", "add", "acme", "in"]).expect(1);
    let checked = project.ragscale(&["corpus", "check", "acme"]).expect(1);
    let found = "log.txt: 47272719 words, 363637 chunks\n  hint: split them by chapter";
    assert!(checked.stdout.contains(found), "{}", checked.stdout);
}

#[test]
fn flow_a_hundred_thousand_small_files_come_through() {
    let project = Project::new();
    for folder in 0..FILES / 1000 {
        for file in 0..1000 {
            let key = folder * 1000 + file;
            let text = format!("# Note {file} of {folder}\n\nThe key of room {file} is {key}.\n");
            project.write(&format!("in/{folder}/{file}.md"), text);
        }
    }
    let added = project.ragscale(&["corpus", "add", "acme", "in"]).expect(0);
    assert!(added.stdout.contains("documents: 100000 added"), "{}", added.stdout);
    assert!(added.stdout.contains("100000 document(s) read (100000 md)"), "{}", added.stdout);
    let checked = project.ragscale(&["corpus", "check", "acme"]).expect(0);
    assert!(checked.stdout.contains("documents    100,000: md 100,000"), "{}", checked.stdout);
}
