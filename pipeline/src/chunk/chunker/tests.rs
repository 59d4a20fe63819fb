use super::*;
use proptest::prelude::*;
use std::time::Instant;

fn document(id: &str, text: &str) -> Document {
    Document { id: id.into(), title: String::new(), text: text.into(), pages: Vec::new() }
}

fn chunker(tokens: usize, overlap: usize) -> Chunker {
    chunker_with(Tokens::Words, tokens, overlap)
}

fn chunker_with(counter: Tokens, tokens: usize, overlap: usize) -> Chunker {
    Chunker::new(counter, &ChunkPlan { tokens, overlap, tokenizer: None }).unwrap()
}

fn texts(chunks: &[Chunk]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}

#[test]
fn markdown_is_cut_at_headings_and_text_is_not() {
    let text = "# One\n\nalpha beta\n\n# Two\n\ngamma delta";
    // Each section has 3 words; both together have 6.
    let markdown = chunker(4, 0).chunk_document(&document("a.md", text));
    assert_eq!(texts(&markdown), ["# One\n\nalpha beta", "# Two\n\ngamma delta"]);
    // As plain text a heading is a paragraph: 1 + 2 + 1 words fit.
    let plain = chunker(4, 0).chunk_document(&document("a.txt", text));
    assert_eq!(texts(&plain), ["# One\n\nalpha beta\n\n# Two", "gamma delta"]);
}

#[test]
fn ids_count_from_zero_and_sort_in_document_order() {
    let text = "word ".repeat(30);
    let chunks = chunker(2, 0).chunk_document(&document("g/a.txt", &text));
    assert_eq!(chunks.len(), 15);
    assert_eq!(chunks[0].id, "g/a.txt#00000");
    assert_eq!(chunks[14].id, "g/a.txt#00014");
    assert!(chunks.is_sorted_by(|a, b| a.id < b.id));
}

#[test]
fn neighbours_share_the_overlap() {
    let chunks = chunker(4, 2).chunk_document(&document("a.txt", "a b c d e f g h"));
    assert_eq!(texts(&chunks), ["a b c d", "c d e f", "e f g h"]);
}

#[test]
fn an_empty_document_has_no_chunks() {
    assert_eq!(chunker(4, 0).chunk_document(&document("a.md", " \n\n\t ")), []);
}

#[test]
fn impossible_plans_are_refused() {
    let plan = |tokens, overlap| {
        Chunker::new(Tokens::Words, &ChunkPlan { tokens, overlap, tokenizer: None }).unwrap_err()
    };
    assert_eq!(plan(0, 0), ChunkError::NoTokens);
    assert_eq!(plan(5, 5), ChunkError::OverlapTooLong { tokens: 5, overlap: 5 });
}

#[test]
fn the_order_does_not_depend_on_the_threads() {
    let documents: Vec<_> =
        (0..40).map(|n| document(&format!("{n:02}.md"), &markdown(n, 2_000))).collect();
    let chunker = chunker(30, 5);
    let one_by_one: Vec<Chunk> =
        documents.iter().flat_map(|document| chunker.chunk_document(document)).collect();
    assert_eq!(chunker.chunk_corpus(&documents), one_by_one);
}

#[test]
fn windows_give_the_chunks_of_the_whole_document() {
    for (id, overlap) in [("a.md", 0), ("a.md", 8), ("a.txt", 0), ("a.txt", 8)] {
        let document = document(id, &markdown(1, 40_000));
        let mut whole = chunker(40, overlap);
        whole.window_bytes = usize::MAX;
        let mut windowed = chunker(40, overlap);
        windowed.window_bytes = 2_000;
        let expected = whole.chunk_document(&document);
        assert!(expected.len() > 100);
        assert_eq!(texts(&windowed.chunk_document(&document)), texts(&expected), "{id} {overlap}");
    }
}

/// A chunk longer than a window.
#[test]
fn windows_grow_with_the_chunks() {
    let document = document("a.txt", &"word ".repeat(1_000));
    let mut chunker = chunker(900, 0);
    chunker.window_bytes = 64;
    let chunks = chunker.chunk_document(&document);
    // 900 words of 5 bytes, the last space trimmed; then the other 100.
    assert_eq!(chunks.len(), 2);
    assert_eq!(chunks[0].span, 0..4_499);
    assert_eq!(chunks[1].span, 4_500..4_999);
}

/// The laws of the module, for one text.
fn check(
    text: &str,
    id: &str,
    counter: &Tokens,
    (tokens, overlap): (usize, usize),
    window_bytes: usize,
) {
    let mut chunker = chunker_with(counter.clone(), tokens, overlap);
    chunker.window_bytes = window_bytes;
    let chunks = chunker.chunk_document(&document(id, text));
    let mut covered = vec![false; text.len()];
    for chunk in &chunks {
        // `get` fails off a character boundary.
        assert_eq!(text.get(chunk.span.clone()), Some(chunk.text.as_str()));
        assert!(!chunk.text.trim().is_empty());
        let size = counter.count(&chunk.text);
        assert!(
            size <= tokens || chunk.text.trim().chars().count() == 1,
            "{size} tokens in {:?}",
            chunk.text
        );
        covered[chunk.span.clone()].fill(true);
    }
    for pair in chunks.windows(2) {
        assert!(pair[0].span.start < pair[1].span.start, "starts: {pair:?}");
        assert!(pair[0].span.end < pair[1].span.end, "ends: {pair:?}");
        if overlap == 0 {
            assert!(pair[0].span.end <= pair[1].span.start, "overlap: {pair:?}");
        }
    }
    for (offset, character) in text.char_indices() {
        assert!(covered[offset] || character.is_whitespace(), "{character:?} at {offset} is lost");
    }
}

