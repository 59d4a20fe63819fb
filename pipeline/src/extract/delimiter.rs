//! What stands between the cells of a table.

/// The comma, semicolon or tab that the first line has most of, outside of quotes; the comma where it has
/// none. Spreadsheets write the one that their country writes.
pub fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (delimiter, count) in &mut counts {
                    *count += usize::from(*delimiter == byte);
                }
            }
        }
    }
    // The first of equals: a comma where there is one column.
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_decides() {
        for (text, expected) in [
            ("a,b\nc;d;e\n", b','),
            ("a;b,c;d\n", b';'),
            ("a\tb", b'\t'),
            ("\"x,y,z\";b\n", b';'),
            ("\"x\n,,\";b\n", b';'),
            ("a;b,c", b','),
            ("question\n", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(text), expected, "{text:?}");
        }
    }
}
