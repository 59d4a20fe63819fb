//! Laws that hold for any text.

use super::super::{parse, parse_corpus_file};
use super::GOOD;
use proptest::prelude::*;
use std::path::Path;

/// Pieces that take the reader further than arbitrary characters would.
const PIECES: [&str; 40] = [
    "title",
    "corpus",
    "questions",
    "model",
    "retriever",
    "setup",
    "decision",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "\r\n",
    "\t",
    " ",
    "#",
    "0",
    "-1",
    "2.5",
    "nan",
    "1e999",
    "99999999999999999999",
    "true",
    "scripted",
    "openai",
    "api_key_env",
    "://",
    "@",
    "é",
    "測",
    "\u{feff}",
    "\\u00",
];

fn any_pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)
        .prop_map(|pieces| pieces.concat())
}

/// A good file in which a stretch of characters is replaced.
fn any_mutation() -> impl Strategy<Value = String> {
    let count = GOOD.chars().count();
    let piece = prop_oneof![prop::sample::select(&PIECES[..]).prop_map(str::to_owned), ".{0,8}"];
    (0..=count, 0_usize..12, piece).prop_map(|(at, length, piece)| {
        let head = GOOD.chars().take(at);
        let tail = GOOD.chars().skip(at + length);
        head.chain(piece.chars()).chain(tail).collect()
    })
}

/// Whatever the text: no panic, spans between characters and within the text, lines and columns
/// that count from 1, every message shown.
fn holds(text: &str) -> Result<(), TestCaseError> {
    let path = Path::new("x.toml");
    match parse("x", path, text) {
        Ok((_, source)) => {
            for span in source.spans.values() {
                prop_assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            }
            source.rendered_warnings();
        }
        Err(errors) => {
            prop_assert!(!errors.problems().is_empty());
            let shown = errors.to_string();
            let lines = 1 + text.matches('\n').count();
            let mut last = 0;
            for problem in errors.problems() {
                prop_assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
                prop_assert!((1..=lines).contains(&problem.line), "{problem:?}");
                prop_assert!(problem.span.start >= last, "{problem:?}");
                let place = format!("--> x.toml:{}:{}\n", problem.line, problem.column);
                prop_assert!(shown.contains(&place), "{problem:?} {shown}");
                last = problem.span.start;
            }
            let titles = shown.lines().filter(|line| line.starts_with("error: ")).count();
            prop_assert_eq!(titles, errors.problems().len());
            prop_assert!(shown.ends_with(" in x.toml"));
        }
    }
    let _ = parse_corpus_file(path, text).map_err(|errors| errors.to_string());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn any_toml_like_text_is_read_or_refused(text in any_pieces()) {
        holds(&text)?;
    }

    #[test]
    fn any_change_to_a_good_file_is_read_or_refused(text in any_mutation()) {
        holds(&text)?;
    }
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        "a".to_owned() + &".a".repeat(100_000) + " = 1",
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"{a=".repeat(100_000),
        format!("[a{}]", ".a".repeat(100_000)),
    ] {
        assert!(parse("x", Path::new("x.toml"), &text).is_err());
    }
}
