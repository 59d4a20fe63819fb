//! How fast models were on this machine, and how long their answers.
//!
//! Enters: a folder of reports. Leaves: tokens of an answer for each model that ran, and seconds a token for
//! each that ran here. Does not: guess what another machine would take.

use super::provenance::{Machine, Provenance};
use super::{Trial, store};
use crate::config::{self, ModelPlan, ModelSource};
use crate::file;
use crate::fingerprint::Fingerprint;
use crate::model::ModelFacts;
use std::collections::HashMap;
use std::path::Path;

/// What a speed belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum SpeedKey {
    /// Weights, and threads that a worker computes with.
    Weights(Fingerprint, Option<usize>),
    /// A server's address and its name for the model.
    Endpoint(String, String),
}

impl SpeedKey {
    /// Of a model; none where answers take no time of a model's.
    pub fn of(plan: &ModelPlan, facts: &ModelFacts, threads: Option<usize>) -> Option<Self> {
        match &plan.source {
            ModelSource::Mistralrs(_) => Some(Self::Weights(facts.sha256.clone()?, threads)),
            ModelSource::Openai(endpoint) => {
                Some(Self::Endpoint(endpoint.base_url.clone(), endpoint.model.clone()))
            }
            ModelSource::Recorded(_) | ModelSource::Scripted(_) => None,
        }
    }
}

/// How a model did in earlier runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Speed {
    /// For a token of the prompt, and for one of the answer; none where no clock of this machine was read.
    seconds_per_token: Option<(f64, f64)>,
    /// Mean of an answer, on whatever machine.
    pub answer_tokens: f64,
}

impl Speed {
    /// Seconds for so many tokens, one request at a time.
    pub fn seconds(&self, prompt_tokens: usize, answer_tokens: usize) -> Option<f64> {
        let (prompt, answer) = self.seconds_per_token?;
        Some(prompt_tokens as f64 * prompt + answer_tokens as f64 * answer)
    }

    /// Of one model's trials, each with whether it ran on this machine.
    fn of(trials: &[(bool, Trial)]) -> Option<Self> {
        let answered = trials.iter().filter_map(|(here, trial)| Some((*here, trial.generation()?)));
        let (mut prompt, mut answer, mut reading, mut writing) = (0, 0, 0.0, 0.0);
        let (mut all_tokens, mut count) = (0, 0);
        for (here, generation) in answered {
            all_tokens += generation.answer_tokens.count;
            count += 1;
            if let Some(seconds) = generation.clock.seconds.filter(|_| here) {
                // Of an answer that came in one piece, all the time counts as writing.
                let first = generation.clock.first_token_seconds.unwrap_or(0.0);
                prompt += generation.prompt_tokens.count;
                answer += generation.answer_tokens.count;
                reading += first;
                writing += seconds - first;
            }
        }
        let is_known = prompt > 0 && answer > 0 && writing > 0.0;
        (all_tokens > 0).then(|| Self {
            seconds_per_token: is_known.then(|| (reading / prompt as f64, writing / answer as f64)),
            answer_tokens: all_tokens as f64 / f64::from(count),
        })
    }
}

