//! Resident memory of a process, from Linux's process table.
//!
//! Enters: a process id. Leaves: bytes now and at most so far; nothing on other systems.

use std::path::PathBuf;

/// Resident memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident {
    /// Bytes now (`VmRSS`).
    pub now_bytes: u64,
    /// Bytes at most since the process started (`VmHWM`).
    pub peak_bytes: u64,
}

/// Reads a process's memory; none when it has ended or the system has no process table.
pub fn of(process: u32) -> Option<Resident> {
    let path: PathBuf = ["/proc", &process.to_string(), "status"].iter().collect();
    parse(&crate::file::read_text(&path).ok()?)
}

/// Reads the fields of `/proc/PID/status`, which are in KiB whatever it calls them (proc_pid_status(5)).
fn parse(status: &str) -> Option<Resident> {
    let field = |name: &str| {
        let rest = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(rest.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    Some(Resident { now_bytes: field("VmRSS:")?, peak_bytes: field("VmHWM:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_kib() {
        let status = "Name:\tx\nVmPeak:\t  999 kB\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n";
        let expected = Resident { now_bytes: 1 << 20, peak_bytes: 2 << 20 };
        assert_eq!(parse(status), Some(expected));
        assert_eq!(parse("Name:\tzombie\n"), None, "a process that has ended has no memory");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory() {
        let memory = of(std::process::id()).unwrap();
        assert!(memory.now_bytes > 1 << 20 && memory.peak_bytes >= memory.now_bytes);
    }
}
