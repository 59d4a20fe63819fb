//! Several files of questions: which are read, in which order, and what each problem is told to be in.

use super::{Project, QUESTION};
use crate::corpus::{Corpus, CorpusError, Origin, Question};
use crate::fingerprint::Fingerprint;
use std::fs;

const TABLE: &str = "question,answers,document\nWhat to wear?,gloves,notes.txt\n";

fn ids(corpus: &Corpus) -> Vec<&str> {
    corpus.questions.iter().map(|question| question.id.as_str()).collect()
}

fn draft(id: &str, status: &str) -> String {
    let question = QUESTION.replace("q1", id);
    let open = question.strip_suffix('}').unwrap();
    format!("{open},\"status\":\"{status}\",\"model\":\"m\"}}")
}

#[test]
fn a_table_stands_beside_the_lines_or_alone() {
    let project = Project::new();
    project.write("questions.csv", TABLE);
    let both = project.load().unwrap();
    assert_eq!(ids(&both), ["q1", &crate::corpus::id_of("What to wear?")]);
    assert_eq!(both.manifest.questions, 2);
    let whole = &both.questions[1].evidence[0];
    // "Wear gloves.\n" has 13 bytes.
    assert_eq!((&whole.quote, whole.span.clone()), (&None, 0..13));
    fs::remove_file(project.path("questions.jsonl")).unwrap();
    let alone = project.load().unwrap();
    assert_eq!(ids(&alone), ids(&both)[1..]);
    assert_eq!(alone.manifest.questions_sha256, Fingerprint::of(TABLE.as_bytes()));
}

#[test]
fn the_hash_is_of_both_files() {
    let project = Project::new();
    let hash = || project.load().unwrap().manifest.questions_sha256;
    assert_eq!(hash(), Fingerprint::of(format!("{QUESTION}\n").as_bytes()));
    project.write("questions.csv", TABLE);
    let both = hash();
    project.write("questions.csv", TABLE.replace("What", "So what"));
    let other_table = hash();
    project.write("questions.jsonl", QUESTION.replace("How", "So how"));
    assert!(both != other_table && hash() != other_table && hash() != both);
}

