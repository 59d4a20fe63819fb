//! What the ladder shows, beside what was wanted of it: one page over all rungs.
//!
//! Enters: the rungs' records, the summary of the report `ladder`, of any report with the embedder.
//! Leaves: markdown. Does not: hide a line that was missed.

use crate::card::{NOTE, thousands};
use crate::models::Folder;
use crate::summary::{Cell, Setup, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The report that the table is made from.
pub const LADDER: &str = "ladder";
/// The folder of the embedder.
const EMBEDDER: &str = "models/lab/embedder";

/// Something a rung is held to.
struct Line {
    /// What.
    title: &'static str,
    /// The setup's name behind the model's.
    setup: &'static str,
    /// Kind of question; none for the share of valid JSON.
    kind: Option<&'static str>,
    /// Of the rung of at most a million parameters, and of the largest.
    wanted: [Option<Wanted>; 2],
}

#[derive(Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
    /// Above the small rung by so much.
    Above(f64),
}

use Wanted::{Above, AtLeast, AtMost};

const LINES: [Line; 7] = [
    Line {
        title: "evidence shown, company facts: correct",
        setup: "oracle",
        kind: Some("company-fact"),
        wanted: [Some(AtLeast(0.85)), Some(AtLeast(0.95))],
    },
    Line {
        title: "evidence among four distractors, company facts: correct",
        setup: "oracle-4",
        kind: Some("company-fact"),
        wanted: [Some(AtLeast(0.75)), Some(AtLeast(0.9))],
    },
    Line {
        title: "no passage holds the answer: declines",
        setup: "oracle-4",
        kind: Some("unanswerable"),
        wanted: [Some(AtLeast(0.8)), Some(AtLeast(0.9))],
    },
    Line {
        title: "closed book, often told: correct",
        setup: "closed-book",
        kind: Some("public-head"),
        wanted: [Some(AtMost(0.6)), Some(AtLeast(0.9))],
    },
    Line {
        title: "closed book, seldom told: correct",
        setup: "closed-book",
        kind: Some("public-tail"),
        wanted: [Some(AtMost(0.1)), Some(Above(0.1))],
    },
    Line {
        title: "closed book, never told (company facts): correct",
        setup: "closed-book",
        kind: Some("company-fact"),
        wanted: [Some(AtMost(0.03)), Some(AtMost(0.03))],
    },
    Line {
        title: "evidence shown, JSON asked for: valid",
        setup: "oracle",
        kind: None,
        wanted: [Some(AtLeast(0.85)), Some(AtLeast(0.95))],
    },
];

impl Wanted {
    fn words(self) -> String {
        match self {
            AtLeast(share) => format!("≥ {:.0} %", share * 100.0),
            AtMost(share) => format!("≤ {:.0} %", share * 100.0),
            Above(by) => format!("{:.0} points above the small one", by * 100.0),
        }
    }

    /// `small`: what the small rung has, where it was measured.
    fn is_met(self, share: f64, small: Option<f64>) -> bool {
        match self {
            AtLeast(bound) => share >= bound,
            AtMost(bound) => share <= bound,
            Above(by) => small.is_some_and(|small| share >= small + by),
        }
    }
}

/// The page.
pub fn page(folders: &[Folder], reports: &BTreeMap<String, Summary>) -> String {
    let mut page = format!("# Scores of the lab's models\n\n{NOTE}\n");
    if let Some(summary) = reports.get(LADDER) {
        let rungs = rungs(folders, summary);
        page += &table(&rungs, summary);
        page += &equal_compute(&rungs);
    }
    page + &embedder(reports)
}

/// The dense models of the ladder that read the same tokens, small ones first.
fn rungs<'a>(folders: &'a [Folder], summary: &Summary) -> Vec<&'a Folder> {
    let mut rungs: Vec<&Folder> = folders
        .iter()
        .filter(|folder| folder.training.base.is_none() && folder.training.tokens.is_some())
        .filter(|folder| !summary.setups_of(&folder.weights()).is_empty())
        .collect();
    rungs.sort_by_key(|folder| folder.training.parameters);
    rungs
}

fn cell(line: &Line, setups: &[&Setup]) -> Option<Cell> {
    let setup =
        setups.iter().find(|setup| setup.name == format!("{}-{}", setup.model, line.setup))?;
    match line.kind {
        Some(kind) => setup.kinds.get(kind).copied(),
        None => setup.valid_json,
    }
}

