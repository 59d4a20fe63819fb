//! Which spans of the corpus a strategy wants in the prompt, most wanted first.

use super::distractors::{Mixture, distracting};
use crate::config::{PassageOrder, StrategyPlan};
use crate::corpus::{Corpus, Document, Question};
use crate::retrieve::Hit;
use std::collections::HashSet;
use std::ops::Range;

/// A span of a document as the prompt shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Document id.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Bytes of the document's text.
    pub span: Range<usize>,
    /// The span's text.
    pub text: String,
}

impl Passage {
    /// A passage that is a whole text.
    pub fn whole(document: &str, title: &str, text: &str) -> Self {
        Self {
            document: document.to_owned(),
            title: title.to_owned(),
            span: 0..text.len(),
            text: text.to_owned(),
        }
    }

    fn of(document: &Document, span: Range<usize>) -> Self {
        Self {
            document: document.id.clone(),
            title: document.title.clone(),
            text: document.text[span.clone()].to_owned(),
            span,
        }
    }
}

/// What a strategy wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Most wanted first: the last ones go when room is short.
    pub passages: Vec<Passage>,
    /// In which order those that fit stand in the prompt.
    pub order: PassageOrder,
    /// Whether a passage that does not fit is passed over for later ones (whole documents) or ends
    /// the list (ranked chunks).
    pub pass_over: bool,
    /// At most this many tokens of passages.
    pub budget_tokens: Option<usize>,
    /// Where the first passages are evidence and the others distract; decides the order then.
    pub mixture: Option<Mixture>,
}

/// The passages that `strategy` wants for `question`. `hits` are those of the strategy's retriever.
pub fn choose(
    strategy: &StrategyPlan,
    question: &Question,
    corpus: &Corpus,
    hits: &[Hit],
) -> Candidates {
    let ranked = |passages, order| Candidates {
        passages,
        order,
        pass_over: false,
        budget_tokens: None,
        mixture: None,
    };
    match strategy {
        StrategyPlan::ClosedBook {} => ranked(Vec::new(), PassageOrder::BestFirst),
        StrategyPlan::Oracle { distractors, .. } => {
            let mut passages = evidence(question, corpus);
            let mixture =
                distractors.as_ref().map(|plan| Mixture::of(plan, question, passages.len()));
            if let Some(plan) = distractors {
                let most = plan.amount.passages().unwrap_or(usize::MAX);
                let found: Vec<Passage> = distracting(question, &passages, hits)
                    .take(most)
                    .filter_map(|hit| chunk(hit, corpus))
                    .collect();
                passages.extend(found);
            }
            Candidates { mixture, ..ranked(passages, PassageOrder::BestFirst) }
        }
        StrategyPlan::Retrieval { passages, budget_tokens, order, .. } => Candidates {
            budget_tokens: *budget_tokens,
            ..ranked(
                hits.iter().take(*passages).filter_map(|hit| chunk(hit, corpus)).collect(),
                *order,
            )
        },
        StrategyPlan::LongContext { budget_tokens, .. } => Candidates {
            passages: documents_by_rank(corpus, hits),
            order: PassageOrder::BestFirst,
            pass_over: true,
            budget_tokens: *budget_tokens,
            mixture: None,
        },
    }
}

fn document<'a>(corpus: &'a Corpus, id: &str) -> Option<&'a Document> {
    let place = corpus.documents.binary_search_by(|document| document.id.as_str().cmp(id)).ok()?;
    corpus.documents.get(place)
}

fn chunk(hit: &Hit, corpus: &Corpus) -> Option<Passage> {
    document(corpus, &hit.document).map(|document| Passage::of(document, hit.start..hit.end))
}

/// The blocks (between blank lines) that hold the question's quotes: a table row without its table
/// or a list item without its list would not be readable. Each block once.
fn evidence(question: &Question, corpus: &Corpus) -> Vec<Passage> {
    let mut seen = HashSet::new();
    question
        .evidence
        .iter()
        .filter_map(|evidence| {
            let document = document(corpus, &evidence.document)?;
            let span = block(&document.text, &evidence.span);
            seen.insert((document.id.clone(), span.start)).then(|| Passage::of(document, span))
        })
        .collect()
}

/// The span between the blank lines around `inner`.
fn block(text: &str, inner: &Range<usize>) -> Range<usize> {
    let start = text[..inner.start].rfind("\n\n").map_or(0, |place| place + 2);
    let end = text[inner.end..].find("\n\n").map_or(text.len(), |place| inner.end + place);
    let trimmed = text[start..end].trim();
    let start = start + (text[start..end].len() - text[start..end].trim_start().len());
    start..start + trimmed.len()
}