/// What the reports of a folder tell; seconds are those of `machine`. A report that cannot be read tells
/// nothing.
pub(super) fn speeds(reports: &Path, machine: &Machine) -> HashMap<SpeedKey, Speed> {
    let mut trials_of: HashMap<SpeedKey, Vec<(bool, Trial)>> = HashMap::new();
    let Ok(folders) = std::fs::read_dir(reports) else { return HashMap::new() };
    let mut folders: Vec<_> = folders.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders {
        let provenance = file::read(&folder.join("provenance.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Provenance>(&bytes).ok());
        let experiment = file::read_text(&folder.join("plan.toml"))
            .ok()
            .and_then(|text| config::parse("x", &folder, &text).ok());
        let (Some(provenance), Some((experiment, _))) = (provenance, experiment) else { continue };
        let keys: HashMap<&str, SpeedKey> = experiment
            .setups
            .iter()
            .filter_map(|setup| {
                let run = provenance.models.get(&setup.model)?;
                let key = SpeedKey::of(experiment.model(&setup.model)?, &run.facts, run.threads)?;
                Some((setup.name.as_str(), key))
            })
            .collect();
        let here = is_of(&provenance, machine);
        for trial in store::read(&folder.join("trials.jsonl")).unwrap_or_default() {
            if let Some(key) = keys.get(trial.setup.as_str()) {
                trials_of.entry(key.clone()).or_default().push((here, trial));
            }
        }
    }
    trials_of.into_iter().filter_map(|(key, trials)| Some((key, Speed::of(&trials)?))).collect()
}

/// Whether the clocks of a report were read on `machine`: the same processor, and as many cores of it.
fn is_of(provenance: &Provenance, machine: &Machine) -> bool {
    let ran_on = &provenance.machine;
    (&ran_on.processor, ran_on.cores) == (&machine.processor, machine.cores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Manifest;
    use crate::run::provenance::{Build, CorpusFacts, ModelRun};
    use crate::run::store::TrialStore;
    use std::collections::BTreeMap;

    const PLAN: &str = r#"
title = "x"
corpus = "lab"
[model.m]
openai = { base_url = "http://localhost:8000/v1", model = "served" }
[model.fake]
scripted = {}
[setup.s]
model = "m"
strategy.closed-book = {}
[setup.f]
model = "fake"
strategy.closed-book = {}
"#;

    fn machine(processor: &str, cores: usize) -> Machine {
        let system = "Linux".into();
        Machine { processor: processor.into(), cores, memory_bytes: 1 << 34, system }
    }

    fn provenance(source: &str) -> Provenance {
        let run = ModelRun {
            facts: ModelFacts { source: source.into(), ..ModelFacts::default() },
            concurrency: 8,
            threads: None,
            context_tokens: Some(32_768),
            failure: None,
            identity: None,
            rejected_fields: Default::default(),
        };
        Provenance {
            build: Build::current(),
            machine: machine("Model T", 4),
            corpus: CorpusFacts {
                name: "lab".into(),
                title: "Lab".into(),
                language: "en".into(),
                licence: "CC0-1.0".into(),
                manifest: Manifest {
                    documents: Vec::new(),
                    questions_sha256: Fingerprint::of(b""),
                    questions: 1,
                },
            },
            models: BTreeMap::from([("m".to_owned(), run.clone()), ("fake".to_owned(), run)]),
            retrievers: BTreeMap::new(),
            experiment_sha256: Fingerprint::of(b""),
            warnings: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// 100 tokens in and 10 out; the first came after `first` seconds, the last after `all`.
    fn trial(setup: &str, first: Option<f64>, all: f64) -> Trial {
        serde_json::from_value(serde_json::json!({
            "setup": setup, "question": "q", "repeat": 0, "fingerprint": "f", "prompt": "",
            "passages": [], "cut_passages": 0, "outcome": {"answered": {
                "text": "x", "finish": "stop",
                "prompt_tokens": {"count": 100, "by": "engine"},
                "answer_tokens": {"count": 10, "by": "engine"},
                "clock": {"first_token_seconds": first, "seconds": all},
            }},
        }))
        .unwrap()
    }

    fn reports(trials: &[Trial]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("one");
        TrialStore::open(&report.join("trials.jsonl")).unwrap().store.append(trials).unwrap();
        let provenance = serde_json::to_vec(&provenance("openai")).unwrap();
        file::write_whole(&report.join("provenance.json"), &provenance).unwrap();
        file::write_whole(&report.join("plan.toml"), PLAN.as_bytes()).unwrap();
        folder
    }

    #[test]
    fn an_endpoint_s_speed_is_known_where_it_was_read() {
        let folder = reports(&[
            trial("s", Some(0.5), 1.0),
            trial("s", Some(1.5), 3.0),
            trial("f", Some(9.0), 9.5),
        ]);
        let speeds = speeds(folder.path(), &machine("Model T", 4));
        let key = SpeedKey::Endpoint("http://localhost:8000/v1".into(), "served".into());
        assert_eq!(speeds.keys().collect::<Vec<_>>(), [&key]);
        // 2 s for 200 tokens in, 2 s for 20 out.
        assert_eq!(speeds[&key].answer_tokens, 10.0);
        let seconds = speeds[&key].seconds(1000, 50).unwrap();
        assert!((seconds - (10.0 + 5.0)).abs() < 1e-9);
    }

    #[test]
    fn readings_of_another_machine_tell_how_long_answers_are_and_no_time() {
        let folder = reports(&[trial("s", Some(0.5), 1.0)]);
        for other in [machine("Model T", 8), machine("Model A", 4)] {
            let speeds = speeds(folder.path(), &other);
            let speed = speeds.values().next().unwrap();
            assert_eq!((speed.seconds(1000, 50), speed.answer_tokens), (None, 10.0), "{other:?}");
        }
    }

    #[test]
    fn an_answer_in_one_piece_has_a_speed_too() {
        let folder = reports(&[trial("s", None, 1.0), trial("s", None, 3.0)]);
        let speeds = speeds(folder.path(), &machine("Model T", 4));
        let speed = speeds.values().next().unwrap();
        assert!((speed.seconds(1000, 50).unwrap() - 10.0).abs() < 1e-9);
    }
}
