//! Trials that are asked more than once: each with a seed of its own, whatever runs before or beside it.

use crate::project::{CLOSED_BOOK, HEAD, Project};
use crate::server::{Server, answer};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const QUESTIONS: usize = 24;
const REPEATS: usize = 3;

#[test]
fn flow_each_repeat_is_asked_with_its_own_seed() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seeds = Arc::clone(&asked);
    let server = Server::start(move |asked| {
        seeds.lock().unwrap().push(asked.body["seed"].as_u64().unwrap());
        answer("Oslo")
    });
    let model = format!(
        "repeats = {REPEATS}\n[model.m]\nopenai = {{ base_url = \"{}\", model = \"served\" }}\nsampling = {{ temperature = 0.7, seed = 5 }}\n",
        server.base_url
    );
    let project = Project::with(&[HEAD, &model, CLOSED_BOOK].concat());
    project.run(&[]).expect(0);
    let first: Vec<u64> = std::mem::take(&mut *asked.lock().unwrap());
    let different: BTreeSet<u64> = first.iter().copied().collect();
    assert_eq!((first.len(), different.len()), (QUESTIONS * REPEATS, QUESTIONS * REPEATS));
    let mut trials: Vec<(String, u64)> = project
        .trials()
        .iter()
        .map(|trial| {
            (trial["question"].as_str().unwrap().into(), trial["repeat"].as_u64().unwrap())
        })
        .collect();
    trials.sort();
    trials.dedup();
    assert_eq!(trials.len(), QUESTIONS * REPEATS);
    // Nothing is left to ask; asked anew, each trial has the seed that it had.
    project.run(&[]).expect(0);
    assert!(asked.lock().unwrap().is_empty());
    project.run(&["--fresh"]).expect(0);
    let again: BTreeSet<u64> = asked.lock().unwrap().iter().copied().collect();
    assert_eq!(again, different);
    // One repeat less leaves the seeds of the others.
    asked.lock().unwrap().clear();
    project.replace("experiments/x.toml", &format!("repeats = {REPEATS}"), "repeats = 1");
    project.run(&["--fresh"]).expect(0);
    let fewer: BTreeSet<u64> = asked.lock().unwrap().iter().copied().collect();
    assert_eq!(fewer.len(), QUESTIONS);
    assert!(fewer.is_subset(&different));
}
