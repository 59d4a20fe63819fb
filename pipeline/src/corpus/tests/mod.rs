mod fuzz;
mod question_set;
mod questions;

use super::*;
use crate::extract::DOCUMENT_BYTES_MAX;
use std::fs;
use tempfile::TempDir;

const DESCRIPTION: &str = "title = \"Lab\"\nlanguage = \"en\"\nlicence = \"CC0-1.0\"\n";
const QUESTION: &str = r#"{"id":"q1","question":"How many Nm?","answers":["45"],"evidence":[{"document":"guide/torque.md","quote":"45 Nm"}],"kind":"number","split":"test"}"#;

/// A project with the corpus `lab`, which is fine until a test changes it.
struct Project(TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write("corpus.toml", DESCRIPTION);
        project.write("documents/guide/torque.md", "# Torque\n\nTighten to 45 Nm, then 45 Nm.\n");
        project.write("documents/notes.txt", "Wear gloves.\n");
        project.write("questions.jsonl", format!("{QUESTION}\n"));
        project
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join("corpora/lab").join(below)
    }

    fn write(&self, below: &str, content: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn load(&self) -> Result<Corpus, CorpusError> {
        self.load_of(self.0.path(), "lab")
    }

    fn load_of(&self, root: &Path, name: &str) -> Result<Corpus, CorpusError> {
        Corpus::load(root, name, &self.extractor())
    }

    /// Nothing that these tests read needs a reader's process.
    fn extractor(&self) -> Extractor {
        Extractor::new("no program".into(), &self.0.path().join("texts"))
    }

    /// The error's text and hint, with the project's folder as `.`.
    fn error(&self) -> String {
        self.shown(&self.load().unwrap_err())
    }

    /// Warnings and their hints, with the project's folder as `.`.
    fn warnings(&self, corpus: &Corpus) -> String {
        let root = fs::canonicalize(self.0.path()).unwrap();
        let lines: Vec<String> = corpus
            .warnings
            .iter()
            .map(|warning| format!("{warning}\n  hint: {}", warning.hint()))
            .collect();
        lines
            .join("\n")
            .replace(&root.display().to_string(), ".")
            .replace(&self.0.path().display().to_string(), ".")
    }

    fn shown(&self, error: &CorpusError) -> String {
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        // A link's target is shown as it resolves.
        let root = fs::canonicalize(self.0.path()).unwrap();
        format!("{error}{hint}")
            .replace(&root.display().to_string(), ".")
            .replace(&self.0.path().display().to_string(), ".")
    }
}

#[test]
fn a_corpus_is_read() {
    let project = Project::new();
    project.write("documents/.hidden/x.md", "no");
    project.write("documents/.swap.md", "no");
    project.write("documents/b.md", "# B\n\nText");
    let corpus = project.load().unwrap();
    assert_eq!(
        (corpus.name.as_str(), corpus.title.as_str(), corpus.language.as_str()),
        ("lab", "Lab", "en")
    );
    let documents: Vec<_> = corpus
        .documents
        .iter()
        .map(|document| (document.id.as_str(), document.title.as_str(), document.text.as_str()))
        .collect();
    assert_eq!(
        documents,
        [
            ("b.md", "B", "# B\n\nText"),
            ("guide/torque.md", "Torque", "# Torque\n\nTighten to 45 Nm, then 45 Nm.\n"),
            ("notes.txt", "notes", "Wear gloves.\n"),
        ]
    );
    // "# Torque\n\n" has 10 bytes and "Tighten to " 11: the first quote starts at 21.
    assert_eq!(corpus.questions[0].evidence[0].span, 21..26);
    assert_eq!(corpus.skipped, [""; 0]);
    assert_eq!(corpus.warnings, []);
    assert_eq!(corpus.manifest.questions, 1);
    assert_eq!(corpus.document("notes.txt"), Some(&corpus.documents[2]));
    assert_eq!(corpus.document("notes"), None);
}

#[test]
fn the_manifest_counts_file_and_text() {
    let project = Project::new();
    project.write("documents/notes.txt", "\u{feff}Wear gloves.\r\n");
    let corpus = project.load().unwrap();
    let record = &corpus.manifest.documents[1];
    // 3 bytes of mark, 12 of text, 2 of line end; the text keeps 12 and 1.
    assert_eq!((record.file_bytes, record.text_bytes, record.words), (17, 13, 2));
    assert_eq!(record.sha256, Fingerprint::of("\u{feff}Wear gloves.\r\n".as_bytes()));
    assert_eq!(record.text_sha256, Fingerprint::of(b"Wear gloves.\n"));
}