/// All documents: those with hits by their best hit, then the others as they stand in the corpus.
fn documents_by_rank(corpus: &Corpus, hits: &[Hit]) -> Vec<Passage> {
    let mut seen = HashSet::new();
    hits.iter()
        .filter_map(|hit| document(corpus, &hit.document))
        .chain(&corpus.documents)
        .filter(|document| seen.insert(document.id.as_str()))
        .map(|document| Passage::of(document, 0..document.text.len()))
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::corpus::{Evidence, Manifest};
    use crate::fingerprint::Fingerprint;

    /// Three documents of a few words.
    pub fn corpus() -> Corpus {
        let texts = [
            ("a.md", "# Alpha\n\nThe alpha pump weighs 12 kg.\n\nIt is red."),
            ("b.md", "# Beta\n\n| part | torque |\n|---|---|\n| lid | 55 Nm |\n\nEnd."),
            ("c.md", "# Gamma\n\nGamma is far away."),
        ];
        Corpus {
            name: "test".into(),
            title: "Test".into(),
            language: "en".into(),
            licence: "CC0-1.0".into(),
            documents: texts
                .map(|(id, text)| Document {
                    id: id.into(),
                    title: text[2..text.find('\n').unwrap()].into(),
                    text: text.into(),
                    pages: Vec::new(),
                })
                .to_vec(),
            questions: vec![question()],
            manifest: Manifest {
                documents: Vec::new(),
                questions_sha256: Fingerprint::of(b""),
                questions: 1,
            },
            skipped: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Its evidence is a table row of `b.md`.
    pub fn question() -> Question {
        let text = "# Beta\n\n| part | torque |\n|---|---|\n| lid | 55 Nm |\n\nEnd.";
        let quote = "| lid | 55 Nm |";
        let start = text.find(quote).unwrap();
        Question {
            id: "q1".into(),
            text: "What is the torque of the lid?".into(),
            answers: vec!["55 Nm".into()],
            evidence: vec![Evidence {
                document: "b.md".into(),
                quote: Some(quote.into()),
                span: start..start + quote.len(),
            }],
            kind: "number".into(),
            split: "test".into(),
            group: None,
            schema: None,
            origin: None,
        }
    }

    /// A hit on a span.
    pub fn hit(document: &str, span: Range<usize>, score: f64) -> Hit {
        Hit {
            chunk: format!("{document}#00000").into(),
            document: document.into(),
            start: span.start,
            end: span.end,
            score,
        }
    }

    #[test]
    fn the_oracle_shows_the_block_around_the_quote() {
        let oracle = StrategyPlan::Oracle { distractors: None, citations: false };
        // Hits or none: without distractors it is the evidence alone.
        let chosen = choose(&oracle, &question(), &corpus(), &[hit("c.md", 9..27, 2.0)]);
        assert_eq!(chosen.passages.len(), 1);
        assert_eq!(chosen.passages[0].text, "| part | torque |\n|---|---|\n| lid | 55 Nm |");
    }

    #[test]
    fn retrieval_takes_the_first_hits() {
        let strategy = StrategyPlan::Retrieval {
            retriever: "r".into(),
            passages: 1,
            budget_tokens: Some(9),
            order: PassageOrder::BestLast,
            citations: false,
        };
        let hits = [hit("c.md", 9..27, 2.0), hit("a.md", 0..7, 1.0)];
        let chosen = choose(&strategy, &question(), &corpus(), &hits);
        assert_eq!(chosen.passages.len(), 1);
        assert_eq!(chosen.passages[0].text, "Gamma is far away.");
        assert_eq!(chosen.budget_tokens, Some(9));
    }

    #[test]
    fn long_context_ranks_documents_by_their_best_hit() {
        let strategy =
            StrategyPlan::LongContext { budget_tokens: None, retriever: None, citations: false };
        let hits = [hit("c.md", 9..14, 3.0), hit("b.md", 0..6, 2.0), hit("c.md", 0..7, 1.0)];
        let chosen = choose(&strategy, &question(), &corpus(), &hits);
        let ids: Vec<_> = chosen.passages.iter().map(|passage| passage.document.as_str()).collect();
        assert_eq!(ids, ["c.md", "b.md", "a.md"]);
    }
}
