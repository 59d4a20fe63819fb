//! What a person or a program sees while a run goes on.
//!
//! A bar with rate and time left on a terminal; plain lines elsewhere; JSON lines for programs;
//! nothing when quiet. Progress goes to standard error, JSON to standard output.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Voice {
    /// A bar on a terminal, plain lines elsewhere.
    #[default]
    Lines,
    /// Nothing but errors.
    Quiet,
    /// JSON lines on standard output.
    Json,
}

/// How often plain and JSON lines come at most.
const INTERVAL: Duration = Duration::from_secs(5);

/// One stage with a known number of steps.
pub struct Progress {
    voice: Voice,
    stage: String,
    bar: ProgressBar,
    total: u64,
    done: u64,
    failed: u64,
    started: Instant,
    spoken: Instant,
}

impl Progress {
    /// Starts a stage.
    pub fn start(voice: Voice, stage: &str, total: usize) -> Self {
        let total = total as u64;
        let bar = match voice {
            Voice::Lines => ProgressBar::new(total),
            Voice::Quiet | Voice::Json => {
                ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden())
            }
        };
        // The template is fixed: it parses, or the bar keeps the library's own style.
        if let Ok(style) =
            ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {per_sec} {eta} left")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(stage.to_owned());
        let now = Instant::now();
        let progress = Self {
            voice,
            stage: stage.to_owned(),
            bar,
            total,
            done: 0,
            failed: 0,
            started: now,
            spoken: now,
        };
        progress.speak("start");
        progress
    }

    /// Some steps are done, some of them failed.
    pub fn advance(&mut self, steps: usize, failed: usize) {
        self.done += steps as u64;
        self.failed += failed as u64;
        self.bar.set_position(self.done);
        if self.spoken.elapsed() >= INTERVAL {
            self.spoken = Instant::now();
            self.speak("progress");
        }
    }

    /// The stage has ended.
    pub fn finish(self) {
        self.bar.finish_and_clear();
        self.speak("end");
    }

    fn speak(&self, event: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        let left =
            if rate > 0.0 { (self.total - self.done.min(self.total)) as f64 / rate } else { 0.0 };
        match self.voice {
            Voice::Quiet => {}
            Voice::Json => emit(&json!({
                "event": event, "stage": self.stage, "done": self.done, "total": self.total,
                "failed": self.failed, "seconds": round(seconds), "seconds_left": round(left),
            })),
            // The bar draws itself on a terminal.
            Voice::Lines if !self.bar.is_hidden() && event != "end" => {}
            Voice::Lines if event == "start" => {
                eprintln!("{}: {} to do", self.stage, self.total);
            }
            Voice::Lines => {
                let failed = match self.failed {
                    0 => String::new(),
                    failed => format!(", {failed} failed"),
                };
                let left = if event == "end" {
                    format!("in {seconds:.1} s")
                } else {
                    format!("{rate:.2}/s, {left:.0} s left")
                };
                eprintln!("{}: {}/{} {left}{failed}", self.stage, self.done, self.total);
            }
        }
    }
}

/// A line that is no progress: what was found, repaired, reused.
pub fn note(voice: Voice, text: &str) {
    match voice {
        Voice::Quiet => {}
        Voice::Lines => eprintln!("{}", printable(text)),
        Voice::Json => emit(&json!({"event": "note", "text": text})),
    }
}

/// A line that somebody has to read, quiet or not.
pub fn warn(voice: Voice, text: &str) {
    match voice {
        Voice::Quiet | Voice::Lines => eprintln!("{}", line_of("warning", text)),
        Voice::Json => emit(&json!({"event": "warning", "text": text})),
    }
}

/// The remedy of the warning before it.
pub fn hint(voice: Voice, text: &str) {
    match voice {
        Voice::Quiet | Voice::Lines => eprintln!("{}", line_of("hint", text)),
        Voice::Json => emit(&json!({"event": "hint", "text": text})),
    }
}

fn line_of(kind: &str, text: &str) -> String {
    format!("{kind}: {}", printable(&on_one_line(text)))
}

/// `text` as a terminal may show it: names and answers in it cannot colour, move or retitle.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let turns_text = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns_text || (letter.is_control() && !matches!(letter, '\n' | '\t')) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Text from outside with a line break in it would pass for a line of ours.
pub fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

/// One JSON line. A reader that has gone away (`| head`) does not end the run.
pub fn emit(value: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

fn round(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_line_break_makes_no_line_of_its_own() {
        for kind in ["warning", "hint"] {
            let line = line_of(kind, "rename `x\nwarning: fake\tname.md\u{1b}[31m`");
            assert_eq!(line, format!("{kind}: rename `x warning: fake name.md\\u{{1b}}[31m`"));
        }
    }
}
