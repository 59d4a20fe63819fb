//! `ragscale worker` with a real engine and a tiny model.

use crate::tiny_model::{TinyModel, WINDOW};
use ragscale::config::{DataType, Device, Sampling, Weights};
use ragscale::model::worker::{Ask, FromWorker, Load, PROTOCOL, ToWorker, WorkerPool, WorkerSpec};
use ragscale::model::{Generation, LanguageModel, Request};
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ragscale");

fn model_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    TinyModel::new(5).write_safetensors(folder.path());
    folder
}

pub fn load(folder: &Path) -> Load {
    Load {
        protocol: PROTOCOL,
        weights: Weights::Path(folder.to_string_lossy().into_owned()),
        file: None,
        isq: None,
        data_type: DataType::F32,
        device: Device::Cpu,
        context_tokens: WINDOW,
    }
}

pub fn spec(folder: &Path) -> WorkerSpec {
    WorkerSpec {
        model: "tiny".into(),
        load: load(folder),
        threads: 1,
        seconds_limit: 60.0,
        load_seconds_limit: Some(60.0),
        memory_limit_bytes: None,
        cache_folder: None,
    }
}

async fn pool(spec: WorkerSpec, replicas: usize) -> WorkerPool {
    WorkerPool::start(spec, replicas, PathBuf::from(PROGRAM), vec!["worker".into()]).await.unwrap()
}

fn request(text: &str, answer_tokens: usize) -> Request {
    Request {
        question: "q".into(),
        repeat: 0,
        messages: Vec::new(),
        text: text.into(),
        sampling: Sampling { answer_tokens, ..Sampling::default() },
    }
}

/// A worker process that a test talks to by itself.
struct Talk {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Talk {
    fn new(folder: &Path) -> Self {
        let mut child = Command::new(PROGRAM)
            .arg("worker")
            .env("RAYON_NUM_THREADS", "1")
            .env("HF_HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut talk = Self { child, lines };
        talk.say(&ToWorker::Load(load(folder)));
        talk
    }

    fn say(&mut self, message: &ToWorker) {
        let line = serde_json::to_string(message).unwrap();
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn ask(&mut self, id: u64, text: &str, sampling: &Sampling) {
        self.say(&ToWorker::Ask(Ask { id, text: text.into(), sampling: sampling.clone() }));
    }

    fn hear(&mut self) -> FromWorker {
        let line = self.lines.next().unwrap().unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn answer(&mut self, expected: u64) -> Generation {
        match self.hear() {
            FromWorker::Answer { id, generation } if id == expected => generation,
            other => panic!("{other:?}"),
        }
    }

    fn ready(&mut self) {
        assert!(matches!(self.hear(), FromWorker::Ready(_)));
    }

    fn resident_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The engine decodes requests of equal length that are in flight together in one batch, wrongly.
#[test]
fn a_prompt_is_answered_the_same_alone_and_beside_others() {
    let folder = model_folder();
    let mut talk = Talk::new(folder.path());
    talk.ready();
    let sampling = Sampling { answer_tokens: 30, ..Sampling::default() };
    let prompts = ["the torque is a", "the torque is b", "the torque is c"];
    let alone: Vec<String> = prompts
        .iter()
        .zip(0..)
        .map(|(prompt, id)| {
            talk.ask(id, prompt, &sampling);
            talk.answer(id).text
        })
        .collect();
    // All at once, before any is answered.
    for (prompt, id) in prompts.iter().zip(10..) {
        talk.ask(id, prompt, &sampling);
    }
    let together: Vec<String> = (10..13).map(|id| talk.answer(id).text).collect();
    assert_eq!(alone, together);
    assert_ne!(alone[0], alone[1]);
}

#[tokio::test]
async fn every_worker_of_a_pool_gives_the_same_answer() {
    let folder = model_folder();
    let pool = pool(spec(folder.path()), 2).await;
    let request = request("the torque", 30);
    let answers = futures_util::future::join_all((0..8).map(|_| pool.generate(&request))).await;
    let texts: Vec<String> = answers.into_iter().map(|answer| answer.unwrap().text).collect();
    assert!(texts.iter().all(|text| *text == texts[0] && !text.is_empty()), "{texts:?}");
}

#[tokio::test]
async fn an_answer_carries_counts_clock_and_peak_memory() {
    let folder = model_folder();
    let pool = pool(spec(folder.path()), 1).await;
    let generation = pool.generate(&request("abc", 5)).await.unwrap();
    assert_eq!((generation.prompt_tokens.count, generation.answer_tokens.count), (3, 5));
    assert!(generation.clock.first_token_seconds.unwrap() <= generation.clock.seconds.unwrap());
    if cfg!(target_os = "linux") {
        assert!(generation.clock.peak_memory_bytes.unwrap() > 10 << 20);
    }
}

#[tokio::test]
async fn a_bad_folder_is_the_models_error_with_its_remedy() {
    let folder = model_folder();
    std::fs::remove_file(folder.path().join("tokenizer.json")).unwrap();
    let program = PathBuf::from(PROGRAM);
    let error = WorkerPool::start(spec(folder.path()), 2, program, vec!["worker".into()]).await;
    let error = error.unwrap_err();
    assert!(error.to_string().contains("no tokenizer.json"), "{error}");
    assert!(error.hint().unwrap().contains("tokenizer.json"));
}

/// A panic in the engine's loader must not become a hang: the folder passes every check of ours,
/// and a key that the loader takes for granted is missing.
#[tokio::test]
async fn a_panic_in_the_engine_is_reported_with_its_message() {
    let folder = tempfile::tempdir().unwrap();
    TinyModel::new(5).write_gguf(folder.path(), "tiny.gguf", "llama");
    let path = folder.path().join("tiny.gguf");
    let bytes = std::fs::read(&path).unwrap();
    let key = b"llama.block_count";
    let at = bytes.windows(key.len()).position(|window| window == key).unwrap();
    let mut broken = bytes;
    broken[at..at + key.len()].copy_from_slice(b"llama.flock_count");
    std::fs::write(&path, broken).unwrap();
    let program = PathBuf::from(PROGRAM);
    let error = WorkerPool::start(spec(folder.path()), 1, program, vec!["worker".into()]).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("panicked") || error.contains("block_count"), "{error}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_killed_in_the_middle_of_an_answer_is_replaced() {
    let folder = model_folder();
    let home = tempfile::tempdir().unwrap();
    let spec = WorkerSpec { cache_folder: Some(home.path().to_owned()), ..spec(folder.path()) };
    let pool = pool(spec, 1).await;
    let request = request("the torque", 60);
    let undisturbed = pool.generate(&request).await.unwrap();
    let victim = process_with_home(home.path()).unwrap();
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &victim.to_string()]).status().unwrap();
        assert!(sent.success());
    };
    // Stopped first, so that it cannot be done with its answer before it is killed.
    signal("-STOP");
    let killing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        signal("-KILL");
    };
    let (answer, ()) = tokio::join!(pool.generate(&request), killing);
    assert_eq!(answer.unwrap().text, undisturbed.text);
    assert!(process_with_home(home.path()).is_some_and(|process| process != victim));
}

/// Finds the worker by the home that it was given.
#[cfg(target_os = "linux")]
fn process_with_home(home: &Path) -> Option<u32> {
    let wanted = format!("HF_HOME={}", home.display());
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let process = entry.file_name().to_string_lossy().parse().ok()?;
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        environment
            .split(|byte| *byte == 0)
            .any(|item| item == wanted.as_bytes())
            .then_some(process)
    })
}

