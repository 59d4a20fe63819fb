//! Cuts documents at headings, paragraphs, sentences, words: the largest units that fit.

use super::{Chunk, ChunkError, Cut};
use crate::config::ChunkPlan;
use crate::corpus::Document;
use crate::tokens::Tokens;
use rayon::prelude::*;
use std::ops::Range;
use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};

/// How much of a document the splitter sees at once, in bytes. For each chunk it walks over all
/// headings, paragraphs and inline elements that are left, so that its time grows with the square
/// of the length: 5 MB in one piece take 40 times as long as in pieces of 10 kB.
const WINDOW_BYTES: usize = 32 * 1024;

/// Line ends with nothing between that still are one gap in a text.
const EMPTY_LINES_MAX: usize = 50;

/// Cuts documents by one plan.
#[derive(Debug)]
pub struct Chunker {
    markdown: MarkdownSplitter<Sizer>,
    text: TextSplitter<Sizer>,
    tokens: Tokens,
    window_bytes: usize,
}

/// The splitter's view of [`Tokens`]: it wants to know what fits, also of pieces of many pages.
#[derive(Debug, Clone)]
struct Sizer {
    tokens: Tokens,
    limit: usize,
}

impl ChunkSizer for Sizer {
    fn size(&self, chunk: &str) -> usize {
        self.tokens.count_up_to(chunk, self.limit)
    }
}

impl Chunker {
    /// A chunker that counts with `tokens`; the plan's `tokenizer` is what `tokens` was made from.
    ///
    /// # Errors
    /// When chunks would be empty or never move on.
    pub fn new(tokens: Tokens, plan: &ChunkPlan) -> Result<Self, ChunkError> {
        if plan.tokens == 0 {
            return Err(ChunkError::NoTokens);
        }
        let config = || {
            ChunkConfig::new(plan.tokens)
                .with_sizer(Sizer { tokens: tokens.clone(), limit: plan.tokens })
                .with_trim(true)
                .with_overlap(plan.overlap)
                .map_err(|_| ChunkError::OverlapTooLong {
                    tokens: plan.tokens,
                    overlap: plan.overlap,
                })
        };
        Ok(Self {
            markdown: MarkdownSplitter::new(config()?),
            text: TextSplitter::new(config()?),
            tokens,
            window_bytes: WINDOW_BYTES,
        })
    }

    /// The chunks of one document in the order of its text. Every character that is not white
    /// space lies in at least one of them; none has more tokens than the plan says, except where a
    /// single character has.
    pub fn chunk_document(&self, document: &Document) -> Vec<Chunk> {
        let spans = self.spans(document).into_iter().enumerate();
        spans.map(|(number, span)| Chunk::of(document, number, span)).collect()
    }

    /// Where the chunks of [`Self::chunk_document`] lie, and their tokens.
    pub(super) fn cuts(&self, document: &Document) -> Vec<Cut> {
        let spans = self.spans(document).into_iter();
        spans.map(|span| (span.start, span.end, self.tokens.count(&document.text[span]))).collect()
    }

    /// Where the chunks lie. The splitter works through the document window by window. The last
    /// chunk of a window may have been cut short by the window's end, so the next window starts
    /// where that chunk did: all others are what the splitter would make of the whole document.
    ///
    /// One thing differs: a window that starts inside fenced code takes the rest of the code for
    /// prose, and prefers other places to cut there.
    fn spans(&self, document: &Document) -> Vec<Range<usize>> {
        let parts = parts(&document.text);
        parts.into_iter().flat_map(|part| self.spans_of(document, part)).collect()
    }

    fn spans_of(&self, document: &Document, part: Range<usize>) -> Vec<Range<usize>> {
        let text = &document.text[..part.end];
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut start = part.start;
        let mut window_bytes = self.window_bytes;
        while start < text.len() {
            let end = text.floor_char_boundary(start.saturating_add(window_bytes));
            let window = &text[start..end];
            let mut found: Vec<Range<usize>> = if document.is_markdown() {
                self.markdown.chunk_indices(window).map(|chunk| span_of(start, chunk)).collect()
            } else {
                self.text.chunk_indices(window).map(|chunk| span_of(start, chunk)).collect()
            };
            if end == text.len() {
                start = end;
            } else if found.is_empty() {
                // White space only.
                start = end;
                continue;
            } else if found.len() == 1 {
                // The chunk may go on behind the window.
                window_bytes = window_bytes.saturating_mul(2);
                continue;
            } else {
                start = found.pop().map_or(end, |last| last.start);
                window_bytes = self.window_bytes;
            }
            for span in found {
                // Trimming can make a chunk the beginning of the next one, or the end of the last.
                // Neither says anything new.
                if spans.last().is_some_and(|last| last.end >= span.end) {
                    continue;
                }
                while spans.last().is_some_and(|last| last.start >= span.start) {
                    spans.pop();
                }
                spans.push(span);
            }
        }
        spans
    }

    /// The chunks of all documents, in the order of the documents whatever the number of threads.
    pub fn chunk_corpus(&self, documents: &[Document]) -> Vec<Chunk> {
        documents.par_iter().flat_map_iter(|document| self.chunk_document(document)).collect()
    }
}

/// The parts of a text between very long runs of empty lines, over which no chunk goes: the splitter takes
/// time with the square of such a run's length.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut blank) = (0, 0);
    let mut line_ends = 0;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() {
            line_ends += usize::from(letter == '\n');
            continue;
        }
        if line_ends > EMPTY_LINES_MAX {
            parts.push(start..blank);
            start = at;
        }
        (blank, line_ends) = (at + letter.len_utf8(), 0);
    }
    parts.push(start..if line_ends > EMPTY_LINES_MAX { blank } else { text.len() });
    parts
}

/// A chunk of a window that begins at `offset`, as bytes of the document.
fn span_of(offset: usize, (start, chunk): (usize, &str)) -> Range<usize> {
    offset + start..offset + start + chunk.len()
}

#[cfg(test)]
mod tests;
