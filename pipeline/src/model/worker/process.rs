//! One worker process: started, asked, watched, ended.
//!
//! Enters: how to start it, prompts. Leaves: generations, or why it is lost. Does not: decide what
//! happens after a loss; the pool does.

use super::error::WorkerError;
use super::protocol::{Ask, FromWorker, PROTOCOL, Refusal, ToWorker, line, read_line};
use super::resident::{self, Resident};
use super::spec::WorkerSpec;
use super::tail::Tail;
use crate::config::Sampling;
use crate::model::Generation;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, interval, sleep_until, timeout};

/// How often a working process's memory is looked at.
const MEMORY_PERIOD: Duration = Duration::from_millis(250);
/// How long an ended process's status is waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What a worker inherits from the runner's environment: where programs and libraries are found,
/// which accelerator is visible, where temporary files go. No keys, no tokens.
const INHERITED: [&str; 6] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "TMPDIR",
    "SYSTEMROOT",
];
/// Thread counts that the engine's libraries read: rayon's pools and candle's matrix products, the
/// engine's own tokio runtime.
const THREAD_COUNTS: [&str; 2] = ["RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"];

/// How workers of one model are started.
#[derive(Debug)]
pub struct Launch {
    pub spec: WorkerSpec,
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// `HOME` and `HF_HOME` of the workers.
    pub cache_folder: PathBuf,
}

/// A running worker with its model loaded.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    tail: Tail,
    next_id: u64,
}

/// Why a prompt got no answer.
#[derive(Debug)]
pub enum AskError {
    /// The worker said why and lives.
    Refused(Refusal),
    /// The worker ended, hung, grew too large or spoke nonsense; it must be ended.
    Lost(String),
}

