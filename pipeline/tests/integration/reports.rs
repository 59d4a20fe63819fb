//! The list of reports: `ragscale reports`.

use crate::project::{CLOSED_BOOK, HEAD, Project};

/// Experiments `x` (of the tiny project) and `a`, both run and listed.
fn listed() -> Project {
    let project = Project::new();
    let model = "\n[model.m]\nscripted = { knows = 0.5 }\n";
    let title = HEAD.replace("A test", "A | [first](http://evil.example) <b>");
    project.write("experiments/a.toml", [&title, model, CLOSED_BOOK].concat());
    project.run(&["--quiet"]).expect(0);
    project.ragscale(&["run", "experiments/a.toml", "--quiet"]).expect(0);
    project.ragscale(&["reports"]).expect(0);
    project
}

#[test]
fn flow_reports_are_listed_with_what_they_found() {
    let project = listed();
    let page = project.read("reports/README.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| [")).collect();
    assert_eq!(rows.len(), 2, "{page}");
    assert!(rows[0].contains("](a/README.md) | tiny | 24 | 1 | **only** gets "), "{}", rows[0]);
    assert!(rows[0].contains("A &#124; \\[first\\]") && !page.contains('<'));
    // The first sentence of the report itself.
    let report = project.read("reports/x/README.md");
    let first = report.lines().find(|line| line.starts_with("**")).unwrap();
    let found = rows[1].rsplit(" | ").next().unwrap();
    let found = found.split(" (The scripted stand-in").next().unwrap();
    assert!(found.len() > 40 && first.starts_with(found), "{found}\n{first}");
    // A folder by another path, from elsewhere.
    let before = project.files("reports");
    project.ragscale(&["reports", "./reports/../reports", "--quiet"]).expect(0);
    assert!(project.files("reports") == before);
}

#[test]
fn flow_a_list_that_is_not_what_the_reports_say_is_told() {
    let project = listed();
    project.ragscale(&["reports", "--check"]).expect(0);
    project.replace("reports/README.md", "only", "other");
    let stale = project.read("reports/README.md");
    project.ragscale(&["reports", "--check"]).expect(1).says(&[
        "error: reports/README.md is not what",
        "hint: write it with `ragscale reports reports`",
    ]);
    assert_eq!(project.read("reports/README.md"), stale, "a check writes nothing");
    std::fs::remove_file(project.path("reports/README.md")).unwrap();
    project.ragscale(&["reports", "--check"]).expect(1);
}

#[test]
fn flow_a_report_that_cannot_be_read_is_named() {
    let project = listed();
    project.write("reports/notes/README.md", "no report");
    project.ragscale(&["reports", "--check"]).expect(0);
    project.write("reports/a/plan.toml", "title = 1");
    project.ragscale(&["reports"]).expect(2).says(&["error: cannot read the report reports/a"]);
    project.ragscale(&["reports", "nowhere"]).expect(2).says(&["nowhere is no folder", "hint: "]);
}
