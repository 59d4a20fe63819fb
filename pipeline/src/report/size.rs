//! The sections that show what size does: of the model, and of the context.
//!
//! Enters: everything measured. Leaves: figures, and for each the words around it. A section without
//! the setups it needs is left out.

use super::context;
use super::escape::inline;
use super::figure::{self, Chart, Line, Panel};
use super::headline::unit;
use super::kind::KindRow;
use super::ladder::Ladder;
use super::material::Material;
use super::measured::Measured;
use super::number::{self, percent, size, tokens};
use super::{ReportError, reach};
use crate::statistics::Verdict;
use serde_json::{Value, json};

/// Figures, and what the template takes: `ladder`, `rarity` and `context`, each null or an object.
pub struct Sizes {
    /// File name, SVG, and what it shows in words.
    pub figures: Vec<(&'static str, String, String)>,
    /// For the template.
    pub words: Value,
}

const PARAMETERS: &str = "parameters of the model";

/// The sections of an experiment.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn sizes(
    material: &Material,
    measured: &Measured,
    kinds: &[KindRow],
    verdicts: &[Verdict],
) -> Result<Sizes, ReportError> {
    let setups = &material.experiment.setups;
    let decision = &material.experiment.decision;
    let unit = unit(decision.measure);
    let whiskers =
        format!("Whiskers are {} % intervals.", number::plain(decision.confidence * 100.0));
    let mut figures = Vec::new();
    let mut words = json!({"ladder": null, "rarity": null, "context": null});
    if let Some(ladder) = Ladder::of(setups, measured) {
        let lines = ladder.lines(measured);
        let title = format!("Share {unit} against {PARAMETERS}");
        let note = ladder.note();
        let chart = Chart {
            figure: "ladder",
            title: &title,
            axis: PARAMETERS,
            label: size,
            note: &note,
            lines: &lines,
        };
        let shown = format!("{title}: {}", gist(&lines, size));
        figures.push(("ladder.svg", figure::lines(&chart)?, shown.clone()));
        words["ladder"] = json!({
            "alt": shown,
            "caption": format!("Where the closed-book line stands as high as a smaller model with retrieval, size does what documents do. {whiskers}"),
            "sentences": reach::sentences(&ladder, measured, verdicts),
        });
        let panels = ladder.by_rarity(kinds);
        if !panels.is_empty() {
            let title = format!("{title}, by how rare a fact is");
            let chart = Chart { figure: "rarity", title: &title, ..chart };
            let shown = format!("{title}: {}", panel_gist(&panels));
            figures.push(("rarity.svg", figure::panels(&chart, &panels)?, shown.clone()));
            words["rarity"] = json!({
                "alt": shown,
                "caption": format!("From common facts (head) to rare ones (tail): what a larger model knows by heart, and what is left to retrieval. {whiskers}"),
            });
        }
    }
    let (lines, left_out) = context::lines(setups, measured);
    if !lines.is_empty() {
        let title = format!("Share {unit} against the length of the prompt");
        let estimated = measured.setups.iter().any(|setup| !setup.tokens_exact);
        let estimated = estimated.then(|| "some tokens counted from the text's length".to_owned());
        let note = estimated.into_iter().chain(left_out).collect::<Vec<_>>().join("; ");
        let chart = Chart {
            figure: "context",
            title: &title,
            axis: "tokens of the prompt, mean",
            label: tokens,
            note: &note,
            lines: &lines,
        };
        let shown = format!("{title}: {}", gist(&lines, tokens));
        figures.push(("context.svg", figure::lines(&chart)?, shown.clone()));
        words["context"] = json!({
            "alt": shown,
            "caption": format!("{}. Where a line falls to the right, what is added costs more than it brings. {whiskers}", gist(&lines, |size| format!("{} tokens", tokens(size)))),
        });
    }
    Ok(Sizes { figures, words })
}

/// Where every line begins and ends: `oracle 40 % at 1M to 80 % at 8M`.
fn gist(lines: &[Line], label: fn(f64) -> String) -> String {
    let one = |line: &Line| {
        // A mixture of experts, beside the line, is no end of it.
        let joined = || line.points.iter().filter(|point| point.joined);
        let first = joined().next().or(line.points.first())?;
        let last = joined().next_back().or(line.points.last())?;
        let end =
            |point: &figure::Point| format!("{} at {}", percent(point.share), label(point.size));
        let name = inline(&line.name, 80);
        Some(if first == last {
            format!("{name} {}", end(last))
        } else {
            format!("{name} {} to {}", end(first), end(last))
        })
    };
    lines.iter().filter_map(one).collect::<Vec<_>>().join("; ")
}

/// Where the first line of every panel ends.
fn panel_gist(panels: &[Panel]) -> String {
    let one = |panel: &Panel| {
        let line = panel.lines.first()?;
        Some(format!("{}: {}", inline(&panel.title, 80), gist(std::slice::from_ref(line), size)))
    };
    panels.iter().filter_map(one).collect::<Vec<_>>().join("; ")
}