#[test]
fn a_changed_document_changes_its_own_fingerprint_only() {
    let project = Project::new();
    let before = project.load().unwrap();
    project.write("documents/notes.txt", "Wear goggles.\n");
    let after = project.load().unwrap();
    let texts = |corpus: &Corpus| -> Vec<Fingerprint> {
        corpus.documents_with_fingerprints().map(|(_, text)| text.clone()).collect()
    };
    assert_eq!(texts(&before)[0], texts(&after)[0]);
    assert_ne!(texts(&before)[1], texts(&after)[1]);
    assert_ne!(before.manifest_fingerprint(), after.manifest_fingerprint());
}

#[test]
fn questions_and_line_ends_do_not_change_the_documents_fingerprint() {
    let project = Project::new();
    let before = project.load().unwrap();
    project.write("questions.jsonl", QUESTION.replace("How", "So how"));
    project.write("documents/notes.txt", "Wear gloves.\r\n");
    let after = project.load().unwrap();
    assert_eq!(before.manifest_fingerprint(), after.manifest_fingerprint());
    assert_ne!(before.manifest.questions_sha256, after.manifest.questions_sha256);
    project.write("documents/more.txt", "");
    assert_ne!(project.load().unwrap().manifest_fingerprint(), before.manifest_fingerprint());
}

#[test]
fn what_is_not_read_is_counted_and_shown() {
    let project = Project::new();
    project.write("documents/a.dwg", "x");
    project.write("documents/guide/b.DWG", "x");
    project.write("documents/Makefile", "x");
    project.write("documents/empty.md", " \n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("notes.txt", project.path("documents/link.txt")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", project.path("documents/guide/up")).unwrap();
    let corpus = project.load().unwrap();
    assert_eq!(corpus.skipped, ["Makefile", "a.dwg", "guide/b.DWG"]);
    let shown: Vec<_> = corpus
        .warnings
        .iter()
        .map(|warning| format!("{warning}\nhint: {}", warning.hint()))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    document `empty.md` has no text
    hint: fill or delete `empty.md`
    1 file(s) without an extension not read, the first is `Makefile`
    hint: save them in a format that is read, or move them out of `documents/`
    2 file(s) `.dwg` not read, the first is `a.dwg`
    hint: save them in a format that is read, or move them out of `documents/`
    2 link(s) passed over, the first is `guide/up`
    hint: delete the links: their targets are read without them
    "#);
}

