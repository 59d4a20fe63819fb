//! Which passages a model is shown, in which order.
//!
//! Enters: a corpus, a seed. Leaves: chunks, an order of them, pairs of chunks from two documents. The same
//! corpus and seed give the same order, and a longer list begins as a shorter one does. Does not: look at
//! what was asked before.

use super::likeness::{NEAR, Words};
use crate::chunk::{Chunk, ChunkError, Chunker};
use crate::config::ChunkPlan;
use crate::corpus::Corpus;
use crate::fingerprint::FingerprintBuilder;
use crate::index::Analysis;
use crate::tokens::Tokens;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng as _};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Longest passage in words: enough for several facts, short enough for small models.
const PASSAGE_WORDS: usize = 200;
/// A shorter one is a heading or a rest, and holds no fact by itself.
const FEWEST_WORDS: usize = 15;
/// A term in more documents than this is not rare, and joins no two of them.
const RARE_DOCUMENTS: usize = 4;
/// A shorter term is an abbreviation that means several things.
const RARE_LETTERS: usize = 4;

/// The corpus cut into passages.
pub struct Passages {
    /// All of them, in the order of documents and their texts.
    pub chunks: Vec<Chunk>,
    /// Places in `chunks` of those that are shown alone, the first to be shown first.
    pub singles: Vec<usize>,
    /// The same of pairs from two documents that share rare words.
    pub pairs: Vec<(usize, usize)>,
    /// Passages with too few words to be shown.
    pub too_short: usize,
}

impl Passages {
    /// Cuts the documents and draws the order.
    ///
    /// # Errors
    /// When the documents cannot be cut.
    pub fn of(corpus: &Corpus, seed: u64) -> Result<Self, ChunkError> {
        let plan = ChunkPlan { tokens: PASSAGE_WORDS, overlap: 0, tokenizer: None };
        let chunks = Chunker::new(Tokens::Words, &plan)?.chunk_corpus(&corpus.documents);
        let long: Vec<usize> = (0..chunks.len())
            .filter(|place| {
                chunks
                    .get(*place)
                    .is_some_and(|chunk| Tokens::Words.count(&chunk.text) >= FEWEST_WORDS)
            })
            .collect();
        let too_short = chunks.len() - long.len();
        let singles = order(&chunks, &long, seed);
        let pairs = pairs(&chunks, &singles, &Analysis::for_language(&corpus.language));
        Ok(Self { chunks, singles, pairs, too_short })
    }
}

/// The places `among` in a seeded order of which every beginning is spread over the documents in proportion
/// to their passages: the passages of a document, shuffled, lie at equal distances from 0 to 1, with an
/// offset of the document's own.
fn order(chunks: &[Chunk], among: &[usize], seed: u64) -> Vec<usize> {
    let mut documents: Vec<(&str, Vec<usize>)> = Vec::new();
    for place in among {
        let document = chunks[*place].document.as_str();
        match documents.last_mut() {
            Some((last, places)) if *last == document => places.push(*place),
            _ => documents.push((document, vec![*place])),
        }
    }
    let mut keyed = Vec::with_capacity(among.len());
    for (document, mut places) in documents {
        let mut random = generator(seed, document);
        places.shuffle(&mut random);
        let offset: f64 = random.random();
        let distance = 1.0 / places.len() as f64;
        keyed.extend(
            (0..).zip(places).map(|(rank, place)| ((f64::from(rank) + offset) * distance, place)),
        );
    }
    keyed.sort_by(|(a, place_a), (b, place_b)| a.total_cmp(b).then(place_a.cmp(place_b)));
    keyed.into_iter().map(|(_, place)| place).collect()
}

/// Random numbers of one document: another document that comes or goes changes nothing of them.
fn generator(seed: u64, document: &str) -> ChaCha8Rng {
    let hash = FingerprintBuilder::new()
        .part("seed", seed.to_le_bytes())
        .part("document", document)
        .finish();
    ChaCha8Rng::seed_from_u64(u64::from_str_radix(&hash.as_str()[..16], 16).unwrap_or(seed))
}

/// Each passage of `order` with the one of another document that shares most rare words with it; no passage
/// stands in two pairs.
fn pairs(chunks: &[Chunk], order: &[usize], analysis: &Analysis) -> Vec<(usize, usize)> {
    let shared = shared_rare_terms(chunks, order, analysis);
    let mut partners: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (&(a, b), &count) in &shared {
        partners.entry(a).or_default().push((count, b));
        partners.entry(b).or_default().push((count, a));
    }
    let mut taken = HashSet::new();
    let mut pairs = Vec::new();
    for &place in order {
        let Some(candidates) = partners.get_mut(&place) else { continue };
        if taken.contains(&place) {
            continue;
        }
        candidates.sort_by_key(|&(count, other)| (Reverse(count), other));
        let words = Words::of(&chunks[place].text);
        let partner = candidates.iter().map(|(_, other)| *other).find(|other| {
            // Two copies of one text need only one of the documents.
            !taken.contains(other) && words.likeness(&Words::of(&chunks[*other].text)) < NEAR
        });
        if let Some(partner) = partner {
            taken.extend([place, partner]);
            pairs.push((place, partner));
        }
    }
    pairs
}

