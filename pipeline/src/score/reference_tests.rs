//! Our numbers against other people's: SQuAD's official scorer and trec_eval's own test suite.
//!
//! The data are in the folder that `RAGSCALE_REFERENCE_DATA` names; without it each test says that
//! it was skipped. See that folder's README for sources and licences.

use super::{
    Gains, average_precision, average_precision_at, exact_match, ndcg_at, precision_at, recall_at,
    reciprocal_rank, token_f1,
};
use crate::file::{read, read_json_lines, read_text};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn reference_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("RAGSCALE_REFERENCE_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("{test}: skipped, RAGSCALE_REFERENCE_DATA is not set");
    }
    folder
}

#[derive(Deserialize)]
struct Gold {
    id: String,
    answers: Vec<String>,
}

/// Exact match and F1 of five published systems over all 10,570 questions of SQuAD v1.1 dev. The
/// `xquad_*` figures are not compared: which 1,190 questions they are over is not in the data.
#[test]
fn equals_the_squad_scorer() {
    let Some(folder) = reference_data("equals_the_squad_scorer") else { return };
    let folder = folder.join("squad-scorer");
    let gold: Vec<(usize, Gold)> =
        read_json_lines(&folder.join("squad-v1.1-dev-gold.jsonl")).expect("gold answers");
    assert_eq!(gold.len(), 10_570);
    let expected: BTreeMap<String, BTreeMap<String, f64>> = serde_json::from_slice(
        &read(&folder.join("reference-scores.json")).expect("reference scores"),
    )
    .expect("reference scores");
    assert_eq!(expected.len(), 5);
    for (system, expected) in expected {
        let answers: BTreeMap<String, String> = serde_json::from_slice(
            &read(&folder.join("predictions").join(&system)).expect("predictions"),
        )
        .expect("predictions");
        let (mut exact, mut f1) = (0_u32, 0.0);
        for (_, question) in &gold {
            // As in the official scorer, a question without an answer scores 0.
            let Some(answer) = answers.get(&question.id) else { continue };
            exact += u32::from(exact_match(answer, &question.answers));
            f1 += token_f1(answer, &question.answers);
        }
        let percent = 100.0 / gold.len() as f64;
        for (measure, ours) in [("full_em", f64::from(exact) * percent), ("full_f1", f1 * percent)]
        {
            let theirs = expected[measure];
            assert!((ours - theirs).abs() < 1e-9, "{system} {measure}: {ours}, not {theirs}");
        }
    }
}

type Qrels = BTreeMap<String, Gains>;
/// Document ids, best first, by topic.
type Run = BTreeMap<String, Vec<String>>;

fn read_qrels(path: &Path) -> Qrels {
    let mut qrels = Qrels::new();
    for line in read_text(path).expect("qrels").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let gain = fields[3].parse().expect("a gain");
        qrels.entry(fields[0].into()).or_default().insert(fields[2].into(), gain);
    }
    qrels
}

/// Ranked as trec_eval does it: by falling score, read in single precision, ties by falling
/// document id; the rank column is not looked at.
fn read_run(path: &Path) -> Run {
    let mut scored: BTreeMap<String, Vec<(f32, String)>> = BTreeMap::new();
    for line in read_text(path).expect("run").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let score = fields[4].parse().expect("a score");
        scored.entry(fields[0].into()).or_default().push((score, fields[2].into()));
    }
    scored
        .into_iter()
        .map(|(topic, mut hits)| {
            hits.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
            (topic, hits.into_iter().map(|(_, id)| id).collect())
        })
        .collect()
}

