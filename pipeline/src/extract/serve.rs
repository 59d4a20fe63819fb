//! The reader's side: files in, texts out, until there are no more.
//!
//! Enters: standard input, a file to read a line. Leaves: standard output, what came of it a line. Does not:
//! end over a file that cannot be read; a parser that panics is one.

use super::document;
use super::protocol::{Answer, Ask, Refusal};
use crate::fingerprint::Fingerprint;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Address space of a reader. A document that wants more is a bomb or a mistake, and the system ends the
/// reader alone.
#[cfg(unix)]
const MEMORY_BYTES: u64 = 4 << 30;

/// Serves until standard input ends.
pub fn serve() -> ExitCode {
    #[cfg(unix)]
    {
        let limit =
            rustix::process::Rlimit { current: Some(MEMORY_BYTES), maximum: Some(MEMORY_BYTES) };
        // Without the limit it works as well, and less safely; that is no reason not to.
        let _ = rustix::process::setrlimit(rustix::process::Resource::As, limit);
    }
    // What a panic says is said in the answer.
    std::panic::set_hook(Box::new(|_| {}));
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { return ExitCode::FAILURE };
        let Ok(ask) = serde_json::from_str::<Ask>(&line) else { return ExitCode::FAILURE };
        let Ok(mut bytes) = serde_json::to_vec(&answer(&ask)) else {
            return ExitCode::FAILURE;
        };
        bytes.push(b'\n');
        if output.write_all(&bytes).and_then(|()| output.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn answer(ask: &Ask) -> Answer {
    let failed = |why: String| Answer::Refused(Refusal::Failed { why });
    let bytes = match std::fs::read(&ask.path) {
        Ok(bytes) => bytes,
        Err(error) => return failed(error.to_string()),
    };
    // Its text would be kept under the hash of other bytes.
    if Fingerprint::of(&bytes) != ask.sha256 {
        return failed("it changed while it was read".into());
    }
    match catch_unwind(AssertUnwindSafe(|| document::read(bytes, ask.format))) {
        Ok(Ok(extracted)) => Answer::Read(extracted),
        Ok(Err(refusal)) => Answer::Refused(refusal),
        Err(panic) => {
            let said = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            Answer::Refused(Refusal::Broken { why: format!("its reader panicked: {said}") })
        }
    }
}