fn table(rungs: &[&Folder], summary: &Summary) -> String {
    let names: Vec<String> =
        rungs.iter().map(|folder| format!("[{0}]({0}/README.md)", folder.name)).collect();
    let sizes: Vec<String> =
        rungs.iter().map(|folder| thousands(folder.training.parameters)).collect();
    let small = small(rungs);
    let mut text = format!(
        "\nTest questions of the [report](../../reports/{LADDER}/README.md), share with its interval. \
         Wanted of the largest rung below a million parameters ({}, here the small one), and of the largest; \
         what is in **bold** misses it.\n\n| | n | wanted | {} |\n|---|---|---|{}\n| parameters | | | {} |\n",
        small.map_or("none", |place| rungs[place].name.as_str()),
        names.join(" | "),
        "---|".repeat(rungs.len()),
        sizes.join(" | ")
    );
    for line in &LINES {
        let cells: Vec<Option<Cell>> =
            rungs.iter().map(|folder| cell(line, &summary.setups_of(&folder.weights()))).collect();
        let of_small = small.and_then(|place| cells[place]).map(|cell| cell.mean);
        let shown = cells.iter().enumerate().map(|(place, cell)| {
            let Some(cell) = cell else { return "–".to_owned() };
            let wanted = match place {
                _ if Some(place) == small => line.wanted[0],
                _ if place + 1 == rungs.len() => line.wanted[1],
                _ => None,
            };
            match wanted {
                Some(wanted) if !wanted.is_met(cell.mean, of_small) => {
                    format!("**{}**", cell.percent())
                }
                _ => cell.percent(),
            }
        });
        let shown: Vec<String> = shown.collect();
        let n = cells.iter().flatten().map(|cell| cell.n).max().unwrap_or(0);
        let wanted = line
            .wanted
            .map(|wanted| wanted.map_or_else(|| "–".to_owned(), Wanted::words))
            .join(", ");
        let _ = writeln!(text, "| {} | {n} | {wanted} | {} |", line.title, shown.join(" | "));
    }
    text
}

/// The place of the largest rung below a million parameters.
fn small(rungs: &[&Folder]) -> Option<usize> {
    rungs.iter().rposition(|folder| folder.training.parameters <= 1_000_000)
}

/// What each rung answered when it had cost what the small one cost in all.
fn equal_compute(rungs: &[&Folder]) -> String {
    let Some(small) = small(rungs).map(|place| rungs[place]) else { return String::new() };
    let cost = |rung: &Folder, tokens| rung.training.operations(&rung.layout, tokens);
    let budget = cost(small, small.training.tokens.unwrap_or(0));
    // The last answers within the budget.
    let within: Vec<_> = rungs
        .iter()
        .map(|rung| rung.training.asked.iter().rfind(|asked| cost(rung, asked.tokens) <= budget))
        .collect();
    let streams: BTreeSet<&String> =
        within.iter().flatten().flat_map(|asked| asked.exact.keys()).collect();
    let names: Vec<&str> = rungs.iter().map(|rung| rung.name.as_str()).collect();
    let row =
        |of: &dyn Fn(usize) -> String| (0..rungs.len()).map(of).collect::<Vec<_>>().join(" | ");
    let mut text = format!(
        "\n## At equal compute\n\nThe table above compares sizes at equal tokens. This one stops each \
         rung where it had cost at most {:.3} PFLOP, what {} cost in all (6 × parameters × \
         tokens; a grown rung's first tokens count with the size it had then): share of answers of the \
         trainer's own questions, which nothing was trained on, that were right then. The larger \
         rungs are unlike what a training of that length would have made: their learning rate was \
         still high, and they had read nothing of the second course, and none of the passages with \
         names alike that end the first and that `dev-read-5` and `dev-none-5` ask about.\n\n\
         | | {} |\n|---|{}\n| tokens read | {} |\n",
        budget / 1e15,
        small.name,
        names.join(" | "),
        "---|".repeat(rungs.len()),
        row(&|place| within[place].map_or_else(|| "–".to_owned(), |asked| thousands(asked.tokens)))
    );
    for stream in streams {
        let share = |place: usize| {
            let share = within[place].and_then(|asked| asked.exact.get(stream));
            share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
        };
        let _ = writeln!(text, "| {stream} | {} |", row(&share));
    }
    text
}

/// Kinds of questions that are about the company's documents.
const COMPANY_KINDS: [&str; 7] = [
    "company-fact",
    "comparison",
    "contradiction",
    "extraction",
    "paraphrase",
    "two-steps",
    "typos",
];

