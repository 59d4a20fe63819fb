//! Quotation marks around a table's cells.
//!
//! Enters: a row as it is written. Leaves: whether each cell that begins with a quotation mark ends with one.
//! Does not: read the cells.
//!
//! The reader of tables takes a mark that is not closed for the beginning of a long cell: the rows up to the
//! next mark, or to the end of the file, would be lost in it without a word.

/// Whether every cell that is opened is closed; `separator` stands between cells, two marks within a cell for
/// one.
pub(crate) fn is_closed(row: &str, separator: u8) -> bool {
    let mut bytes = row.bytes().peekable();
    let mut is_start = true;
    while let Some(byte) = bytes.next() {
        if is_start && byte == b'"' {
            loop {
                match bytes.next() {
                    None => return false,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_none() => break,
                    Some(_) => {}
                }
            }
            // Text behind the mark that closes: it was meant to open a cell.
            while bytes.next_if_eq(&b' ').is_some() {}
            if bytes.peek().is_some_and(|next| ![separator, b'\n', b'\r'].contains(next)) {
                return false;
            }
        }
        is_start = [separator, b'\n', b'\r'].contains(&byte);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_mark_that_opens_has_one_that_closes() {
        for row in [
            "",
            "a,b\n",
            "\"a\",\"b\"\n",
            "\"a\"",
            "\"a\" ,b",
            "\"a \"\"b\"\" c\",\"\"\n",
            "\"a,\nb\",c\n",
            // As rows end on old machines.
            "\"a\",\"b\"\r",
            // Within a cell a mark is a letter.
            "5\" pipe,a \"b,c\n",
        ] {
            assert!(is_closed(row, b','), "{row:?}");
        }
        for row in [
            "\"a,b\nc,d\n",
            "a,\"b",
            "\"",
            "\"a\"\"",
            // Closed by the mark that opens the next row's first cell.
            "\"a,b\n\"c\",d\n",
            "\"a\";b\n",
        ] {
            assert!(!is_closed(row, b','), "{row:?}");
        }
        assert!(is_closed("\"a\";b\n", b';'));
    }

    proptest! {
        #[test]
        fn what_a_writer_of_tables_writes_is_closed(cells in prop::collection::vec("[a\", \n;]{0,8}", 1..4)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let row = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert!(is_closed(&row, b','), "{:?}", row);
        }
    }
}
