//! The lexical index: scores by hand, changes, damage, strange queries.

use super::*;
use std::fs;

fn chunk(id: &str, text: &str) -> Chunk {
    Chunk { id: id.into(), document: "d".into(), span: 0..text.len(), text: text.into() }
}

fn build(folder: &Path, chunks: &[Chunk], fingerprint: &str) -> (LexicalIndex, Synced) {
    let fingerprint = Fingerprint::of(fingerprint.as_bytes());
    LexicalIndex::open_or_build(folder, chunks, "en", &fingerprint).unwrap()
}

fn few() -> Vec<Chunk> {
    vec![
        chunk("a#0000", "Grease the spindle bearing"),
        chunk("a#0001", "The spindle motor and the spindle belt"),
        chunk("b#0000", "Warranty of the machine"),
    ]
}

#[test]
fn the_score_is_bm25() {
    // Terms: a#0000 greas spindl bear (3); a#0001 spindl motor spindl belt (4); b#0000 warranti
    // machin (2). N = 3, average length 3. `spindle`: n = 2, idf = ln(1 + (3-2+.5)/(2+.5)) =
    // ln 1.6 = 0.470004. Score = idf·(k1+1)·tf/(tf + k1·(1-b+b·length/average)):
    //   a#0000: 0.470004 · 2.2·1/(1 + 1.2)                       = 0.470004
    //   a#0001: 0.470004 · 2.2·2/(2 + 1.2·(0.25 + 0.75·4/3)) = 0.470004·4.4/3.5 = 0.590862
    let folder = tempfile::tempdir().unwrap();
    let (index, synced) = build(folder.path(), &few(), "1");
    assert_eq!(synced, Synced { written: 3, deleted: 0, kept: 0 });
    let found = index.search("Which spindle?", 10).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].chunk, "a#0001");
    assert!((found[0].score - 0.590_862).abs() < 1e-5, "{}", found[0].score);
    assert!((found[1].score - 0.470_004).abs() < 1e-5, "{}", found[1].score);
    let twice = index.search("spindle spindles", 10).unwrap();
    assert_eq!(twice[0].score, 2.0 * found[0].score);
}

#[test]
fn strange_queries_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = build(folder.path(), &few(), "1");
    for query in ["", "   ", "🙂🙂", "the of and", "a\"b (c:d) [1 TO 2] +x -y ~2", "\u{0}"] {
        assert!(index.search(query, 5).unwrap().is_empty(), "{query:?}");
    }
    let long: String = (0..10_000).map(|n| format!("word{n} ")).collect::<String>() + "spindle";
    assert_eq!(index.search(&long, 5).unwrap().len(), 2);
    assert!(index.search("spindle", 0).unwrap().is_empty());
    assert_eq!(index.search("spindle", usize::MAX).unwrap().len(), 2);
}

#[test]
fn ties_at_the_boundary_go_by_chunk_id() {
    let chunks: Vec<_> =
        (0..300).rev().map(|n| chunk(&format!("d#{n:04}"), "equal text here")).collect();
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = build(folder.path(), &chunks, "1");
    for depth in [1, 7, 299] {
        let found: Vec<_> =
            index.search("equal", depth).unwrap().into_iter().map(|hit| hit.chunk).collect();
        let expected: Vec<_> = (0..depth).map(|n| format!("d#{n:04}")).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn an_empty_corpus_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (index, synced) = build(folder.path(), &[], "1");
    assert_eq!(synced, Synced::default());
    assert!(index.search("spindle", 5).unwrap().is_empty());
    drop(index);
    build(folder.path(), &few(), "2");
    let (index, synced) = build(folder.path(), &[], "3");
    assert_eq!(synced, Synced { written: 0, deleted: 3, kept: 0 });
    assert!(index.search("spindle", 5).unwrap().is_empty());
    // Only stop words: a chunk without terms must not divide by zero.
    let (index, _) = build(folder.path(), &[chunk("s", "the of")], "4");
    assert!(index.search("spindle the", 5).unwrap().is_empty());
}

#[test]
fn a_finished_folder_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), &few(), "1");
    let (index, synced) = build(folder.path(), &few(), "1");
    assert_eq!(synced, Synced { written: 0, deleted: 0, kept: 3 });
    assert_eq!(index.rebuilt(), None);
    let (_, synced) = build(folder.path(), &few(), "2");
    assert_eq!(synced, Synced { written: 0, deleted: 0, kept: 3 });
}