/// By pair of places, the first below the second: how many rare terms both have. Of a document the first
/// passage with a term counts.
fn shared_rare_terms(
    chunks: &[Chunk],
    among: &[usize],
    analysis: &Analysis,
) -> HashMap<(usize, usize), usize> {
    let mut places: Vec<usize> = among.to_vec();
    places.sort_unstable();
    let mut holders: HashMap<String, Vec<usize>> = HashMap::new();
    for place in places {
        let terms: BTreeSet<String> = analysis.terms(&chunks[place].text).into_iter().collect();
        for term in terms {
            let is_name =
                term.chars().count() >= RARE_LETTERS && term.contains(char::is_alphabetic);
            if !is_name {
                continue;
            }
            let holders = holders.entry(term).or_default();
            let is_new =
                holders.last().is_none_or(|last| chunks[*last].document != chunks[place].document);
            // One more than is rare is enough to know that it is not.
            if is_new && holders.len() <= RARE_DOCUMENTS {
                holders.push(place);
            }
        }
    }
    let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
    for holders in holders.into_values().filter(|holders| holders.len() <= RARE_DOCUMENTS) {
        for (at, first) in holders.iter().enumerate() {
            for second in &holders[at + 1..] {
                *shared.entry((*first, *second)).or_default() += 1;
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::super::fixture::corpus;
    use super::*;
    use proptest::prelude::*;

    fn chunks(of: &[(&str, usize)]) -> Vec<Chunk> {
        of.iter()
            .flat_map(|(document, n)| {
                (0..*n).map(move |number| Chunk {
                    id: format!("{document}#{number:05}"),
                    document: (*document).to_owned(),
                    span: 0..1,
                    text: format!("{document} {number}"),
                })
            })
            .collect()
    }

    fn count(chunks: &[Chunk], order: &[usize], document: &str) -> usize {
        order.iter().filter(|place| chunks[**place].document == document).count()
    }

    #[test]
    fn the_same_seed_means_the_same_order() {
        let chunks = chunks(&[("a", 30), ("b", 10), ("c", 1)]);
        let all: Vec<usize> = (0..41).collect();
        assert_eq!(order(&chunks, &all, 7), order(&chunks, &all, 7));
        assert_ne!(order(&chunks, &all, 7), order(&chunks, &all, 8));
        // Without `b`, those of `a` and `c` come in the same order.
        let others: Vec<usize> = (0..30).chain([40]).collect();
        let kept: Vec<usize> =
            order(&chunks, &all, 7).into_iter().filter(|place| others.contains(place)).collect();
        assert_eq!(order(&chunks, &others, 7), kept);
    }

    proptest! {
        /// Of the first n, a document has its share but for one.
        #[test]
        fn every_beginning_is_in_proportion(a in 1_usize..40, b in 1_usize..40, seed: u64, part in 0.0_f64..1.0) {
            let chunks = chunks(&[("a", a), ("b", b)]);
            let all: Vec<usize> = (0..a + b).collect();
            let order = order(&chunks, &all, seed);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, all);
            let n = (part * (a + b) as f64) as usize;
            let share = n as f64 * a as f64 / (a + b) as f64;
            let found = count(&chunks, &order[..n], "a") as f64;
            prop_assert!((found - share).abs() <= 1.0 + 1e-9, "{} of {}, {}", found, n, share);
        }
    }

    const FILLER: &str = "one two three four five six seven eight nine ten eleven twelve thirteen";

    #[test]
    fn pairs_share_rare_words_of_two_documents() {
        let text = |words: &str| format!("{FILLER} {words}.");
        let texts = [
            ("a.md", text("Quorvane made the blue pump")),
            ("b.md", text("Quorvane lives beside the harbour")),
            ("c.md", text("Tarnblick painted the harbour wall")),
            // A copy of the first, and a passage that shares filler only.
            ("d.md", text("Quorvane made the blue pump")),
            ("e.md", text("nothing else stands there")),
        ];
        let documents: Vec<(&str, &str, &str)> =
            texts.iter().map(|(id, text)| (*id, "T", text.as_str())).collect();
        let corpus = corpus(&documents, Vec::new());
        let passages = Passages::of(&corpus, 1).unwrap();
        assert_eq!((passages.singles.len(), passages.too_short), (5, 0));
        let mut taken = HashSet::new();
        for (a, b) in &passages.pairs {
            assert!(taken.insert(*a) && taken.insert(*b));
            let pair = [*a.min(b), *a.max(b)];
            // `a` and `d` are copies; `e` has no rare word; filler is in five documents.
            assert!([[0, 1], [1, 3], [1, 2]].contains(&pair), "{pair:?}");
        }
        assert!(!passages.pairs.is_empty());
    }

    #[test]
    fn short_passages_are_counted_and_not_shown() {
        let long = format!("{FILLER} fourteen fifteen");
        let corpus = corpus(&[("a.md", "A", "Too short."), ("b.txt", "B", &long)], Vec::new());
        let passages = Passages::of(&corpus, 0).unwrap();
        assert_eq!((passages.singles.as_slice(), passages.too_short), (&[1][..], 1));
    }
}
