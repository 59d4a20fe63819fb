//! HTML turned into markdown.
//!
//! Enters: a page. Leaves: its content as markdown and the text of its `<title>`. Scripts, styles,
//! navigation and the page's head are dropped. Does not: follow links or load anything.

use super::html_table;
use super::title::unescaped;
use htmd::element_handler::Handlers;
use htmd::{Element, HtmlToMarkdown, Node};
use html5ever::parse_document;
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::RcDom;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// Deepest nesting of elements. The converter recurses once a level; pages written by people stay
/// under 50 levels, and this many fit into a thread's stack of 2 MiB several times over.
pub const HTML_DEPTH_MAX: usize = 256;

/// Bytes that are parsed before the nesting is looked at again. The parser walks up all open elements for most
/// that it opens.
const PIECE: usize = 16 * 1024;

/// Elements without content for a reader. `noscript` and `template` hold markup that a browser
/// does not show, `svg` has a `title` element of its own.
const DROPPED: [&str; 6] = ["script", "style", "nav", "noscript", "template", "svg"];

/// A converted page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The body.
    pub markdown: String,
    /// `<title>`, where there is one with text.
    pub title: Option<String>,
}

/// More levels than [`HTML_DEPTH_MAX`].
#[derive(Debug)]
pub(super) struct TooDeep;

/// Converts a page.
pub(super) fn to_markdown(html: &str) -> Result<Page, TooDeep> {
    // The converter has no other way to give out what a handler sees.
    let title = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&title);
    let converter = HtmlToMarkdown::builder()
        .skip_tags(DROPPED.to_vec())
        .add_handler(vec!["title"], move |handlers: &dyn Handlers, element: Element| {
            let content = handlers.walk_children(element.node).content;
            let words = unescaped(&content.split_whitespace().collect::<Vec<_>>().join(" "));
            let mut title = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if title.is_none() && !words.is_empty() {
                *title = Some(words);
            }
            None
        })
        .add_handler(vec!["table"], |handlers: &dyn Handlers, element: Element| {
            match html_table::is_too_wide(element.node) {
                true => Some(html_table::narrow(handlers, element.node).into()),
                false => handlers.fallback(element),
            }
        })
        .add_handler(vec!["head"], |handlers: &dyn Handlers, element: Element| {
            handlers.walk_children(element.node);
            None
        })
        .build();
    let tree = tree(html)?;
    let markdown = converter.tree_to_markdown(&tree);
    let title = title.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(Page { markdown, title })
}

/// The tree of a page, parsed in pieces.
fn tree(html: &str) -> Result<Rc<Node>, TooDeep> {
    let mut parser = parse_document(RcDom::default(), Default::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(PIECE));
        parser.process(piece.into());
        rest = after;
        let open = &parser.tokenizer.sink.sink.document;
        if !rest.is_empty() && is_open_deeper_than(open, HTML_DEPTH_MAX) {
            return Err(TooDeep);
        }
    }
    let tree = parser.finish().document;
    if is_deeper_than(&tree, HTML_DEPTH_MAX) { Err(TooDeep) } else { Ok(tree) }
}

/// Whether the last node of all lies more than `limit` levels below `root`. Elements that are open are those
/// that it lies in.
fn is_open_deeper_than(root: &Rc<Node>, limit: usize) -> bool {
    let mut node = Rc::clone(root);
    for _ in 0..=limit {
        let Some(last) = node.children.borrow().last().map(Rc::clone) else { return false };
        node = last;
    }
    true
}

/// Whether some node lies more than `limit` levels below `root`.
fn is_deeper_than(root: &Rc<Node>, limit: usize) -> bool {
    let mut open = vec![(Rc::clone(root), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > limit {
            return true;
        }
        open.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        to_markdown(html).unwrap()
    }

    #[test]
    fn content_becomes_markdown_and_the_rest_is_dropped() {
        let page = page(
            "<!doctype html><html><head><title>Torque &amp;\n  care_a</title>\
             <style>p { color: red }</style><meta charset=utf-8></head><body>\
             <nav><a href=/>Home</a></nav><h1>Torque</h1><p>Use <b>45 Nm</b>.</p>\
             <script>alert(1)</script><noscript>Turn it on</noscript>\
             <table><tr><th>Bolt</th><th>Nm</th></tr><tr><td>M8</td><td>25</td></tr></table>\
             <ul><li>one<li>two</ul></body></html>",
        );
        assert_eq!(page.title.as_deref(), Some("Torque & care_a"));
        insta::assert_snapshot!(page.markdown, @r#"
        # Torque

        Use **45 Nm**.

        | Bolt | Nm |
        | ---- | -- |
        | M8   | 25 |

        *   one
        *   two
        "#);
    }

    #[test]
    fn a_page_without_title_has_none() {
        assert_eq!(page("<p>x</p><svg><title>icon</title></svg>").title, None);
        assert_eq!(page("<title> </title><p>x").title, None);
    }

    /// The converter makes columns straight: 20,000 rows filled up to a cell of 100,000 letters are 2e9 bytes.
    #[test]
    fn one_wide_cell_does_not_widen_the_rows() {
        let table = |letters: usize, rows: usize| {
            let head = format!("<tr><th>{}<th>b|c</tr>", "a".repeat(letters));
            format!("<table>{head}{}</table>", "<tr><td>x<td><b>y</b>".repeat(rows))
        };
        let html = table(100_000, 20_000);
        let markdown = page(&html).markdown;
        assert!(markdown.len() < html.len(), "{}", markdown.len());
        assert!(markdown.contains("a | b&#124;c |\n| --- | --- |\n| x | **y** |\n"));
        assert!(markdown.ends_with("| x | **y** |"));
        // One that is not so wide stays as the converter writes it.
        let html = table(200, 100);
        assert_eq!(page(&html).markdown, HtmlToMarkdown::new().convert(&html).unwrap());
    }

    #[test]
    fn pieces_are_one_page() {
        // Letters of two bytes, so that a piece ends within one.
        let row =
            |number: usize| format!("<p>\u{e9}{} <b>{number}</b></p>", "\u{e9}".repeat(number % 7));
        let html: String = (0..4_000).map(row).collect();
        assert!(html.len() > 4 * PIECE);
        let whole = HtmlToMarkdown::new().convert(&html).unwrap();
        assert_eq!(page(&html).markdown, whole);
    }

    /// Runs in a stack of the size that worker threads have.
    #[test]
    fn nesting_up_to_the_limit_converts_and_beyond_is_an_error() {
        let convert = |levels: usize| {
            let html = format!("{}deep{}", "<div>".repeat(levels), "</div>".repeat(levels));
            to_markdown(&html)
        };
        std::thread::Builder::new()
            .stack_size(2 * 1024 * 1024)
            .spawn(move || {
                // Document, html, body and the text itself are four levels around the `div`s.
                assert_eq!(convert(HTML_DEPTH_MAX - 3).unwrap().markdown, "deep");
                // Of a million levels the first few thousand are looked at: all of them take hours.
                for levels in [HTML_DEPTH_MAX - 2, 3_000, 1_000_000] {
                    assert!(convert(levels).is_err(), "{levels}");
                }
            })
            .unwrap()
            .join()
            .unwrap();
    }
}