#[test]
fn each_problem_names_its_own_file_and_line() {
    let project = Project::new();
    project.write(
        "questions.jsonl",
        [QUESTION, "{}", &QUESTION.replace("q1", "q2").replace("45 Nm", "54 Nm")].join("\n"),
    );
    project.write(
        "questions.csv",
        "id;question;answers;document;quote;split;group\n\
         q1;?;x;notes.txt;gloves;test;\n\
         q3;\"Two\nlines?\";x;note.txt;;test;\n\
         q4;?;x;notes.txt;goggles;dev;g\n\
         q5;?;x;notes.txt;;test;g\n\
         q6;?;x;notes.txt;;test;g;and more\n",
    );
    insta::assert_snapshot!(project.error(), @r#"
    7 problem(s) in ./corpora/lab/questions.jsonl and ./corpora/lab/questions.csv
    ./corpora/lab/questions.jsonl:2:2: missing field `id`
      hint: a line is one JSON object with the keys `id`, `question`, `answers`, `evidence`, `kind`, `split` and, if wanted, `group`, `schema`
    ./corpora/lab/questions.jsonl:3: question `q2`: `guide/torque.md` does not have the quote "54 Nm"
      hint: copy the quote from the document; the nearest passage is "Nm, then 45 Nm."
    ./corpora/lab/questions.csv:2: question `q1`: line 1 of `questions.jsonl` has the same id
      hint: give each question an id of its own
    ./corpora/lab/questions.csv:3: question `q3`: evidence in an unknown document `note.txt`
      hint: did you mean `notes.txt`?
    ./corpora/lab/questions.csv:5: question `q4`: `notes.txt` does not have the quote "goggles"
      hint: copy the quote from the document, letter by letter
    ./corpora/lab/questions.csv:6: question `q5`: group `g` is in split `test` here and in `dev` on line 5
      hint: put all paraphrases of a question into the same split
    ./corpora/lab/questions.csv:7: the row has 8 cells, and there are 7 columns
      hint: put a cell that holds a separator into quotes
    "#);
}

#[test]
fn a_table_that_is_none_is_named_with_its_columns() {
    let project = Project::new();
    for (table, expected) in [
        (
            "qestion,answers\n",
            "1 problem(s) in ./corpora/lab/questions.csv\n./corpora/lab/questions.csv:1: the first row names an unknown column `qestion`\n  hint: did you mean `question`? known: `question`, `answers`, `document`, `kind`, `quote`, `split`, `group`, `id`",
        ),
        (
            "question\n",
            "1 problem(s) in ./corpora/lab/questions.csv\n./corpora/lab/questions.csv:1: the first row names no column `answers`: it has `question`\n  hint: name the columns in the first row: `question` and `answers` are needed, known beside them: `document`, `kind`, `quote`, `split`, `group`, `id`",
        ),
    ] {
        project.write("questions.csv", table);
        assert_eq!(project.error(), expected);
    }
    // What is wrong in another file is told with it.
    project.write("questions.jsonl", QUESTION.replace("45 Nm", "54 Nm"));
    let both = project.error();
    assert!(both.starts_with("2 problem(s) in ./corpora/lab/questions.jsonl and "), "{both}");
    fs::remove_file(project.path("questions.jsonl")).unwrap();
    project.write("questions.csv", "question,answers\n,\n");
    assert!(matches!(project.load(), Err(CorpusError::NoQuestions { .. })));
}

/// A corpus that is only looked at has its documents whatever its questions are.
#[test]
fn what_is_sound_is_read_beside_what_is_not() {
    let project = Project::new();
    project.write("questions.csv", "Frage,Antwort\nWer?,Ich\n");
    let read = || Corpus::load_what_is_sound(project.0.path(), "lab", &project.extractor());
    let (corpus, problems) = read().unwrap();
    assert_eq!((corpus.documents.len(), ids(&corpus)), (2, vec!["q1"]));
    let told: Vec<String> = problems.iter().map(|one| format!("{}: {one}", one.line)).collect();
    assert_eq!(told, ["1: the first row names an unknown column `frage`"]);
    project.write("questions.jsonl", QUESTION.replace("45 Nm", "54 Nm"));
    let (corpus, problems) = read().unwrap();
    assert_eq!((corpus.documents.len(), corpus.questions.len(), problems.len()), (2, 0, 2));
}

#[test]
fn evidence_in_a_file_that_was_left_out_says_why() {
    let project = Project::new();
    project.write("documents/guide/torques.docx", "%PDF-1.7");
    project.write("questions.jsonl", QUESTION.replace("torque.md", "torques.docx"));
    insta::assert_snapshot!(project.error(), @r"
    1 problem(s) in ./corpora/lab/questions.jsonl
    ./corpora/lab/questions.jsonl:1: question `q1`: evidence in `guide/torques.docx`, which was left out: documents/guide/torques.docx is no docx file, whatever its name says
      hint: give it the ending of what it is, or save it again in its program
    ");
    let corpus =
        Corpus::load_what_is_sound(project.0.path(), "lab", &project.extractor()).unwrap().0;
    let mut question = project_question(&project);
    let told = corpus.place(&mut question).remove(0).to_string();
    assert!(told.starts_with("evidence in `guide/torques.docx`, which was left out"), "{told}");
}

/// The one question of `questions.jsonl`, as it is written there.
fn project_question(project: &Project) -> Question {
    serde_json::from_str(&fs::read_to_string(project.path("questions.jsonl")).unwrap()).unwrap()
}

#[test]
fn drafts_are_questions_only_where_they_are_asked_for() {
    let project = Project::new();
    project.write(
        "drafts.jsonl",
        ["q2 draft", "q3 rejected", "q4 skipped", "q5 accepted", "q1 draft"]
            .map(|line| line.split_once(' ').unwrap())
            .map(|(id, status)| draft(id, status))
            .join("\n"),
    );
    assert_eq!(ids(&project.load().unwrap()), ["q1"]);
    let with = Corpus::load_with_drafts(project.0.path(), "lab", &project.extractor()).unwrap();
    // `q1` was accepted before the program ended.
    assert_eq!(ids(&with), ["q1", "q2"]);
    assert_eq!(
        with.questions.iter().map(|one| one.origin).collect::<Vec<_>>(),
        [None, Some(Origin::Drafted)]
    );
    assert_eq!(with.questions[1].evidence[0].span, 21..26);
    assert_ne!(with.manifest.questions_sha256, project.load().unwrap().manifest.questions_sha256);
    // Drafts alone are enough to ask.
    fs::remove_file(project.path("questions.jsonl")).unwrap();
    let alone = Corpus::load_with_drafts(project.0.path(), "lab", &project.extractor()).unwrap();
    assert_eq!(ids(&alone), ["q2", "q1"]);
}

#[test]
fn drafts_that_are_asked_are_checked_and_rejected_ones_are_not() {
    let project = Project::new();
    let lost = |status| draft("q2", status).replace("45 Nm", "54 Nm");
    let load = || Corpus::load_with_drafts(project.0.path(), "lab", &project.extractor());
    project.write("drafts.jsonl", lost("rejected"));
    assert!(load().is_ok());
    project.write("drafts.jsonl", lost("draft"));
    let error = load().unwrap_err().to_string();
    assert!(error.contains("drafts.jsonl:1: question `q2`: `guide/torque.md` does not"), "{error}");
    fs::remove_file(project.path("drafts.jsonl")).unwrap();
    let error = load().unwrap_err();
    assert!(matches!(error, CorpusError::MissingDrafts { .. }));
    assert!(error.hint().unwrap().contains("`ragscale questions draft`"));
}

#[test]
fn a_corpus_may_begin_with_its_documents() {
    let project = Project::new();
    fs::remove_file(project.path("questions.jsonl")).unwrap();
    let corpus = Corpus::load_documents(project.0.path(), "lab", &project.extractor()).unwrap();
    assert_eq!((corpus.documents.len(), corpus.questions.len()), (2, 0));
    project.write("questions.jsonl", "{}");
    assert!(Corpus::load_documents(project.0.path(), "lab", &project.extractor()).is_err());
}