#[test]
fn missing_parts_are_named_with_a_remedy() {
    let project = Project::new();
    let error = project.load_of(project.0.path(), "labs").unwrap_err();
    insta::assert_snapshot!(project.shown(&error), @r#"
    there is no corpus `labs`: ./corpora/labs is not a folder
    hint: did you mean `lab`? known: `lab`
    "#);
    let error = project.load_of(project.0.path(), "../lab").unwrap_err();
    insta::assert_snapshot!(project.shown(&error), @r#"
    `../lab` is not the name of a corpus
    hint: name one folder below `corpora/`, without `/`
    "#);
    let error = project.load_of(&project.path("documents"), "lab").unwrap_err();
    insta::assert_snapshot!(project.shown(&error), @r#"
    there is no corpus `lab`: ./corpora/lab/documents/corpora/lab is not a folder
    hint: make the folder `corpora/lab` with `corpus.toml`, `documents/` and `questions.jsonl`
    "#);

    fs::remove_file(project.path("questions.jsonl")).unwrap();
    insta::assert_snapshot!(project.error(), @r#"
    ./corpora/lab/questions.jsonl is missing
    hint: write one question a line: {"id": "q1", "question": "...", "answers": ["..."], "evidence": [{"document": "a.md", "quote": "..."}], "kind": "fact", "split": "test"}; or save a table as `questions.csv` with the columns `question`, `answers` and `document`
    "#);
    fs::remove_dir_all(project.path("documents")).unwrap();
    insta::assert_snapshot!(project.error(), @r#"
    ./corpora/lab/documents is not a folder
    hint: make the folder and put documents into it, or use `ragscale corpus add`
    "#);
    fs::remove_file(project.path("corpus.toml")).unwrap();
    insta::assert_snapshot!(project.error(), @r#"
    ./corpora/lab/corpus.toml is missing
    hint: write it with three lines: title = "...", language = "en", licence = "..."
    "#);
}

#[test]
fn empty_parts_are_named_with_a_remedy() {
    let project = Project::new();
    project.write("questions.jsonl", "\n  \r\n");
    assert!(matches!(project.load(), Err(CorpusError::NoQuestions { .. })));
    assert!(project.error().starts_with("./corpora/lab/questions.jsonl has no questions\nhint: "));
    fs::remove_dir_all(project.path("documents")).unwrap();
    project.write("documents/a.md", "\n");
    project.write("documents/a.dwg", "x");
    project.write("documents/a.pdf", "x");
    insta::assert_snapshot!(project.error(), @r#"
    no document with text below ./corpora/lab/documents (1 empty, 1 of a kind that is not read, 1 unreadable)
    ./corpora/lab/documents/a.pdf is no pdf file, whatever its name says
      hint: give it the ending of what it is, or save it again in its program
    hint: put files with text into it; what is read: `.md`, `.txt`, `.html`, `.pdf`, `.docx`, `.doc`, `.pptx`, `.ppt`, `.xlsx`, `.xls`, `.odt`, `.ods`, `.rtf`, `.epub`, `.csv`, `.tsv`, `.eml`, `.mbox`, `.json`, `.jsonl`, `.rst`
    "#);
}

#[test]
fn a_wrong_description_shows_its_line() {
    let project = Project::new();
    project.write("corpus.toml", "title = \"Lab\"\nlanguage = \"en\"\nlicense = \"MIT\"\n");
    insta::assert_snapshot!(project.error(), @r#"
    ./corpora/lab/corpus.toml: not a valid description of a corpus
    TOML parse error at line 3, column 1
      |
    3 | license = "MIT"
      | ^^^^^^^
    unknown field `license`, expected one of `title`, `language`, `licence`
    hint: the file has the keys `title`, `language` (two letters) and `licence`, no others
    "#);
}

#[cfg(unix)]
#[test]
fn a_document_that_cannot_be_read_is_left_out_and_shown() {
    let project = Project::new();
    // A file of that length without its bytes: it must be refused before it is read.
    let large = fs::File::create(project.path("documents/dump.md")).unwrap();
    large.set_len(DOCUMENT_BYTES_MAX + 1_000_000).unwrap();
    std::os::unix::fs::symlink("../corpus.toml", project.path("documents/out.md")).unwrap();
    std::os::unix::fs::symlink("nowhere.md", project.path("documents/broken.md")).unwrap();
    project.write("documents/claims.docx", "%PDF-1.7");
    project.write("documents/zero.pdf", "");
    let corpus = project.load().unwrap();
    let ids: Vec<_> = corpus.documents.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["guide/torque.md", "notes.txt"]);
    insta::assert_snapshot!(project.warnings(&corpus), @r#"
    document `broken.md` left out: documents/broken.md is a link that cannot be followed: No such file or directory (os error 2)
      hint: delete the link, or put its target in place
    document `claims.docx` left out: documents/claims.docx is no docx file, whatever its name says
      hint: give it the ending of what it is, or save it again in its program
    document `dump.md` left out: documents/dump.md has 201 MB, more than the 200 MB of one document
      hint: split it into one file a document or chapter
    document `out.md` left out: documents/out.md is a link that leaves the corpus
      hint: copy what it points at into `documents/`
    document `zero.pdf` left out: documents/zero.pdf is empty (0 bytes)
      hint: delete it, or copy it again from where it came
    "#);
}

#[test]
fn a_text_in_another_encoding_is_read_and_said_so() {
    let project = Project::new();
    project.write("documents/latin.txt", b"ok\nM\xfcller pr\xfcft die Gr\xf6\xdfe\n");
    let corpus = project.load().unwrap();
    assert_eq!(
        corpus.document("latin.txt").unwrap().text,
        "ok\nM\u{fc}ller pr\u{fc}ft die Gr\u{f6}\u{df}e\n"
    );
    assert_eq!(corpus.manifest.documents[1].encoding.as_deref(), Some("windows-1252"));
    assert_eq!(corpus.warnings, []);
}

/// Prints the time; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let project = Project::new();
    let line = "Tighten the bolts of the pump to 45 Nm, crosswise, and check them weekly.\n";
    for n in 0..500 {
        project.write(&format!("documents/{n}.md"), line.repeat(10_000 / line.len()));
    }
    let start = std::time::Instant::now();
    let corpus = project.load().unwrap();
    let bytes: usize = corpus.documents.iter().map(|document| document.text.len()).sum();
    println!("{bytes} bytes in {:?}", start.elapsed());
}
