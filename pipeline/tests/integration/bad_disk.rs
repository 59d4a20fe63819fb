//! Disks that are full, folders that cannot be written, files of another version.

use crate::project::{CLOSED_BOOK, Finished, HEAD, LEXICAL, Project};
use std::fs;
use std::process::Command;

const MODEL: &str = "\n[model.m]\nscripted = {}\n";

fn project() -> Project {
    Project::with(&[HEAD, MODEL, CLOSED_BOOK, LEXICAL].concat())
}

/// `unshare` with the flags that give this user a mount namespace, where the system has them.
fn namespace() -> Option<Vec<&'static str>> {
    [vec!["-m"], vec!["-r", "-m"]].into_iter().find(|flags| {
        let script = "mount -t tmpfs -o size=64k none /tmp";
        let tried = Command::new("unshare").args(flags).args(["sh", "-c", script]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// Runs a shell script in a mount namespace of its own, with the program as `$0`; none where the
/// system does not allow that.
fn in_namespace(project: &Project, script: &str) -> Option<Finished> {
    let Some(flags) = namespace() else {
        eprintln!("skipped: this user may not make a mount namespace");
        return None;
    };
    let mut command = Command::new("unshare");
    command.args(flags).args(["sh", "-c", script, env!("CARGO_BIN_EXE_ragscale")]);
    Some(Finished::of(command.current_dir(project.path(".")).output().unwrap()))
}

#[test]
fn flow_a_full_disk_keeps_what_was_finished() {
    let project = project();
    project.run(&[]).expect(0);
    let whole = project.read("reports/x/trials.jsonl");
    let bytes = |name: &str| fs::metadata(project.report(name)).unwrap().len();
    // Room for everything that comes before the trials, and half of these; in pages of 4 KiB.
    let pages = |name: &str| bytes(name).div_ceil(4096);
    let before = ["plan.toml", "questions.jsonl", "hits.jsonl", "provenance.json"];
    let before: u64 = before.into_iter().map(pages).sum();
    let size = 4 * (before + pages("trials.jsonl") / 2);
    fs::remove_dir_all(project.path("reports/x")).unwrap();

    let script = format!(
        r#"mount -t tmpfs -o size={size}k none reports || exit 99
"$0" run experiments/x.toml; first=$?
cp -a reports/x first
mount -o remount,size=10m reports || exit 99
"$0" run experiments/x.toml || exit 98
cp -a reports/x second
exit $first"#
    );
    let Some(finished) = in_namespace(&project, &script) else { return };
    finished.expect(1).says(&[
        "No space left on device",
        "reports/x/",
        "hint: free some disk space and run the same command again: finished trials are kept",
    ]);
    let kept = project.read("first/trials.jsonl");
    let end = kept.rfind('\n').unwrap() + 1;
    assert!(end < whole.len(), "the disk was never full");
    assert!(kept[..end].lines().count() > 1, "no trial fitted: {size} KiB");
    // With room again it goes on, and ends where an undisturbed run ends.
    assert_eq!(project.read("second/trials.jsonl"), whole);
    let again = project.read("second/trials.jsonl");
    assert!(kept[..end].lines().all(|line| again.contains(line)));
}

#[test]
fn flow_a_read_only_reports_folder() {
    let project = project();
    project.write("reports/readme", "");
    let script = r#"mount --bind reports reports && mount -o remount,ro,bind reports || exit 99
"$0" check experiments/x.toml; test $? = 2 || exit 97
"$0" run experiments/x.toml"#;
    let Some(finished) = in_namespace(&project, script) else { return };
    finished.expect(2).says(&[
        "experiments/x.toml:1:",
        "cannot write to ",
        "/reports",
        "readable and writable",
    ]);
}

#[test]
fn flow_a_file_in_place_of_the_reports_folder() {
    for name in ["reports", "reports/x"] {
        let project = project();
        project.write(name, "a file");
        for command in ["check", "run"] {
            project
                .ragscale(&[command, "experiments/x.toml"])
                .expect(2)
                .says(&[&format!("{name} is not a folder"), "help: move it away"]);
        }
        assert_eq!(project.read(name), "a file");
    }
}

#[test]
fn flow_trials_of_an_older_schema() {
    let project = project();
    project.run(&[]).expect(0);
    let text = project.read("reports/x/trials.jsonl");
    for (header, found) in [("{\"ragscale_trials\":0}", "has schema 0"), ("{}", "has schema none")]
    {
        let (_, trials) = text.split_once('\n').unwrap();
        let old = format!("{header}\n{trials}");
        project.write("reports/x/trials.jsonl", &old);
        for arguments in [&["run", "experiments/x.toml"][..], &["report", "reports/x"]] {
            project.ragscale(arguments).expect(2).says(&[
                "reports/x/trials.jsonl",
                found,
                "hint: run with `--fresh` to set the old folder aside",
            ]);
        }
        assert_eq!(project.read("reports/x/trials.jsonl"), old, "it is left as it was");
    }
    project.run(&["--fresh"]).expect(0);
    assert_eq!(project.read("reports/x/trials.jsonl"), text);
    assert!(project.read("reports/x.1/trials.jsonl").starts_with("{}\n"));
}

#[test]
fn flow_a_broken_line_is_named_and_nothing_is_lost() {
    let project = project();
    project.run(&[]).expect(0);
    let text = project.read("reports/x/trials.jsonl");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[6] = "{\"setup\": ";
    let broken = lines.join("\n") + "\n";
    project.write("reports/x/trials.jsonl", &broken);
    project.run(&[]).expect(1).says(&[
        "reports/x/trials.jsonl:7: not a valid record",
        "hint: ",
        "delete line 7",
    ]);
    assert_eq!(project.read("reports/x/trials.jsonl"), broken);
    // The remedy helps.
    lines.remove(6);
    project.write("reports/x/trials.jsonl", lines.join("\n") + "\n");
    assert_eq!(project.run(&["--json"]).expect(0).done()["ran"], 1);
    assert_eq!(project.read("reports/x/trials.jsonl"), text);
}

#[test]
fn flow_hits_that_cannot_be_read_are_made_again() {
    let project = project();
    project.run(&[]).expect(0);
    let text = project.read("reports/x/hits.jsonl");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[3] = "{\"retriever\": ";
    lines[5] = "\u{0}\u{0}";
    project.write("reports/x/hits.jsonl", lines.join("\n") + "\n");
    let finished = project.run(&["--json"]).expect(0);
    let told = "lines that cannot be read are left out (2); their hits are made again";
    assert!(finished.stdout.contains(told), "{}", finished.stdout);
    assert_eq!(finished.done()["ran"], 0);
    let again = project.read("reports/x/hits.jsonl");
    let places = |text: &str| {
        let value = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
        text.lines()
            .map(|line| (value(line)["question"].clone(), value(line)["hits"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(places(&again), places(&text));
    // A line too many is taken out, though nothing is made.
    project.write("reports/x/hits.jsonl", format!("{again}garbage\n"));
    project.run(&[]).expect(0).says(&["lines that cannot be read are left out (1)"]);
    assert_eq!(project.read("reports/x/hits.jsonl"), again);
}

#[test]
fn flow_a_report_whose_files_are_gone() {
    let project = project();
    project
        .ragscale(&["report", "reports/x"])
        .expect(2)
        .says(&["hint: name a folder below `reports/`"]);
    project.run(&[]).expect(0);
    fs::remove_file(project.report("questions.jsonl")).unwrap();
    project.ragscale(&["report", "reports/x"]).expect(1).says(&["questions.jsonl", "hint: "]);
    // A run writes it again.
    project.run(&[]).expect(0);
    project.ragscale(&["report", "reports/x"]).expect(0);
}