impl Worker {
    /// Starts a process and loads the model in it.
    ///
    /// # Errors
    /// When the program cannot be run or the model not be loaded.
    pub async fn start(launch: &Launch) -> Result<Self, WorkerError> {
        let spec = &launch.spec;
        let cannot_start = |source| WorkerError::Start {
            model: spec.model.clone(),
            program: launch.program.clone(),
            source,
        };
        let mut child = command(launch).spawn().map_err(cannot_start)?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(cannot_start(std::io::Error::other("no streams to talk to it")));
        };
        let tail = Tail::default();
        tokio::spawn(tail.clone().follow(errors));
        let lines = BufReader::new(output).lines();
        let mut worker = Self { child, input, lines, tail, next_id: 0 };
        match worker
            .exchange(&ToWorker::Load(spec.load.clone()), spec.load_seconds_limit, None)
            .await
        {
            Ok(FromWorker::Ready(ready)) if ready.protocol == PROTOCOL => Ok(worker),
            Ok(FromWorker::Failed { refusal, .. }) => Err(WorkerError::Load {
                model: spec.model.clone(),
                message: refusal.message,
                hint: refusal.hint,
            }),
            Ok(other) => Err(WorkerError::LoadDied {
                model: spec.model.clone(),
                reason: format!("it answered out of turn: {other:?}"),
            }),
            Err(reason) => Err(WorkerError::LoadDied { model: spec.model.clone(), reason }),
        }
    }

    /// Asks for one answer and adds the process's peak memory to it.
    ///
    /// # Errors
    /// When there is none. After [`AskError::Lost`] the worker must not be asked again.
    pub async fn ask(
        &mut self,
        spec: &WorkerSpec,
        text: &str,
        sampling: &Sampling,
    ) -> Result<Generation, AskError> {
        let id = self.next_id;
        self.next_id += 1;
        let ask = Ask { id, text: text.to_owned(), sampling: sampling.clone() };
        let limit = (Some(spec.seconds_limit), spec.memory_limit_bytes);
        match self.exchange(&ToWorker::Ask(ask), limit.0, limit.1).await {
            Ok(FromWorker::Answer { id: answered, mut generation }) if answered == id => {
                generation.clock.peak_memory_bytes = self.memory().map(|memory| memory.peak_bytes);
                Ok(generation)
            }
            Ok(FromWorker::Failed { id: Some(answered), refusal }) if answered == id => {
                Err(AskError::Refused(refusal))
            }
            Ok(other) => Err(AskError::Lost(format!("the worker answered out of turn: {other:?}"))),
            Err(reason) => Err(AskError::Lost(reason)),
        }
    }

    /// The process's memory; none when it has ended.
    pub fn memory(&self) -> Option<Resident> {
        self.child.id().and_then(resident::of)
    }

    /// Ends the process and waits until it is gone.
    pub async fn end(mut self) {
        // An error means that it has ended by itself.
        let _ = self.child.kill().await;
    }

    /// Sends one message and waits for one, within limits. An error is the reason of a loss.
    async fn exchange(
        &mut self,
        message: &ToWorker,
        seconds_limit: Option<f64>,
        memory_limit_bytes: Option<u64>,
    ) -> Result<FromWorker, String> {
        let start = Instant::now();
        let limit = seconds_limit.and_then(|limit| Duration::try_from_secs_f64(limit).ok());
        let out_of_time = async {
            match limit {
                Some(limit) => sleep_until(start + limit).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(out_of_time);
        let bytes = line(message).map_err(|error| error.to_string())?;
        let mut clock = interval(MEMORY_PERIOD);
        let mut sent = 0;
        loop {
            tokio::select! {
                biased;
                () = &mut out_of_time => {
                    let limit = seconds_limit.unwrap_or_default();
                    return Err(self.with_last_words(format!("the worker hung: no answer in {limit} s")));
                }
                _ = clock.tick() => {
                    if let Some(reason) = self.over(memory_limit_bytes) {
                        return Err(reason);
                    }
                }
                // A process that has ended refuses the message; its status says more than that.
                written = self.input.write(&bytes[sent..]), if sent < bytes.len() => {
                    sent = written.map_or(bytes.len(), |written| sent + written);
                }
                read = self.lines.next_line(), if sent == bytes.len() => return match read {
                    Ok(Some(line)) => {
                        read_line(&line).map_err(|reason| self.with_last_words(reason))
                    }
                    Ok(None) => Err(self.last_words().await),
                    Err(error) => Err(self.with_last_words(format!("cannot read the worker: {error}"))),
                },
            }
        }
    }

    /// Why the process is too large, if it is.
    pub fn over(&self, limit_bytes: Option<u64>) -> Option<String> {
        let (limit, memory) = (limit_bytes?, self.memory()?);
        let gib = |bytes: u64| bytes as f64 / (1_u64 << 30) as f64;
        (memory.now_bytes > limit).then(|| {
            format!(
                "the worker passed its memory limit: {:.3} GiB resident, {:.3} allowed",
                gib(memory.now_bytes),
                gib(limit)
            )
        })
    }

    /// How the process ended, with its last lines.
    async fn last_words(&mut self) -> String {
        let status = match timeout(LAST_WORDS, self.child.wait()).await {
            Ok(Ok(status)) => describe(status),
            Ok(Err(error)) => format!("the worker is lost: {error}"),
            Err(_) => "the worker closed its output and lives on".into(),
        };
        self.tail.wait_for_end().await;
        self.with_last_words(status)
    }

    fn with_last_words(&self, reason: String) -> String {
        let tail = self.tail.text();
        if tail.is_empty() { reason } else { format!("{reason}; its last lines: {tail}") }
    }
}

impl Drop for Worker {
    /// Kills the process and waits for it a moment, so that neither it nor its entry in the process
    /// table is left behind where no runtime is there to reap it.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) || self.child.start_kill().is_err() {
            return;
        }
        for _ in 0..400 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn command(launch: &Launch) -> Command {
    let mut command = Command::new(&launch.program);
    command
        .args(&launch.arguments)
        .env_clear()
        .envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .envs(THREAD_COUNTS.iter().map(|name| (name, launch.spec.threads.to_string())))
        .env("HOME", &launch.cache_folder)
        .env("HF_HOME", &launch.cache_folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // A group of its own: Ctrl-C in a terminal reaches the runner, which lets workers finish.
    #[cfg(unix)]
    command.process_group(0);
    command
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            let cause = if signal == 9 { ", the system's answer when memory runs out" } else { "" };
            return format!("the worker was ended by signal {signal}{cause}");
        }
    }
    format!("the worker ended with {status}")
}
