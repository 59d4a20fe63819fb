//! `ragscale questions review`, and drafts in an experiment.

use crate::halls::{draft, drafts, project};
use crate::project::{Finished, Project};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

fn typed(project: &Project, arguments: &[&str], text: &str) -> Finished {
    let mut command = project.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Finished::of(child.wait_with_output().unwrap())
}

#[test]
fn flow_drafts_are_reviewed_asked_and_reported() {
    let project = project();
    fs::remove_file(project.path("corpora/halls/questions.jsonl")).unwrap();
    draft(&project, &["--quiet"]).expect(0);
    let open = drafts(&project).iter().filter(|one| one["status"] == "draft").count();
    assert_eq!(open, 4, "with no question of a person, that of the clock is no repetition");
    let run = ["run", "experiments/x.toml", "--quiet"];
    // Nothing is asked that nobody has looked at, unless the file says so.
    project.ragscale(&run).expect(2).says(&["questions.jsonl is missing"]);
    let reviewed = typed(&project, &["questions", "review", "halls"], "a\nr\nno\na\nq\n").expect(0);
    assert!(
        reviewed.stdout.ends_with("accepted 2, rejected 1, skipped 0; 1 left\n"),
        "{}",
        reviewed.stdout
    );
    project.ragscale(&run).expect(0);
    let page = project.read("reports/x/README.md");
    assert!(
        page.contains(
            "included. 2 of them were drafted by a model, and a person accepted all of these."
        ),
        "{page}"
    );
    assert!(!page.contains("Not reviewed"));
    project.replace("experiments/x.toml", "split = \"test\"", "split = \"test\", drafts = true");
    project.ragscale(&run).expect(0);
    let page = project.read("reports/x/README.md");
    assert!(page.contains("3 of them were drafted by a model, of which a person accepted 2 and nobody has looked at the other 1."), "{page}");
    assert!(
        page.contains("> **Not reviewed**: 1 of 3 questions were drafted by a model"),
        "{page}"
    );
    let summary: Value = serde_json::from_str(&project.read("reports/x/summary.json")).unwrap();
    assert_eq!(summary["drafts"], json!({"drafted": 3, "accepted": 2}));
    // The one that is left, through a spreadsheet.
    project.ragscale(&["questions", "review", "halls", "--export", "sheet.csv"]).expect(0);
    let sheet = project.read("sheet.csv");
    let (head, row) = sheet.split_once('\n').unwrap();
    project.write("sheet.csv", format!("{head}\naccept{row}"));
    project
        .ragscale(&["questions", "review", "halls", "--export", "sheet.csv"])
        .expect(2)
        .says(&["sheet.csv is there already", "hint: name another file"]);
    let imported =
        project.ragscale(&["questions", "review", "halls", "--import", "sheet.csv"]).expect(0);
    assert_eq!(imported.stdout, "accepted 1, rejected 0, skipped 0; 0 left\n");
    assert_eq!(project.read("corpora/halls/questions.jsonl").lines().count(), 3);
}
