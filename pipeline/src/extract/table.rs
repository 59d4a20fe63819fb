//! A table as spreadsheets save it, as markdown.
//!
//! Enters: text of rows and cells. Leaves: a table with a row a line, whose head is the first row. Does not:
//! know what a cell means.

use super::protocol::Refusal;
use super::text::Extracted;
use super::{Decoded, decode, delimiter, unix_lines};

/// Reads the table; commas, semicolons or tabs stand between cells.
pub(super) fn read(bytes: Vec<u8>) -> Result<Extracted, Refusal> {
    let Decoded { text, encoding, replaced } = decode(bytes);
    let text = unix_lines(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut table = String::new();
    for record in reader.records() {
        let record = record.map_err(|error| Refusal::Broken { why: error.to_string() })?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let is_head = table.is_empty();
        table.push('|');
        // No cells but its own: filled up to the head, short rows below a long one would take any memory.
        for text in &record {
            table.push(' ');
            cell(&mut table, text);
            table.push_str(" |");
        }
        table.push('\n');
        if is_head {
            table.push('|');
            table.push_str(&" --- |".repeat(record.len()));
            table.push('\n');
        }
    }
    let encoding = encoding.map(str::to_owned);
    Ok(Extracted { text: table, encoding, replaced, ..Extracted::default() })
}

/// A cell on one line; what would end it is written as markdown's tables have it.
fn cell(table: &mut String, text: &str) {
    for (place, word) in text.split_whitespace().enumerate() {
        if place > 0 {
            table.push(' ');
        }
        table.push_str(&word.replace('|', "\\|"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> String {
        read(bytes.to_vec()).unwrap().text
    }

    #[test]
    fn a_table_is_markdown_s() {
        assert_eq!(
            text(b"\xef\xbb\xbfpart;price\r\nseal;12,5\r\n;;\r\n\"belt\n long\";a|b;more\r\n"),
            "| part | price |\n| --- | --- |\n| seal | 12,5 |\n| belt long | a\\|b | more |\n"
        );
        assert_eq!(text(b"a\tb\nc\n"), "| a | b |\n| --- | --- |\n| c |\n");
        assert_eq!(text(b"\n \n"), "");
        let latin = read(b"Gr\xf6\xdfe der Welle,40\n".to_vec()).unwrap();
        assert_eq!(latin.encoding.as_deref(), Some("windows-1252"));
    }

    /// 100,000 columns and as many rows of one cell: filled up they would be 3e10 bytes.
    #[test]
    fn a_wide_head_does_not_widen_the_rows() {
        let bytes = format!("a{}\n{}", ",".repeat(100_000), "x\n".repeat(100_000)).into_bytes();
        let most = 12 * bytes.len();
        let text = text(&bytes);
        assert!(text.len() < most && text.ends_with("| x |\n"), "{}", text.len());
    }

    proptest! {
        #[test]
        fn each_row_is_a_line(rows in prop::collection::vec(prop::collection::vec("[a-c|, \n\"]{1,6}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            let mut full = 0;
            for row in &rows {
                full += usize::from(row.iter().any(|cell| !cell.trim().is_empty()));
                writer.write_record(row).unwrap();
            }
            let table = text(&writer.into_inner().unwrap());
            prop_assert_eq!(table.lines().count(), if full == 0 { 0 } else { full + 1 });
            prop_assert!(table.lines().all(|line| line.starts_with('|') && line.ends_with('|')));
        }
    }
}
