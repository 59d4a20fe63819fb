//! Readers: processes that parse files of formats that are not text.
//!
//! Enters: paths. Leaves: texts, or why there is none. Does not: parse; a bug in a parser, a bomb or an
//! endless loop costs one reader and one file.

use super::protocol::{Answer, Ask, Refusal};
use super::{ExtractError, Extracted, Format};
use crate::fingerprint::Fingerprint;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
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
    /// When the reader is lost over it. What a living reader refuses is an answer.
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
            Err(why) => {
                reader.end();
                Err(ExtractError::Lost { path: path.to_owned(), why })
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
    fn ask(&mut self, ask: &Ask, limit: Duration) -> Result<Answer, String> {
        let mut line = serde_json::to_vec(ask).map_err(|error| error.to_string())?;
        line.push(b'\n');
        // A reader that has ended refuses the line; its status says more than that.
        let _ = self.input.write_all(&line).and_then(|()| self.input.flush());
        match self.lines.recv_timeout(limit) {
            Ok(line) => {
                serde_json::from_str(&line).map_err(|error| format!("it spoke nonsense: {error}"))
            }
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("it took more than {} s", limit.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(match self.child.wait() {
                Ok(status) => format!("it ended with {status}, perhaps for want of memory"),
                Err(error) => error.to_string(),
            }),
        }
    }

    fn end(mut self) {
        // An error means that it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
