//! TREC's formats, for other people's tools and judgements.
//!
//! Enters: hits, or a run or judgements (qrels) as text. Leaves: text, or rankings and grades by
//! question. Does not: compute measures.

use super::{RetrieveError, Retrieved};
use crate::index::Scored;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// A run: `question Q0 chunk rank score tag`, a line a hit. White space in names becomes `%20` and
/// so on, since it separates columns. trec_eval ignores the rank, reads scores as 32-bit floats and
/// orders ties by falling id; so that it sees our order, a score that is not below the one before
/// is written as the next lower 32-bit float.
pub fn run(retrieved: &[Retrieved], tag: &str) -> String {
    let mut text = String::new();
    let tag = name(tag);
    for one in retrieved {
        let question = name(&one.question);
        let mut above = f32::INFINITY;
        for (index, hit) in one.hits.iter().enumerate() {
            // Beyond f32 the conversion gives an infinity, which `next_down` leaves.
            let score = (hit.score as f32).min(above.next_down());
            above = score;
            // `Display` for f32 gives the shortest digits that read back as the same number.
            let _ =
                writeln!(text, "{question} Q0 {} {} {score} {tag}", name(&hit.chunk), index + 1);
        }
    }
    text
}

/// Judgements (qrels): `question 0 document grade`, a line each, in the order given. Names are written as
/// in a run.
pub fn qrels<'a>(judged: impl IntoIterator<Item = (&'a str, &'a str, i64)>) -> String {
    let mut text = String::new();
    for (question, document, grade) in judged {
        let _ = writeln!(text, "{} 0 {} {grade}", name(question), name(document));
    }
    text
}

/// `id` without white space; `-` when empty.
fn name(id: &str) -> String {
    if id.is_empty() {
        return "-".into();
    }
    let mut name = String::with_capacity(id.len());
    for character in id.chars() {
        if character.is_whitespace() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let _ = write!(name, "%{byte:02X}");
            }
        } else {
            name.push(character);
        }
    }
    name
}

/// Reads a run. Each question's chunks are in trec_eval's order: score as a 32-bit float falling,
/// ties by falling id. As there, columns after the sixth and lines that begin with `#` are passed
/// over.
///
/// # Errors
/// When a line has fewer than six columns, a score is not a finite number, or a chunk stands twice; `path`
/// is named in them.
pub fn read_run(text: &str, path: &Path) -> Result<BTreeMap<String, Vec<Scored>>, RetrieveError> {
    let mut run: BTreeMap<String, Vec<Scored>> = BTreeMap::new();
    for (line, columns) in lines(text) {
        let wrong = |message: String| RetrieveError::Trec { path: path.to_owned(), line, message };
        let [question, _, chunk, _, score, _, ..] = columns[..] else {
            return Err(wrong(format!("{} columns instead of 6", columns.len())));
        };
        let score: f32 = score
            .parse()
            .ok()
            .filter(|score: &f32| score.is_finite())
            .ok_or_else(|| wrong(format!("`{score}` is not a finite number")))?;
        run.entry(question.to_owned())
            .or_default()
            .push(Scored { chunk: chunk.to_owned(), score: f64::from(score) });
    }
    for (question, scored) in &mut run {
        scored.sort_by(|one, other| {
            let scores = other.score.partial_cmp(&one.score).unwrap_or(Ordering::Equal);
            scores.then_with(|| other.chunk.cmp(&one.chunk))
        });
        let mut ids: Vec<&str> = scored.iter().map(|scored| scored.chunk.as_str()).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(RetrieveError::Trec {
                path: path.to_owned(),
                line: last_line(text, question, pair[0], 2),
                message: format!("`{}` stands twice for question `{question}`", pair[0]),
            });
        }
    }
    Ok(run)
}

/// Reads judgements: `question 0 chunk grade`. Grades by question and chunk; lines that begin with
/// `#` are passed over.
///
/// # Errors
/// When a line has not four columns, a grade is not a whole number, or a chunk is judged twice;
/// `path` is named in them.
pub fn read_qrels(
    text: &str,
    path: &Path,
) -> Result<BTreeMap<String, BTreeMap<String, i64>>, RetrieveError> {
    let mut qrels: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (line, columns) in lines(text) {
        let wrong = |message: String| RetrieveError::Trec { path: path.to_owned(), line, message };
        let [question, _, chunk, grade] = columns[..] else {
            return Err(wrong(format!("{} columns instead of 4", columns.len())));
        };
        let grade = grade.parse().map_err(|_| wrong(format!("`{grade}` is not a whole number")))?;
        let judged = qrels.entry(question.to_owned()).or_default();
        if judged.insert(chunk.to_owned(), grade).is_some() {
            return Err(wrong(format!("`{chunk}` is judged twice for question `{question}`")));
        }
    }
    Ok(qrels)
}

/// Lines that are neither empty nor a comment with their number (from 1) and columns.
fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split_whitespace().collect::<Vec<_>>()))
        .filter(|(_, columns)| columns.first().is_some_and(|first| !first.starts_with('#')))
}

