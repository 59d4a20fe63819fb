//! A file of many messages cut into its messages.
//!
//! Enters: the bytes of an `.mbox` file. Leaves: each message's bytes. Does not: read a message.

/// What stands before each message, at the start of a line (RFC 4155).
const MARK: &[u8] = b"From ";

/// The messages in their order, without the lines that part them. Of text that a message quotes, a line that
/// begins with `From ` was written as `>From `; it is left so.
pub(super) fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    let mut after_empty = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        // A mark follows an empty line; elsewhere it is somebody's sentence.
        if after_empty && line.starts_with(MARK) {
            if let Some(start) = start {
                messages.push(&bytes[start..at]);
            }
            start = Some(at + line.len());
        }
        after_empty = line.iter().all(u8::is_ascii_whitespace);
        at += line.len();
    }
    match start {
        Some(start) => messages.push(&bytes[start..]),
        // One message without a mark.
        None if !bytes.is_empty() => messages.push(bytes),
        None => {}
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_after_empty_lines_part_messages() {
        let text = b"From a Mon\nSubject: x\n\nHi.\nFrom here on, no mark.\n\nFrom b Tue\nSubject: y\n\nBye.\n";
        let messages = messages(text);
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0], b"Subject: x\n\nHi.\nFrom here on, no mark.\n\n");
        assert_eq!(messages[1], b"Subject: y\n\nBye.\n");
    }

    #[test]
    fn a_file_without_marks_is_one_message() {
        assert_eq!(messages(b"Subject: x\n\nHi.\n").len(), 1);
        assert!(messages(b"").is_empty());
    }
}
