//! Which spans of the corpus a strategy wants in the prompt, most wanted first.

use super::distractors::{Mixture, distracting};
use super::{Candidate, Candidates};
use crate::config::{PassageOrder, StrategyPlan};
use crate::corpus::{Corpus, Document, Question};
use crate::retrieve::Hit;
use std::collections::HashSet;
use std::ops::Range;

/// Longest block that an oracle shows whole, in bytes. Of a longer one, which is a sheet with hundreds of rows or
/// a page without a blank line, it shows the lines around the quote.
const BLOCK_BYTES_MAX: usize = 4000;

/// The passages that `strategy` wants for `question`. `hits` are those of the strategy's retriever; a hit
/// that the corpus does not have is left out.
pub fn choose<'a>(
    strategy: &StrategyPlan,
    question: &Question,
    corpus: &'a Corpus,
    hits: &[Hit],
) -> Candidates<'a> {
    let ranked = |passages, order| Candidates {
        passages,
        order,
        whole_documents: false,
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
                let found: Vec<Candidate<'_>> = distracting(question, &passages, hits)
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
            whole_documents: true,
            budget_tokens: *budget_tokens,
            mixture: None,
        },
    }
}

fn document<'a>(corpus: &'a Corpus, id: &str) -> Option<&'a Document> {
    let place = corpus.documents.binary_search_by(|document| document.id.as_str().cmp(id)).ok()?;
    corpus.documents.get(place)
}

fn chunk<'a>(hit: &Hit, corpus: &'a Corpus) -> Option<Candidate<'a>> {
    Candidate::of(document(corpus, &hit.document)?, hit.start..hit.end)
}

/// The blocks (between blank lines) that hold the question's quotes: a table row without its table
/// or a list item without its list would not be readable. Each block once.
fn evidence<'a>(question: &Question, corpus: &'a Corpus) -> Vec<Candidate<'a>> {
    let mut passages: Vec<Candidate<'a>> = Vec::new();
    for evidence in &question.evidence {
        let Some(document) = document(corpus, &evidence.document) else { continue };
        let is_shown = passages.iter().any(|passage| {
            passage.document.id == document.id
                && passage.span.start <= evidence.span.start
                && evidence.span.end <= passage.span.end
        });
        if !is_shown {
            let block = block(&document.text, &evidence.span);
            passages.extend(if block.len() <= BLOCK_BYTES_MAX || evidence.quote.is_none() {
                Candidate::of(document, block)
            } else {
                part(document, &block, &evidence.span)
            });
        }
    }
    passages
}

/// The span between the blank lines around `inner`.
fn block(text: &str, inner: &Range<usize>) -> Range<usize> {
    let start = text[..inner.start].rfind("\n\n").map_or(0, |place| place + 2);
    let end = text[inner.end..].find("\n\n").map_or(text.len(), |place| inner.end + place);
    let trimmed = text[start..end].trim();
    let start = start + (text[start..end].len() - text[start..end].trim_start().len());
    start..start + trimmed.len()
}

/// The whole lines around a quote within a long block; those of a table below its head.
fn part<'a>(
    document: &'a Document,
    block: &Range<usize>,
    quote: &Range<usize>,
) -> Option<Candidate<'a>> {
    let text = &document.text;
    let line_start = |at: usize| {
        text[block.start..at].rfind('\n').map_or(block.start, |place| block.start + place + 1)
    };
    let line_end = |at: usize| text[at..block.end].find('\n').map_or(block.end, |place| at + place);
    let mut span = line_start(quote.start)..line_end(quote.end);
    loop {
        // A line before it and one behind.
        let start = line_start(span.start.saturating_sub(1).max(block.start));
        let wider = start..line_end((span.end + 1).min(block.end));
        if wider == span || wider.len() > BLOCK_BYTES_MAX {
            break;
        }
        span = wider;
    }
    let head = table_head(&text[block.clone()]);
    let head = head.filter(|head| block.start + head.len() <= span.start);
    Some(Candidate::of(document, span)?.below(head))
}

