//! `ragscale corpus add` with archives: what is refused is named, the rest goes on, and the exit code says so.

use crate::project::Project;
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

#[test]
fn flow_an_archive_that_is_refused_is_told_by_the_exit_code() {
    let project = Project::new();
    let good = ("good.md", &b"# Good\n\nIt goes on.\n"[..]);
    project.write("in/no.zip", "plain text");
    project.write("in/up.zip", zipped(&[("../../corpus.toml", b"x"), good]));
    let mut shared = ZipWriter::new(Cursor::new(Vec::new()));
    shared.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    shared.write_all(&[b'0'; 1000]).unwrap();
    shared.shallow_copy_file("a.txt", "b.txt").unwrap();
    project.write("in/shared.zip", shared.finish().unwrap().into_inner());
    let inner = zipped(&[("x.md", b"first")]);
    project.write("in/twice.zip", zipped(&[("i.zip", &inner), ("i/x.md", b"second")]));
    let add = || project.ragscale(&["corpus", "add", "acme", "in"]).expect(1);
    let added = add().says(&[
        "warning: no.zip left out: it is no ZIP archive: ",
        "hint: pack it again",
        "warning: up.zip left out: a name in it is not UTF-8 or leaves the folder: \"../../corpus.toml\"",
        "warning: shared.zip left out: its files share bytes, as those of a bomb do",
        "hint: unpack it by hand, look at it, and add what is wanted",
        "warning: twice/i/x.md left out: the archive has two files for this place",
    ]);
    let told = |text: &str| assert!(added.stdout.contains(text), "{}", added.stdout);
    told("documents: 2 added, 0 replaced, 0 unchanged");
    told("left out: 4, named above");
    assert_eq!(project.read("corpora/acme/documents/twice/i/x.md"), "first");
    assert!(project.read("corpora/acme/corpus.toml").starts_with("title = "));
    // The same once more changes nothing.
    let again = add().stdout;
    assert!(again.contains("documents: 0 added, 0 replaced, 2 unchanged"), "{again}");
    // An archive without a flaw is taken with exit code 0.
    project.write("one.zip", zipped(&[good]));
    project.ragscale(&["corpus", "add", "other", "one.zip"]).expect(0);
}

#[test]
fn flow_a_name_that_cannot_be_a_corpus_says_what_can() {
    let project = Project::new();
    project.write("in/a.md", "# A\n");
    project.ragscale(&["corpus", "add", "Workshop", "in"]).expect(2).says(&[
        "`Workshop` is not the name of a corpus",
        "hint: a name has 1 to 64 lower-case letters",
    ]);
}
