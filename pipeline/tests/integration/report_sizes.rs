//! The sections of a report that show what size does: drawn where setups differ in nothing else.

use crate::project::{HEAD, Project};
use crate::xml;
use serde_json::Value;

const FIGURES: [&str; 3] = ["figures/ladder.svg", "figures/rarity.svg", "figures/context.svg"];
/// Name, parameters, active ones, and what the stand-in knows by heart.
const MODELS: [(&str, u64, u64, f64); 5] = [
    ("m03", 300_000, 300_000, 0.05),
    ("m1", 1_000_000, 1_000_000, 0.2),
    ("m3", 3_000_000, 3_000_000, 0.3),
    ("experts", 3_100_000, 1_000_000, 0.4),
    ("m8", 8_000_000, 8_000_000, 0.6),
];

/// All models closed book, two with retrieval, one with three lengths of context; run and reported.
fn sized() -> Project {
    let mut text = HEAD.to_owned();
    text +=
        "[retriever.lexical]\nchunks  = { tokens = 40, overlap = 8 }\nlexical = { tantivy = {} }\n";
    for (name, _, _, knows) in MODELS {
        text += &format!("[model.{name}]\nscripted = {{ reads = 0.8, knows = {knows} }}\n");
        text += &format!("[setup.{name}-alone]\nmodel = \"{name}\"\nstrategy.closed-book = {{}}\n");
    }
    for name in ["m03", "m3"] {
        text += &format!(
            "[setup.{name}-lexical]\nmodel = \"{name}\"\nstrategy.retrieval = {{ retriever = \"lexical\", passages = 3 }}\n"
        );
    }
    for tokens in [60, 120, 240] {
        text += &format!(
            "[setup.long-{tokens}]\nmodel = \"m1\"\nstrategy.long-context = {{ budget_tokens = {tokens}, retriever = \"lexical\" }}\n"
        );
    }
    let project = Project::with(&text);
    for (kind, rarity) in [("fact", "public-head"), ("number", "public-tail")] {
        project.replace("corpora/tiny/questions.jsonl", &quoted(kind), &quoted(rarity));
    }
    project.run(&[]).expect(0);
    project
}

fn quoted(kind: &str) -> String {
    format!("\"kind\": \"{kind}\"")
}

/// Gives the stand-ins a size, which they do not have, and makes the report again.
fn report(project: &Project, of: impl Fn(u64) -> Value) -> String {
    let name = "reports/x/provenance.json";
    let mut provenance: Value = serde_json::from_str(&project.read(name)).unwrap();
    for (model, parameters, active, _) in MODELS {
        let facts = &mut provenance["models"][model]["facts"];
        facts["parameters"] = of(parameters);
        facts["active_parameters"] = of(active);
    }
    project.write(name, provenance.to_string());
    project.ragscale(&["report", "reports/x", "--without-readings"]).expect(0);
    project.read("reports/x/README.md")
}

#[test]
fn flow_sizes_are_drawn_and_said() {
    let project = sized();
    let page = report(&project, Value::from);
    let alike = ["closed-book", "lexical retrieval", "0.3M", "1M", "3M"];
    for (name, texts) in [
        (
            FIGURES[0],
            [&alike[..], &["hollow: a mixture of experts, at its total parameters"]].concat(),
        ),
        (FIGURES[1], alike.to_vec()),
        (FIGURES[2], vec!["m1 long-context", "tokens of the prompt, mean"]),
    ] {
        let svg = project.read(&format!("reports/x/{name}"));
        let shown = xml::texts(&svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
        for text in texts {
            assert!(shown.iter().any(|other| other == text), "{text} in {name}: {shown:?}");
        }
        assert!(page.contains(&format!("]({name})")));
    }
    assert!(page.contains("| 3.1 M (1.0 M active) |"), "{page}");
    let section = |from: &str, to: &str| {
        let at = page.find(from).unwrap();
        &page[at..at + page[at..].find(to).unwrap()]
    };
    let sections = [
        section("## By size of the model", "## Verdicts"),
        section("## By kind of question", "## Retrieval"),
    ];
    insta::assert_snapshot!("sizes", sections.concat());
}

#[test]
fn flow_without_known_sizes_nothing_of_them_is_left() {
    let project = sized();
    report(&project, Value::from);
    let page = report(&project, |_| Value::Null);
    assert!(!page.contains("## By size of the model") && !page.contains("ladder.svg"));
    assert!(!page.contains("rarity.svg"));
    for name in &FIGURES[..2] {
        assert!(!project.report(name).exists(), "{name} shows an earlier report's numbers");
    }
    // Tokens are known without parameters.
    assert!(page.contains("## By length of the prompt") && project.report(FIGURES[2]).is_file());
}
