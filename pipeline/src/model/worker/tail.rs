//! The last lines that a worker wrote to its standard error.
//!
//! Enters: the stream. Leaves: its last bytes as text, for messages. Does not: grow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStderr;
use tokio::time::timeout;

/// How much of what a process writes to its standard error is kept.
const TAIL_BYTES: usize = 4096;
/// How long the stream's end is waited for after the process has ended.
const END: Duration = Duration::from_secs(2);

/// The last bytes of a process's standard error.
#[derive(Debug, Clone, Default)]
pub struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    /// Reads the stream to its end and keeps the last of it.
    pub async fn follow(self, mut errors: ChildStderr) {
        let mut buffer = [0_u8; 1024];
        while let Ok(read @ 1..) = errors.read(&mut buffer).await {
            let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(&buffer[..read]);
            let surplus = tail.len().saturating_sub(TAIL_BYTES);
            tail.drain(..surplus);
        }
    }

    /// Waits until the follower has seen the stream's end: then it has let go of its share.
    pub async fn wait_for_end(&self) {
        let ended = async {
            while Arc::strong_count(&self.0) > 1 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // Something that the process started may hold the stream open; what is there must do.
        let _ = timeout(END, ended).await;
    }

    /// What is kept, without white space around it; wrong bytes are replaced.
    pub fn text(&self) -> String {
        let tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}