/// Found by the property below: after trimming, `---` and the chunk behind it start together.
#[test]
fn a_chunk_that_is_the_beginning_of_the_next_is_dropped() {
    let text = "\n```\n\u{2028}\n---\nⷀAAAa\u{a81}\u{a4b}\"\u{b01}𐭸؆\u{11f00}a🈐0";
    check(text, "a.md", &Tokens::Estimate, (10, 1), 4);
}

/// Pieces of markdown that meet in odd ways, and any characters between them.
fn any_markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,8} ",
        2 => "\\PC{0,12}",
        1 => any::<String>(),
        6 => prop::sample::select(vec![
            "\n", "\n\n", "# ", "\n## H\n", "- ", "\n  1. ", "\n```\n", "~~~", "    ", "\t", "|a|b|\n|-|-|\n",
            "**", "_", "`", "[x](y)", "![", "](", "> ", "\n---\n", "\n===\n", "<div>", "</div>\n", "<!--",
            "$$", "$", "[^1]: ", "[^1]", "\r\n", "\r", "\u{feff}", "\u{2028}", "\u{85}", "\u{200d}", "👩‍👩‍👧",
            "e\u{301}", "ไทยภาษา", "日本語の文章。", "مرحبا ", "3.5 ", "don't ", "\\", "&amp;", "- [ ] ", ": def\n",
            "+++\n", "[[w|x]]", ":::", "\0",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn chunks_are_slices_in_order_within_the_limit_that_cover_the_document(
        text in any_markdown(),
        tokens in 1_usize..24,
        overlap in 0_usize..24,
        markdown: bool,
        words: bool,
        window_bytes in prop_oneof![4_usize..300, Just(WINDOW_BYTES)],
    ) {
        let id = if markdown { "a.md" } else { "a.txt" };
        let counter = if words { Tokens::Words } else { Tokens::Estimate };
        check(&text, id, &counter, (tokens, overlap % tokens), window_bytes);
    }
}

/// Of 200,000 line ends between two words the splitter alone would take minutes.
#[test]
fn no_chunk_goes_over_a_very_long_gap() {
    let text = format!("a{}b\n\n\nc{}d{}", "\n".repeat(200_000), " \n".repeat(51), "\n".repeat(90));
    let chunks = chunker_with(Tokens::Words, 160, 0).chunk_document(&document("x.md", &text));
    let texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
    assert_eq!(texts, ["a", "b\n\n\nc", "d"]);
    assert!(chunks.iter().all(|chunk| text[chunk.span.clone()] == chunk.text));
    let blank = document("x.md", &"\n".repeat(200_000));
    assert!(chunker_with(Tokens::Words, 160, 0).chunk_document(&blank).is_empty());
}

/// Markdown of about `bytes` bytes as handbooks have it, the same for the same seed.
fn markdown(seed: usize, bytes: usize) -> String {
    let words = ["pump", "the", "valve", "torque", "of", "is", "45", "Nm", "checked", "weekly"];
    let mut text = format!("# Document {seed}\n");
    let mut n = seed;
    while text.len() < bytes {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (n >> 33) % 12 {
            0 => text.push_str("\n\n## Section "),
            1 => text.push_str("\n\n"),
            2 => text.push_str("\n- "),
            3 => text.push_str(". The "),
            _ => {
                text.push_str(words[(n >> 40) % words.len()]);
                text.push(' ');
            }
        }
    }
    text
}

/// Prints the speed, also with the tokenizer in the folder that `TOKENIZER` names; run with
/// `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let mut counters = vec![Tokens::Words, Tokens::Estimate];
    if let Ok(folder) = std::env::var("TOKENIZER") {
        counters.push(Tokens::from_folder(std::path::Path::new(&folder)).unwrap());
    }
    let sizes = [(500, 10_000), (5, 1_000_000), (1, 5_000_000)];
    for (counter, (count, bytes)) in
        counters.iter().flat_map(|counter| sizes.map(|size| (counter, size)))
    {
        let documents: Vec<_> =
            (0..count).map(|n| document(&format!("{n:03}.md"), &markdown(n, bytes))).collect();
        let total: usize = documents.iter().map(|document| document.text.len()).sum();
        let chunker = chunker_with(counter.clone(), 160, 32);
        let start = Instant::now();
        let chunks = chunker.chunk_corpus(&documents).len();
        let seconds = start.elapsed().as_secs_f64();
        let speed = total as f64 / 1e6 / seconds;
        println!("{counter:?}, {count} of {bytes} bytes: {chunks} chunks, {speed:.2} MB/s");
    }
}
