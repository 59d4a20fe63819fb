//! Measured figures, held against what was asked for.
//!
//! Enters: figures. Leaves: a table, and an exit code: 0 when every target is met, 1 when one is
//! missed, 2 when nothing could be measured.

use super::Failure;
use ragscale::run::provenance::{Build, Machine};
use std::process::ExitCode;

/// One line of the table.
pub struct Figure {
    name: String,
    value: String,
    target: Option<(String, bool)>,
}

impl Figure {
    /// A figure that is only shown.
    pub fn shown(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, target: None }
    }

    /// A figure with a target, and whether it is met.
    pub fn held(name: &str, value: String, target: String, met: bool) -> Self {
        Self { name: name.to_owned(), value, target: Some((target, met)) }
    }

    fn is_missed(&self) -> bool {
        matches!(self.target, Some((_, false)))
    }
}

/// Measures, and prints the figures under a line that names machine and build. The exit code says whether
/// all targets are met. Does nothing where it is not a run for figures (`cargo test` starts it too).
pub fn conclude(
    is_bench: bool,
    measure: impl FnOnce() -> Result<Vec<Figure>, Failure>,
) -> ExitCode {
    if !is_bench {
        println!("a benchmark: run it with `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let figures = match measure() {
        Ok(figures) => figures,
        Err(error) => {
            eprintln!("not measured: {error}");
            return ExitCode::from(2);
        }
    };
    let (machine, build) = (Machine::current(), Build::current());
    println!(
        "{}, {} cores, {}, {} profile\n",
        machine.processor, machine.cores, machine.system, build.profile
    );
    let width = figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
    println!("{:<width$}  {:>12}  {:>22}  met", "figure", "value", "target");
    for figure in &figures {
        let (target, met) = match &figure.target {
            Some((target, true)) => (target.as_str(), "yes"),
            Some((target, false)) => (target.as_str(), "NO"),
            None => ("", ""),
        };
        println!("{:<width$}  {:>12}  {target:>22}  {met}", figure.name, figure.value);
    }
    ExitCode::from(u8::from(figures.iter().any(Figure::is_missed)))
}
