//! A document's title: its first heading, else its file's name.

use std::path::Path;

/// The first heading of a markdown text that has words in it: `# Title`, or a line underlined with
/// `===` or `---`. Lines inside fenced code and front matter are not headings. Inline markup stays,
/// backslash escapes are resolved.
pub fn first_heading(markdown: &str) -> Option<String> {
    let mut fence: Option<&str> = None;
    // The line before, where it can be the text of an underlined heading.
    let mut paragraph: Option<&str> = None;
    for line in without_front_matter(markdown).lines() {
        // Four spaces or a tab make code.
        let indented = line.starts_with("    ") || line.starts_with('\t');
        let body = line.trim();
        if let Some(mark) = fence {
            if !indented && body.starts_with(mark) {
                fence = None;
            }
            continue;
        }
        if indented || body.is_empty() {
            paragraph = None;
            continue;
        }
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| body.starts_with(mark)) {
            fence = Some(mark);
            continue;
        }
        let underline =
            body.bytes().all(|byte| byte == b'=') || body.bytes().all(|byte| byte == b'-');
        if let (true, Some(text)) = (underline, paragraph) {
            return Some(unescaped(text));
        }
        if let Some(text) = atx_text(body) {
            return Some(unescaped(text));
        }
        let block = body.starts_with(['>', '|', '#']) || body.starts_with("- ") || underline;
        paragraph = (!block).then_some(body);
    }
    None
}

/// The stem of a document id: `guides/torque.md` is `torque`.
pub fn title_of_file(id: &str) -> String {
    Path::new(id).file_stem().map_or_else(|| id.to_owned(), |stem| stem.to_string_lossy().into())
}

/// `text` without the backslashes that keep punctuation from being markup.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation) {
            plain.extend(characters.next());
        } else {
            plain.push(character);
        }
    }
    plain
}

/// `## Text ##` → `Text`; `None` when it is no heading or an empty one.
fn atx_text(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if !(1..=6).contains(&level) || !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim();
    let open = text.trim_end_matches('#');
    // Closing marks count only behind a space: `# C#` is about C#.
    let text = if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { text };
    (!text.is_empty()).then_some(text)
}

/// The text behind a leading block between two `---` lines.
fn without_front_matter(markdown: &str) -> &str {
    let Some(rest) = markdown.strip_prefix("---\n") else { return markdown };
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        offset += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return &rest[offset..];
        }
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(markdown: &str) -> Option<String> {
        first_heading(markdown)
    }

    #[test]
    fn headings_of_both_styles_are_found() {
        assert_eq!(heading("text\n\n## Torque values ##\n").as_deref(), Some("Torque values"));
        assert_eq!(heading("Torque\n===\n").as_deref(), Some("Torque"));
        assert_eq!(heading("Torque\n---\n").as_deref(), Some("Torque"));
        assert_eq!(heading("# C#").as_deref(), Some("C#"));
        assert_eq!(heading("# 3\\. Pump\\_A \\x").as_deref(), Some("3. Pump_A \\x"));
    }

    #[test]
    fn what_only_looks_like_a_heading_is_passed_over() {
        assert_eq!(heading("```sh\n# comment\n```\n# Real"), Some("Real".into()));
        assert_eq!(heading("    # code\n# Real"), Some("Real".into()));
        assert_eq!(heading("---\ntitle: x\n---\n# Real"), Some("Real".into()));
        assert_eq!(heading("#hash\n\n---\n\n# Real"), Some("Real".into()));
        assert_eq!(heading("#\n# Real"), Some("Real".into()));
        assert_eq!(heading("- item\n---\n"), None);
        assert_eq!(heading("plain\n\ntext"), None);
    }

    #[test]
    fn files_have_names() {
        assert_eq!(title_of_file("guides/torque.v2.md"), "torque.v2");
    }
}
