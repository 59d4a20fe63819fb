//! A run of the program, seen from outside.
//!
//! Enters: arguments. Leaves: its JSON events, each with the time it came and what the process had
//! used by then. Memory and processor time are the process's own, without its workers: both are read
//! from `/proc`, so they are known on Linux only.

use super::Failure;
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often memory is read between two events. The reading is a peak the kernel keeps, so that only
/// the last interval before the end can be missed.
const PERIOD: Duration = Duration::from_millis(10);

/// Clock ticks a second in `/proc/PID/stat`: fixed at 100 towards programs on every architecture
/// that Rust builds for (`USER_HZ`, proc(5)).
const TICKS_A_SECOND: f64 = 100.0;

/// What was seen of one run.
pub struct Watched {
    /// In their order.
    pub events: Vec<Seen>,
    /// From start to end.
    pub seconds: f64,
    /// `VmHWM`: the most memory that was resident at once.
    pub peak_bytes: Option<u64>,
}

/// One JSON line and the process when it came.
pub struct Seen {
    /// As printed.
    pub event: Value,
    /// Since the start of the process.
    pub at_seconds: f64,
    /// Processor time used so far, all threads.
    pub processor_seconds: Option<f64>,
    /// Most memory resident so far.
    pub peak_bytes: Option<u64>,
}

impl Watched {
    /// Runs `program` with `--json`, in `folder`, to its end.
    ///
    /// # Errors
    /// When it does not start, prints something else, or fails.
    pub fn run<S: AsRef<OsStr>>(
        program: &Path,
        arguments: &[S],
        folder: &Path,
    ) -> Result<Self, Failure> {
        let start = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .arg("--json")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let id = child.id();
        let memory = std::thread::spawn(move || {
            let mut peak = None;
            // The entry's memory is gone as soon as the process has ended.
            while let Some(bytes) = peak_bytes(id) {
                peak = Some(bytes);
                std::thread::sleep(PERIOD);
            }
            peak
        });
        let mut events = Vec::new();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines() {
                let line = line?;
                let event = serde_json::from_str(&line)
                    .map_err(|error| format!("not a JSON event: {line}: {error}"))?;
                events.push(Seen {
                    event,
                    at_seconds: start.elapsed().as_secs_f64(),
                    processor_seconds: processor_seconds(id),
                    peak_bytes: peak_bytes(id),
                });
            }
        }
        let status = child.wait()?;
        let seconds = start.elapsed().as_secs_f64();
        let peak_bytes = memory.join().unwrap_or_default();
        if !status.success() {
            let last = events.last().map_or_else(String::new, |seen| seen.event.to_string());
            return Err(format!("{} ended with {status}; {last}", program.display()).into());
        }
        Ok(Self { events, seconds, peak_bytes })
    }

    /// The first event of that kind of that stage.
    ///
    /// # Errors
    /// When there is none.
    pub fn event(&self, event: &str, stage: &str) -> Result<&Seen, Failure> {
        self.events
            .iter()
            .find(|seen| seen.event["event"] == event && seen.event["stage"] == stage)
            .ok_or_else(|| format!("no event `{event}` of stage `{stage}`").into())
    }

    /// The first note that begins with `text`.
    ///
    /// # Errors
    /// When there is none.
    pub fn note(&self, text: &str) -> Result<&Seen, Failure> {
        self.events
            .iter()
            .find(|seen| {
                seen.event["event"] == "note"
                    && seen.event["text"].as_str().is_some_and(|note| note.starts_with(text))
            })
            .ok_or_else(|| format!("no note `{text}`").into())
    }
}

/// `VmHWM` of a living process.
fn peak_bytes(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// User and system time of a living process.
fn processor_seconds(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything. Behind it stand
    // fields 3 to 52; user and system time are 14 and 15.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some((ticks(14)? + ticks(15)?) / TICKS_A_SECOND)
}