/// The last line of a question and chunk, for a message.
fn last_line(text: &str, question: &str, chunk: &str, column: usize) -> usize {
    lines(text)
        .filter(|(_, columns)| columns[0] == question && columns.get(column) == Some(&chunk))
        .last()
        .map_or(0, |(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;
    use crate::retrieve::{CutTexts, Hit, RetrievalSeconds};
    use proptest::prelude::*;

    fn retrieved(question: &str, hits: &[(&str, f64)]) -> Retrieved {
        Retrieved {
            retriever: "r".into(),
            question: question.into(),
            fingerprint: Fingerprint::of(b""),
            hits: hits
                .iter()
                .map(|(chunk, score)| Hit {
                    chunk: (*chunk).into(),
                    document: "d".into(),
                    start: 0,
                    end: 1,
                    score: *score,
                })
                .collect(),
            seconds: RetrievalSeconds::default(),
            cut: CutTexts::default(),
        }
    }

    #[test]
    fn a_run_line_by_line() {
        let text = run(&[retrieved("q 1", &[("my file.md#0001", 0.5), ("b", 0.25)])], "hybrid");
        assert_eq!(text, "q%201 Q0 my%20file.md#0001 1 0.5 hybrid\nq%201 Q0 b 2 0.25 hybrid\n");
    }

    #[test]
    fn ties_keep_our_order_in_a_reader_that_breaks_them_otherwise() {
        // 1 + 1e-12 and 1 are one 32-bit float; trec_eval would put "b" before "a".
        let text = run(&[retrieved("q", &[("a", 1.0 + 1e-12), ("b", 1.0), ("c", 1.0)])], "t");
        let read = read_run(&text, Path::new("run")).unwrap();
        let ids: Vec<_> = read["q"].iter().map(|scored| scored.chunk.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        assert!(read["q"][0].score > read["q"][1].score && read["q"][1].score > read["q"][2].score);
    }

    #[test]
    fn a_foreign_run_is_read_in_trec_evals_order() {
        let text = "1 Q0 d1 1 2.0 x\n# note\n\n1\tQ0\td2\t2\t3.5\tx and more\n1 Q0 d3 3 2.0 x\n2 Q0 d1 1 -1 x\n";
        let read = read_run(text, Path::new("run")).unwrap();
        let ids: Vec<_> = read["1"].iter().map(|scored| scored.chunk.as_str()).collect();
        assert_eq!(ids, ["d2", "d3", "d1"]);
        assert_eq!(read["2"], [Scored { chunk: "d1".into(), score: -1.0 }]);
    }

    #[test]
    fn judgements_are_read() {
        let read =
            read_qrels("# note\n1 0 d1 1\n1 0 d2 -1\n2 0 d1 2\n", Path::new("qrels")).unwrap();
        assert_eq!(read["1"], BTreeMap::from([("d1".into(), 1), ("d2".into(), -1)]));
        assert_eq!(read["2"]["d1"], 2);
    }

    #[test]
    fn judgements_that_are_written_read_back() {
        let text = qrels([("q 1", "my file.md", 1), ("q2", "b", 0)]);
        assert_eq!(text, "q%201 0 my%20file.md 1\nq2 0 b 0\n");
        let read = read_qrels(&text, Path::new("qrels")).unwrap();
        assert_eq!((read["q%201"]["my%20file.md"], read["q2"]["b"]), (1, 0));
    }

    #[test]
    fn wrong_lines_are_named() {
        let run = |text: &str| read_run(text, Path::new("x")).unwrap_err().to_string();
        assert_eq!(run("1 Q0 d1 1 2.0 x\n1 Q0 d1\n"), "x:2: 3 columns instead of 6");
        assert_eq!(run("1 Q0 d1 1 nan x\n"), "x:1: `nan` is not a finite number");
        assert_eq!(
            run("1 Q0 d1 1 2 x\n1 Q0 d2 2 1 x\n1 Q0 d1 3 0 x\n"),
            "x:3: `d1` stands twice for question `1`"
        );
        let qrels = |text: &str| read_qrels(text, Path::new("x")).unwrap_err().to_string();
        assert_eq!(qrels("1 0 d1\n"), "x:1: 3 columns instead of 4");
        assert_eq!(qrels("1 0 d1 1.5\n"), "x:1: `1.5` is not a whole number");
        assert_eq!(qrels("1 0 d1 1\n1 0 d1 0\n"), "x:2: `d1` is judged twice for question `1`");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_in_order(mut scores in proptest::collection::vec(-1e3..1e3f64, 1..30), ties in any::<bool>()) {
            if ties {
                scores.iter_mut().for_each(|score| *score = score.round());
            }
            scores.sort_by(|a, b| b.total_cmp(a));
            let ids: Vec<String> = (0..scores.len()).map(|index| format!("c{index:02}")).collect();
            let hits: Vec<(&str, f64)> = ids.iter().map(String::as_str).zip(scores).collect();
            let read = read_run(&run(&[retrieved("q", &hits)], "t"), Path::new("x")).unwrap();
            let found: Vec<_> = read["q"].iter().map(|scored| scored.chunk.clone()).collect();
            prop_assert_eq!(found, ids);
        }
    }
}
