//! Errors with line, column, source line, caret and hint.
//!
//! Enters: a file's text and the problems found in it. Leaves: plain text that reads like a
//! compiler's. Does not: find problems, or show what looks like a secret key.

use super::{Source, secret};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, without a full stop.
    pub message: String,
    /// Bytes of the file that are to blame; both ends lie between characters.
    pub span: Range<usize>,
    /// Line of the span's start, from 1.
    pub line: usize,
    /// Column of the span's start in characters, from 1.
    pub column: usize,
    /// The remedy.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem with `span` of `text`. A span that cuts a character or passes the end is widened
    /// or clamped.
    pub(super) fn new(
        text: &str,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let end = text.ceil_char_boundary(span.end.min(text.len())).max(start);
        let line = line_at(text, start);
        Self {
            message,
            line: 1 + text[..line.start].bytes().filter(|byte| *byte == b'\n').count(),
            column: 1 + text[line.start.min(start)..start.min(line.end)].chars().count(),
            span: start..end,
            hint,
        }
    }
}

/// The line around `at`, without its end and without a byte order mark.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let line = &text[start..end];
    let bare = line.strip_suffix('\r').unwrap_or(line);
    let mark = if start == 0 && bare.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    start + mark..start + bare.len()
}

/// A problem as text: title, place, source line with caret, hint. A span over several lines is
/// shown by its first.
pub(super) fn rendered(path: &Path, text: &str, problem: &Problem, level: Level<'_>) -> String {
    let line = line_at(text, problem.span.start);
    // In characters, so that masking moves neither column nor caret.
    let shown = secret::masked(text, line.clone());
    let before = text[line.start..problem.span.start.clamp(line.start, line.end)].chars().count();
    let until = text[line.start..problem.span.end.clamp(line.start, line.end)].chars().count();
    let start = byte_of_char(&shown, before);
    let end = byte_of_char(&shown, until.max(before));

    let snippet = Snippet::source(shown)
        .path(path.display().to_string())
        .line_start(problem.line)
        .annotation(AnnotationKind::Primary.span(start..end));
    let mut group = level.primary_title(problem.message.as_str()).element(snippet);
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.message(normalize_untrusted_str(hint)));
    }
    Renderer::plain().render(&[group])
}

fn byte_of_char(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

/// Everything that is wrong with a file, in the file's order.
///
/// ```
/// use ragscale::config;
/// let errors = config::parse("x", "x.toml".as_ref(), "title = 1").unwrap_err();
/// assert!(errors.to_string().starts_with("error: "));
/// assert_eq!(errors.problems().len(), 3); // the title's type, no corpus, no setup
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    path: PathBuf,
    text: String,
    problems: Vec<Problem>,
}

impl ConfigErrors {
    /// Gathers problems of one file, for checks that need more than the file: whether a folder
    /// exists, how large a model's own window is.
    pub fn new(source: &Source, mut problems: Vec<Problem>) -> Self {
        // Stable: what is wrong at one place stays in the order in which it was found.
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems.dedup();
        Self { path: source.path.clone(), text: source.text.clone(), problems }
    }

    /// The problems, in the file's order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{}\n", rendered(&self.path, &self.text, problem, Level::ERROR))?;
        }
        let count = self.problems.len();
        let noun = if count == 1 { "error" } else { "errors" };
        write!(f, "{count} {noun} in {}", self.path.display())
    }
}

/// As shown to people: a derived `Debug` would print the file's text with any key in it.
impl fmt::Debug for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for ConfigErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_inside_a_character_is_widened() {
        // "aé": é is bytes 1 and 2, which end at 3.
        let problem = Problem::new("aé", 2..2, String::new(), None);
        assert_eq!((problem.span, problem.line, problem.column), (1..3, 1, 2));
    }

    #[test]
    fn columns_count_characters_and_lines_end_before_crlf() {
        let text = "a\r\nüü = 1\r\n";
        let at = text.find('=').unwrap();
        let problem = Problem::new(text, at..at + 1, String::new(), None);
        assert_eq!((problem.line, problem.column), (2, 4));
        assert_eq!(&text[line_at(text, at)], "üü = 1");
    }

    #[test]
    fn a_span_past_the_end_is_clamped() {
        let problem = Problem::new("ab\n", 90..99, String::new(), None);
        assert_eq!((problem.span, problem.line, problem.column), (3..3, 2, 1));
    }
}
