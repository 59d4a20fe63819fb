//! Text of documents, questions and models as it may stand in a report: shown, never followed.

/// Letters that show nothing and change how others are shown: bidirectional controls, zero-width
/// letters, the soft hyphen, the byte order mark, and tags, which spell hidden text.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line, as markdown that shows it letter by letter: no markup, no HTML, no link, no
/// mention, no terminal sequence. Longer than `letters_max`, it is cut, and says by how much.
pub fn inline(text: &str, letters_max: usize) -> String {
    let mut line = String::new();
    let mut gap = false;
    for letter in text.chars() {
        if letter.is_whitespace() {
            gap = !line.is_empty();
        } else if !letter.is_control() && !is_invisible(letter) {
            if std::mem::take(&mut gap) {
                line.push(' ');
            }
            line.push(letter);
        }
    }
    let letters = line.chars().count();
    let kept: String = line.chars().take(letters_max).collect();
    let mut shown = String::with_capacity(kept.len() + 16);
    let mut letters_left = kept.chars().peekable();
    while let Some(letter) = letters_left.next() {
        match letter {
            // Entities are text to markdown: nothing that begins with one is a link or a tag.
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '|' => shown.push_str("&#124;"),
            // A scheme before two slashes makes a link of what follows.
            ':' if letters_left.peek() == Some(&'/') => shown.push_str("&#58;"),
            '@' => shown.push_str("&#64;"),
            '`' => shown.push_str("&#96;"),
            // `www.` makes a link without a scheme.
            'w' | 'W' if shown.to_ascii_lowercase().ends_with("ww") => {
                shown.push(letter);
                shown.push_str("&#8203;");
            }
            '\\' | '*' | '_' | '[' | ']' | '~' | '$' => {
                shown.push('\\');
                shown.push(letter);
            }
            _ => shown.push(letter),
        }
    }
    // At the start of a line these would open a list or a heading.
    if shown.starts_with(['-', '+', '=', '#']) || starts_a_numbered_list(&shown) {
        shown.insert_str(0, "&#8203;");
    }
    if letters > letters_max {
        shown.push_str(&format!(" … ({} more letters)", letters - letters_max));
    }
    shown
}

fn starts_a_numbered_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with('.')
}

/// `text` on one line, without letters that show nothing; no markup is escaped.
pub fn plain(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| !letter.is_control() && !is_invisible(*letter))
        .collect();
    line.trim().to_owned()
}

/// A cell of a spreadsheet: a leading `=`, `+`, `-` or `@` would be run as a formula.
pub fn cell(text: &str) -> String {
    let plain = plain(text);
    if plain.starts_with(['=', '+', '-', '@']) && plain.parse::<f64>().is_err() {
        return format!("'{plain}");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_shown_not_followed() {
        assert_eq!(
            inline("<img src=x> **b** [a](http://x) `c`", 80),
            "&lt;img src=x&gt; \\*\\*b\\*\\* \\[a\\](http&#58;//x) &#96;c&#96;"
        );
        assert_eq!(inline("a|b\n\n# c\t@me", 80), "a&#124;b # c &#64;me");
        assert_eq!(inline("www.evil.example", 80), "www&#8203;.evil.example");
        assert_eq!(inline("\u{1b}[31mred\u{202e}", 80), "\\[31mred");
        assert_eq!(inline("a\u{61c}b\u{ad}c\u{e0041}\u{206a}d", 80), "abcd");
        assert_eq!(inline("1. first", 80), "&#8203;1. first");
    }

    #[test]
    fn what_is_cut_is_counted() {
        assert_eq!(inline("abcdef", 4), "abcd … (2 more letters)");
    }

    #[test]
    fn formulas_do_not_run() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell("-5"), "-5");
        assert_eq!(cell("a\nb"), "a b");
    }

    proptest! {
        #[test]
        fn no_letter_opens_markup(text in any::<String>()) {
            let shown = inline(&text, 200);
            let opens = ['<', '>', '`', '|', '\n', '\u{1b}', '@'];
            let opens_markup = shown.contains(opens)
                || shown.contains("://")
                || shown.replace("\\]", "").contains(']');
            prop_assert!(!opens_markup, "{}", shown);
        }
    }
}
