//! Loading from a hub that may not answer.

use super::{EmbedError, Host};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Seconds without a new byte after which the hub counts as silent. The engine has no time limit of
/// its own; a hub that answers sends its first bytes within a few seconds.
pub const SILENT_SECONDS: u32 = 60;

/// Where the hub's files go.
pub fn folder(host: &Host<'_>) -> PathBuf {
    host.hub_folder.map_or_else(|| host.cache_folder.join("hub"), Path::to_owned)
}

/// Runs `load` on a thread of its own and waits for it as long as files below `watched` grow. When
/// they do not for `silent_seconds`, the thread is left behind: it holds a socket, nothing else.
///
/// # Errors
/// What `load` fails with, or [`EmbedError::HubSilent`].
pub fn load<T: Send + 'static, E: std::error::Error + Send + Sync + 'static>(
    model: &str,
    watched: &Path,
    silent_seconds: u32,
    load: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, EmbedError> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // The receiver is gone when the hub was given up.
        let _ = sender.send(load());
    });
    let mut bytes = bytes_below(watched);
    let mut silent = 0;
    loop {
        match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(Ok(loaded)) => return Ok(loaded),
            Ok(Err(source)) => {
                return Err(EmbedError::Hub { model: model.to_owned(), source: Box::new(source) });
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = bytes_below(watched);
                silent = if now == bytes { silent + 1 } else { 0 };
                bytes = now;
                if silent >= silent_seconds {
                    return Err(EmbedError::HubSilent { model: model.to_owned(), seconds: silent });
                }
            }
            // The thread panicked: its message is on the error stream.
            Err(RecvTimeoutError::Disconnected) => {
                return Err(EmbedError::Answer {
                    model: model.to_owned(),
                    problem: "a panic while it was loaded".into(),
                });
            }
        }
    }
}

/// Bytes of all files below a folder; 0 for what cannot be read.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
            _ => entry.metadata().map_or(0, |metadata| metadata.len()),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_silent_hub_is_given_up_and_a_growing_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (hold, release) = mpsc::channel::<()>();
        let error = load("m", folder.path(), 1, move || {
            let _ = release.recv();
            Ok::<_, io::Error>(())
        })
        .unwrap_err();
        assert!(matches!(error, EmbedError::HubSilent { seconds: 1, .. }));
        drop(hold);

        let path = folder.path().join("deep");
        let answer = load("m", folder.path(), 2, move || {
            for length in 1..14 {
                crate::file::write_whole(&path.join("x"), &vec![0; length]).unwrap();
                std::thread::sleep(Duration::from_millis(300));
            }
            Ok::<_, io::Error>(7)
        });
        assert_eq!(answer.unwrap(), 7);
    }

    #[test]
    fn an_error_and_a_panic_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let refused = || Err::<(), _>(io::Error::other("401"));
        assert!(matches!(load("m", folder.path(), 5, refused), Err(EmbedError::Hub { .. })));
        let panics = || -> Result<(), io::Error> { panic!("the engine's own") };
        assert!(matches!(load("m", folder.path(), 5, panics), Err(EmbedError::Answer { .. })));
    }
}
