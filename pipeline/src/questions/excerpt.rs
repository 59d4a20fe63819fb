//! A quote in its context, as a person reads it.

use std::ops::Range;

/// Characters on either side of a quote that are shown at most.
const AROUND: usize = 600;
/// Characters of a span that are shown at most: evidence may be a whole document.
const LONGEST: usize = 1200;

/// The paragraphs that the span touches, the span between `>>>` and `<<<`; `…` where something of them is left
/// out.
pub(super) fn excerpt(text: &str, span: Range<usize>) -> String {
    let Some(quote) = text.get(span.clone()) else { return String::new() };
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let before = before.rfind("\n\n").map_or(before, |end| &before[end + 2..]);
    let after = after.find("\n\n").map_or(after, |start| &after[..start]);
    let mut shown = String::new();
    let skipped = before.chars().count().saturating_sub(AROUND);
    if skipped > 0 {
        shown.push('…');
    }
    shown.extend(before.chars().skip(skipped));
    shown.push_str(">>>");
    shown.extend(quote.chars().take(LONGEST));
    if quote.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown.push_str("<<<");
    shown.extend(after.chars().take(AROUND));
    if after.chars().nth(AROUND).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_paragraph_is_shown_and_the_quote_marked() {
        let text = "# Pump\n\nIt is blue. It weighs\n40 kg. It stands there.\n\nThe end.";
        let start = text.find("weighs").unwrap();
        assert_eq!(
            excerpt(text, start..start + "weighs\n40 kg".len()),
            "It is blue. It >>>weighs\n40 kg<<<. It stands there."
        );
        assert_eq!(excerpt("all", 0..3), ">>>all<<<");
    }

    #[test]
    fn what_is_left_out_is_marked() {
        let text = format!("{}x{}", "ä".repeat(700), "ö".repeat(700));
        let shown = excerpt(&text, 1400..1401);
        assert_eq!(shown, format!("…{}>>>x<<<{}…", "ä".repeat(600), "ö".repeat(600)));
        let long = "y".repeat(1300);
        assert_eq!(excerpt(&long, 0..1300), format!(">>>{}…<<<", "y".repeat(1200)));
    }

    proptest! {
        #[test]
        fn any_span_is_shown(text in "(?s).{0,30}", start in 0_usize..40, length in 0_usize..40) {
            let _ = excerpt(&text, start..start + length);
        }
    }
}
