//! When a stretch of a document holds a span of evidence.

use crate::corpus::Evidence;

/// Whether bytes `start..end` of `document` hold the evidence: they overlap at least half of the
/// span's bytes. Half, because a chunk border may fall inside a quotation, and the larger part of
/// it still answers; both halves hold it when the border falls in its middle. An empty span is held
/// by nothing.
pub fn holds(document: &str, start: usize, end: usize, evidence: &Evidence) -> bool {
    let length = evidence.span.len();
    let overlap = evidence.span.end.min(end).saturating_sub(evidence.span.start.max(start));
    length > 0 && 2 * overlap >= length && evidence.document == document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_bytes_are_enough() {
        let evidence = Evidence { document: "d".into(), quote: String::new(), span: 10..20 };
        for (start, end, expected) in [
            (10, 20, true),
            (0, 100, true),
            (12, 18, true),
            (0, 15, true),
            (0, 14, false),
            (15, 30, true),
            (16, 30, false),
            (0, 10, false),
            (20, 30, false),
            (18, 12, false),
        ] {
            assert_eq!(holds("d", start, end, &evidence), expected, "{start}..{end}");
        }
        assert!(!holds("e", 0, 100, &evidence));
        let odd = Evidence { span: 10..15, ..evidence.clone() };
        assert!(holds("d", 0, 13, &odd));
        assert!(!holds("d", 0, 12, &odd));
        let empty = Evidence { span: 10..10, ..evidence };
        assert!(!holds("d", 0, 100, &empty));
    }
}