/// The first two lines of a table, with their ends.
fn table_head(block: &str) -> Option<&str> {
    let mut lines = block.split_inclusive('\n');
    let (names, rule) = (lines.next()?, lines.next()?);
    let is_rule = rule.starts_with('|') && rule.trim().bytes().all(|byte| b"|-: ".contains(&byte));
    (names.starts_with('|') && is_rule).then(|| &block[..names.len() + rule.len()])
}

/// All documents: those with hits by their best hit, then the others as they stand in the corpus.
fn documents_by_rank<'a>(corpus: &'a Corpus, hits: &[Hit]) -> Vec<Candidate<'a>> {
    let mut seen = HashSet::new();
    hits.iter()
        .filter_map(|hit| document(corpus, &hit.document))
        .chain(&corpus.documents)
        .filter(|document| seen.insert(document.id.as_str()))
        .filter_map(|document| Candidate::of(document, 0..document.text.len()))
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Passage;
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
        let corpus = corpus();
        let chosen = choose(&oracle, &question(), &corpus, &[hit("c.md", 9..27, 2.0)]);
        assert_eq!(chosen.passages.len(), 1);
        assert_eq!(chosen.passages[0].text(), "| part | torque |\n|---|---|\n| lid | 55 Nm |");
    }

    #[test]
    fn of_a_long_block_the_oracle_shows_the_lines_around_the_quote() {
        let row = |n: usize| format!("| part {n} | é {} Nm |", n + 1000);
        let table: String = (0..400).map(|n| row(n) + "\n").collect();
        let long = format!("# Parts\n\n| part | torque |\n|---|---|\n{table}\nEnd.");
        let lines = format!("# Parts\n\n{table}\nEnd.");
        for (text, head) in [(long, "| part | torque |\n|---|---|\n"), (lines, "")] {
            let mut corpus = corpus();
            corpus.documents[1].text = text.clone();
            let quoted = |n: usize| {
                let start = text.find(&row(n)).unwrap();
                Evidence {
                    document: "b.md".into(),
                    quote: Some(row(n)),
                    span: start..start + row(n).len(),
                }
            };
            for n in [0, 1, 200, 399] {
                // The second stands in the passage of the first, the third far away.
                let far = if n == 200 { 0 } else { 200 };
                let near = if n == 399 { 398 } else { n + 1 };
                let evidence = [n, near, far].map(quoted).to_vec();
                let passages = super::evidence(&Question { evidence, ..question() }, &corpus);
                assert_eq!(passages.len(), 2, "{n}");
                let Passage { span, text: shown, .. } = &passages[0].passage();
                assert!(shown.starts_with(head) && shown.ends_with(&text[span.clone()]), "{shown}");
                assert!(shown.contains(&row(n)) && shown.contains(&row(near)));
                assert!(span.len() <= BLOCK_BYTES_MAX && span.len() > BLOCK_BYTES_MAX / 3);
                assert!(shown.lines().all(|line| line.starts_with("| ") || line == "|---|---|"));
            }
        }
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
        let corpus = corpus();
        let chosen = choose(&strategy, &question(), &corpus, &hits);
        assert_eq!(chosen.passages.len(), 1);
        assert_eq!(chosen.passages[0].text(), "Gamma is far away.");
        assert_eq!(chosen.budget_tokens, Some(9));
        // Spans behind the end of a text, or backwards.
        for span in [9..2700, Range { start: 9, end: 2 }] {
            let edited = choose(&strategy, &question(), &corpus, &[hit("c.md", span, 2.0)]);
            assert_eq!(edited.passages, []);
        }
    }

    #[test]
    fn long_context_ranks_documents_by_their_best_hit() {
        let strategy =
            StrategyPlan::LongContext { budget_tokens: None, retriever: None, citations: false };
        let hits = [hit("c.md", 9..14, 3.0), hit("b.md", 0..6, 2.0), hit("c.md", 0..7, 1.0)];
        let corpus = corpus();
        let chosen = choose(&strategy, &question(), &corpus, &hits);
        let ids: Vec<_> = chosen.passages.iter().map(|one| one.document.id.as_str()).collect();
        assert_eq!(ids, ["c.md", "b.md", "a.md"]);
    }
}