/// One of trec_eval's measures by its printed name; `None` for those that are not ours. `relevant`
/// are the gains of the binary measures.
fn measure(name: &str, ranked: &[&str], gains: &Gains, relevant: &Gains) -> Option<f64> {
    let cut = |prefix: &str| name.strip_prefix(prefix).and_then(|k| k.parse::<usize>().ok());
    if let Some(k) = cut("P_") {
        return Some(precision_at(ranked, relevant, k));
    }
    if let Some(k) = cut("recall_") {
        return Some(recall_at(ranked, relevant, k));
    }
    if let Some(k) = cut("map_cut_") {
        return Some(average_precision_at(ranked, relevant, k));
    }
    if let Some(k) = cut("ndcg_cut_") {
        return Some(ndcg_at(ranked, gains, k));
    }
    match name {
        "map" => Some(average_precision(ranked, relevant)),
        "recip_rank" => Some(reciprocal_rank(ranked, relevant)),
        "ndcg" => Some(ndcg_at(ranked, gains, usize::MAX)),
        // The parameter gives documents of level 1 a gain of 3; there are no others in the qrels.
        "ndcg_1=3,2=9,4=4.5" => {
            let gains = gains.iter().map(|(id, gain)| (id.clone(), gain * 3)).collect();
            Some(ndcg_at(ranked, &gains, usize::MAX))
        }
        _ => None,
    }
}

/// One of trec_eval's tests: what it is called with and what it prints.
#[derive(Clone, Copy)]
struct Case {
    qrels: &'static str,
    run: &'static str,
    output: &'static str,
    /// `-c`: topics that the run lacks count as 0.
    complete: bool,
    /// `-M`: documents a topic.
    longest: usize,
    /// `-l`: the least gain that the binary measures take as relevant.
    level: i64,
    /// How many of the printed values are measures of ours.
    compared: usize,
}

/// Every value of map, map_cut, P, recall, recip_rank, ndcg and ndcg_cut that trec_eval's suite
/// prints for its qrels, by topic and averaged. Not measures of ours, and not compared: num_*,
/// gm_map, Rprec*, bpref, iprec_at_recall, infAP, gm_bpref, utility, 11pt_avg, binG, G, ndcg_rel,
/// Rndcg, relative_P, success, set_*, rbp*, unj, relstring; nor the outputs for preferences
/// (`prefs`, `qrels_prefs`), several judgement groups (`qrels_jg`) and z-scores (`aqZ`). The run of
/// `out.comment.test` is not in the data.
#[test]
fn equals_trec_eval() {
    let Some(folder) = reference_data("equals_trec_eval") else { return };
    let folder = folder.join("trec_eval");
    let plain = Case {
        qrels: "qrels.test",
        run: "results.test",
        output: "out.test",
        complete: false,
        longest: usize::MAX,
        level: 1,
        compared: 11,
    };
    let all = Case { output: "out.test.a", compared: 39, ..plain };
    let by_topic = Case { output: "out.test.aq", compared: 4 * 39, ..plain };
    for case in [
        Case { qrels: "qrels.test.with-comments", ..plain },
        plain,
        all,
        by_topic,
        Case { output: "out.test.meas_params", compared: 4 * 9, ..plain },
        Case { run: "results.trunc", output: "out.test.aqc", complete: true, ..by_topic },
        Case {
            run: "results.trunc",
            output: "out.test.aqcM",
            complete: true,
            longest: 100,
            ..by_topic
        },
        Case { qrels: "qrels.rel_level", output: "out.test.aql", level: 2, ..by_topic },
    ] {
        compare(&folder, &case);
    }
}

fn compare(folder: &Path, case: &Case) {
    let qrels = read_qrels(&folder.join(case.qrels));
    let run = read_run(&folder.join(case.run));
    let topics: BTreeSet<&String> =
        qrels.keys().filter(|topic| case.complete || run.contains_key(*topic)).collect();
    let of_topic = |name: &str, topic: &str| {
        let ranked: Vec<&str> =
            run.get(topic).into_iter().flatten().take(case.longest).map(String::as_str).collect();
        let gains = &qrels[topic];
        let relevant =
            gains.iter().map(|(id, gain)| (id.clone(), i64::from(*gain >= case.level))).collect();
        measure(name, &ranked, gains, &relevant)
    };
    let mut compared = 0;
    for line in read_text(&folder.join(case.output)).expect("expected output").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let &[name, topic, expected] = fields.as_slice() else { continue };
        let ours = if topic == "all" {
            let values: Option<Vec<f64>> =
                topics.iter().map(|topic| of_topic(name, topic)).collect();
            values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
        } else {
            of_topic(name, topic)
        };
        let Some(ours) = ours else { continue };
        assert_eq!(format!("{ours:.4}"), expected, "{}: {name} of {topic}", case.output);
        compared += 1;
    }
    assert_eq!(compared, case.compared, "values compared with {}", case.output);
}
