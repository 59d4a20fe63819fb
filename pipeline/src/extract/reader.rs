//! Readers: processes that parse files of formats that are not text.
//!
//! Enters: paths. Leaves: texts, or why there is none. Does not: parse; a bug in a parser, a bomb or an
//! endless loop costs one reader and one file.

use super::protocol::{Answer, Ask, Refusal};
use super::{ExtractError, Extracted, Format};
use crate::fingerprint::Fingerprint;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The hidden command of this program that serves as a reader.
pub const READER: &str = "reader";
/// Seconds that any file may take, and more for each of its megabytes.
const SECONDS: u64 = 60;
const SECONDS_PER_MB: u64 = 2;
/// What a reader inherits: where libraries and temporary files are. No keys, no tokens.
const INHERITED: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT"];

/// Readers, started as they are needed: one for each thread that reads.
#[derive(Debug)]
pub struct Readers {
    program: PathBuf,
    idle: Mutex<Vec<Reader>>,
}

#[derive(Debug)]
struct Reader {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Readers {
    /// Readers that are `program`, which is this one.
    pub fn new(program: PathBuf) -> Self {
        Self { program, idle: Mutex::default() }
    }

    /// Reads one file; blocks until it is read or given up.
    ///
    /// # Errors
    /// When no reader can be started. What one refuses is an answer, and so is that it was lost over the file.
    pub(super) fn read(
        &self,
        path: &Path,
        format: Format,
        bytes: u64,
        sha256: &Fingerprint,
    ) -> Result<Result<Extracted, Refusal>, ExtractError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => Reader::start(&self.program)?,
        };
        let limit = Duration::from_secs(SECONDS + bytes / 1_000_000 * SECONDS_PER_MB);
        let ask = Ask { path: path.into(), format, sha256: sha256.clone() };
        match reader.ask(&ask, limit) {
            Ok(answer) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
                Ok(match answer {
                    Answer::Read(extracted) => Ok(extracted),
                    Answer::Refused(refusal) => Err(refusal),
                })
            }
            Err(lost) => {
                reader.end();
                Ok(Err(lost))
            }
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.drain(..).for_each(Reader::end);
    }
}

impl Reader {
    fn start(program: &Path) -> Result<Self, ExtractError> {
        let cannot = |source| ExtractError::Start { program: program.to_owned(), source };
        let inherited = INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut child = Command::new(program)
            .arg(READER)
            .env_clear()
            .envs(inherited)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(cannot)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(cannot(std::io::Error::other("no streams to talk to it")));
        };
        let (sender, lines) = channel();
        // A thread, since a pipe cannot be read with a time limit. It ends with the reader.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, input, lines })
    }

    /// An error is how the reader was lost; it must be ended then.
    fn ask(&mut self, ask: &Ask, limit: Duration) -> Result<Answer, Refusal> {
        let lost = |why: String| Refusal::Lost { why, times: 1 };
        let failed = |why: String| Refusal::Failed { why };
        let mut line = serde_json::to_vec(ask).map_err(|error| failed(error.to_string()))?;
        line.push(b'\n');
        // A reader that has ended refuses the line; its status says more than that.
        let _ = self.input.write_all(&line).and_then(|()| self.input.flush());
        match self.lines.recv_timeout(limit) {
            Ok(line) => serde_json::from_str(&line)
                .map_err(|error| lost(format!("it spoke nonsense: {error}"))),
            Err(RecvTimeoutError::Timeout) => {
                Err(lost(format!("it took more than {} s", limit.as_secs())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(match self.child.wait() {
                Ok(status) if was_told_to_end(status) => failed(format!("it ended with {status}")),
                Ok(status) => lost(format!("it ended with {status}, perhaps for want of memory")),
                Err(error) => failed(error.to_string()),
            }),
        }
    }

    fn end(mut self) {
        // An error means that it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether somebody ended the process, as the key that ends a program ends those that it has started: that says
/// nothing about a file.
fn was_told_to_end(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt as _;
        let signals = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM].map(Signal::as_raw);
        status.signal().is_some_and(|signal| signals.contains(&signal))
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_somebody_ended_was_not_lost_over_the_file() {
        for (signal, told) in [("TERM", true), ("KILL", false), ("ABRT", false)] {
            let status = Command::new("sh").args(["-c", &format!("kill -s {signal} $$")]).status();
            assert_eq!(was_told_to_end(status.unwrap()), told, "{signal}");
        }
    }
}