fn embedder(reports: &BTreeMap<String, Summary>) -> String {
    let mut text = String::new();
    for (report, summary) in reports {
        for retriever in &summary.retrievers {
            if retriever.embedder.as_deref() != Some(EMBEDDER) {
                continue;
            }
            let (what, wanted) = match retriever.lexical {
                true => ("hybrid", AtLeast(0.95)),
                false => ("dense", AtLeast(0.9)),
            };
            let recall = |kind: &str| retriever.kinds.get(kind)?.get("recall@5").copied();
            let Some(facts) = recall("company-fact") else { continue };
            let bold = |share: f64, shown: String| match wanted.is_met(share, None) {
                true => shown,
                false => format!("**{shown}**"),
            };
            let all: Vec<Cell> = COMPANY_KINDS.iter().filter_map(|kind| recall(kind)).collect();
            let n: usize = all.iter().map(|cell| cell.n).sum();
            let mean = all.iter().map(|cell| cell.mean * cell.n as f64).sum::<f64>() / n as f64;
            let _ = writeln!(
                text,
                "| [{report}](../../reports/{report}/README.md) | {what} | {} | {} | {} | {n} | {} |",
                wanted.words(),
                facts.n,
                bold(facts.mean, facts.percent()),
                bold(mean, format!("{:.0} %", mean * 100.0))
            );
        }
    }
    match text.is_empty() {
        true => text,
        false => format!(
            "\n## The embedder\n\nRecall@5 on questions about the company: those that ask for one fact, and \
             all of them. Of a question in two steps the second page has nothing that the question \
             names, and of a comparison there are two pages to find.\n\n\
             | report | retriever | wanted | n | one fact | n | all |\n|---|---|---|---|---|---|---|\n{text}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::tests::{layout, training};
    use std::path::PathBuf;

    fn folder(name: &str, parameters: u64) -> Folder {
        Folder {
            name: name.to_owned(),
            path: PathBuf::new(),
            training: training(name, parameters),
            layout: layout(false),
            bytes: 1,
        }
    }

    fn setup(model: &str, of: &str, kind: &str, mean: f64) -> serde_json::Value {
        let cell =
            serde_json::json!({"n": 100, "mean": mean, "interval": [mean - 0.1, mean + 0.1]});
        serde_json::json!({
            "name": format!("{model}-{of}"), "model": model, "strategy": "oracle", "all": cell,
            "kinds": {kind: cell}, "valid_json": null,
        })
    }

    fn reports() -> BTreeMap<String, Summary> {
        let weights =
            |name: &str| serde_json::json!({"name": name, "weights": format!("models/lab/{name}")});
        let cell = |mean: f64| serde_json::json!({"n": 50, "mean": mean, "interval": [0.8, 1.0]});
        let mut small = setup("small", "closed-book", "public-head", 0.5);
        small["kinds"]["public-tail"] =
            setup("small", "closed-book", "public-tail", 0.05)["all"].take();
        let summary = serde_json::json!({
            "corpus": "lab",
            "models": [weights("small"), weights("large")],
            "setups": [
                setup("small", "oracle", "company-fact", 0.8),
                setup("large", "oracle", "company-fact", 0.96),
                small,
                setup("large", "closed-book", "public-tail", 0.125),
            ],
            "retrievers": [
                {"name": "dense", "lexical": false, "embedder": "models/lab/embedder",
                 "kinds": {"company-fact": {"recall@5": cell(0.85)}}},
                {"name": "hybrid", "lexical": true, "embedder": "models/lab/embedder",
                 "kinds": {"company-fact": {"recall@5": cell(0.97)}}},
            ],
        });
        BTreeMap::from([(LADDER.to_owned(), serde_json::from_value(summary).unwrap())])
    }

    #[test]
    fn what_is_missed_stands_out() {
        let page = page(&[folder("large", 4_000_000), folder("small", 900_000)], &reports());
        for line in [
            "| | n | wanted | [small](small/README.md) | [large](large/README.md) |",
            "| evidence shown, company facts: correct | 100 | ≥ 85 %, ≥ 95 % | **80 % [70, 90]** | 96 % [86, 106] |",
            "| closed book, often told: correct | 100 | ≤ 60 %, ≥ 90 % | 50 % [40, 60] | – |",
            "| closed book, seldom told: correct | 100 | ≤ 10 %, 10 points above the small one | 5 % [-5, 15] | **13 % [3, 23]** |",
            "| [ladder](../../reports/ladder/README.md) | dense | ≥ 90 % | 50 | **85 % [80, 100]** | 50 | **85 %** |",
            "| [ladder](../../reports/ladder/README.md) | hybrid | ≥ 95 % | 50 | 97 % [80, 100] | 50 | 97 % |",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }

    #[test]
    fn at_equal_compute_a_larger_rung_has_read_less() {
        let page = page(&[folder("large", 4_000_000), folder("small", 900_000)], &reports());
        // Small: 0.9 million x 10 million tokens; large comes that far at 2.25 million, last asked at 1.
        assert!(page.contains("| tokens read | 10,000,000 | 1,000,000 |"), "{page}");
        assert!(page.contains("| dev-head | 75 % | 25 % |"), "{page}");
    }

    #[test]
    fn without_a_report_there_is_no_table() {
        let page = page(&[folder("small", 900_000)], &BTreeMap::new());
        assert!(!page.contains('|'), "{page}");
    }
}
