//! A corpus and questions for the tests of this module.

use super::Ledger;
use crate::corpus::{
    Corpus, Document, Draft, DraftStatus, Evidence, Manifest, Question, read_drafts,
};
use crate::extract::Extractor;
use crate::fingerprint::Fingerprint;
use crate::run::workspace::Workspace;
use std::path::PathBuf;

/// A corpus in memory of (id, title, text); evidence that cannot be placed fails the test.
pub fn corpus(documents: &[(&str, &str, &str)], questions: Vec<Question>) -> Corpus {
    let documents = documents
        .iter()
        .map(|(id, title, text)| Document {
            id: (*id).into(),
            title: (*title).into(),
            text: (*text).into(),
            pages: Vec::new(),
        })
        .collect();
    let mut corpus = Corpus {
        name: "lab".into(),
        title: "Lab".into(),
        language: "en".into(),
        licence: "CC0-1.0".into(),
        documents,
        questions: Vec::new(),
        manifest: Manifest {
            documents: Vec::new(),
            questions_sha256: Fingerprint::of(b""),
            questions: questions.len(),
        },
        skipped: Vec::new(),
        warnings: Vec::new(),
    };
    corpus.questions = questions
        .into_iter()
        .map(|mut question| {
            assert_eq!(corpus.place(&mut question), [], "{}", question.id);
            question
        })
        .collect();
    corpus
}

/// A question of the split `test` with quotes of documents as evidence.
pub fn question(id: &str, answers: &[&str], evidence: &[(&str, &str)]) -> Question {
    Question {
        id: id.into(),
        text: format!("What does {id} ask?"),
        answers: answers.iter().map(|answer| (*answer).into()).collect(),
        evidence: evidence
            .iter()
            .map(|(document, quote)| Evidence {
                document: (*document).into(),
                quote: Some((*quote).into()),
                span: 0..0,
            })
            .collect(),
        kind: if answers.is_empty() { "unanswerable" } else { "fact" }.into(),
        split: "test".into(),
        group: None,
        schema: None,
        origin: None,
    }
}

/// A project with the corpus `lab` of one document and open drafts.
pub struct Desk(tempfile::TempDir);

impl Desk {
    /// A draft with each id, all of one quote.
    pub fn with(ids: &[&str]) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("corpus.toml", "title = \"Lab\"\nlanguage = \"en\"\nlicence = \"MIT\"\n");
        desk.write("documents/a.md", "# Pump\n\nThe pump weighs 40 kg.\n\nIt is blue.\n");
        let lines: Vec<String> = ids
            .iter()
            .map(|id| {
                let draft = Draft {
                    question: question(id, &["40 kg"], &[("a.md", "weighs 40 kg")]),
                    status: DraftStatus::Draft,
                    model: "m".into(),
                    filter: None,
                    why: None,
                    passages_sha256: None,
                };
                serde_json::to_string(&draft).unwrap() + "\n"
            })
            .collect();
        desk.write("drafts.jsonl", &lines.concat());
        desk
    }

    pub fn workspace(&self) -> Workspace {
        Workspace::at(self.0.path())
    }

    /// A path below the corpus.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("corpora/lab").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn corpus(&self) -> Corpus {
        let extractor = Extractor::new("no program".into(), &self.0.path().join("texts"));
        Corpus::load_documents(self.0.path(), "lab", &extractor).unwrap()
    }

    pub fn ledger(&self, corpus: &Corpus) -> Ledger {
        Ledger::open(&self.workspace(), corpus).unwrap()
    }

    pub fn draft(&self, place: usize) -> Draft {
        read_drafts(&self.path("drafts.jsonl")).unwrap().remove(place)
    }

    /// What became of each draft.
    pub fn statuses(&self) -> Vec<String> {
        let drafts = read_drafts(&self.path("drafts.jsonl")).unwrap();
        let name = |draft: &Draft| format!("{:?}", draft.status).to_lowercase();
        drafts.iter().map(name).collect()
    }

    pub fn questions(&self) -> Vec<Question> {
        self.corpus().questions
    }
}
