//! The report as a whole: golden files, rebuilding, and the smallest experiments there are.

use crate::project::{CLOSED_BOOK, HEAD, LEXICAL, Project};
use crate::xml;
use serde_json::{Value, json};
use std::fs;

const WHOLE: [&str; 6] = [
    "README.md",
    "scores.csv",
    "summary.json",
    "figures/accuracy.svg",
    "figures/kinds.svg",
    "figures/frontier.svg",
];

/// A run with `model` as the table of model `m`, and its page.
fn page(model: &str, rest: &str) -> (Project, String) {
    let project = Project::with(&[HEAD, model, rest].concat());
    project.run(&[]);
    let page = project.read("reports/x/README.md");
    for name in WHOLE.iter().filter(|name| name.ends_with(".svg")) {
        if let Ok(svg) = fs::read_to_string(project.report(name)) {
            xml::texts(&svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
        }
    }
    for nonsense in ["NaN", "inf ", "-0 %", "None", "Some("] {
        assert!(!page.contains(nonsense), "{nonsense} in\n{page}");
    }
    (project, page)
}

/// One question, whatever it is.
fn one_question(text: &str) -> String {
    text.replace("split = \"test\"", "split = \"test\", sample = 1")
}

#[test]
fn flow_golden_report_of_the_tiny_project() {
    let project = Project::new();
    project.run(&[]).expect(0);
    project.ragscale(&["report", "reports/x", "--without-readings"]).expect(0);
    let page = project.read("reports/x/README.md");
    // Differs by machine and set of features.
    let page: String = page
        .lines()
        .map(|line| if line.starts_with("- ragscale ") { "- ragscale [build]" } else { line })
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(page.contains("- ragscale [build]"));
    insta::assert_snapshot!("readme", page);
    insta::assert_snapshot!("scores", project.read("reports/x/scores.csv"));
    insta::assert_snapshot!("summary", project.read("reports/x/summary.json"));
}

#[test]
fn flow_figures_are_xml_and_name_every_setup() {
    let project = Project::new();
    project.run(&[]).expect(0);
    let experiment = project.read("experiments/x.toml");
    let setups: Vec<&str> = experiment
        .lines()
        .filter_map(|line| line.strip_prefix("[setup.")?.strip_suffix(']'))
        .collect();
    assert_eq!(setups.len(), 6);
    for name in WHOLE.iter().filter(|name| name.ends_with(".svg")) {
        let texts = xml::texts(&project.read(&format!("reports/x/{name}"))).unwrap();
        for setup in &setups {
            // A long name may be shortened, not left out.
            let begins = &setup[..setup.len().min(12)];
            assert!(texts.iter().any(|text| text.starts_with(begins)), "{setup} in {name}");
        }
        assert!(project.read("reports/x/README.md").contains(&format!("]({name})")));
    }
}

#[test]
fn flow_a_report_is_made_again_from_its_folder_alone() {
    let project = Project::new();
    project.run(&[]).expect(0);
    let before: Vec<_> = WHOLE.iter().map(|name| fs::read(project.report(name)).unwrap()).collect();
    for name in WHOLE {
        fs::remove_file(project.report(name)).unwrap();
    }
    for name in ["corpora", "experiments", ".ragscale"] {
        fs::remove_dir_all(project.path(name)).unwrap();
    }
    // By any path that leads there.
    for (folder, current) in [("reports/x", "."), ("x", "reports"), (".", "reports/x")] {
        let mut command = project.command(&["report", folder, "--quiet"]);
        let status = command.current_dir(project.path(current)).status().unwrap();
        assert!(status.success());
        for (name, bytes) in WHOLE.iter().zip(&before) {
            assert!(fs::read(project.report(name)).unwrap() == *bytes, "{name} differs");
        }
    }
}

#[test]
fn flow_without_readings_no_clock_is_left() {
    let project = Project::new();
    project.run(&[]).expect(0);
    project.ragscale(&["report", "reports/x", "--without-readings"]).expect(0);
    assert!(!project.report("figures/frontier.svg").exists(), "it shows seconds");
    let page = project.read("reports/x/README.md");
    assert!(!page.contains("frontier") && !page.contains("Machine") && !page.contains(" ms"));
    // The next run shows them again.
    project.run(&[]).expect(0);
    assert!(project.report("figures/frontier.svg").is_file());
    assert!(project.read("reports/x/README.md").contains("- Machine: "));
}

#[test]
fn flow_one_setup_has_nothing_to_be_compared_with() {
    let (_, page) = page("\n[model.m]\nscripted = {}\n", CLOSED_BOOK);
    assert!(page.contains("**only** gets "), "{page}");
    assert!(page.contains("It is the only setup here"));
    assert!(page.contains("**Not a model**"));
}

#[test]
fn flow_one_question_decides_nothing() {
    let head = one_question(HEAD);
    let model = "\n[model.m]\nscripted = { reads = 1.0, knows = 0.0 }\n";
    let project = Project::with(&[&head, model, CLOSED_BOOK, LEXICAL].concat());
    project.run(&[]).expect(0);
    let page = project.read("reports/x/README.md");
    assert!(page.contains("Asked 1 question"), "{page}");
    assert!(!page.contains(" wins: "), "one question cannot tell setups apart\n{page}");
    let row = page.lines().find(|line| line.starts_with("| only | lexical |")).unwrap();
    assert!(row.contains("| undecided |"), "{row}");
}

#[test]
fn flow_all_right_leaves_no_wrong_trial_to_show() {
    let model = "\n[model.m]\nscripted = { reads = 1.0, knows = 1.0, declines = 1.0 }\n";
    let (_, page) = page(model, &[CLOSED_BOOK, LEXICAL].concat());
    assert!(page.contains("| only | 100 % ["), "{page}");
    assert!(page.contains("No trial was wrong."));
    assert!(page.contains("**No single winner**"));
}

#[test]
fn flow_all_wrong_is_zero_with_an_interval() {
    let model = "\n[model.m]\nscripted = { reads = 0.0, knows = 0.0, declines = 0.0 }\n";
    let (_, page) = page(model, CLOSED_BOOK);
    assert!(page.contains("| only | 0 % [0, "), "{page}");
}

#[test]
fn flow_all_failed_is_said_and_counts_as_wrong() {
    let (project, page) = page("\n[model.m]\nscripted = { fails = 1.0 }\n", CLOSED_BOOK);
    assert!(page.contains("**Model `m` did not run**"), "{page}");
    assert!(page.contains("**Not finished**"));
    assert!(page.contains("| 24 of 24 |"));
    assert!(page.contains("all right: only 0 % to 100 %."), "{page}");
    assert!(!project.report("figures/frontier.svg").exists(), "nothing was timed");
}

#[test]
fn flow_answers_in_json() {
    let model = "\n[model.m]\nscripted = { knows = 1.0 }\n[model.n]\nscripted = { knows = 0.0, declines = 1.0 }\n";
    let other = "\n[setup.other]\nmodel = \"n\"\nstrategy.closed-book = {}\n";
    let project = Project::with(&[HEAD, model, CLOSED_BOOK, other].concat());
    let question = |id: &str, answer: &str| {
        json!({
            "id": id, "question": "How many members are there?", "answers": [answer],
            "evidence": [{"document": "members.txt", "quote": "There are 214 members."}],
            "kind": "number", "split": "test",
        })
    };
    let mut asked = question("json", r#"{"members": 214}"#);
    asked["schema"] = json!({"type": "object", "required": ["members"]});
    project.questions(&[asked, question("text", "214")]);
    project.run(&[]).expect(0);
    let page = project.read("reports/x/README.md");
    // Wilson of 1 of 1 at z = 1.96: from 1 ÷ (1 + 3.84) = 21 % to 100 %.
    assert!(page.contains("| only | 1 | 100 % [21, 100] | 100 % [21, 100] |"), "{page}");
    assert!(page.contains("| other | 1 | 0 % [0, 79] | 0 % [0, 79] |"), "{page}");
    let scores = project.read("reports/x/scores.csv");
    let column = scores.lines().next().unwrap().split(',').position(|name| name == "valid_json");
    let column = column.unwrap();
    // Neither setups nor questions have a comma in what stands before.
    let values: Vec<&str> =
        scores.lines().skip(1).map(|line| line.split(',').nth(column).unwrap()).collect();
    assert_eq!(values, ["1", "", "0", ""]);
    for trial in project.trials() {
        let prompt = trial["prompt"].as_str().unwrap();
        let sentence = r#"Answer with JSON that satisfies this schema: {"type":"object","required":["members"]}"#;
        assert_eq!(prompt.contains(sentence), trial["question"] == "json", "{prompt}");
    }
}

#[test]
fn flow_of_many_pairs_those_of_the_leader_are_shown_and_the_others_folded() {
    let rest: String = (0..6)
        .map(|number| {
            let share = f64::from(number) / 10.0;
            format!(
                "\n[model.n{number}]\nscripted = {{ knows = {share:.1} }}\n\
                 [setup.s{number}]\nmodel = \"n{number}\"\nstrategy.closed-book = {{}}\n"
            )
        })
        .collect();
    let (_project, page) =
        page("\n[model.m]\nscripted = { knows = 1.0 }\n", &[CLOSED_BOOK, &rest].concat());
    let (_, verdicts) = page.split_once("## Verdicts").unwrap();
    let (verdicts, _) = verdicts.split_once("## By kind").unwrap();
    let (shown, folded) = verdicts.split_once("<details>").unwrap();
    // Seven setups are 21 pairs, six of them the leader's; a table has two more lines.
    let rows = |part: &str| part.lines().filter(|line| line.starts_with('|')).count() - 2;
    assert_eq!((rows(shown), rows(folded)), (6, 15), "{verdicts}");
    assert!(shown.contains("These are the pairs of **only**, which leads."), "{shown}");
    assert!(!folded.contains("only |"), "{folded}");
    assert!(folded.contains("<summary>The other 15 pairs</summary>"), "{folded}");
}

#[test]
fn flow_a_note_of_the_weights_stands_first() {
    let project = Project::with(&[HEAD, "\n[model.m]\nscripted = {}\n", CLOSED_BOOK].concat());
    project.run(&[]).expect(0);
    // Weights with a note need an engine to be run; what it leaves behind does not.
    let mut provenance: Value =
        serde_json::from_str(&project.read("reports/x/provenance.json")).unwrap();
    provenance["notes"] = json!(["A <b>laboratory</b> model.", "Another."]);
    project.write("reports/x/provenance.json", provenance.to_string());
    project.ragscale(&["report", "reports/x"]).expect(0);
    let page = project.read("reports/x/README.md");
    let first = "> **Note of the weights**: A &lt;b&gt;laboratory&lt;/b&gt; model.";
    // Heading, two sentences, note, each after an empty line.
    let lines: Vec<&str> = page.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[2..4], [first, "> **Note of the weights**: Another."], "{page}");
    let (_, caveats) = page.split_once("## Caveats").unwrap();
    assert!(caveats.contains("- **Note of the weights**: A &lt;b&gt;laboratory"), "{caveats}");
}

#[test]
fn flow_only_an_oracle_cannot_be_chosen() {
    let oracle = "\n[setup.ceiling]\nmodel = \"m\"\nstrategy.oracle = {}\n";
    let (_, page) = page("\n[model.m]\nscripted = {}\n", oracle);
    assert!(page.contains("\nGiven the evidence: **ceiling** gets "), "{page}");
    assert!(page.contains("All setups here are oracles, and none can be run for real."), "{page}");
}