/// Texts of 4 to 60 words out of 50, skewed, so that lengths, ties and frequencies vary.
fn many(seed: u64, count: usize) -> Vec<Chunk> {
    use rand::{RngExt as _, SeedableRng as _};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|n| {
            let words = random.random_range(4..60);
            let text: Vec<_> = (0..words)
                .map(|_| format!("w{}", random.random_range(0..50_u32).pow(2) / 50))
                .collect();
            chunk(&format!("d#{n:04}"), &text.join(" "))
        })
        .collect()
}

#[test]
fn a_changed_index_ranks_as_one_built_from_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut chunks = many(1, 400);
    build(folder.path(), &chunks, "1");
    // Three rounds of deleting, changing and adding.
    for round in 0..3_u64 {
        let fresh = many(round + 2, 500);
        chunks.retain(|chunk| !chunk.id.ends_with(['3', '7']));
        for (n, chunk) in chunks.iter_mut().enumerate().filter(|(n, _)| n % 5 == 0) {
            chunk.text.clone_from(&fresh[n].text);
        }
        let start = 400 + round as usize * 30;
        chunks.extend(
            fresh[..30]
                .iter()
                .enumerate()
                .map(|(n, fresh)| Chunk { id: format!("e#{:04}", start + n), ..fresh.clone() }),
        );
        build(folder.path(), &chunks, &format!("round {round}"));
    }
    let (changed, synced) = build(folder.path(), &chunks, "last");
    assert_eq!((synced.written, synced.deleted), (0, 0));
    let other = tempfile::tempdir().unwrap();
    chunks.reverse();
    let (built, _) = build(other.path(), &chunks, "other");
    assert_eq!(changed.searcher.segment_readers().len(), 1);
    for n in 0..50 {
        let query = format!("w{} w{} w3 w{} w1", n, n / 2, n / 3);
        let found = built.search(&query, 600).unwrap();
        assert!(found.len() > 50);
        assert_eq!(changed.search(&query, 600).unwrap(), found);
        assert_eq!(changed.search(&query, 17).unwrap(), found[..17]);
    }
}

#[test]
fn a_damaged_folder_is_rebuilt_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join(SUBFOLDER);
    build(folder.path(), &few(), "1");
    let store = fs::read_dir(&inner)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "store"))
        .unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[3] ^= 0xff;
    fs::write(&store, &bytes).unwrap();
    let (index, synced) = build(folder.path(), &few(), "1");
    assert!(index.rebuilt().unwrap().contains("damaged"));
    assert_eq!(synced.written, 3);
    drop(index);
    fs::write(&store, &bytes[..3]).unwrap_or_default();
    fs::write(inner.join("meta.json"), "{").unwrap();
    let (index, _) = build(folder.path(), &few(), "1");
    assert!(index.rebuilt().is_some());
    assert_eq!(index.search("spindle", 5).unwrap().len(), 2);
    let fingerprint = Fingerprint::of(b"1");
    let (index, _) =
        LexicalIndex::open_or_build(folder.path(), &few(), "de", &fingerprint).unwrap();
    assert!(index.rebuilt().unwrap().contains("language"));
}

#[test]
fn a_folder_that_another_writer_holds_is_named() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), &few(), "1");
    let other = Index::open_in_dir(folder.path().join(SUBFOLDER)).unwrap();
    other.tokenizers().register(&Analysis::for_language("en").name(), Analysis::for_language("en"));
    let _writer: IndexWriter = other.writer_with_num_threads(1, WRITER_BYTES).unwrap();
    // Reading goes on; writing is refused.
    build(folder.path(), &few(), "1");
    let changed = [chunk("new", "text")];
    let error = LexicalIndex::open_or_build(folder.path(), &changed, "en", &Fingerprint::of(b"2"))
        .err()
        .unwrap();
    assert!(matches!(error, IndexError::FolderInUse { .. }), "{error:?}");
    assert!(error.hint().is_some());
}

#[test]
fn two_chunks_with_one_id_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let twice = [chunk("a", "x"), chunk("a", "y")];
    let error = LexicalIndex::open_or_build(folder.path(), &twice, "en", &Fingerprint::of(b""));
    assert!(matches!(error, Err(IndexError::DuplicateChunk { .. })));
}
