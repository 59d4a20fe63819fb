//! Tables of a page that would not fit any memory with their columns made straight.
//!
//! Enters: a table. Leaves: whether the converter's spaces would be many times its text; if so, its rows without
//! them. Does not: touch other tables, which stay as the converter writes them.

use htmd::Node;
use htmd::element_handler::Handlers;
use markup5ever_rcdom::NodeData;
use std::rc::Rc;

/// Bytes of spaces that any table may have, and times the bytes of its own that a large one may have more.
const SPACES_MAX: usize = 1 << 20;
const SPACES_OF_BYTE: usize = 20;
/// Bytes of markdown that an element may come to beside its text and attributes.
const MARKS: usize = 8;

/// Whether the converter would fill up the rows of a table by more than is sensible. It does so where some cell is
/// a head, and fills each column up to its widest cell.
pub(super) fn is_too_wide(table: &Rc<Node>) -> bool {
    let rows = rows(table);
    let mut widths: Vec<usize> = Vec::new();
    let (mut own, mut has_head) = (0_usize, false);
    for row in &rows {
        for (column, cell) in cells(row).iter().enumerate() {
            let bytes = bytes(cell);
            own += bytes;
            has_head |= name(cell) == Some("th");
            match widths.get_mut(column) {
                Some(width) => *width = (*width).max(bytes),
                None => widths.push(bytes),
            }
        }
    }
    let filled = widths.iter().sum::<usize>().saturating_add(3 * widths.len());
    let most = SPACES_MAX.saturating_add(own.saturating_mul(SPACES_OF_BYTE));
    has_head && filled.saturating_mul(rows.len()) > most
}

/// The rows as markdown, each as wide as it is; the first is the head.
pub(super) fn narrow(handlers: &dyn Handlers, table: &Rc<Node>) -> String {
    let mut markdown = String::from("\n\n");
    for (place, row) in rows(table).iter().enumerate() {
        let cells = cells(row);
        markdown.push('|');
        for cell in &cells {
            let content = handlers.handle(cell).map(|cell| cell.content).unwrap_or_default();
            let words: Vec<&str> = content.split_whitespace().collect();
            markdown.push_str(&format!(" {} |", words.join(" ").replace('|', "&#124;")));
        }
        markdown.push('\n');
        if place == 0 {
            markdown.push('|');
            markdown.push_str(&" --- |".repeat(cells.len()));
            markdown.push('\n');
        }
    }
    markdown + "\n"
}

/// Rows of the table itself, not of tables in its cells.
fn rows(table: &Rc<Node>) -> Vec<Rc<Node>> {
    let mut rows = Vec::new();
    for child in table.children.borrow().iter() {
        match name(child) {
            Some("tr") => rows.push(Rc::clone(child)),
            Some("thead" | "tbody" | "tfoot") => rows.extend(children(child, &["tr"])),
            _ => {}
        }
    }
    rows
}

fn cells(row: &Rc<Node>) -> Vec<Rc<Node>> {
    children(row, &["td", "th"])
}

fn children(node: &Rc<Node>, names: &[&str]) -> Vec<Rc<Node>> {
    let children = node.children.borrow();
    let is_one = |child: &&Rc<Node>| name(child).is_some_and(|name| names.contains(&name));
    children.iter().filter(is_one).map(Rc::clone).collect()
}

fn name(node: &Rc<Node>) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

/// At least as many as the markdown of a node has.
fn bytes(node: &Rc<Node>) -> usize {
    let mut bytes = 0;
    let mut open = vec![Rc::clone(node)];
    while let Some(node) = open.pop() {
        bytes += match &node.data {
            NodeData::Text { contents } => contents.borrow().len(),
            NodeData::Element { attrs, .. } => {
                MARKS + attrs.borrow().iter().map(|one| one.value.len()).sum::<usize>()
            }
            _ => 0,
        };
        open.extend(node.children.borrow().iter().map(Rc::clone));
    }
    bytes
}
