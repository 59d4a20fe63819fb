//! The deciding measure against seconds a question, with the frontier.

use super::FigureError;
use super::accuracy::shortened;
use super::axis::{self, LogScale, ShareScale};
use super::style::{self, INK, WIDTH};
use crate::report::measured::SetupMeasured;
use crate::report::number;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const HEIGHT: i32 = 470;
const LEFT: i32 = 70;
const RIGHT: i32 = 210;
const TOP: i32 = 52;
const BOTTOM: i32 = 84;
/// Of the line from a name to its mark: darker than the grid, lighter than what is measured.
const POINTER: RGBColor = RGBColor(150, 150, 150);
/// Pixels between two labels.
const LABEL: i32 = 16;

/// One mark a setup that has been timed; the line joins those that no other one beats in both.
///
/// # Errors
/// When the drawing library fails.
pub fn frontier(
    setups: &[&SetupMeasured],
    on_frontier: &[&str],
    unit: &str,
) -> Result<Option<String>, FigureError> {
    let failed = FigureError::of("frontier");
    let timed: Vec<(&SetupMeasured, f64)> = setups
        .iter()
        .filter_map(|setup| setup.p50_seconds.filter(|s| *s > 0.0).map(|s| (*setup, s)))
        .collect();
    let Some(fastest) = timed.iter().map(|(_, s)| *s).min_by(f64::total_cmp) else {
        return Ok(None);
    };
    let slowest = timed.iter().map(|(_, s)| *s).fold(fastest, f64::max);
    // Seconds of setups differ by factors, not by amounts.
    let across = LogScale::around(fastest, slowest, LEFT, WIDTH as i32 - RIGHT);
    let foot = HEIGHT - BOTTOM;
    let highest = timed.iter().map(|(setup, _)| setup.interval.high);
    let upward = ShareScale::up_to(highest, TOP, foot);
    let at = |setup: &SetupMeasured, s: f64| (across.x(s), upward.y(setup.value));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT as u32)).into_drawing_area();
        style::card(
            &area,
            &format!("Share {unit} against median seconds a question (left and up is better)"),
        )
        .map_err(&failed)?;
        upward.rows(&area, across.left, across.right).map_err(&failed)?;
        let ticks = across.ticks(&[1.0, 2.0, 5.0]);
        let ticks = ticks.into_iter().map(|tick| (across.x(tick), number::seconds(tick)));
        axis::columns(&area, ticks, TOP, foot).map_err(&failed)?;
        let mut line: Vec<(i32, i32)> = timed
            .iter()
            .filter(|(setup, _)| on_frontier.contains(&setup.name.as_str()))
            .map(|(setup, s)| at(setup, *s))
            .collect();
        line.sort_unstable();
        area.draw(&PathElement::new(line, INK.stroke_width(1))).map_err(&failed)?;
        let mut labels: Vec<Label> = Vec::new();
        for (setup, s) in &timed {
            let at = at(setup, *s);
            labels.push(Label { at, row: at.1, text: shortened(&setup.name) });
        }
        for Label { at, row, text } in spread(labels, foot - LABEL / 2) {
            // A name that stands aside points to its mark.
            if row != at.1 {
                let pointer = vec![at, (at.0 + 14, row), (at.0 + 18, row)];
                area.draw(&PathElement::new(pointer, POINTER)).map_err(&failed)?;
            }
            let left = if row == at.1 { at.0 + 12 } else { at.0 + 20 };
            area.draw_text(&text, &style::text(12, HPos::Left, VPos::Center), (left, row))
                .map_err(&failed)?;
        }
        for (setup, s) in &timed {
            style::mark(&area, setup.strategy, at(setup, *s), 6).map_err(&failed)?;
        }
        let used = style::strategies(timed.iter().map(|(setup, _)| setup.strategy));
        style::legend(&area, &used, LEFT, HEIGHT - 40).map_err(&failed)?;
        area.draw_text(
            "line: no other setup is as good and as fast, and better in one of the two",
            &style::text(12, HPos::Left, VPos::Center),
            (LEFT, HEIGHT - 18),
        )
        .map_err(&failed)?;
        area.present().map_err(&failed)?;
    }
    Ok(Some(svg))
}

/// A setup's name beside its mark.
#[derive(Debug, Clone)]
struct Label {
    /// The mark.
    at: (i32, i32),
    /// Where the name stands.
    row: i32,
    text: String,
}

impl Label {
    fn meets(&self, other: &Self) -> bool {
        (self.at.0 - other.at.0).abs() < 180 && (self.row - other.row).abs() < LABEL
    }
}

/// Moves labels apart where they would stand on one another: down, and up again from `foot`.
fn spread(mut labels: Vec<Label>, foot: i32) -> Vec<Label> {
    labels.sort_by(|a, b| (a.row, a.at.0, &a.text).cmp(&(b.row, b.at.0, &b.text)));
    for index in 1..labels.len() {
        let (above, below) = labels.split_at_mut(index);
        let label = &mut below[0];
        while let Some(lowest) =
            above.iter().filter(|other| other.meets(label)).map(|other| other.row).max()
        {
            label.row = lowest + LABEL;
        }
    }
    labels.sort_by_key(|label| std::cmp::Reverse(label.row));
    for index in 0..labels.len() {
        let (below, above) = labels.split_at_mut(index);
        let label = &mut above[0];
        label.row = label.row.min(foot);
        while let Some(highest) =
            below.iter().filter(|other| other.meets(label)).map(|other| other.row).min()
        {
            label.row = highest - LABEL;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_stand_on_one_another() {
        let label = |x, y| Label { at: (x, y), row: y, text: format!("{x},{y}") };
        let crowd = || vec![label(0, 90), label(5, 92), label(400, 91), label(9, 93)];
        for foot in [200, 100] {
            let spread = spread(crowd(), foot);
            for (index, a) in spread.iter().enumerate() {
                assert!(a.row <= foot, "{a:?}");
                for b in &spread[index + 1..] {
                    assert!(!a.meets(b), "{a:?} {b:?}");
                }
            }
        }
    }
}