/// What a runner killed with SIGKILL leaves behind: workers whose input has ended.
#[test]
fn a_worker_ends_with_its_input_also_while_it_answers() {
    let folder = model_folder();
    let mut talk = Talk::new(folder.path());
    talk.ready();
    // More answers than the pipe holds while nobody reads them: it cannot finish.
    for id in 0..1000 {
        talk.ask(id, "the torque", &Sampling { answer_tokens: 60, ..Sampling::default() });
    }
    talk.answer(0);
    drop(talk.child.stdin.take());
    let started = Instant::now();
    while talk.child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(5), "it lives on");
        std::thread::sleep(Duration::from_millis(5));
    }
    let answered = talk.lines.by_ref().map_while(Result::ok).count();
    assert!(answered < 999, "it did not answer everything first");
}

/// Whatever prints to the standard output inside a worker writes to its standard error instead.
#[cfg(target_os = "linux")]
#[test]
fn the_standard_output_of_a_worker_is_out_of_the_libraries_reach() {
    let folder = model_folder();
    let mut talk = Talk::new(folder.path());
    talk.ready();
    let stream =
        |number: u32| std::fs::read_link(format!("/proc/{}/fd/{number}", talk.child.id())).unwrap();
    assert_eq!(stream(1), stream(2));
}

/// The prefix cache would keep every prompt: 200 prompts of 400 tokens with 2 layers of 32 + 32
/// values in f32 are 41 MB; without it memory stays where it is after the first answers.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_number_of_requests() {
    let folder = model_folder();
    let mut talk = Talk::new(folder.path());
    talk.ready();
    let sampling = Sampling { answer_tokens: 2, ..Sampling::default() };
    let answer = |talk: &mut Talk, id: u64| {
        talk.ask(id, &format!("{id:03}{}", "x".repeat(400)), &sampling);
        talk.answer(id);
    };
    (0..20).for_each(|id| answer(&mut talk, id));
    let before = talk.resident_kib();
    (20..220).for_each(|id| answer(&mut talk, id));
    let grown = talk.resident_kib().saturating_sub(before);
    assert!(grown < 16 << 10, "{grown} KiB more");
}
